"""How each intent is carried out: which tools to call, and what to answer.

A plan is a generator that yields batches of tool calls, receives what they answered and returns the answer.
"""

from collections.abc import Generator, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from difflib import SequenceMatcher
from typing import Any, Literal, TypeAlias, assert_never

from todo_backend.assistant.offline import replies
from todo_backend.assistant.offline.answer import Answer, Question, joined
from todo_backend.assistant.offline.results import (
    Deed,
    many_deeds,
    read_change,
    read_changes,
    read_count,
    read_list,
    read_many,
    read_reversal,
    read_task,
    read_task_answer,
    read_trash,
)
from todo_backend.assistant.offline.transcript import Call
from todo_backend.language import in_words, split_enumeration
from todo_backend.language.fields import OpenSubtasksAre, Priority, Sort, Status
from todo_backend.language.intents import (
    AddSubtasks,
    AddTasks,
    Agreed,
    ById,
    ByPhrase,
    Changes,
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
    Ordinal,
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
    Unknown,
    UpdateTasks,
    Yes,
)
from todo_backend.language.recurrence import Recurrence
from todo_backend.mcp_server.schemas import EMPTY, ToolDeletedTask, ToolTask
from todo_backend.tasks.origin import EntryPoint

_SHOWN = 25
_PAGE = 50
_LARGE_PAGE = 200
_MOST_PAGES = 5
_LONGEST_QUERY = 200
_CLOSE_ENOUGH = 0.6
_GUESSES = 5
_MOST_MOVED = 3  # by hand at once: each takes a step of the turn

Plan: TypeAlias = Generator[list[Call], list[str], Answer]
_Commands: TypeAlias = CompleteTasks | ReopenTasks | DeleteTasks | UpdateTasks


@dataclass(frozen=True, slots=True)
class Memory:
    """What the conversation lately showed, spoke of and did, the latest turn first."""

    shown: tuple[tuple[ToolTask, ...], ...] = ()
    mentioned: tuple[tuple[ToolTask, ...] | None, ...] = ()
    done: tuple[tuple[tuple[Deed, ToolTask], ...], ...] = ()
    asked: bool = False  # the latest turn ended with a question


@dataclass(frozen=True, slots=True)
class _Fetched:
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
class _Targets:
    """The tasks that references name, as far as they are known, and what to say about other references."""

    ids: list[int] = field(default_factory=list)
    known: dict[int, ToolTask] = field(default_factory=dict)
    remarks: list[Answer] = field(default_factory=list)

    def add(self, tasks: Iterable[ToolTask]) -> None:
        """Add tasks as they were found."""
        for task in tasks:
            self.ids.append(task.id)
            self.known[task.id] = task


