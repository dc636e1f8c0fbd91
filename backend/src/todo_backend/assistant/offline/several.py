"""Plans of several commands in one message: all of them are carried out, or none is.

First every task that they name is looked for. Where one is not found, or a command is not understood, that is said and
nothing is done; where a question is open, it is asked, and all of it is done once it has been answered.
"""

from collections.abc import Callable, Generator, Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TypeVar

from todo_backend.assistant.offline import replies
from todo_backend.assistant.offline.answer import Answer, joined
from todo_backend.assistant.offline.groups import Groups
from todo_backend.assistant.offline.lookup import Lookup, words_of
from todo_backend.assistant.offline.plan import Plan
from todo_backend.assistant.offline.subtasks import Subtasks
from todo_backend.assistant.offline.transcript import Call
from todo_backend.language.intents import (
    AddSubtasks,
    AddTasks,
    Agreed,
    ById,
    ByPhrase,
    CompleteTasks,
    DeleteTasks,
    Intent,
    Matching,
    MoveTasks,
    OrderTasks,
    Place,
    Redo,
    ReopenTasks,
    RestoreTasks,
    Several,
    SkipTasks,
    TaskRef,
    Undo,
    Unknown,
    UpdateTasks,
)
from todo_backend.mcp_server.schemas import ToolTask

_Result = TypeVar("_Result")
_Reading = Generator[list[Call], list[str], _Result]
_MOST_CALLS = 50  # at once
_WHOLE_LIST = frozenset({0})  # beside the numbers of tasks: what concerns all of them


class SeveralCommands:
    """The plans of one turn that carry out several commands.

    `carry_out` and `offer` are the plans of one command, `beside` finds the task beside which new ones are to go.
    """

    def __init__(
        self,
        lookup: Lookup,
        subtasks: Subtasks,
        groups: Groups,
        now: datetime,
        *,
        carry_out: Callable[[Intent], Plan],
        offer: Callable[[CompleteTasks | DeleteTasks], Plan],
        beside: Callable[[AddTasks, Place, TaskRef], _Reading[ToolTask | Answer | None]],
    ) -> None:
        self._lookup = lookup
        self._subtasks = subtasks
        self._groups = groups
        self._now = now
        self._carry_out, self._offer, self._beside = carry_out, offer, beside

    def carry_out(self, several: Several) -> Plan:
        """All of the commands, in order, or what keeps them from being carried out."""
        intents = several.intents
        if any(isinstance(intent, Undo | Redo) for intent in intents):
            answers: list[Answer] = []
            for intent in intents:  # what comes after an undo may name what it brings back
                answers += [(yield from self._carry_out(intent))]
            return joined(answers)
        restored = {ref.task_id for ref in _refs_of(intents, RestoreTasks) if isinstance(ref, ById)}
        whole, *ready = yield from together(
            [self._named(several.whole), *(self._prepared(intent, restored) for intent in intents)]
        )
        if not isinstance(whole, Answer):
            return (yield from self._carry_out(whole))
        if stops := [(place, answer) for place, answer in enumerate(ready) if isinstance(answer, Answer)]:
            return _stopped(intents, stops)
        done: list[Answer] = []
        for batch in _batches(intent for intent in ready if not isinstance(intent, Answer)):
            done += yield from together([self._carry_out(intent) for intent in batch])
        return joined(done)

    def _named(self, whole: Intent | None) -> _Reading[Intent | Answer]:
        """The message as one command, if it names a task by the whole of its title."""
        [ref] = getattr(whole, "refs", (None,))
        if whole is None or not isinstance(ref, ByPhrase):
            return Answer("")
        found = yield from self._lookup.named(ref.text)
        return whole if any(words_of(task.title) == words_of(ref.text) for task in found) else Answer("")

    def _prepared(self, intent: Intent, restored: set[int]) -> _Reading[Intent | Answer]:
        """The command with the numbers of the tasks that it names, or what stands in its way."""
        match intent:
            case Unknown(said):
                return Answer(replies.not_understood(said))
            case AddTasks(place=Place(other=other) as place) if other is not None:
                beside = yield from self._beside(intent, place, other)
                if beside is None:
                    return replace(intent, drafts=place.otherwise or intent.drafts, place=None)
                if isinstance(beside, Answer):
                    return beside
                return replace(intent, place=replace(place, other=ById(beside.id), by_title=False, otherwise=()))
            case AddSubtasks():
                parent = yield from self._subtasks.parent(intent, intent.parent)
                if isinstance(parent, Answer):
                    return intent.otherwise if intent.otherwise and parent.elsewhere else parent
                _, problems = yield from self._lookup.get([parent])
                return joined(problems) if problems else replace(intent, parent=ById(parent))
            case CompleteTasks(sure=False) | DeleteTasks(sure=False):
                return (yield from self._offer(intent))
            case CompleteTasks() | ReopenTasks() | DeleteTasks() | UpdateTasks():
                match next((ref for ref in intent.refs if isinstance(ref, Matching | Agreed)), None):
                    case Matching(agreed=None) as group:
                        return (yield from self._groups.ask(intent, group))
                    case Matching() | Agreed():
                        return intent
                return (yield from self._found(intent, restored))
            case SkipTasks() | MoveTasks() | OrderTasks():
                return (yield from self._found(intent, restored))
            case _:
                return intent

    def _found(
        self,
        intent: CompleteTasks | ReopenTasks | DeleteTasks | UpdateTasks | SkipTasks | MoveTasks | OrderTasks,
        restored: set[int],
    ) -> _Reading[Intent | Answer]:
        wanted_state = {CompleteTasks: False, ReopenTasks: True, SkipTasks: False}.get(type(intent))
        targets = yield from self._lookup.resolve(intent, intent.refs, wanted_state)
        if targets.remarks or not targets.ids:
            return joined(targets.remarks)
        unseen = [task_id for task_id in targets.ids if task_id not in targets.known and task_id not in restored]
        tasks, problems = (yield from self._lookup.get(unseen)) if unseen else ([], [])
        if problems:
            return joined(problems)
        tasks += targets.known.values()
        found = replace(intent, refs=tuple(ById(task_id) for task_id in targets.ids))
        match found:
            case CompleteTasks(subtasks=None):
                parents = [task for task in tasks if task.subtasks and task.subtasks.done < task.subtasks.total]
                parents = [task for task in parents if not task.completed]
                return (yield from self._subtasks.ask(found, parents)) if parents else found
            case SkipTasks() if once := [task for task in tasks if task.recurrence is None]:
                return joined(Answer(replies.next_dates(task, (), self._now), elsewhere=True) for task in once)
            case MoveTasks(parent=parent) if parent is not None:
                above = yield from self._subtasks.parent(found, parent)
                return above if isinstance(above, Answer) else replace(found, parent=ById(above))
            case OrderTasks(other=other) if other is not None:
                beside = yield from self._lookup.resolve(found, (other,), None)
                if beside.remarks or len(beside.ids) != 1:
                    return joined(beside.remarks)
                return replace(found, other=ById(beside.ids[0]))
        return found


