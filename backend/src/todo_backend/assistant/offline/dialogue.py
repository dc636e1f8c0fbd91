"""From the conversation so far to the next tool calls or the answer.

No server remembers a conversation, and nothing is kept between two model calls: each runs the plan of the message anew
and feeds it what the tools have answered, until it asks for calls that have not been made, or answers. What earlier
turns showed and asked is found in the same way, by running them once more over the calls on record.
"""

import json
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any

from todo_backend.assistant.offline import replies
from todo_backend.assistant.offline.amendments import amended
from todo_backend.assistant.offline.answer import Answer, Question
from todo_backend.assistant.offline.lookup import among, words_of
from todo_backend.assistant.offline.plan import Memory, Plan
from todo_backend.assistant.offline.plans import Plans
from todo_backend.assistant.offline.results import deeds, read_change
from todo_backend.assistant.offline.shown import chosen_by
from todo_backend.assistant.offline.transcript import Call, Exchange, ToolUse
from todo_backend.language.adding import read_add
from todo_backend.language.commands import read_addition, understand
from todo_backend.language.corrections import read_addition_to_it, read_also, read_correction, read_follow_up
from todo_backend.language.drafts import read_line
from todo_backend.language.fields import OpenSubtasksAre, Status
from todo_backend.language.filters import read_filters
from todo_backend.language.intents import (
    AddSubtasks,
    AddTasks,
    Agreed,
    ById,
    Choose,
    CompleteTasks,
    DeleteTasks,
    Filters,
    Intent,
    ListSubtasks,
    ListTasks,
    Matching,
    MoveTasks,
    No,
    OrderTasks,
    Ordinal,
    Place,
    ReopenTasks,
    RestoreTasks,
    Several,
    ShowDates,
    ShowTask,
    SkipTasks,
    TaskRef,
    Undo,
    Unknown,
    UpdateTasks,
    Yes,
    either,
)
from todo_backend.language.reader import Reader
from todo_backend.language.refs import read_refs
from todo_backend.language.subtasks import leaves_open
from todo_backend.mcp_server.schemas import ToolTask

_ONLY = re.compile(r"(?:no,? )?(?:only|just) (?P<which>.+)", re.IGNORECASE)
_BUT_NOT = re.compile(
    r"(?:(?:yes|ok|okay|sure|go ahead)[, ]+)?(?:all )?(?:but(?: not)?|except(?: for)?) (?P<name>.+)", re.IGNORECASE
)
_REMEMBERED = 3  # turns that "it", "the first one" and "restore it" may reach back to
_RUN_AGAIN = 2 * _REMEMBERED  # those may lean on turns before them


def respond(exchanges: Sequence[Exchange], reader: Reader, tools: frozenset[str]) -> list[Call] | Answer:
    """The tool calls to make next, or the answer. `tools` are those at hand."""
    *earlier, current = exchanges
    _, missing, answer = _run(current, _recall(earlier[-_RUN_AGAIN:], reader), reader, strictly=True)
    if answer is not None:
        return answer
    return missing if all(call.name in tools for call in missing) else Answer(replies.UNAVAILABLE)


def _recall(exchanges: Sequence[Exchange], reader: Reader) -> list[tuple[Exchange, Answer]]:
    """The turns before, each with what it answered."""
    past: list[tuple[Exchange, Answer]] = []
    for exchange in exchanges:
        past.append((exchange, _answer_of(exchange, past, reader)))
    return past


def _answer_of(exchange: Exchange, past: Sequence[tuple[Exchange, Answer]], reader: Reader) -> Answer:
    """What a turn showed and asked. One that was cut, or took other calls than ours, showed what it did and no more."""
    asked, _, answer = _run(exchange, past, reader, strictly=False)
    planned, made = (sorted(repr(_subject(call)) for call in calls) for calls in (asked, exchange.calls.values()))
    if answer is not None and exchange.answers == 1 and planned == made:
        return answer
    return Answer("", tuple(task for _, task in deeds(exchange.uses)))


