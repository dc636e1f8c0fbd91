"""A conversation with the built-in assistant through the real runner, over tools that keep tasks in memory."""

import datetime as dt
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from agents import Agent, FunctionTool, MessageOutputItem, RunConfig, Runner, set_tracing_disabled
from agents.tool_context import ToolContext

from todo_backend.assistant.display import Display
from todo_backend.assistant.offline.dialogue import respond
from todo_backend.assistant.offline.marks import by_clock, whole
from todo_backend.assistant.offline.model import OfflineModel
from todo_backend.assistant.offline.shown import display_of
from todo_backend.assistant.offline.transcript import read_transcript
from todo_backend.language.occurrences import next_occurrence
from todo_backend.language.reader import Reader
from todo_backend.language.recurrence import parse_rule
from todo_backend.language.recurrence_words import in_words
from todo_backend.language.repetition import read_recurrence

set_tracing_disabled(True)

# A Wednesday morning.
NOW = dt.datetime(2026, 11, 25, 10, 0, tzinfo=ZoneInfo("Asia/Karachi"))

TOOLS = (
    "add_task",
    "list_tasks",
    "get_task",
    "complete_task",
    "update_task",
    "delete_task",
    "restore_task",
    "restore_tasks",
    "list_trash",
    "undo",
    "redo",
    "list_changes",
    "skip_task",
    "move_task",
    "count_tasks",
    "update_tasks",
    "complete_tasks",
    "delete_tasks",
)


class Refused(Exception):
    """What a tool answers instead of a result."""


State = tuple[dict[str, Any] | None, dict[str, Any] | None]  # on the list, deleted


@dataclass
class Batch:
    """The tasks that a turn changed, as they were before it."""

    turn: int
    before: dict[int, State] = field(default_factory=dict)


