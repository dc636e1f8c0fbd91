"""The chart: what it renders, what it refuses, what of it is a value."""

import json
import re
from collections.abc import Mapping

from acceptance.checks.objects import ENVIRONMENTS, deployment_of, objects_of, ready_pods, service_of
from acceptance.inspection import Failed, Inspection
from acceptance.running import verifies
from acceptance.stack import TIERS
from todo_cli.cluster.client import Json
from todo_cli.programs import capture

SAMPLE = {
    "secrets.values.databaseUrl": "postgresql://user:password@ep-x.eu-central-1.aws.neon.tech/todo?sslmode=require",
    "secrets.values.openaiApiKey": "sk-verify",
    "secrets.values.betterAuthSecret": "0123456789abcdef0123456789abcdef",
}
DEFAULT_NODE_PORT = 30080


def rendered(stack: Inspection, values: Mapping[str, str]) -> list[Json]:
    """The objects that the chart makes with these values and sample secrets."""
    text = _template(stack, values)
    stack.note("kubectl", "create", "--dry-run=client", "-f", "-")
    kubectl = stack.stack.cluster.kubectl_program
    command = [kubectl, "create", "--dry-run=client", "--validate=false", "-o", "json", "-f", "-"]
    output = capture([*stack.stack.cluster.kubectl_command, *command[1:]], stdin=text).stdout
    decoder, place = json.JSONDecoder(), 0
    found: list[Json] = []
    while place < len(output):
        one, place = decoder.raw_decode(output, place)
        found += one["items"] if one["kind"] == "List" else [one]
        place += len(output[place:]) - len(output[place:].lstrip())
    return found


def render_error(stack: Inspection, values: Mapping[str, str], *, sample: bool = True) -> str:
    """What Helm says when it refuses these values; empty when it does not."""
    result = _helm_template(stack, values, sample=sample)
    return "" if result[0] else result[1]


def _template(stack: Inspection, values: Mapping[str, str]) -> str:
    ok, output = _helm_template(stack, values)
    if not ok:
        raise Failed(f"helm template fails: {output[:300]}")
    return output


def _helm_template(stack: Inspection, values: Mapping[str, str], *, sample: bool = True) -> tuple[bool, str]:
    chosen = {**(SAMPLE if sample else {}), **values}
    options = [part for name, value in chosen.items() for part in ("--set", f"{name}={value}")]
    shown = [part for name, value in values.items() for part in ("--set", f"{name}={value}")]
    stack.note("helm", "template", stack.stack.cluster.release, "charts/todo-stack", *shown)
    cluster = stack.stack.cluster
    result = cluster.helm("template", cluster.release, str(stack.stack.chart), *options, check=False)
    return result.ok, result.stdout if result.ok else result.stderr


def _service(stack: Inspection, tier: str, values: Mapping[str, str]) -> Json:
    name = f"{stack.stack.cluster.release}-{tier}"
    for one in rendered(stack, values):
        if one["kind"] == "Service" and one["metadata"]["name"] == name:
            return one
    raise Failed(f"the chart renders no Service {name}")


@verifies("FR-006")
def chart_is_named_todo_stack(stack: Inspection) -> None:
    """The chart's name, that it lints, and that one release of it carries both tiers."""
    metadata = stack.helm("show", "chart", str(stack.stack.chart)).stdout
    stack.require(re.search(r"(?m)^name: todo-stack$", metadata) is not None, "Chart.yaml says name: todo-stack")
    options = [part for name, value in SAMPLE.items() for part in ("--set", f"{name}={value}")]
    linted = stack.helm("lint", "--strict", str(stack.stack.chart), *options, check=False)
    stack.require(linted.ok, "helm lint --strict passes" if linted.ok else f"helm lint: {linted.stdout[-300:]}")
    for tier in TIERS:
        stack.require(bool(deployment_of(stack, tier)), f"the release has a Deployment for the {tier}")


