"""The trash: deleted tasks are listed as long as they are kept, and come back one by one, several at once, or all."""

import datetime as dt
from collections.abc import Awaitable, Callable
from typing import Any

import psycopg
import pytest

from todo_backend.tasks.trash_repository import DELETED_TASKS_ARE_KEPT

MINUTE = dt.timedelta(minutes=1)


class Person:
    """Somebody who deletes tasks and looks into the trash, by REST."""

    def __init__(self, user: Any) -> None:
        self.user = user
        self.send = user.send

    async def deleted(self, *titles: str, **fields: Any) -> list[int]:
        ids = [int((await self.send("POST", "tasks", json={"title": title, **fields}))["id"]) for title in titles]
        for task_id in ids:
            await self.send("DELETE", f"tasks/{task_id}")
        return ids

    async def trash(self, query: str = "") -> list[str]:
        return [task["title"] for task in (await self.send("GET", f"trash{query}"))["items"]]

    async def titles(self) -> set[str]:
        return {task["title"] for task in (await self.send("GET", "tasks?limit=200"))["items"]}

    async def restore(self, which: dict[str, Any], **more: Any) -> Any:
        return await self.user.http.post(f"/api/{self.user.id}/trash/restore", json={"which": which, **more})


@pytest.fixture
def person(user: Any) -> Person:
    return Person(user)


@pytest.fixture
def other(other_user: Any) -> Person:
    return Person(other_user)


async def test_it_has_what_was_deleted_and_is_kept_the_last_deleted_first(
    person: Person, other: Person, look_in: psycopg.Connection
) -> None:
    await other.deleted("Theirs")
    await person.send("POST", "tasks", json={"title": "There"})
    over, kept, _ = await person.deleted("Over", "Kept", "New", tags=["home"])
    for task_id, left in ((over, -MINUTE), (kept, MINUTE)):
        look_in.execute(
            "UPDATE tasks SET deleted_at = now() - %s WHERE id = %s", [DELETED_TASKS_ARE_KEPT - left, task_id]
        )
    page = await person.send("GET", "trash")
    assert [task["title"] for task in page["items"]] == ["New", "Kept"]
    assert (page["count"], page["next_cursor"]) == (2, None)
    assert page["items"][0]["tags"] == ["home"]
    assert page["items"][0]["deleted_at"] > page["items"][1]["deleted_at"]


@pytest.mark.parametrize("limit", [1, 2, 3, 4, 5])
async def test_its_pages_together_are_all_of_it_though_many_were_deleted_at_once(person: Person, limit: int) -> None:
    ids = [(await person.send("POST", "tasks", json={"title": f"Task {number}"}))["id"] for number in range(4)]
    await person.send("POST", "tasks/bulk", json={"which": {"ids": ids}, "delete": True})
    found: list[int] = []
    cursor = ""
    while True:
        page = await person.send("GET", f"trash?limit={limit}{cursor}")
        assert page["count"] == 4
        found += [task["id"] for task in page["items"]]
        if page["next_cursor"] is None:
            break
        cursor = f"&cursor={page['next_cursor']}"
    assert found == sorted(ids, reverse=True)


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("mil", {"Buy milk"}),
        ("MILK buy", {"Buy milk"}),
        ("home", {"Buy milk", "Call Ana"}),
        ("x", set()),
        ("'", set()),
        ("BÚY, mílk", {"Buy milk"}),
    ],
)
async def test_it_is_searched_by_words(person: Person, words: str, found: set[str]) -> None:
    await person.deleted("Buy milk", "Call Ana", tags=["home"])
    page = await person.send("GET", "trash", params={"q": words})
    assert ({task["title"] for task in page["items"]}, page["count"]) == (found, len(found))


Restore = Callable[..., Awaitable[None]]


async def by_rest(person: Person, ids: list[int] | None) -> None:
    answer = await person.restore({"all": True} if ids is None else {"ids": ids})
    assert answer.status_code == 200, answer.text


