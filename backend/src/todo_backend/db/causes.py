"""Why the database does not answer: a code, and words that name the host or the user and never the password."""

import re
from urllib.parse import unquote

from psycopg.conninfo import conninfo_to_dict
from psycopg.errors import ConnectionTimeout

from todo_backend.core.codes import Code, Condition

# What libpq, psycopg and PostgreSQL say -> what is wrong. The first match counts.
_CAUSES = {
    Code.DATABASE_LOGIN: [
        (r"password authentication failed", "wrong password for user {user}"),
        (r"no password supplied", "{at} wants a password and DATABASE_URL has none"),
        (r'role "[^"]*" does not exist', "there is no user {user} at {host}"),
    ],
    Code.DATABASE_MISSING: [
        (r'database "[^"]*" does not exist', "there is no database {database} at {host}"),
    ],
    Code.DATABASE_RIGHTS: [
        (r"permission denied for database", "user {user} may not connect to database {database}"),
        (r"permission denied for (?:schema|table) (\w+)", "user {user} has no rights to {0} of database {database}"),
    ],
    Code.DATABASE_HOST: [
        (r"Name or service not known|nodename nor servname|No address associated", "unknown host {host}"),
        (r"failed to resolve host|could not translate host name", "the name {host} cannot be looked up at the moment"),
        (r"Endpoint ID is not specified|endpoint could not be found", "{host} knows no such endpoint"),
    ],
    Code.DATABASE_UNREACHABLE: [
        (r"Connection refused", "{at} refuses connections"),
        (r"connection timeout expired|timeout expired|Connection timed out", "no answer from {host}{within}"),
        (r"No route to host|Network is unreachable", "there is no route to {host}"),
        (r"No such file or directory", "nothing listens at {at}"),
        (r"endpoint (?:has been|is) disabled", "the endpoint {host} is disabled"),
        (r"server closed the connection unexpectedly|[Cc]onnection reset", "{at} closed the connection"),
    ],
    Code.DATABASE_FULL: [
        (r"too many clients|remaining connection slots|too many connections", "{host} has no connections left"),
    ],
    Code.DATABASE_DISK_FULL: [
        (r"No space left on device|could not extend file|project size limit", "{host} has no space left"),
    ],
    Code.DATABASE_READ_ONLY: [
        (r"in a read-only transaction", "{host} takes no writes"),
    ],
    Code.DATABASE_STARTING: [
        (r"the database system is (starting up|shutting down|in recovery mode)", "{host} is {0}"),
    ],
    Code.DATABASE_TLS: [
        (r"server does not support SSL", "{host} offers no TLS and DATABASE_URL asks for it (sslmode)"),
        (r"connection is insecure|no encryption|SSL connection is required", "{host} wants TLS: add sslmode=require"),
        (r"certificate verify failed", "the certificate of {host} is not trusted (sslmode, sslrootcert)"),
    ],
}


def cause(error: BaseException, url: str, seconds: float | None = None) -> Condition:
    """What `error`, met at the database of `url`, means; `seconds` is how long an answer was waited for."""
    parameters = conninfo_to_dict(url)
    host = str(parameters.get("host") or "localhost")
    port = parameters.get("port") or 5432
    words = {
        "host": host,
        "at": host if host.startswith("/") else f"{host}:{port}",
        "user": str(parameters.get("user") or "(none)"),
        "database": str(parameters.get("dbname") or "(none)"),
        "within": "" if seconds is None else f" within {seconds:g} s",
    }
    if isinstance(error, TimeoutError | ConnectionTimeout):
        return Condition(Code.DATABASE_UNREACHABLE, "no answer from {host}{within}".format(**words))
    text = str(error).strip()
    for code, meanings in _CAUSES.items():
        for pattern, meaning in meanings:
            if found := re.search(pattern, text):
                return Condition(code, meaning.format(*found.groups(), **words))
    return Condition(Code.DATABASE_ERROR, _without_password(f"{type(error).__name__}: {_first_line(text)}", url))


def _first_line(text: str) -> str:
    line = text.partition("\n")[0]
    return line.removeprefix("connection failed: ")[:300]


def _without_password(text: str, url: str) -> str:
    password = str(conninfo_to_dict(url).get("password") or "")
    for secret in (url, password, unquote(password)):
        if secret:
            text = text.replace(secret, "***")
    return text
