"""Finding the tasks that a sentence names, and reading lists of them."""

from collections.abc import Generator, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from difflib import SequenceMatcher
from typing import assert_never

from todo_backend.assistant.offline import calls, replies
from todo_backend.assistant.offline.answer import Answer, Question
from todo_backend.assistant.offline.plan import Memory, Plan
from todo_backend.assistant.offline.results import read_list, read_task
from todo_backend.assistant.offline.transcript import Call
from todo_backend.language.fields import Sort, Status
from todo_backend.language.intents import (
    Agreed,
    ById,
    ByPhrase,
    Filters,
    Intent,
    Matching,
    Mentioned,
    Ordinal,
    TaskRef,
    either,
)
from todo_backend.language.refs import split_enumeration
from todo_backend.mcp_server.schemas import ToolTask

SHOWN = 25
LARGE_PAGE = 200
MOST_PAGES = 5
_CLOSE_ENOUGH = 0.6
_GUESSES = 5


@dataclass(frozen=True, slots=True)
class Fetched:
    """Tasks, whether there are more, and what went wrong.

    `close`: instead of tasks that have the words, some with words spelled almost so. `filters`: those of a group that
    was found otherwise than it was named.
    """

    tasks: list[ToolTask]
    has_more: bool = False
    error: Answer | None = None
    close: tuple[ToolTask, ...] = ()
    filters: Filters | None = None


@dataclass(slots=True)
class Targets:
    """The tasks that references name, as far as they are known, and what to say about other references."""

    ids: list[int] = field(default_factory=list)
    known: dict[int, ToolTask] = field(default_factory=dict)
    remarks: list[Answer] = field(default_factory=list)

    def add(self, tasks: Iterable[ToolTask]) -> None:
        """Add tasks as they were found."""
        for task in tasks:
            self.ids.append(task.id)
            self.known[task.id] = task


