"""Replacing a secret of the release that runs, in a way that can be rolled back."""

import base64
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from todo_cli.cluster import release
from todo_cli.cluster.components import wait_left, wait_ready
from todo_cli.errors import Problem
from todo_cli.kube.cluster import Cluster, Json
from todo_cli.progress import Step
from todo_cli.settings import revision

# `former`: the keys that signed, by id, each with its end. A key's tokens are accepted for as long as it is published,
# and that is counted from its end: the end of a key which signs no more must not be moved.
EXPIRE = """
    WITH former AS (SELECT id, "expiresAt" FROM jwks WHERE "expiresAt" IS NULL OR "expiresAt" > now() FOR UPDATE)
    UPDATE jwks SET "expiresAt" = now() - interval '1 second' FROM former WHERE jwks.id = former.id
    RETURNING jwks.id, former."expiresAt"::text"""
EXPIRE_NEWER = """
    UPDATE jwks SET "expiresAt" = now() - interval '1 second'
    WHERE ("expiresAt" IS NULL OR "expiresAt" > now()) AND NOT %(former)s::jsonb ? id"""
REVIVE = """
    UPDATE jwks SET "expiresAt" = former.ends::timestamptz
    FROM jsonb_each_text(%(former)s::jsonb) AS former(id, ends) WHERE jwks.id = former.id"""

# Runs in a backend pod, which has the database's address; the statements come through stdin.
PROGRAM = """
import json, os, sys
from pathlib import Path
import psycopg
address = os.environ.get("DATABASE_URL") or Path(os.environ["DATABASE_URL_FILE"]).read_text().strip()
asked = json.load(sys.stdin)
with psycopg.connect(address) as connection:
    for statement in asked["statements"]:
        cursor = connection.execute(statement, {"former": json.dumps(asked["former"])})
    print(json.dumps(dict(cursor) if cursor.description else {}))
"""


class Change(Protocol):
    """A secret's replacement."""

    def make(self, step: Step) -> None:
        """Put the new one to work and wait until the pods run with it."""

    def undo(self, step: Step) -> None:
        """Put the former one back, as far as `make` came."""


@dataclass
class SecretChange:
    """A key of the Secret replaced; Helm then rolls the pods that use it, `upgrade` being how it is asked to.

    A pod that does not become Ready with it raises Problem in `make`, within `timeout` seconds; the former pods serve.
    """

    cluster: Cluster
    key: str
    value: str
    timeout: float
    upgrade: Callable[[Json], bool]
    _before: Json | None = None
    _revision: str = ""

    def make(self, step: Step) -> None:
        """Write the Secret, upgrade the release, wait for its pods and until the former ones are gone."""
        found = self.cluster.get("secret", release.SECRET)
        values = secret_values(found) | {self.key: self.value}
        installed: Json = json.loads(self.cluster.helm("get", "values", self.cluster.release, "-o", "json").stdout)
        installed["secrets"]["revision"] = revision(values)
        self._revision = _last_revision(self.cluster)
        self._before = found
        release.ensure_secret(self.cluster, values)
        step.note("upgrading the release")
        self.upgrade(installed)
        wait_ready(self.cluster, self.timeout, step)
        wait_left(self.cluster, self.timeout, step)

    def undo(self, step: Step) -> None:
        """Put the former Secret back, and the release to its former revision."""
        if self._before is None:
            return
        metadata = {name: self._before["metadata"].get(name) for name in ("name", "labels", "annotations")}
        manifest = self._before | {"metadata": metadata}
        self.cluster.kubectl("replace", "-f", "-", stdin=json.dumps(manifest))
        if _last_revision(self.cluster) != self._revision:
            step.note("rolling back")
            self.cluster.helm("rollback", self.cluster.release, self._revision)
        wait_ready(self.cluster, self.timeout, step)


@dataclass
class SigningKeyChange:
    """The key that signs tokens, a row of the database: expired, so that the frontend makes a new one at the next need.

    It stays published for a while, so that tokens signed with it are good until they run out.
    """

    cluster: Cluster
    _former: dict[str, str | None] = field(default_factory=dict)

    def make(self, step: Step) -> None:  # noqa: ARG002 (nothing to wait for: no pod changes)
        """Expire the key that signs now."""
        self._former = self._run(EXPIRE)
        if not self._former:
            raise Problem("there is no signing key yet: nobody has signed in")

    def undo(self, step: Step) -> None:  # noqa: ARG002
        """Let the former key sign again, and no newer one."""
        if self._former:
            self._run(EXPIRE_NEWER, REVIVE)

    def _run(self, *statements: str) -> dict[str, str | None]:
        backend = f"deployment/{self.cluster.release}-backend"
        command = ("exec", "-i", backend, "-c", "backend", "--", "python", "-c", PROGRAM)
        asked = {"statements": statements, "former": self._former}
        answer: dict[str, str | None] = json.loads(self.cluster.kubectl(*command, stdin=json.dumps(asked)).stdout)
        return answer


def secret_values(secret: Json) -> dict[str, str]:
    """The keys of a Secret, decoded."""
    return {key: base64.b64decode(value).decode() for key, value in secret.get("data", {}).items()}


def current_values(cluster: Cluster) -> dict[str, str]:
    """The keys of our Secret as they are now."""
    return secret_values(cluster.get("secret", release.SECRET))


def next_auth_secrets(values: dict[str, str], new: str) -> str:
    """BETTER_AUTH_SECRETS with `new` in front: it signs, all former ones still decrypt. None may be dropped."""
    former = values.get("BETTER_AUTH_SECRETS") or f"1:{values['BETTER_AUTH_SECRET']}"
    if "BETTER_AUTH_SECRETS" not in values and "," in former:
        raise Problem("BETTER_AUTH_SECRET has a comma, which separates the secrets of BETTER_AUTH_SECRETS")
    newest = max(int(entry.partition(":")[0]) for entry in former.split(","))
    return f"{newest + 1}:{new},{former}"


def read_value(file: Path) -> str:
    """The one line of a file that holds a secret. Raises Problem, never showing it."""
    try:
        text = file.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise Problem(f"{file} cannot be read: {type(error).__name__}") from error
    if not text or "\n" in text:
        raise Problem(f"{file} must hold the value alone, on one line")
    return text


def _last_revision(cluster: Cluster) -> str:
    history = json.loads(cluster.helm("history", cluster.release, "-o", "json").stdout)
    return str(history[-1]["revision"])
