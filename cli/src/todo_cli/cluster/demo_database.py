"""Keeping what is in the demo database: its pod keeps nothing, so its content is saved and brought back."""

import json
import os
from pathlib import Path

from todo_cli.kube.cluster import Cluster
from todo_cli.layout import Layout
from todo_cli.programs import capture

# In the pod, where PostgreSQL's own variables name the user and the database.
CONNECTION = '-U "$POSTGRES_USER" -d "$POSTGRES_DB"'
TABLE_EXISTS = "select to_regclass('public.\"user\"') is not null"
COUNT_USERS = 'select count(*) from "user"'
BACKUP_SECONDS = 600


def dump_file(layout: Layout) -> Path:
    """Where the saved content lies."""
    return layout.data / "demo-database.sql"


def save(cluster: Cluster, layout: Layout) -> Path | None:
    """Save the running demo database's content; None when there is none or nobody signed up yet.

    An older copy is replaced only when the new one is whole.
    """
    if not _runs(cluster) or not _users(cluster):
        return None
    file = dump_file(layout)
    file.parent.mkdir(parents=True, exist_ok=True)
    dump = _in_pod(cluster, f"exec pg_dump {CONNECTION} --clean --if-exists --no-owner --no-privileges")
    part = file.with_suffix(".part")
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as opened:
        opened.write(dump)
        opened.flush()
        os.fsync(opened.fileno())
    part.replace(file)
    return file


def restore(cluster: Cluster, layout: Layout) -> bool:
    """Bring the saved content back into an empty demo database; True if that was done.

    The backend is rolled afterwards, so that its migrations run on what came back.
    """
    file = dump_file(layout)
    if not file.is_file() or not _runs(cluster) or _users(cluster):
        return False
    _in_pod(cluster, f"exec psql {CONNECTION} -Xq --single-transaction -v ON_ERROR_STOP=1", stdin=file.read_text())
    cluster.kubectl("rollout", "restart", f"deployment/{cluster.release}-backend")
    return True


def _runs(cluster: Cluster) -> bool:
    """Raises ProgramFailed when it could not be looked: taken for "no", what is in it would be lost."""
    output = cluster.kubectl(
        "get", "deployment", f"{cluster.release}-database", "--ignore-not-found", "-o", "json"
    ).stdout
    return bool(output.strip() and json.loads(output).get("status", {}).get("readyReplicas"))


def _users(cluster: Cluster) -> int:
    """How many people have signed up; 0 also when the tables are not there yet."""
    if _query(cluster, TABLE_EXISTS) != "t":
        return 0
    return int(_query(cluster, COUNT_USERS))


def _query(cluster: Cluster, query: str) -> str:
    return _in_pod(cluster, f"exec psql {CONNECTION} -XAtq", stdin=query).strip()


def _in_pod(cluster: Cluster, script: str, stdin: str | None = None) -> str:
    look = cluster.kubectl_line(f"logs deployment/{cluster.release}-database")
    fix = f"{look}; or without what is in it: ./todo down --data"
    return capture([*_exec(cluster), script], stdin=stdin, timeout=BACKUP_SECONDS, fix=fix).stdout


def _exec(cluster: Cluster) -> list[str]:
    return [*cluster.kubectl_command, "exec", "-i", f"deployment/{cluster.release}-database", "--", "sh", "-c"]
