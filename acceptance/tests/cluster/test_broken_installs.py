"""Releases that are wrong from the start: what a fresh install is asked for fails, and is not tried again and again."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from acceptance import browser, scratch_release
from acceptance.checks import deployment, edge_cases
from acceptance.scratch_release import HealthyRelease
from acceptance.stack import Stack
from acceptance.verification import given, session_fixtures

from todo_cli.kube.cluster import Cluster
from todo_cli.programs import Result

from .conftest import Checkout, Examiner

SLEEP = 16
LIMIT = 15
BACKEND = "templates/backend/deployment.yaml"


@pytest.fixture(scope="module")
def slow(running: Stack, new_checkout: Callable[[], Checkout]) -> Iterator[HealthyRelease]:
    """A release whose migration sleeps, and whose frontend looks for the backend where it is not."""
    checkout = new_checkout()
    migrate = f'[sh, -c, "sleep {SLEEP}; exec python -m todo_backend migrate"]'
    checkout.edit(BACKEND, "command: [python, -m, todo_backend, migrate]", f"command: {migrate}")
    checkout.edit("templates/frontend/_environment.tpl", "http://%s-backend:%v", "http://%s-nowhere:%v")
    with scratch_release.healthy_release(replace(running, root=checkout.root)) as release:
        yield release


@pytest.mark.breaks("SC-001", "SC-004", "US1-1")
def test_a_migration_that_takes_too_long(
    examiner: Examiner, victim: Stack, slow: HealthyRelease, monkeypatch: pytest.MonkeyPatch
) -> None:
    examiner.passes("SC-001", victim)
    examiner.passes("SC-004", victim)
    monkeypatch.setattr(deployment, "INSTALL_SECONDS", LIMIT)
    monkeypatch.setattr(deployment, "READY_SECONDS", LIMIT)
    examiner.fails(
        "SC-001", stack=victim, saying="helm install until all is ready", releases=given(healthy_release=slow)
    )
    examiner.fails(
        "SC-004", "US1-1", stack=victim, saying="pods from created to Ready", releases=given(healthy_release=slow)
    )


@pytest.mark.breaks("US1-2", "EC-5")
def test_a_frontend_that_does_not_find_its_backend(
    examiner: Examiner, victim: Stack, slow: HealthyRelease, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(edge_cases, "RECOVERY_SECONDS", 10)
    monkeypatch.setattr(browser, "STEP_SECONDS", 20.0)
    examiner.fails("US1-2", stack=slow.stack, saying="Timeout")
    examiner.fails("EC-5", stack=victim, saying="the API does not come back", releases=given(healthy_release=slow))


@pytest.mark.breaks("SC-001", "SC-004", "US1-1", "SC-005", "SC-011", "SC-013")
def test_pods_that_never_become_ready(
    examiner: Examiner, running: Stack, victim: Stack, copied: Checkout, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first check that asks for the release waits for it, and says what is wrong; the others say the same at once."""
    monkeypatch.setattr(scratch_release, "LONGEST_INSTALL_SECONDS", LIMIT)
    copied.edit(
        "templates/_pod.tpl", "httpGet: {path: /health/ready, port: http}", "httpGet: {path: /nowhere, port: http}"
    )
    installs: list[Cluster] = []

    def install(cluster: Cluster, *arguments: Any, **options: Any) -> Result:
        installs.append(cluster)
        return well(cluster, *arguments, **options)

    well = scratch_release.install
    monkeypatch.setattr(scratch_release, "install", install)
    numbers = ("SC-001", "SC-004", "US1-1", "SC-005", "SC-011", "SC-013")
    saying = "helm install of a scratch release failed"

    def never_ready() -> Iterator[HealthyRelease]:
        with scratch_release.healthy_release(replace(running, root=copied.root)) as release:
            yield release

    releases = session_fixtures(healthy_release=never_ready)
    found = examiner.fails(*numbers, stack=victim, saying=saying, releases=releases)
    assert all(any(line.startswith("backend: ") for line in finding.saw) for finding in found)
    assert len(installs) == 1, "what failed is tried again"


@pytest.mark.breaks("EC-3", "FR-011")
def test_a_database_that_is_not_waited_for_and_not_used(
    examiner: Examiner,
    running: Stack,
    victim: Stack,
    healthy_release: HealthyRelease,
    copied: Checkout,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(scratch_release, "WAITING_SECONDS", 4)
    text = (copied.root / "charts" / "todo-stack" / BACKEND).read_text()
    copied.edit(BACKEND, _between(text, "      initContainers:\n", "      containers:\n"), "")
    copied.edit(BACKEND, "volumeMounts: *mounts", "volumeMounts: [{name: tmp, mountPath: /tmp}]")
    copied.edit("templates/database/deployment.yaml", "if ((.Values.database).demo).enabled", "if true")
    with scratch_release.external_release(replace(running, root=copied.root), healthy_release) as release:
        releases = given(external_release=release)
        examiner.fails("EC-3", stack=victim, saying="0 lines", releases=releases)
        examiner.fails("FR-011", stack=victim, saying="todo-stack-database", releases=releases)


def _between(text: str, start: str, end: str) -> Any:
    return text[text.index(start) : text.index(end)]
