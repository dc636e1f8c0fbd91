"""Settings: read as they are, checked by name, never shown."""

import dataclasses
import errno
import os
import subprocess
from pathlib import Path
from urllib.request import proxy_bypass_environment

import pytest

from todo_cli.errors import Problem
from todo_cli.layout import Layout
from todo_cli.process_environment import clean_environment
from todo_cli.settings import Settings, auth_secret, load_settings, read_settings, revision

LONG = "s" * 32
NEON = "postgresql://alice:p%40ss@ep-cool-1234-pooler.eu-central-1.aws.neon.tech/todo?sslmode=require&channel_binding=require"


def write(layout: Layout, text: str) -> None:
    layout.env_file.write_text(text)


def test_values_are_taken_as_they_are(layout: Layout) -> None:
    write(layout, f"DATABASE_URL='{NEON}'\nexport OPENAI_API_KEY=sk-a$b${{c}}\nOPENAI_MODEL=\n# BETTER_AUTH_SECRET=x\n")
    assert read_settings(layout).values == {"DATABASE_URL": NEON, "OPENAI_API_KEY": "sk-a$b${c}"}


def test_no_file_means_no_settings(layout: Layout) -> None:
    settings = read_settings(layout)
    assert (settings.values, settings.found, settings.assistant) == ({}, False, "builtin")


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("BETTER_AUTH_SECRET=hunter2", "BETTER_AUTH_SECRET: has 7 characters, needs 32"),
        ("ASSISTANT_PROVIDER=openai", "OPENAI_API_KEY: is missing"),
        ("DATABASE_URL: postgresql://u:hunter2@h/d", ".env line 1: sets DATABASE_URL, but not with ="),
        (
            "\n\nDATABASE_URL:postgresql://u:hunter2@h/d?sslmode=require",
            ".env line 3: sets DATABASE_URL, but not with =",
        ),
        ("A=1\nOPENAI_API_KEY = 'hunter2\n", ".env line 2: a quote"),
        ("BETTER_AUTH_SECRET\n", ".env line 1: sets BETTER_AUTH_SECRET, but not with ="),
        ("hunter2 is my password\n", ".env line 1: is not NAME=VALUE"),
        ("2hunter2=x\n", ".env line 1: is not NAME=VALUE"),
        ("hunter-2=x\n", ".env line 1: is not NAME=VALUE"),
    ],
)
def test_a_bad_value_is_named_and_not_shown(layout: Layout, line: str, said: str) -> None:
    write(layout, line)
    with pytest.raises(Problem) as caught:
        read_settings(layout)
    assert caught.value.details[0].startswith(said)
    assert "hunter2" not in "".join((caught.value.message, *caught.value.details, str(caught.value.fix)))


@pytest.mark.parametrize(
    ("content", "said", "fix"),
    [
        ("OPENAI_API_KEY=sk-hunter2\n".encode("utf-16"), "is UTF-16, not UTF-8 text", "iconv -f UTF-16 -t UTF-8 "),
        ("OPENAI_API_KEY=sk-hunter2\n".encode("utf-16-le"), "is UTF-16, not UTF-8 text", "iconv -f UTF-16LE -t UTF-8 "),
        (
            "# für mich\nOPENAI_API_KEY=sk-hunter2\n".encode("latin-1"),
            "is not UTF-8 text: line 1",
            "iconv -f LATIN1 -t UTF-8 ",
        ),
    ],
)
def test_a_file_in_another_encoding_is_told_with_the_command_that_converts_it(
    layout: Layout, content: bytes, said: str, fix: str
) -> None:
    layout.env_file.write_bytes(content)
    with pytest.raises(Problem) as caught:
        load_settings(layout)
    assert caught.value.message == f".env {said}"
    assert str(caught.value.fix).startswith(fix)
    subprocess.run(["sh", "-c", str(caught.value.fix)], check=True)
    assert load_settings(layout).values == {"OPENAI_API_KEY": "sk-hunter2"}
    assert layout.env_file.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(("owner", "fix"), [(0, "chmod u+r {file}"), (1, "sudo chown $(id -un) {file}")])
def test_a_file_that_this_user_may_not_read_is_another_problem(
    layout: Layout, monkeypatch: pytest.MonkeyPatch, owner: int, fix: str
) -> None:
    def refuse(_file: Path) -> bytes:
        raise PermissionError(errno.EACCES, "Permission denied")

    write(layout, "")
    me = layout.env_file.stat().st_uid + owner
    monkeypatch.setattr(os, "getuid", lambda: me)
    monkeypatch.setattr(Path, "read_bytes", refuse)
    with pytest.raises(Problem, match="may not be read by this user") as caught:
        load_settings(layout)
    assert caught.value.fix == fix.format(file=layout.env_file)