class Plans:
    """The plans of one turn."""

    def __init__(self, message: str, memory: Memory, now: datetime) -> None:
        self._message = message
        self._memory = memory
        self._now = now

    def carry_out(self, intent: Intent) -> Plan:
        """The plan of an intent."""
        match intent:
            case AddTasks():
                return (yield from self._add(intent))
            case AddSubtasks():
                return (yield from self._add_subtasks(intent))
            case MoveTasks():
                return (yield from self._move(intent))
            case OrderTasks():
                return (yield from self._order(intent))
            case ListSubtasks():
                return (yield from self._list_subtasks(intent))
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
                return (yield from self._list_trash())
            case RestoreTasks():
                return (yield from self._restore(intent))
            case Undo():
                return (yield from self._reverse("undo", intent.times))
            case Redo():
                return (yield from self._reverse("redo", intent.times))
            case ListChanges():
                return (yield from self._list_changes(intent))
            case Choose():
                if len(intent.refs) == 1 and not isinstance(intent.refs[0], Mentioned):
                    return (yield from self._show(ShowTask(intent.refs[0])))
                return Answer(replies.WHAT_NEXT)
            case Several():
                return (yield from self._all(map(self.carry_out, intent.intents)))
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
                return Answer(replies.not_understood(self._message))
            case _:
                assert_never(intent)

    def _all(self, plans: Iterable[Plan]) -> Plan:
        answers: list[Answer] = []
        for plan in plans:
            answers += [(yield from plan)]
        return joined(answers)

    def _add(self, intent: AddTasks) -> Plan:
        if not intent.drafts:
            return Answer(replies.ASK_TITLE, question=Question("title", intent))
        if not intent.sure:
            return Answer(replies.offer(intent.drafts, self._now), question=Question("add", intent))
        return (yield from self._create(intent.drafts, {}))

    def _create(self, drafts: Sequence[TaskDraft], more: dict[str, Any]) -> Plan:
        outputs = yield [Call("add_task", _draft_arguments(draft) | more) for draft in drafts]
        changes = [read_change(output) for output in outputs]
        problems = [
            Answer(replies.failed(output)) for output, change in zip(outputs, changes, strict=True) if change is None
        ]
        unread = [draft.unread_repetition for draft, change in zip(drafts, changes, strict=True) if change]
        remarks = [Answer(replies.not_repeated(words)) for words in unread if words]
        return joined([self._done("Added", [change.task for change in changes if change]), *remarks, *problems])

    def _add_subtasks(self, intent: AddSubtasks) -> Plan:
        parent = yield from self._parent(intent, intent.parent)
        if isinstance(parent, Answer):
            return (yield from self._add(intent.otherwise)) if intent.otherwise and parent.elsewhere else parent
        return (yield from self._create(intent.drafts, {"parent_id": parent}))

    def _move(self, intent: MoveTasks) -> Plan:
        targets = yield from self._resolve(intent, intent.refs, None)
        if targets.remarks or not targets.ids:
            return joined(targets.remarks)
        if intent.parent is None:
            calls = [Call("update_task", {"task_id": task_id, "clear": ["parent_id"]}) for task_id in targets.ids]
            return (yield from self._perform("Updated", calls))
        found = replace(intent, refs=tuple(ById(task_id) for task_id in targets.ids))
        parent = yield from self._parent(found, intent.parent)
        if isinstance(parent, Answer):
            return parent
        calls = [Call("update_task", {"task_id": task_id, "parent_id": parent}) for task_id in targets.ids]
        return (yield from self._perform("Updated", calls))

    def _order(self, intent: OrderTasks) -> Plan:
        """Put tasks where they are to be, one after the other: each goes beside what is there by then."""
        targets = yield from self._resolve(intent, intent.refs, None)
        if targets.remarks or not targets.ids:
            return joined(targets.remarks)
        if len(targets.ids) > _MOST_MOVED:
            return Answer(replies.too_many_to_move(_MOST_MOVED))
        where: dict[str, Any] = {"to": intent.place}
        if intent.other is not None:
            found = replace(intent, refs=tuple(ById(task_id) for task_id in targets.ids))
            other = yield from self._resolve(found, (intent.other,), None)
            if other.remarks or len(other.ids) != 1:
                return joined(other.remarks)
            where = {intent.place: other.ids[0]}
        beside, _ = (yield from self._get(list(where.values()))) if intent.other is not None else ([], [])
        moved: list[ToolTask] = []
        for task_id in reversed(targets.ids) if intent.place in ("first", "after") else targets.ids:
            [output] = yield [Call("move_task", {"task_id": task_id} | where)]
            if (change := read_change(output)) is None:
                return joined([Answer(replies.moved(moved, intent.place, None)), _problem(task_id, output)])
            moved.append(change.task)
        moved.sort(key=lambda task: targets.ids.index(task.id))
        return Answer(replies.moved(moved, intent.place, next(iter(beside), None)), tuple(moved))

    def _parent(self, command: Intent, ref: TaskRef) -> Generator[list[Call], list[str], int | Answer]:
        """The id of the task that is to have subtasks, or what to say of it; among several, one that may have some."""
        if isinstance(ref, ByPhrase):
            arguments = {"q": ref.text[:_LONGEST_QUERY], "status": Status.PENDING, "top_level": True, "limit": _SHOWN}
            [output] = yield [Call("list_tasks", arguments)]
            tasks = page.tasks if (page := read_list(output)) and not page.similar else []
            exact = [task for task in tasks if words_of(task.title) == words_of(ref.text)] or tasks
            if len(exact) == 1:
                return exact[0].id
            if not exact:
                return Answer(replies.not_found(ref.text), elsewhere=True)
            text = replies.which(ref.text, exact, self._now)
            return Answer(text, tuple(exact), Question("which", command, tuple(exact)))
        targets = yield from self._resolve(command, (ref,), None)
        return targets.ids[0] if len(targets.ids) == 1 else joined(targets.remarks)

    def _list_subtasks(self, intent: ListSubtasks) -> Plan:
        targets = yield from self._resolve(intent, (intent.ref,), None)
        if targets.remarks or not targets.ids:
            return joined(targets.remarks)
        task_id = targets.ids[0]
        known, listed = yield [
            Call("get_task", {"task_id": task_id}),
            Call("list_tasks", {"parent_id": task_id, "order": "asc", "limit": _PAGE}),
        ]
        task, page = read_task(known), read_list(listed)
        if task is None or page is None:
            return _problem(task_id, known)
        text = replies.subtasks(task, page.tasks, page.next_cursor is not None, self._now)
        return Answer(text, tuple(page.tasks) or (task,))

    def _done(self, deed: Deed, tasks: list[ToolTask]) -> Answer:
        return Answer(replies.done(deed, tasks, self._now), tuple(tasks))

    def _list(self, intent: ListTasks) -> Plan:
        filters = intent.filters
        by_completion = filters.status == Status.COMPLETED and filters.between is not None
        pages = _MOST_PAGES if by_completion or intent.count_only else 1
        fetched = yield from self._fetch_group(filters, pages)
        tasks, has_more = fetched.tasks, fetched.has_more
        if fetched.error:
            return fetched.error
        if fetched.close:
            return Answer(replies.similar(fetched.close, filters, self._now), fetched.close, elsewhere=True)
        if by_completion:
            tasks = [task for task in tasks if self._completed_within(task, filters)]
        if intent.count_only:
            return Answer(replies.task_count(tasks, filters, has_more, self._now), elsewhere=True)
        tasks.sort(key=lambda task: task.completed)  # pending first, each in its order
        text = replies.task_list(tasks, filters, has_more and not by_completion, self._now)
        return Answer(text, tuple(tasks), elsewhere=not tasks)

    def _list_tags(self) -> Plan:
        fetched = yield from self._fetch(Filters(status=Status.PENDING), _MOST_PAGES)
        used = [tag for task in fetched.tasks for tag in task.tags]
        return fetched.error or Answer(replies.tags(used, fetched.has_more))

    def _completed_within(self, task: ToolTask, filters: Filters) -> bool:
        if task.completed_at is None or filters.between is None:
            return False
        first, last = filters.between
        return first <= task.completed_at.astimezone(self._now.tzinfo).date() <= last

    def _fetch(
        self, filters: Filters, pages: int, limit: int | None = None
    ) -> Generator[list[Call], list[str], _Fetched]:
        """The tasks of up to so many pages."""
        arguments = _filter_arguments(filters)
        arguments["limit"] = limit or (_PAGE if pages == 1 else _LARGE_PAGE)
        tasks: list[ToolTask] = []
        cursor: str | None = None
        for _ in range(pages):
            [output] = yield [Call("list_tasks", arguments | ({"cursor": cursor} if cursor else {}))]
            page = read_list(output)
            if page is None:
                return _Fetched(tasks, error=Answer(replies.failed(output)))
            if page.similar:
                return _Fetched([], close=tuple(page.tasks))
            tasks += page.tasks
            cursor = page.next_cursor
            if cursor is None:
                break
        return _Fetched(tasks, cursor is not None)

    def _fetch_group(self, filters: Filters, pages: int) -> Generator[list[Call], list[str], _Fetched]:
        """The same; where no title has the words, tasks with a tag of that name: "my shopping tasks"."""
        fetched = yield from self._fetch(filters, pages)
        if fetched.tasks or fetched.error or not filters.query or " " in filters.query or filters.tags:
            return fetched
        by_tag = replace(filters, query=None, tags=(filters.query.lower(),))
        tagged = yield from self._fetch(by_tag, pages)
        return replace(tagged, filters=by_tag) if tagged.tasks or tagged.error else fetched

    def _show(self, intent: ShowTask) -> Plan:
        targets = yield from self._resolve(intent, (intent.ref,), None)
        answers = list(targets.remarks)
        if targets.ids:
            found, problems = yield from self._get(targets.ids)
            answers += [Answer(replies.task_details(task, self._now), (task,)) for task in found] + problems
        return joined(answers)

    def _show_dates(self, intent: ShowDates) -> Plan:
        targets = yield from self._resolve(intent, (intent.ref,), False)
        answers = list(targets.remarks)
        outputs = (yield [Call("get_task", {"task_id": task_id}) for task_id in targets.ids]) if targets.ids else []
        for task_id, output in zip(targets.ids, outputs, strict=True):
            answer = read_task_answer(output)
            dates = answer and Answer(replies.next_dates(answer.task, answer.next_dates, self._now), (answer.task,))
            answers.append(dates or _problem(task_id, output))
        return joined(answers)

    def _skip(self, intent: SkipTasks) -> Plan:
        targets = yield from self._resolve(intent, intent.refs, False)
        answers = list(targets.remarks)
        if targets.ids:
            answers.append((yield from self._perform("Skipped", [_skip(task_id) for task_id in targets.ids])))
        return joined(answers)

    def _get(self, ids: Sequence[int]) -> Generator[list[Call], list[str], tuple[list[ToolTask], list[Answer]]]:
        """The tasks as they are, and what to say about those that there are not."""
        outputs = yield [Call("get_task", {"task_id": task_id}) for task_id in ids]
        tasks = [read_task(output) for output in outputs]
        problems = [
            _problem(task_id, output) for task_id, task, output in zip(ids, tasks, outputs, strict=True) if task is None
        ]
        return [task for task in tasks if task is not None], problems

    def _list_trash(self) -> Plan:
        [output] = yield [Call("list_trash", {"limit": _PAGE})]
        page = read_trash(output)
        if page is None:
            return Answer(replies.failed(output))
        return Answer(replies.trash(page.deleted, page.count, self._now), tuple(page.deleted), elsewhere=True)

    def _restore(self, intent: RestoreTasks) -> Plan:
        if intent.everything:
            return (yield from self._restore_everything(intent))
        ids: list[int] = []
        answers: list[Answer] = []
        for ref in intent.refs:
            match ref:
                case ById():
                    ids.append(ref.task_id)
                case ByPhrase():
                    found, remark = yield from self._in_trash(intent, ref.text)
                    ids += found
                    answers += [remark] if remark else []
                case _:
                    ids += (named := self._deleted_earlier(ref))
                    answers += [] if named else [Answer(replies.NOTHING_DELETED)]
        if ids:
            answers.append((yield from self._perform("Restored", [_restore(task_id) for task_id in ids])))
        return joined(answers)

    def _restore_everything(self, intent: RestoreTasks) -> Plan:
        """All that was deleted, asked about above one task."""
        if not intent.sure:
            [output] = yield [Call("list_trash", {"limit": _SHOWN})]
            page = read_trash(output)
            if page is None:
                return Answer(replies.failed(output))
            if not page.deleted:
                return Answer(replies.EMPTY_TRASH)
            if page.count > 1:
                shown = tuple(page.deleted)
                text = replies.offer_to_restore(page.deleted, page.count, self._now)
                return Answer(text, shown, Question("confirm", intent, shown))
        [output] = yield [Call("restore_tasks", {"everything": True})]
        return self._reversed(output) or Answer(replies.refused(output))

    def _reversed(self, output: str) -> Answer | None:
        """What was put back, as far as something was."""
        reversal = read_reversal(output)
        if reversal is None:
            return None
        done = many_deeds(reversal)
        text = replies.reversed_change(reversal.status, done, reversal.count, self._now)
        return Answer(text, tuple(task for _, task in done))

    def _in_trash(
        self, intent: RestoreTasks, phrase: str
    ) -> Generator[list[Call], list[str], tuple[list[int], Answer | None]]:
        """The deleted tasks that a phrase names, one for each piece of it, or what to say of it."""
        pieces = split_enumeration(phrase)
        wanted = [phrase, *(pieces if len(pieces) > 1 else [])]
        outputs = yield [Call("list_trash", {"q": words[:_LONGEST_QUERY], "limit": _SHOWN}) for words in wanted]
        found = []
        for words, page in zip(wanted, map(read_trash, outputs), strict=True):
            tasks = page.deleted if page else []
            found.append([task for task in tasks if words_of(task.title) == words_of(words)] or tasks)
        whole, parts = found[0], found[1:]
        if len(whole) == 1:
            return [whole[0].id], None
        if whole:
            shown = tuple(whole)
            text = replies.which_deleted(phrase, whole, self._now)
            return [], Answer(text, shown, Question("which", intent, shown))
        if parts and all(len(part) == 1 for part in parts):
            return [part[0].id for part in parts], None
        return [], Answer(replies.not_deleted(phrase), elsewhere=True)

    def _deleted_earlier(self, ref: TaskRef) -> list[int]:
        """The tasks of the trash that were just shown, or those that the conversation deleted, which `ref` means."""
        shown = next((tasks for tasks in self._memory.shown if tasks), ())
        if all(isinstance(task, ToolDeletedTask) for task in shown) and (chosen := among(ref, shown)):
            return [by_id.task_id for by_id in chosen]
        if isinstance(ref, Mentioned):
            for done in self._memory.done:
                if deleted := [task.id for deed, task in done if deed == "Deleted"]:
                    return deleted
        return []

    def _reverse(self, tool: Literal["undo", "redo"], times: int) -> Plan:
        """Undo or redo so many changes, one after the other, as far as there are any."""
        answers: list[Answer] = []
        for _ in range(times):
            [output] = yield [Call(tool, {})]
            answer = self._reversed(output)
            answers.append(answer or Answer(replies.refused(output)))
            if answer is None:
                break
        return joined(answers)

    def _list_changes(self, intent: ListChanges) -> Plan:
        arguments = {"entry_point": EntryPoint.CHAT} if intent.by_assistant else {}
        [output] = yield [Call("list_changes", arguments)]
        page = read_changes(output)
        if page is None:
            return Answer(replies.failed(output))
        return Answer(replies.changes(page.changes, self._now))

    def _change(self, intent: _Commands) -> Plan:
        """Complete, reopen, delete or update: find the tasks, then do it."""
        match next((ref for ref in intent.refs if isinstance(ref, Matching | Agreed)), None):
            case Matching(filters, None):
                return (yield from self._ask_about_group(intent, filters))
            case Matching() | Agreed() as group:
                return (yield from self._change_group(intent, group))
        if isinstance(intent, DeleteTasks) and not intent.sure:
            return (yield from self._offer_to_delete(intent))
        wanted_state = {CompleteTasks: False, ReopenTasks: True}.get(type(intent))
        targets = yield from self._resolve(intent, intent.refs, wanted_state)
        answers = list(targets.remarks)
        ids = targets.ids
        if wanted_state is not None:
            # Only tasks found by their words come with a state; those named by number are just tried.
            settled = [task for task in targets.known.values() if task.completed != wanted_state]
            ids = [task_id for task_id in ids if task_id not in {task.id for task in settled}]
            answers.append(_already("open" if wanted_state else "completed", settled))
        if ids:
            match intent:
                case CompleteTasks():
                    answers.append((yield from self._complete(intent, ids)))
                case ReopenTasks():
                    answers.append((yield from self._perform("Reopened", [_reopen(task_id) for task_id in ids])))
                case DeleteTasks():
                    answers.append((yield from self._perform("Deleted", [_delete(task_id) for task_id in ids])))
                case UpdateTasks():
                    answers.append((yield from self._update(ids, intent.changes)))
        return joined(answers)

    def _offer_to_delete(self, intent: DeleteTasks) -> Plan:
        targets = yield from self._resolve(intent, intent.refs, None)
        tasks, problems = (yield from self._get(targets.ids)) if targets.ids else ([], [])
        offer = [self._confirm(intent, tuple(tasks))] if tasks else []
        return joined([*targets.remarks, *problems, *offer])

    def _perform(self, deed: Deed, calls: list[Call]) -> Plan:
        outputs = yield calls
        return self._told(deed, calls, outputs)

    def _complete(self, intent: CompleteTasks, ids: Sequence[int]) -> Plan:
        """Complete tasks; of those that have open subtasks, ask first, all at once."""
        outputs = dict(zip(ids, (yield [_complete(task_id, intent.subtasks) for task_id in ids]), strict=True))
        left = yield from self._left_open([task_id for task_id in ids if read_change(outputs[task_id]) is None])
        again = [task_id for task_id, open_ones in left.items() if not open_ones]  # they were completed meanwhile
        if again:
            outputs |= zip(again, (yield [_complete(task_id) for task_id in again]), strict=True)
        asked = [task_id for task_id, open_ones in left.items() if open_ones]
        answered = [task_id for task_id in ids if task_id not in asked]
        told = self._told("Completed", [_complete(task_id) for task_id in answered], [outputs[i] for i in answered])
        if not asked:
            return told
        parents, problems = yield from self._get(asked)
        text = replies.open_subtasks([(parent, left[parent.id]) for parent in parents], self._now)
        question = Question("confirm", replace(intent, subtasks=OpenSubtasksAre.COMPLETE), tuple(parents))
        return joined([told, *problems, Answer(text, tuple(parents), question)])

    def _left_open(self, refused: Sequence[int]) -> Generator[list[Call], list[str], dict[int, list[ToolTask]]]:
        """The open subtasks of tasks that could not be completed, of those that are there."""
        outputs = (yield [_open_subtasks(task_id) for task_id in refused]) if refused else []
        pages = zip(refused, map(read_list, outputs), strict=True)
        found = {task_id: page.tasks for task_id, page in pages if page}
        missing = [task_id for task_id, tasks in found.items() if not tasks]
        there = {task.id for task in (yield from self._get(missing))[0]} if missing else set()
        return {task_id: tasks for task_id, tasks in found.items() if tasks or task_id in there}

    def _told(self, deed: Deed, calls: Sequence[Call], outputs: Sequence[str]) -> Answer:
        """What came of calls that each are about a task."""
        changes = [read_change(output) for output in outputs]
        problems = [
            _problem(call.arguments["task_id"], output)
            for call, change, output in zip(calls, changes, outputs, strict=True)
            if change is None
        ]
        done = [change.task for change in changes if change and not change.already_completed]
        before = [change.task for change in changes if change and change.already_completed]
        following = [change.next for change in changes if change and change.next]
        opened = [Answer(replies.opened(following, self._now))] if following else []
        return joined([self._done(deed, done), *opened, _already("completed", before), *problems])

    def _update(self, ids: list[int], changes: Changes) -> Plan:
        if not changes.needs_the_task:
            return (
                yield from self._perform(
                    "Updated", [_update(task_id, self._values(None, changes), changes) for task_id in ids]
                )
            )
        tasks, problems = yield from self._get(ids)
        if not tasks:
            return joined(problems)
        updates = [_update(task.id, self._values(task, changes), changes) for task in tasks]
        return joined([(yield from self._perform("Updated", updates)), *problems])

    def _values(self, task: ToolTask | None, changes: Changes) -> dict[str, Any]:
        """The new values of a task's fields; `task` only counts where the changes need it."""
        day = changes.due_date
        due_date, description, tags = (task.due_date, task.description, task.tags) if task else (None, "", [])
        if changes.postpone_days is not None:
            day = _plus_days(due_date or self._now.date(), changes.postpone_days)
        elif changes.keeps_day and due_date is not None:
            day = None
        if changes.add_tags or changes.remove_tags:
            kept = [tag for tag in tags if tag not in changes.remove_tags]
            new_tags: list[str] | None = list(dict.fromkeys([*kept, *changes.add_tags]))
        else:
            new_tags = None
        noted = None if changes.note is None else f"{description}\n{changes.note}".lstrip("\n")
        values = {
            "title": changes.title,
            "description": changes.description if noted is None else noted,
            "due_date": day,
            "due_time": changes.due_time,
            "priority": changes.priority,
            "tags": new_tags,
            "recurrence": changes.recurrence,
        }
        return {name: value for name, value in values.items() if value is not None}

    def _ask_about_group(self, intent: _Commands, filters: Filters) -> Plan:
        """Never change a whole group of tasks unasked: say how many they are, and go on when the person agrees."""
        if isinstance(intent, CompleteTasks) and filters.status in (None, Status.ALL):
            filters = replace(filters, status=Status.PENDING)
        if isinstance(intent, ReopenTasks) and filters.status in (None, Status.ALL):
            filters = replace(filters, status=Status.COMPLETED)
        fetched = yield from self._fetch_group(filters, 1)
        tasks, filters = fetched.tasks, fetched.filters or filters
        if fetched.error:
            return fetched.error
        if not tasks:
            return Answer(replies.no_tasks_match(filters, self._now), elsewhere=True)
        if len(tasks) <= _SHOWN:  # those that are shown, whatever comes meanwhile
            together = Agreed(tuple(task.id for task in tasks)) if len(tasks) > 1 else None
            return self._confirm(intent, tuple(tasks), together)
        [output] = yield [Call("count_tasks", {"filter": _conditions(filters)})]
        if (count := read_count(output)) is None:
            return Answer(replies.failed(output))
        return self._confirm(intent, tuple(tasks[:_SHOWN]), Matching(filters, count))

    def _change_group(self, intent: _Commands, group: Matching | Agreed) -> Plan:
        """Change all tasks of a group at once, if they are those that the person agreed to.

        Where subtasks outside of the group would be left open, ask what becomes of them.
        """
        arguments: dict[str, Any]
        match group:
            case Agreed(task_ids):
                arguments, count = {"task_ids": list(task_ids)}, len(task_ids)
            case Matching(filters, agreed):
                count = agreed or 0
                arguments = {"filter": _conditions(filters), "expected": count}
        deed: Deed
        match intent:
            case CompleteTasks():
                call, deed = Call("complete_tasks", arguments | _with_subtasks(intent.subtasks)), "Completed"
            case ReopenTasks():
                call, deed = Call("update_tasks", arguments | {"changes": {"completed": False}}), "Reopened"
            case DeleteTasks():
                call, deed = Call("delete_tasks", arguments), "Deleted"
            case UpdateTasks(_, changes):
                call, deed = Call("update_tasks", arguments | {"changes": _relative(changes)}), "Updated"
        [output] = yield [call]
        many = read_many(output)
        if many is None:
            asked = (yield from self._ask_about_subtasks(intent, group)) if deed == "Completed" else None
            gone = isinstance(group, Agreed) and replies.is_not_found(output)
            return asked or Answer(replies.GONE_MEANWHILE if gone else replies.refused(output), elsewhere=gone)
        done = tuple(task for done, task in many_deeds(many) if done == deed)
        opened = [task for done, task in many_deeds(many) if done == "Added"]
        following = [Answer(replies.opened(opened, self._now))] if opened else []
        number = count if isinstance(intent, CompleteTasks) else many.count  # which has those that follow, too
        text = replies.done_to_many(deed, done, number, self._now)
        return joined([Answer(text, done), *following])

    def _ask_about_subtasks(
        self, intent: _Commands, group: Matching | Agreed
    ) -> Generator[list[Call], list[str], Answer | None]:
        """Ask what becomes of the open subtasks of a group that is to be completed; None if it has none."""
        if not isinstance(intent, CompleteTasks) or intent.subtasks:
            return None
        match group:
            case Agreed(task_ids):
                tasks, _ = yield from self._get(task_ids)
                parents = [task for task in tasks if task.subtasks and task.subtasks.done < task.subtasks.total]
                count = len(parents)
            case Matching(filters):
                where = _conditions(filters) | {"has_open_subtasks": True}
                listed, counted = yield [
                    Call("list_tasks", where | {"limit": _SHOWN}),
                    Call("count_tasks", {"filter": where}),
                ]
                page = read_list(listed)
                parents, count = page.tasks if page else [], read_count(counted) or 0
        if not parents:
            return None
        shown = tuple(parents)
        question = Question("confirm", replace(intent, subtasks=OpenSubtasksAre.COMPLETE), shown, group)
        return Answer(replies.open_subtasks_of_group(shown, count, self._now), shown, question)

    def _confirm(
        self, intent: _Commands, shown: tuple[ToolTask, ...], group: Matching | Agreed | None = None
    ) -> Answer:
        verbs = {CompleteTasks: "complete", ReopenTasks: "reopen", DeleteTasks: "delete", UpdateTasks: "change"}
        fates = [self._fate(task, intent) for task in shown]
        count = group.agreed if isinstance(group, Matching) and group.agreed else len(shown)
        text = replies.confirm(verbs[type(intent)], shown, fates, count, self._now)
        return Answer(text, shown, Question("confirm", intent, shown, group))

    def _fate(self, task: ToolTask, intent: _Commands) -> str:
        """What would become of a task."""
        match intent:
            case CompleteTasks():
                return "completed"
            case ReopenTasks():
                return "open again"
            case DeleteTasks():
                return "deleted"
            case UpdateTasks(_, changes):
                values = self._values(task, changes) | dict.fromkeys(changes.clear)
                return replies.changed_to(task, values, self._now)

    def _resolve(
        self, command: Intent, refs: Sequence[TaskRef], wanted_state: bool | None
    ) -> Generator[list[Call], list[str], _Targets]:
        """Find the tasks for `command`. `wanted_state` prefers completed or pending ones among several."""
        targets = _Targets()
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
                    fetched = yield from self._fetch(ref.filters, 1)
                    targets.add(fetched.tasks[:_SHOWN])
                    targets.remarks += [fetched.error] if fetched.error else []
                case _:
                    assert_never(ref)
        return targets

    def _resolve_from_talk(
        self, command: Intent, ref: Mentioned | Ordinal, targets: _Targets
    ) -> Generator[list[Call], list[str], None]:
        shown = next((tasks for tasks in self._memory.shown if tasks), ())
        if isinstance(ref, Mentioned):
            shown = next((tasks for tasks in self._memory.mentioned if tasks is not None), ())
        not_sure = Answer(replies.NOT_SURE_WHICH, question=Question("which", command))
        if chosen := among(ref, shown):
            targets.ids += [by_id.task_id for by_id in chosen]
        elif ref == Ordinal(-1) and not shown:
            fetched = yield from self._fetch(Filters(sort=Sort.CREATED), 1, limit=1)
            targets.add(fetched.tasks)
            if fetched.error or not fetched.tasks:
                targets.remarks.append(fetched.error or Answer(replies.no_tasks_match(Filters(), self._now)))
        elif not_sure not in targets.remarks:
            targets.remarks.append(not_sure)

    def _resolve_phrase(
        self, command: Intent, phrase: str, wanted_state: bool | None, targets: _Targets
    ) -> Generator[list[Call], list[str], None]:
        fetched = yield from self._fetch(Filters(status=Status.ALL, query=phrase), 1)
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
            shown = tuple(matches[:_SHOWN])
            text = replies.which(phrase, shown, self._now)
            targets.remarks.append(Answer(text, shown, Question("which", command, shown)))
        elif several := (yield from self._enumerated(phrase)):
            targets.add(several)
        else:
            targets.remarks.append((yield from self._guess(command, phrase, fetched.close)))

    def _enumerated(self, phrase: str) -> Generator[list[Call], list[str], list[ToolTask]]:
        """The tasks of "buy bread and call Ana": one for each piece, or none at all."""
        pieces = split_enumeration(phrase)
        outputs = (yield [_list_call(Filters(query=piece)) for piece in pieces]) if len(pieces) > 1 else []
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
            newest = (yield from self._fetch(Filters(status=Status.ALL), 1, limit=_LARGE_PAGE)).tasks
            similar = sorted(((_similarity(phrase, task.title), task) for task in newest), key=lambda pair: -pair[0])
            close = tuple(task for likeness, task in similar if likeness >= _CLOSE_ENOUGH)
        close = close[:_GUESSES]
        if not close:
            return Answer(replies.not_found(phrase), elsewhere=True)
        text = replies.which(phrase, close, self._now, guess=True)
        return Answer(text, close, Question("which", command, close))


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


