"""Releases that are broken on purpose, so that checks can be seen to fail.

Needs a stack that is up: `./todo test cluster` sets TODO_HOME and the like for one apart from the user's.
Each test that breaks something names the clauses by `@pytest.mark.breaks`, and sees the check of each fail.
"""

import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeVar

import pytest
from acceptance.contention import Contention
from acceptance.findings import Finding, Verdict
from acceptance.fixtures import external_release, healthy_release, model_server, running
from acceptance.scratch_release import HealthyRelease, ScratchRelease, Times
from acceptance.stack import Stack
from acceptance.tests.ending import end_in_order_on_sigterm
from acceptance.verification import Verification, given, run, session_fixtures

__all__ = ("external_release", "healthy_release", "model_server", "running")  # the checks' own, for these tests too

Release = TypeVar("Release", bound=ScratchRelease)
COPIED = ("backend", "frontend", "charts")
QUICK = Times(20.0, 20.0, 1.0)  # a machine with nothing else to do, as the examiner has it
LEFT_OUT = shutil.ignore_patterns("node_modules", ".next", ".venv", "__pycache__", "tests", "e2e")


def pytest_configure(config: pytest.Config) -> None:
    """Make the marker known; leave no namespace and no port-forward behind, however the run ends."""
    config.addinivalue_line("markers", "breaks(*numbers): the clauses whose checks this test sees fail")
    if not config.option.collectonly:
        end_in_order_on_sigterm()


@pytest.fixture(scope="session")
def victim(healthy_release: HealthyRelease) -> Stack:
    """A release that tests may break, as long as they put it right again."""
    return healthy_release.stack


@dataclass
class Checkout:
    """A copy of the Dockerfiles and the chart that tests may change."""

    root: Path

    def edit(self, file: str, old: str, new: str) -> None:
        """Put `new` in place of `old` in a file of the chart."""
        path = self.root / "charts" / "todo-stack" / file
        text = path.read_text()
        assert old in text, f"{file} has no {old}"
        path.write_text(text.replace(old, new))


@pytest.fixture(scope="session")
def new_checkout(running: Stack, tmp_path_factory: pytest.TempPathFactory) -> Callable[[], Checkout]:
    """Makes one."""

    def make() -> Checkout:
        root = tmp_path_factory.mktemp("checkout")
        for folder in COPIED:
            shutil.copytree(running.root / folder, root / folder, ignore=LEFT_OUT)
        return Checkout(root)

    return make


@pytest.fixture
def copied(new_checkout: Callable[[], Checkout]) -> Checkout:
    """One for a single test."""
    return new_checkout()


@pytest.fixture
def checkout(victim: Stack, copied: Checkout) -> Stack:
    """The victim, as if it came from that copy."""
    return replace(victim, root=copied.root)


@pytest.fixture(scope="session")
def unchanged(victim: Stack, new_checkout: Callable[[], Checkout]) -> Stack:
    """The same, of a copy that no test changes."""
    return replace(victim, root=new_checkout().root)


def shared_releases(request: pytest.FixtureRequest) -> object:
    """A plugin for runs of checks within a test: they share the releases of the test's own session."""
    return session_fixtures(
        healthy_release=lambda: replace(request.getfixturevalue("healthy_release"), times=QUICK),
        external_release=lambda: request.getfixturevalue("external_release"),
        model_server=lambda: request.getfixturevalue("model_server"),
    )


def by_chart(release: Release, root: Path) -> Release:
    """The release, to be upgraded by the chart of this checkout."""
    return replace(release, stack=replace(release.stack, root=root))


@pytest.fixture(scope="session")
def out_of_order() -> dict[str, ScratchRelease]:
    """The scratch releases that a check upgraded by a chart which was changed, by name."""
    return {}


@pytest.fixture
def broken(request: pytest.FixtureRequest, out_of_order: dict[str, ScratchRelease], copied: Checkout) -> object:
    """The scratch releases, to be upgraded by the chart that the test changes; until then they run by the right one."""
    while out_of_order:
        out_of_order.popitem()[1].upgrade({})

    def release(name: str) -> ScratchRelease:
        found: ScratchRelease = request.getfixturevalue(name)
        out_of_order[name] = found
        return by_chart(found, copied.root)

    return session_fixtures(
        healthy_release=lambda: release("healthy_release"), external_release=lambda: release("external_release")
    )


@dataclass
class Examiner:
    """Runs checks on stacks, and knows which clauses it has seen fail.

    Never on the stack of the suites: others lose its replicas and replace its secrets meanwhile.
    A check has the releases of the session unless it is given others: by a plugin, whose fixtures these are.
    """

    releases: object
    failed: set[str] = field(default_factory=set)

    def examine(self, numbers: Sequence[str], stack: Stack, releases: object = None) -> list[Finding]:
        """What the checks of these clauses find, in one run, of each clause that they are about."""
        found: list[Finding] = []
        plugins = [given(running=stack), self.releases, *([releases] if releases else [])]
        run(Verification(found=found.append), *(f"--only={number}" for number in numbers), plugins=plugins)
        return found

    def passes(self, number: str, stack: Stack, releases: object = None) -> None:
        """The check finds nothing wrong."""
        finding = self.examine([number], stack, releases)[0]
        assert finding.verdict is Verdict.PASS, finding

    def fails(
        self, *numbers: str, stack: Stack, saying: str, releases: object = None, within: float = 0
    ) -> list[Finding]:
        """The checks of these clauses see what is wrong, and do not just break; gives what they found of them.

        `within`: what was changed takes some seconds to have its effect, and the check passes as long.
        """
        deadline = time.monotonic() + within
        while (found := self.examine(numbers, stack, releases))[0].verdict is Verdict.PASS:
            if time.monotonic() >= deadline:
                break
        found = [finding for finding in found if finding.clause.number in numbers]
        for finding in found:
            assert finding.verdict is Verdict.FAIL, finding
            reported = "\n".join([*finding.saw, *map(str, finding.figures)])
            assert "the check itself broke" not in reported, reported
            assert saying in reported, reported
            self.failed.add(finding.clause.number)
        return found


@pytest.fixture
def examiner(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Examiner]:
    """One that has seen, by the end of the test, every clause fail that the test says it breaks.

    It holds times against their limits as on a machine that has nothing else to do.
    """
    monkeypatch.setattr(Contention, "times", 1.0)
    monkeypatch.setattr(Contention, "now", lambda: 1.0)
    examiner, failures = Examiner(shared_releases(request)), request.session.testsfailed
    yield examiner
    claimed = {number for mark in request.node.iter_markers("breaks") for number in mark.args}
    if request.session.testsfailed == failures:
        assert claimed == examiner.failed, "the test breaks other clauses than it says"
