"""A running release that is broken on purpose: the checks that look at it fail, and pass before."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest
from acceptance import scratch_release
from acceptance.api_client import ApiClient
from acceptance.checks import availability, deployment, edge_cases, images, secret_changes
from acceptance.checks.waiting import await_
from acceptance.pods import is_ready
from acceptance.replicas import leaving, name_of
from acceptance.rotation.changes import secret_values
from acceptance.signals import container_of, signal_target
from acceptance.stack import Stack
from acceptance.verification import given

from todo_cli.kube.cluster import Cluster, Json
from todo_cli.process_environment import clean_environment
from todo_cli.programs import capture

from .conftest import Examiner


@dataclass(frozen=True)
class Mutation:
    """What is changed at an object of the release, and rolled back afterwards."""

    target: str
    patch: list[Json]


BACKEND, FRONTEND = "deployment/todo-stack-backend", "deployment/todo-stack-frontend"
SERVICES = {tier: f"service/todo-stack-{tier}" for tier in ("backend", "replicas", "frontend")}


def _container(path: str, value: object, op: str = "replace") -> Json:
    return {"op": op, "path": f"/spec/template/spec/containers/0/{path}", "value": value}


@contextmanager
def changed(cluster: Cluster, mutation: Mutation, *, rolls: bool = False) -> Iterator[None]:
    """The object changed meanwhile; `rolls`: a Deployment's pods follow."""
    before = cluster.get(mutation.target)
    is_deployment = mutation.target.startswith("deployment/")
    if is_deployment and not rolls:
        cluster.kubectl("rollout", "pause", mutation.target)
    cluster.kubectl("patch", mutation.target, "--type", "json", "-p", json.dumps(mutation.patch))
    try:
        if rolls:
            cluster.wait_for_rollout(mutation.target)
        yield
    finally:
        for field in ("managedFields", "resourceVersion", "uid", "creationTimestamp", "generation"):
            before["metadata"].pop(field, None)
        before.pop("status", None)
        cluster.kubectl("replace", "-f", "-", stdin=json.dumps(before))


@contextmanager
def scaled(cluster: Cluster, deployment: str, replicas: int, back: int) -> Iterator[None]:
    """The Deployment with so many pods meanwhile."""
    cluster.kubectl("scale", deployment, f"--replicas={replicas}")
    try:
        cluster.wait_for_rollout(deployment)
        yield
    finally:
        cluster.kubectl("scale", deployment, f"--replicas={back}")
        cluster.wait_for_rollout(deployment)


@contextmanager
def created(cluster: Cluster, *manifests: Json) -> Iterator[None]:
    """These objects beside the release meanwhile."""
    text = json.dumps({"apiVersion": "v1", "kind": "List", "items": manifests})
    cluster.kubectl("create", "-f", "-", stdin=text)
    try:
        yield
    finally:
        cluster.kubectl("delete", "-f", "-", stdin=text)


@pytest.mark.breaks("FR-008", "US3-1")
def test_a_node_port_that_leads_nowhere(examiner: Examiner, victim: Stack) -> None:
    examiner.passes("FR-008", victim)
    nowhere = [{"op": "replace", "path": "/spec/ports/0/targetPort", "value": 3999}]
    with changed(victim.cluster, Mutation(SERVICES["frontend"], nowhere)):
        examiner.fails("FR-008", "US3-1", stack=victim, saying="asked from a pod", within=50)


@pytest.mark.breaks("FR-009", "US3-3")
def test_another_way_to_the_backend(examiner: Examiner, victim: Stack) -> None:
    examiner.passes("FR-009", victim)
    selector = victim.cluster.get(SERVICES["backend"])["spec"]["selector"]
    service = {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": "a-way-in"},
        "spec": {"type": "NodePort", "selector": selector, "ports": [{"port": 8000}]},
    }
    ingress = {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "Ingress",
        "metadata": {"name": "another"},
        "spec": {"defaultBackend": {"service": {"name": "todo-stack-backend", "port": {"number": 8000}}}},
    }
    with created(victim.cluster, service):
        examiner.fails("FR-009", "US3-3", stack=victim, saying="the Service a-way-in (NodePort)")
    with created(victim.cluster, ingress):
        examiner.fails("FR-009", "US3-3", stack=victim, saying="the Ingress another")


