"""The user's settings, from `.env`: read, checked, and never shown."""

import os
import secrets
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from dotenv import dotenv_values

from todo_cli.content import text_hash
from todo_cli.errors import Problem
from todo_cli.layout import Layout

SECRET_MINIMUM = 32

SECRET_NAMES = ("DATABASE_URL", "OPENAI_API_KEY", "BETTER_AUTH_SECRET", "BETTER_AUTH_SECRETS")
BACKEND_NAMES = ("ASSISTANT_PROVIDER", "OPENAI_BASE_URL", "OPENAI_MODEL", "LOG_LEVEL")
FRONTEND_NAMES = ("PUBLIC_URL", "TRUSTED_ORIGINS", "CHAT_UI", "CHATKIT_DOMAIN_KEY", "CHATKIT_ENABLED")
KNOWN_NAMES = (*SECRET_NAMES, *BACKEND_NAMES, *FRONTEND_NAMES)
# What a shell may have set for other work: it must not leak into the stack.
OWN_NAMES = {
    *KNOWN_NAMES,
    "AUTH_JWKS_URL", "AUTH_ISSUER", "AUTH_AUDIENCE", "BACKEND_URL", "HOST", "HOSTNAME", "PORT", "WORKERS", "POD_NAME",
    "NODE_ENV", "PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV",
}  # fmt: skip


@dataclass(frozen=True)
class Environment:
    """The settings as given; `values` has no empty ones. The values are secrets: never print them."""

    file: Path
    found: bool
    values: dict[str, str] = field(repr=False)

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
            _database_url_problem(self.values.get("DATABASE_URL")),
            _secret_problem(self.values.get("BETTER_AUTH_SECRET")),
            _url_problem("OPENAI_BASE_URL", self.values.get("OPENAI_BASE_URL")),
            _url_problem("PUBLIC_URL", self.values.get("PUBLIC_URL")),
            _provider_problem(self.values),
        )
        return [problem for problem in checks if problem]

    def warnings(self) -> list[str]:
        """What works but is likely not meant."""
        unknown = sorted(set(self.values) - set(KNOWN_NAMES))
        found = [f"{name}: no such setting; see .env.example" for name in unknown]
        if "DATABASE_URL" in self.values and "BETTER_AUTH_SECRET" not in self.values:
            found.append(
                "BETTER_AUTH_SECRET: not set, so one was made for this machine alone; a second machine on the "
                "same database needs the same secret (openssl rand -base64 48)"
            )
        return found


def read_environment(layout: Layout) -> Environment:
    """Read the settings file; a missing one means: no settings.

    Raises Problem with one line for each value that cannot be right.
    """
    environment = load_environment(layout)
    if problems := environment.problems():
        raise Problem(f"{environment.file.name} has {_count(problems)}", details=problems, fix="./todo doctor")
    return environment


def load_environment(layout: Layout) -> Environment:
    """Read the settings file without judging it (for `doctor`)."""
    file = layout.env_file
    try:
        # Not interpolated: a password may hold a dollar sign.
        parsed = dotenv_values(file, interpolate=False) if file.is_file() else {}
    except (OSError, UnicodeDecodeError) as error:
        raise Problem(f"{file.name} cannot be read: {type(error).__name__}", fix=f"chmod u+r {file}") from error
    values = {name: value.strip() for name, value in parsed.items() if value and value.strip()}
    return Environment(file=file, found=file.is_file(), values=values)


def auth_secret(layout: Layout, environment: Environment) -> str:
    """BETTER_AUTH_SECRET as given, else one made once and kept in the state folder (mode 0600)."""
    if given := environment.get("BETTER_AUTH_SECRET"):
        return given
    file = layout.home / "auth-secret"
    if not file.is_file():
        write_private(file, secrets.token_urlsafe(48) + "\n")
    return file.read_text().strip()


def write_private(file: Path, text: str) -> None:
    """Write a file that only its owner can read, whole or not at all."""
    file.parent.mkdir(parents=True, exist_ok=True)
    part = file.with_name(f".{file.name}.{os.getpid()}")
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as opened:
        opened.write(text)
    part.replace(file)


def clean_environment(**added: str) -> dict[str, str]:
    """This process's environment without what could leak into the stack (libpq's PG* too), plus `added`."""
    kept = {name: value for name, value in os.environ.items() if name not in OWN_NAMES and name[:2] != "PG"}
    return kept | added


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
    if not parts.hostname and "host=" not in parts.query:
        return "DATABASE_URL: names no host"
    if parts.path in ("", "/") and "dbname=" not in parts.query:
        return "DATABASE_URL: names no database (the part after the last slash)"
    return None


def _secret_problem(secret: str | None) -> str | None:
    if secret is None or len(secret) >= SECRET_MINIMUM:
        return None
    return f"BETTER_AUTH_SECRET: has {len(secret)} characters, needs {SECRET_MINIMUM} or more: openssl rand -base64 48"


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


def _count(problems: list[str]) -> str:
    return "a problem" if len(problems) == 1 else f"{len(problems)} problems"
