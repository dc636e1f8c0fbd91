"""The settings as the tiers judge them: asked where that can be, in the sources or in an image, and told where not."""

import json
import sys
from pathlib import Path

import pytest

from conftest import Machine
from todo_cli import settings_check
from todo_cli.errors import Problem
from todo_cli.images import images_of
from todo_cli.layout import Layout
from todo_cli.progress import Steps, silent_step
from todo_cli.settings import Settings, load_settings
from todo_cli.settings_check import check_settings, judge

SECRET = "s" * 40
NEON = "postgresql://alice:p%40ss@ep-cool-1234-pooler.eu-central-1.aws.neon.tech/todo?sslmode=require&channel_binding=require"
MAILBOX = "Todo Stack <todo@example.org>"
SITE = "PUBLIC_URL=https://a.example"
BAD = {"code": "setting_invalid", "setting": "LOG_LEVEL", "detail": "LOG_LEVEL: is too loud"}


def given(layout: Layout, text: str) -> Settings:
    layout.env_file.write_text(text)
    return load_settings(layout)


def backend(layout: Layout, monkeypatch: pytest.MonkeyPatch, program: str) -> None:
    """A backend whose packages are there, and whose check is this program."""
    (layout.backend / "src" / "todo_backend" / "__main__.py").write_text(program)
    monkeypatch.setattr(settings_check, "prepared_python", lambda *_: Path(sys.executable))


REFUSES = f"import sys; print({json.dumps(BAD)!r}); sys.exit(78)"
TAKES = "import os, sys; assert sys.argv[1:] == ['check', '--json']; assert os.environ['LOG_LEVEL'] == 'info'"


def test_no_settings_ask_nobody(layout: Layout, machine: Machine) -> None:
    judgement = judge(layout, given(layout, "# nothing\n"))
    assert (judgement.problems, judgement.not_asked) == ([], [])
    assert machine.calls == []


def test_a_tier_s_word_counts(layout: Layout, monkeypatch: pytest.MonkeyPatch) -> None:
    backend(layout, monkeypatch, REFUSES)
    assert judge(layout, given(layout, "LOG_LEVEL=info\n")).problems == ["LOG_LEVEL: is too loud"]
    backend(layout, monkeypatch, TAKES)
    assert judge(layout, given(layout, "LOG_LEVEL=info\n")) == settings_check.Judgement([], [])


@pytest.mark.usefixtures("real_node")
def test_one_problem_is_told_of_a_setting(layout: Layout, monkeypatch: pytest.MonkeyPatch) -> None:
    """The file's own, then the backend's, then the frontend's."""
    same = {"code": "setting_invalid", "setting": "DATABASE_URL", "detail": "DATABASE_URL: of the backend"}
    backend(layout, monkeypatch, f"import sys; print({json.dumps(same)!r}); sys.exit(78)")
    judgement = judge(layout, given(layout, "DATABASE_URL=mysql://hunter2@h\nBETTER_AUTH_SECRET=x\nCHAT_UI=hunter2\n"))
    assert [line.partition(" ")[0] for line in judgement.problems] == [
        "BETTER_AUTH_SECRET:",
        "DATABASE_URL:",
        "CHAT_UI:",
    ]
    assert judgement.problems[1] == "DATABASE_URL: of the backend"
    assert "hunter2" not in str(judgement)


@pytest.mark.parametrize(
    ("program", "said"),
    [
        ("import sys; sys.exit('no module x')", "its check ended with exit code 1: no module x"),
        ("import sys; sys.exit(78)", "its check ended with exit code 78"),
        (f"print({json.dumps(BAD)!r})", "its check ended with exit code 0: {"),
    ],
)
def test_a_check_that_does_not_work_is_not_taken_for_a_word(
    layout: Layout, monkeypatch: pytest.MonkeyPatch, program: str, said: str
) -> None:
    backend(layout, monkeypatch, program)
    judgement = judge(layout, given(layout, "LOG_LEVEL=info\n"))
    assert judgement.problems == []
    assert judgement.not_asked[0].startswith(f"the backend has not judged its settings: {said}")


