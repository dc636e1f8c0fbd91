"""Every setting of the process, read once from the environment."""

import os
import socket
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar
from urllib.parse import urlsplit

from psycopg.conninfo import conninfo_to_dict
from psycopg.errors import ProgrammingError
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    model_validator,
)
from pydantic_core import ErrorDetails, PydanticCustomError

from todo_backend.core.codes import Code, Condition
from todo_backend.core.secret import Secret, read_secret_file, reason


def _problem(text: str, code: Code = Code.SETTING_INVALID) -> PydanticCustomError:
    return PydanticCustomError(code.value, "{text}", {"text": text})


def _database_url(value: SecretStr) -> SecretStr:
    """Accept any URL that libpq accepts, as Neon prints it; refuse the rest in words."""
    url = value.get_secret_value()
    if not url.startswith(("postgresql://", "postgres://")):
        raise _problem("must start with postgresql:// (copy the connection string from the database's console)")
    try:
        parameters = conninfo_to_dict(url)
    except (ProgrammingError, UnicodeError):
        raise _problem("is not a PostgreSQL URL (percent-encode special characters in the password)") from None
    if not parameters.get("host"):
        raise _problem("names no host: postgresql://USER:PASSWORD@HOST/DATABASE")
    if not parameters.get("dbname"):
        raise _problem("names no database: postgresql://USER:PASSWORD@HOST/DATABASE")
    return value


def _http_url(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise _problem("must be an http:// or https:// address")
    return value


def _host_and_port(value: str | None) -> str | None:
    try:
        parts = urlsplit(f"//{value}")
        complete = value is None or (parts.hostname and parts.port and parts.netloc == value)
    except ValueError:
        complete = False
    if not complete:
        raise _problem("must be HOST:PORT, the headless service of the backend's pods")
    return value


def _api_key(value: SecretStr) -> SecretStr:
    key = value.get_secret_value().strip()
    if not (key.isascii() and key.isprintable()) or " " in key:
        raise _problem("holds a space or a letter that no key has; copy it again")
    return SecretStr(key)


@dataclass(frozen=True)
class _Refused:
    """In place of a secret that cannot be had: why."""

    code: Code
    text: str


def _refused(value: object) -> object:
    if isinstance(value, _Refused):
        raise _problem(value.text, value.code)
    return value


def _from_file(values: dict[str, Any], name: str, *, optional: bool = False) -> None:
    """Put what the file of `<name>_file` holds in place of the variable `name`."""
    if (path := values.get(f"{name}_file")) is None:
        return
    variable = f"{name}_file".upper()
    if values.get(name) is not None:
        values[name] = _Refused(Code.SETTING_CONFLICT, f"is given twice: unset it, or unset {variable}")
        return
    try:
        values[name] = SecretStr(read_secret_file(Path(path)))
    except OSError as error:
        if not optional:
            values[name] = _Refused(Code.SETTING_MISSING, f"is missing; {variable} names {path}: {reason(error)}")


HttpAddress = Annotated[str, AfterValidator(_http_url)]
DatabaseUrl = Annotated[SecretStr, BeforeValidator(_refused), AfterValidator(_database_url)]
OpenAIKey = Annotated[SecretStr, BeforeValidator(_refused), AfterValidator(_api_key)]
Lowercase = BeforeValidator(lambda value: value.lower() if isinstance(value, str) else value)


class DatabaseSettings(BaseModel):
    """What both `serve` and `migrate` need."""

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)

    database_url: DatabaseUrl
    database_url_file: Path | None = None
    database_pool_size: int = Field(8, ge=1, le=100)
    database_prepared_statements: Annotated[Literal["auto", "on", "off"], Lowercase] = "auto"
    migrate_timeout_seconds: float = Field(120, gt=0, le=3600)
    log_level: Annotated[Literal["debug", "info", "warning", "error"], Lowercase] = "info"
    pod_name: str = Field(default_factory=socket.gethostname)

    @model_validator(mode="before")
    @classmethod
    def _database_url_from_file(cls, values: dict[str, Any]) -> dict[str, Any]:
        _from_file(values, "database_url")
        return values

    def database_secret(self) -> Secret:
        """The database's URL, read again from its file if it has one."""
        return Secret("DATABASE_URL", self.database_url, self.database_url_file, _database_url)

    def prepares_statements(self, url: str) -> bool:
        """Whether connections to `url` may keep prepared statements; a transaction pooler (`-pooler` hosts) may not."""
        if self.database_prepared_statements != "auto":
            return self.database_prepared_statements == "on"
        return "-pooler." not in str(conninfo_to_dict(url).get("host", ""))