def _run(
    exchange: Exchange, past: Sequence[tuple[Exchange, Answer]], reader: Reader, *, strictly: bool
) -> tuple[list[Call], list[Call], Answer | None]:
    """All calls that the turn asks for, those that are not answered yet, and its answer if there are none."""
    left = exchange.uses
    asked: list[Call] = []
    plan = _plan(exchange.message, past[-_REMEMBERED:], reader)
    try:
        calls = next(plan)
        while True:
            asked += calls
            outputs = _outputs(calls, left, strictly=strictly)
            if missing := [call for call, output in zip(calls, outputs, strict=True) if output is None]:
                return asked, missing, None
            calls = plan.send([output for output in outputs if output is not None])
    except StopIteration as stop:
        return asked, [], stop.value


def _outputs(calls: Sequence[Call], left: list[ToolUse], *, strictly: bool) -> list[str | None]:
    """What each call was answered, taken out of `left`; None for a call that was not made.

    Calls of a batch are made at once: any of them may be on record without the others, and in any order. `strictly`,
    only dates may differ from those of the day on which a call was made; else it is enough that they are of one kind.
    """
    outputs: list[str | None] = [None] * len(calls)
    for likeness in (_written, _undated) if strictly else (_written, _undated, _subject):
        for place, call in enumerate(calls):
            if outputs[place] is None and (use := _first(left, likeness, likeness(call))):
                left.remove(use)
                outputs[place] = use.output
    return outputs


def _first(uses: Iterable[ToolUse], likeness: Callable[[Call], object], wanted: object) -> ToolUse | None:
    return next((use for use in uses if likeness(use.call) == wanted), None)


def _written(call: Call) -> tuple[str, dict[str, Any]]:
    """The call as it is on record."""
    return call.name, json.loads(json.dumps(call.arguments))


def _undated(call: Call) -> tuple[str, dict[str, Any]]:
    name, arguments = _written(call)
    return name, _without_dates(arguments)


def _without_dates(arguments: dict[str, Any]) -> dict[str, Any]:
    return {
        key: _without_dates(value) if isinstance(value, dict) else value
        for key, value in arguments.items()
        if not key.startswith(("due_", "default_due_date", "recurrence"))
    }


def _subject(call: Call) -> tuple[str, object]:
    """What tells calls apart; dates in their arguments are not those of the day on which they were made."""
    return call.name, call.arguments.get("task_id")


def _plan(message: str, past: Sequence[tuple[Exchange, Answer]], reader: Reader) -> Plan:
    """Carry out the message, as an answer to an open question if there is one."""
    intent = understand(message, reader.now, reader.locale)
    question = past[-1][1].question if past else None
    if question is not None:
        intent = _answered(question, message, intent, reader) or intent
    elif past:
        intent = _following(message, intent, past[-1][0], reader) or intent
    memory = Memory(
        tuple(answer.tasks for _, answer in reversed(past)),
        tuple(answer.mentioned for _, answer in reversed(past)),
        tuple(tuple(deeds(exchange.uses)) for exchange, _ in reversed(past)),
        asked=question is not None,
    )
    answer = yield from Plans(message, memory, reader.now).carry_out(intent)
    if question is not None and answer.question is not None and isinstance(intent, Choose):
        # A choice that names none of the tasks is asked about again, for the sake of the same command.
        return replace(answer, question=replace(answer.question, command=question.command, within=question.within))
    return answer


