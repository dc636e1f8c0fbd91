"""What the tools promise a model."""

import datetime as dt
import json
from zoneinfo import ZoneInfo

import pytest
from psycopg import OperationalError
from psycopg.errors import IdleInTransactionSessionTimeout, UndefinedTable

from todo_backend.tasks import repository

CONTRACT = {"add_task", "list_tasks", "complete_task", "delete_task", "update_task", "get_task", "restore_task"}
CONTRACT |= {"undo", "redo", "list_changes", "skip_task", "count_tasks", "update_tasks", "complete_tasks"}
CONTRACT |= {"delete_tasks", "move_task", "list_trash", "restore_tasks"}


async def test_the_tools_are_those_of_the_contract_and_never_speak_of_users(tools) -> None:
    offered = (await tools.rpc("tools/list"))["tools"]
    assert {tool["name"] for tool in offered} == CONTRACT
    assert "user" not in json.dumps(offered)
    for tool in offered:
        assert tool["description"]
        hints = tool["annotations"]
        reads = {"list_tasks", "count_tasks", "get_task", "list_changes", "list_trash"}
        assert hints["readOnlyHint"] == (tool["name"] in reads)
        if not hints["readOnlyHint"]:
            destroys = {"delete_task", "update_task", "delete_tasks", "update_tasks", "undo", "redo"}
            assert hints["destructiveHint"] == (tool["name"] in destroys)
            assert hints["idempotentHint"] == (tool["name"] not in {"add_task", "undo", "redo", "skip_task"})


async def test_a_task_lives_through_the_tools(tools) -> None:
    added = await tools.ask(
        "add_task",
        title="Pay rent",
        description="by transfer",
        priority="high",
        due_date="2027-01-31",
        due_time="17:00",
        tags=["#Home"],
        time_zone="Asia/Karachi",
    )
    task_id = added["task_id"]
    assert added == {
        "task_id": task_id,
        "status": "created",
        "title": "Pay rent",
        "task": {
            "id": task_id,
            "title": "Pay rent",
            "description": "by transfer",
            "completed": False,
            "priority": "high",
            "due_date": "2027-01-31",
            "due_time": "17:00",
            "time_zone": "Asia/Karachi",
            "tags": ["home"],
            "recurrence": None,
            "parent_id": None,
            "parent_title": None,
            "subtasks": None,
            "created_at": added["task"]["created_at"],
            "completed_at": None,
        },
    }
    assert (await tools.ask("get_task", task_id=task_id))["task"] == added["task"]

    for already in (False, True):  # a call that is repeated is no toggle
        completed = await tools.ask("complete_task", task_id=task_id)
        assert (completed["status"], completed["title"], completed["task"]["completed"]) == (
            "completed",
            "Pay rent",
            True,
        )
        assert completed["already_completed"] is already

    reopened = await tools.ask("update_task", task_id=task_id, completed=False, title="Pay the rent", tags=["flat"])
    assert reopened["status"] == "updated"
    assert reopened["task"]["completed"] is False
    assert reopened["task"]["title"] == "Pay the rent"
    assert reopened["task"]["tags"] == ["flat"]
    assert reopened["task"]["due_date"] == "2027-01-31"

    deleted = await tools.ask("delete_task", task_id=task_id)
    assert (deleted["task_id"], deleted["status"], deleted["title"]) == (task_id, "deleted", "Pay the rent")
    assert (await tools.ask("list_tasks"))["tasks"] == []
    assert (await tools.ask("restore_task", task_id=task_id))["status"] == "restored"
    assert [task["id"] for task in (await tools.ask("list_tasks"))["tasks"]] == [task_id]


async def test_text_and_structured_answers_say_the_same(tools) -> None:
    for result in (await tools.call("add_task", title="Ein Käse, 一"), await tools.call("list_tasks")):
        assert json.loads(result["content"][0]["text"]) == result["structuredContent"]
        assert "Käse, 一" in result["content"][0]["text"]


async def test_null_leaves_a_field_and_clear_empties_it(tools) -> None:
    task_id = (await tools.ask("add_task", title="Call", description="soon", due_date="2027-01-02", tags=["x"]))[
        "task_id"
    ]
    kept = await tools.ask("update_task", task_id=task_id, description=None, due_date=None, tags=None, title=None)
    assert (kept["task"]["description"], kept["task"]["due_date"], kept["task"]["tags"]) == (
        "soon",
        "2027-01-02",
        ["x"],
    )
    cleared = await tools.ask("update_task", task_id=task_id, clear=["description", "due_date", "tags"])
    assert (cleared["task"]["description"], cleared["task"]["due_date"], cleared["task"]["tags"]) == ("", None, [])


