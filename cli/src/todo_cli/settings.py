"""The user's settings, from `.env`: read, checked, and never shown."""

import os
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from todo_cli import settings_file
from todo_cli.content import text_hash
from todo_cli.errors import Problem
from todo_cli.layout import Layout

SECRET_MINIMUM = 32

SECRET_NAMES = ("DATABASE_URL", "OPENAI_API_KEY", "BETTER_AUTH_SECRET", "BETTER_AUTH_SECRETS", "SMTP_URL")
BACKEND_NAMES = ("ASSISTANT_PROVIDER", "OPENAI_BASE_URL", "OPENAI_MODEL", "LOG_LEVEL")
FRONTEND_NAMES = (
    "PUBLIC_URL",
    "MAIL_FROM",
    "TRUSTED_ORIGINS",
    "TRUSTED_PROXIES",
    "SIGN_UP",
    "CHAT_UI",
    "CHATKIT_DOMAIN_KEY",
    "CHATKIT_ENABLED",
)
KNOWN_NAMES = (*SECRET_NAMES, *BACKEND_NAMES, *FRONTEND_NAMES)


@dataclass(frozen=True)
class Settings:
    """The settings as given; `values` has no empty ones. The values are secrets: never print them.

    `malformed` and `remarks` say of the file's lines what is no setting, and what is likely not meant.
    """

    file: Path
    found: bool
    values: dict[str, str] = field(repr=False)
    malformed: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()

    def get(self, name: str) -> str | None:
        """A setting's value, None when it is unset or empty."""
        return self.values.get(name)

    def only(self, *names: str) -> dict[str, str]:
        """The settings among `names` that are set."""
        return {name: self.values[name] for name in names if name in self.values}

    @property
    def assistant(self) -> str:
        """Which assistant answers: as asked for, else OpenAI when there is a key, else the built-in one."""
        asked = self.values.get("ASSISTANT_PROVIDER", "auto")
        if asked != "auto":
            return asked
        return "openai" if "OPENAI_API_KEY" in self.values else "builtin"

    def problems(self) -> list[str]:
        """What is wrong with the file's form, or missing, or too short: a line for each, naming the variable, never its
        value. What else a value must be, its tier knows (`settings_check`).
        """
        checks = (*self.malformed, _secret_problem(self.values.get("BETTER_AUTH_SECRET")), _key_problem(self.values))
        return [problem for problem in checks if problem]

    def warnings(self) -> list[str]:
        """What works but is likely not meant."""
        found = [*self.remarks]
        if "DATABASE_URL" in self.values and "BETTER_AUTH_SECRET" not in self.values:
            found.append(
                "BETTER_AUTH_SECRET: not set, so one was made for this machine alone; a second machine on the "
                "same database needs the same secret (openssl rand -base64 48)"
            )
        return found


def read_settings(layout: Layout) -> Settings:
    """Read the settings file; a missing one means: no settings.

    Raises Problem with one line for each that is malformed, missing or too short.
    """
    settings = load_settings(layout)
    if problems := settings.problems():
        raise settings_problem(settings.file, problems)
    return settings


def settings_problem(file: Path, problems: Sequence[str]) -> Problem:
    """What is raised for settings that cannot be used."""
    count = "a problem" if len(problems) == 1 else f"{len(problems)} problems"
    return Problem(f"{file.name} has {count}", details=problems, fix="./todo doctor")


def load_settings(layout: Layout) -> Settings:
    """Read the settings file without judging it (for `doctor`). Raises Problem when it cannot be read."""
    file = layout.env_file
    try:
        text = settings_file.read_text(file)
    except FileNotFoundError:
        asked = file != layout.root / ".env"
        missing = f"TODO_ENV_FILE: names {file}, which is not there: no settings are used"
        return Settings(file=file, found=False, values={}, remarks=(missing,) if asked else ())
    parsed = settings_file.parse(file.name, text, KNOWN_NAMES)
    return Settings(file, file.is_file(), parsed.values, parsed.malformed, parsed.remarks)


