"""What is said before an `up` whose pods cannot all find a place; the nodes are made up here."""

from copy import deepcopy

import pytest

from conftest import CHART_VALUES, Machine, Up, node, placed
from todo_cli.cluster.chart_values import lay_over
from todo_cli.cluster.shortage import Shortage, described, find_shortages, parts, shortage
from todo_cli.engines.choose import UpOptions
from todo_cli.kube.cluster import Cluster
from todo_cli.layout import CHECKOUT

CORE, MEBIBYTE = 1000, 1000 * 2**20
CHART = CHECKOUT / "charts" / "todo-stack"
CLUSTER = Cluster("kubectl", "helm", "todo-stack", "todo-stack")


def lacking(resource: str, free: list[int], values: dict[str, str]) -> Shortage | None:
    """What the chart's pods lack of a resource with these values; free: what each node has, in thousandths."""
    return shortage(resource, parts(lay_over(CHART_VALUES, values), resource), free)


def asking(cpu: str, **more: str) -> dict[str, str]:
    return {"backend.resources.requests.cpu": cpu} | more


DEMO = {"database.demo.enabled": "true"}


@pytest.mark.parametrize(
    ("values", "free", "fits"),
    [
        (asking("100m"), [300], True),
        (asking("100m"), [299], False),
        (asking("1200m"), [2 * CORE], False),
        (asking("1200m"), [2 * CORE, 2 * CORE], True),
        (asking("1.2"), [1300, 1300, 50], True),  # the frontend fits beside one of them
        (asking("1200m"), [2600, 50], True),
        (asking("1200m"), [1100, 1100, 1100], False),  # enough together, and no place for any
        (asking("0"), [100], True),
        (DEMO, [400], True),
        (DEMO, [399], False),  # the demo database asks too
        ({"backend.resources": '{"limits": {"cpu": "1"}, "requests": {"cpu": null}}'}, [2 * CORE], False),
    ],
)
def test_what_fits(values: dict[str, str], free: list[int], fits: bool) -> None:
    assert (lacking("cpu", free, values) is None) is fits


@pytest.mark.parametrize(
    ("resource", "free", "told", "value"),
    [
        (
            "cpu",
            [1150],
            "the pods request 2 x 1200m (backend), 1 x 100m (frontend), and the nodes have 1150m free",
            "350m",
        ),
        ("cpu", [1150, 800], "and the nodes have 1150m, 800m free", "350m"),
        (
            "memory",
            [2048 * MEBIBYTE],
            "2 x 1536Mi (backend), 1 x 128Mi (frontend), and the nodes have 2048Mi free",
            "640Mi",
        ),
    ],
)
def test_the_resource_and_the_value_to_change_are_named(resource: str, free: list[int], told: str, value: str) -> None:
    values = asking("1200m") | {"backend.resources.requests.memory": "1.5Gi"}
    found = lacking(resource, free, values)
    assert found is not None
    assert told in found.text
    name = f"backend.resources.requests.{resource}"
    assert (found.path, found.fitting) == (name, value)
    assert described([found])[1] == f"./todo up --set {name}={value}"
    changed = values | {name: value}
    assert lacking(resource, free, changed) is None
    assert lacking(resource, free, changed | {"backend.replicas": "3"}) is None, "a rollout runs one pod more"


@pytest.mark.parametrize(("resource", "free"), [("cpu", 110), ("memory", 300 * MEBIBYTE)])
def test_no_value_is_proposed_that_is_too_little_to_run_with(resource: str, free: int) -> None:
    found = lacking(resource, [free], asking("1200m"))
    assert found is not None
    text, fix = described([found])
    assert f"lower backend.resources.requests.{resource}" in text
    assert "--set" not in fix


def test_what_is_no_quantity_is_left_to_the_cluster() -> None:
    assert lacking("cpu", [300], asking("much")) is None


def test_pods_of_the_release_itself_and_those_that_ended_take_no_room(machine: Machine) -> None:
    ours, ended = placed("backend", cpu="1500m"), placed("job", cpu="1500m")
    ours["metadata"] |= {"namespace": "todo-stack", "labels": {"app.kubernetes.io/instance": "todo-stack"}}
    ended["status"]["phase"] = "Succeeded"
    free = node(cpu="2", memory="4Gi")
    full = deepcopy(free)
    full["spec"]["unschedulable"] = True
    machine.set(minikube="running", chart_values=CHART_VALUES, nodes=[free, full], pods=[ours, ended])
    assert find_shortages(CLUSTER, CHART, {"backend": {"replicas": 3}}) == []
    machine.set(pods=[ours, ended, placed("other", cpu="1700m")])
    assert [one.path for one in find_shortages(CLUSTER, CHART, {"backend": {"replicas": 3}}) or []] == [
        "backend.resources.requests.cpu"
    ]


def test_who_may_not_list_nodes_and_pods_hears_nothing(machine: Machine) -> None:
    machine.set(minikube="running", nodes=[], pods=[])
    assert find_shortages(CLUSTER, CHART, {}) is None


def test_up_tells_before_it_installs_and_installs_all_the_same(
    up: Up, machine: Machine, capsys: pytest.CaptureFixture[str]
) -> None:
    machine.set(minikube="running", chart_values=CHART_VALUES)
    machine.set(nodes=[node(cpu="250m", memory="4Gi")], pods=[placed("other", cpu="0")])
    up(UpOptions(engine="minikube"))
    said = capsys.readouterr().out
    assert "warning: not every pod will find room. cpu: the pods request 2 x 100m (backend)" in said
    assert "fix: ./todo up --set backend.resources.requests.cpu=10m" in said
    assert said.index("not every pod") < said.index("Helm release")
    assert machine.get("installs") == 1
    machine.set(release={"status": "deployed", "description": "another"})
    up(UpOptions(engine="minikube"))
    assert "not every pod" not in capsys.readouterr().out
