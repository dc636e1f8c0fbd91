"""A deleted task can be had back for 30 days, not longer, and is gone then whether its owner comes back or not."""

import asyncio
import datetime as dt
from typing import Any

import httpx2
import psycopg
import pytest

from todo_backend.app import Resources, create_app
from todo_backend.core.settings import Settings
from todo_backend.db.idempotency import KEYS_ARE_KEPT
from todo_backend.tasks import purge
from todo_backend.tasks.journal import CHANGES_ARE_KEPT
from todo_backend.tasks.trash_repository import DELETED_TASKS_ARE_KEPT

HOUR = dt.timedelta(hours=1)


async def deleted(user: Any, look_in: psycopg.Connection, ago: dt.timedelta) -> int:
    task = (await user.http.post(user.path(), json={"title": "gone"})).json()
    await user.http.delete(user.path(f"/{task['id']}"))
    look_in.execute("UPDATE tasks SET deleted_at = now() - %s WHERE id = %s", [ago, task["id"]])
    return int(task["id"])


def kept(look_in: psycopg.Connection, task_id: int) -> bool:
    return look_in.execute("SELECT FROM tasks WHERE id = %s", [task_id]).fetchone() is not None


@pytest.mark.parametrize(
    ("ago", "status"), [(DELETED_TASKS_ARE_KEPT - HOUR, 200), (DELETED_TASKS_ARE_KEPT + HOUR, 404)]
)
async def test_the_limit_of_restoring(user: Any, look_in: psycopg.Connection, ago: dt.timedelta, status: int) -> None:
    task_id = await deleted(user, look_in, ago)
    assert (await user.http.post(user.path(f"/{task_id}/restore"))).status_code == status


async def test_the_purge_takes_what_is_over_of_all_users_and_nothing_else(
    user: Any, other_user: Any, resources: Resources, look_in: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(purge, "BATCH", 2)
    over = [await deleted(one, look_in, DELETED_TASKS_ARE_KEPT + HOUR) for one in (user, user, other_user)]
    there = await deleted(user, look_in, DELETED_TASKS_ARE_KEPT - HOUR)
    for key, age in (("old", KEYS_ARE_KEPT + HOUR), ("new", KEYS_ARE_KEPT - HOUR)):
        look_in.execute(
            "INSERT INTO idempotency_keys (user_id, key, fingerprint, created_at) VALUES (%s, %s, '', now() - %s)",
            [user.id, key, age],
        )
    look_in.execute(
        "UPDATE task_events SET at = at - %s WHERE user_id = %s AND task_id <> %s", [CHANGES_ARE_KEPT, user.id, there]
    )
    assert await purge.purge(resources.pool) >= len(over) + 1
    assert [kept(look_in, task_id) for task_id in (*over, there)] == [False, False, False, True]
    keys = look_in.execute("SELECT key FROM idempotency_keys WHERE user_id = %s", [user.id]).fetchall()
    assert keys == [("new",)]
    events = look_in.execute("SELECT DISTINCT task_id FROM task_events WHERE user_id = %s", [user.id]).fetchall()
    assert events == [(there,)]


async def test_a_process_purges_without_being_asked(
    user: Any, settings: Settings, signing_keys: Any, look_in: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(purge, "FIRST_SECONDS", 0.0)
    task_id = await deleted(user, look_in, DELETED_TASKS_ARE_KEPT + HOUR)
    app = create_app(settings, http=httpx2.MockTransport(signing_keys.handle))
    async with app.router.lifespan_context(app), asyncio.timeout(60):
        while kept(look_in, task_id):  # noqa: ASYNC110 (the row is removed elsewhere)
            await asyncio.sleep(0.01)
