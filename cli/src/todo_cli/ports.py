"""Who holds a port."""

import contextlib
import random
import socket
from dataclasses import dataclass

import psutil

from todo_cli.errors import Problem


@dataclass(frozen=True)
class Holder:
    """The process that listens on a port; unknown parts are None (another user's process)."""

    pid: int | None
    name: str | None

    def __str__(self) -> str:
        if self.pid is None:
            return "a process of another user"
        return f"{self.name or 'a process'} (process {self.pid})"


def free(port: int) -> bool:
    """Can a server bind the port on localhost?"""
    for family, host in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")):
        with contextlib.suppress(OSError), socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.settimeout(0.5)
            if probe.connect_ex((host, port)) == 0:
                return False
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as server:
        server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            server.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def holder(port: int) -> Holder | None:
    """Who listens on the port; None when it is free."""
    if free(port):
        return None
    with contextlib.suppress(psutil.Error, OSError):
        for connection in psutil.net_connections(kind="tcp"):
            if connection.pid and _listens(connection, port):
                return _named(connection.pid)
    # macOS lets only root see all connections at once: ask each process that is ours.
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            if any(_listens(connection, port) for connection in process.net_connections(kind="tcp")):
                return _named(process.pid)
    return Holder(None, None)


def taken(port: int, holder: Holder) -> Problem:
    """What to tell of a port that another program holds."""
    fix = f"kill {holder.pid}" if holder.pid else "end that program"
    return Problem(f"port {port} is taken by {holder}", fix=f"{fix}, or choose another: TODO_PORT=30180 ./todo up")


def any_free() -> int:
    """A port such that it and the next one are free just now, and that the system gives to nobody by itself.

    From those that it does give, a connection to elsewhere may have taken it by the time that somebody listens.
    """
    while True:
        port = random.randrange(15_000, 30_000)  # below the system's own, and the nodes' of Kubernetes  # noqa: S311
        if free(port) and free(port + 1):
            return port


def _named(pid: int) -> Holder:
    with contextlib.suppress(psutil.Error):
        return Holder(pid, psutil.Process(pid).name())
    return Holder(pid, None)


def _listens(connection: psutil._ntuples.pconn | psutil._ntuples.sconn, port: int) -> bool:
    return bool(connection.status == psutil.CONN_LISTEN and connection.laddr and connection.laddr.port == port)