@dataclass
class Shelf:
    """The tools of the MCP server, with its arguments and answers, over a dictionary."""

    tasks: dict[int, dict[str, Any]] = field(default_factory=dict)
    deleted: dict[int, dict[str, Any]] = field(default_factory=dict)
    calls: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    turn: int = 0
    done: list[Batch] = field(default_factory=list)
    undone: list[Batch] = field(default_factory=list)

    def put(self, title: str, **fields: Any) -> int:
        task_id = max([*self.tasks, *self.deleted], default=0) + 1
        self.tasks[task_id] = {
            "id": task_id,
            "title": title,
            "description": "",
            "completed": False,
            "priority": "none",
            "due_date": None,
            "due_time": None,
            "time_zone": None,
            "tags": [],
            "recurrence": None,
            "parent_id": None,
            "rank": None,
            "created_at": NOW.isoformat(),
            "completed_at": None,
            **fields,
        }
        return task_id

    def call(self, name: str, arguments: dict[str, Any]) -> Any:
        self.calls.append((name, arguments))
        before = {task_id: self._state(task_id) for task_id in (*self.tasks, *self.deleted)}
        answer = getattr(self, f"_{name}")(**arguments)
        if isinstance(task_id := answer.get("task_id"), int):
            for changed in (task_id, *(task["id"] for task in [answer.get("next")] if task)):
                self._note(changed, before.get(changed, (None, None)))
        return answer

    def _state(self, task_id: int) -> State:
        here, gone = self.tasks.get(task_id), self.deleted.get(task_id)
        return here and dict(here), gone and dict(gone)

    def _note(self, task_id: int, before: State) -> None:
        if before == self._state(task_id):
            return
        if not self.done or self.done[-1].turn != self.turn:
            self.done.append(Batch(self.turn))
        self.done[-1].before.setdefault(task_id, before)
        self.undone.clear()

    def _undo(self, change_id: str | None = None) -> Any:
        if change_id is not None:
            self.done.append(self.done.pop(int(change_id[-4:])))
        return self._reverse("undone", self.done, self.undone)

    def _redo(self) -> Any:
        return self._reverse("redone", self.undone, self.done)

    def _reverse(self, status: str, source: list[Batch], target: list[Batch]) -> Any:
        if not source:
            raise Refused("There is no change to undo." if status == "undone" else "There is nothing to redo.")
        batch = source.pop()
        target.append(Batch(batch.turn, {task_id: self._state(task_id) for task_id in batch.before}))
        tasks = [self._put_back(task_id, *state) for task_id, state in batch.before.items()]
        change_id = "00000000-0000-4000-8000-000000000000"
        return {"status": status, "change_id": change_id, "words": "", "count": len(tasks), "tasks": tasks}

    def _put_back(self, task_id: int, here: dict[str, Any] | None, gone: dict[str, Any] | None) -> Any:
        was, _ = self._state(task_id)
        self.tasks.pop(task_id, None)
        self.deleted.pop(task_id, None)
        if here is None:
            self.deleted[task_id] = gone or was or {}
            return _changed("deleted", self.deleted[task_id])
        self.tasks[task_id] = here
        if was is None:
            return _changed("restored", here)
        if was["completed"] != here["completed"]:
            return _changed("completed" if here["completed"] else "reopened", here)
        return _changed("updated", here)

    def _list_changes(self, entry_point: str | None = None, limit: int = 10) -> Any:
        changes = [self._told_change(place, batch) for place, batch in enumerate(self.done)]
        return {"changes": changes[::-1][:limit], "next_cursor": None}

    def _told_change(self, place: int, batch: Batch) -> dict[str, Any]:
        tasks = []
        for task_id, (was, _) in batch.before.items():
            here, gone = self._state(task_id)
            action = "updated"
            if was is None:
                action = "restored" if batch.before[task_id][1] else "created"
            elif gone:
                action = "deleted"
            elif here and here["completed"] != was["completed"]:
                action = "completed" if here["completed"] else "reopened"
            title = (was or here or gone or {}).get("title")
            tasks.append({"task_id": task_id, "title": title, "action": action})
        return {
            "change_id": f"00000000-0000-4000-8000-00000000{place:04}",
            "at": NOW.isoformat(),
            "entry_point": "chat",
            "kind": "change",
            "undone": False,
            "count": len(tasks),
            "words": "",
            "tasks": tasks,
        }

    def titles(self) -> list[str]:
        return [task["title"] for task in self.tasks.values()]

    def _count_tasks(self, filter: dict[str, Any]) -> Any:  # noqa: A002
        return {"count": sum(self._matches(task, **filter) for task in self.tasks.values())}

    def _which(self, filter: dict[str, Any] | None = None, task_ids: list[int] | None = None) -> list[int]:  # noqa: A002
        assert (filter is None) != (task_ids is None)
        if missing := set(task_ids or ()) - set(self.tasks):
            raise Refused(f"{len(missing)} of these tasks were not found. Nothing was changed.")
        return task_ids or [task_id for task_id, task in self.tasks.items() if self._matches(task, **(filter or {}))]

    def _complete_tasks(self, expected: int | None = None, open_subtasks: str | None = None, **which: Any) -> Any:
        ids = set(self._which(**which))
        left = [
            part
            for part in self.tasks.values()
            if part["parent_id"] in ids and part["id"] not in ids and not part["completed"]
        ]
        if left and open_subtasks is None:
            raise Refused(f"These tasks have {len(left)} open subtasks.")
        return self._change_all(which, expected, lambda task_id: self._complete_task(task_id, open_subtasks or "leave"))

    def _delete_tasks(self, expected: int | None = None, **which: Any) -> Any:
        return self._change_all(which, expected, self._delete_task)

    def _update_tasks(self, changes: dict[str, Any], expected: int | None = None, **which: Any) -> Any:
        def update(task_id: int) -> Any:
            values, task = dict(changes), self.tasks[task_id]
            if "note" in values:
                values["description"] = f"{task['description']}\n{values.pop('note')}".lstrip("\n")
            added, removed = values.pop("add_tags", []), values.pop("remove_tags", [])
            if added or removed:
                kept = [tag for tag in task["tags"] if tag not in removed]
                values["tags"] = [*kept, *(tag for tag in added if tag not in task["tags"])]
            if days := values.pop("postpone_days", None):
                day = dt.date.fromisoformat(task["due_date"]) if task["due_date"] else NOW.date()
                values["due_date"] = (day + dt.timedelta(days=days)).isoformat()
            if (day := values.pop("default_due_date", None)) and not task["due_date"]:
                values["due_date"] = day
            clear = [name for name, value in values.items() if value in (None, [], "")]
            if given := values.get("recurrence"):
                values["recurrence"] = given["words"]
            done = self._update_task(
                task_id, **{name: value for name, value in values.items() if name not in clear}, clear=clear
            )
            return done | ({"status": "reopened"} if changes.get("completed") is False else {})

        return self._change_all(which, expected, update)

    def _change_all(self, which: dict[str, Any], expected: int | None, change: Callable[[int], Any]) -> Any:
        ids = self._which(**which)
        if expected not in (None, len(ids)):
            raise Refused(f"There are {len(ids)} such tasks, not {expected}. Nothing was changed.")
        done = []
        for task_id in ids:
            before = self._state(task_id)
            done.append(change(task_id))
            self._note(task_id, before)
        change_id = "00000000-0000-4000-8000-000000000000"
        return {"change_id": change_id, "words": "", "count": len(done), "tasks": done[:20]}

    def _find(self, task_id: int) -> dict[str, Any]:
        if task_id not in self.tasks:
            raise Refused(f"Task {task_id} was not found.")
        return self.tasks[task_id]

    def _add_task(self, title: str, recurrence: str | None = None, **fields: Any) -> Any:
        if recurrence is not None:
            fields |= {
                "recurrence": _recurrence(recurrence),
                "due_date": fields.get("due_date", NOW.date().isoformat()),
            }
        return _changed("created", self.tasks[self.put(title, **fields)])

    def _list_tasks(
        self,
        sort: str = "created",
        order: str = "desc",
        limit: int = 50,
        cursor: str | None = None,
        **conditions: Any,
    ) -> Any:
        found = [task for task in reversed(self.tasks.values()) if self._matches(task, **conditions)]
        if sort == "manual":
            found.sort(key=self._rank, reverse=True)
        if sort == "due_date":
            found.sort(key=lambda task: task["due_date"] or "9999")
        if order == "asc":
            found.reverse()
        start = int(cursor or 0)
        more = str(start + limit) if start + limit < len(found) else None
        return {"tasks": [self._told(task) for task in found[start : start + limit]], "next_cursor": more}

    def _rank(self, task: dict[str, Any]) -> float:
        return float(task["id"] if task["rank"] is None else task["rank"])

    def _move_task(
        self, task_id: int, to: str | None = None, before: int | None = None, after: int | None = None
    ) -> Any:
        task, ranks = self._find(task_id), sorted(map(self._rank, self.tasks.values()))
        if to is not None:
            task["rank"] = ranks[-1] + 1 if to == "first" else ranks[0] - 1
            return _changed("updated", task)
        place = ranks.index(self._rank(self._find(before or after or 0)))
        gap = [ranks[0] - 1, *ranks, ranks[-1] + 1][place + (1 if before else 0) :][:2]
        task["rank"] = sum(gap) / 2
        return _changed("updated", task)

    def _matches(
        self, task: dict[str, Any], top_level: bool = False, has_open_subtasks: bool | None = None, **conditions: Any
    ) -> bool:
        return (
            not (top_level and task["parent_id"])
            and _matches(task, **conditions)
            and (has_open_subtasks is None or has_open_subtasks == self._has_open(task["id"]))
        )

    def _has_open(self, task_id: int) -> bool:
        return any(part["parent_id"] == task_id and not part["completed"] for part in self.tasks.values())

    def _told(self, task: dict[str, Any]) -> dict[str, Any]:
        """A task with its progress, or its parent."""
        parts = [part for part in self.tasks.values() if part["parent_id"] == task["id"]]
        progress = {"done": sum(part["completed"] for part in parts), "total": len(parts)} if parts else None
        parent = self.tasks.get(task["parent_id"] or 0)
        return task | {"subtasks": progress, "parent_title": parent and parent["title"]}

    def _get_task(self, task_id: int) -> Any:
        task = self._find(task_id)
        dates = [self._next(task)] if task["recurrence"] else []
        return {
            "task": self._told(task),
            "next_dates": [{"due_date": day, "due_time": task["due_time"]} for day in dates if day],
        }

    @staticmethod
    def _next(task: dict[str, Any]) -> str | None:
        rule = parse_rule(task["recurrence"]["rule"])
        due = dt.datetime.fromisoformat(task["due_date"])
        found = next_occurrence(rule, due, max(due, dt.datetime.combine(NOW.date(), dt.time())))
        return found and found[0].date().isoformat()

    def _complete_task(self, task_id: int, open_subtasks: str | None = None) -> Any:
        task = self._find(task_id)
        left = [part for part in self.tasks.values() if part["parent_id"] == task_id and not part["completed"]]
        if left and open_subtasks is None and not task["completed"]:
            raise Refused(f"“{task['title']}” has {len(left)} open subtasks.")
        for part in left if open_subtasks == "complete" else ():
            part |= {"completed": True, "completed_at": NOW.isoformat()}
        already = task["completed"]
        following = None
        if not already:
            if task["recurrence"] and (day := self._next(task)):
                kept = {name: task[name] for name in ("description", "priority", "due_time", "tags", "recurrence")}
                following = self.tasks[self.put(task["title"], due_date=day, **kept)]
            task |= {"completed": True, "completed_at": NOW.isoformat(), "recurrence": None}
        return _changed("completed", self._told(task)) | {"already_completed": already, "next": following}

    def _skip_task(self, task_id: int) -> Any:
        task = self._find(task_id)
        if task["recurrence"] is None:
            raise Refused("This task does not repeat: there is nothing to skip.")
        task["due_date"] = self._next(task)
        return _changed("updated", task)

    def _update_task(self, task_id: int, clear: list[str] | None = None, **changes: Any) -> Any:
        task = self._find(task_id)
        if "recurrence" in changes:
            changes["recurrence"] = _recurrence(changes["recurrence"])
            changes.setdefault("due_date", task["due_date"] or NOW.date().isoformat())
        task |= changes | dict.fromkeys(clear or ())
        return _changed("updated", task)

    def _delete_task(self, task_id: int) -> Any:
        self._find(task_id)
        self.deleted[task_id] = self.tasks.pop(task_id)
        return _changed("deleted", self.deleted[task_id])

    def _restore_task(self, task_id: int) -> Any:
        if task_id not in self.deleted:
            raise Refused(f"Task {task_id} was not found.")
        self.tasks[task_id] = self.deleted.pop(task_id)
        return _changed("restored", self.tasks[task_id])

    def _list_trash(self, q: str = "", limit: int = 50) -> Any:
        def matches(task: dict[str, Any]) -> bool:
            words = task["title"].lower().split()
            return all(any(word.startswith(wanted) for word in words) for wanted in q.lower().split())

        found = [task | {"deleted_at": NOW.isoformat()} for task in reversed(self.deleted.values()) if matches(task)]
        return {"deleted": found[:limit], "count": len(found), "next_cursor": None}

    def _restore_tasks(self, task_ids: list[int] | None = None, everything: bool = False) -> Any:
        before = {task_id: self._state(task_id) for task_id in self.deleted}
        changes = [self._restore_task(task_id) for task_id in (list(self.deleted) if everything else task_ids or ())]
        for change in changes:
            self._note(change["task_id"], before[change["task_id"]])
        change_id = "00000000-0000-4000-8000-000000000000"
        return {"status": "restored", "change_id": change_id, "words": "", "count": len(changes), "tasks": changes}


