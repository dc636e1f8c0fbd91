"""Releases beside the stack, in namespaces of their own: measured from the first second, and free to be broken."""

import base64
import contextlib
import json
import secrets
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import todo_cli
from acceptance.stack import TIERS, Stack
from acceptance.visitor import Visitor
from todo_cli import ports
from todo_cli.cluster.client import Cluster, Json
from todo_cli.cluster.pods import readable_line
from todo_cli.environment import clean_environment
from todo_cli.programs import Result, end_group

INSTALL_SECONDS = 300  # SC-001
OPEN_SECONDS = 30  # SC-005
POLL_SECONDS = 0.25
WAITING_SECONDS = 30
ENOUGH_LINES = 2
OUTSIDE_HOST = "outside-database"


@dataclass(frozen=True)
class Times:
    """Seconds of a fresh install: until Helm had waited, until all pods were Ready, and from there to the page."""

    install: float
    ready: float
    page: float


@dataclass
class Trial:
    """A release of the same images and chart, with a demo database and keys of its own."""

    stack: Stack
    times: Times
    values: Json

    def with_values(self, changes: Json) -> Json:
        """The trial's values with these changed."""
        return merged(self.values, changes)


@dataclass
class OutsideTrial:
    """A trial whose database lies outside its release, and was not there yet when it was installed.

    `said`: what the init container wrote while it waited for `host`; `recovered`: seconds from when the database came
    until the pods were Ready.
    """

    stack: Stack
    host: str
    said: list[str]
    recovered: float


@dataclass
class Trials:
    """Makes trials for the checks, and removes them all at the end."""

    stack: Stack
    _closing: contextlib.ExitStack = field(default_factory=contextlib.ExitStack)
    _healthy: Trial | None = None
    _outside: OutsideTrial | None = None

    def healthy(self) -> Trial:
        """A trial that is well: installed when first asked for, shared by the checks that only look at it."""
        if self._healthy is None:
            self._healthy = self._install()
        return self._healthy

    def on_outside_database(self) -> OutsideTrial:
        """A trial on the healthy one's database, under a host name that appears some seconds after the install."""
        if self._outside is None:
            self._outside = self._install_outside()
        return self._outside

    def namespace(self) -> Cluster:
        """An empty namespace, and Helm and kubectl in it."""
        cluster = replace(self.stack.cluster, namespace=f"verify-{secrets.token_hex(4)}")
        cluster.kubectl("create", "namespace", cluster.namespace)
        self._closing.callback(_delete, cluster)
        return cluster

    def close(self) -> None:
        """Remove every trial."""
        self._healthy = self._outside = None
        self._closing.close()

    def _install(self) -> Trial:
        cluster = self.namespace()
        began = time.monotonic()
        wanted = values(self.stack)
        install(cluster, self.stack.chart, wanted, wait=True, seconds=INSTALL_SECONDS)
        installed = time.monotonic() - began
        port = self._closing.enter_context(forwarded(cluster))
        address = f"http://localhost:{port}"
        reachable = time.monotonic()
        _open(address)
        times = Times(installed, _ready_seconds(cluster), time.monotonic() - reachable)
        return Trial(Stack(cluster, address, self.stack.root), times, wanted)

    def _install_outside(self) -> OutsideTrial:
        healthy = self.healthy()
        lender = healthy.stack.cluster
        secret = lender.get("secret", f"{lender.release}-database")["data"]["DATABASE_URL"]
        url = urlsplit(base64.b64decode(secret).decode())
        cluster = self.namespace()
        login = f"{url.username}:{url.password}@{OUTSIDE_HOST}:{url.port or 5432}"
        changes = {
            "database": {"demo": {"enabled": False}},
            "secrets": {"values": {"databaseUrl": f"postgresql://{login}{url.path}"}},
        }
        install(cluster, self.stack.chart, healthy.with_values(changes), wait=False, seconds=60)
        said = self._waiting_lines(cluster)
        began = time.monotonic()
        target = f"{lender.release}-database.{lender.namespace}.svc.cluster.local"
        cluster.kubectl("create", "service", "externalname", OUTSIDE_HOST, "--external-name", target)
        for tier in TIERS:
            name = f"deployment/{cluster.release}-{tier}"
            cluster.kubectl("rollout", "status", name, "--timeout=120s", timeout=130)
        recovered = time.monotonic() - began
        address = f"http://localhost:{self._closing.enter_context(forwarded(cluster))}"
        _open(address)
        return OutsideTrial(Stack(cluster, address, self.stack.root), OUTSIDE_HOST, said, recovered)

    def _waiting_lines(self, cluster: Cluster) -> list[str]:
        """What the init container says while its database is not there."""
        deadline = time.monotonic() + WAITING_SECONDS
        lines: list[str] = []
        while time.monotonic() < deadline and len(lines) < ENOUGH_LINES:
            time.sleep(1)
            result = cluster.kubectl("logs", f"deployment/{cluster.release}-backend", "-c", "migrate", check=False)
            lines = [line for line in result.stdout.splitlines() if line.strip()] if result.ok else []
        return [readable_line(line) for line in lines]


