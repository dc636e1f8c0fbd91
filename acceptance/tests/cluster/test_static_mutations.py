"""Dockerfiles and charts changed to be wrong: the checks that read them fail."""

import re
from pathlib import Path

import pytest
from acceptance.running import Verdict
from acceptance.stack import Stack

from .conftest import Examine, assert_failed

CHART = "charts/todo-stack"
SERVICE = f"{CHART}/templates/frontend/service.yaml"
METADATA = f"{CHART}/templates/_metadata.tpl"
HELPERS = f"{CHART}/templates/_helpers.tpl"


def _edit(stack: Stack, file: str, pattern: str, replacement: str) -> None:
    path = stack.root / file
    text, count = re.subn(pattern, replacement, path.read_text(), flags=re.MULTILINE)
    assert count, f"{file} has no {pattern}"
    path.write_text(text)


def _single_stage(stack: Stack) -> None:
    (stack.root / "backend" / "Dockerfile").write_text("FROM python:3.13-slim\nCOPY . .\n")


def _no_documentation(stack: Stack) -> None:
    path = stack.root / CHART / "values.yaml"
    path.write_text(re.sub(r"\A(#.*\n)+", "", path.read_text()))


def _ingress_always(stack: Stack) -> None:
    _edit(stack, f"{CHART}/templates/ingress.yaml", r"if \.Values\.ingress\.enabled", "if true")


MUTATIONS = {
    "FR-001 one stage": ("FR-001", _single_stage, "1 stages"),
    "FR-002 another Python": (
        "FR-002",
        lambda stack: _edit(stack, "backend/Dockerfile", r"python:3\.13-slim", "python:3.12-slim"),
        "python:3.12-slim",
    ),
    "US2-1 pip": (
        "US2-1",
        lambda stack: _edit(stack, "backend/Dockerfile", r"uv pip install", "pip install"),
        "installing step",
    ),
    "FR-003 another Node": (
        "FR-003",
        lambda stack: _edit(stack, "frontend/Dockerfile", r"node:20-alpine", "node:22-alpine"),
        "node:22-alpine",
    ),
    "US2-2 two stages": (
        "US2-2",
        lambda stack: _edit(stack, "frontend/Dockerfile", r"^FROM dependencies AS build\n", ""),
        "dependencies in",
    ),
    "FR-006 another name": (
        "FR-006",
        lambda stack: _edit(stack, f"{CHART}/Chart.yaml", r"^name: .*", "name: another"),
        "name: todo-stack",
    ),
    "FR-007 no load balancer": (
        "FR-007",
        lambda stack: _edit(stack, HELPERS, r'"LoadBalancer"', '"NodePort"'),
        "by environment",
    ),
    "SC-006 any environment": (
        "SC-006",
        lambda stack: _edit(stack, METADATA, r'"environment" \.root\.Values\.environment -', '"environment" "local" -'),
        "labelled",
    ),
    "FR-008 another port": (
        "FR-008",
        lambda stack: _edit(stack, f"{CHART}/values.yaml", r"nodePort: 30080", "nodePort: 30081"),
        "30081",
    ),
    "US3-1 no node port": (
        "US3-1",
        lambda stack: _edit(stack, HELPERS, r'"NodePort"', '"ClusterIP"'),
        "ClusterIP",
    ),
    "FR-009 open backend": (
        "FR-009",
        lambda stack: _edit(stack, f"{CHART}/templates/backend/service.yaml", r"type: ClusterIP", "type: NodePort"),
        "NodePort",
    ),
    "US3-2 no load balancer": (
        "US3-2",
        lambda stack: _edit(stack, HELPERS, r'"LoadBalancer"', '"NodePort"'),
        "NodePort",
    ),
    "US3-3 open backend": (
        "US3-3",
        lambda stack: _edit(stack, f"{CHART}/templates/backend/service.yaml", r"type: ClusterIP", "type: LoadBalancer"),
        "LoadBalancer",
    ),
    "FR-015 one replica": (
        "FR-015",
        lambda stack: _edit(stack, f"{CHART}/values.schema.json", r'"minimum": 2', '"minimum": 1'),
        "accepted",
    ),
    "FR-019 fixed replicas": (
        "FR-019",
        lambda stack: _edit(
            stack, f"{CHART}/templates/backend/deployment.yaml", r"replicas: \{\{.*\}\}", "replicas: 2"
        ),
        "backend.replicas=3",
    ),
    "SC-014 fixed resources": (
        "SC-014",
        lambda stack: _edit(
            stack,
            f"{CHART}/templates/frontend/deployment.yaml",
            r"toYaml \$frontend\.resources",
            'toYaml (dict "requests" (dict "memory" "1Mi"))',
        ),
        "frontend.resources",
    ),
    "FR-020 always an ingress": ("FR-020", _ingress_always, "Ingress by default"),
    "FR-022 undocumented": ("FR-022", _no_documentation, "without a comment: environment"),
    "SC-007 hard-coded key": (
        "SC-007",
        lambda stack: _edit(
            stack,
            f"{CHART}/templates/backend/deployment.yaml",
            r"^(\s*)annotations:\n",
            r"\1annotations:\n\1  key: sk-verify\n",
        ),
        "openaiApiKey",
    ),
    "EC-7 unchecked secrets": (
        "EC-7",
        lambda stack: _edit(stack, f"{CHART}/templates/_secrets_check.tpl", r"\| fail -", "| trunc 0 -"),
        "without it",
    ),
}


@pytest.mark.parametrize("name", MUTATIONS)
def test_the_check_fails(examined: Examine, checkout: Stack, name: str) -> None:
    number, mutate, seen = MUTATIONS[name]
    mutate(checkout)
    assert_failed(examined(number, checkout), seen)


@pytest.mark.parametrize("number", sorted({number for number, *_ in MUTATIONS.values()}))
def test_the_check_passes_on_what_is_right(examined: Examine, checkout: Stack, number: str) -> None:
    finding = examined(number, checkout)
    assert finding.verdict is Verdict.PASS, finding


@pytest.mark.parametrize("number", ["SC-009", "SC-010"])
def test_a_build_that_fails_fails_its_check(examined: Examine, checkout: Stack, number: str) -> None:
    tier = {"SC-009": "backend", "SC-010": "frontend"}[number]
    dockerfile: Path = checkout.root / tier / "Dockerfile"
    dockerfile.write_text(dockerfile.read_text() + "\nRUN exit 7\n")
    assert_failed(examined(number, checkout), "docker build")
