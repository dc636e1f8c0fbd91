"""What a line of everyday language says, as a task and as a preview of it."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from zoneinfo import ZoneInfo

from pydantic import ValidationError

from todo_backend.auth.principal import Principal
from todo_backend.core.errors import Invalid
from todo_backend.language.drafts import ReadLine, read_line
from todo_backend.language.fields import MAX_TAGS
from todo_backend.language.intents import TaskDraft
from todo_backend.language.parts import Part, PartKind
from todo_backend.language.phrase import Span
from todo_backend.language.placing import place_span, split_beside
from todo_backend.language.reader import Reader
from todo_backend.language.subtasks import parent_span, split_parent
from todo_backend.tasks import recurrence
from todo_backend.tasks.schemas import (
    LineDefaults,
    LinePart,
    Move,
    Place,
    PreviewedTask,
    QuickAdd,
    QuickAddPreview,
    TaskCreate,
)
from todo_backend.tasks.service import TaskService

_SHOWN_DATES = 3


def read(line: QuickAdd, read_at: dt.datetime, zone: str, locale: str) -> tuple[TaskCreate, ReadLine]:
    """The task that a line describes, and what was understood of it; raises Invalid."""
    refused = [(span.start, span.end) for span in line.refused]
    try:
        now = read_at.astimezone(ZoneInfo(zone))
        read = read_line(line.text, now, locale, refused=refused)
        return _with_defaults(_task(read.draft, zone), line.defaults), read
    except ValidationError as error:
        problem = error.errors(include_input=False, include_url=False)[0]
        raise Invalid(f"text: gives a {problem['loc'][0]} that cannot be kept: {problem['msg']}") from None
    except OverflowError:
        raise Invalid("read_at: is outside of the calendar") from None
    except ValueError as error:
        raise Invalid(f"text: {error}") from None


async def below_parent(
    tasks: TaskService, principal: Principal, line: QuickAdd, task: TaskCreate, read: ReadLine
) -> tuple[TaskCreate, ReadLine]:
    """ "Eggs under groceries" is a subtask where one open task is called "Groceries"; else a title as any other."""
    named = split_parent(task.title)
    span = parent_span(line.text, named[1]) if named and task.recurrence is None else None
    if named is None or span is None or _is_refused(line, span):
        return task, read
    parent_id = await tasks.parent_called(principal, named[1])
    if parent_id is None:
        return task, read
    under = task.model_copy(update={"title": named[0], "parent_id": parent_id})
    return under, _with_part(read, Part(PartKind.PARENT, *span))


async def placed(
    tasks: TaskService,
    principal: Principal,
    line: QuickAdd,
    task: TaskCreate,
    said: ReadLine,
    *,
    read_at: dt.datetime,
    zone: str,
    locale: str,
) -> tuple[TaskCreate, ReadLine, Move | None]:
    """ "Milk to the top of my list" and "milk below buy bread": where the task goes in the order made by hand.

    The other task is one of that number, or the one open task of just that title; else those words are of the title.
    """
    if said.end is not None:
        return task, said, Move(before=None, after=None, to=Place(said.end))
    beside = split_beside(task.title, Reader(read_at.astimezone(ZoneInfo(zone)), locale))
    span = place_span(line.text, beside) if beside and task.parent_id is None else None
    if beside is None or span is None or _is_refused(line, span):
        return task, said, None
    other = await tasks.task_named(principal, beside.number or beside.named)
    if other is None:
        return task, said, None
    start, end = span
    rest = line.text[:start] + " " * (end - start) + line.text[end:]  # its parts stand where they stood
    task, said = read(line.model_copy(update={"text": rest}), read_at, zone, locale)
    before = beside.where == "before"
    where = Move(before=other if before else None, after=None if before else other)
    return task, _with_part(said, Part(PartKind.PLACE, start, end)), where


def _is_refused(line: QuickAdd, span: Span) -> bool:
    start, end = span
    return any(part.start < end and start < part.end for part in line.refused)


def _with_part(read: ReadLine, part: Part) -> ReadLine:
    return replace(read, parts=tuple(sorted((*read.parts, part), key=lambda part: part.start)))


def _task(draft: TaskDraft, zone: str) -> TaskCreate:
    return TaskCreate(
        title=draft.title,
        description=draft.description or "",
        priority=draft.priority,
        due_date=draft.due_date,
        due_time=draft.due_time,
        time_zone=zone,
        tags=list(draft.tags),
        recurrence=recurrence.given(draft.recurrence) if draft.recurrence else None,
        parent_id=None,
    )


def _with_defaults(task: TaskCreate, defaults: LineDefaults) -> TaskCreate:
    """A task that repeats says by its rule when it is due; tags of the line go first where all are too many."""
    is_dated = task.due_date is not None or task.recurrence is not None
    tags = list(dict.fromkeys([*task.tags, *defaults.tags]))[:MAX_TAGS]
    return task.model_copy(update={"due_date": task.due_date if is_dated else defaults.due_date, "tags": tags})


def preview(line: QuickAdd, task: TaskCreate, read: ReadLine, read_at: dt.datetime, zone: str) -> QuickAddPreview:
    """The task as it will be: without a due date it keeps no zone."""
    fields = task.model_dump(exclude={"completed", "recurrence"})
    repeats = read.draft.recurrence and recurrence.shown(read.draft.recurrence)
    previewed = fields | {"time_zone": task.time_zone if task.due_date else None, "recurrence": repeats}
    return QuickAddPreview(
        task=PreviewedTask.model_validate(previewed),
        parts=_parts(line.text, read.parts),
        next=recurrence.upcoming(read.draft, zone, _SHOWN_DATES),
        not_repeated=read.draft.unread_repetition,
        read_at=read_at,
    )


def _parts(text: str, parts: Sequence[Part]) -> list[LinePart]:
    return [
        LinePart(kind=part.kind, start=part.start, end=part.end, text=text[part.start : part.end], kept=part.kept)
        for part in parts
    ]
