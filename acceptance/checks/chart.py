"""The chart: what it renders, what it refuses, what it says of itself."""

import json
import re
from collections.abc import Mapping

import pytest

from acceptance.checks.objects import deployment_of, holds_undisturbed, objects_of, ready_pods, service_of
from acceptance.inspection import Inspection, Measure
from acceptance.stack import TIERS
from todo_cli.kube.cluster import Json
from todo_cli.programs import capture

SAMPLE = {
    "secrets.values.databaseUrl": "postgresql://user:password@ep-x.eu-central-1.aws.neon.tech/todo?sslmode=require",
    "secrets.values.openaiApiKey": "sk-verify",
    "secrets.values.betterAuthSecret": "0123456789abcdef0123456789abcdef",
}


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
        pytest.fail(f"helm template fails: {output[:300]}")
    return output


def _helm_template(stack: Inspection, values: Mapping[str, str], *, sample: bool = True) -> tuple[bool, str]:
    chosen = {**(SAMPLE if sample else {}), **values}
    options = [part for name, value in chosen.items() for part in ("--set", f"{name}={value}")]
    shown = [part for name, value in values.items() for part in ("--set", f"{name}={value}")]
    stack.note("helm", "template", stack.stack.cluster.release, "charts/todo-stack", *shown)
    cluster = stack.stack.cluster
    result = cluster.helm("template", cluster.release, str(stack.stack.chart), *options, check=False)
    return result.ok, result.stdout if result.ok else result.stderr


def service_in(stack: Inspection, tier: str, objects: list[Json]) -> Json:
    """The tier's Service among rendered objects; fails when there is none."""
    name = f"{stack.stack.cluster.release}-{tier}"
    for one in objects:
        if one["kind"] == "Service" and one["metadata"]["name"] == name:
            return one
    pytest.fail(f"the chart renders no Service {name}")


@pytest.mark.clause("FR-006")
def test_chart_is_named_todo_stack(stack: Inspection) -> None:
    """The chart's name, that it lints, and that one release of it carries both tiers."""
    metadata = stack.helm("show", "chart", str(stack.stack.chart)).stdout
    stack.require(re.search(r"(?m)^name: todo-stack$", metadata) is not None, "Chart.yaml says name: todo-stack")
    options = [part for name, value in SAMPLE.items() for part in ("--set", f"{name}={value}")]
    linted = stack.helm("lint", "--strict", str(stack.stack.chart), *options, check=False)
    stack.require(linted.ok, "helm lint --strict passes" if linted.ok else f"helm lint: {linted.stdout[-300:]}")
    for tier in TIERS:
        stack.require(bool(deployment_of(stack, tier)), f"the release has a Deployment for the {tier}")


@pytest.mark.clause("FR-015")
def test_at_least_two_backends(stack: Inspection, measure: Measure) -> None:
    """How many backend pods are Ready, and what the chart says to fewer than two."""
    measure("ready backend pods", len(ready_pods(stack, "backend")), "pods", at_least=2)
    refused = render_error(stack, {"backend.replicas": "1"})
    stack.require("replicas" in refused, f"backend.replicas=1 is refused: {_one_line(refused)}")


@pytest.mark.clause("FR-022")
def test_defaults_are_documented(stack: Inspection) -> None:
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


@pytest.mark.clause("FR-021")
def test_backends_share_nothing_but_the_database(stack: Inspection) -> None:
    """Volumes and session affinity of the backend, and a task written on one pod read on another."""
    pod = deployment_of(stack, "backend")["spec"]["template"]["spec"]
    lasting = [one["name"] for one in pod.get("volumes", []) if "persistentVolumeClaim" in one or "hostPath" in one]
    stack.require(not lasting, f"volumes that last: {lasting or 'none'}")
    claims = [one["metadata"]["name"] for one in objects_of(stack) if one["kind"] == "PersistentVolumeClaim"]
    stack.require(not claims, f"persistent volume claims: {claims or 'none'}")
    affinity = service_of(stack, "backend")["spec"].get("sessionAffinity", "None")
    stack.require(affinity == "None", f"session affinity of the Service: {affinity}")
    with stack.signed_up_client() as client:
        created = stack.ask(client, "POST", "/api/me/tasks", {"title": "seen by every replica"})
        stack.require(created.status == 201, f"a task was created by {created.served_by}")

        def another_reads_it() -> bool:
            for _ in range(20):
                read = stack.ask(client, "GET", f"/api/me/tasks/{created.body['id']}")
                stack.require(read.status == 200, f"it was read from {read.served_by}")
                if read.served_by != created.served_by:
                    return True
            return False

        if not holds_undisturbed(stack, "backend", another_reads_it):
            pytest.fail("no other backend pod ever answered")


def _one_line(text: str) -> str:
    """The end of what Helm said."""
    return " ".join(text.split())[-160:] or "no, it is accepted"
