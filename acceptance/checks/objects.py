"""The release's objects as the cluster has them: labels, Services, probes, replicas."""

import json
import time
from collections.abc import Callable

import pytest

from acceptance.inspection import Inspection, Measure
from acceptance.pods import is_ready, ready_since
from acceptance.stack import TIERS
from todo_cli.kube.cluster import Cluster, Json

ENVIRONMENTS = ("local", "production")
LOCAL, PRODUCTION = ENVIRONMENTS
DESCRIPTION = "kubernetes.io/description"
BACK_SECONDS = 120
KNOWN_SECONDS = 8  # a pod that is Ready again is found in DNS, and preferred like the others, within 6 s
UNDISTURBED_WITHIN_SECONDS = 300


def objects_of(stack: Inspection) -> list[Json]:
    """Every object of the release as the cluster has it now."""
    cluster = stack.stack.cluster
    manifest = stack.helm("get", "manifest", cluster.release).stdout
    stack.note("kubectl", "get", "-f", "manifest")
    found: list[Json] = json.loads(cluster.kubectl("get", "-f", "-", "-o", "json", stdin=manifest).stdout)["items"]
    return found


def deployments_of(stack: Inspection) -> list[Json]:
    """The release's Deployments."""
    return [one for one in objects_of(stack) if one["kind"] == "Deployment"]


def pods_of(stack: Inspection, deployment: Json, cluster: Cluster | None = None) -> list[Json]:
    """A Deployment's pods that are not on their way out: found by their owners, not by their labels."""
    name = deployment["metadata"]["name"]
    uid = deployment["metadata"]["uid"]
    found = stack.items("replicasets,pods", cluster=cluster)
    owners = {one["metadata"]["uid"] for one in found if one["kind"] == "ReplicaSet" and _owned_by(one, {uid})}
    pods = [one for one in found if one["kind"] == "Pod" and _owned_by(one, owners)]
    if not pods:
        pytest.fail(f"the Deployment {name} has no pods")
    return [pod for pod in pods if not pod["metadata"].get("deletionTimestamp")]


def tier_of(deployment: Json) -> str:
    """The tier by the Deployment's name."""
    return str(deployment["metadata"]["name"]).rpartition("-")[2]


def deployment_of(stack: Inspection, tier: str) -> Json:
    """The tier's Deployment; fails when there is none."""
    name = f"{stack.stack.cluster.release}-{tier}"
    return _named(stack, "deployment", name, f"the release has no Deployment for the {tier}")


def service_of(stack: Inspection, tier: str) -> Json:
    """The tier's Service; fails when there is none."""
    name = f"{stack.stack.cluster.release}-{tier}"
    return _named(stack, "service", name, f"the release has no Service {name}")


def _named(stack: Inspection, kind: str, name: str, otherwise: str) -> Json:
    found = json.loads(stack.kubectl("get", kind, name, "--ignore-not-found", "-o", "json") or "{}")
    if not found:
        pytest.fail(otherwise)
    return dict(found)


def ready_pods(stack: Inspection, tier: str) -> list[str]:
    """The names of the tier's Ready pods, as `await_ready` finds them."""
    return [pod["metadata"]["name"] for pod in await_ready(stack, tier)]


def await_ready(stack: Inspection, tier: str) -> list[Json]:
    """The tier's Ready pods, once there are as many as are wanted.

    A pod that is busy for some seconds is not Ready meanwhile. Those that are not after BACK_SECONDS are missing.
    """
    deadline = time.monotonic() + BACK_SECONDS
    while True:
        deployment = deployment_of(stack, tier)
        ready = [pod for pod in pods_of(stack, deployment) if is_ready(pod)]
        if len(ready) >= deployment["spec"]["replicas"] or time.monotonic() >= deadline:
            return ready
        time.sleep(0.5)


def holds_undisturbed(stack: Inspection, tier: str, holds: Callable[[], bool]) -> bool:
    """Whether something holds that is so only where all of the tier's pods serve; the first time that it does counts.

    A pod that is busy for some seconds is not Ready meanwhile, and nobody asks it. So a time that it does not hold
    counts only where the same pods were Ready all along, and for long enough before to be known everywhere.
    """
    serving, since = _serving(stack, tier), time.monotonic()
    deadline = since + UNDISTURBED_WITHIN_SECONDS
    while True:
        began = time.monotonic()
        if holds():
            return True
        if (found := _serving(stack, tier)) != serving:
            serving, since = found, time.monotonic()
        elif began - since >= KNOWN_SECONDS:
            return False
        if began >= deadline:
            return False
        time.sleep(1)


def _serving(stack: Inspection, tier: str) -> set[tuple[str, str]]:
    """The tier's Ready pods, once all are, and since when each is."""
    return {(pod["metadata"]["name"], ready_since(pod)) for pod in await_ready(stack, tier)}