async def test_lists_are_narrowed_and_paged(tools) -> None:
    await tools.ask("add_task", title="Buy milk", priority="high", tags=["shop"])
    done = (await tools.ask("add_task", title="Buy bread", tags=["shop"]))["task_id"]
    await tools.ask("complete_task", task_id=done)
    await tools.ask("add_task", title="Sleep")

    async def titles(**arguments) -> list[str]:
        return [task["title"] for task in (await tools.ask("list_tasks", **arguments))["tasks"]]

    assert await titles(sort="title") == ["Buy bread", "Buy milk", "Sleep"]
    assert await titles(status="pending", sort="title") == ["Buy milk", "Sleep"]
    assert await titles(status="completed") == ["Buy bread"]
    assert await titles(priority="high") == await titles(priority=["high", "low"]) == ["Buy milk"]
    assert await titles(tag="shop", status="pending") == ["Buy milk"]
    assert await titles(q="mil") == ["Buy milk"]
    first = await tools.ask("list_tasks", sort="title", limit=2)
    assert [task["title"] for task in first["tasks"]] == ["Buy bread", "Buy milk"]
    assert await titles(sort="title", limit=2, cursor=first["next_cursor"]) == ["Sleep"]


async def test_today_is_the_callers_today(tools) -> None:
    east = dt.datetime.now(ZoneInfo("Pacific/Kiritimati")).date().isoformat()  # a day ahead of the west
    await tools.ask("add_task", title="In the east", due_date=east)
    found = {}
    for zone in ("Pacific/Kiritimati", "Pacific/Pago_Pago"):
        result = await tools.call("list_tasks", {"X-Time-Zone": zone}, due="today")
        found[zone] = [task["title"] for task in result["structuredContent"]["tasks"]]
    assert found == {"Pacific/Kiritimati": ["In the east"], "Pacific/Pago_Pago": []}


@pytest.mark.parametrize("tool", ["get_task", "complete_task", "update_task", "delete_task"])
async def test_not_found_names_the_next_step(tools, tool: str) -> None:
    assert await tools.refusal(tool, task_id=99) == "Task 99 was not found. Call list_tasks to see the ids."


async def test_refusals_say_what_to_do(tools) -> None:
    assert "30 days" in await tools.refusal("restore_task", task_id=99)
    assert "due_date" in await tools.refusal("add_task", title="x", due_date="tomorrow")
    assert "title" in await tools.refusal("add_task", title="x" * 201)
    assert "due_time needs a due_date" in await tools.refusal("add_task", title="x", due_time="17:00")
    assert await tools.refusal("add_task", title="x", due="2027-01-01") == (
        "add_task has no argument due. Its arguments are: "
        "title, description, priority, due_date, due_time, tags, recurrence, time_zone, parent_id."
    )
    assert "The tools are: add_task" in await tools.refusal("drop_tables")
    task_id = (await tools.ask("add_task", title="Call"))["task_id"]
    assert await tools.refusal("update_task", task_id=task_id, due_time="17:00") == "due_time: needs a due_date"


async def test_a_user_id_may_only_name_the_caller(tools, other_tools, user, other_user) -> None:
    task_id = (await tools.ask("add_task", user_id=user.id, title="Mine"))["task_id"]
    for tool, arguments in (("list_tasks", {}), ("delete_task", {"task_id": task_id}), ("add_task", {"title": "x"})):
        for claimed in (user.id, "", None, [user.id], "me"):
            assert "user_id: leave it out" in await other_tools.refusal(tool, user_id=claimed, **arguments)
    assert [task["title"] for task in (await tools.ask("list_tasks"))["tasks"]] == ["Mine"]


async def test_titles_that_look_like_json_stay_text(tools) -> None:
    for title in ("123", "true", "[1] item", '"quoted"', "{}"):
        assert (await tools.ask("add_task", title=title))["title"] == title


async def test_an_account_that_is_gone_is_told_so(tools, signing_keys) -> None:
    tools.http.headers["Authorization"] = f"Bearer {signing_keys.token('nobody')}"
    assert await tools.refusal("add_task", title="Haunt") == "This account no longer exists."


@pytest.mark.parametrize("error", [OperationalError, IdleInTransactionSessionTimeout, UndefinedTable])
async def test_a_database_that_is_away_is_told_as_such(tools, monkeypatch, error: type[Exception]) -> None:
    async def fails(*_: object) -> None:
        raise error

    monkeypatch.setattr(repository, "get", fails)
    assert "database does not answer" in await tools.refusal("get_task", task_id=1)