def test_an_image_that_is_built_is_asked_where_nothing_else_is_here(
    layout: Layout, machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    reference = images_of(layout)[0].reference
    monkeypatch.setattr(settings_check, "in_docker", lambda asked: asked == reference)
    judge(layout, given(layout, "LOG_LEVEL=hunter2\n"))
    (run,) = [call["arguments"] for call in machine.calls if call["arguments"][:1] == ["run"]]
    assert run[:3] == ["run", "--rm", "--network=none"]
    assert "--env=LOG_LEVEL" in run
    assert run[-6:] == [reference, "python", "-m", "todo_backend", "check", "--json"]
    assert "hunter2" not in str(run), "a command line can be read by everybody"


@pytest.mark.usefixtures("machine")
def test_what_a_check_needs_is_fetched_for_up(layout: Layout, monkeypatch: pytest.MonkeyPatch) -> None:
    backend(layout, monkeypatch, REFUSES)
    monkeypatch.setattr(settings_check, "prepared_python", lambda *_: None)
    monkeypatch.setattr(settings_check, "python_environment", lambda *_: Path(sys.executable))
    settings = given(layout, "LOG_LEVEL=info\n")
    assert judge(layout, settings).not_asked
    assert judge(layout, settings, silent_step()).problems == ["LOG_LEVEL: is too loud"]


@pytest.mark.usefixtures("machine")
def test_what_cannot_be_fetched_does_not_keep_up_from_going_on(
    layout: Layout, steps: Steps, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*_: object) -> None:
        raise Problem("no network")

    monkeypatch.setattr(settings_check, "python_environment", fail)
    check_settings(layout, given(layout, "LOG_LEVEL=info\n"), steps)
    assert "Settings: the backend has not judged its settings: no network" in capsys.readouterr().out


def test_up_tells_all_that_is_wrong(layout: Layout, steps: Steps, monkeypatch: pytest.MonkeyPatch) -> None:
    backend(layout, monkeypatch, REFUSES)
    with pytest.raises(Problem) as caught:
        check_settings(layout, given(layout, "LOG_LEVEL=info\nBETTER_AUTH_SECRET=x\nno setting\n"), steps)
    assert (caught.value.message, caught.value.fix) == (".env has 3 problems", "./todo doctor")
    assert caught.value.details[2] == "LOG_LEVEL: is too loud"


@pytest.mark.usefixtures("real_node")
@pytest.mark.parametrize(
    ("line", "takes"),
    [
        (f"DATABASE_URL={NEON}", True),
        ("DATABASE_URL=postgresql://postgres@/todo?host=/tmp/socket", True),
        (
            f"BETTER_AUTH_SECRETS=2:{SECRET}, 1:{SECRET}\nTRUSTED_ORIGINS=https://a.example, http://b.example:8080/",
            True,
        ),
        (f"SMTP_URL=smtp://u:p@h:587\nMAIL_FROM={MAILBOX}\n{SITE}", True),
        (f"SMTP_URL=hunter2\nMAIL_FROM={MAILBOX}\n{SITE}", False),
        (f"MAIL_FROM=hunter2\nSMTP_URL=smtps://h\n{SITE}", False),
        ("DATABASE_URL=mysql://u:hunter2@h/d", False),
        (f"BETTER_AUTH_SECRETS=1:{SECRET}hunter2,1:{SECRET}", False),
        ("PUBLIC_URL=https://a.example/hunter2", False),
        ("TRUSTED_ORIGINS=https://a.example,hunter2", False),
        ("CHATKIT_ENABLED=hunter2", False),
    ],
)
def test_the_frontend_judges_from_its_sources(layout: Layout, line: str, takes: bool) -> None:
    judgement = judge(layout, given(layout, line))
    assert bool(judgement.problems) is not takes
    assert all(said.startswith(line.partition("=")[0]) for said in judgement.problems)
    assert "hunter2" not in str(judgement)


@pytest.mark.usefixtures("real_node")
@pytest.mark.parametrize(
    ("lines", "missing"),
    [
        ("SMTP_URL=smtp://u:hunter2@h", ["PUBLIC_URL", "MAIL_FROM"]),
        (f"SMTP_URL=smtp://u:hunter2@h\n{SITE}", ["MAIL_FROM"]),
        (f"SMTP_URL=smtp://u:hunter2@h\nMAIL_FROM={MAILBOX}", ["PUBLIC_URL"]),
        (f"MAIL_FROM={MAILBOX}\n{SITE}", ["SMTP_URL"]),
    ],
)
def test_mails_need_three_settings(layout: Layout, lines: str, missing: list[str]) -> None:
    judgement = judge(layout, given(layout, lines))
    assert [said.partition(":")[0] for said in judgement.problems] == missing
    assert "hunter2" not in str(judgement)


@pytest.mark.parametrize(
    ("line", "takes"),
    [
        (f"DATABASE_URL={NEON}", True),
        ("OPENAI_API_KEY=sk-a$b${c}", True),
        ("DATABASE_URL=postgresql://u:hunter2%@h/d", False),
        ("OPENAI_API_KEY='sk-hunter2 oops'", False),
        ("OPENAI_BASE_URL=hunter2", False),
        ("LOG_LEVEL=hunter2", False),
    ],
)
@pytest.mark.usefixtures("real_backend")
def test_the_backend_judges_from_its_sources(
    layout: Layout, monkeypatch: pytest.MonkeyPatch, line: str, takes: bool
) -> None:
    monkeypatch.setattr(settings_check, "prepared_node", lambda *_: None)
    judgement = judge(layout, given(layout, line))
    assert bool(judgement.problems) is not takes
    assert all(said.startswith(line.partition("=")[0]) for said in judgement.problems)
    assert "hunter2" not in str(judgement)
