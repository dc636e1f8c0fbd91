"""What is wrong, as a code for programs beside words for people; `contracts/codes.json` has the table of all tiers."""

import json
from dataclasses import dataclass
from enum import StrEnum


class Code(StrEnum):
    """Kinds of conditions. Programs act on these and never on the words beside them."""

    OK = "ok"
    UNKNOWN = "unknown"
    DATABASE_LOGIN = "database_login"
    DATABASE_HOST = "database_host"
    DATABASE_UNREACHABLE = "database_unreachable"
    DATABASE_STARTING = "database_starting"
    DATABASE_FULL = "database_full"
    DATABASE_DISK_FULL = "database_disk_full"
    DATABASE_READ_ONLY = "database_read_only"
    DATABASE_MISSING = "database_missing"
    DATABASE_RIGHTS = "database_rights"
    DATABASE_TLS = "database_tls"
    DATABASE_ERROR = "database_error"
    SCHEMA_MISSING = "schema_missing"
    SCHEMA_OUTDATED = "schema_outdated"
    SCHEMA_FOREIGN = "schema_foreign"
    SCHEMA_LOCKED = "schema_locked"
    SIGNING_KEYS_UNREADABLE = "signing_keys_unreadable"
    DRAINING = "draining"
    SETTING_MISSING = "setting_missing"
    SETTING_INVALID = "setting_invalid"
    SETTING_TOO_SHORT = "setting_too_short"
    SETTING_CONFLICT = "setting_conflict"


@dataclass(frozen=True, slots=True)
class Condition:
    """How something is; `setting` names the variable that it is about, if it is about one."""

    code: Code
    detail: str
    setting: str | None = None

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong."""
        return self.code is Code.OK

    def as_json(self) -> str:
        """One line of JSON."""
        fields = {"code": self.code, "setting": self.setting, "detail": self.detail}
        return json.dumps({name: value for name, value in fields.items() if value is not None}, ensure_ascii=False)
