"""How each intent is carried out: which tools to call, and what to answer.

A plan is a generator that yields batches of tool calls, receives what they answered and returns the answer.
"""

from collections.abc import Generator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Literal, assert_never

from todo_backend.assistant.offline import calls, replies
from todo_backend.assistant.offline.answer import Answer, Question, joined
from todo_backend.assistant.offline.deeds import Deeds, already
from todo_backend.assistant.offline.groups import Groups
from todo_backend.assistant.offline.lookup import MOST_PAGES, Lookup, problem, words_of
from todo_backend.assistant.offline.plan import Commands, Memory, Plan
from todo_backend.assistant.offline.results import read_change, read_changes, read_task_answer
from todo_backend.assistant.offline.several import SeveralCommands
from todo_backend.assistant.offline.subtasks import Subtasks
from todo_backend.assistant.offline.transcript import Call
from todo_backend.assistant.offline.trash import Trash
from todo_backend.language.fields import Status
from todo_backend.language.intents import (
    AddSubtasks,
    AddTasks,
    Agreed,
    ById,
    ByPhrase,
    Choose,
    CompleteTasks,
    DeleteTasks,
    Filters,
    Greeting,
    Help,
    Intent,
    ListChanges,
    ListSubtasks,
    ListTags,
    ListTasks,
    ListTrash,
    Matching,
    Mentioned,
    MoveTasks,
    No,
    OrderTasks,
    Place,
    Redo,
    ReopenTasks,
    RestoreTasks,
    Several,
    ShowDates,
    ShowTask,
    SkipTasks,
    TaskDraft,
    TaskRef,
    Thanks,
    Undo,
    UndoneDeed,
    Unknown,
    UpdateTasks,
    Yes,
)
from todo_backend.mcp_server.schemas import ToolTask
from todo_backend.tasks.changes import ChangeKind
from todo_backend.tasks.origin import EntryPoint

_CHANGES_SEARCHED = 20
_DEED_WORDS: dict[UndoneDeed, str] = {
    "created": "addition",
    "updated": "change of a task",
    "completed": "completion",
    "reopened": "reopening",
    "deleted": "deletion",
}
_MOST_MOVED = 3  # by hand at once: each takes a step of the turn


