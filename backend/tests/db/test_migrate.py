"""Migrations: from nothing to the newest revision, by one process at a time, and patiently."""

import json
import logging
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import psycopg
import pytest

from todo_backend.core import termination
from todo_backend.core.settings import DatabaseSettings
from todo_backend.db import migrate as migrate_module
from todo_backend.db.migrate import migrate
from todo_backend.db.schema import MIGRATIONS, required_revision


@pytest.fixture(autouse=True)
def said(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    caplog.set_level(logging.INFO, "todo_backend.db.migrate")
    return caplog


def settings(url: str, **more: float) -> DatabaseSettings:
    return DatabaseSettings(database_url=url, **more)  # type: ignore[arg-type]


def test_processes_that_start_together_migrate_once(
    new_database: Callable[[], str], said: pytest.LogCaptureFixture
) -> None:
    url = new_database()
    with ThreadPoolExecutor(4) as pool:
        assert all(pool.map(lambda _: migrate(settings(url)), range(4)))
    lines = said.messages
    assert sum("went from revision nothing" in line for line in lines) == 1
    assert sum("is up to date" in line for line in lines) == 3


def test_a_newer_schema_is_left_alone(new_database: Callable[[], str], said: pytest.LogCaptureFixture) -> None:
    url = new_database()
    assert migrate(settings(url))
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    assert migrate(settings(url))
    assert "newer than this version" in said.messages[-1]


def test_a_database_that_is_away_is_waited_for_within_the_budget(
    said: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    message = tmp_path / "termination-log"
    message.touch()
    monkeypatch.setattr(termination, "_MESSAGE", message)
    clock: list[float] = []  # each wait; no other time passes
    monkeypatch.setattr(migrate_module, "time", SimpleNamespace(sleep=clock.append, monotonic=lambda: sum(clock)))
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        port = nobody.getsockname()[1]
        assert not migrate(settings(f"postgresql://u:hidden@127.0.0.1:{port}/todo", migrate_timeout_seconds=1.2))
    assert clock == [0.5]  # it waits for what it says, and no more than it may
    waits, gives_up = said.records
    assert waits.getMessage() == f"try 1: 127.0.0.1:{port} refuses connections; next try in 0.5 s (1 s left)"
    assert "giving up after 1.2 s" in gives_up.getMessage()
    assert waits.code == gives_up.code == "database_unreachable"
    assert json.loads(message.read_text()) == {"code": "database_unreachable", "detail": gives_up.getMessage()}
    assert "hidden" not in said.text


def test_it_leaves_at_once_when_it_is_told_to_while_it_waits() -> None:
    environment = {"DATABASE_URL": "postgresql://u@127.0.0.1:1/todo", "MIGRATE_TIMEOUT_SECONDS": "3600"}
    environment |= {"PYTHONPATH": str(Path("src").resolve())}
    command = [sys.executable, "-m", "todo_backend", "migrate"]
    with subprocess.Popen(command, env=os.environ | environment, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        line = json.loads(process.stdout.readline())
        assert (line["code"], "next try" in line["message"]) == ("database_unreachable", True)
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 128 + signal.SIGTERM  # by its own handler: process 1 has no other


def test_a_user_without_rights_is_told_at_once(new_database: Callable[[], str], said: pytest.LogCaptureFixture) -> None:
    url = new_database()
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE ROLE may_nothing LOGIN")
    assert not migrate(settings(url.replace("postgres:@", "may_nothing:@")))
    (line,) = said.records
    assert line.code == "database_rights"
    assert "user may_nothing has no rights to public" in line.getMessage()
    assert "waiting would not help" in line.getMessage()


VERSIONS = sorted((MIGRATIONS / "versions").glob("[0-9]*.py"))


def test_revisions_are_a_single_line_in_file_order() -> None:
    names = [path.stem for path in VERSIONS]
    assert [name[:4] for name in names] == [f"{number:04}" for number in range(1, len(names) + 1)]
    assert required_revision() == names[-1][:4]


def alembic(url: str, act: Callable[[Any, Any], None]) -> None:
    """Let `act` do something with alembic's configuration and a connection to `url`."""
    from alembic.config import Config
    from sqlalchemy import NullPool, create_engine

    engine = create_engine("postgresql+psycopg://", creator=lambda: psycopg.connect(url), poolclass=NullPool)
    with engine.begin() as connection:
        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS))
        config.attributes["connection"] = connection
        act(config, connection)


def test_every_revision_can_be_undone(new_database: Callable[[], str]) -> None:
    from alembic import command

    url = new_database()
    assert migrate(settings(url))
    left: list[str] = []

    def undo(config: Any, connection: Any) -> None:
        command.downgrade(config, "base")
        tables = connection.exec_driver_sql("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        left.extend(tables.scalars().all())

    alembic(url, undo)
    assert left == ["alembic_version"]


@pytest.mark.parametrize("revision", ["0006", "0007", "0008", "0009", "0010", "0011", "0012"])
def test_what_people_have_stays_through_a_revision_and_back(new_database: Callable[[], str], revision: str) -> None:
    from alembic import command

    url = new_database()
    before = max(name for path in VERSIONS if (name := path.stem[:4]) < revision)
    alembic(url, lambda config, _: command.upgrade(config, before))
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("""
            INSERT INTO "user" (id, name, email, "emailVerified") VALUES ('ann', 'Ann', 'ann@example.com', true);
            INSERT INTO tasks (user_id, title, due_date, time_zone, tags, completed_at, deleted_at) VALUES
                ('ann', 'Open', '2027-01-01', 'Asia/Karachi', '{home}', NULL, NULL),
                ('ann', 'Done', NULL, NULL, '{}', now(), NULL),
                ('ann', 'Gone', NULL, NULL, '{}', NULL, now())
        """)

        described = connection.execute("SELECT * FROM tasks LIMIT 0").description or ()
        columns = ", ".join(column.name for column in described if column.name != "search")  # made of the others

        def people_have() -> list[Any]:
            return connection.execute(f"SELECT {columns} FROM tasks ORDER BY id").fetchall()

        had = people_have()
        assert len(had) == 3
        for act, to in ((command.upgrade, revision), (command.downgrade, before), (command.upgrade, "head")):
            alembic(url, lambda config, _, act=act, to=to: act(config, to))
            assert people_have() == had


def test_what_was_kept_with_an_accent_for_an_apostrophe_is_found_since(new_database: Callable[[], str]) -> None:
    from alembic import command

    url = new_database()
    alembic(url, lambda config, _: command.upgrade(config, "0011"))
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("""
            INSERT INTO "user" (id, name, email, "emailVerified") VALUES ('ann', 'Ann', 'ann@example.com', true);
            INSERT INTO tasks (user_id, title, tags)
            VALUES ('ann', 'Don`t', '{}'), ('ann', 'Run', '{`}'), ('ann', 'Can´t', '{}')
        """)
        alembic(url, lambda config, _: command.upgrade(config, "head"))
        found = "SELECT count(*) FROM tasks WHERE search @@ task_query('ann', %s)"
        assert connection.execute(found, ["`"]).fetchone() == (3,)
        assert connection.execute(found, ["don't"]).fetchone() == (1,)
        assert connection.execute(found, ["can't"]).fetchone() == (1,)
        alembic(url, lambda config, _: command.downgrade(config, "0011"))
        assert connection.execute(found, ["`"]).fetchone() == (2,)


def test_subtasks_are_tasks_of_their_own_in_the_version_before(new_database: Callable[[], str]) -> None:
    from alembic import command

    url = new_database()
    assert migrate(settings(url))
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("""
            INSERT INTO "user" (id, name, email, "emailVerified") VALUES ('ann', 'Ann', 'ann@example.com', true);
            INSERT INTO tasks (user_id, title) VALUES ('ann', 'Groceries');
            INSERT INTO tasks (user_id, title, parent_id) SELECT user_id, 'Eggs', id FROM tasks
        """)
        alembic(url, lambda config, _: command.downgrade(config, "0010"))
        assert connection.execute("SELECT title FROM tasks ORDER BY id").fetchall() == [("Groceries",), ("Eggs",)]
        connection.execute("UPDATE tasks SET deleted_at = now() WHERE title = 'Groceries'")
        alembic(url, lambda config, _: command.upgrade(config, "head"))
        assert connection.execute("SELECT parent_id FROM tasks").fetchall() == [(None,), (None,)]
