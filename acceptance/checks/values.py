"""What values alone change: the environment, replicas, resources, variables, an Ingress; rendered, then installed."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from acceptance.checks.chart import render_error, rendered, service_in
from acceptance.checks.objects import (
    ENVIRONMENTS,
    LOCAL,
    PRODUCTION,
    await_ready,
    objects_of,
    service_of,
)
from acceptance.checks.waiting import settled
from acceptance.inspection import Inspection
from acceptance.scratch_release import ExternalDatabaseRelease, ScratchRelease
from acceptance.stack import TIERS
from todo_cli.kube.cluster import Json

SERVICE_TYPES = {LOCAL: "NodePort", PRODUCTION: "LoadBalancer"}
CHANGED = {
    "backend.replicas": "3",
    "backend.resources.requests.cpu": "23m",
    "backend.resources.limits.memory": "345Mi",
    "backend.env.EXAMPLE": "a-value",
    "frontend.resources.requests.memory": "99Mi",
    "frontend.env.EXAMPLE": "another",
}


@pytest.mark.clause("FR-007", "SC-006", "US3-2")
@pytest.mark.slow
def test_one_value_switches_the_environment(stack: Inspection, external_release: ExternalDatabaseRelease) -> None:
    """Renderings for local and production; then a scratch release upgraded to production by it, used, and back."""
    for environment in ENVIRONMENTS:
        objects = rendered(stack, {"environment": environment})
        _look_at_environment(stack, environment, objects, service_in(stack, "frontend", objects), "rendered")
    refused = render_error(stack, {"environment": "staging"})
    stack.require("environment" in refused, "an unknown environment is refused by name")

    on = stack.on(external_release.stack)
    with _upgraded(on, external_release, {"environment": PRODUCTION}):
        _look_at_environment(on, PRODUCTION, objects_of(on), service_of(on, "frontend"), "upgraded")
        settled(on, external_release)
        with on.signed_up_client() as client:
            created = on.ask(client, "POST", "/api/me/tasks", {"title": "made in production"})
        stack.require(created.status == 201, f"in production: a task was written, {created.status}")
        for tier in TIERS:
            labels = {pod["metadata"]["labels"].get("environment") for pod in await_ready(on, tier)}
            stack.require(labels == {PRODUCTION}, f"in production: the {tier}'s pods are labelled {labels}")
    _look_at_environment(on, LOCAL, objects_of(on), service_of(on, "frontend"), "and back")


@pytest.mark.clause("FR-019", "SC-014")
@pytest.mark.slow
def test_settings_are_values(stack: Inspection, external_release: ExternalDatabaseRelease) -> None:
    """Replicas, resources and variables changed by values alone, and found in what the chart renders, and in pods."""
    made = {one["metadata"]["name"]: one for one in rendered(stack, CHANGED) if one["kind"] == "Deployment"}
    release = stack.stack.cluster.release
    templates = {tier: [made[f"{release}-{tier}"]["spec"]["template"]] for tier in TIERS}
    replicas = made[f"{release}-backend"]["spec"]["replicas"]
    _look_at_settings(stack, _settings(replicas, templates), "rendered")

    on = stack.on(external_release.stack)
    with _upgraded(on, external_release, CHANGED):
        external_release.settle()
        pods = {tier: await_ready(on, tier) for tier in TIERS}
        _look_at_settings(stack, _settings(len(pods["backend"]), pods), "Ready pods")


@pytest.mark.clause("FR-020")
@pytest.mark.slow
def test_ingress_is_optional(stack: Inspection, external_release: ExternalDatabaseRelease) -> None:
    """That there is no Ingress by default, and one for a host when asked for: rendered, and on a scratch release."""
    host = "verify.todo-stack.example.com"
    asked = {"ingress.enabled": "true", "ingress.host": host, "ingress.className": "nginx"}
    _look_at_ingress(stack, [], rendered(stack, {}), "by default")
    _look_at_ingress(stack, [host], rendered(stack, asked), "rendered with ingress.enabled")

    on = stack.on(external_release.stack)
    _look_at_ingress(stack, [], on.items("ingresses"), "the scratch release before")
    with _upgraded(on, external_release, asked):
        _look_at_ingress(stack, [host], on.items("ingresses"), "upgraded")
    _look_at_ingress(stack, [], on.items("ingresses"), "and back")


@contextmanager
def _upgraded(on: Inspection, scratch: ScratchRelease, values: dict[str, str]) -> Iterator[None]:
    """The scratch release with these values meanwhile; at the end its own again, whose rollout is not waited for."""
    changes: Json = {}
    for path, value in values.items():
        *folders, name = path.split(".")
        place = changes
        for folder in folders:
            place = place.setdefault(folder, {})
        place[name] = {"true": True}.get(value, int(value) if value.isdigit() else value)
    options = [part for name, value in values.items() for part in ("--set", f"{name}={value}")]
    on.note("helm", "upgrade", "todo-stack", "charts/todo-stack", "--reuse-values", *options)
    try:
        scratch.upgrade(changes)
        yield
    finally:
        on.note("helm", "upgrade", "todo-stack", "charts/todo-stack")
        scratch.upgrade({})


def _look_at_environment(stack: Inspection, environment: str, objects: list[Json], service: Json, where: str) -> None:
    kind, labels = service["spec"]["type"], {one["metadata"]["labels"].get("environment") for one in objects}
    stack.require(kind == SERVICE_TYPES[environment], f"{where}, {environment}: the frontend's Service is {kind}")
    stack.require(labels == {environment}, f"{where}, {environment}: the objects are labelled {labels}")


def _look_at_settings(stack: Inspection, seen: dict[str, set[str]], where: str) -> None:
    for name, value in CHANGED.items():
        stack.require(seen[name] == {value}, f"--set {name}={value}: {where} have {', '.join(sorted(seen[name]))}")


def _look_at_ingress(stack: Inspection, hosts: list[str], objects: list[Json], where: str) -> None:
    rules = [rule for one in objects if one["kind"] == "Ingress" for rule in one["spec"]["rules"]]
    seen = [rule.get("host") for rule in rules]
    stack.require(seen == hosts, f"{where}: hosts of Ingresses: {', '.join(map(str, seen)) or 'none'}")
    for rule in rules:
        name = rule["http"]["paths"][0]["backend"]["service"]["name"]
        stack.require(name.endswith("-frontend"), f"{where}: it leads to {name}")


def _settings(replicas: int, pods: dict[str, list[Json]]) -> dict[str, set[str]]:
    """What the pods have of each changed value."""
    backend, frontend = ([pod["spec"]["containers"][0] for pod in pods[tier]] for tier in TIERS)
    return {
        "backend.replicas": {str(replicas)},
        "backend.resources.requests.cpu": {one["resources"]["requests"]["cpu"] for one in backend},
        "backend.resources.limits.memory": {one["resources"]["limits"]["memory"] for one in backend},
        "backend.env.EXAMPLE": {_variable(one) for one in backend},
        "frontend.resources.requests.memory": {one["resources"]["requests"]["memory"] for one in frontend},
        "frontend.env.EXAMPLE": {_variable(one) for one in frontend},
    }


def _variable(container: Json) -> str:
    return next((str(one.get("value")) for one in container["env"] if one["name"] == "EXAMPLE"), "missing")
