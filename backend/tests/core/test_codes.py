"""Codes: one table on both tiers, in the contract and in the documentation; words beside a code never change it."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from psycopg import OperationalError
from psycopg.errors import InsufficientPrivilege

from todo_backend.core import termination
from todo_backend.core.codes import Code, Condition
from todo_backend.core.termination import write_termination_message
from todo_backend.db.causes import cause

ROOT = Path(__file__).parents[3]
CONTRACT = json.loads((ROOT / "contracts" / "codes.json").read_text())
URL = "postgresql://ada:hidden@db.example:5433/todo"


def test_the_codes_are_those_of_the_contract() -> None:
    assert [code.value for code in Code] == list(CONTRACT)


def test_the_documented_table_is_the_contract() -> None:
    page = (ROOT / "docs" / "decisions" / "0012-codes.md").read_text()
    assert dict(re.findall(r"^\| `([a-z_]+)` \| (.+?) \|$", page, re.MULTILINE)) == CONTRACT


CAUSES = [
    ('FATAL:  password authentication failed for user "ada"', Code.DATABASE_LOGIN, "wrong password for user ada"),
    ("fe_sendauth: no password supplied", Code.DATABASE_LOGIN, "db.example:5433 wants a password"),
    ('FATAL:  role "ada" does not exist', Code.DATABASE_LOGIN, "there is no user ada"),
    ('FATAL:  database "todo" does not exist', Code.DATABASE_MISSING, "there is no database todo"),
    ('FATAL:  permission denied for database "todo"', Code.DATABASE_RIGHTS, "ada may not connect"),
    ("permission denied for schema public", Code.DATABASE_RIGHTS, "no rights to public of database todo"),
    ("[Errno -2] Name or service not known", Code.DATABASE_HOST, "unknown host db.example"),
    ("failed to resolve host 'db.example': [Errno -3]", Code.DATABASE_HOST, "cannot be looked up at the moment"),
    ("ERROR:  Endpoint ID is not specified", Code.DATABASE_HOST, "knows no such endpoint"),
    ("Connection refused", Code.DATABASE_UNREACHABLE, "db.example:5433 refuses connections"),
    ("connection timeout expired", Code.DATABASE_UNREACHABLE, "no answer from db.example within 4 s"),
    ("No route to host", Code.DATABASE_UNREACHABLE, "no route to db.example"),
    ("No such file or directory", Code.DATABASE_UNREACHABLE, "nothing listens at"),
    ("ERROR:  endpoint is disabled", Code.DATABASE_UNREACHABLE, "is disabled"),
    ("server closed the connection unexpectedly", Code.DATABASE_UNREACHABLE, "closed the connection"),
    ("FATAL:  sorry, too many clients already", Code.DATABASE_FULL, "no connections left"),
    ("FATAL:  could not write lock file: No space left on device", Code.DATABASE_DISK_FULL, "has no space left"),
    ("could not extend file because project size limit (512 MB)", Code.DATABASE_DISK_FULL, "has no space left"),
    ("cannot execute CREATE TABLE in a read-only transaction", Code.DATABASE_READ_ONLY, "takes no writes"),
    ("FATAL:  the database system is starting up", Code.DATABASE_STARTING, "db.example is starting up"),
    ("server does not support SSL, but SSL was required", Code.DATABASE_TLS, "offers no TLS"),
    ("no pg_hba.conf entry for host, no encryption", Code.DATABASE_TLS, "add sslmode=require"),
    ("SSL error: certificate verify failed", Code.DATABASE_TLS, "is not trusted"),
    ("something new", Code.DATABASE_ERROR, "OperationalError: something new"),
]


@pytest.mark.parametrize(("said", "code", "words"), CAUSES)
def test_what_is_wrong_with_a_database_has_a_code_and_words(said: str, code: Code, words: str) -> None:
    found = cause(OperationalError(f"connection failed: {said}"), URL, 4)
    assert found.code is code
    assert words in found.detail
    assert "hidden" not in found.detail


def test_every_code_of_a_database_is_told_by_a_cause() -> None:
    assert {code for _, code, _ in CAUSES} == {code for code in Code if code.startswith("database_")}


def test_rights_are_told_by_a_statement_too() -> None:
    error = InsufficientPrivilege("permission denied for table tasks")
    assert cause(error, URL) == Condition(Code.DATABASE_RIGHTS, "user ada has no rights to tasks of database todo")


@given(st.sampled_from(Code), st.text())
def test_a_condition_is_one_line_whatever_its_words(code: Code, detail: str) -> None:
    line = Condition(code, detail).as_json()
    assert not {"\n", "\r"} & set(line)
    assert json.loads(line) == {"code": code.value, "detail": detail}


def test_a_termination_message_is_whole_lines_that_the_kubelet_reads(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    message = tmp_path / "termination-log"
    monkeypatch.setattr(termination, "_MESSAGE", message)
    write_termination_message([Condition(Code.DATABASE_LOGIN, "no file, no message")])
    assert not message.exists()
    message.write_text("of the container before")
    many = [Condition(Code.SETTING_INVALID, f"É{number}: " + "x" * 500, f"É{number}") for number in range(20)]
    write_termination_message(many)
    lines = message.read_text().splitlines()
    assert message.stat().st_size <= 4096
    assert [json.loads(line)["setting"] for line in lines] == [f"É{number}" for number in range(len(lines))]
    assert len(lines) > 5


def run(*command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *command],
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(Path("src").resolve()), **environment},
        capture_output=True,
        text=True,
        timeout=120,
    )


def test_check_judges_the_settings() -> None:
    good = {"DATABASE_URL": URL, "AUTH_JWKS_URL": "http://frontend/api/auth/jwks"}
    bad = good | {"DATABASE_URL": "mysql://ada:hidden@db/todo", "PORT": "0", "ASSISTANT_PROVIDER": "openai"}
    check = ("-m", "todo_backend", "check")
    fine = run(*check, "--json", **good)
    assert (fine.returncode, fine.stdout, fine.stderr) == (0, "", "")
    as_json = run(*check, "--json", **bad)
    assert as_json.returncode == 78
    problems = [json.loads(line) for line in as_json.stdout.splitlines()]
    assert [(problem["setting"], problem["code"]) for problem in problems] == [
        ("DATABASE_URL", "setting_invalid"),
        ("OPENAI_API_KEY", "setting_missing"),
        ("PORT", "setting_invalid"),
    ]
    in_words = run(*check, **bad)
    assert (in_words.returncode, in_words.stdout.splitlines()) == (78, [problem["detail"] for problem in problems])
    assert "hidden" not in as_json.stdout + in_words.stdout


@pytest.mark.parametrize("room", ["todo_backend.core.settings", "todo_backend.db.migrate"])
def test_neither_check_nor_migrate_loads_what_serves(room: str) -> None:
    """Every pod's start waits for `migrate`, and `doctor` for `check`."""
    loaded = run("-c", f"import sys, {room}; print(*sys.modules)").stdout.split()
    assert room in loaded
    assert not {"fastapi", "sqlalchemy", "alembic", "mcp", "agents", "hypothesis"} & set(loaded)
