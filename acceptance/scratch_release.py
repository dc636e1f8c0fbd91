"""Releases beside the stack, in namespaces of their own: measured from the first second, and free to be broken."""

import base64
import contextlib
import json
import secrets
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from acceptance import demo_image, model_server, namespaces
from acceptance.api_client import ApiClient
from acceptance.background import kept_running
from acceptance.model_server import ModelServer
from acceptance.stack import TIERS, Stack
from todo_cli import ports
from todo_cli.cluster.components import components
from todo_cli.conditions import Condition
from todo_cli.errors import Problem
from todo_cli.kube.cluster import Cluster, Json
from todo_cli.loglines import last_said
from todo_cli.programs import Result

LONGEST_INSTALL_SECONDS = 600  # what takes longer than SC-001 allows is measured still
OPEN_SECONDS = 30  # SC-005
UPGRADE_SECONDS = 600
POLL_SECONDS = 0.25
WAITING_SECONDS = 150
ENOUGH_LINES = 2
EXTERNAL_HOST = "outside-database"
KEYS = "keys"
LITTLE_CPU = "20m"  # two scratch releases run beside the stack, on a node that may have two CPUs

# What of the stack's values is bound to its namespace or its address, or is a scratch release's own.
BOUND = (
    "environment", "secrets", "assistant", "aiops", "ingress", "serviceAccountName", "database.demo.password",
    "networkPolicy.database", "networkPolicy.model", "frontend.service", "frontend.publicUrl",
    *(f"{tier}.{key}" for tier in TIERS for key in ("replicas", "env", "volumes", "volumeMounts")),
)  # fmt: skip


@dataclass(frozen=True)
class Times:
    """Seconds of a fresh install: until Helm had waited, until all pods were Ready, and from there to the page."""

    install: float
    ready: float
    page: float


@dataclass
class ScratchRelease:
    """A release of the stack's images and chart, with keys of its own."""

    stack: Stack
    values: Json

    def with_values(self, changes: Json) -> Json:
        """The scratch release's values with these changed."""
        return merged(self.values, changes)

    def upgrade(self, changes: Json, *, wait: bool = False, check: bool = True) -> Result:
        """`helm upgrade` to the scratch release's values with these changed; `wait`: until its pods are Ready."""
        wanted = self.with_values(changes)
        seconds = UPGRADE_SECONDS
        return install(
            self.stack.cluster, self.stack.chart, wanted, wait=wait, seconds=seconds, check=check, upgrade=True
        )

    def settle(self) -> None:
        """Wait until what was changed last has rolled out; says nothing when it has not in time."""
        cluster = self.stack.cluster
        for tier in TIERS:
            cluster.wait_for_rollout(f"deployment/{cluster.release}-{tier}", seconds=UPGRADE_SECONDS, check=False)


@dataclass
class HealthyRelease(ScratchRelease):
    """A scratch release with a demo database, its keys mounted as files, and how long it took to come up."""

    times: Times


@dataclass
class ExternalDatabaseRelease(ScratchRelease):
    """A scratch release whose database lies outside its release, and was not there yet when it was installed.

    Its keys are variables, from a Secret that is not the chart's. `said`: what the init container wrote while it
    waited for `host`; `recovered`: seconds from when the database came until the pods were Ready.
    """

    host: str
    said: list[Condition]
    recovered: float
    keys: dict[str, str]


@contextlib.contextmanager
def healthy_release(stack: Stack) -> Iterator[HealthyRelease]:
    """A scratch release of the stack's images and chart that is well; removed at the end."""
    namespaces.sweep(stack.cluster)
    with namespaces.temporary(stack.cluster) as cluster:
        own = _own_values(stack)
        _copy_pull_secrets(stack.cluster, cluster, own)
        if not own.get("database", {}).get("demo", {}).get("enabled"):
            demo_image.bring(cluster, merged(own, {"database": {"demo": {}}}))
        wanted = values(own, cluster.namespace)
        began = time.monotonic()
        try:
            install(cluster, stack.chart, wanted, wait=True, seconds=LONGEST_INSTALL_SECONDS)
        except Problem as problem:
            said = [*problem.details, *_reasons(cluster)]
            raise Problem(f"helm install of a scratch release failed: {problem.message}", details=said) from problem
        installed = time.monotonic() - began
        with forwarded(cluster) as port:
            address = f"http://localhost:{port}"
            reachable = time.monotonic()
            _open(address)
            times = Times(installed, _ready_seconds(cluster), time.monotonic() - reachable)
            yield HealthyRelease(_scratch_stack(stack, cluster, address), wanted, times)


@contextlib.contextmanager
def external_release(stack: Stack, lender: HealthyRelease) -> Iterator[ExternalDatabaseRelease]:
    """One on the lender's database, under a host name that appears some seconds after the install."""
    lending = lender.stack.cluster
    with namespaces.temporary(stack.cluster) as cluster:
        keys = _keys_on_database_of(lender)
        write_secret(cluster, KEYS, keys)
        _copy_pull_secrets(lending, cluster, lender.values)
        wanted = lender.with_values(
            {"database": {"demo": {"enabled": False}}, "secrets": {"mountAsFiles": False, "existingSecret": KEYS}}
        )
        install(cluster, stack.chart, wanted, wait=False, seconds=60)
        said = _waiting_lines(cluster)
        began = time.monotonic()
        target = f"{lending.release}-database.{lending.namespace}.svc.cluster.local"
        cluster.kubectl("create", "service", "externalname", EXTERNAL_HOST, "--external-name", target)
        for tier in TIERS:
            cluster.wait_for_rollout(f"deployment/{cluster.release}-{tier}")
        recovered = time.monotonic() - began
        with forwarded(cluster) as port:
            address = f"http://localhost:{port}"
            _open(address)
            release = _scratch_stack(stack, cluster, address)
            yield ExternalDatabaseRelease(release, wanted, EXTERNAL_HOST, said, recovered, keys)


