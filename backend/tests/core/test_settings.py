"""A bad environment is told whole, by name, and never by value."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from todo_backend.settings import DatabaseSettings, Settings, SettingsError, load

NEON = "postgresql://todo_owner:npg_s3cr3t@ep-cool-darkness-a1b2c3d4{pooler}.eu-central-1.aws.neon.tech/neondb"
GOOD = {"DATABASE_URL": NEON.format(pooler=""), "AUTH_JWKS_URL": "http://todo-stack-frontend:3000/api/auth/jwks"}


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)


def problems(monkeypatch: pytest.MonkeyPatch, environment: dict[str, str]) -> list[str]:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError) as caught:
        load(Settings)
    return caught.value.problems


@pytest.mark.parametrize(
    "url",
    [
        NEON.format(pooler="") + "?sslmode=require",
        NEON.format(pooler="-pooler") + "?sslmode=require&channel_binding=require",
        NEON.format(pooler="").replace("postgresql://", "postgres://"),
        "postgresql://postgres:@/todo?host=/var/run/postgresql",
        "postgresql://todo:p%40ss%2Fword@database:5432/todo",
    ],
)
def test_database_url_is_taken_as_it_is_printed(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setenv("DATABASE_URL", url)
    assert load(DatabaseSettings).database_url.get_secret_value() == url


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("mysql://root@localhost/todo", "must start with postgresql://"),
        ("postgresql://todo:secretpass@/todo", "names no host"),
        ("postgresql://todo:secretpass@database", "names no database"),
        ("postgresql://todo:secretpass@database:notaport/todo?bogus=1", "is not a PostgreSQL URL"),
        ('"postgresql://todo:secretpass@database/todo"', "must start with postgresql://"),
    ],
)
def test_malformed_database_url_says_what_is_wrong_without_the_value(
    monkeypatch: pytest.MonkeyPatch, url: str, says: str
) -> None:
    (line,) = problems(monkeypatch, GOOD | {"DATABASE_URL": url})
    assert line.startswith("DATABASE_URL: ")
    assert says in line
    assert "secretpass" not in line


def test_every_problem_is_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = problems(monkeypatch, {"PORT": "80000", "LOG_LEVEL": "loud", "DATABASE_POOL_SIZE": "many"})
    assert [line.partition(":")[0] for line in lines] == [
        "DATABASE_URL",
        "DATABASE_POOL_SIZE",
        "LOG_LEVEL",
        "AUTH_JWKS_URL",
        "PORT",
    ]


def test_empty_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    (line,) = problems(monkeypatch, GOOD | {"DATABASE_URL": ""})
    assert line == "DATABASE_URL: is missing; set it in the environment or in the Kubernetes Secret"


def test_openai_provider_needs_its_key(monkeypatch: pytest.MonkeyPatch) -> None:
    (line,) = problems(monkeypatch, GOOD | {"ASSISTANT_PROVIDER": "openai", "OPENAI_API_KEY": ""})
    assert line.startswith("OPENAI_API_KEY: is missing")


def test_secrets_do_not_show_in_a_printed_object(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (GOOD | {"OPENAI_API_KEY": "sk-very-secret"}).items():
        monkeypatch.setenv(name, value)
    assert "s3cr3t" not in repr(load(Settings))
    assert "sk-very" not in repr(load(Settings))


@pytest.mark.parametrize(
    ("host", "setting", "prepares"),
    [("", "auto", True), ("-pooler", "auto", False), ("-pooler", "on", True), ("", "off", False)],
)
def test_a_pooled_host_gets_no_prepared_statements(
    monkeypatch: pytest.MonkeyPatch, host: str, setting: str, prepares: bool
) -> None:
    monkeypatch.setenv("DATABASE_URL", NEON.format(pooler=host))
    monkeypatch.setenv("DATABASE_PREPARED_STATEMENTS", setting)
    assert load(DatabaseSettings).prepares_statements is prepares


@pytest.mark.parametrize("command", ["serve", "migrate"])
def test_the_process_ends_at_once_with_one_line_for_each_problem(command: str) -> None:
    environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    ended = subprocess.run(
        [sys.executable, "-m", "todo_backend", command],
        env={**environment, "PYTHONPATH": str(Path("src").resolve()), "DATABASE_POOL_SIZE": "0"},
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
    )
    assert ended.returncode == 78
    named = [line.partition(":")[0] for line in ended.stderr.splitlines()]
    assert named[:2] == ["DATABASE_URL", "DATABASE_POOL_SIZE"]
    assert ended.stdout == ""
