"""A trial release that is broken on purpose, so that checks can be seen to fail.

Needs a stack that is up: `./todo test cluster` sets TODO_HOME and the like for one apart from the user's.
"""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from acceptance.checks import chosen
from acceptance.inspection import Inspection
from acceptance.running import Finding, Verdict, examine
from acceptance.stack import Stack
from acceptance.tests.ending import end_in_order_on_sigterm
from acceptance.trial import Trials

from todo_cli.engines.choose import running_engine
from todo_cli.engines.cluster import ClusterEngine
from todo_cli.layout import find_layout

COPIED = ("backend", "frontend", "charts")
LEFT_OUT = shutil.ignore_patterns("node_modules", ".next", ".venv", "__pycache__", "tests", "e2e")

Examine = Callable[..., Finding]


def pytest_configure() -> None:
    """Leave no namespace and no port-forward behind, however the run ends."""
    end_in_order_on_sigterm()


@pytest.fixture(scope="session")
def running() -> Stack:
    """The stack that is up."""
    layout = find_layout()
    engine = running_engine(layout)
    assert isinstance(engine, ClusterEngine), "these tests need a stack that is up on a cluster"
    return Stack(engine.attached(), layout.address, layout.root)


@pytest.fixture(scope="session")
def trials(running: Stack) -> Iterator[Trials]:
    """Trials of the stack that is up."""
    trials = Trials(running)
    yield trials
    trials.close()


@pytest.fixture(scope="session")
def victim(trials: Trials) -> Stack:
    """A release that tests may break, as long as they mend it again."""
    return trials.healthy().stack


@pytest.fixture
def checkout(victim: Stack, tmp_path: Path) -> Stack:
    """The same release, with a copy of the Dockerfiles and the chart that tests may change."""
    for folder in COPIED:
        shutil.copytree(victim.root / folder, tmp_path / folder, ignore=LEFT_OUT)
    return replace(victim, root=tmp_path)


@pytest.fixture(scope="session")
def examined(trials: Trials) -> Examine:
    """Runs the check of a clause on a stack and returns what it found."""

    def run(number: str, stack: Stack, own: Trials | None = None) -> Finding:
        [check] = chosen([number], quick=False)
        findings = examine(check, Inspection(stack, own or trials))
        return next(finding for finding in findings if finding.clause.number == number)

    return run


def assert_failed(finding: Finding, *words: str) -> None:
    """The check saw what is wrong, and did not just break."""
    assert finding.verdict is Verdict.FAIL, finding
    told = "\n".join([*finding.saw, *map(str, finding.figures)])
    assert "the check itself broke" not in told, told
    for word in words:
        assert word in told, told