@verifies("FR-007", "SC-006")
def one_value_switches_the_environment(stack: Inspection) -> None:
    """What differs between renderings for local and production, when that one value is all that differs."""
    seen = {}
    for environment in ENVIRONMENTS:
        objects = rendered(stack, {"environment": environment})
        service = _service(stack, "frontend", {"environment": environment})
        labels = {one["metadata"]["labels"].get("environment") for one in objects}
        stack.require(labels == {environment}, f"{environment}: every object is labelled environment={environment}")
        seen[environment] = service["spec"]["type"]
    stack.require(
        seen == {"local": "NodePort", "production": "LoadBalancer"}, f"the frontend's Service by environment: {seen}"
    )
    refused = render_error(stack, {"environment": "staging"})
    stack.require("environment" in refused, "an unknown environment is refused by name")


@verifies("FR-008", "US3-1")
def frontend_on_the_fixed_node_port(stack: Inspection) -> None:
    """The frontend's Service for local as rendered and as deployed, and its public address."""
    spec = _service(stack, "frontend", {"environment": "local"})["spec"]
    port = spec["ports"][0].get("nodePort")
    stack.require(
        spec["type"] == "NodePort" and port == DEFAULT_NODE_PORT,
        f"environment=local renders {spec['type']} on node port {port}",
    )
    environment = deployment_of(stack, "frontend")["metadata"]["labels"].get("environment")
    if environment == "local":
        deployed = service_of(stack, "frontend")["spec"]
        node_port = deployed["ports"][0].get("nodePort")
        stack.require(deployed["type"] == "NodePort", f"deployed: {deployed['type']} on node port {node_port}")
    answer = stack.visit(stack.visitor(), "GET", "/")
    stack.require(answer.status == 200, f"{stack.stack.address} answers {answer.status or answer.error}")


@verifies("FR-009", "US3-3")
def backend_is_internal(stack: Inspection) -> None:
    """The backend's Service as deployed, and as rendered for every environment."""
    found = {"deployed": service_of(stack, "backend")}
    found |= {name: _service(stack, "backend", {"environment": name}) for name in ENVIRONMENTS}
    for where, service in found.items():
        spec = service["spec"]
        kind, opened = spec.get("type", "ClusterIP"), [port for port in spec["ports"] if port.get("nodePort")]
        stack.require(
            kind == "ClusterIP" and not opened and not spec.get("externalIPs"),
            f"{where}: the backend's Service is {kind}" + (" with a node port" if opened else ""),
        )


@verifies("US3-2")
def load_balancer_in_production(stack: Inspection) -> None:
    """The frontend's Service as the chart renders it with environment=production."""
    kind = _service(stack, "frontend", {"environment": "production"})["spec"]["type"]
    stack.require(kind == "LoadBalancer", f"environment=production renders {kind}")


@verifies("FR-019", "SC-014")
def settings_are_values(stack: Inspection) -> None:
    """Replicas, resources and variables changed by values alone, and found in what the chart then renders."""
    changed = {
        "backend.replicas": "3",
        "backend.resources.requests.cpu": "123m",
        "backend.resources.limits.memory": "345Mi",
        "backend.env.EXAMPLE": "a-value",
        "frontend.resources.requests.memory": "99Mi",
        "frontend.env.EXAMPLE": "another",
    }
    made = {one["metadata"]["name"].rpartition("-")[2]: one for one in rendered(stack, changed) if _is_deployment(one)}
    backend, frontend = (made[tier]["spec"]["template"]["spec"]["containers"][0] for tier in TIERS)
    seen = {
        "backend.replicas": str(made["backend"]["spec"]["replicas"]),
        "backend.resources.requests.cpu": backend["resources"]["requests"]["cpu"],
        "backend.resources.limits.memory": backend["resources"]["limits"]["memory"],
        "backend.env.EXAMPLE": _variable(backend, "EXAMPLE"),
        "frontend.resources.requests.memory": frontend["resources"]["requests"]["memory"],
        "frontend.env.EXAMPLE": _variable(frontend, "EXAMPLE"),
    }
    for name, value in changed.items():
        stack.require(seen[name] == value, f"--set {name}={value} renders {seen[name]}")