def _list_call(filters: Filters) -> Call:
    return Call("list_tasks", _filter_arguments(filters) | {"limit": _PAGE})


def _complete(task_id: int, subtasks: OpenSubtasksAre | None = None) -> Call:
    return Call("complete_task", {"task_id": task_id} | _with_subtasks(subtasks))


def _with_subtasks(subtasks: OpenSubtasksAre | None) -> dict[str, Any]:
    return {"open_subtasks": subtasks} if subtasks else {}


def _open_subtasks(task_id: int) -> Call:
    return Call("list_tasks", {"parent_id": task_id, "status": Status.PENDING, "limit": _PAGE})


def _reopen(task_id: int) -> Call:
    return Call("update_task", {"task_id": task_id, "completed": False})


def _skip(task_id: int) -> Call:
    return Call("skip_task", {"task_id": task_id})


def _delete(task_id: int) -> Call:
    return Call("delete_task", {"task_id": task_id})


def _restore(task_id: int) -> Call:
    return Call("restore_task", {"task_id": task_id})


def _update(task_id: int, values: Mapping[str, Any], changes: Changes) -> Call:
    clear = {"clear": sorted(changes.clear)} if changes.clear else {}
    return Call("update_task", {"task_id": task_id, **_written(values), **clear})


def _already(state: Literal["completed", "open"], tasks: Sequence[ToolTask]) -> Answer:
    return Answer(replies.already(state, tasks), tuple(tasks))


