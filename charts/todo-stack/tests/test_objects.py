"""What every object of the chart has: names, labels, descriptions, valid fields."""

import random
import re
from collections.abc import Iterator
from typing import Any

import pytest
from conftest import CHART, DEMO, EVERYTHING, EXISTING, GIVEN, Chart, Object, merged

RECOMMENDED = {"name", "instance", "component", "part-of", "version", "managed-by"}


def test_object_names(chart: Chart) -> None:
    assert chart.render(GIVEN).names() == {
        "Secret/todo-stack-secrets",
        "Deployment/todo-stack-backend",
        "Service/todo-stack-backend",
        "Service/todo-stack-replicas",
        "PodDisruptionBudget/todo-stack-backend",
        "Deployment/todo-stack-frontend",
        "Service/todo-stack-frontend",
        "Pod/todo-stack-smoke",
    }
    assert chart.render(DEMO).names() - chart.render(GIVEN).names() == {
        "Secret/todo-stack-database",
        "Deployment/todo-stack-database",
        "Service/todo-stack-database",
    }
    assert "Secret/todo-stack-secrets" not in chart.render(EXISTING).names()
    assert chart.render(EVERYTHING).names() - chart.render(DEMO).names() == {
        "Service/todo-stack-ops",
        "Service/todo-stack-peers",
        "PodDisruptionBudget/todo-stack-frontend",
        "Ingress/todo-stack-frontend",
        "NetworkPolicy/todo-stack-backend",
        "NetworkPolicy/todo-stack-frontend",
        "NetworkPolicy/todo-stack-database",
        "NetworkPolicy/todo-stack-smoke",
    }


def random_releases(count: int) -> Iterator[str]:
    """Names that Helm takes for a release: parts of letters, digits and dashes, with dots between them."""
    chance = random.Random(53)
    while count:
        name = "".join(chance.choices("aby019-.", k=chance.randint(1, 53)))
        if re.fullmatch(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*", name):
            count -= 1
            yield name


@pytest.mark.parametrize(
    ("release", "prefix"),
    [
        ("todo-stack", "todo-stack"),
        ("my-todo-stack", "my-todo-stack"),
        ("try", "try-todo-stack"),
        ("my.release", "my-release-todo-stack"),
        ("my.todo-stack", "my-todo-stack"),
        ("123", "todo-stack-123"),
        ("9.todo-stack", "todo-stack-9-todo-stack"),
        *((release, "") for release in ("r" * 53, "1" * 53, f"{'r' * 40}.{'-'.join('1' * 6)}", *random_releases(20))),
    ],
)
def test_names_follow_the_release_and_fit(chart: Chart, release: str, prefix: str) -> None:
    for item in chart.render(EVERYTHING, release=release):
        name = item["metadata"]["name"]
        assert name.startswith(prefix)
        assert re.fullmatch(r"[a-z]([a-z0-9-]*[a-z0-9])?", name), "what a Service's name must be"
        assert len(name) <= 63
        assert item["metadata"]["labels"]["app.kubernetes.io/instance"] == release


def kinds(value: Any, path: str = "") -> Iterator[str]:
    """The kind of each single value, by where it is."""
    if isinstance(value, dict | list):
        for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from kinds(inner, f"{path}.{key}")
    else:
        yield f"{path} {type(value).__name__}"


def named(name: str) -> Object:
    """Values in which whatever has a name has this one."""
    return merged(
        EVERYTHING,
        {
            "serviceAccountName": name,
            "imagePullSecrets": [{"name": name}],
            "secrets": {"existingSecret": name},
            "backend": {"priorityClassName": name},
            "frontend": {"service": {"type": "LoadBalancer", "loadBalancerClass": name}},
            "database": {"demo": {"password": "password"}},
            "ingress": {"className": name, "tlsSecretName": name},
            "aiops": {"kagent": {"namespace": name}},
        },
    )


def test_names_that_look_like_numbers_stay_names(chart: Chart) -> None:
    """A namespace for a pull request may be called 1234."""
    usual = chart.render(named("usual"), release="usual")
    strange = chart.render(named("1234"), "-n", "1234", release="1234")
    assert [list(kinds(item)) for item in strange] == [list(kinds(item)) for item in usual]


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
            suffix = metadata["name"].split("-")[-1]
            tier = "backend" if suffix in ("ops", "peers", "replicas") else suffix
            if tier != "secrets":  # shared by both tiers
                assert labels["tier"] == labels["app.kubernetes.io/component"] == tier
        assert metadata["namespace"] == "space"


def test_every_object_says_what_it_is_and_where_to_look(chart: Chart) -> None:
    rendered = chart.render(EVERYTHING)
    pods = [metadata for _, metadata, _ in rendered.pods()]
    told = [metadata["annotations"] for metadata in [o["metadata"] for o in rendered] + pods]
    for annotations in told:
        assert len(annotations["kubernetes.io/description"]) > 20
        assert "-n space" in annotations["todo-stack/logs"]
        assert "get notes todo-stack" in annotations["todo-stack/docs"]
        assert annotations["todo-stack/health"]
    assert len(told) == 23


def test_an_object_has_its_own_annotations_and_the_common_ones(chart: Chart) -> None:
    given = {
        "commonLabels": {"team": "todo", "app.kubernetes.io/part-of": "mine"},
        "commonAnnotations": {"owner": "todo", "todo-stack/docs": "mine"},
        "frontend": {"service": {"annotations": {"kubernetes.io/description": "ours"}}, "podAnnotations": {"a/b": "c"}},
    }
    rendered = chart.render(merged(EVERYTHING, given))
    for item in rendered:
        assert item["metadata"]["labels"]["team"] == "todo"
        assert item["metadata"]["labels"]["app.kubernetes.io/part-of"] == "todo-stack"
        assert item["metadata"]["annotations"]["owner"] == "todo"
        assert item["metadata"]["annotations"]["todo-stack/docs"] != "mine"
    service = rendered.one("Service", "todo-stack-frontend")["metadata"]
    assert service["annotations"]["kubernetes.io/description"] == "ours"
    annotations = {name: metadata["annotations"] for name, metadata, _ in rendered.pods()}
    assert annotations["frontend"]["a/b"] == "c"
    assert all(annotation["owner"] == "todo" for annotation in annotations.values())


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
    assert seen == 15


def test_services_find_their_pods(chart: Chart) -> None:
    rendered = chart.render(EVERYTHING)
    for tier in ("backend", "frontend", "database"):
        service = rendered.one("Service", f"todo-stack-{tier}")["spec"]
        template = rendered.one("Deployment", f"todo-stack-{tier}")["spec"]["template"]
        assert service["selector"].items() <= template["metadata"]["labels"].items()
        ports = {p["name"] for c in template["spec"]["containers"] for p in c["ports"]}
        assert {p["targetPort"] for p in service["ports"]} <= ports


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