@verifies("FR-015")
def at_least_two_backends(stack: Inspection) -> None:
    """How many backend pods are Ready, and what the chart says to fewer than two."""
    stack.measure("ready backend pods", len(ready_pods(stack, "backend")), "pods", at_least=2)
    refused = render_error(stack, {"backend.replicas": "1"})
    stack.require("replicas" in refused, f"backend.replicas=1 is refused: {_one_line(refused)}")


@verifies("FR-020")
def ingress_is_optional(stack: Inspection) -> None:
    """That there is no Ingress by default, and one for a host when asked for."""
    without = [one for one in rendered(stack, {}) if one["kind"] == "Ingress"]
    stack.require(not without, "no Ingress by default")
    asked = {"ingress.enabled": "true", "ingress.host": "todo.example.com", "ingress.className": "nginx"}
    made = [one["spec"] for one in rendered(stack, asked) if one["kind"] == "Ingress"]
    hosts = [rule.get("host") for spec in made for rule in spec["rules"]]
    stack.require(hosts == ["todo.example.com"], f"with ingress.enabled: hosts {hosts}")
    backend = made[0]["rules"][0]["http"]["paths"][0]["backend"]["service"]["name"]
    stack.require(backend.endswith("-frontend"), f"it leads to {backend}")


@verifies("FR-022")
def defaults_are_documented(stack: Inspection) -> None:
    """That the chart renders with nothing but secrets, and that every value has a line of documentation."""
    stack.require(bool(rendered(stack, {})), "secrets alone are enough to render the chart")
    text = stack.helm("show", "values", str(stack.stack.chart)).stdout
    undocumented = _undocumented(text.splitlines())
    stack.require(
        not undocumented,
        f"without a comment: {', '.join(undocumented)}" if undocumented else "each value has a line above it",
    )


def _undocumented(lines: list[str]) -> list[str]:
    """Keys with a value that have no comment above them, nor has a key that they belong to."""
    found: list[str] = []
    explained: list[int] = []  # how deep the commented keys stand to which this line belongs
    comment = False
    for line in lines:
        text = line.strip()
        if not text or text.startswith("#"):
            comment = comment or text.startswith("#")
            continue
        depth = len(line) - len(line.lstrip())
        explained = [one for one in explained if one < depth]
        if comment:
            explained.append(depth)
        elif (match := re.match(r"([\w.-]+):\s*\S", text)) and not explained:
            found.append(match.group(1))
        comment = False
    return found


@verifies("FR-021")
def backends_share_nothing_but_the_database(stack: Inspection) -> None:
    """Volumes and session affinity of the backend, and a task written on one pod read on another."""
    pod = deployment_of(stack, "backend")["spec"]["template"]["spec"]
    lasting = [one["name"] for one in pod.get("volumes", []) if "persistentVolumeClaim" in one or "hostPath" in one]
    stack.require(not lasting, f"volumes that last: {lasting or 'none'}")
    claims = [one["metadata"]["name"] for one in objects_of(stack) if one["kind"] == "PersistentVolumeClaim"]
    stack.require(not claims, f"persistent volume claims: {claims or 'none'}")
    affinity = service_of(stack, "backend")["spec"].get("sessionAffinity", "None")
    stack.require(affinity == "None", f"session affinity of the Service: {affinity}")
    with stack.someone() as visitor:
        created = stack.visit(visitor, "POST", "/api/me/tasks", {"title": "seen by every replica"})
        stack.require(created.status == 201, f"a task was created by {created.served_by}")
        for _ in range(40):
            read = stack.visit(visitor, "GET", f"/api/me/tasks/{created.body['id']}")
            stack.require(read.status == 200, f"it was read from {read.served_by}")
            if read.served_by != created.served_by:
                return
    raise Failed("no other backend pod ever answered")


def _one_line(text: str) -> str:
    """The last words of what Helm said."""
    return " ".join(text.split())[-160:] or "no, it is accepted"


def _is_deployment(one: Json) -> bool:
    return bool(one["kind"] == "Deployment")


def _variable(container: Json, name: str) -> str:
    return next((str(one.get("value")) for one in container["env"] if one["name"] == name), "missing")
