"""Secrets that change while the process runs: new connections and new turns use them, nothing restarts."""

import logging
from pathlib import Path

import psycopg
import pytest
from pydantic import SecretStr

from todo_backend.app import open_resources
from todo_backend.core.secret import Secret
from todo_backend.core.settings import DatabaseSettings, load
from todo_backend.db.migrate import migrate
from todo_backend.ops.drain import Drain


@pytest.fixture
def url_file(tmp_path: Path, locked_role, database_url: str) -> Path:
    """A file with the URL of a role whose password is `first`."""
    locked_role.set_password("first")
    file = tmp_path / "DATABASE_URL"
    file.write_text(locked_role.url(database_url, "first"))
    return file


async def test_a_changed_password_is_used_by_new_connections_and_old_ones_go_on(
    settings, url_file: Path, locked_role, database_url: str
) -> None:
    first = SecretStr(locked_role.url(database_url, "first"))
    given = settings.model_copy(update={"database_url": first, "database_url_file": url_file})
    async with open_resources(given, Drain(0)) as resources:
        pool = resources.pool
        await pool.wait()
        async with pool.connection() as old:
            pid = old.info.backend_pid
            locked_role.set_password("second")
            with pytest.raises(psycopg.OperationalError):  # the file still has the first one
                async with pool.connection(timeout=1):
                    pass
            await old.execute("SELECT 1")
            url_file.write_text(locked_role.url(database_url, "second") + "\n")  # noqa: ASYNC240 (a test's few bytes)
            async with pool.connection() as new:
                assert new.info.backend_pid != pid
                await new.execute("SELECT 1")
            await old.execute("SELECT 1")
        assert (await resources.database.check()).ok


def test_migrate_reads_the_file_at_each_try(
    url_file: Path, locked_role, database_url: str, caplog, monkeypatch
) -> None:
    monkeypatch.setenv("DATABASE_URL_FILE", str(url_file))
    monkeypatch.delenv("DATABASE_URL", raising=False)
    settings = load(DatabaseSettings)
    locked_role.set_password("second")
    monkeypatch.setattr("time.sleep", lambda _: url_file.write_text(locked_role.url(database_url, "second")))
    with caplog.at_level(logging.INFO, "todo_backend.db.migrate"):
        assert migrate(settings)
    first, second = caplog.records
    assert first.code == "database_login"
    assert first.getMessage().startswith(f"try 1: wrong password for user {locked_role.name}; next try in 0.5 s")
    assert "up to date" in second.getMessage()


def test_a_file_that_becomes_useless_keeps_the_last_good_value(tmp_path: Path, caplog) -> None:
    file = tmp_path / "OPENAI_API_KEY"
    file.write_text("sk-one\n")
    secret = Secret("OPENAI_API_KEY", SecretStr("sk-one"), file)
    with caplog.at_level(logging.INFO):
        assert secret.read() == "sk-one"
        assert not caplog.records
        file.write_text("sk-two")
        assert [secret.read(), secret.read()] == ["sk-two", "sk-two"]
        file.write_text("")
        assert [secret.read(), secret.read()] == ["sk-two", "sk-two"]
        file.unlink()
        assert [secret.read(), secret.read()] == ["sk-two", "sk-two"]
        file.write_text("sk-three")
        assert secret.read() == "sk-three"
        file.unlink()
        assert secret.read() == "sk-three"
    told = [(record.levelname, record.getMessage().rpartition(" ")[2]) for record in caplog.records]
    assert told == [
        ("INFO", "again"),
        ("WARNING", "empty"),
        ("WARNING", "directory"),
        ("INFO", "again"),
        ("WARNING", "directory"),
    ]
    assert "sk-" not in caplog.text


def test_a_file_that_holds_no_url_any_more_keeps_the_last_good_one(tmp_path: Path, caplog) -> None:
    file = tmp_path / "DATABASE_URL"
    file.write_text("postgresql://u:p@h/d")
    secret = DatabaseSettings(database_url_file=file).database_secret()
    file.write_text("mysql://u:hidden@h/d")
    assert secret.read() == "postgresql://u:p@h/d"
    assert "must start with postgresql://" in caplog.text
    assert "hidden" not in caplog.text
