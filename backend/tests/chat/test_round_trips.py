"""How often a turn goes to its database and back, which counts when that is far away."""

import re
import tempfile
from collections.abc import Callable

import pytest
from psycopg.pq import Trace

from todo_backend.chat.turn_lease import TurnLease
from todo_backend.chat.turn_repository import TurnId
from todo_backend.db.idempotency import IdempotentRequest
from todo_backend.db.pool import Pool

STATEMENT = re.compile(
    r"""
    BEGIN | COMMIT
    | (?:INSERT\ INTO | DELETE\ FROM | UPDATE(?!\ SET)) \s \w+
    | FOR\ (?:NO\ KEY\ UPDATE | KEY\ SHARE | SHARE)
    """,
    re.VERBOSE,
)


class Wire:
    """What goes over the only connection of a pool."""

    def __init__(self, pool: Pool) -> None:
        self.pool = pool

    async def listen(self, until: Callable) -> list[str]:
        """What is sent while `until` runs, each round trip in one text."""
        with tempfile.TemporaryFile("w+") as file:
            async with self.pool.connection() as connection:
                connection.pgconn.trace(file.fileno())
                connection.pgconn.set_trace_flags(Trace.SUPPRESS_TIMESTAMPS | Trace.REGRESS_MODE)
            await until()
            async with self.pool.connection() as connection:
                connection.pgconn.untrace()
            file.seek(0)
            *trips, _ = re.sub("CommandComplete.*", "", file.read()).split("ReadyForQuery")
        return [" | ".join(STATEMENT.findall(trip)) or "SELECT" for trip in trips]


@pytest.fixture
async def near(serve, settings):
    """A server with one connection, on which each statement is sent as text."""
    few = settings.model_copy(update={"database_pool_size": 1, "database_prepared_statements": "off"})
    async with serve(few) as server:
        yield server


def trips_of_a_turn(*, new: bool, key: bool) -> list[str]:
    """With one call of a tool."""
    return [
        *(["INSERT INTO idempotency_keys"] if key else []),
        "BEGIN | INSERT INTO conversations" if new else "BEGIN | FOR NO KEY UPDATE",
        "DELETE FROM turns | INSERT INTO turns",
        ("UPDATE idempotency_keys | " if key else "") + "UPDATE conversations | INSERT INTO messages",
        "COMMIT",
        "BEGIN | FOR KEY SHARE | FOR SHARE | INSERT INTO tasks | INSERT INTO task_events",
        "INSERT INTO messages | COMMIT",
        "FOR KEY SHARE | FOR SHARE | INSERT INTO messages",
        "BEGIN | UPDATE turns",
        ("UPDATE idempotency_keys | " if key else "") + "COMMIT",
    ]


@pytest.mark.parametrize("key", [False, True], ids=["without a key", "with a key"])
async def test_a_turn_with_one_tool_call_makes_ten_round_trips_at_the_most(near, user, new_panel, key: bool) -> None:
    async with near.client(user) as http:
        panel, wire = new_panel(http), Wire(near.resources.pool)
        thread_id, _ = await panel.begin("hello")
        turns = {
            True: lambda: panel.begin("add a task to fly"),
            False: lambda: panel.say(thread_id, "add a task to swim"),
        }
        for new, turn in turns.items():
            if key:
                http.headers["Idempotency-Key"] = f"new: {new}"
            trips = await wire.listen(turn)
            assert trips == trips_of_a_turn(new=new, key=key)
            assert len(trips) <= 10
    tasks = (await user.http.get(user.path())).json()["items"]
    assert sorted(task["title"] for task in tasks) == ["Fly", "Swim"]


async def test_rest_makes_the_same_and_one_to_find_its_conversation(near, user) -> None:
    async with near.client(user) as http:
        wire = Wire(near.resources.pool)
        number = (await http.post("/api/me/chat", json={"message": "hello"})).json()["conversation_id"]
        more = {"message": "add a task to row", "conversation_id": number}
        trips = await wire.listen(lambda: http.post("/api/me/chat", json=more))
    assert trips == ["SELECT", *trips_of_a_turn(new=False, key=False)]


@pytest.mark.parametrize("key", [False, True], ids=["without a key", "with a key"])
async def test_a_heartbeat_is_one_round_trip(near, user, key: bool) -> None:
    """Each second of each turn."""
    request = IdempotentRequest("key", b"") if key else None
    lease = TurnLease(near.resources.pool, user.principal, request, set())
    lease._arrived = TurnId(1, 1, "msg")
    trips = await Wire(near.resources.pool).listen(lease._heartbeat)
    assert trips == ["UPDATE turns" + (" | UPDATE idempotency_keys" if key else "")]
