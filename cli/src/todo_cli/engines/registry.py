"""Images by way of a registry: pushed from Docker, for the cluster's nodes to pull."""

import re

from todo_cli.errors import Problem
from todo_cli.layout import Layout
from todo_cli.programs import ProgramFailed, capture, stream
from todo_cli.progress import Step

ADDRESS = re.compile(r"(?P<host>localhost|(?=[^/]*[.:])[A-Za-z0-9.-]+)(:\d+)?(/[a-z0-9]+([._-]+[a-z0-9]+)*)*")
PUSH_SECONDS = 1800
SENT = re.compile(r": (Pushed|Mounted from .*)$", re.MULTILINE)

# What Docker says when a push fails, by what puts it right.
REFUSED = ("unauthorized", "denied", "no basic auth credentials", "authentication required", "insufficient_scope")
ABSENT = ("name unknown", "repository does not exist")
PLAIN = ("server gave http response to https client",)
UNTRUSTED = ("x509:", "tls: ")
UNREACHABLE = (
    "no such host", "server misbehaving", "connection refused", "connection reset", "no route to host",
    "network is unreachable", "timeout", "deadline exceeded", "context canceled", "eof",
)  # fmt: skip


def checked(registry: str) -> str:
    """The registry as image names begin with it: HOST[:PORT][/PATH]. Raises Problem when it cannot be one."""
    registry = registry.rstrip("/")
    if ADDRESS.fullmatch(registry) is None:
        raise Problem(
            f"{registry} is no registry: it is a host, and often a path in lower case, without https://",
            fix="./todo up --engine kubernetes --registry HOST/PATH, such as ghcr.io/me or docker.io/me",
        )
    return registry


def push(registry: str, reference: str, layout: Layout, step: Step) -> bool:
    """Tag Docker's image for the registry and push it; True if the registry did not have all of it.

    Raises Problem with what puts it right: a login, a name, a way to get there.
    """
    name = f"{registry}/{reference}"
    capture(["docker", "tag", reference, name])
    step.note(f"pushing {name}")
    try:
        pushed = stream(
            ["docker", "push", name], log=layout.logs / "push.log", on_line=step.output, timeout=PUSH_SECONDS
        )
    except ProgramFailed as error:
        raise _problem(registry, name, error, layout) from error
    return SENT.search(pushed.stdout) is not None


def _problem(registry: str, name: str, error: ProgramFailed, layout: Layout) -> Problem:
    host, said = registry.partition("/")[0], error.output.lower()

    def problem(message: str, fix: str) -> Problem:
        return Problem(message, details=error.details, fix=fix)

    if any(word in said for word in PLAIN):
        return problem(
            f"{host} speaks plain HTTP, which Docker refuses",
            f'"insecure-registries": ["{host}"] in Docker\'s daemon.json, and the like in the cluster\'s nodes; '
            "or give it a certificate",
        )
    if any(word in said for word in UNTRUSTED):
        return problem(
            f"Docker does not trust the certificate of {host}",
            f"put its certificate authority into /etc/docker/certs.d/{host}/ca.crt, and into the cluster's nodes",
        )
    if any(word in said for word in ABSENT):
        return problem(f"{host} has no repository {name.rpartition(':')[0]}", "make it there, then ./todo up again")
    if any(word in said for word in REFUSED):
        return problem(
            f"{host} refuses the push to {registry}",
            f"docker login {host}, as somebody who may write to {registry}; then ./todo up again",
        )
    if error.code is None or any(word in said for word in UNREACHABLE):
        return problem(
            f"the registry {host} cannot be reached",
            f"look: curl -sS https://{host}/v2/; is its name wrong: ./todo up --engine kubernetes --registry HOST/PATH",
        )
    return problem(f"{name} could not be pushed", f"the whole output is in {layout.logs / 'push.log'}")
