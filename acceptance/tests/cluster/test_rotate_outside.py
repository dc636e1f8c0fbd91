"""The secrets of a database and a model server outside of the cluster, rotated for real."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from acceptance.contention import Contention
from acceptance.load import account
from acceptance.stack import Stack
from acceptance.tests.cluster.external_services import ExternalStack, database_url, external_stack
from acceptance.tests.cluster.noticing import assert_load_reported, assert_rotated

from todo_cli.settings import change_setting


@pytest.fixture(scope="module")
def outside(running: Stack, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ExternalStack]:
    """A stack on a database and a model server outside of its release."""
    with external_stack(running, tmp_path_factory.mktemp("outside")) as stack:
        yield stack


def test_the_model_server_is_shown_the_new_key_alone(outside: ExternalStack, tmp_path: Path) -> None:
    (tmp_path / "key").write_text("second-key\n")
    with Contention() as machine:
        result = outside.todo("rotate", "openai-key", "--timeout", "900", "--value-file", str(tmp_path / "key"))
    assert "the backend's pods have the new OPENAI_API_KEY: 2 of 2 pods" in result.stdout, result.stdout + result.stderr
    assert "second-key" not in result.stdout + result.stderr
    before = len(outside.keys_shown())
    with account(outside.address) as client:
        for _ in range(6):
            assert client.request("POST", "/api/me/chat", {"message": "hello"}).status == 200
    assert set(outside.keys_shown()[before:]) == {"second-key"}
    assert "OPENAI_API_KEY=second-key" in outside.env_file.read_text()
    assert_rotated(result, machine)


def test_the_database_sees_the_new_role_alone(outside: ExternalStack) -> None:
    outside.sql("CREATE ROLE todo_next LOGIN PASSWORD 'todo_next' IN ROLE todo")
    assert _roles(outside) == {"todo"}
    change_setting(outside.env_file, "DATABASE_URL", database_url("todo_next"))
    with Contention() as machine:
        result = outside.todo("rotate", "database-url", "--timeout", "900")
    assert "the backend's pods have the new DATABASE_URL: 2 of 2 pods" in result.stdout, result.stdout + result.stderr
    assert "the frontend's pods have the new DATABASE_URL: 1 of 1 pods" in result.stdout
    assert _roles(outside) == {"todo_next"}
    assert_rotated(result, machine)


def test_a_database_that_refuses_the_new_role_is_taken_back_and_its_line_named(outside: ExternalStack) -> None:
    before = outside.sql("SELECT count(*) FROM tasks")
    former = outside.env_file.read_text()
    change_setting(outside.env_file, "DATABASE_URL", database_url("nobody"))
    with Contention() as machine:
        result = outside.todo("rotate", "database-url", "--timeout", "45")
    assert result.returncode == 1, result.stdout + result.stderr
    assert "Roll it back" in result.stdout
    assert "still has the new DATABASE_URL, in line 1" in result.stderr
    assert outside.sql("SELECT count(*) FROM tasks") == before, "what the load made is gone with its account"
    outside.env_file.write_text(former)
    assert_load_reported(result, machine)


def _roles(outside: ExternalStack) -> set[str]:
    """Who is connected to the database, but for who asks."""
    return set(outside.sql("SELECT usename FROM pg_stat_activity WHERE datname = 'todo' AND pid <> pg_backend_pid()"))
