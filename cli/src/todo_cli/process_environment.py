"""The environment variables that the programs of the stack get."""

import os

from todo_cli.settings import KNOWN_NAMES

# What a shell may have set for other work: it must not leak into the stack.
OWN_NAMES = {
    *KNOWN_NAMES,
    "AUTH_JWKS_URL", "AUTH_ISSUER", "AUTH_AUDIENCE", "BACKEND_URL", "BACKEND_PODS_URL",
    "HOST", "HOSTNAME", "PORT", "WORKERS", "POD_NAME",
    "NODE_ENV", "PYTHONPATH", "PYTHONHOME", "PYTHONDONTWRITEBYTECODE", "VIRTUAL_ENV",
}  # fmt: skip


def clean_environment(**added: str) -> dict[str, str]:
    """This process's environment without what could leak into the stack (libpq's PG* too), plus `added`.

    A proxy stays, but not on the way to this machine itself: the tiers ask each other there.
    """
    kept = {name: value for name, value in os.environ.items() if name not in OWN_NAMES and name[:2] != "PG"}
    direct = kept.get("no_proxy") or kept.get("NO_PROXY")
    if direct != "*":
        kept["no_proxy"] = ",".join(filter(None, (direct, "localhost", "127.0.0.1")))
    return kept | added
