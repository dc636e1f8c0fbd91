"""What every object of the chart has: names, labels, descriptions, valid fields."""

import re

import kubernetes_validate
import pytest
from conftest import CHART, DEMO, EXISTING, GIVEN, Chart, Object, merged

EVERYTHING = merged(
    DEMO,
    {
        "ingress": {"enabled": True, "host": "todo.example.com", "tlsSecretName": "cert"},
        "networkPolicy": {"enabled": True},
        "imagePullSecrets": [{"name": "login"}],
    },
)
RECOMMENDED = {"name", "instance", "component", "part-of", "version", "managed-by"}


def test_object_names(chart: Chart) -> None:
    assert chart.render(GIVEN).names() == {
        "Secret/todo-stack-secrets",
        "Deployment/todo-stack-backend",
        "Service/todo-stack-backend",
        "PodDisruptionBudget/todo-stack-backend",
        "Deployment/todo-stack-frontend",
        "Service/todo-stack-frontend",
    }
    assert chart.render(DEMO).names() - chart.render(GIVEN).names() == {
        "Secret/todo-stack-database",
        "Deployment/todo-stack-database",
        "Service/todo-stack-database",
    }
    assert "Secret/todo-stack-secrets" not in chart.render(EXISTING).names()


@pytest.mark.parametrize(
    ("release", "prefix"),
    [("todo-stack", "todo-stack"), ("my-todo-stack", "my-todo-stack"), ("try", "try-todo-stack"), ("r" * 53, None)],
)
def test_names_follow_the_release_and_fit(chart: Chart, release: str, prefix: str | None) -> None:
    for item in chart.render(EVERYTHING, release=release):
        name = item["metadata"]["name"]
        assert len(name) <= 63
        assert re.fullmatch(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?", name)
        assert prefix is None or name.startswith(f"{prefix}-")


@pytest.mark.parametrize("environment", ["local", "production"])
def test_every_object_carries_the_labels(chart: Chart, environment: str) -> None:
    for item in chart.render(merged(EVERYTHING, {"environment": environment})):
        metadata = item["metadata"]
        carriers = [metadata]
        if item["kind"] == "Deployment":
            carriers.append(item["spec"]["template"]["metadata"])
        for carrier in carriers:
            labels = carrier["labels"]
            assert {f"app.kubernetes.io/{name}" for name in RECOMMENDED} <= labels.keys()
            assert labels["app"] == "todo"
            assert labels["environment"] == environment
            if metadata["name"] != "todo-stack-secrets":  # shared by both tiers
                assert labels["tier"] == labels["app.kubernetes.io/component"] == metadata["name"].split("-")[-1]
            assert len(carrier["annotations"]["kubernetes.io/description"]) > 20
        assert metadata["namespace"] == "space"


def test_selectors_hold_nothing_that_a_value_changes(chart: Chart) -> None:
    seen = 0
    for item in chart.render(EVERYTHING):
        spec = item.get("spec", {})
        selectors = {
            "Deployment": lambda s: [s["selector"]["matchLabels"]],
            "Service": lambda s: [s["selector"]],
            "PodDisruptionBudget": lambda s: [s["selector"]["matchLabels"]],
            "NetworkPolicy": lambda s: [s["podSelector"]["matchLabels"]],
        }.get(item["kind"], lambda _: [])(spec)
        for selector in selectors:
            seen += 1
            assert selector.keys() == {f"app.kubernetes.io/{name}" for name in ("name", "instance", "component")}
    assert seen == 9


def test_services_find_their_pods(chart: Chart) -> None:
    rendered = chart.render(EVERYTHING)
    for tier in ("backend", "frontend", "database"):
        service = rendered.one("Service", f"todo-stack-{tier}")["spec"]
        template = rendered.one("Deployment", f"todo-stack-{tier}")["spec"]["template"]
        assert service["selector"].items() <= template["metadata"]["labels"].items()
        ports = {p["name"] for c in template["spec"]["containers"] for p in c["ports"]}
        assert {p["targetPort"] for p in service["ports"]} <= ports


@pytest.mark.parametrize("version", ["1.28", "1.30", "1.34", "1.37"])
@pytest.mark.parametrize("values", [GIVEN, EXISTING, EVERYTHING], ids=["given", "existing", "everything"])
def test_kubernetes_accepts_every_field(chart: Chart, version: str, values: Object) -> None:
    for item in chart.render(values, "--kube-version", version):
        kubernetes_validate.validate(item, version, strict=True)


def test_old_kubernetes_is_refused(chart: Chart) -> None:
    assert "1.28" in chart.refusal(EXISTING, "--kube-version", "1.27.0")


@pytest.mark.parametrize("values", [{}, GIVEN, DEMO], ids=["none", "given", "demo"])
def test_helm_lint_is_clean(chart: Chart, values: Object) -> None:
    result = chart.run("lint", "--strict", str(CHART), "-f", "-", values=values)
    assert result.returncode == 0, result.stdout + result.stderr
    assert "[WARNING]" not in result.stdout


@pytest.mark.parametrize("name", ["local", "production"])
def test_example_values_render(chart: Chart, name: str) -> None:
    secret = "--set-string=secrets.values.betterAuthSecret=a-secret-of-at-least-thirty-two-characters"
    rendered = chart.render({}, "-f", str(CHART / f"values-{name}.yaml"), secret)
    labels = rendered.one("Deployment", "todo-stack-backend")["metadata"]["labels"]
    assert labels["environment"] == name
