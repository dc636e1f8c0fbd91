"""A stack of its own by `./todo up`, on a database and a model server outside of its release."""

import json
import os
import secrets
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from acceptance.stack import Stack
from acceptance.tests.cluster.model_server import PROGRAM

from todo_cli import ports
from todo_cli.engines.cluster import DEMO_IMAGE
from todo_cli.kube.cluster import Cluster, Json

# A node port of the same number, where that answers on localhost; Kubernetes gives these to nobody by itself.
PORTS = range(30040, 30080)
DATABASE, MODEL = "outside-database", "outside-model"
UP_SECONDS = 1500
# A database that is slow to answer, as on a busy machine, takes no pod out of service: that is no part of what is tested.
PATIENT_PROBES = [f"--set={tier}.probes.readiness.failureThreshold=30" for tier in ("backend", "frontend")]


@dataclass(frozen=True)
class ExternalStack:
    """The stack, its settings file, and what lies outside of its release, in the same namespace."""

    cluster: Cluster
    address: str
    env_file: Path
    env: dict[str, str]

    def todo(self, *words: str) -> "subprocess.CompletedProcess[str]":
        """Run the command on this stack."""
        return subprocess.run(
            [sys.executable, "-m", "todo_cli", *words],
            env=self.env,
            capture_output=True,
            text=True,
            timeout=UP_SECONDS,
            check=False,
        )

    def sql(self, statement: str) -> list[str]:
        """Run SQL in the database, as its owner; gives the first column."""
        psql = ("psql", "-U", "todo", "-d", "todo", "-XAtq", "-v", "ON_ERROR_STOP=1")
        return self.cluster.kubectl("exec", "-i", DATABASE, "--", *psql, stdin=statement).stdout.split()

    def keys_shown(self) -> list[str]:
        """The keys that the model server was shown, in their order."""
        return self.cluster.kubectl("logs", MODEL).stdout.split()


def database_url(role: str) -> str:
    """The database's address for a role, whose password is its name."""
    return f"postgresql://{role}:{role}@{DATABASE}:5432/todo"


@contextmanager
def external_stack(running: Stack, folder: Path) -> Iterator[ExternalStack]:
    """Bring it up, with the images of the stack that runs; remove all of it in the end."""
    cluster = replace(running.cluster, namespace=f"verify-{secrets.token_hex(4)}")
    port = next(port for port in PORTS if not ports.holder(port))
    env_file = folder / "settings"
    env_file.write_text(
        f"DATABASE_URL={database_url('todo')}\nBETTER_AUTH_SECRET={secrets.token_urlsafe(40)}\n"
        f"OPENAI_API_KEY=first-key\nOPENAI_BASE_URL=http://{MODEL}:8080/v1\nOPENAI_MODEL=any\n"
    )
    env = os.environ | {"TODO_HOME": str(folder), "TODO_PORT": str(port), "TODO_ENV_FILE": str(env_file)}
    stack = ExternalStack(cluster, f"http://localhost:{port}", env_file, env)
    cluster.kubectl("create", "namespace", cluster.namespace)
    try:
        cluster.kubectl("create", "-f", "-", stdin=json.dumps(_outside(running.image("backend"))))
        cluster.kubectl("wait", "pod", DATABASE, MODEL, "--for=condition=Ready", "--timeout=600s", timeout=610)
        where = ("--engine", "kubernetes", "--context", cluster.context, "--namespace", cluster.namespace)
        up = stack.todo("up", *where, *PATIENT_PROBES, "--timeout", "1200")
        assert up.returncode == 0, up.stdout + up.stderr
        yield stack
    finally:
        stack.todo("down", "--data")
        cluster.kubectl("delete", "namespace", cluster.namespace, "--wait=false", check=False)


def _outside(backend_image: str) -> Json:
    database = {
        "image": DEMO_IMAGE,
        "env": [{"name": f"POSTGRES_{name}", "value": "todo"} for name in ("USER", "DB", "PASSWORD")],
        "startupProbe": {
            "exec": {"command": ["pg_isready", "-q", "-h", "127.0.0.1", "-U", "todo"]},
            "periodSeconds": 1,
            "failureThreshold": 600,
        },
    }
    model = {"image": backend_image, "command": ["python", "-c", PROGRAM]}
    pods = [_pod(DATABASE, database, 999), _pod(MODEL, model, 10001)]
    services = [_service(DATABASE, 5432), _service(MODEL, 8080)]
    return {"apiVersion": "v1", "kind": "List", "items": [*pods, *services]}


def _pod(name: str, container: Json, user: int) -> Json:
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name, "labels": {"run": name}},
        "spec": {
            "terminationGracePeriodSeconds": 0,
            "securityContext": {"runAsUser": user, "runAsGroup": user, "fsGroup": user},
            "containers": [
                container
                | {
                    "name": name,
                    "imagePullPolicy": "IfNotPresent",
                    "resources": {"requests": {"cpu": "1m", "memory": "32Mi"}},
                }
            ],
        },
    }


def _service(name: str, port: int) -> Json:
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": name},
        "spec": {"selector": {"run": name}, "ports": [{"port": port}]},
    }