async def by_mcp(person: Person, ids: list[int] | None) -> None:
    arguments = {"everything": True} if ids is None else {"task_ids": ids}
    request = {"jsonrpc": "2.0", "id": 1, "method": "tools/call"}
    params = {"params": {"name": "restore_tasks", "arguments": arguments}}
    accept = {"Accept": "application/json, text/event-stream"}
    answer = (await person.user.http.post("/mcp", json=request | params, headers=accept)).json()["result"]
    assert not answer["isError"], answer


async def by_chat(person: Person, ids: list[int] | None) -> None:
    named = "everything" if ids is None else "tasks " + " and ".join(map(str, ids))
    body = {"message": f"restore {named}"}
    conversation = await person.send("POST", "chat", json=body)
    if ids is None:
        more = {"message": "yes", "conversation_id": conversation["conversation_id"]}
        await person.send("POST", "chat", json=more)


@pytest.mark.parametrize("restore", [by_rest, by_mcp, by_chat])
@pytest.mark.parametrize("places", [[0, 2], None], ids=["several", "all"])
async def test_what_comes_back_is_one_change_which_is_undone_as_one(
    person: Person, other: Person, restore: Restore, places: list[int] | None
) -> None:
    await other.deleted("Theirs")
    titles = ["One", "Two", "Three"]
    ids = await person.deleted(*titles)
    back = titles if places is None else [titles[place] for place in places]
    await restore(person, None if places is None else [ids[place] for place in places])
    assert await person.titles() == set(back)
    assert set(await person.trash()) == set(titles) - set(back)
    [latest, *_] = (await person.send("GET", "changes"))["items"]
    assert latest["words"] == f"Restored {len(back)} tasks"
    await person.send("POST", "undo")
    assert await person.titles() == set()
    assert set(await person.trash()) == set(titles)
    await person.send("POST", "redo")
    assert await person.titles() == set(back)
    assert await other.trash() == ["Theirs"]


async def test_what_is_not_in_the_trash_is_said_and_nothing_is_restored(
    person: Person, other: Person, look_in: psycopg.Connection
) -> None:
    [theirs] = await other.deleted("Theirs")
    there = (await person.send("POST", "tasks", json={"title": "There"}))["id"]
    mine, over = await person.deleted("Mine", "Over")
    look_in.execute("UPDATE tasks SET deleted_at = now() - %s WHERE id = %s", [DELETED_TASKS_ARE_KEPT + MINUTE, over])
    for missing in (theirs, there, over, 999_999_999):
        answer = await person.restore({"ids": [mine, missing]})
        assert answer.status_code == 404
        assert answer.json()["detail"] == "1 of these tasks are not in the trash. Nothing was restored."
    assert await person.trash() == ["Mine"]


async def test_another_number_than_was_meant_restores_nothing(person: Person) -> None:
    await person.deleted("One", "Two")
    answer = await person.restore({"all": True}, expected=3)
    assert (answer.status_code, answer.json()["code"]) == (409, "other_count")
    assert await person.titles() == set()
    assert (await person.restore({"all": True}, expected=2)).status_code == 200
    assert (await person.restore({"all": True}, expected=0)).json()["change"]["count"] == 0


async def test_a_restoration_that_is_sent_again_is_done_once(person: Person) -> None:
    await person.deleted("One")
    path, once = f"/api/{person.user.id}/trash/restore", {"Idempotency-Key": "once"}
    body = {"which": {"all": True}}
    first = await person.user.http.post(path, json=body, headers=once)
    await person.deleted("Two")
    assert (await person.user.http.post(path, json=body, headers=once)).text == first.text
    assert await person.trash() == ["Two"]


@pytest.mark.parametrize(
    "body",
    [{}, {"which": {}}, {"which": {"ids": []}}, {"which": {"all": False}}, {"which": {"ids": [1], "all": True}}],
)
async def test_what_is_wanted_has_to_be_said(person: Person, body: dict[str, Any]) -> None:
    assert (await person.user.http.post(f"/api/{person.user.id}/trash/restore", json=body)).status_code == 422


@pytest.mark.parametrize("cursor", ["x", "1", "-", "1-0", "0-1-2", "٣-1"])
async def test_a_cursor_that_it_did_not_give_is_refused(person: Person, cursor: str) -> None:
    answer = await person.user.http.get(f"/api/{person.user.id}/trash", params={"cursor": cursor})
    assert answer.status_code == 422
