"""The REST contract of tasks, over a real PostgreSQL."""

import asyncio
import datetime as dt
from typing import Any

import pytest

from todo_backend.db import pool
from todo_backend.db.idempotency import IdempotentRequest
from todo_backend.db.pool import Connection
from todo_backend.tasks.schemas import Task


@pytest.fixture
def statements(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is sent to the database while a test runs."""
    sent: list[str] = []
    execute = Connection.execute

    async def listening(self: Connection, query: Any, *args: Any, **options: Any) -> Any:
        sent.append(str(query))
        return await execute(self, query, *args, **options)

    monkeypatch.setattr(Connection, "execute", listening)
    return sent


async def create(user: Any, **task: Any) -> dict[str, Any]:
    answer = await user.http.post(user.path(), json={"title": "Buy milk", **task})
    assert answer.status_code == 201, answer.text
    Task.model_validate(answer.json(), strict=False)
    created: dict[str, Any] = answer.json()
    return created


async def test_a_new_task_has_every_field(user: Any) -> None:
    task = await create(user)
    assert task["user_id"] == user.id
    assert {name: task[name] for name in ("title", "description", "completed", "priority", "tags")} == {
        "title": "Buy milk",
        "description": "",
        "completed": False,
        "priority": "none",
        "tags": [],
    }
    for name in ("due_date", "due_time", "time_zone", "due_at", "completed_at"):
        assert task[name] is None
    assert dt.datetime.fromisoformat(task["created_at"]).utcoffset() == dt.timedelta(0)
    assert set(task) == set(Task.model_fields) - {"parent_title", "subtasks"}  # told where there is one


async def test_due_is_meant_in_the_users_zone(user: Any) -> None:
    timed = await create(user, due_date="2027-03-05", due_time="17:00", time_zone="Asia/Karachi")
    assert (timed["due_date"], timed["due_time"]) == ("2027-03-05", "17:00")
    assert timed["due_at"] == "2027-03-05T12:00:00+00:00"
    headers = {"X-Time-Zone": "America/New_York"}
    answer = await user.http.post(user.path(), json={"title": "All day", "due_date": "2027-03-05"}, headers=headers)
    assert answer.json()["time_zone"] == "America/New_York"
    assert answer.json()["due_at"] == "2027-03-06T04:59:59+00:00"


async def test_texts_are_tidied(user: Any) -> None:
    task = await create(user, title="  Buy \n milk ", tags=["#Home", "home", "grocery list"])
    assert task["title"] == "Buy milk"
    assert task["tags"] == ["home", "grocery-list"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "title"),
        ({"title": " "}, "title"),
        ({"title": "x" * 201}, "title"),
        ({"title": "nul\x00"}, "title"),
        ({"title": "t", "description": "x" * 1001}, "description"),
        ({"title": "t", "priority": "urgent"}, "priority"),
        ({"title": "t", "due_date": "2026-02-30"}, "due_date"),
        ({"title": "t", "due_time": "17:00"}, "due_time needs a due_date"),
        ({"title": "t", "due_date": "2026-02-03", "due_time": "25:00"}, "due_time"),
        ({"title": "t", "due_date": "2026-02-03", "due_time": "10:00+02:00"}, "due_time"),
        ({"title": "t", "due_date": "2026-02-03", "time_zone": "Mars/Olympus"}, "time_zone"),
        ({"title": "t", "tags": ["a"] * 21}, "tags"),
        ({"title": "t", "tags": ["x" * 51]}, "tags"),
        ({"title": "t", "colour": "red"}, "colour"),
        ({"title": "t", "user_id": "somebody"}, "user_id"),
    ],
)
async def test_bad_input_is_refused_by_name(user: Any, body: dict[str, Any], field: str) -> None:
    answer = await user.http.post(user.path(), json=body)
    assert answer.status_code == 422
    assert field in answer.json()["detail"]


async def test_a_body_that_is_not_json_is_refused(user: Any) -> None:
    headers = {"Content-Type": "application/json"}
    for body in (b"{", b'{"title": "\xff"}', b'{"title": "\\ud800"}'):
        answer = await user.http.post(user.path(), content=body, headers=headers)
        assert answer.status_code in (400, 422), answer.text


async def test_put_replaces_all(user: Any) -> None:
    task = await create(user, description="two litres", priority="high", due_date="2027-01-01", tags=["home"])
    answer = await user.http.put(user.path(f"/{task['id']}"), json={"title": "Buy bread", "completed": True})
    replaced = answer.json()
    assert (replaced["title"], replaced["completed"]) == ("Buy bread", True)
    assert (replaced["description"], replaced["priority"], replaced["due_date"], replaced["tags"]) == (
        "",
        "none",
        None,
        [],
    )
    assert replaced["created_at"] == task["created_at"]
    assert replaced["updated_at"] > task["updated_at"]


@pytest.mark.parametrize(("headers", "zone"), [({}, "UTC"), ({"X-Time-Zone": "America/New_York"}, "America/New_York")])
async def test_put_without_a_zone_means_the_readers(user: Any, headers: dict[str, str], zone: str) -> None:
    task = await create(user, due_date="2027-01-01", time_zone="Asia/Karachi")
    content = {"title": "Buy bread", "due_date": "2027-01-02"}
    answer = await user.http.put(user.path(f"/{task['id']}"), json=content, headers=headers)
    assert answer.json()["time_zone"] == zone


@pytest.mark.parametrize("due", [{"due_date": "9999-12-31"}, {"due_date": "0001-01-01", "due_time": "01:00"}])
async def test_a_date_without_a_moment_in_every_zone_is_refused(user: Any, due: dict[str, str]) -> None:
    """In New York the last day of the year 9999 ends in the year 10000, which no reader of JSON understands."""
    refused = await user.http.post(user.path(), json={"title": "Never", **due})
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["field"] == "due_date"
    task = await create(user)
    assert (await user.http.patch(user.path(f"/{task['id']}"), json=due)).status_code == 422
    for day, zone in (("9999-12-30", "Etc/GMT+12"), ("0001-01-02", "Pacific/Kiritimati")):
        kept = await create(user, due_date=day, due_time="00:00", time_zone=zone)
        assert dt.datetime.fromisoformat(kept["due_at"])


@pytest.mark.parametrize("tag", ["#home", " #home", "##home"])
async def test_a_tag_is_found_as_it_was_given(user: Any, tag: str) -> None:
    task = await create(user, tags=[tag])
    assert task["tags"] == ["home"]
    assert len((await user.http.get(user.path(), params={"tag": tag})).json()["items"]) == 1


async def test_patch_changes_what_is_given(user: Any) -> None:
    task = await create(user, priority="high", due_date="2027-01-01", time_zone="Asia/Karachi", tags=["home"])
    path = user.path(f"/{task['id']}")
    renamed = (await user.http.patch(path, json={"title": "Buy bread"})).json()
    assert renamed == task | {"title": "Buy bread", "updated_at": renamed["updated_at"]}
    moved = (await user.http.patch(path, json={"due_date": "2027-02-02", "due_time": "09:30"})).json()
    assert (moved["due_at"], moved["time_zone"]) == ("2027-02-02T04:30:00+00:00", "Asia/Karachi")
    later = (await user.http.patch(path, json={"due_time": "10:30"})).json()
    assert later["due_at"] == "2027-02-02T05:30:00+00:00"
    elsewhere = (await user.http.patch(path, json={"time_zone": "America/New_York"})).json()
    assert (elsewhere["due_at"], elsewhere["time_zone"]) == ("2027-02-02T15:30:00+00:00", "America/New_York")
    both = (await user.http.patch(path, json={"due_time": "11:00", "time_zone": "UTC"})).json()
    assert (both["due_at"], both["time_zone"]) == ("2027-02-02T11:00:00+00:00", "UTC")
    undated = (await user.http.patch(path, json={"due_date": None})).json()
    assert (undated["due_date"], undated["due_time"], undated["time_zone"], undated["due_at"]) == (None,) * 4
    timeless = await user.http.patch(path, json={"due_time": "10:30"})
    assert timeless.status_code == 422
    assert timeless.json()["detail"] == "due_time: needs a due_date"
    assert (await user.http.patch(path, json={"title": None})).status_code == 422
    assert (await user.http.patch(path, json={})).json() == undated
    assert (await user.http.patch(path, json={"time_zone": "UTC"})).json()["time_zone"] is None


async def test_complete_toggles_or_sets(user: Any) -> None:
    task = await create(user)
    path = user.path(f"/{task['id']}/complete")
    done = (await user.http.patch(path)).json()
    assert done["completed"] is True
    assert done["completed_at"] is not None
    again = (await user.http.patch(path, json={"completed": True})).json()
    assert again["completed_at"] == done["completed_at"]
    assert (await user.http.patch(path)).json()["completed"] is False


async def test_a_deleted_task_is_gone_until_it_is_restored(user: Any) -> None:
    task = await create(user)
    path = user.path(f"/{task['id']}")
    assert (await user.http.delete(path)).status_code == 204
    for gone in (
        await user.http.get(path),
        await user.http.delete(path),
        await user.http.patch(path, json={"title": "x"}),
        await user.http.put(path, json={"title": "x"}),
        await user.http.patch(f"{path}/complete"),
    ):
        assert gone.status_code == 404
        assert gone.json()["detail"] == f"Task {task['id']} was not found."
    assert (await user.http.get(user.path())).json()["items"] == []
    assert (await user.http.post(f"{path}/restore")).json()["title"] == task["title"]
    assert (await user.http.get(path)).status_code == 200


@pytest.mark.parametrize("task_id", ["0", "-1", "9223372036854775808", "abc", "1.5"])
async def test_an_impossible_id_is_refused(user: Any, task_id: str) -> None:
    assert (await user.http.get(user.path(f"/{task_id}"))).status_code == 422


@pytest.mark.parametrize("path", ["/", "/1/", "/quick-add/"])
async def test_an_address_that_there_is_not_is_no_way_to_another(user: Any, anonymous: Any, path: str) -> None:
    """A redirect would name this process's own address, which nobody outside can reach."""
    for http in (user.http, anonymous):
        found = await http.post(user.path(path), json={"title": "x"})
        assert (found.status_code, found.headers.get("location")) == (404, None)


async def test_me_is_the_tokens_user_and_another_user_is_forbidden(user: Any, other_user: Any, anonymous: Any) -> None:
    task = await create(user)
    assert (await user.http.get(f"/api/me/tasks/{task['id']}")).json() == task
    assert (await other_user.http.get(user.path())).status_code == 403
    assert (await anonymous.get(user.path())).status_code == 401
    assert (await anonymous.get(user.path(), headers={"Authorization": "Bearer nonsense"})).status_code == 401


async def test_another_users_task_does_not_exist(user: Any, other_user: Any) -> None:
    task = await create(user)
    theirs = other_user.path(f"/{task['id']}")
    for answer in (
        await other_user.http.get(theirs),
        await other_user.http.put(theirs, json={"title": "mine now"}),
        await other_user.http.patch(theirs, json={"title": "mine now"}),
        await other_user.http.patch(f"{theirs}/complete"),
        await other_user.http.post(f"{theirs}/restore"),
        await other_user.http.delete(theirs),
    ):
        assert answer.status_code == 404
    assert (await user.http.get(user.path(f"/{task['id']}"))).json() == task


async def test_a_token_of_a_deleted_account_is_refused(new_user: Any, database_url: str) -> None:
    import psycopg

    gone = new_user()
    await create(gone)
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute('DELETE FROM "user" WHERE id = %s', [gone.id])
        assert connection.execute("SELECT count(*) FROM tasks WHERE user_id = %s", [gone.id]).fetchone() == (0,)
    assert (await gone.http.post(gone.path(), json={"title": "x"})).status_code == 401


# Every write of one task: method, what follows its path, body.
CHANGES = {
    "replace": ("PUT", "", {"title": "New"}),
    "update": ("PATCH", "", {"title": "New"}),
    "toggle": ("PATCH", "/complete", None),
    "complete": ("PATCH", "/complete", {"completed": True}),
    "delete": ("DELETE", "", None),
    "restore": ("POST", "/restore", None),
}


def change(user: Any, name: str, task_id: int, key: str | None = None, **instead: Any) -> Any:
    """The answer to one of `CHANGES`, with another body where `instead` gives one."""
    method, path, body = CHANGES[name]
    headers = {} if key is None else {"Idempotency-Key": key}
    return user.http.request(method, user.path(f"/{task_id}{path}"), json=instead or body, headers=headers)


class TestIdempotencyKey:
    """A write that is sent again is answered again, not done again."""

    @pytest.mark.parametrize("name", CHANGES)
    async def test_a_repeated_change_is_done_once(self, user: Any, name: str) -> None:
        task_id = (await create(user))["id"]
        if name == "restore":
            await change(user, "delete", task_id)
        first = await change(user, name, task_id, "once")
        assert first.status_code in (200, 204), first.text
        # Something newer, which a repetition must not undo.
        if name == "delete":
            await change(user, "restore", task_id)
        newer = await change(user, "update", task_id, title="Newer") if name != "restore" else None
        if name == "restore":
            await change(user, "delete", task_id)
        again = await change(user, name, task_id, "once")
        assert (again.status_code, again.text) == (first.status_code, first.text)
        now = await user.http.get(user.path(f"/{task_id}"))
        if newer is None:
            assert now.status_code == 404
        else:
            assert now.json() == newer.json()

    @pytest.mark.parametrize("name", CHANGES)
    async def test_changes_without_a_key_are_done_each_time(self, user: Any, statements: list[str], name: str) -> None:
        task_id = (await create(user))["id"]
        statements.clear()
        await change(user, name, task_id)
        assert len(statements) == 1, statements

    async def test_a_toggle_repeated_at_the_same_time_toggles_once(self, user: Any) -> None:
        task_id = (await create(user))["id"]
        answers = await asyncio.gather(*(change(user, "toggle", task_id, "together") for _ in range(7)))
        assert {answer.status_code for answer in answers} == {200}
        assert len({answer.text for answer in answers}) == 1
        assert (await user.http.get(user.path(f"/{task_id}"))).json()["completed"] is True
        # Seven keys toggle seven times, each of them once.
        keys = [str(number) for number in range(7)] * 2
        await asyncio.gather(*(change(user, "toggle", task_id, key) for key in keys))
        assert (await user.http.get(user.path(f"/{task_id}"))).json()["completed"] is False

    async def test_a_key_stands_for_one_change(self, user: Any) -> None:
        task_id, other = (await create(user))["id"], (await create(user))["id"]
        await change(user, "update", task_id, "mine")
        refused = [
            await change(user, "update", task_id, "mine", title="Another body"),
            await change(user, "update", other, "mine"),
            await change(user, "replace", task_id, "mine"),
            await change(user, "delete", task_id, "mine"),
        ]
        assert [answer.status_code for answer in refused] == [422] * 4
        assert [task["title"] for task in (await user.http.get(user.path())).json()["items"]] == ["Buy milk", "New"]

    async def test_a_change_that_found_nothing_is_not_remembered(self, user: Any) -> None:
        task_id = (await create(user))["id"]
        await change(user, "delete", task_id)
        assert (await change(user, "toggle", task_id, "again")).status_code == 404
        await change(user, "restore", task_id)
        assert (await change(user, "toggle", task_id, "again")).json()["completed"] is True

    @pytest.mark.parametrize("where", ["before", "after"])
    async def test_a_process_that_wakes_up_late_does_nothing_again(
        self, user: Any, monkeypatch: pytest.MonkeyPatch, where: str
    ) -> None:
        task_id = (await create(user))["id"]
        awake, frozen = asyncio.Event(), asyncio.Event()
        claim = IdempotentRequest.claim

        async def freezing(self: IdempotentRequest, *args: Any, **options: Any) -> str | None:
            """The first claim freezes: before its transaction holds the key, or while it does."""
            if frozen.is_set():
                return await claim(self, *args, **options)
            known = await claim(self, *args, **options) if where == "after" else None
            frozen.set()
            await awake.wait()
            return known if where == "after" else await claim(self, *args, **options)

        # The first alone: it is read when a transaction begins.
        if where == "after":
            monkeypatch.setattr(pool, "FROZEN_AFTER", dt.timedelta(milliseconds=300))
        monkeypatch.setattr(IdempotentRequest, "claim", freezing)
        late = asyncio.create_task(change(user, "toggle", task_id, "late"))
        await frozen.wait()
        monkeypatch.setattr(pool, "FROZEN_AFTER", dt.timedelta(minutes=5))
        done = await asyncio.wait_for(change(user, "toggle", task_id, "late"), timeout=120)
        assert done.json()["completed"] is True
        newer = await change(user, "update", task_id, title="Newer")
        awake.set()
        answer = await late
        assert answer.status_code == (503 if where == "after" else 200)
        assert (await user.http.get(user.path(f"/{task_id}"))).json() == newer.json()

    async def test_a_repeated_create_makes_one_task(self, user: Any) -> None:
        headers = {"Idempotency-Key": "first"}
        answers = [await user.http.post(user.path(), json={"title": "Once"}, headers=headers) for _ in range(3)]
        assert [answer.status_code for answer in answers] == [201] * 3
        assert len({answer.text for answer in answers}) == 1
        assert len((await user.http.get(user.path())).json()["items"]) == 1

    async def test_repetitions_at_the_same_time_make_one_task(self, user: Any) -> None:
        headers = {"Idempotency-Key": "together"}
        answers = await asyncio.gather(
            *(user.http.post(user.path(), json={"title": "Once"}, headers=headers) for _ in range(6))
        )
        assert {answer.status_code for answer in answers} == {201}
        assert len({answer.json()["id"] for answer in answers}) == 1

    async def test_a_key_stands_for_one_request(self, user: Any) -> None:
        headers = {"Idempotency-Key": "mine"}
        await user.http.post(user.path(), json={"title": "Once"}, headers=headers)
        other = await user.http.post(user.path(), json={"title": "Twice"}, headers=headers)
        assert other.status_code == 422
        assert "Idempotency-Key" in other.json()["detail"]

    async def test_keys_are_each_users_own(self, user: Any, other_user: Any) -> None:
        headers = {"Idempotency-Key": "shared"}
        first = await user.http.post(user.path(), json={"title": "Mine"}, headers=headers)
        second = await other_user.http.post(other_user.path(), json={"title": "Mine"}, headers=headers)
        assert first.json()["id"] != second.json()["id"]

    async def test_a_refused_request_leaves_the_key_free(self, user: Any) -> None:
        headers = {"Idempotency-Key": "again"}
        assert (await user.http.post(user.path(), json={"title": ""}, headers=headers)).status_code == 422
        assert (await user.http.post(user.path(), json={"title": "Now"}, headers=headers)).status_code == 201

    async def test_a_key_is_forgotten_after_a_day(self, user: Any, database_url: str) -> None:
        import psycopg

        headers = {"Idempotency-Key": "old"}
        made = set()
        for title in ("Daily", "Daily", "Another"):
            answer = await user.http.post(user.path(), json={"title": title}, headers=headers)
            again = await user.http.post(user.path(), json={"title": title}, headers=headers)
            assert again.json() == answer.json()
            assert answer.json()["title"] == title
            made.add(answer.json()["id"])
            with psycopg.connect(database_url, autocommit=True) as connection:
                connection.execute(
                    "UPDATE idempotency_keys SET created_at = now() - interval '25 hours' WHERE user_id = %s", [user.id]
                )
        assert len(made) == 3

    @pytest.mark.parametrize("key", ["", "x" * 201, "tab\there"])
    async def test_an_unusable_key_is_refused(self, user: Any, key: str) -> None:
        answer = await user.http.post(user.path(), json={"title": "x"}, headers={"Idempotency-Key": key})
        assert answer.status_code == 422
