"""Dockerfiles and charts changed to be wrong: the checks that read them fail."""

import re
from collections.abc import Callable

import pytest
from acceptance.checks import images
from acceptance.stack import Stack
from acceptance.verification import chosen, given

from .conftest import Examiner

CHART = "charts/todo-stack"
METADATA = f"{CHART}/templates/_metadata.tpl"
HELPERS = f"{CHART}/templates/_helpers.tpl"
BACKEND = f"{CHART}/templates/backend"
FRONTEND = f"{CHART}/templates/frontend"

Mutate = Callable[[Stack], None]


def edit(file: str, pattern: str, replacement: str) -> Mutate:
    """Puts the replacement in place of what matches."""

    def mutate(stack: Stack) -> None:
        path = stack.root / file
        text, count = re.subn(pattern, replacement, path.read_text(), flags=re.MULTILINE)
        assert count, f"{file} has no {pattern}"
        path.write_text(text)

    return mutate


def single_stage(stack: Stack) -> None:
    (stack.root / "backend" / "Dockerfile").write_text("FROM python:3.13-slim\nCOPY . .\n")


def mutation(number: str, what: str, mutate: Mutate, saying: str) -> object:
    return pytest.param(number, mutate, saying, id=f"{number} {what}", marks=pytest.mark.breaks(number))


MUTATIONS = [
    mutation("FR-001", "one stage", single_stage, "1 stages"),
    mutation("FR-002", "another Python", edit("backend/Dockerfile", r"python:3\.13-slim", "python:3.12-slim"), "python:3.12-slim"),
    mutation("US2-1", "pip", edit("backend/Dockerfile", r"uv pip install", "pip install"), "installing step"),
    mutation("FR-003", "another Node", edit("frontend/Dockerfile", r"node:20-alpine", "node:22-alpine"), "node:22-alpine"),
    mutation("US2-2", "two stages", edit("frontend/Dockerfile", r"^FROM dependencies AS build\n", ""), "dependencies in"),
    mutation("FR-006", "another name", edit(f"{CHART}/Chart.yaml", r"^name: .*", "name: another"), "name: todo-stack"),
    mutation("FR-007", "no load balancer", edit(HELPERS, r'"LoadBalancer"', '"NodePort"'), "rendered, production"),
    mutation("SC-006", "one label", edit(METADATA, r'"environment" \.root\.Values\.environment -', '"environment" "local" -'), "labelled"),
    mutation("US3-2", "no load balancer", edit(HELPERS, r'"LoadBalancer"', '"NodePort"'), "NodePort"),
    mutation("FR-008", "another port", edit(f"{CHART}/values.yaml", r"nodePort: 30080", "nodePort: 30081"), "30081"),
    mutation("US3-1", "no node port", edit(HELPERS, r'"NodePort"', '"ClusterIP"'), "ClusterIP"),
    mutation("FR-009", "a node port", edit(f"{BACKEND}/service.yaml", r"type: ClusterIP", "type: NodePort"), "(NodePort)"),
    mutation("US3-3", "a load balancer", edit(f"{BACKEND}/service.yaml", r"type: ClusterIP", "type: LoadBalancer"), "(LoadBalancer)"),
    mutation("US3-3", "a host port", edit(f"{BACKEND}/deployment.yaml", r"containerPort: 8000", "containerPort: 8000, hostPort: 8000"), "port 8000 of the node"),
    mutation("US3-3", "an ingress", edit(f"{CHART}/templates/ingress.yaml", r"-frontend\b", "-backend"), "the Ingress"),
    mutation("FR-012", "a literal", edit(f"{BACKEND}/_environment.tpl", r"^- name: POD_NAME", "- {name: DATABASE_URL_FILE, value: /tmp/url}\n- name: POD_NAME"), "the backend by default: written down, not from a Secret: DATABASE_URL"),
    mutation("FR-017", "a key that no pod gets", edit(f"{FRONTEND}/_environment.tpl", r'^\{\{ include .*"BETTER_AUTH_SECRET"\) \}\}\n', ""), "the frontend by default lack BETTER_AUTH_SECRET"),
    mutation("FR-015", "one replica", edit(f"{CHART}/values.schema.json", r'"minimum": 2', '"minimum": 1'), "accepted"),
    mutation("FR-019", "fixed replicas", edit(f"{BACKEND}/deployment.yaml", r"replicas: \{\{.*\}\}", "replicas: 2"), "backend.replicas=3"),
    mutation("SC-014", "fixed resources", edit(f"{FRONTEND}/deployment.yaml", r'include "todo-stack\.given" \$frontend\.resources', 'toYaml (dict "requests" (dict "memory" "1Mi"))'), "frontend.resources"),
    mutation("FR-020", "always an ingress", edit(f"{CHART}/templates/ingress.yaml", r"if \(\.Values\.ingress\)\.enabled", "if true"), "by default: hosts"),
    mutation("FR-022", "undocumented", edit(f"{CHART}/values.yaml", r"\A(#.*\n)+", ""), "without a comment: environment"),
    mutation("SC-007", "a key in the chart", edit(f"{BACKEND}/deployment.yaml", r"^(\s*)annotations:\n", r"\1annotations:\n\1  key: sk-verify\n"), "openaiApiKey"),
    mutation("EC-7", "unchecked secrets", edit(f"{CHART}/templates/_secrets_check.tpl", r"\| fail -", "| trunc 0 -"), "helm, without it"),
]  # fmt: skip
QUICK = sorted({number for check in chosen("--quick") for number in check.numbers} & {one.values[0] for one in MUTATIONS})  # type: ignore[attr-defined]  # fmt: skip


@pytest.mark.parametrize(("number", "mutate", "saying"), MUTATIONS)
def test_the_check_fails(examiner: Examiner, checkout: Stack, number: str, mutate: Mutate, saying: str) -> None:
    mutate(checkout)
    none = given(external_release=None)  # what is rendered is looked at before a release is upgraded
    examiner.fails(number, stack=checkout, saying=saying, releases=none)


@pytest.mark.parametrize("number", QUICK)
def test_the_check_passes_on_what_is_right(examiner: Examiner, unchanged: Stack, number: str) -> None:
    examiner.passes(number, unchanged)


# A step that waits, once the source line was changed that the check changes; and no longer what came after it.
SLEEP = "if grep -q '^{mark} changed' {file}; then sleep 600; fi"
SLOW = {
    "backend": edit("backend/Dockerfile", r"^COPY src src\n", f"COPY src src\nRUN {SLEEP.format(mark='#', file='src/todo_backend/app.py')}\n"),
    "frontend": edit("frontend/Dockerfile", r"npm run build", f"{SLEEP.format(mark='//', file='app/layout.tsx')}; mkdir -p .next/standalone"),
}  # fmt: skip


@pytest.mark.parametrize(
    ("number", "tier"),
    [
        pytest.param("SC-009", "backend", marks=pytest.mark.breaks("SC-009")),
        pytest.param("SC-010", "frontend", marks=pytest.mark.breaks("SC-010")),
    ],
)
def test_a_build_that_takes_too_long(
    examiner: Examiner, checkout: Stack, monkeypatch: pytest.MonkeyPatch, number: str, tier: str
) -> None:
    SLOW[tier](checkout)
    monkeypatch.setitem(images.BUILD_SECONDS, tier, 10)
    examiner.fails(number, stack=checkout, saying="not built again within 10 s")