def started_model_server(release: HealthyRelease) -> ModelServer:
    """The server that the scratch releases ask for a model's answers, started in this one's namespace."""
    cluster = release.stack.cluster
    server = ModelServer(cluster)
    server.start(cluster.get("deployment", f"{cluster.release}-backend"))
    return server


def values(own: Json, namespace: str) -> Json:
    """Values of a release in this namespace: the stack's own, but for what is bound to it; nothing from outside."""
    made: Json = {
        "environment": "local",
        # All three keys reach the pods. The model server is there once a check starts it.
        "assistant": {"provider": "openai", "baseUrl": model_server.address(namespace)},
        "database": {"demo": {"enabled": True, "resources": {"requests": {"cpu": LITTLE_CPU}}}},
        "secrets": {
            "mountAsFiles": True,
            "values": {
                "betterAuthSecret": secrets.token_urlsafe(32),
                "openaiApiKey": f"sk-{secrets.token_hex(16)}",  # no server's
            },
        },
        "frontend": {"service": {"nodePort": 0}},  # any free one
    }
    for tier in TIERS:
        made[tier] = made.get(tier, {}) | {"resources": {"requests": {"cpu": LITTLE_CPU}}}
    return merged(own, made)


def _own_values(stack: Stack) -> Json:
    """The values that the stack was installed with, but for what is bound to its namespace or address."""
    cluster = stack.cluster
    own: Json = json.loads(cluster.helm("get", "values", cluster.release, "-o", "json").stdout) or {}
    for path in BOUND:
        *folders, name = path.split(".")
        place = own
        for folder in folders:
            place = place.get(folder) or {}
        place.pop(name, None)
    for tier in TIERS:  # by default it follows the environment, which may be another one here
        pod = cluster.get("deployment", f"{cluster.release}-{tier}")["spec"]["template"]["spec"]
        own = merged(own, {tier: {"image": {"pullPolicy": pod["containers"][0]["imagePullPolicy"]}}})
    return own


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
    if upgrade:  # the install has seen that the API knows every field: it takes most of an upgrade
        command += ["--disable-openapi-validation"]
    if wait:
        command += ["--wait", "--timeout", f"{seconds:.0f}s"]
    return cluster.helm(*command, stdin=json.dumps(wanted), check=check, timeout=seconds + 30)


def write_secret(cluster: Cluster, name: str, keys: dict[str, str]) -> None:
    """Make a Secret with these keys, or change these of it."""
    secret: dict[str, Any] = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": name}, "stringData": keys}
    cluster.apply(secret)


@contextlib.contextmanager
def forwarded(cluster: Cluster) -> Iterator[int]:
    """A port of this machine that leads to the release's frontend, whichever pod that is, while this process lives."""
    port = ports.any_free()
    target = f"service/{cluster.release}-frontend"
    service = cluster.get("service", f"{cluster.release}-frontend")["spec"]["ports"][0]["port"]
    forward = cluster.port_forward_command(target, f"{port}:{service}")
    with kept_running(forward):
        yield port


def _scratch_stack(stack: Stack, cluster: Cluster, address: str) -> Stack:
    return replace(stack, cluster=cluster, address=address, passing=True)


def _keys_on_database_of(lender: HealthyRelease) -> dict[str, str]:
    """The lender's keys, with its database under the host name that is not there yet."""
    cluster = lender.stack.cluster
    secret = cluster.get("secret", f"{cluster.release}-database")["data"]["DATABASE_URL"]
    url = urlsplit(base64.b64decode(secret).decode())
    login = f"{url.username}:{url.password}@{EXTERNAL_HOST}:{url.port or 5432}"
    given = lender.values["secrets"]["values"]
    return {
        "DATABASE_URL": f"postgresql://{login}{url.path}",
        "OPENAI_API_KEY": given["openaiApiKey"],
        "BETTER_AUTH_SECRET": given["betterAuthSecret"],
    }


def _copy_pull_secrets(source: Cluster, target: Cluster, values: Json) -> None:
    """The Secrets that pull the images, where the stack's values name some."""
    for name in (one["name"] for one in values.get("imagePullSecrets", [])):
        found = source.get("secret", name)
        target.apply(
            {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": name}}
            | {key: found[key] for key in ("type", "data") if key in found}
        )


def _reasons(cluster: Cluster) -> list[str]:
    """What keeps the release's components from being ready, in words."""
    with contextlib.suppress(Problem):
        return [f"{one.name}: {one.reason}" for one in components(cluster, {}) if one.reason]
    return []


def _waiting_lines(cluster: Cluster) -> list[Condition]:
    """What the init container says while its database is not there."""
    deadline = time.monotonic() + WAITING_SECONDS
    lines: list[str] = []
    while time.monotonic() < deadline and len(lines) < ENOUGH_LINES:
        time.sleep(1)
        result = cluster.kubectl("logs", f"deployment/{cluster.release}-backend", "-c", "migrate", check=False)
        lines = [line for line in result.stdout.splitlines() if line.strip()] if result.ok else []
    return [last_said([line]) for line in lines]


def _open(address: str) -> None:
    client = ApiClient(address, timeout=5)
    deadline = time.monotonic() + OPEN_SECONDS
    while client.request("GET", "/").status != 200 and time.monotonic() < deadline:
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