async def test_changes_are_undone_and_done_again(tools) -> None:
    task_id = (await tools.ask("add_task", title="Pay rent"))["task_id"]
    await tools.ask("update_task", task_id=task_id, title="Pay the rent", priority="high")
    undone = await tools.ask("undo")
    assert (undone["status"], undone["count"], undone["words"]) == (
        "undone",
        1,
        "Undone: changed “Pay the rent”: title “Pay rent”, no priority",
    )
    [change] = undone["tasks"]
    assert (change["task_id"], change["status"], change["task"]["title"]) == (task_id, "updated", "Pay rent")
    assert (await tools.ask("undo"))["tasks"][0]["status"] == "deleted"
    assert (await tools.ask("list_tasks"))["tasks"] == []
    assert (await tools.refusal("undo")).startswith("There is no change to undo")
    for title in ("Pay rent", "Pay the rent"):
        assert (await tools.ask("redo"))["tasks"][0]["title"] == title
    assert (await tools.refusal("redo")).startswith("There is nothing to redo")


async def test_the_trash_is_listed_and_restored(tools) -> None:
    ids = [(await tools.ask("add_task", title=title))["task_id"] for title in ("Milk", "Eggs", "Bread")]
    for task_id in ids:
        await tools.ask("delete_task", task_id=task_id)
    first = await tools.ask("list_trash", limit=2)
    assert ([task["title"] for task in first["deleted"]], first["count"]) == (["Bread", "Eggs"], 3)
    [last] = (await tools.ask("list_trash", limit=2, cursor=first["next_cursor"]))["deleted"]
    assert (last["title"], last["deleted_at"] is not None) == ("Milk", True)
    [found] = (await tools.ask("list_trash", q="egg"))["deleted"]
    assert found["id"] == ids[1]
    back = await tools.ask("restore_tasks", task_ids=ids[:2])
    assert (back["status"], back["count"], back["words"]) == ("restored", 2, "Restored 2 tasks")
    assert {(task["title"], task["status"]) for task in back["tasks"]} == {("Milk", "restored"), ("Eggs", "restored")}
    assert "list_trash" in await tools.refusal("restore_tasks", task_ids=ids)
    for arguments in ({}, {"task_ids": ids, "everything": True}):
        assert "either task_ids or everything" in await tools.refusal("restore_tasks", **arguments)
    assert (await tools.ask("restore_tasks", everything=True))["count"] == 1
    assert (await tools.ask("undo", change_id=back["change_id"]))["count"] == 2


async def test_changes_are_listed_with_the_ids_that_undo_takes(tools) -> None:
    for number in range(3):
        await tools.ask("add_task", title=f"Task {number}")
    first = await tools.ask("list_changes", limit=2)
    assert [change["words"] for change in first["changes"]] == ["Added “Task 2”", "Added “Task 1”"]
    [oldest] = (await tools.ask("list_changes", limit=2, cursor=first["next_cursor"]))["changes"]
    assert (oldest["entry_point"], oldest["kind"], oldest["undone"]) == ("mcp", "change", False)
    undone = await tools.ask("undo", change_id=oldest["change_id"])
    assert (undone["change_id"], undone["tasks"][0]["title"]) == (oldest["change_id"], "Task 0")
    assert (await tools.ask("list_changes"))["changes"][-1]["undone"] is True
    assert (await tools.ask("list_changes", entry_point="page"))["changes"] == []


async def test_what_is_in_the_way_of_undo_is_named(tools) -> None:
    task_id = (await tools.ask("add_task", title="Call"))["task_id"]
    await tools.ask("update_task", task_id=task_id, priority="low")
    [ranked, _] = (await tools.ask("list_changes"))["changes"]
    await tools.ask("update_task", task_id=task_id, priority="high")
    refusal = await tools.refusal("undo", change_id=ranked["change_id"])
    assert refusal == f"“Call” (#{task_id}) was changed since. Nothing was done."


async def test_what_is_answered_about_many_tasks_is_bounded(tools) -> None:
    """However many tasks there are, and however long they are."""
    longest = {"description": "\U0001f600" * 1000, "tags": [f"{n:02}" + "\U0001f600" * 48 for n in range(20)]}
    for _ in range(20):
        await tools.ask("add_task", title="\U0001f600" * 200, **longest)
    ids = [
        task["task_id"] for change in (await tools.ask("list_changes", limit=20))["changes"] for task in change["tasks"]
    ]
    await tools.http.post("/api/me/tasks/bulk", json={"which": {"ids": ids}, "delete": True})
    asked = (("list_trash", {}), ("restore_tasks", {"everything": True}), ("undo", {}), ("undo", {}))
    for tool, arguments in (*asked, ("list_changes", {"limit": 20})):
        result = await tools.call(tool, **arguments)
        assert not result["isError"]
        assert len(result["content"][0]["text"].encode()) <= 128 * 1024