def values(stack: Stack, **changes: Any) -> Json:
    """Values of a trial: the stack's images, nothing from outside; `changes` win over them."""
    made: Json = {
        "assistant": {"provider": "openai"},  # so that all three keys reach the pods; no turn is asked for
        "database": {"demo": {"enabled": True}},
        "secrets": {
            "mountAsFiles": True,
            "values": {"betterAuthSecret": secrets.token_urlsafe(32), "openaiApiKey": "sk-verify"},
        },
        "frontend": {"service": {"nodePort": 0}},  # any free one
    }
    for tier in TIERS:
        repository, _, tag = stack.image(tier).rpartition(":")
        made.setdefault(tier, {})["image"] = {"repository": repository, "tag": tag, "pullPolicy": "IfNotPresent"}
    return merged(made, changes)


def merged(base: Json, changes: Json) -> Json:
    """`base` with nested changes, as Helm merges values."""
    result = dict(base)
    for key, value in changes.items():
        old = result.get(key)
        result[key] = merged(old, value) if isinstance(old, dict) and isinstance(value, dict) else value
    return result


def install(
    cluster: Cluster,
    chart: Path,
    wanted: Json,
    *,
    wait: bool,
    seconds: float,
    check: bool = True,
    upgrade: bool = False,
) -> Result:
    """`helm install` (or `upgrade`) of the chart with `wanted` values; with `wait`, until Ready or `seconds` passed."""
    command = ["upgrade" if upgrade else "install", cluster.release, str(chart), "--values", "-"]
    if wait:
        command += ["--wait", "--timeout", f"{seconds:.0f}s"]
    return cluster.helm(*command, stdin=json.dumps(wanted), check=check, timeout=seconds + 30)


@contextlib.contextmanager
def forwarded(cluster: Cluster) -> Iterator[int]:
    """A port of this machine that leads to the release's frontend, whichever pod that is."""
    port = ports.any_free()
    target = f"service/{cluster.release}-frontend"
    service = cluster.get("service", f"{cluster.release}-frontend")["spec"]["ports"][0]["port"]
    forward = [*cluster.kubectl_command, "port-forward", "--address", "127.0.0.1", target, f"{port}:{service}"]
    with subprocess.Popen(
        [sys.executable, "-m", "todo_cli.cluster.forward", *forward],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
        env=clean_environment(PYTHONPATH=str(Path(todo_cli.__file__).parents[1])),
    ) as process:
        try:
            yield port
        finally:
            end_group(process)


def _open(address: str) -> None:
    visitor = Visitor(address, timeout=5)
    deadline = time.monotonic() + OPEN_SECONDS
    while visitor.request("GET", "/").status != 200 and time.monotonic() < deadline:
        time.sleep(POLL_SECONDS)


def _ready_seconds(cluster: Cluster) -> float:
    """Seconds from the first pod's creation until the last one was Ready, by the cluster's own clock."""
    pods = cluster.items("pods", "-l", cluster.ours)
    made = [moment(pod["metadata"]["creationTimestamp"]) for pod in pods]
    ready = [
        moment(condition["lastTransitionTime"])
        for pod in pods
        for condition in pod["status"]["conditions"]
        if condition["type"] == "Ready" and condition["status"] == "True"
    ]
    return max(ready) - min(made)


def moment(text: str) -> float:
    """A Kubernetes time as seconds since 1970."""
    return datetime.fromisoformat(text).timestamp()


def _delete(cluster: Cluster) -> None:
    cluster.kubectl("delete", "namespace", cluster.namespace, "--wait=false", check=False)
