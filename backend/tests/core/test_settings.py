"""A bad environment is reported whole, by name, and never by value."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from todo_backend.core.codes import Code
from todo_backend.core.settings import DatabaseSettings, Settings, SettingsError, load

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
    assert all(
        problem.setting and problem.detail.startswith(f"{problem.setting}: ") for problem in caught.value.problems
    )
    return [problem.detail for problem in caught.value.problems]


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
        ("postgresql://todo:secretpass%@database/todo", "is not a PostgreSQL URL"),
        ("postgresql:///secretpass", "names no host"),
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
    wrong = {"PORT": "80000", "LOG_LEVEL": "loud", "DATABASE_POOL_SIZE": "many", "ASSISTANT_PROVIDER": "openai"}
    lines = problems(monkeypatch, wrong)
    assert [line.partition(":")[0] for line in lines] == [
        "DATABASE_URL",
        "DATABASE_POOL_SIZE",
        "LOG_LEVEL",
        "AUTH_JWKS_URL",
        "OPENAI_API_KEY",
        "PORT",
    ]


def test_empty_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    (line,) = problems(monkeypatch, GOOD | {"DATABASE_URL": ""})
    assert line == "DATABASE_URL: is missing; set it in the environment or in the Kubernetes Secret"


def test_openai_provider_needs_its_key(monkeypatch: pytest.MonkeyPatch) -> None:
    (line,) = problems(monkeypatch, GOOD | {"ASSISTANT_PROVIDER": "openai", "OPENAI_API_KEY": ""})
    assert line.startswith("OPENAI_API_KEY: is missing")


@pytest.mark.parametrize("key", ["sk-secretpass oops", "sk-secretpäss", "sk-secret\npass"])
def test_a_key_that_was_copied_badly_is_refused(monkeypatch: pytest.MonkeyPatch, key: str) -> None:
    (line,) = problems(monkeypatch, GOOD | {"OPENAI_API_KEY": key})
    assert line == "OPENAI_API_KEY: holds a space or a letter that no key has; copy it again"


def test_each_problem_has_a_code(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    wrong = {"DATABASE_URL": GOOD["DATABASE_URL"], "DATABASE_URL_FILE": str(tmp_path), "PORT": "x"}
    for name, value in (wrong | {"ASSISTANT_PROVIDER": "openai"}).items():
        monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError) as caught:
        load(Settings)
    assert [(problem.setting, problem.code) for problem in caught.value.problems] == [
        ("DATABASE_URL", Code.SETTING_CONFLICT),
        ("AUTH_JWKS_URL", Code.SETTING_MISSING),
        ("OPENAI_API_KEY", Code.SETTING_MISSING),
        ("PORT", Code.SETTING_INVALID),
    ]


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
    settings = load(DatabaseSettings)
    assert settings.prepares_statements(settings.database_url.get_secret_value()) is prepares


def test_a_secret_may_be_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "url").write_text(NEON.format(pooler="") + "\n")
    (tmp_path / "key").write_text("sk-very-secret")
    monkeypatch.setenv("AUTH_JWKS_URL", GOOD["AUTH_JWKS_URL"])
    monkeypatch.setenv("DATABASE_URL_FILE", str(tmp_path / "url"))
    monkeypatch.setenv("OPENAI_API_KEY_FILE", str(tmp_path / "key"))
    settings = load(Settings)
    assert settings.database_url.get_secret_value() == NEON.format(pooler="")
    assert settings.uses_openai
    assert "s3cr3t" not in repr(settings)
    assert "sk-very" not in repr(settings)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (None, "DATABASE_URL: is missing; DATABASE_URL_FILE names {file}: No such file or directory"),
        ("", "DATABASE_URL: is missing; DATABASE_URL_FILE names {file}: it is empty"),
        (" \n", "DATABASE_URL: is missing; DATABASE_URL_FILE names {file}: it is empty"),
        ("mysql://root:secretpass@h/todo", "DATABASE_URL: must start with postgresql://"),
    ],
)
def test_a_file_that_is_of_no_use_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, content: str | None, says: str
) -> None:
    file = tmp_path / "url"
    if content is not None:
        file.write_text(content)
    lines = problems(monkeypatch, {"DATABASE_URL_FILE": str(file), "PORT": "80000"})
    assert lines[0].startswith(says.format(file=file))
    assert "secretpass" not in lines[0]
    assert [line.partition(":")[0] for line in lines[1:]] == ["AUTH_JWKS_URL", "PORT"]


def test_a_secret_that_is_given_twice_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "url").write_text(GOOD["DATABASE_URL"])
    lines = problems(
        monkeypatch,
        GOOD
        | {"DATABASE_URL_FILE": str(tmp_path / "url")}
        | {"OPENAI_API_KEY": "sk-very-secret", "OPENAI_API_KEY_FILE": str(tmp_path / "key")},
    )
    assert lines == [
        "DATABASE_URL: is given twice: unset it, or unset DATABASE_URL_FILE",
        "OPENAI_API_KEY: is given twice: unset it, or unset OPENAI_API_KEY_FILE",
    ]


def test_a_key_file_that_is_not_there_is_a_key_that_is_missing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name, value in (GOOD | {"OPENAI_API_KEY_FILE": str(tmp_path / "key")}).items():
        monkeypatch.setenv(name, value)
    assert not load(Settings).uses_openai
    (line,) = problems(monkeypatch, {"ASSISTANT_PROVIDER": "openai"})
    assert line.startswith(f"OPENAI_API_KEY: is missing; OPENAI_API_KEY_FILE names {tmp_path}")


@pytest.mark.parametrize("command", ["serve", "migrate"])
def test_the_process_ends_at_once_with_one_line_for_each_problem(command: str) -> None:
    environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    ended = subprocess.run(
        [sys.executable, "-m", "todo_backend", command],
        env={**environment, "PYTHONPATH": str(Path("src").resolve()), "DATABASE_POOL_SIZE": "0"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert ended.returncode == 78
    named = [line.partition(":")[0] for line in ended.stderr.splitlines()]
    assert named[:2] == ["DATABASE_URL", "DATABASE_POOL_SIZE"]
    assert ended.stdout == ""


@pytest.mark.parametrize("peers", ["backend", "backend:", ":8000", "http://backend:8000", "backend:8000/x", "b:99999"])
def test_peers_are_a_host_and_a_port(monkeypatch: pytest.MonkeyPatch, peers: str) -> None:
    (line,) = problems(monkeypatch, GOOD | {"OPS_PEERS": peers})
    assert line.startswith("OPS_PEERS: must be HOST:PORT")
    monkeypatch.setenv("OPS_PEERS", "todo-stack-ops:8000")
    assert load(Settings).ops_peers == "todo-stack-ops:8000"