def _problem(task_id: int, output: str) -> Answer:
    missing = not output or replies.is_not_found(output)
    return Answer(replies.no_such_id(task_id) if missing else replies.failed(output), elsewhere=True)


def _draft_arguments(draft: TaskDraft) -> dict[str, Any]:
    values = {
        "title": draft.title,
        "description": draft.description,
        "due_date": draft.due_date,
        "due_time": draft.due_time,
        "priority": None if draft.priority == Priority.NONE else draft.priority,
        "tags": list(draft.tags),
        "recurrence": draft.recurrence,
    }
    return _written({name: value for name, value in values.items() if value})


def _written(values: Mapping[str, Any]) -> dict[str, Any]:
    """Values as tools take them."""
    return {name: _as_argument(value) for name, value in values.items()}


def _as_argument(value: Any) -> Any:  # noqa: ANN401 (whatever a field holds)
    match value:
        case date():
            return value.isoformat()
        case time():
            return f"{value:%H:%M}"
        case Recurrence():
            return in_words(value)
    return value


def _filter_arguments(filters: Filters) -> dict[str, Any]:
    """The arguments of list_tasks."""
    return _conditions(filters) | ({"sort": filters.sort} if filters.sort else {})


def _conditions(filters: Filters) -> dict[str, Any]:
    """Filters as tools take them."""
    given = {
        "status": filters.status or Status.ALL,
        "priority": [filters.priority] if filters.priority else None,
        "any_tag" if filters.any_tag else "tag": list(filters.tags),
        "repeats": filters.repeats,
        "due": list(filters.due),
        "q": filters.query and filters.query[:_LONGEST_QUERY],
    }
    arguments: dict[str, Any] = {name: value for name, value in given.items() if value or value is False}
    if filters.between and filters.status != Status.COMPLETED:
        ends = zip(("due_from", "due_to"), filters.between, (date.min, date.max), strict=True)
        arguments |= {name: day.isoformat() for name, day, never in ends if day != never}
    return arguments