def no_settings(layout: Layout) -> Settings:
    """For those who only look at the stack, or take it down."""
    return Settings(file=layout.env_file, found=False, values={})


def auth_secret(layout: Layout, settings: Settings) -> str:
    """BETTER_AUTH_SECRET as given, else one made once and kept in the state folder (mode 0600)."""
    if given := settings.get("BETTER_AUTH_SECRET"):
        return given
    file = layout.home / "auth-secret"
    if not file.is_file():
        write_private(file, secrets.token_urlsafe(48) + "\n")
    return file.read_text().strip()


def auth_settings(layout: Layout, settings: Settings) -> dict[str, str]:
    """BETTER_AUTH_SECRET, and BETTER_AUTH_SECRETS as given, else as `rotate` last made it, where there is one."""
    values = {"BETTER_AUTH_SECRET": auth_secret(layout, settings)}
    file = _auth_secrets_file(layout)
    if file.is_file():
        values["BETTER_AUTH_SECRETS"] = file.read_text().strip()
    return values | settings.only("BETTER_AUTH_SECRETS")


def keep_auth_secrets(layout: Layout, settings: Settings, value: str) -> str:
    """Keep a rotated BETTER_AUTH_SECRETS where later runs read it; returns in words where that is."""
    if "BETTER_AUTH_SECRETS" in settings.values:
        return change_setting(settings.file, "BETTER_AUTH_SECRETS", value)
    write_private(_auth_secrets_file(layout), value + "\n")
    return f"It is kept in {_auth_secrets_file(layout)}; other machines on the same database need it in their .env."


def change_setting(file: Path, name: str, value: str) -> str:
    """Write one setting into the settings file, leaving the rest as it is; returns in words that it was done."""
    quoted = value if re.fullmatch(r"[\w./:@%+,=?&~-]+", value) else "'" + re.sub(r"(['\\])", r"\\\1", value) + "'"
    line = f"{name}={quoted}"
    lines = file.read_text(encoding="utf-8-sig").splitlines() if file.is_file() else []
    places = _places(lines, name)
    for place in places:
        lines[place] = line
    write_private(file.resolve(), "\n".join(lines if places else [*lines, line]) + "\n")  # a link stays one
    return f"{file.name} has it."


def line_of(file: Path, name: str) -> int:
    """The line that sets `name` in the settings file, the last one where there are more; 0 when none does."""
    lines = file.read_text(encoding="utf-8-sig").splitlines() if file.is_file() else []
    return max((place + 1 for place in _places(lines, name)), default=0)


def _places(lines: list[str], name: str) -> list[int]:
    return [place for place, text in enumerate(lines) if re.match(rf"\s*(export\s+)?{name}\s*=", text)]


def _auth_secrets_file(layout: Layout) -> Path:
    return layout.home / "auth-secrets"


def write_private(file: Path, text: str) -> None:
    """Write a file that only its owner can read, whole or not at all."""
    file.parent.mkdir(parents=True, exist_ok=True)
    part = file.with_name(f".{file.name}.{os.getpid()}")
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as opened:
        opened.write(text)
    part.replace(file)


def revision(values: dict[str, str]) -> str:
    """A short name for a set of secrets that changes with any of them."""
    return text_hash(*(f"{name}={values[name]}" for name in sorted(values)))


def _secret_problem(secret: str | None) -> str | None:
    if secret is None or len(secret) >= SECRET_MINIMUM:
        return None
    return f"BETTER_AUTH_SECRET: has {len(secret)} characters, needs {SECRET_MINIMUM} or more: openssl rand -base64 48"


def _key_problem(values: dict[str, str]) -> str | None:
    if values.get("ASSISTANT_PROVIDER") != "openai" or "OPENAI_API_KEY" in values:
        return None
    return "OPENAI_API_KEY: is missing, and ASSISTANT_PROVIDER asks for openai"
