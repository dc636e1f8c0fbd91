"""The embedded PostgreSQL of the process engine: its data folder, its process, its address."""

import os
import pwd
import shutil
import signal
import stat
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from todo_cli.content import text_hash
from todo_cli.errors import Problem
from todo_cli.layout import Layout
from todo_cli.process_environment import clean_environment
from todo_cli.programs import Result, capture
from todo_cli.supervisor import ProcessSpec

DATABASE = "todo"
SUPERUSER = "postgres"
SOCKET_PATH_LIMIT = 90  # bytes; the kernel's limit is 108 (104 on macOS), with the socket's own name
TRAVERSE = stat.S_IXGRP | stat.S_IXOTH


@dataclass(frozen=True)
class Account:
    """The operating system's user that runs PostgreSQL; it refuses to run as root."""

    name: str
    user: int | None
    group: int | None


@dataclass(frozen=True)
class Postgres:
    """An embedded PostgreSQL: reached by a socket that only its owner can open, on no network port."""

    programs: Path
    data: Path
    sockets: Path
    log: Path
    account: Account

    @property
    def url(self) -> str:
        """The database's address, as both tiers take it."""
        return f"postgresql://{SUPERUSER}@/{DATABASE}?host={quote(str(self.sockets), safe='/')}"

    def prepare(self) -> bool:
        """Make the data folder on the first use; True if it was made."""
        for folder in (self.data, self.sockets):
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            if folder == self.sockets:
                self._require_private(folder)
            self._give(folder)
        if self.account.user is not None:
            make_traversable(self.programs / "postgres")
        if (self.data / "PG_VERSION").exists():
            return False
        # Whole or not at all: initdb that was killed leaves what looks like a data folder, and is none.
        part = self.data.with_name(f"{self.data.name}.part")
        shutil.rmtree(part, ignore_errors=True)
        part.mkdir(mode=0o700)
        self._give(part)
        self._run(
            "initdb", "--pgdata", str(part), "--username", SUPERUSER, "--auth", "trust", "--encoding", "UTF8",
            # The same order of text on every machine, and Neon's.
            "--locale-provider", "builtin", "--builtin-locale", "C.UTF-8", "--locale", "C",
        )  # fmt: skip
        part.replace(self.data)
        return True

    def _give(self, folder: Path) -> None:
        """Make the folder the account's."""
        if self.account.user is not None and self.account.group is not None:
            os.chown(folder, self.account.user, self.account.group)
            make_traversable(folder)

    def _require_private(self, folder: Path) -> None:
        """Whoever gets to the socket is let in, so the folder must be ours alone: in /tmp, another may have made it."""
        found = folder.lstat()
        if not stat.S_ISDIR(found.st_mode):
            raise Problem(f"{folder} is no folder", fix=f"rm {folder}")
        if found.st_uid not in (os.geteuid(), self.account.user):
            raise Problem(f"{folder} belongs to another user", fix=f"sudo rm -r {folder}")
        folder.chmod(0o700)

    def process(self) -> ProcessSpec:
        """The server as a process; SIGINT ends it quickly and without loss."""
        command = [
            str(self.programs / "postgres"), "-D", str(self.data), "-c", "listen_addresses=",
            "-c", f"unix_socket_directories={self.sockets}", "-c", "max_connections=100",
        ]  # fmt: skip
        return ProcessSpec(
            name="database",
            command=command,
            settings={"LC_ALL": "C", "TZ": "UTC"},
            cwd=self.data,
            log=self.log,
            stop_signal=signal.SIGINT,
            user=self.account.user,
            group=self.account.group,
        )

    def not_ready(self) -> str | None:
        """None when it takes connections."""
        result = self._run("pg_isready", *self._connection, check=False)
        return None if result.ok else "starting" if result.code == 1 else "does not answer yet"

    def ensure_database(self) -> None:
        """Make the database on the first use."""
        query = f"select 1 from pg_database where datname = '{DATABASE}'"  # noqa: S608 - a constant
        found = self._run("psql", *self._connection, "-d", "postgres", "-XAtc", query)
        if not found.stdout.strip():
            self._run("createdb", *self._connection, DATABASE)

    @property
    def _connection(self) -> list[str]:
        return ["-h", str(self.sockets), "-U", SUPERUSER]

    def _run(self, program: str, *arguments: str, check: bool = True) -> Result:
        """Run one of PostgreSQL's programs as its account."""
        return capture(
            [self.programs / program, *arguments],
            cwd=self.data,
            timeout=300,
            env=clean_environment(LC_ALL="C"),
            check=check,
            user=self.account.user,
            group=self.account.group,
        )


def embedded_postgres(layout: Layout, programs: Path) -> Postgres:
    """The stack's PostgreSQL, with its folders in the stack's state."""
    return Postgres(programs, data_folder(layout), socket_folder(layout), layout.logs / "database.log", _account())


def data_folder(layout: Layout) -> Path:
    """Where the embedded database keeps its data."""
    return layout.data / "postgres"


def socket_folder(layout: Layout) -> Path:
    """Where its socket lies: in the stack's state, or in /tmp where that path is none for a socket.

    It may be too long, or have a comma, which parts two of them.
    """
    folder = layout.data / "socket"
    if len(os.fsencode(folder)) <= SOCKET_PATH_LIMIT and "," not in str(folder):
        return folder
    name = f"todo-stack-{os.getuid()}-{text_hash(str(data_folder(layout)))}"
    return Path("/tmp") / name  # noqa: S108 - its owner and mode are checked


def _account() -> Account:
    """Who runs PostgreSQL: this user, or for root an account without rights."""
    if os.geteuid() != 0:
        return Account(pwd.getpwuid(os.getuid()).pw_name, None, None)
    for name in ("postgres", "todo-postgres"):
        try:
            entry = pwd.getpwnam(name)
            return Account(name, entry.pw_uid, entry.pw_gid)
        except KeyError:
            continue
    if shutil.which("useradd") is None:
        raise Problem("PostgreSQL does not run as root, and this machine cannot make an account for it",
                      fix="run ./todo as an ordinary user")  # fmt: skip
    capture(["useradd", "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", "todo-postgres"])
    entry = pwd.getpwnam("todo-postgres")
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)


def make_traversable(path: Path) -> None:
    """Let PostgreSQL's account pass the folders above `path` (pass, not list): only needed for root."""
    for folder in path.parents:
        mode = folder.stat().st_mode
        if mode & TRAVERSE != TRAVERSE:
            folder.chmod(mode | TRAVERSE)