@pytest.mark.breaks("US4-2", "FR-021", "SC-011")
def test_a_pod_that_no_request_reaches(examiner: Examiner, victim: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deployment, "SCALE_SECONDS", 8)
    [pod, *_] = victim.cluster.items("pods", "-l", f"{victim.cluster.ours},tier=backend")
    victim.cluster.kubectl("label", "pod", pod["metadata"]["name"], "only=this")
    only = [{"op": "add", "path": "/spec/selector/only", "value": "this"}]
    one, other = (Mutation(SERVICES[name], only) for name in ("backend", "replicas"))
    with changed(victim.cluster, one), changed(victim.cluster, other):
        examiner.fails("US4-2", stack=victim, saying="by pod", within=150)
        examiner.fails("FR-021", stack=victim, saying="no other backend pod")
    quota = {
        "apiVersion": "v1",
        "kind": "ResourceQuota",
        "metadata": {"name": "no-more"},
        "spec": {"hard": {"pods": "0"}},
    }
    with created(victim.cluster, quota):
        examiner.fails("SC-011", stack=victim, saying="not both replicas served")
    with scaled(victim.cluster, BACKEND, 1, 2):  # so that what was refused is tried again at once
        pass


@pytest.mark.breaks("US4-1", "SC-012", "US4-3")
def test_the_only_replica_is_lost(examiner: Examiner, victim: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(availability, "LOAD_SECONDS", 4)
    with scaled(victim.cluster, BACKEND, 1, 2):
        _killed(victim.cluster)  # a second time in a row the kubelet waits before it starts it again
        examiner.fails("US4-1", stack=victim, saying="ready backend pods: 1")
        examiner.fails("SC-012", "US4-3", stack=victim, saying="failed requests")


@pytest.mark.breaks("SC-005")
def test_a_page_that_is_not_there(examiner: Examiner, victim: Stack) -> None:
    with scaled(victim.cluster, FRONTEND, 0, 1):
        examiner.fails("SC-005", stack=victim, saying="answers", within=100)
    await_(lambda: _answers(victim), "the page is not back")


@pytest.mark.breaks("SC-013")
def test_keys_that_do_not_reach_the_pods(examiner: Examiner, victim: Stack) -> None:
    empty = [{"op": "replace", "path": "/data/OPENAI_API_KEY", "value": ""}]
    pod = _rotation(victim.cluster)[0]
    with changed(victim.cluster, Mutation("secret/todo-stack-secrets", empty)):
        _nudge(victim.cluster)
        await_(lambda: _length(victim.cluster, pod) == "0", "the key is still in the pod", 600)
        examiner.fails("SC-013", stack=victim, saying="OPENAI_API_KEY")
    _nudge(victim.cluster)


@pytest.mark.breaks("SC-007")
def test_a_key_in_an_object_that_is_no_secret(examiner: Examiner, victim: Stack) -> None:
    key = secret_values(victim.cluster.get("secret", "todo-stack-secrets"))["BETTER_AUTH_SECRET"]
    copy = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "copy"}, "data": {"settings": f"key={key}"}}
    with created(victim.cluster, copy):
        examiner.fails("SC-007", stack=victim, saying="ConfigMap/copy holds todo-stack-secrets/BETTER_AUTH_SECRET")


@pytest.fixture(scope="module")
def spoilt(victim: Stack) -> Iterator[dict[str, str]]:
    """Images that are too large, and hold what a build needs, an application's source, and a key of the release."""
    key = secret_values(victim.cluster.get("secret", "todo-stack-secrets"))["BETTER_AUTH_SECRET"]
    made = {}
    for tier in ("backend", "frontend"):
        made[tier] = f"todo-verify-spoilt-{tier}"
        megabytes = images.SIZES[tier] + 10
        dockerfile = (
            f"FROM {victim.image(tier)}\nUSER 0\n"
            f"RUN head -c {megabytes}000000 /dev/zero >/large && mkdir -p app node_modules/typescript\n"
            f"RUN --mount=type=secret,id=key cat /run/secrets/key >/settings\nUSER 10001\n"
        )
        # What a secret holds is no part of Docker's cache: it would give the key of an earlier release.
        build = ["docker", "build", "--quiet", "--no-cache", "--tag", made[tier]]
        capture(
            [*build, "--secret", "id=key,env=SPOILT_KEY", "-"],
            stdin=dockerfile,
            env=clean_environment(DOCKER_BUILDKIT="1", SPOILT_KEY=key),
            timeout=600,
        )
    yield made
    capture(["docker", "image", "rm", "--force", *made.values()], check=False)