class Settings(DatabaseSettings):
    """What `serve` needs. README has the table; the chart sets each of them."""

    auth_jwks_url: HttpAddress
    auth_issuer: str = "todo-stack"
    auth_audience: str = "todo-stack-api"

    assistant_provider: Annotated[Literal["auto", "openai", "builtin"], Lowercase] = "auto"
    openai_api_key: OpenAIKey | None = None
    openai_api_key_file: Path | None = None
    openai_base_url: HttpAddress | None = None
    openai_model: str = "gpt-5.6-luna"
    openai_timeout_seconds: float = Field(60, gt=0, le=600)
    chat_wait_seconds: float = Field(30, ge=1, le=600)

    migrate_empty_database: bool = False

    ops_mcp_enabled: bool = False
    ops_peers: Annotated[str | None, AfterValidator(_host_and_port)] = None

    host: str = "0.0.0.0"  # noqa: S104 (a container serves its pod's address)
    port: int = Field(8000, ge=1, le=65535)
    workers: int = Field(1, ge=1, le=32)
    drain_seconds: float = Field(5, ge=0, le=120)
    shutdown_timeout_seconds: int = Field(25, ge=1, le=600)

    @model_validator(mode="before")
    @classmethod
    def _openai_api_key_is_found(cls, values: dict[str, Any]) -> dict[str, Any]:
        wanted = str(values.get("assistant_provider")).lower() == "openai"
        _from_file(values, "openai_api_key", optional=not wanted)
        if wanted and values.get("openai_api_key") is None:
            values["openai_api_key"] = _Refused(
                Code.SETTING_MISSING,
                "is missing and ASSISTANT_PROVIDER=openai needs it "
                "(set the key, or ASSISTANT_PROVIDER=builtin to do without)",
            )
        return values

    def openai_secret(self) -> Secret | None:
        """The API key, read again from its file if it has one; None when there is none."""
        if self.openai_api_key is None:
            return None
        return Secret("OPENAI_API_KEY", self.openai_api_key, self.openai_api_key_file, _api_key)

    @property
    def assistant(self) -> str:
        """Who answers in chats, for the log and for operators."""
        return f"openai ({self.openai_model})" if self.uses_openai else "builtin"

    @property
    def uses_openai(self) -> bool:
        """Whether an OpenAI-compatible model answers; otherwise the built-in assistant does."""
        if self.assistant_provider == "auto":
            return self.openai_api_key is not None
        return self.assistant_provider == "openai"


class SmokeSettings(BaseModel):
    """What `smoke` needs."""

    model_config = ConfigDict(frozen=True)

    smoke_url: HttpAddress
    smoke_origin: HttpAddress | None = None
    smoke_replicas: int = Field(1, ge=1, le=100)

    @property
    def origin(self) -> str:
        """The address under which people open the site: what a browser sends as Origin."""
        parts = urlsplit(self.smoke_origin or self.smoke_url)
        return f"{parts.scheme}://{parts.netloc}"


class SettingsError(Exception):
    """The environment is not usable; `problems` has one for each variable, without its value."""

    def __init__(self, problems: list[Condition]) -> None:
        super().__init__("\n".join(problem.detail for problem in problems))
        self.problems = problems


SettingsType = TypeVar("SettingsType", bound=BaseModel)


def load(kind: type[SettingsType]) -> SettingsType:
    """Read `kind` from the environment: each field from the variable of its name, an empty one as if it were not set.

    Raises SettingsError with every problem at once.
    """
    given = {name: value for name in kind.model_fields if (value := os.environ.get(name.upper()))}
    try:
        return kind.model_validate(given)
    except ValidationError as error:
        raise SettingsError([_condition(problem) for problem in error.errors(include_input=False)]) from None


def _condition(problem: ErrorDetails) -> Condition:
    name, kind = str(problem["loc"][0]).upper(), problem["type"]
    if kind == "missing":
        missing = f"{name}: is missing; set it in the environment or in the Kubernetes Secret"
        return Condition(Code.SETTING_MISSING, missing, name)
    code = Code(kind) if kind.startswith("setting_") else Code.SETTING_INVALID  # pydantic has kinds of its own
    return Condition(code, f"{name}: {problem['msg'][0].lower()}{problem['msg'][1:]}", name)
