"""Plans about subtasks: where tasks go, and completing those that have open ones."""

from collections.abc import Generator, Sequence
from dataclasses import replace
from datetime import datetime

from todo_backend.assistant.offline import calls, replies
from todo_backend.assistant.offline.answer import Answer, Question, joined
from todo_backend.assistant.offline.deeds import Deeds
from todo_backend.assistant.offline.lookup import SHOWN, Lookup, problem, words_of
from todo_backend.assistant.offline.plan import Plan
from todo_backend.assistant.offline.results import read_change, read_list, read_task
from todo_backend.assistant.offline.transcript import Call
from todo_backend.language.fields import OpenSubtasksAre, Status
from todo_backend.language.intents import ById, ByPhrase, CompleteTasks, Intent, ListSubtasks, MoveTasks, TaskRef
from todo_backend.mcp_server.schemas import ToolTask


class Subtasks:
    """The plans of one turn that are about subtasks."""

    def __init__(self, lookup: Lookup, deeds: Deeds, now: datetime) -> None:
        self._lookup = lookup
        self._deeds = deeds
        self._now = now

    def parent(self, command: Intent, ref: TaskRef) -> Generator[list[Call], list[str], int | Answer]:
        """The id of the task that is to have subtasks, or what to say of it; among several, one that may have some."""
        if isinstance(ref, ByPhrase):
            arguments = {
                "q": ref.text[: calls.LONGEST_QUERY],
                "status": Status.PENDING,
                "top_level": True,
                "limit": SHOWN,
            }
            [output] = yield [Call("list_tasks", arguments)]
            tasks = page.tasks if (page := read_list(output)) and not page.similar else []
            exact = [task for task in tasks if words_of(task.title) == words_of(ref.text)] or tasks
            if len(exact) == 1:
                return exact[0].id
            if not exact:
                return Answer(replies.not_found(ref.text), elsewhere=True)
            text = replies.which(ref.text, exact, self._now)
            return Answer(text, tuple(exact), Question("which", command, tuple(exact)))
        targets = yield from self._lookup.resolve(command, (ref,), None)
        return targets.ids[0] if len(targets.ids) == 1 else joined(targets.remarks)

    def move(self, intent: MoveTasks) -> Plan:
        """Make tasks subtasks of another one, or tasks of their own."""
        targets = yield from self._lookup.resolve(intent, intent.refs, None)
        if targets.remarks or not targets.ids:
            return joined(targets.remarks)
        if intent.parent is None:
            moves = [Call("update_task", {"task_id": task_id, "clear": ["parent_id"]}) for task_id in targets.ids]
            return (yield from self._deeds.perform("Updated", moves))
        found = replace(intent, refs=tuple(ById(task_id) for task_id in targets.ids))
        parent = yield from self.parent(found, intent.parent)
        if isinstance(parent, Answer):
            return parent
        moves = [Call("update_task", {"task_id": task_id, "parent_id": parent}) for task_id in targets.ids]
        return (yield from self._deeds.perform("Updated", moves))

    def show(self, intent: ListSubtasks) -> Plan:
        """Show the subtasks of a task."""
        targets = yield from self._lookup.resolve(intent, (intent.ref,), None)
        if targets.remarks or not targets.ids:
            return joined(targets.remarks)
        task_id = targets.ids[0]
        known, listed = yield [
            Call("get_task", {"task_id": task_id}),
            Call("list_tasks", {"parent_id": task_id, "order": "asc", "limit": calls.PAGE}),
        ]
        task, page = read_task(known), read_list(listed)
        if task is None or page is None:
            return problem(task_id, known)
        text = replies.subtasks(task, page.tasks, page.next_cursor is not None, self._now)
        return Answer(text, tuple(page.tasks) or (task,))

    def complete(self, intent: CompleteTasks, ids: Sequence[int]) -> Plan:
        """Complete tasks; of those that have open subtasks, ask first, all at once."""
        outputs = dict(zip(ids, (yield [calls.complete(task_id, intent.subtasks) for task_id in ids]), strict=True))
        left = yield from self._left_open([task_id for task_id in ids if read_change(outputs[task_id]) is None])
        again = [task_id for task_id, open_ones in left.items() if not open_ones]  # they were completed meanwhile
        if again:
            outputs |= zip(again, (yield [calls.complete(task_id) for task_id in again]), strict=True)
        asked = [task_id for task_id, open_ones in left.items() if open_ones]
        answered = [task_id for task_id in ids if task_id not in asked]
        told = self._deeds.told(
            "Completed", [calls.complete(task_id) for task_id in answered], [outputs[i] for i in answered]
        )
        if not asked:
            return told
        parents, problems = yield from self._lookup.get(asked)
        return joined([told, *problems, self._asked(intent, parents, left)])

    def ask(self, intent: CompleteTasks, parents: Sequence[ToolTask]) -> Plan:
        """Ask what becomes of the open subtasks of tasks, before any of them is completed."""
        outputs = yield [calls.open_subtasks(task.id) for task in parents]
        pages = zip(parents, map(read_list, outputs), strict=True)
        return self._asked(intent, parents, {task.id: page.tasks if page else [] for task, page in pages})

    def _asked(self, intent: CompleteTasks, parents: Sequence[ToolTask], left: dict[int, list[ToolTask]]) -> Answer:
        text = replies.open_subtasks([(parent, left[parent.id]) for parent in parents], self._now)
        question = Question("confirm", replace(intent, subtasks=OpenSubtasksAre.COMPLETE), tuple(parents))
        return Answer(text, tuple(parents), question)

    def _left_open(self, refused: Sequence[int]) -> Generator[list[Call], list[str], dict[int, list[ToolTask]]]:
        """The open subtasks of tasks that could not be completed, of those that are there."""
        outputs = (yield [calls.open_subtasks(task_id) for task_id in refused]) if refused else []
        pages = zip(refused, map(read_list, outputs), strict=True)
        found = {task_id: page.tasks for task_id, page in pages if page}
        missing = [task_id for task_id, tasks in found.items() if not tasks]
        there = {task.id for task in (yield from self._lookup.get(missing))[0]} if missing else set()
        return {task_id: tasks for task_id, tasks in found.items() if tasks or task_id in there}