def _recurrence(words: str) -> dict[str, Any]:
    read = read_recurrence(words, Reader(NOW))
    return {"rule": str(read.rule), "words": in_words(read), "after_completion": read.after_completion}


def _matches(
    task: dict[str, Any],
    status: str = "all",
    priority: list[str] | None = None,
    tag: list[str] | None = None,
    any_tag: list[str] | None = None,
    q: str = "",
    due: list[str] | None = None,
    due_from: str | None = None,
    due_to: str | None = None,
    repeats: bool | None = None,
    parent_id: int | None = None,
) -> bool:
    words = task["title"].lower().replace("'", " ").split()
    day = task["due_date"]
    today = NOW.date()
    windows = {
        "today": day == today.isoformat(),
        "tomorrow": day == (today + dt.timedelta(days=1)).isoformat(),
        "week": day is not None and today.isoformat() <= day < (today + dt.timedelta(days=7)).isoformat(),
        "overdue": day is not None and day < today.isoformat() and not task["completed"],
        "none": day is None,
    }
    return (
        parent_id in (None, task["parent_id"])
        and (status == "all" or task["completed"] == (status == "completed"))
        and (not priority or task["priority"] in priority)
        and set(tag or ()) <= set(task["tags"])
        and (not any_tag or set(any_tag) & set(task["tags"]))
        and repeats in (None, task["recurrence"] is not None)
        and all(any(word.startswith(wanted) for word in words) for wanted in q.lower().split())
        and (not due or any(windows[window] for window in due))
        and (due_from is None or (day is not None and day >= due_from))
        and (due_to is None or (day is not None and day <= due_to))
    )


