"""One value, `environment`, and what it decides."""

import re

import pytest
from conftest import CHART, DEMO, EXISTING, Chart, Object, Rendered, containers, merged


def _frontend_service(rendered: Rendered) -> Object:
    spec: Object = rendered.one("Service", "todo-stack-frontend")["spec"]
    return spec


def _flat(value: object, path: str = "") -> dict[str, object]:
    """Every leaf by its path."""
    if isinstance(value, dict):
        return {k: v for key, item in value.items() for k, v in _flat(item, f"{path}/{key}").items()}
    if isinstance(value, list):
        return {k: v for i, item in enumerate(value) for k, v in _flat(item, f"{path}/{i}").items()}
    return {path: value}


def test_local_is_a_node_port(chart: Chart) -> None:
    service = _frontend_service(chart.render(EXISTING))
    assert service["type"] == "NodePort"
    assert service["ports"][0]["nodePort"] == 30080
    assert service["ports"][0]["port"] == 3000


def test_production_is_a_load_balancer(chart: Chart) -> None:
    service = _frontend_service(chart.render(EXISTING, "--set", "environment=production"))
    assert service["type"] == "LoadBalancer"
    assert "nodePort" not in service["ports"][0]


@pytest.mark.parametrize("environment", ["local", "production"])
@pytest.mark.parametrize("kind", ["NodePort", "LoadBalancer", "ClusterIP"])
def test_the_type_can_be_set_by_itself(chart: Chart, environment: str, kind: str) -> None:
    values = merged(EXISTING, {"environment": environment, "frontend": {"service": {"type": kind}}})
    service = _frontend_service(chart.render(values))
    assert service["type"] == kind
    assert ("nodePort" in service["ports"][0]) == (kind == "NodePort")


def test_node_port_zero_lets_kubernetes_choose(chart: Chart) -> None:
    service = _frontend_service(chart.render(merged(EXISTING, {"frontend": {"service": {"nodePort": 0}}})))
    assert "nodePort" not in service["ports"][0]


def test_the_load_balancer_is_the_platforms_choice(chart: Chart) -> None:
    service = {
        "loadBalancerClass": "service.k8s.aws/nlb",
        "loadBalancerSourceRanges": ["203.0.113.0/24"],
        "externalTrafficPolicy": "Local",
    }
    given = merged(EXISTING, {"frontend": {"service": service}})
    assert service.items() <= _frontend_service(chart.render(given, "--set", "environment=production")).items()
    node_port = _frontend_service(chart.render(given))
    assert node_port["externalTrafficPolicy"] == "Local"
    assert "loadBalancerClass" not in node_port
    inside = _frontend_service(chart.render(given, "--set", "frontend.service.type=ClusterIP"))
    assert not service.keys() & inside.keys(), "Kubernetes refuses them there"


@pytest.mark.parametrize("environment", ["local", "production"])
def test_the_backend_stays_inside(chart: Chart, environment: str) -> None:
    service = chart.render(EXISTING, "--set", f"environment={environment}").one("Service", "todo-stack-backend")
    assert service["spec"]["type"] == "ClusterIP"
    assert service["spec"]["ports"][0]["port"] == 8000


def test_the_switch_changes_this_and_nothing_else(chart: Chart) -> None:
    values = merged(DEMO, {"database": {"demo": {"password": "fixed"}}})
    local, production = chart.render(values), chart.render(values, "--set", "environment=production")
    assert local.names() == production.names()
    changed = set()
    for item in local:
        before = _flat(item)
        after = _flat(production.one(item["kind"], item["metadata"]["name"]))
        changed |= {re.sub(r"/\d+/", "/", path) for path in before | after if before.get(path) != after.get(path)}
    pod = "/spec/template/spec"
    assert changed == {
        "/metadata/labels/environment",
        "/spec/template/metadata/labels/environment",
        "/spec/type",
        "/spec/ports/nodePort",
        f"{pod}/containers/imagePullPolicy",
        f"{pod}/initContainers/imagePullPolicy",
        "/spec/containers/imagePullPolicy",
    }


def test_pull_policy_is_derived_and_can_be_set(chart: Chart) -> None:
    def policies(*options: str) -> set[str]:
        rendered = chart.render(EXISTING, *options)
        return {c["imagePullPolicy"] for tier in ("backend", "frontend") for c in containers(rendered.pod(tier))}

    assert policies() == {"Never"}
    assert policies("--set", "environment=production") == {"IfNotPresent"}
    assert policies("--set", "backend.image.pullPolicy=Always,frontend.image.pullPolicy=Always") == {"Always"}


def test_only_one_helper_knows_the_names() -> None:
    named = [
        f"{file.relative_to(CHART)}: {line.strip()}"
        for file in sorted((CHART / "templates").rglob("*"))
        if file.is_file()
        for line in file.read_text().splitlines()
        if re.search(r'"(local|production)"', line)
    ]
    assert len(named) == 2, named
    assert all(line.startswith("templates/_helpers.tpl") for line in named)