class Lookup:
    """Reads tasks for the plans of one turn."""

    def __init__(self, memory: Memory, now: datetime) -> None:
        self._memory = memory
        self._now = now

    def fetch(
        self, filters: Filters, pages: int, limit: int | None = None
    ) -> Generator[list[Call], list[str], Fetched]:
        """The tasks of up to so many pages, each once."""
        if not filters.others:
            return (yield from self._fetch(filters, pages, limit))
        fetched: list[Fetched] = []
        for part in filters.parts:
            fetched += [(yield from self._fetch(part, max(1, pages // len(filters.parts)), limit))]
        return _merged(filters, fetched)

    def _fetch(self, filters: Filters, pages: int, limit: int | None) -> Generator[list[Call], list[str], Fetched]:
        arguments = calls.filter_arguments(filters)
        arguments["limit"] = limit or (calls.PAGE if pages == 1 else LARGE_PAGE)
        tasks: list[ToolTask] = []
        cursor: str | None = None
        for _ in range(pages):
            [output] = yield [Call("list_tasks", arguments | ({"cursor": cursor} if cursor else {}))]
            page = read_list(output)
            if page is None:
                return Fetched(tasks, error=Answer(replies.failed(output)))
            if page.similar:
                return Fetched([], close=tuple(page.tasks))
            tasks += page.tasks
            cursor = page.next_cursor
            if cursor is None:
                break
        if filters.status == Status.COMPLETED and filters.between:
            tasks = [task for task in tasks if self._completed_within(task, *filters.between)]
        return Fetched(tasks, cursor is not None)

    def _completed_within(self, task: ToolTask, first: date, last: date) -> bool:
        return task.completed_at is not None and first <= task.completed_at.astimezone(self._now.tzinfo).date() <= last

    def fetch_group(self, filters: Filters, pages: int) -> Generator[list[Call], list[str], Fetched]:
        """The same; where no title has the words, tasks with a tag of that name: "my shopping tasks"."""
        if filters.others:
            found: list[Fetched] = []
            for part in filters.parts:
                found += [(yield from self.fetch_group(part, max(1, pages // len(filters.parts))))]
            return _merged(filters, found)
        fetched = yield from self.fetch(filters, pages)
        if fetched.tasks or fetched.error or not filters.query or " " in filters.query or filters.tags:
            return fetched
        by_tag = filters.narrowed(query=None, tags=(filters.query.lower(),))
        tagged = yield from self.fetch(by_tag, pages)
        return replace(tagged, filters=by_tag) if tagged.tasks or tagged.error else fetched

    def get(self, ids: Sequence[int]) -> Generator[list[Call], list[str], tuple[list[ToolTask], list[Answer]]]:
        """The tasks as they are, and what to say about those that there are not."""
        outputs = yield [Call("get_task", {"task_id": task_id}) for task_id in ids]
        tasks = [read_task(output) for output in outputs]
        problems = [
            problem(task_id, output) for task_id, task, output in zip(ids, tasks, outputs, strict=True) if task is None
        ]
        return [task for task in tasks if task is not None], problems

    def resolve(
        self, command: Intent, refs: Sequence[TaskRef], wanted_state: bool | None
    ) -> Generator[list[Call], list[str], Targets]:
        """Find the tasks for `command`. `wanted_state` prefers completed or pending ones among several."""
        targets = Targets()
        for ref in refs:
            match ref:
                case ById():
                    targets.ids.append(ref.task_id)
                case Mentioned() | Ordinal():
                    yield from self._resolve_from_talk(command, ref, targets)
                case ByPhrase():
                    yield from self._resolve_phrase(command, ref.text, wanted_state, targets)
                case Agreed():
                    targets.ids += ref.task_ids
                case Matching():
                    fetched = yield from self.fetch(ref.filters, 1)
                    targets.add(fetched.tasks[:SHOWN])
                    targets.remarks += [fetched.error] if fetched.error else []
                case _:
                    assert_never(ref)
        return targets

    def _resolve_from_talk(
        self, command: Intent, ref: Mentioned | Ordinal, targets: Targets
    ) -> Generator[list[Call], list[str], None]:
        shown = next((tasks for tasks in self._memory.shown if tasks), ())
        if isinstance(ref, Mentioned):
            shown = next((tasks for tasks in self._memory.mentioned if tasks is not None), ())
        not_sure = Answer(replies.NOT_SURE_WHICH, question=Question("which", command))
        if chosen := among(ref, shown):
            targets.ids += [by_id.task_id for by_id in chosen]
        elif ref == Ordinal(-1) and not shown:
            fetched = yield from self.fetch(Filters(sort=Sort.CREATED), 1, limit=1)
            targets.add(fetched.tasks)
            if fetched.error or not fetched.tasks:
                targets.remarks.append(fetched.error or Answer(replies.no_tasks_match(Filters(), self._now)))
        elif not_sure not in targets.remarks:
            targets.remarks.append(not_sure)

    def _resolve_phrase(
        self, command: Intent, phrase: str, wanted_state: bool | None, targets: Targets
    ) -> Generator[list[Call], list[str], None]:
        fetched = yield from self.fetch(Filters(status=Status.ALL, query=phrase), 1)
        tasks = fetched.tasks
        if fetched.error:
            targets.remarks.append(fetched.error)
            return
        exact = [task for task in tasks if words_of(task.title) == words_of(phrase)]
        matches = exact or tasks
        if wanted_state is not None and len(matches) > 1:
            matches = [task for task in matches if task.completed == wanted_state] or matches
        if len(matches) == 1:
            targets.add(matches)
        elif matches:
            shown = tuple(matches[:SHOWN])
            text = replies.which(phrase, shown, self._now)
            targets.remarks.append(Answer(text, shown, Question("which", command, shown)))
        elif several := (yield from self._enumerated(phrase)):
            targets.add(several)
        else:
            targets.remarks.append((yield from self._guess(command, phrase, fetched.close)))

    def named(self, phrase: str) -> Generator[list[Call], list[str], list[ToolTask]]:
        """The tasks that have the words in their titles, or else those of just that title; none that come close."""
        found = (yield from self.fetch(Filters(status=Status.ALL, query=phrase), 1)).tasks
        return [task for task in found if words_of(task.title) == words_of(phrase)] or found

    def _enumerated(self, phrase: str) -> Generator[list[Call], list[str], list[ToolTask]]:
        """The tasks of "buy bread and call Ana": one for each piece, or none at all."""
        pieces = split_enumeration(phrase)
        outputs = (yield [calls.list_call(Filters(query=piece)) for piece in pieces]) if len(pieces) > 1 else []
        found: list[ToolTask] = []
        for piece, page in zip(pieces, map(read_list, outputs), strict=False):
            tasks = page.tasks if page and not page.similar else []
            exact = [task for task in tasks if words_of(task.title) == words_of(piece)] or tasks
            if len(exact) != 1:
                return []
            found += exact
        return found

    def _guess(self, command: Intent, phrase: str, close: tuple[ToolTask, ...]) -> Plan:
        """Ask about the tasks whose titles come close to a phrase that none of them has."""
        if not close:
            newest = (yield from self.fetch(Filters(status=Status.ALL), 1, limit=LARGE_PAGE)).tasks
            similar = sorted(((_similarity(phrase, task.title), task) for task in newest), key=lambda pair: -pair[0])
            close = tuple(task for likeness, task in similar if likeness >= _CLOSE_ENOUGH)
        close = close[:_GUESSES]
        if not close:
            return Answer(replies.not_found(phrase), elsewhere=True)
        text = replies.which(phrase, close, self._now, guess=True)
        return Answer(text, close, Question("which", command, close))


def problem(task_id: int, output: str) -> Answer:
    """What to say of a task that is not there, or with which a tool did nothing."""
    missing = not output or replies.is_not_found(output)
    return Answer(replies.no_such_id(task_id) if missing else replies.failed(output), elsewhere=True)


def among(ref: TaskRef, shown: Sequence[ToolTask]) -> tuple[ById, ...]:
    """What a reference means among the tasks just shown; nothing if that is not certain."""
    match ref:
        case ById():
            return (ref,)
        case Ordinal(place) if abs(place) <= len(shown):
            return (ById(shown[place - 1 if place > 0 else place].id),)
        case Mentioned(many) if many or len(shown) == 1:
            return tuple(ById(task.id) for task in shown)
        case _:
            return ()


def words_of(text: str) -> list[str]:
    """The words of a text, as they are compared."""
    return "".join(char if char.isalnum() else " " for char in text.casefold()).split()


def _merged(filters: Filters, fetched: Sequence[Fetched]) -> Fetched:
    """The tasks of all parts of the filters, each once."""
    found = {task.id: task for part in fetched for task in part.tasks}
    by_due = any(part.sort == Sort.DUE_DATE for part in filters.parts)
    tasks = sorted(found.values(), key=_due_moment) if by_due else list(found.values())
    error = next((part.error for part in fetched if part.error), None)
    parts = [got.filters or part for got, part in zip(fetched, filters.parts, strict=True)]
    return Fetched(tasks, any(part.has_more for part in fetched), error, filters=either(parts))


def _due_moment(task: ToolTask) -> tuple[date, time]:
    """Tasks without a date come last, those without a time first of their day."""
    return task.due_date or date.max, task.due_time or time.min


def _similarity(phrase: str, title: str) -> float:
    """How alike a phrase and a title are, 0 to 1: all in all, or word by word for slips of the pen."""
    wanted, offered = words_of(phrase), words_of(title)
    if not wanted or not offered:
        return 0.0
    whole = SequenceMatcher(None, " ".join(wanted), " ".join(offered)).ratio()
    by_word = sum(max(SequenceMatcher(None, word, other).ratio() for other in offered) for word in wanted)
    return max(whole, by_word / len(wanted) * 0.8)
