"""The user's settings, from `.env`: read, checked, and never shown."""

import os
import re
import secrets
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from todo_cli import settings_file
from todo_cli.content import text_hash
from todo_cli.errors import Problem
from todo_cli.layout import Layout

SECRET_MINIMUM = 32

SECRET_NAMES = ("DATABASE_URL", "OPENAI_API_KEY", "BETTER_AUTH_SECRET", "BETTER_AUTH_SECRETS")
BACKEND_NAMES = ("ASSISTANT_PROVIDER", "OPENAI_BASE_URL", "OPENAI_MODEL", "LOG_LEVEL")
FRONTEND_NAMES = ("PUBLIC_URL", "TRUSTED_ORIGINS", "CHAT_UI", "CHATKIT_DOMAIN_KEY", "CHATKIT_ENABLED")
KNOWN_NAMES = (*SECRET_NAMES, *BACKEND_NAMES, *FRONTEND_NAMES)
CHOICES = {
    "CHAT_UI": ("auto", "builtin", "chatkit"),
    "CHATKIT_ENABLED": ("true", "false"),
    "LOG_LEVEL": ("debug", "info", "warning", "error"),
}


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
        """What is wrong with the settings: a line for each, naming the variable, never its value."""
        checks = (
            *self.malformed,
            _database_url_problem(self.values.get("DATABASE_URL")),
            _secret_problem(self.values.get("BETTER_AUTH_SECRET")),
            _secrets_problem(self.values.get("BETTER_AUTH_SECRETS")),
            _url_problem("OPENAI_BASE_URL", self.values.get("OPENAI_BASE_URL")),
            _public_url_problem(self.values.get("PUBLIC_URL")),
            _origins_problem(self.values.get("TRUSTED_ORIGINS")),
            _provider_problem(self.values),
            _key_problem(self.values.get("OPENAI_API_KEY")),
            *(_choice_problem(name, self.values.get(name)) for name in CHOICES),
        )
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

    Raises Problem with one line for each value that cannot be right.
    """
    settings = load_settings(layout)
    if problems := settings.problems():
        raise Problem(f"{settings.file.name} has {_count(problems)}", details=problems, fix="./todo doctor")
    return settings


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


def _database_url_problem(url: str | None) -> str | None:
    if url is None:
        return None
    form = "DATABASE_URL: is not a PostgreSQL address; give it as your provider prints it: postgresql://USER:PASSWORD@HOST/DATABASE"
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018 - raises when the port is not a number
    except ValueError:
        return form
    if parts.scheme not in ("postgres", "postgresql"):
        return form
    if re.search(r"%(?![0-9A-Fa-f]{2})", url):
        return "DATABASE_URL: holds a % that is not followed by two hexadecimal digits; write % in a password as %25"
    if not parts.hostname and "host=" not in parts.query:
        return "DATABASE_URL: names no host"
    if parts.path in ("", "/") and "dbname=" not in parts.query:
        return "DATABASE_URL: names no database (the part after the last slash)"
    return None


def _secret_problem(secret: str | None) -> str | None:
    if secret is None or len(secret) >= SECRET_MINIMUM:
        return None
    return f"BETTER_AUTH_SECRET: has {len(secret)} characters, needs {SECRET_MINIMUM} or more: openssl rand -base64 48"


def _secrets_problem(value: str | None) -> str | None:
    """As the frontend reads them: VERSION:SECRET, by comma."""
    if value is None:
        return None
    found = [re.fullmatch(r"\s*(\d+):(.*\S)\s*", entry) for entry in value.split(",")]
    pairs = [(int(one[1]), one[2]) for one in found if one]
    if len(pairs) < len(found):
        return "BETTER_AUTH_SECRETS: must look like 2:NEW,1:OLD, the one that signs first"
    if any(len(secret) < SECRET_MINIMUM for _, secret in pairs):
        return f"BETTER_AUTH_SECRETS: holds a secret shorter than {SECRET_MINIMUM} characters: openssl rand -base64 48"
    if len({version for version, _ in pairs}) < len(pairs):
        return "BETTER_AUTH_SECRETS: uses a version number twice"
    return None


def _public_url_problem(url: str | None) -> str | None:
    if url is None or _is_origin(url):
        return None
    return _url_problem("PUBLIC_URL", url) or "PUBLIC_URL: must be an origin, without a path: https://host"


def _origins_problem(value: str | None) -> str | None:
    if value is None or all(_is_origin(part.strip()) for part in value.split(",") if part.strip()):
        return None
    return "TRUSTED_ORIGINS: is no list of origins; give it as https://host,https://other (no path)"


def _is_origin(url: str) -> bool:
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018 - raises when the port is not a number
    except ValueError:
        return False
    bare = parts.path in ("", "/") and not parts.query and not parts.fragment
    return parts.scheme in ("http", "https") and bool(parts.hostname) and " " not in url and bare


def _url_problem(name: str, url: str | None) -> str | None:
    if url is None:
        return None
    try:
        parts = urlsplit(url)
        good = parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        good = False
    return None if good else f"{name}: is not an address; give it as https://host/path"


def _provider_problem(values: dict[str, str]) -> str | None:
    provider = values.get("ASSISTANT_PROVIDER", "auto")
    if provider not in ("auto", "openai", "builtin"):
        return "ASSISTANT_PROVIDER: is none of auto, openai, builtin"
    if provider == "openai" and "OPENAI_API_KEY" not in values:
        return "OPENAI_API_KEY: is missing, and ASSISTANT_PROVIDER asks for openai"
    return None


def _key_problem(key: str | None) -> str | None:
    if key is None or (key.isascii() and key.isprintable() and " " not in key):
        return None
    return "OPENAI_API_KEY: holds a space or a letter that no key has; copy it again"


def _choice_problem(name: str, value: str | None) -> str | None:
    if value is None or (value.lower() if name == "LOG_LEVEL" else value) in CHOICES[name]:
        return None
    return f"{name}: is none of {', '.join(CHOICES[name])}"


def _count(problems: list[str]) -> str:
    return "a problem" if len(problems) == 1 else f"{len(problems)} problems"