def _following(message: str, intent: Intent, exchange: Exchange, reader: Reader) -> Intent | None:
    """What a message means by the turn before it: "no, I meant tomorrow", "and 3", "at 5"; None if it stands alone.

    A date is another one for what was just added or changed, or for what was just asked. Another task takes the place
    of those that were just completed, reopened or deleted: with these it is as before.
    """
    said, done = understand(exchange.message, reader.now, reader.locale), deeds(exchange.uses)
    changed = tuple(ById(task_id) for task_id in dict.fromkeys(task.id for _, task in done))
    correction = read_correction(message, reader)
    match said:
        case ListTasks() if not done:
            words = correction.words if correction else read_follow_up(message)
            return _asked_instead(said, words, reader) if words else None
        case AddTasks() | UpdateTasks() if changed and correction and correction.changes is not None:
            return UpdateTasks(changed, correction.changes)
        case AddTasks() if changed and (more := read_addition_to_it(message, reader)) is not None:
            return UpdateTasks(changed, more)
        case AddTasks(sure=True) if changed and isinstance(intent, Unknown) and (also := read_also(message)):
            adding = read_add(f"add {also}", reader)
            return replace(adding, sure=False) if isinstance(adding, AddTasks) and adding.drafts else None
        case CompleteTasks() | ReopenTasks() | DeleteTasks() | UpdateTasks() if changed and (
            also := read_also(message)
        ):
            refs = read_refs(also, reader)
            return replace(said, refs=refs) if refs and all(isinstance(ref, ById | Ordinal) for ref in refs) else None
        case CompleteTasks() | ReopenTasks() | DeleteTasks() if correction and _can_be_taken_back(exchange):
            back = {CompleteTasks: ReopenTasks, ReopenTasks: CompleteTasks, DeleteTasks: RestoreTasks}[type(said)](
                changed
            )
            other = understand(correction.words, reader.now, reader.locale)
            if isinstance(other, CompleteTasks | ReopenTasks | DeleteTasks | UpdateTasks):
                return Several((back, other))
            return Several((back, replace(said, refs=correction.refs))) if correction.refs else None
    return None


def _can_be_taken_back(exchange: Exchange) -> bool:
    """Whether what a turn did to tasks is of one kind, and no task has followed one that repeats."""
    followed = any((change := read_change(use.output)) and change.next for use in exchange.uses)
    return len({deed for deed, _ in deeds(exchange.uses)}) == 1 and not followed


def _asked_instead(said: ListTasks, words: str, reader: Reader) -> Intent | None:
    """The same question about other days."""
    first = said.filters.parts[0]
    reading = read_filters(f"completed {words}" if first.status == Status.COMPLETED else words, reader)
    days = [part for part in reading.filters.parts if part.due or part.between]
    if reading.leftover or not days:
        return None
    parts = [replace(first, due=part.due, between=part.between, sort=first.sort or part.sort) for part in days]
    return replace(said, filters=either(parts))


def _answered(question: Question, message: str, intent: Intent, reader: Reader) -> Intent | None:
    """The command that an answer completes, with those of the same message; None if the message is no answer."""
    answered = _command(question, message, intent, reader)
    if answered is None or question.within is None or isinstance(answered, No):
        return answered
    intents, place = question.within
    return Several((*intents[:place], answered, *intents[place + 1 :]))


def _command(question: Question, message: str, intent: Intent, reader: Reader) -> Intent | None:
    """The command that an answer completes or adds to; None if the message is no answer."""
    if isinstance(intent, Undo) and intent.of_that:
        return No()  # what was only asked about was not done
    match question.about:
        case "title":
            return _titled(message, intent, reader)
        case "add":
            answered = _sure(question.command) if isinstance(intent, Yes) else None
        case "confirm" if isinstance(question.command, CompleteTasks) and leaves_open(message):
            return CompleteTasks(question.refs, subtasks=OpenSubtasksAre.LEAVE)
        case "confirm" if (narrowed := _narrowed(question, message, reader)) is not None:
            return narrowed
        case "confirm":
            answered = _with_refs(question.command, question.refs) if isinstance(intent, Yes) else None
        case "which":
            answered = _with_refs(question.command, _chosen(question, message, intent, reader))
    if answered is None and not isinstance(intent, No):
        return _with_addition(question, message, reader)
    return answered


def _narrowed(question: Question, message: str, reader: Reader) -> Intent | None:
    """ "Only the completed ones" asks about those, "yes, but not the invoice" agrees to the others."""
    only, agreed = _ONLY.fullmatch(message.strip(" .!")), _BUT_NOT.fullmatch(message.strip(" .!"))
    groups = [ref for ref in getattr(question.command, "refs", ()) if isinstance(ref, Matching)]
    if only and groups:
        reading = read_filters(only["which"], reader)
        said = {name: value for name, value in _conditions(reading.filters).items() if value not in (None, ())}
        if reading.leftover or not said or reading.filters.others:
            return None
        return _with_refs(question.command, (replace(groups[0], filters=groups[0].filters.narrowed(**said)),))
    if agreed and not isinstance(question.group, Matching):
        words = set(words_of(agreed["name"])) - {"the", "one", "task"}
        left = [task for task in question.tasks if not words <= {*words_of(task.title), str(task.id)}]
        if len(left) == len(question.tasks) - 1 and left:
            return _with_refs(question.command, (Agreed(tuple(task.id for task in left)),))
    return None