def value_of(stack: Inspection, *path: str) -> object:
    """A value that the release runs with, the chart's own where it was given none."""
    cluster = stack.stack.cluster
    found = json.loads(stack.helm("get", "values", cluster.release, "--all", "-o", "json").stdout)
    for name in path:
        found = found[name]
    return found


@pytest.mark.clause("FR-010", "US1-3")
def test_pods_are_labelled(stack: Inspection) -> None:
    """The labels of every pod of the release, its pods found by their owners, beside the release's `environment`."""
    environment = value_of(stack, "environment")
    stack.require(environment in ENVIRONMENTS, f"the release runs with environment={environment}")
    for deployment in deployments_of(stack):
        tier = tier_of(deployment)
        for pod in pods_of(stack, deployment):
            labels = pod["metadata"].get("labels", {})
            seen = {key: labels.get(key) for key in ("app", "tier", "environment")}
            # The demo database's pod keeps its label when the environment changes, for its data would end with it.
            wanted = (environment,) if tier in TIERS else ENVIRONMENTS
            right = seen["app"] == "todo" and seen["tier"] == tier and seen["environment"] in wanted
            stack.require(right, f"{pod['metadata']['name']}: {seen}")


@pytest.mark.clause("FR-013")
def test_probes_are_there(stack: Inspection) -> None:
    """Readiness and liveness probes of both tiers, and what the probed paths answer now."""
    for tier in TIERS:
        deployment = deployment_of(stack, tier)
        container = deployment["spec"]["template"]["spec"]["containers"][0]
        for probe in ("readinessProbe", "livenessProbe"):
            stack.require(
                probe in container, f"{tier}: {probe} {container.get(probe, {}).get('httpGet', 'is missing')}"
            )
            path, port = container[probe]["httpGet"]["path"], container["ports"][0]["containerPort"]
            stack.require(_answers_ok(stack, tier, f"{port}/proxy{path}"), f"{tier}: {path} answers ok")


def _answers_ok(stack: Inspection, tier: str, way: str) -> bool:
    """Whether a Ready pod of the tier answers at the end of the API's `way` to it; asked again while none does."""
    deadline = time.monotonic() + BACK_SECONDS
    while True:
        for pod in ready_pods(stack, tier)[:1]:
            path = f"/api/v1/namespaces/{stack.stack.cluster.namespace}/pods/http:{pod}:{way}"
            if '"ok"' in stack.kubectl("get", "--raw", path, check=False):
                return True
        if time.monotonic() >= deadline:
            return False
        time.sleep(1)


@pytest.mark.clause("FR-014", "SC-008")
def test_found_and_described_by_labels(stack: Inspection) -> None:
    """What kubectl-ai and kagent ask: everything found by standard labels alone, and described by describe."""
    cluster = stack.stack.cluster
    objects = objects_of(stack)
    for one in objects:
        labels, name = one["metadata"].get("labels", {}), f"{one['kind']}/{one['metadata']['name']}"
        missing = [
            key
            for key in ("app.kubernetes.io/name", "app.kubernetes.io/instance", "app.kubernetes.io/component", "app")
            if key not in labels
        ]
        stack.require(not missing, f"{name}: labels " + (f"lack {', '.join(missing)}" if missing else "complete"))
        described = one["metadata"].get("annotations", {}).get(DESCRIPTION, "")
        stack.require(len(described) > 20, f"{name}: {described or 'no description'}")
    for tier in TIERS:
        found = stack.items("deployments,services,pods", "-l", f"app=todo,tier={tier}")
        kinds = sorted({one["kind"] for one in found})
        stack.require(kinds == ["Deployment", "Pod", "Service"], f"-l app=todo,tier={tier} finds {', '.join(kinds)}")
    reported = stack.kubectl("describe", "deployment", "-l", f"{cluster.ours},tier=backend")
    stack.require(DESCRIPTION in reported, "kubectl describe tells what the backend is")


@pytest.mark.clause("US4-1")
def test_two_backends_are_ready(stack: Inspection, measure: Measure) -> None:
    """How many backend pods are Ready."""
    measure("ready backend pods", len(ready_pods(stack, "backend")), "pods", at_least=2)


@pytest.mark.clause("FR-016")
def test_one_frontend(stack: Inspection) -> None:
    """How many pods the frontend's Deployment wants and has Ready, where the stack is a local one."""
    wanted = deployment_of(stack, "frontend")["spec"]["replicas"]
    if wanted != 1 and value_of(stack, "environment") != LOCAL:
        pytest.skip(f"{wanted} frontend pods, and this is about local development")
    stack.require(wanted == 1, f"the frontend wants {wanted} pod(s)")
    ready = len(ready_pods(stack, "frontend"))
    stack.require(ready == 1, f"{ready} frontend pod(s) Ready")


def _owned_by(one: Json, owners: set[str]) -> bool:
    return any(owner["uid"] in owners for owner in one["metadata"].get("ownerReferences", []))