def _changed(status: str, task: dict[str, Any]) -> dict[str, Any]:
    return {"task_id": task["id"], "status": status, "title": task["title"], "task": dict(task)}


Retell = Callable[[str], str]


def _kept(item: Any) -> dict[str, Any]:
    """A call, or what a tool answered, as the chat keeps it: texts."""
    if item["type"] == "function_call":
        return {key: item[key] for key in ("type", "call_id", "name", "arguments")}
    return {**item, "output": "\n".join(part["text"] for part in item["output"])}


class Chat:
    """A person talking to the assistant; keeps the conversation as the chat service does.

    `retell` gives the words that are kept for what the assistant said.
    """

    def __init__(self, shelf: Shelf, *, streamed: bool, tools: tuple[str, ...] = TOOLS, retell: Retell = str) -> None:
        self.shelf = shelf
        self.events: list[Any] = []
        self._streamed = streamed
        self._retell = retell
        self._history: list[Any] = []
        self._agent = Agent(
            name="todo", model=OfflineModel(now=lambda: NOW), tools=[self._tool(name) for name in tools]
        )

    async def say(self, message: str) -> str:
        """Send a message and return the answer."""
        self.shelf.turn += 1
        items = [*self._history, {"role": "user", "content": message}]
        config = RunConfig(tracing_disabled=True)
        if self._streamed:
            result = Runner.run_streamed(self._agent, items, run_config=config, max_turns=12)
            self.events = [event.data async for event in result.stream_events() if event.type == "raw_response_event"]
        else:
            result = await Runner.run(self._agent, items, run_config=config, max_turns=12)
        answer = str(result.final_output)
        used = [_kept(item.to_input_item()) for item in result.new_items if not isinstance(item, MessageOutputItem)]
        self._history = [*items, *used, {"role": "assistant", "content": self._retell(answer)}]
        return answer

    def calls(self) -> list[tuple[str, dict[str, Any]]]:
        """The tool calls since this was last asked."""
        calls, self.shelf.calls = self.shelf.calls, []
        return calls

    def _tool(self, name: str) -> FunctionTool:
        async def invoke(_: ToolContext[Any], arguments: str) -> Any:
            try:
                answer = json.dumps(self.shelf.call(name, json.loads(arguments)))
            except Refused as refused:
                answer = str(refused)
            # The shape in which the SDK passes on what an MCP tool answered.
            return [{"type": "text", "text": answer}]

        return FunctionTool(
            name=name, description=name, params_json_schema=_ANY, on_invoke_tool=invoke, strict_json_schema=False
        )