def together(plans: Sequence[_Reading[_Result]]) -> _Reading[list[_Result]]:
    """Run plans side by side: the calls that they make next are made at once, as far as so many are."""
    results: dict[int, _Result] = {}
    waiting: dict[int, list[Call]] = {}

    def step(place: int, outputs: list[str] | None) -> None:
        try:
            waiting[place] = next(plans[place]) if outputs is None else plans[place].send(outputs)
        except StopIteration as stop:
            waiting.pop(place, None)
            results[place] = stop.value

    for place in range(len(plans)):
        step(place, None)
    while waiting:
        made: list[tuple[int, int]] = []
        calls: list[Call] = []
        for place, wanted in waiting.items():
            if not calls or len(calls) + len(wanted) <= _MOST_CALLS:
                made.append((place, len(wanted)))
                calls += wanted
        outputs = yield calls
        for place, count in made:
            step(place, outputs[:count])
            outputs = outputs[count:]
    return [results[place] for place in range(len(plans))]


def _stopped(intents: tuple[Intent, ...], stops: Sequence[tuple[int, Answer]]) -> Answer:
    """Why nothing is done: what was not found or understood, else the first question."""
    final = [answer for _, answer in stops if answer.question is None]
    if final:
        said = joined(final)
        return replace(said, text=replies.nothing_done(said.text), tasks=(), elsewhere=True)
    place, answer = stops[0]
    question = replace(answer.question, within=(intents, place)) if answer.question else None
    return replace(answer, text=replies.nothing_done_yet(answer.text), question=question)


def _batches(intents: Iterable[Intent]) -> list[list[Intent]]:
    """The commands in order, those together that concern different tasks: their calls are made at once."""
    batches: list[list[Intent]] = []
    seen: frozenset[int] = frozenset()
    for intent in intents:
        concerned = _concerned(intent)
        if batches and not (seen & concerned or (seen and concerned == _WHOLE_LIST) or seen == _WHOLE_LIST):
            batches[-1].append(intent)
            seen |= concerned
        else:
            batches.append([intent])
            seen = concerned
    return batches


def _concerned(intent: Intent) -> frozenset[int]:
    """The numbers of the tasks that a command changes; none for new tasks."""
    match intent:
        case AddTasks(place=None):
            return frozenset()
        case AddSubtasks(parent=ById(task_id)):
            return frozenset({task_id})
        case CompleteTasks(refs) | ReopenTasks(refs) | DeleteTasks(refs) | UpdateTasks(refs) | SkipTasks(refs):
            ids = [ref.task_id for ref in refs if isinstance(ref, ById)]
            ids += [task_id for ref in refs if isinstance(ref, Agreed) for task_id in ref.task_ids]
            return frozenset(ids) if ids else _WHOLE_LIST
        case _:
            return _WHOLE_LIST


def _refs_of(intents: Iterable[Intent], kind: type[RestoreTasks]) -> list[TaskRef]:
    return [ref for intent in intents if isinstance(intent, kind) for ref in intent.refs]
