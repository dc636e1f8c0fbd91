"""Why a part of the stack is not ready, as codes of `todo status`, and the fix for each code of our programs."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Cause(StrEnum):
    """Kinds of reasons why a pod is not ready; `todo status --json` gives them as `code`."""

    STARTING = "starting"
    UNSCHEDULABLE = "unschedulable"
    EVICTED = "evicted"
    DISK_PRESSURE = "disk-pressure"
    MEMORY_PRESSURE = "memory-pressure"
    NODE_NOT_READY = "node-not-ready"
    IMAGE = "image"
    SECRET = "secret"  # noqa: S105 - a kind of reason
    CONFIGURATION = "configuration"
    DATABASE_UNREACHABLE = "database-unreachable"
    DATABASE_LOGIN = "database-login"
    DATABASE_HOST = "database-host"
    DATABASE_FULL = "database-full"
    DATABASE_READ_ONLY = "database-read-only"
    DATABASE_SETUP = "database-setup"
    SCHEMA = "schema"
    CRASH = "crash"
    INIT = "init"
    PROBE = "probe"
    REFUSED = "refused"


@dataclass(frozen=True)
class Remedy:
    """What is to be done about what one of our programs reports.

    `there`: in words, at the database's server; then the stack goes on by itself. Empty where nothing there helps.
    `setting`: the one that may be wrong; empty where none is. `migrates`: the migrations have to run again.
    `hopeless`: waiting alone does not help.
    """

    cause: Cause
    there: str = ""
    setting: str = ""
    migrates: bool = False
    hopeless: bool = False

    def words(self, correct_setting: str) -> Iterable[str]:
        """Each thing that helps, where that is the command which corrects the setting."""
        if self.there:
            yield self.there
        if self.setting:
            yield correct_setting


URL, AUTH_SECRET = "DATABASE_URL", "BETTER_AUTH_SECRET"
WRITABLE = "make it take writes (as by ALTER DATABASE ... SET default_transaction_read_only = off)"
END_MIGRATION = (
    "end the other migration, in the database: SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE "
    "application_name = 'todo-migrate'"
)
OF_THE_DATABASE = ("database_", "schema_")  # how their codes begin
# By the codes of `contracts/codes.json`; those of settings name the setting themselves.
REMEDIES = {
    "database_login": Remedy(Cause.DATABASE_LOGIN, setting=URL, hopeless=True),
    "database_host": Remedy(Cause.DATABASE_HOST, setting=URL),
    "database_unreachable": Remedy(Cause.DATABASE_UNREACHABLE, "start the database", URL),
    "database_starting": Remedy(Cause.DATABASE_UNREACHABLE, "wait until the database has started"),
    "database_full": Remedy(
        Cause.DATABASE_FULL, "end connections that others hold, or raise max_connections of the database's server"
    ),
    "database_disk_full": Remedy(Cause.DATABASE_FULL, "give the database's server more space"),
    "database_read_only": Remedy(Cause.DATABASE_READ_ONLY, WRITABLE, URL),
    "database_missing": Remedy(Cause.DATABASE_SETUP, "create the database", URL, hopeless=True),
    "database_rights": Remedy(Cause.DATABASE_SETUP, "grant the user these rights", URL, hopeless=True),
    "database_tls": Remedy(Cause.DATABASE_SETUP, setting=URL, hopeless=True),
    "database_error": Remedy(Cause.DATABASE_SETUP, "mend what the database says", URL),
    "schema_missing": Remedy(Cause.SCHEMA, migrates=True),
    "schema_outdated": Remedy(Cause.SCHEMA, migrates=True),
    "schema_foreign": Remedy(Cause.SCHEMA, setting=URL, hopeless=True),
    "schema_locked": Remedy(Cause.SCHEMA, END_MIGRATION),
    "signing_keys_unreadable": Remedy(Cause.SECRET, setting=AUTH_SECRET, hopeless=True),
    "draining": Remedy(Cause.STARTING),
}