class Plans:
    """The plans of one turn."""

    def __init__(self, message: str, memory: Memory, now: datetime) -> None:
        self._message = message
        self._memory = memory
        self._now = now
        self._lookup = Lookup(memory, now)
        self._deeds = Deeds(self._lookup, now)
        self._subtasks = Subtasks(self._lookup, self._deeds, now)
        self._groups = Groups(self._lookup, self._deeds, now)
        self._trash = Trash(memory, self._deeds, now)
        self._several = SeveralCommands(
            self._lookup,
            self._subtasks,
            self._groups,
            now,
            carry_out=self.carry_out,
            offer=self._offer,
            beside=self._beside,
        )

    def carry_out(self, intent: Intent) -> Plan:
        """The plan of an intent."""
        match intent:
            case AddTasks():
                return (yield from self._add(intent))
            case AddSubtasks():
                return (yield from self._add_subtasks(intent))
            case MoveTasks():
                return (yield from self._subtasks.move(intent))
            case OrderTasks():
                return (yield from self._order(intent))
            case ListSubtasks():
                return (yield from self._subtasks.show(intent))
            case ListTasks():
                return (yield from self._list(intent))
            case CompleteTasks() | ReopenTasks() | DeleteTasks() | UpdateTasks():
                return (yield from self._change(intent))
            case SkipTasks():
                return (yield from self._skip(intent))
            case ListTags():
                return (yield from self._list_tags())
            case ShowTask():
                return (yield from self._show(intent))
            case ShowDates():
                return (yield from self._show_dates(intent))
            case ListTrash():
                return (yield from self._trash.show())
            case RestoreTasks():
                return (yield from self._trash.restore(intent))
            case Undo():
                return (
                    yield from (self._reverse("undo", intent.times) if not intent.deed else self._undo(intent.deed))
                )
            case Redo():
                return (yield from self._reverse("redo", intent.times))
            case ListChanges():
                return (yield from self._list_changes(intent))
            case Choose():
                if len(intent.refs) == 1 and not isinstance(intent.refs[0], Mentioned):
                    return (yield from self._show(ShowTask(intent.refs[0])))
                return Answer(replies.WHAT_NEXT)
            case Several():
                return (yield from self._several.carry_out(intent))
            case Yes():
                return Answer(replies.WHAT_NEXT if self._memory.asked else replies.NOTHING_OPEN)
            case No():
                did = not self._memory.asked and self._memory.done and self._memory.done[0]
                return Answer(replies.STAYS_DONE if did else replies.NOTHING_DONE)
            case Help():
                return Answer(replies.HELP)
            case Greeting():
                return Answer(replies.GREETING)
            case Thanks():
                return Answer(replies.THANKS)
            case Unknown():
                return Answer(replies.not_understood(intent.said or self._message))
            case _:
                assert_never(intent)

    def _add(self, intent: AddTasks) -> Plan:
        if not intent.drafts:
            return Answer(replies.ASK_TITLE, question=Question("title", intent))
        if not intent.sure:
            return Answer(replies.offer(intent.drafts, self._now), question=Question("add", intent))
        if intent.place is not None:
            return (yield from self._add_at(intent, intent.place))
        return (yield from self._create(intent.drafts, {}))

    def _add_at(self, intent: AddTasks, place: Place) -> Plan:
        """Add tasks and put them where they are to be; said if there is no such place."""
        beside = (yield from self._beside(intent, place, place.other)) if place.other is not None else None
        if place.other is not None and beside is None:
            return (yield from self._create(place.otherwise, {}))
        if isinstance(beside, Answer) and beside.question:
            return beside
        added = yield from self._create(intent.drafts, {})
        ids = [task.id for task in added.tasks]
        if isinstance(beside, Answer) or not ids:
            return joined([added, *([beside] if isinstance(beside, Answer) else [])])
        if len(ids) > _MOST_MOVED:
            return joined([added, Answer(replies.too_many_to_move(_MOST_MOVED))])
        return joined([added, (yield from self._move(ids, place.where, beside))])

    def _beside(
        self, intent: AddTasks, place: Place, other: TaskRef
    ) -> Generator[list[Call], list[str], ToolTask | Answer | None]:
        """The task that was named, or what to say of it; None if those words belong to the title."""
        if isinstance(other, ByPhrase) and place.otherwise:
            found = yield from self._lookup.named(other.text)
            if place.by_title:
                found = [task for task in found if words_of(task.title) == words_of(other.text)]
            if len(found) <= 1:
                return next(iter(found), None)
        targets = yield from self._lookup.resolve(intent, (other,), None)
        if targets.remarks or len(targets.ids) != 1:
            return joined(targets.remarks)
        tasks, problems = yield from self._lookup.get(targets.ids)
        return tasks[0] if tasks else joined(problems)

    def _create(self, drafts: Sequence[TaskDraft], more: dict[str, Any]) -> Plan:
        outputs = yield [Call("add_task", calls.draft_arguments(draft) | more) for draft in drafts]
        changes = [read_change(output) for output in outputs]
        problems = [
            Answer(replies.failed(output)) for output, change in zip(outputs, changes, strict=True) if change is None
        ]
        unread = [draft.unread_repetition for draft, change in zip(drafts, changes, strict=True) if change]
        remarks = [Answer(replies.not_repeated(words)) for words in unread if words]
        return joined([self._deeds.done("Added", [change.task for change in changes if change]), *remarks, *problems])

    def _add_subtasks(self, intent: AddSubtasks) -> Plan:
        parent = yield from self._subtasks.parent(intent, intent.parent)
        if isinstance(parent, Answer):
            return (yield from self._add(intent.otherwise)) if intent.otherwise and parent.elsewhere else parent
        return (yield from self._create(intent.drafts, {"parent_id": parent}))

    def _order(self, intent: OrderTasks) -> Plan:
        """Put tasks where they are to be, one after the other: each goes beside what is there by then."""
        targets = yield from self._lookup.resolve(intent, intent.refs, None)
        if targets.remarks or not targets.ids:
            missing = joined(targets.remarks)
            return (yield from self._add(intent.otherwise)) if intent.otherwise and missing.elsewhere else missing
        if len(targets.ids) > _MOST_MOVED:
            return Answer(replies.too_many_to_move(_MOST_MOVED))
        beside: ToolTask | None = None
        if intent.other is not None:
            found = replace(intent, refs=tuple(ById(task_id) for task_id in targets.ids))
            other = yield from self._lookup.resolve(found, (intent.other,), None)
            if other.remarks or len(other.ids) != 1:
                return joined(other.remarks)
            tasks, problems = yield from self._lookup.get(other.ids)
            if not tasks:
                return joined(problems)
            beside = tasks[0]
        return (yield from self._move(targets.ids, intent.place, beside))

    def _move(
        self, ids: list[int], place: Literal["first", "last", "before", "after"], beside: ToolTask | None
    ) -> Plan:
        """Move one task after the other to an end of the list, or beside another one."""
        where: dict[str, Any] = {place: beside.id} if beside else {"to": place}
        moved: list[ToolTask] = []
        for task_id in reversed(ids) if place in ("first", "after") else ids:
            [output] = yield [Call("move_task", {"task_id": task_id} | where)]
            if (change := read_change(output)) is None:
                return joined([Answer(replies.moved(moved, place, None)), problem(task_id, output)])
            moved.append(change.task)
        moved.sort(key=lambda task: ids.index(task.id))
        return Answer(replies.moved(moved, place, beside), tuple(moved))

    def _list(self, intent: ListTasks) -> Plan:
        filters = intent.filters
        by_completion = any(part.status == Status.COMPLETED and part.between for part in filters.parts)
        pages = MOST_PAGES if by_completion or intent.count_only else 1
        fetched = yield from self._lookup.fetch_group(filters, pages)
        tasks, has_more = fetched.tasks, fetched.has_more
        if fetched.error:
            return fetched.error
        if fetched.close:
            return Answer(replies.similar(fetched.close, filters, self._now), fetched.close, elsewhere=True)
        if intent.count_only:
            return Answer(replies.task_count(tasks, filters, has_more, self._now), elsewhere=True)
        if intent.most is not None and filters.sort is not None:
            tasks = tasks[: intent.most]
        tasks.sort(key=lambda task: task.completed)  # pending first, each in its order
        if intent.most is not None:
            tasks, has_more = tasks[: intent.most], False  # there is no more of what was asked for
        text = replies.task_list(tasks, filters, has_more and not by_completion, self._now)
        return Answer(text, tuple(tasks), elsewhere=not tasks)

    def _list_tags(self) -> Plan:
        fetched = yield from self._lookup.fetch(Filters(status=Status.PENDING), MOST_PAGES)
        used = [tag for task in fetched.tasks for tag in task.tags]
        return fetched.error or Answer(replies.tags(used, fetched.has_more))

    def _show(self, intent: ShowTask) -> Plan:
        targets = yield from self._lookup.resolve(intent, (intent.ref,), None)
        answers = list(targets.remarks)
        if targets.ids:
            found, problems = yield from self._lookup.get(targets.ids)
            answers += [Answer(replies.task_details(task, self._now), (task,)) for task in found] + problems
        return joined(answers)

    def _show_dates(self, intent: ShowDates) -> Plan:
        targets = yield from self._lookup.resolve(intent, (intent.ref,), False)
        answers = list(targets.remarks)
        outputs = (yield [Call("get_task", {"task_id": task_id}) for task_id in targets.ids]) if targets.ids else []
        for task_id, output in zip(targets.ids, outputs, strict=True):
            answer = read_task_answer(output)
            dates = answer and Answer(replies.next_dates(answer.task, answer.next_dates, self._now), (answer.task,))
            answers.append(dates or problem(task_id, output))
        return joined(answers)

    def _skip(self, intent: SkipTasks) -> Plan:
        targets = yield from self._lookup.resolve(intent, intent.refs, False)
        answers = list(targets.remarks)
        if targets.ids:
            answers.append(
                (yield from self._deeds.perform("Skipped", [calls.skip(task_id) for task_id in targets.ids]))
            )
        return joined(answers)

    def _reverse(self, tool: Literal["undo", "redo"], times: int) -> Plan:
        """Undo or redo so many changes, one after the other, as far as there are any."""
        answers: list[Answer] = []
        for _ in range(times):
            [output] = yield [Call(tool, {})]
            answer = self._trash.reversed(output)
            answers.append(answer or Answer(replies.refused(output)))
            if answer is None:
                break
        return joined(answers)

    def _undo(self, deed: UndoneDeed) -> Plan:
        """Undo the last change that did this to tasks, if that is all it did."""
        [output] = yield [Call("list_changes", {"limit": _CHANGES_SEARCHED})]
        page = read_changes(output)
        if page is None:
            return Answer(replies.failed(output))
        word = _DEED_WORDS[deed]
        for change in page.changes:
            done = {task.action for task in change.tasks}
            if change.undone or change.kind is not ChangeKind.CHANGE or deed not in done:
                continue
            titles = {task.title for task in change.tasks if task.action == deed}
            # A task that repeats is followed by the next one when it is completed.
            others = [task for task in change.tasks if task.action != deed and task.title not in titles]
            if others:
                return Answer(replies.change_of_several_kinds(word))
            [output] = yield [Call("undo", {"change_id": str(change.change_id)})]
            return self._trash.reversed(output) or Answer(replies.refused(output))
        return Answer(replies.no_change_of_kind(word))

    def _list_changes(self, intent: ListChanges) -> Plan:
        arguments = {"entry_point": EntryPoint.CHAT} if intent.by_assistant else {}
        [output] = yield [Call("list_changes", arguments)]
        page = read_changes(output)
        if page is None:
            return Answer(replies.failed(output))
        return Answer(replies.changes(page.changes, self._now))

    def _change(self, intent: Commands) -> Plan:
        """Complete, reopen, delete or update: find the tasks, then do it."""
        match next((ref for ref in intent.refs if isinstance(ref, Matching | Agreed)), None):
            case Matching(agreed=None) as group:
                return (yield from self._groups.ask(intent, group))
            case Matching() | Agreed() as group:
                return (yield from self._groups.change(intent, group))
        if isinstance(intent, CompleteTasks | DeleteTasks) and not intent.sure:
            return (yield from self._offer(intent))
        wanted_state = {CompleteTasks: False, ReopenTasks: True}.get(type(intent))
        targets = yield from self._lookup.resolve(intent, intent.refs, wanted_state)
        answers = list(targets.remarks)
        ids = targets.ids
        if wanted_state is not None:
            # Only tasks found by their words come with a state; those named by number are just tried.
            settled = [task for task in targets.known.values() if task.completed != wanted_state]
            ids = [task_id for task_id in ids if task_id not in {task.id for task in settled}]
            answers.append(already("open" if wanted_state else "completed", settled))
        if ids:
            match intent:
                case CompleteTasks():
                    answers.append((yield from self._subtasks.complete(intent, ids)))
                case ReopenTasks():
                    answers.append(
                        (yield from self._deeds.perform("Reopened", [calls.reopen(task_id) for task_id in ids]))
                    )
                case DeleteTasks():
                    answers.append(
                        (yield from self._deeds.perform("Deleted", [calls.delete(task_id) for task_id in ids]))
                    )
                case UpdateTasks():
                    answers.append((yield from self._deeds.update(ids, intent.changes)))
        return joined(answers)

    def _offer(self, intent: CompleteTasks | DeleteTasks) -> Plan:
        """Ask before doing what nobody asked for outright."""
        otherwise = intent.otherwise if isinstance(intent, DeleteTasks) else None
        for ref in intent.refs:
            if otherwise and isinstance(ref, ByPhrase) and not (yield from self._lookup.named(ref.text)):
                return (yield from self._add(otherwise))
        targets = yield from self._lookup.resolve(intent, intent.refs, None)
        tasks, problems = (yield from self._lookup.get(targets.ids)) if targets.ids else ([], [])
        offer = [self._groups.confirm(intent, tuple(tasks))] if tasks else []
        return joined([*targets.remarks, *problems, *offer])