def _relative(changes: Changes) -> dict[str, Any]:
    """The changes of a whole group as update_tasks takes them."""
    values = {
        "title": changes.title,
        "description": changes.description,
        "note": changes.note,
        "default_due_date" if changes.keeps_day else "due_date": changes.due_date,
        "due_time": changes.due_time,
        "postpone_days": changes.postpone_days,
        "priority": changes.priority,
        "add_tags": list(changes.add_tags) or None,
        "remove_tags": list(changes.remove_tags) or None,
        "recurrence": {"words": in_words(changes.recurrence)} if changes.recurrence else None,
    }
    cleared = {name: EMPTY[name] for name in sorted(changes.clear)}
    return cleared | _written({name: value for name, value in values.items() if value is not None})


def _plus_days(day: date, days: int) -> date:
    try:
        return day + timedelta(days=days)
    except OverflowError:
        return day


def words_of(text: str) -> list[str]:
    """The words of a text, as they are compared."""
    return "".join(char if char.isalnum() else " " for char in text.casefold()).split()


def _similarity(phrase: str, title: str) -> float:
    """How alike a phrase and a title are, 0 to 1: all in all, or word by word for slips of the pen."""
    wanted, offered = words_of(phrase), words_of(title)
    if not wanted or not offered:
        return 0.0
    whole = SequenceMatcher(None, " ".join(wanted), " ".join(offered)).ratio()
    by_word = sum(max(SequenceMatcher(None, word, other).ratio() for other in offered) for word in wanted)
    return max(whole, by_word / len(wanted) * 0.8)