def test_a_folder_in_its_place_is_told(layout: Layout) -> None:
    layout.env_file.mkdir()
    with pytest.raises(Problem, match="is a folder") as caught:
        load_settings(layout)
    assert caught.value.fix == f"rmdir {layout.env_file}"


def test_a_byte_order_mark_does_not_belong_to_the_first_name(layout: Layout) -> None:
    layout.env_file.write_bytes(b"\xef\xbb\xbfOPENAI_MODEL=small\n")
    assert read_settings(layout).values == {"OPENAI_MODEL": "small"}


def test_all_problems_are_told_at_once(layout: Layout) -> None:
    write(layout, "DATABASE_URL:x\nBETTER_AUTH_SECRET=x\nASSISTANT_PROVIDER=openai\n")
    with pytest.raises(Problem, match="3 problems"):
        read_settings(layout)


def test_a_name_set_twice_and_a_file_that_is_not_there_are_warned_about(layout: Layout, tmp_path: Path) -> None:
    write(layout, "OPENAI_MODEL=a\n# or\nOPENAI_MODEL=b\n")
    assert load_settings(layout).warnings() == ["OPENAI_MODEL: is set in lines 1 and 3; the last one counts"]
    elsewhere = dataclasses.replace(layout, env_file=tmp_path / "typo.env")
    (said,) = load_settings(elsewhere).warnings()
    assert said == f"TODO_ENV_FILE: names {tmp_path / 'typo.env'}, which is not there: no settings are used"


def test_likely_mistakes_are_warned_about(layout: Layout) -> None:
    write(layout, f"DATABASE_URL={NEON}\nOPENAI_KEY=x\n")
    names = [line.partition(":")[0] for line in load_settings(layout).warnings()]
    assert names == ["OPENAI_KEY", "BETTER_AUTH_SECRET"]


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("DATABSE_URL", "is DATABASE_URL meant?"),
        ("OPENAI_KEY", "is OPENAI_API_KEY meant?"),
        ("openai_model", "is OPENAI_MODEL meant?"),
        ("EDITOR", "see .env.example"),
    ],
)
def test_a_typing_error_in_a_name_is_told_with_the_name_that_was_meant(layout: Layout, typed: str, said: str) -> None:
    write(layout, f"{typed}=hunter2\n")
    assert load_settings(layout).warnings() == [f"{typed}: no such setting; {said}"]


def test_what_may_be_part_of_a_secret_is_not_told_as_a_name(layout: Layout) -> None:
    write(layout, "OPENAI_MODEL=a\nqW3rTyHunter2==\n")
    assert load_settings(layout).warnings() == [".env line 2: no such setting; see .env.example"]


def test_values_do_not_show_in_its_representation(layout: Layout) -> None:
    assert "secret" not in repr(Settings(layout.env_file, True, {"OPENAI_API_KEY": "secret"}))


def test_the_made_secret_is_kept_and_private(layout: Layout, settings: Settings) -> None:
    first = auth_secret(layout, settings)
    assert len(first) >= 32
    assert auth_secret(layout, settings) == first
    assert (layout.home / "auth-secret").stat().st_mode & 0o777 == 0o600


def test_the_shells_own_settings_do_not_leak_into_the_stack(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OPENAI_API_KEY", "DATABASE_URL", "PGHOST", "NODE_ENV", "VIRTUAL_ENV", "PYTHONDONTWRITEBYTECODE"):
        monkeypatch.setenv(name, "leaked")
    assert "leaked" not in clean_environment(PORT="1").values()
    assert clean_environment(PORT="1")["PORT"] == "1"


@pytest.mark.parametrize(
    ("name", "given"), [("no_proxy", ".lan"), ("NO_PROXY", ".lan"), ("no_proxy", "*"), ("no_proxy", "")]
)
def test_the_tiers_reach_each_other_without_the_shell_s_proxy(
    monkeypatch: pytest.MonkeyPatch, name: str, given: str
) -> None:
    for other in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(other, raising=False)
    monkeypatch.setenv(name, given)
    proxy = {"http_proxy": "http://proxy.example:3128"}
    env = clean_environment(**proxy)
    for host in ("127.0.0.1:30080", "localhost:30081"):
        assert proxy_bypass_environment(host, {"no": env["no_proxy"]})
    assert bool(proxy_bypass_environment("files.lan", {"no": env["no_proxy"]})) is bool(given)


def test_a_revision_changes_with_any_value() -> None:
    assert revision({"A": "1", "B": "2"}) == revision({"B": "2", "A": "1"})
    assert revision({"A": "1", "B": "2"}) != revision({"A": "1", "B": "3"})


def test_the_example_names_every_setting() -> None:
    from todo_cli.settings import KNOWN_NAMES

    example = (Path(__file__).parents[2] / ".env.example").read_text()
    assert [name for name in KNOWN_NAMES if f"\n#{name}=" not in example] == []
