"""Plans about groups of tasks: asked about once, then changed by one call, all of it or nothing."""

from collections.abc import Generator
from dataclasses import replace
from datetime import datetime
from typing import Any

from todo_backend.assistant.offline import calls, replies
from todo_backend.assistant.offline.answer import Answer, Question, joined
from todo_backend.assistant.offline.deeds import Deeds
from todo_backend.assistant.offline.lookup import SHOWN, Lookup
from todo_backend.assistant.offline.plan import Commands, Plan
from todo_backend.assistant.offline.results import Deed, many_deeds, read_count, read_list, read_many
from todo_backend.assistant.offline.transcript import Call
from todo_backend.language.fields import OpenSubtasksAre, Status
from todo_backend.language.intents import (
    Agreed,
    CompleteTasks,
    DeleteTasks,
    Matching,
    ReopenTasks,
    UpdateTasks,
)
from todo_backend.mcp_server.schemas import ToolTask


class Groups:
    """The plans of one turn that are about groups."""

    def __init__(self, lookup: Lookup, deeds: Deeds, now: datetime) -> None:
        self._lookup = lookup
        self._deeds = deeds
        self._now = now

    def ask(self, intent: Commands, group: Matching) -> Plan:
        """Never change a whole group of tasks unasked: say how many they are, and go on when the person agrees."""
        filters = group.filters
        if isinstance(intent, CompleteTasks) and filters.status in (None, Status.ALL):
            filters = filters.narrowed(status=Status.PENDING)
        if isinstance(intent, ReopenTasks) and filters.status in (None, Status.ALL):
            filters = filters.narrowed(status=Status.COMPLETED)
        fetched = yield from self._lookup.fetch_group(filters, 1)
        tasks, filters = fetched.tasks, fetched.filters or filters
        if fetched.error:
            return fetched.error
        if group.excepted:
            excepted = yield from self._lookup.resolve(intent, group.excepted, None)
            if excepted.remarks:
                return joined([replace(remark, question=None) for remark in excepted.remarks])
            tasks = [task for task in tasks if task.id not in excepted.ids]
        if not tasks:
            return Answer(replies.no_tasks_match(filters, self._now), elsewhere=True)
        if len(tasks) <= SHOWN:  # those that are shown, whatever comes meanwhile
            together = Agreed(tuple(task.id for task in tasks)) if len(tasks) > 1 else None
            return self.confirm(intent, tuple(tasks), together)
        if filters.others or group.excepted:  # no tool takes more than one filter
            return Answer(replies.too_many_of_several_kinds(SHOWN), elsewhere=True)
        [output] = yield [Call("count_tasks", {"filter": calls.conditions(filters)})]
        if (count := read_count(output)) is None:
            return Answer(replies.failed(output))
        return self.confirm(intent, tuple(tasks[:SHOWN]), Matching(filters, count))

    def change(self, intent: Commands, group: Matching | Agreed) -> Plan:
        """Change all tasks of a group at once, if they are those that the person agreed to.

        Where subtasks outside of the group would be left open, ask what becomes of them.
        """
        arguments: dict[str, Any]
        match group:
            case Agreed(task_ids):
                arguments, count = {"task_ids": list(task_ids)}, len(task_ids)
            case Matching(filters, agreed):
                count = agreed or 0
                arguments = {"filter": calls.conditions(filters), "expected": count}
        deed: Deed
        match intent:
            case CompleteTasks():
                call, deed = Call("complete_tasks", arguments | calls.with_subtasks(intent.subtasks)), "Completed"
            case ReopenTasks():
                call, deed = Call("update_tasks", arguments | {"changes": {"completed": False}}), "Reopened"
            case DeleteTasks():
                call, deed = Call("delete_tasks", arguments), "Deleted"
            case UpdateTasks(_, changes):
                call, deed = Call("update_tasks", arguments | {"changes": calls.relative(changes)}), "Updated"
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
        self, intent: Commands, group: Matching | Agreed
    ) -> Generator[list[Call], list[str], Answer | None]:
        """Ask what becomes of the open subtasks of a group that is to be completed; None if it has none."""
        if not isinstance(intent, CompleteTasks) or intent.subtasks:
            return None
        match group:
            case Agreed(task_ids):
                tasks, _ = yield from self._lookup.get(task_ids)
                parents = [task for task in tasks if task.subtasks and task.subtasks.done < task.subtasks.total]
                count = len(parents)
            case Matching(filters):
                where = calls.conditions(filters) | {"has_open_subtasks": True}
                listed, counted = yield [
                    Call("list_tasks", where | {"limit": SHOWN}),
                    Call("count_tasks", {"filter": where}),
                ]
                page = read_list(listed)
                parents, count = page.tasks if page else [], read_count(counted) or 0
        if not parents:
            return None
        shown = tuple(parents)
        question = Question("confirm", replace(intent, subtasks=OpenSubtasksAre.COMPLETE), shown, group)
        return Answer(replies.open_subtasks_of_group(shown, count, self._now), shown, question)

    def confirm(self, intent: Commands, shown: tuple[ToolTask, ...], group: Matching | Agreed | None = None) -> Answer:
        """Ask before tasks are changed, with what would become of each."""
        verbs = {CompleteTasks: "complete", ReopenTasks: "reopen", DeleteTasks: "delete", UpdateTasks: "change"}
        fates = [self._fate(task, intent) for task in shown]
        count = group.agreed if isinstance(group, Matching) and group.agreed else len(shown)
        text = replies.confirm(verbs[type(intent)], shown, fates, count, self._now)
        return Answer(text, shown, Question("confirm", intent, shown, group))

    def _fate(self, task: ToolTask, intent: Commands) -> str:
        """What would become of a task."""
        match intent:
            case CompleteTasks():
                return "completed"
            case ReopenTasks():
                return "open again"
            case DeleteTasks():
                return "deleted"
            case UpdateTasks(_, changes):
                values = self._deeds.values(task, changes) | dict.fromkeys(changes.clear)
                return replies.changed_to(task, values, self._now)