def _conditions(filters: Filters) -> dict[str, Any]:
    names = ("status", "priority", "tags", "due", "between", "query", "repeats")
    return {name: getattr(filters, name) for name in names}


def _with_addition(question: Question, message: str, reader: Reader) -> Intent | None:
    """The command with what the message adds to it: asked about again, unless the person has agreed."""
    addition = read_addition(message, reader)
    if addition is None:
        return None
    more = amended(question.command, addition.changes)
    if more is None or not addition.agrees:
        return more
    return _sure(more) or _with_refs(more, question.refs)


def _sure(command: Intent) -> Intent | None:
    return replace(command, sure=True) if isinstance(command, AddTasks) else None


def _titled(message: str, intent: Intent, reader: Reader) -> Intent | None:
    if isinstance(intent, AddTasks) and intent.drafts:
        return replace(intent, sure=True)
    if isinstance(intent, Unknown | Choose) and not message.strip().endswith("?"):
        try:
            read = read_line(message, reader.now, reader.locale)
            return AddTasks((read.draft,), place=Place(read.end) if read.end else None)
        except ValueError:
            return None
    return None


def _chosen(question: Question, message: str, intent: Intent, reader: Reader) -> tuple[ById, ...]:
    shown = question.tasks
    if (task_id := chosen_by(message, question, reader)) is not None:
        return (ById(task_id),)
    if isinstance(intent, Choose):
        return tuple(ref for chosen in intent.refs for ref in among(_place(chosen, shown), shown))
    if isinstance(intent, Yes) and len(shown) == 1:
        return (ById(shown[0].id),)
    if isinstance(intent, Unknown) or (isinstance(intent, AddTasks) and not intent.sure):
        words = set(words_of(message)) - {"the", "one", "task", "with", "about", "i", "mean", "please"}
        others = words - {"not"}
        matches = [task for task in shown if words and others <= set(words_of(task.title))]
        if "not" in words:
            matches = [task for task in shown if task not in matches]
        return (ById(matches[0].id),) if len(matches) == 1 else ()
    return ()


def _place(ref: TaskRef, shown: Sequence[ToolTask]) -> TaskRef:
    """A number in answer to "which one?" is a place in the list, unless one of its tasks has it."""
    numbers = [task.id for task in shown]
    return Ordinal(ref.task_id) if numbers and isinstance(ref, ById) and ref.task_id not in numbers else ref


def _with_refs(command: Intent, refs: tuple[TaskRef, ...]) -> Intent | None:
    if not refs:
        return None
    match command:
        case DeleteTasks():
            return DeleteTasks(refs)
        case RestoreTasks(everything=True):
            return replace(command, sure=True)
        case RestoreTasks():
            return RestoreTasks(refs)
        case CompleteTasks():
            return replace(command, refs=refs, sure=True)
        case ReopenTasks() | UpdateTasks() | SkipTasks():
            return replace(command, refs=refs)
        case AddTasks(place=Place() as place):
            return replace(command, place=replace(place, other=refs[0], by_title=False))
        case AddSubtasks():
            return replace(command, parent=refs[0])
        case MoveTasks() if any(not isinstance(ref, ById) for ref in command.refs):
            return replace(command, refs=refs)
        case MoveTasks():
            return replace(command, parent=refs[0])
        case OrderTasks() if any(not isinstance(ref, ById) for ref in command.refs):
            return replace(command, refs=refs)
        case OrderTasks():
            return replace(command, other=refs[0])
        case ListSubtasks():
            return ListSubtasks(refs[0])
        case ShowTask():
            return ShowTask(refs[0])
        case ShowDates():
            return ShowDates(refs[0])
        case _:
            return None
