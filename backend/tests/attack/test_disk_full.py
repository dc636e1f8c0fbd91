"""A database that has no space left, or takes no writes: told as what it is wherever one writes, and reads go on."""

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from todo_backend.core.errors import DISK_FULL, READ_ONLY
from todo_backend.db import writes

REFUSALS = {"53100": DISK_FULL, "25006": READ_ONLY}


@pytest.fixture(params=REFUSALS)
def refusal(request: pytest.FixtureRequest, look_in: psycopg.Connection) -> Iterator[Any]:
    """What writes of tasks meet: a trigger says it as PostgreSQL does."""
    look_in.execute(f"""
        CREATE FUNCTION no_space() RETURNS trigger LANGUAGE plpgsql AS
        $$BEGIN RAISE EXCEPTION 'could not extend file' USING ERRCODE = '{request.param}'; END$$;
        CREATE TRIGGER no_space BEFORE INSERT OR UPDATE ON tasks FOR EACH STATEMENT EXECUTE FUNCTION no_space()
    """)
    try:
        yield REFUSALS[request.param]
    finally:
        look_in.execute("DROP FUNCTION no_space CASCADE")


async def test_a_write_is_refused_in_words_and_reads_go_on(user: Any, refusal: Any) -> None:
    for headers in ({}, {"Idempotency-Key": "once"}):
        refused = await user.http.post(user.path(), json={"title": "milk"}, headers=headers)
        problem = refused.json()
        assert (refused.status_code, problem["code"], problem["detail"]) == (503, refusal.code, refusal.detail)
    assert (await user.http.get(user.path())).status_code == 200


async def test_a_tool_says_so(user: Any, refusal: Any) -> None:
    call = {"name": "add_task", "arguments": {"title": "milk"}}
    answer = await user.http.post("/mcp", json={"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": call})
    result = answer.json()["result"]
    assert result["isError"]
    assert result["content"][0]["text"] == refusal.detail


async def test_the_assistant_says_so(user: Any, refusal: Any) -> None:
    answer = await user.http.post("/api/me/chat", json={"message": "add a task to buy milk"})
    [call] = answer.json()["tool_calls"]
    assert call["result"] == refusal.detail


async def test_readiness_tells_and_the_pod_serves_on(user: Any, refusal: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    await user.http.post(user.path(), json={"title": "milk"})
    ready = await user.http.get("/health/ready")
    assert (ready.status_code, ready.json()["checks"]["writes"]["code"]) == (200, refusal.code)
    monkeypatch.setattr(writes, "REMEMBERED_SECONDS", 0.0)
    assert (await user.http.get("/health/ready")).json()["checks"]["writes"]["code"] == "ok"
