"""A word that nobody wrote costs one look into the index for each of its spellings, however many tasks there are."""

from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest

from todo_backend.core.settings import DatabaseSettings
from todo_backend.db.migrate import migrate
from todo_backend.tasks.list_repository import _SPELLED
from todo_backend.tasks.spelling import as_query, spellings

OWNERS, TASKS = 3, 1000


@pytest.fixture(params=["that knows its tables", "that has not counted them yet"])
def many_tasks(request: Any, new_database: Callable[[], str]) -> Iterator[psycopg.Connection]:
    """A database with the long tasks of a few persons."""
    url = new_database()
    assert migrate(DatabaseSettings(database_url=url))  # type: ignore[arg-type]
    with psycopg.connect(url, autocommit=True, cursor_factory=psycopg.ClientCursor) as connection:
        persons = {"last": OWNERS, "tasks": TASKS}
        connection.execute(
            """INSERT INTO "user" (id, name, email, "emailVerified")
               SELECT n, n, n || '@example.com', true FROM generate_series(1, %(last)s) AS n""",
            persons,
        )
        connection.execute(
            """INSERT INTO tasks (user_id, title, description)
               SELECT n, 'task ' || task, repeat('lorem ipsum ' || task || ' ', 40)
               FROM generate_series(1, %(last)s) AS n, generate_series(1, %(tasks)s) AS task""",
            persons,
        )
        if request.param == "that knows its tables":
            connection.execute("ANALYZE tasks")
        yield connection


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The node of a plan and those below it."""
    yield plan
    for child in plan.get("Plans", []):
        yield from nodes(child)


@pytest.mark.parametrize("word", ["zzzz", "zzzzzzzzzzzzzzzz"])
def test_no_spelling_is_compared_with_all_tasks(many_tasks: psycopg.Connection, word: str) -> None:
    tried = [as_query("1", spelling, begins=begins) for spelling, begins in set(spellings(word))]
    given = {"user_id": "1", "places": [0] * len(tried), "spellings": tried}
    many_tasks.execute("SET enable_seqscan = off")
    row = many_tasks.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {_SPELLED}", given).fetchone()
    assert row is not None
    read = [
        node["Actual Loops"] * (node["Actual Rows"] + node.get("Rows Removed by Filter", 0))
        for node in nodes(row[0][0]["Plan"])
        if "Relation Name" in node or node["Node Type"] == "Materialize"
    ]
    assert sum(read) < TASKS