class Talk:
    """A conversation as the model sees it, without the runner."""

    def __init__(self, shelf: Shelf, retell: Retell = str, locale: str = "") -> None:
        self.shelf = shelf
        self.items: list[dict[str, Any]] = []
        self.locale = locale
        self.display = Display(text="")  # how a page shows the last answer
        self._retell = retell

    def say(self, message: str, now: dt.datetime = NOW) -> str:
        self.shelf.turn += 1
        self.items.append({"role": "user", "content": message})
        reader = Reader(now, self.locale)
        while isinstance(decision := respond(read_transcript(self.items), reader, frozenset(TOOLS)), list):
            for call in decision:
                self.use(call.name, call.arguments)
        self.display = display_of(decision, reader)
        words = whole(by_clock(decision.text, reader))
        self.items.append({"role": "assistant", "content": self._retell(words)})
        return words

    def use(self, name: str, arguments: dict[str, Any]) -> None:
        try:
            output = json.dumps(self.shelf.call(name, arguments))
        except Refused as refused:
            output = str(refused)
        key = f"call_{len(self.items)}"
        self.items += [
            {"type": "function_call", "call_id": key, "name": name, "arguments": json.dumps(arguments)},
            {"type": "function_call_output", "call_id": key, "output": output},
        ]


_ANY: dict[str, Any] = {"type": "object", "properties": {}, "additionalProperties": True}


@pytest.fixture
def shelf() -> Shelf:
    return Shelf()


@pytest.fixture(params=["streamed", "whole"])
def chat(request: pytest.FixtureRequest, shelf: Shelf) -> Chat:
    return Chat(shelf, streamed=request.param == "streamed")


Say = Callable[[str], Awaitable[str]]
