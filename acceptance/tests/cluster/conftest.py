"""Releases that are broken on purpose, so that checks can be seen to fail.

Needs a stack that is up: `./todo test cluster` sets TODO_HOME and the like for one apart from the user's.
Each test that breaks something names the clauses by `@pytest.mark.breaks`, and sees the check of each fail.
"""

import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from acceptance.checks import chosen
from acceptance.inspection import Inspection
from acceptance.model_server import ModelServer
from acceptance.running import Finding, Verdict, examine
from acceptance.scratch_release import ExternalDatabaseRelease, HealthyRelease, ScratchReleases
from acceptance.stack import Stack
from acceptance.tests.ending import end_in_order_on_sigterm

from todo_cli.engines.choose import running_engine
from todo_cli.engines.cluster import ClusterEngine
from todo_cli.layout import find_layout

COPIED = ("backend", "frontend", "charts")
LEFT_OUT = shutil.ignore_patterns("node_modules", ".next", ".venv", "__pycache__", "tests", "e2e")


def pytest_configure(config: pytest.Config) -> None:
    """Make the marker known; leave no namespace and no port-forward behind, however the run ends."""
    config.addinivalue_line("markers", "breaks(*numbers): the clauses whose checks this test sees fail")
    if not config.option.collectonly:
        end_in_order_on_sigterm()


@pytest.fixture(scope="session")
def running() -> Stack:
    """The stack that is up."""
    layout = find_layout()
    engine = running_engine(layout)
    assert isinstance(engine, ClusterEngine), "these tests need a stack that is up on a cluster"
    return Stack(engine.attached(), layout.address, layout.root)


@pytest.fixture(scope="session")
def scratch_releases(running: Stack) -> Iterator[ScratchReleases]:
    """Scratch releases of the stack that is up."""
    scratch_releases = ScratchReleases(running)
    yield scratch_releases
    scratch_releases.close()


@pytest.fixture(scope="session")
def victim(scratch_releases: ScratchReleases) -> Stack:
    """A release that tests may break, as long as they put it right again."""
    return scratch_releases.healthy().stack


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


class Broken(ScratchReleases):
    """Scratch releases that are upgraded by another chart than they were installed by."""

    def __init__(self, well: ScratchReleases, checkout: Checkout) -> None:
        super().__init__(replace(well.stack, root=checkout.root))
        self.well = well

    def healthy(self) -> HealthyRelease:
        """The healthy one, with that chart."""
        found = self.well.healthy()
        return replace(found, stack=replace(found.stack, root=self.stack.root))

    def on_external_database(self) -> ExternalDatabaseRelease:
        """The other one, with that chart."""
        found = self.well.on_external_database()
        return replace(found, stack=replace(found.stack, root=self.stack.root))

    def model(self) -> ModelServer:
        """The same server."""
        return self.well.model()


@pytest.fixture
def broken(scratch_releases: ScratchReleases, copied: Checkout) -> Iterator[Broken]:
    """The scratch releases with the chart that the test changes; with the right one again at the end."""
    yield Broken(scratch_releases, copied)
    for scratch in (scratch_releases.healthy(), scratch_releases.on_external_database()):
        scratch.upgrade({})


@dataclass
class Examiner:
    """Runs checks on stacks, and knows which clauses it has seen fail."""

    scratch_releases: ScratchReleases
    failed: set[str] = field(default_factory=set)

    def examine(self, number: str, stack: Stack, scratch_releases: ScratchReleases | None = None) -> list[Finding]:
        """What the check of a clause finds, of each clause that it is about."""
        [check] = chosen([number], quick=False)
        return examine(check, Inspection(stack, scratch_releases or self.scratch_releases))

    def passes(self, number: str, stack: Stack, scratch_releases: ScratchReleases | None = None) -> None:
        """The check finds nothing wrong."""
        finding = self.examine(number, stack, scratch_releases)[0]
        assert finding.verdict is Verdict.PASS, finding

    def fails(
        self,
        *numbers: str,
        stack: Stack,
        saying: str,
        scratch_releases: ScratchReleases | None = None,
        within: float = 0,
    ) -> None:
        """The one check of these clauses sees what is wrong, and does not just break.

        `within`: what was changed takes some seconds to have its effect, and the check passes as long.
        """
        deadline = time.monotonic() + within
        while (found := self.examine(numbers[0], stack, scratch_releases))[0].verdict is Verdict.PASS:
            if time.monotonic() >= deadline:
                break
        for finding in found:
            if finding.clause.number in numbers:
                assert finding.verdict is Verdict.FAIL, finding
                reported = "\n".join([*finding.saw, *map(str, finding.figures)])
                assert "the check itself broke" not in reported, reported
                assert saying in reported, reported
                self.failed.add(finding.clause.number)


@pytest.fixture
def examiner(request: pytest.FixtureRequest, scratch_releases: ScratchReleases) -> Iterator[Examiner]:
    """One that has seen, by the end of the test, every clause fail that the test says it breaks."""
    examiner, failures = Examiner(scratch_releases), request.session.testsfailed
    yield examiner
    claimed = {number for mark in request.node.iter_markers("breaks") for number in mark.args}
    if request.session.testsfailed == failures:
        assert claimed == examiner.failed, "the test breaks other clauses than it says"
