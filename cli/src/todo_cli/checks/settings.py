"""The settings, and what they name: the database and the model's API. No value is ever shown."""

from collections.abc import Callable, Iterator
from pathlib import Path

from todo_cli.checks import database, model
from todo_cli.checks.diagnosis import Diagnosis, bad, doubtful, good
from todo_cli.engines.choose import UpOptions, choose_name
from todo_cli.errors import Problem
from todo_cli.layout import Layout
from todo_cli.programs import capture
from todo_cli.settings import SECRET_NAMES, Settings, load_settings
from todo_cli.settings_check import judge
from todo_cli.state import RunState

OTHERS = 0o077
LOCAL = tuple(f"{before}{host}" for before in ("@", "//", "host=") for host in ("localhost", "127.0.0.1", "[::1]"))


def check(layout: Layout, state: RunState, options: UpOptions) -> Iterator[Diagnosis]:
    """Are the settings well-formed, and does what they name answer?"""
    try:
        settings = load_settings(layout)
    except Problem as problem:
        yield bad("Settings", problem.message, problem.fix)
        return
    if not settings.found:
        yield from _reported(settings, settings.warnings(), doubtful)
        yield good(_called(settings.file), "there is none: embedded database, made secret, built-in assistant")
        return
    yield from _file(settings)
    judgement = judge(layout, settings)
    yield from _reported(settings, judgement.problems, bad)
    yield from _reported(settings, settings.warnings(), doubtful)
    for not_asked in judgement.not_asked:
        yield doubtful(_called(settings.file), not_asked, "./todo up, which fetches that first, and asks then")
    if judgement.problems:
        return
    given = [name for name in SECRET_NAMES if name in settings.values]
    form = "" if judgement.not_asked else ", well-formed"
    yield good(_called(settings.file), f"{len(settings.values)} settings{form}; secrets: {', '.join(given) or 'none'}")
    if choose_name(state, options)[0] != "process":
        yield from _seen_from_pods(settings)
    if url := settings.get("DATABASE_URL"):
        yield database.check(layout, url)
    if settings.assistant == "openai":
        yield from model.check(settings)


def _reported(settings: Settings, lines: list[str], kind: Callable[[str, str, str], Diagnosis]) -> Iterator[Diagnosis]:
    """A finding for each line, which begins with what it is about."""
    for line in lines:
        name, _, finding = line.partition(": ")
        yield kind(name, finding, f"unset {name}" if name == "TODO_ENV_FILE" else f"edit {settings.file}")


def _called(file: Path) -> str:
    """What a line is about: `.env`, or the whole path of what stands in its place (TODO_ENV_FILE)."""
    return file.name if file.name == ".env" else str(file)


def _file(settings: Settings) -> Iterator[Diagnosis]:
    """Who else sees the file?"""
    file = settings.file
    if file.stat().st_mode & OTHERS and file.is_file() and set(SECRET_NAMES) & set(settings.values):
        yield doubtful(_called(file), "holds secrets, and other users of this machine can read it", f"chmod 600 {file}")
    tracked = capture(
        ["git", "-c", "safe.directory=*", "ls-files", "--error-unmatch", file.name], cwd=file.parent, check=False
    )
    if tracked.ok:
        yield bad(
            _called(file), "is in git, with the secrets in it", f"git rm --cached {file.name}, and change the secrets"
        )


def _seen_from_pods(settings: Settings) -> Iterator[Diagnosis]:
    """An address of this machine is another place inside a pod."""
    for name, kind in (("DATABASE_URL", bad), ("OPENAI_BASE_URL", doubtful), ("SMTP_URL", doubtful)):
        if any(part in (settings.get(name) or "") for part in LOCAL):
            yield kind(
                name,
                "names this machine's localhost, which is another place inside a pod",
                "use host.minikube.internal (Minikube) or this machine's address, or ./todo up --engine process",
            )
