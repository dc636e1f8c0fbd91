"""A running release that is broken on purpose: the checks that look at it fail, and pass before."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

import pytest
from acceptance.checks import availability, deployment, edge_cases
from acceptance.running import Verdict
from acceptance.stack import Stack
from acceptance.trial import Times, Trial, Trials

from todo_cli.cluster.client import Cluster, Json

from .conftest import Examine, assert_failed

NOWHERE = "http://127.0.0.1:9"


@dataclass(frozen=True)
class Mutation:
    """What is changed at an object of the release, and taken back afterwards."""

    number: str
    target: str
    patch: list[Json]
    seen: str


def _container(path: str, value: object, op: str = "replace") -> Json:
    return {"op": op, "path": f"/spec/template/spec/containers/0/{path}", "value": value}


BACKEND, FRONTEND = "deployment/todo-stack-backend", "deployment/todo-stack-frontend"
OTHER_IMAGE = "postgres:17"

# Deployments are paused meanwhile: their pods stay as they are, and what the Deployment says is wrong.
MUTATIONS = [
    Mutation("FR-004", BACKEND, [_container("ports/0/containerPort", 8001)], "8001"),
    Mutation("FR-005", FRONTEND, [_container("ports/0/containerPort", 3001)], "3001"),
    Mutation("FR-018", FRONTEND, [_container("image", OTHER_IMAGE)], "docker run"),
    Mutation("SC-002", BACKEND, [_container("image", OTHER_IMAGE)], "was not built on"),
    Mutation("SC-003", FRONTEND, [_container("image", OTHER_IMAGE)], "was not built on"),
    Mutation("US2-3", FRONTEND, [_container("image", OTHER_IMAGE)], "was not built on"),
    Mutation("FR-013", BACKEND, [{"op": "remove", "path": "/spec/template/spec/containers/0/livenessProbe"}], "missing"),
    Mutation("FR-012", BACKEND, [_container("env/0", {"name": "DATABASE_URL", "value": "postgresql://"}, "add")], "literal"),
    Mutation("FR-017", FRONTEND, [_container("env/0", {"name": "BETTER_AUTH_SECRET", "value": "x"}, "add")], "literal"),
    Mutation("FR-021", "service/todo-stack-backend", [{"op": "replace", "path": "/spec/sessionAffinity", "value": "ClientIP"}], "affinity"),
    Mutation("FR-014", FRONTEND, [{"op": "remove", "path": "/metadata/annotations/kubernetes.io~1description"}], "no description"),
    Mutation("SC-008", "service/todo-stack-frontend", [{"op": "remove", "path": "/metadata/labels/app"}], "lack app"),
]  # fmt: skip


@contextmanager
def _changed(cluster: Cluster, mutation: Mutation) -> Iterator[None]:
    before = cluster.get(mutation.target)
    paused = mutation.target.startswith("deployment/")
    if paused:
        cluster.kubectl("rollout", "pause", mutation.target)
    cluster.kubectl("patch", mutation.target, "--type", "json", "-p", json.dumps(mutation.patch))
    try:
        yield
    finally:
        for field in ("managedFields", "resourceVersion", "uid", "creationTimestamp", "generation"):
            before["metadata"].pop(field, None)
        before.pop("status", None)
        cluster.kubectl("replace", "-f", "-", stdin=json.dumps(before))


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda one: one.number)
def test_a_wrong_object_fails_its_check(examined: Examine, victim: Stack, mutation: Mutation) -> None:
    well = examined(mutation.number, victim)
    assert well.verdict is Verdict.PASS, well
    with _changed(victim.cluster, mutation):
        assert_failed(examined(mutation.number, victim), mutation.seen)


@pytest.mark.parametrize("number", ["FR-010", "US1-3"])
def test_a_pod_without_its_labels(examined: Examine, victim: Stack, number: str) -> None:
    [pod] = victim.cluster.items("pods", "-l", f"{victim.cluster.ours},tier=frontend")
    name = pod["metadata"]["name"]
    victim.cluster.kubectl("label", "pod", name, "tier-")
    try:
        assert_failed(examined(number, victim), name)
    finally:
        victim.cluster.kubectl("label", "pod", name, "tier=frontend")
    assert examined(number, victim).verdict is Verdict.PASS


def test_a_second_frontend(examined: Examine, victim: Stack) -> None:
    victim.cluster.kubectl("scale", FRONTEND, "--replicas=2")
    try:
        assert_failed(examined("FR-016", victim), "wants 2")
    finally:
        victim.cluster.kubectl("scale", FRONTEND, "--replicas=1")
        victim.cluster.kubectl("rollout", "status", FRONTEND, "--timeout=60s")
    assert examined("FR-016", victim).verdict is Verdict.PASS


def test_a_pod_that_no_request_reaches(examined: Examine, victim: Stack) -> None:
    service = "service/todo-stack-backend"
    [pod, *_] = victim.cluster.items("pods", "-l", f"{victim.cluster.ours},tier=backend")
    victim.cluster.kubectl("label", "pod", pod["metadata"]["name"], "only=this")
    only = [{"op": "add", "path": "/spec/selector/only", "value": "this"}]
    with _changed(victim.cluster, Mutation("US4-2", service, only, "")):
        edge_cases.await_(lambda: len(_rotation(victim.cluster)) == 1, "the Service has other pods")
        assert_failed(examined("US4-2", victim), "by pod")
        assert_failed(examined("FR-021", victim), "no other backend pod")


@pytest.fixture
def lonely(victim: Stack) -> Iterator[Stack]:
    """A release with a single backend pod."""
    victim.cluster.kubectl("scale", BACKEND, "--replicas=1")
    victim.cluster.kubectl("rollout", "status", BACKEND, "--timeout=60s")
    yield victim
    victim.cluster.kubectl("scale", BACKEND, "--replicas=2")
    victim.cluster.kubectl("rollout", "status", BACKEND, "--timeout=120s", timeout=130)


def test_the_only_replica_is_lost(examined: Examine, lonely: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
    assert_failed(examined("US4-1", lonely), "ready backend pods: 1")
    monkeypatch.setattr(availability, "LOAD_SECONDS", 4)
    assert_failed(examined("SC-012", lonely), "failed requests")


def test_nobody_can_use_the_page(examined: Examine, victim: Stack) -> None:
    away = replace(victim, address=NOWHERE)
    assert_failed(examined("US1-2", away), "ERR_")
    assert_failed(examined("SC-005", away), "answers")


@pytest.mark.parametrize(
    ("number", "module", "limit"),
    [
        ("SC-001", deployment, "INSTALL_SECONDS"),
        ("SC-004", deployment, "READY_SECONDS"),
        ("US1-1", deployment, "READY_SECONDS"),
        ("SC-011", deployment, "SCALE_SECONDS"),
    ],
)
def test_too_slow(
    examined: Examine, trials: Trials, monkeypatch: pytest.MonkeyPatch, number: str, module: object, limit: str
) -> None:
    monkeypatch.setattr(module, limit, 0.01)
    assert_failed(examined(number, trials.stack))


def test_keys_that_do_not_reach_the_pods(examined: Examine, victim: Stack, trials: Trials) -> None:
    empty = [{"op": "replace", "path": "/data/OPENAI_API_KEY", "value": ""}]
    pod = _rotation(victim.cluster)[0]
    with _changed(victim.cluster, Mutation("SC-013", "secret/todo-stack-secrets", empty, "")):
        for one in _rotation(victim.cluster):
            victim.cluster.kubectl("annotate", "pod", one, "looked-at=now", "--overwrite")
        edge_cases.await_(lambda: _length(victim.cluster, pod) == "0", "the key is still in the pod", 120)
        assert_failed(examined("SC-013", trials.stack), "OPENAI_API_KEY")


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


class Broken(Trials):
    """Trials whose healthy one is not: a chart changed to be wrong."""

    def __init__(self, stack: Stack, trial: Trial) -> None:
        super().__init__(stack)
        self._healthy = trial


@pytest.fixture
def broken(victim: Stack, checkout: Stack, trials: Trials) -> Callable[[str, str, str], Trials]:
    """The same release, whose upgrades take a chart in which `old` was replaced by `new`."""

    def make(file: str, old: str, new: str) -> Trials:
        path = checkout.chart / file
        text = path.read_text()
        assert old in text, f"{file} has no {old}"
        path.write_text(text.replace(old, new))
        return Broken(checkout, Trial(checkout, Times(1, 1, 1), trials.healthy().values))

    return make


@pytest.mark.parametrize("number", ["EC-1", "EC-2"])
def test_an_upgrade_that_takes_the_former_pods_away(
    examined: Examine, victim: Stack, broken: Callable[[str, str, str], Trials], number: str
) -> None:
    own = broken("values.yaml", "maxUnavailable: 0}", "maxUnavailable: 100%}")
    assert_failed(examined(number, victim, own), edge_cases.FORMER_SERVES)


def test_a_database_that_is_not_waited_for(examined: Examine, victim: Stack, trials: Trials) -> None:
    outside = trials.on_outside_database()
    silent = Broken(victim, trials.healthy())
    silent._outside = replace(outside, said=[])
    assert_failed(examined("EC-3", victim, silent), "0 lines")
    silent._outside = replace(outside, stack=replace(outside.stack, address=NOWHERE))
    assert_failed(examined("FR-011", victim, silent), "nobody can sign up")


def test_a_setting_that_rolls_what_does_not_use_it(
    examined: Examine, victim: Stack, broken: Callable[[str, str, str], Trials]
) -> None:
    own = broken(
        "templates/frontend/deployment.yaml",
        "kubectl.kubernetes.io/default-container: frontend",
        "kubectl.kubernetes.io/default-container: frontend\n        rolled: {{ randAlphaNum 8 }}",
    )
    assert_failed(examined("EC-4", victim, own), "the frontend's pod was not")


def test_a_frontend_that_says_nothing(examined: Examine, victim: Stack, trials: Trials) -> None:
    away = replace(victim, address=NOWHERE)
    own = Broken(victim, Trial(away, Times(1, 1, 1), trials.healthy().values))
    assert_failed(examined("EC-5", victim, own), "nobody can sign up")


def test_an_unhealthy_pod_that_stays_in_rotation(
    examined: Examine, victim: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(edge_cases, "TROUBLE_SECONDS", 15)
    unprobed = [{"op": "remove", "path": "/spec/template/spec/containers/0/readinessProbe"}]
    with _changed(victim.cluster, Mutation("EC-6", BACKEND, unprobed, "")):
        assert_failed(examined("EC-6", victim), "stayed in rotation")


def test_secrets_that_are_no_files(examined: Examine, victim: Stack, trials: Trials) -> None:
    name = "OPENAI_API_KEY_FILE"
    container = victim.cluster.get(BACKEND)["spec"]["template"]["spec"]["containers"][0]
    place = next(number for number, one in enumerate(container["env"]) if one["name"] == name)
    gone = [{"op": "remove", "path": f"/spec/template/spec/containers/0/env/{place}"}]
    with _changed(victim.cluster, Mutation("EC-8", BACKEND, gone, "")):
        assert_failed(examined("EC-8", victim), "read from files")