@pytest.mark.breaks("SC-002", "SC-003", "US2-3", "FR-018", "SC-007")
def test_images_that_are_too_large_and_hold_too_much(examiner: Examiner, victim: Stack, spoilt: dict[str, str]) -> None:
    for number in ("SC-002", "SC-003", "US2-3", "FR-018"):
        examiner.passes(number, victim)
    frontend = Mutation(FRONTEND, [_container("image", spoilt["frontend"])])
    with changed(victim.cluster, frontend):
        examiner.fails("SC-003", stack=victim, saying="frontend above")
        examiner.fails("US2-3", stack=victim, saying="frontend above")
        examiner.fails("FR-018", stack=victim, saying="source of the app: there")
        examiner.fails("SC-007", stack=victim, saying="todo-stack-secrets/BETTER_AUTH_SECRET in /settings")
    with changed(victim.cluster, Mutation(BACKEND, [_container("image", spoilt["backend"])])):
        examiner.fails("SC-002", stack=victim, saying="backend above")
        examiner.fails("SC-007", stack=victim, saying="todo-stack-secrets/BETTER_AUTH_SECRET in /settings")


@pytest.mark.breaks("EC-6")
def test_an_unhealthy_pod_that_stays_in_rotation(
    examiner: Examiner, victim: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(edge_cases, "OUT_OF_ROTATION_SECONDS", 15)
    monkeypatch.setattr(scratch_release, "UPGRADE_SECONDS", 1)  # a paused Deployment never settles
    unprobed = [{"op": "remove", "path": "/spec/template/spec/containers/0/readinessProbe"}]
    with changed(victim.cluster, Mutation(BACKEND, unprobed)):
        examiner.fails("EC-6", stack=victim, saying="stayed in rotation")


@pytest.mark.breaks("EC-8")
def test_a_backend_that_reads_its_key_once(examiner: Examiner, victim: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(secret_changes, "FILE_SECONDS", 8)
    once = 'export OPENAI_API_KEY="$(cat "$OPENAI_API_KEY_FILE")"; unset OPENAI_API_KEY_FILE; exec python -m todo_backend serve'
    with changed(victim.cluster, Mutation(BACKEND, [_container("command", ["sh", "-c", once], "add")]), rolls=True):
        none = given(external_release=None)  # that one's keys are looked at later
        examiner.fails("EC-8", stack=victim, saying="as a file: some pod uses the former key", releases=none)


def _killed(cluster: Cluster) -> None:
    """Kill the only backend pod's processes, and wait until others are Ready."""
    [pod] = [one for one in cluster.items("pods", "-l", f"{cluster.ours},tier=backend") if not leaving(one)]
    name = name_of(pod)
    with signal_target(cluster, pod) as target:
        target.send("SIGKILL")
    await_(lambda: container_of(cluster.get("pod", name)) != container_of(pod), "it was not started again")
    await_(lambda: is_ready(cluster.get("pod", name)), "it is not Ready again")


def _answers(stack: Stack) -> bool:
    return ApiClient(stack.address, timeout=30).request("GET", "/").status == 200


def _nudge(cluster: Cluster) -> None:
    looked_at = f"looked-at={time.monotonic()}"
    cluster.kubectl("annotate", "pods", "--all", "--overwrite", looked_at, check=False)  # a pod may leave just now


def _rotation(cluster: Cluster) -> list[str]:
    """The pods that the backend's Service sends requests to."""
    slices = cluster.items("endpointslices", "-l", "kubernetes.io/service-name=todo-stack-backend")
    return [
        endpoint["targetRef"]["name"]
        for one in slices
        for endpoint in one.get("endpoints") or []
        if endpoint["conditions"].get("ready")
    ]


def _length(cluster: Cluster, pod: str) -> str:
    read = "import os; print(len(open(os.environ['OPENAI_API_KEY_FILE']).read()))"
    return cluster.kubectl("exec", pod, "-c", "backend", "--", "python", "-c", read).stdout.strip()
