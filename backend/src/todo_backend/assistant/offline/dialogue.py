"""From the conversation so far to the next tool calls or the answer.

No server remembers a conversation, and nothing is kept between two model calls: each runs the plan of the message anew
and feeds it what the tools have answered, until it asks for calls that have not been made, or answers. What earlier
turns showed and asked is found in the same way, by running them once more over the calls on record.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from todo_backend.assistant.offline import replies
from todo_backend.assistant.offline.answer import Answer, Question
from todo_backend.assistant.offline.plans import Memory, Plan, Plans, among, words_of
from todo_backend.assistant.offline.results import deeds
from todo_backend.assistant.offline.transcript import Call, Exchange
from todo_backend.language import parse_quick_add, understand
from todo_backend.language.intents import (
    AddTasks,
    ById,
    Choose,
    CompleteTasks,
    DeleteTasks,
    Intent,
    ReopenTasks,
    ShowTask,
    Unknown,
    UpdateTasks,
    Yes,
)

_REMEMBERED = 3  # turns that "it", "the first one" and "undo" may reach back to
_RUN_AGAIN = 2 * _REMEMBERED  # those may lean on turns before them


def respond(exchanges: Sequence[Exchange], now: datetime, tools: frozenset[str]) -> list[Call] | str:
    """The tool calls to make next, or the answer. `now` is aware, in the person's zone; `tools` are those at hand."""
    *earlier, current = exchanges
    asked, answer = _run(current, _recall(earlier[-_RUN_AGAIN:], now), now)
    if answer is not None:
        return answer.text
    missing = asked[len(current.uses) :]  # a process that died may have left the first results of a batch on record
    return missing if all(call.name in tools for call in missing) else replies.UNAVAILABLE


def _recall(exchanges: Sequence[Exchange], now: datetime) -> list[tuple[Exchange, Answer]]:
    """The turns before, each with what it answered."""
    past: list[tuple[Exchange, Answer]] = []
    for exchange in exchanges:
        past.append((exchange, _answer_of(exchange, past, now)))
    return past


def _answer_of(exchange: Exchange, past: Sequence[tuple[Exchange, Answer]], now: datetime) -> Answer:
    """What a turn showed and asked. One that was cut, or took other calls than ours, showed what it did and no more."""
    asked, answer = _run(exchange, past, now)
    if answer is not None and exchange.answers == 1 and _subjects(asked) == _subjects(exchange.calls.values()):
        return answer
    return Answer("", tuple(task for _, task in deeds(exchange.uses)))


def _subjects(calls: Iterable[Call]) -> list[tuple[str, object]]:
    """What tells calls apart; dates in their arguments are not those of the day on which they were made."""
    return [(call.name, call.arguments.get("task_id")) for call in calls]


def _run(
    exchange: Exchange, past: Sequence[tuple[Exchange, Answer]], now: datetime
) -> tuple[list[Call], Answer | None]:
    """All calls that the turn asks for, and its answer unless the last of them are not answered yet."""
    outputs = [use.output for use in exchange.uses]
    asked: list[Call] = []
    plan = _plan(exchange.message, past[-_REMEMBERED:], now)
    try:
        calls = next(plan)
        while True:
            begin, end = len(asked), len(asked) + len(calls)
            asked += calls
            if end > len(outputs):
                return asked, None
            calls = plan.send(outputs[begin:end])
    except StopIteration as stop:
        return asked, stop.value


def _plan(message: str, past: Sequence[tuple[Exchange, Answer]], now: datetime) -> Plan:
    """Carry out the message, as an answer to an open question if there is one."""
    intent = understand(message, now)
    question = past[-1][1].question if past else None
    if question is not None:
        intent = _command(question, message, intent, now) or intent
    memory = Memory(
        tuple(answer.tasks for _, answer in reversed(past)),
        tuple(tuple(deeds(exchange.uses)) for exchange, _ in reversed(past)),
    )
    answer = yield from Plans(memory, now).carry_out(intent)
    if question is not None and answer.question is not None and isinstance(intent, Choose):
        # A choice that names none of the tasks is asked about again, for the sake of the same command.
        return replace(answer, question=replace(answer.question, command=question.command))
    return answer


def _command(question: Question, message: str, intent: Intent, now: datetime) -> Intent | None:
    """The command that an answer completes; None if the message is no answer."""
    match question.about:
        case "title":
            return _titled(message, intent, now)
        case "add":
            offered = question.command
            return replace(offered, sure=True) if isinstance(offered, AddTasks) and isinstance(intent, Yes) else None
        case "confirm":
            shown = tuple(ById(task.id) for task in question.tasks)
            return _with_refs(question.command, shown) if isinstance(intent, Yes) else None
        case "which":
            return _with_refs(question.command, _chosen(question, message, intent))


def _titled(message: str, intent: Intent, now: datetime) -> Intent | None:
    if isinstance(intent, AddTasks) and intent.drafts:
        return replace(intent, sure=True)
    if isinstance(intent, Unknown | Choose) and not message.strip().endswith("?"):
        try:
            return AddTasks((parse_quick_add(message, now),))
        except ValueError:
            return None
    return None


def _chosen(question: Question, message: str, intent: Intent) -> tuple[ById, ...]:
    shown = question.tasks
    if isinstance(intent, Choose):
        return tuple(ref for chosen in intent.refs for ref in among(chosen, shown))
    if isinstance(intent, Yes) and len(shown) == 1:
        return (ById(shown[0].id),)
    if isinstance(intent, Unknown) or (isinstance(intent, AddTasks) and not intent.sure):
        words = set(words_of(message)) - {"the", "one", "task", "with", "about", "i", "mean"}
        matches = [task for task in shown if words and words <= set(words_of(task.title))]
        return (ById(matches[0].id),) if len(matches) == 1 else ()
    return ()


def _with_refs(command: Intent, refs: tuple[ById, ...]) -> Intent | None:
    if not refs:
        return None
    match command:
        case CompleteTasks() | ReopenTasks() | DeleteTasks() | UpdateTasks():
            return replace(command, refs=refs)
        case ShowTask():
            return ShowTask(refs[0])
        case _:
            return None
