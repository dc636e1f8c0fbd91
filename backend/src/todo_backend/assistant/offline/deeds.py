"""Changing tasks one by one, and telling what came of it."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any, Literal

from todo_backend.assistant.offline import calls, replies
from todo_backend.assistant.offline.answer import Answer, joined
from todo_backend.assistant.offline.lookup import Lookup, problem
from todo_backend.assistant.offline.plan import Plan
from todo_backend.assistant.offline.results import Deed, read_change
from todo_backend.assistant.offline.transcript import Call
from todo_backend.language.intents import Changes
from todo_backend.mcp_server.schemas import ToolTask


class Deeds:
    """Changes tasks for the plans of one turn."""

    def __init__(self, lookup: Lookup, now: datetime) -> None:
        self._lookup = lookup
        self._now = now

    def done(self, deed: Deed, tasks: list[ToolTask]) -> Answer:
        """What was done to these tasks."""
        return Answer(replies.done(deed, tasks, self._now), tuple(tasks))

    def perform(self, deed: Deed, made: list[Call]) -> Plan:
        """Make calls that each are about a task, and tell what came of them."""
        outputs = yield made
        return self.told(deed, made, outputs)

    def told(self, deed: Deed, made: Sequence[Call], outputs: Sequence[str]) -> Answer:
        """What came of calls that each are about a task."""
        changes = [read_change(output) for output in outputs]
        problems = [
            problem(call.arguments["task_id"], output)
            for call, change, output in zip(made, changes, outputs, strict=True)
            if change is None
        ]
        done = [change.task for change in changes if change and not change.already_completed]
        before = [change.task for change in changes if change and change.already_completed]
        following = [change.next for change in changes if change and change.next]
        opened = [Answer(replies.opened(following, self._now))] if following else []
        return joined([self.done(deed, done), *opened, already("completed", before), *problems])

    def update(self, ids: list[int], changes: Changes) -> Plan:
        """Change fields of tasks."""
        if not changes.needs_the_task:
            return (
                yield from self.perform(
                    "Updated", [calls.update(task_id, self.values(None, changes), changes) for task_id in ids]
                )
            )
        tasks, problems = yield from self._lookup.get(ids)
        if not tasks:
            return joined(problems)
        updates = [calls.update(task.id, self.values(task, changes), changes) for task in tasks]
        return joined([(yield from self.perform("Updated", updates)), *problems])

    def values(self, task: ToolTask | None, changes: Changes) -> dict[str, Any]:
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


def already(state: Literal["completed", "open"], tasks: Sequence[ToolTask]) -> Answer:
    """These tasks were so before."""
    return Answer(replies.already(state, tasks), tuple(tasks))


def _plus_days(day: date, days: int) -> date:
    try:
        return day + timedelta(days=days)
    except OverflowError:
        return day
