"""A release whose objects are wrong, as the cluster would show them: the checks that look at them fail."""

from dataclasses import replace

import pytest
from acceptance.stack import Stack
from acceptance.tests.cluster.overlay import Change, OverlaidCluster

from .conftest import Examiner

BACKEND, FRONTEND = ("Deployment", "todo-stack-backend"), ("Deployment", "todo-stack-frontend")
CONTAINER = "/spec/template/spec/containers/0"
LITERAL = {"name": "DATABASE_URL", "value": "postgresql://"}


def mutation(number: str, change: Change, saying: str) -> object:
    return pytest.param(number, change, saying, id=number, marks=pytest.mark.breaks(number))


MUTATIONS = [
    mutation("FR-004", Change(*BACKEND, "replace", f"{CONTAINER}/ports/0/containerPort", 8001), "8001"),
    mutation("FR-005", Change(*FRONTEND, "replace", f"{CONTAINER}/ports/0/containerPort", 3001), "3001"),
    mutation("FR-013", Change(*BACKEND, "remove", f"{CONTAINER}/livenessProbe"), "missing"),
    mutation("FR-012", Change(*BACKEND, "add", f"{CONTAINER}/env/0", LITERAL), "not from a Secret: DATABASE_URL"),
    mutation("FR-017", Change(*FRONTEND, "replace", f"{CONTAINER}/env", []), "lack DATABASE_URL, BETTER_AUTH_SECRET"),
    mutation("FR-021", Change("Service", "todo-stack-backend", "replace", "/spec/sessionAffinity", "ClientIP"), "affinity"),
    mutation("FR-014", Change(*FRONTEND, "remove", "/metadata/annotations/kubernetes.io~1description"), "no description"),
    mutation("SC-008", Change("Service", "todo-stack-frontend", "remove", "/metadata/labels/app"), "lack app"),
    mutation("FR-016", Change(*FRONTEND, "replace", "/spec/replicas", 2), "wants 2"),
]  # fmt: skip


@pytest.fixture(scope="module")
def overlaid(victim: Stack) -> OverlaidCluster:
    """The victim's cluster, at rest."""
    return OverlaidCluster(**vars(victim.cluster))


@pytest.mark.parametrize(("number", "change", "saying"), MUTATIONS)
def test_a_wrong_object_fails_its_check(
    examiner: Examiner, victim: Stack, overlaid: OverlaidCluster, number: str, change: Change, saying: str
) -> None:
    examiner.passes(number, replace(victim, cluster=overlaid))
    examiner.fails(number, stack=replace(victim, cluster=overlaid.changed(change)), saying=saying)


@pytest.mark.breaks("FR-010", "US1-3")
@pytest.mark.parametrize(("label", "wrong"), [("tier", None), ("environment", "production")])
def test_a_pod_with_wrong_labels(
    examiner: Examiner, victim: Stack, overlaid: OverlaidCluster, label: str, wrong: str | None
) -> None:
    [pod] = victim.cluster.items("pods", "-l", f"{victim.cluster.ours},tier=frontend")
    name = pod["metadata"]["name"]
    change = Change("Pod", name, "replace" if wrong else "remove", f"/metadata/labels/{label}", wrong)
    examiner.fails("FR-010", "US1-3", stack=replace(victim, cluster=overlaid.changed(change)), saying=name)
    examiner.passes("FR-010", replace(victim, cluster=overlaid))
