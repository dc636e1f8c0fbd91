"""Running the tools and tests of a suite: each is logged, counted and reported when it fails; or only named."""

import re
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from todo_cli.layout import Layout
from todo_cli.programs import (
    GRACE_SECONDS,
    INTERRUPTION,
    LAST_LINES,
    Command,
    Interruption,
    Result,
    last_lines,
    stream,
)
from todo_cli.progress import Step
from todo_cli.testing.counts import Counts, one_failed, one_passed, read_junit

FAILURES_SHOWN = 20
PAGE_TAG = "@page"  # of browser tests of what the page does by itself, which is the same on every engine
HUNG_SECONDS = 2 * 3600.0  # without a limit: a suite that takes this long hangs
_NOT_IN_NAMES = re.compile(r"[^a-z0-9]+")


@dataclass
class SuiteRun:
    """One run of a suite: its step on the screen, its logs and its counts so far.

    `hung_seconds`: after which a program of it is taken for hung, and ended. `niceness`: how far its programs let those
    of other suites go first, from 0 to 19. `setting_up`: seconds spent on what it needs.
    """

    layout: Layout
    step: Step
    title: str
    report_line: Callable[[str], None]
    hung_seconds: float = HUNG_SECONDS
    niceness: int = 0
    counts: Counts = field(default_factory=Counts)
    setting_up: float = 0.0

    @property
    def name(self) -> str:
        """The title as a part of a file's name."""
        return _NOT_IN_NAMES.sub("-", self.title.lower())

    @property
    def log(self) -> Path:
        """Where everything that the suite's programs print is kept."""
        return self.layout.logs / f"test-{self.name}.log"

    @contextmanager
    def preparing(self) -> Iterator[None]:
        """The body gets what the suite needs, which takes as long as the network lets it."""
        began = time.monotonic()
        try:
            yield
        finally:
            self.setting_up += time.monotonic() - began

    def setup(self, name: str, command: Command, *, env: dict[str, str]) -> None:
        """Run what the suite needs before it; raises SetupFailed, having counted one failure."""
        result = self._stream(name, command, env=env, timeout=HUNG_SECONDS)
        if not result.ok:
            self.fail(name, result.stdout)
            raise SetupFailed(name)

    def teardown(self, name: str, command: Command, *, env: dict[str, str]) -> None:
        """Take away what a setup made, also when the suite was interrupted; counts a failure."""
        interruption = INTERRUPTION.set(Interruption())
        try:
            result = self._stream(name, command, env=env, timeout=HUNG_SECONDS)
        finally:
            INTERRUPTION.reset(interruption)
        if not result.ok:
            self.fail(name, result.stdout)

    def check(self, name: str, command: Command, *, cwd: Path, env: dict[str, str]) -> None:
        """Run a tool that counts as one test."""
        result = self._stream(name, command, cwd=cwd, env=env)
        if result.ok:
            self.counts += one_passed()
        else:
            self.fail(name, result.stdout)

    def pytest(
        self, python: Path, *arguments: str | Path, cwd: Path, env: dict[str, str], grace: float = GRACE_SECONDS
    ) -> None:
        """Run pytest with these arguments, in a temporary folder of its own.

        pytest shuts the folder that all its runs share by default, against other accounts, whenever it starts: under
        root, the embedded PostgreSQL of another run is at work there.
        """
        report = self._report("pytest")
        command: Command = [python, "-m", "pytest", *arguments, "-q", "-p", "no:cacheprovider"]
        with tempfile.TemporaryDirectory(prefix="todo-", ignore_cleanup_errors=True) as folder:
            own = {"PYTEST_DEBUG_TEMPROOT": folder}
            self._suite("pytest", [*command, f"--junit-xml={report}"], report, cwd=cwd, env=env | own, grace=grace)

    def vitest(self, npm: str, *, cwd: Path, env: dict[str, str]) -> None:
        """Run vitest."""
        report = self._report("vitest")
        reporters = ["--reporter=default", "--reporter=junit", f"--outputFile.junit={report}"]
        self._suite("vitest", [npm, "test", "--", *reporters], report, cwd=cwd, env=env)

    def playwright(self, npm: str, *arguments: str, cwd: Path, env: dict[str, str]) -> None:
        """Run Playwright with these arguments."""
        report = self._report("playwright")
        own = {"PLAYWRIGHT_JUNIT_OUTPUT_NAME": str(report)}
        command = [npm, "run", "e2e", "--", "--reporter=list,junit", f"--output=test-results/{self.name}", *arguments]
        self._suite("playwright", command, report, cwd=cwd, env=env | own)

    def verify(self, command: Command, *, cwd: Path, env: dict[str, str], grace: float) -> None:
        """Run `todo verify`, which writes a JUnit report with a test for each clause."""
        report = self._report("verify")
        self._suite("verify", [*command, "--junit", report], report, cwd=cwd, env=env, grace=grace)

    def fail(self, name: str, output: str) -> None:
        """Count one failure that no report has."""
        self.counts += one_failed(f"{self.title}: {name}")
        self._report_failure(name, output)

    def _stream(
        self,
        name: str,
        command: Command,
        *,
        env: dict[str, str],
        cwd: Path | None = None,
        timeout: float | None = None,
        grace: float = GRACE_SECONDS,
    ) -> Result:
        """Run a program of the suite to its end, shown by its name and logged."""
        self.step.note(name)
        limit = self.hung_seconds if timeout is None else timeout
        return stream(
            ["nice", "-n", str(self.niceness), *command] if self.niceness else command,
            log=self.log,
            cwd=cwd,
            env=env,
            check=False,
            timeout=limit,
            grace=grace,
            on_line=self.step.output,
        )

    def _report(self, name: str) -> Path:
        """Where a runner writes its report; an old one is removed, so that it cannot be read for a new one."""
        file = self.layout.logs / f"test-{self.name}-{name}.xml"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.unlink(missing_ok=True)
        return file

    def _suite(
        self,
        name: str,
        command: Command,
        report: Path,
        *,
        cwd: Path,
        env: dict[str, str],
        grace: float = GRACE_SECONDS,
    ) -> None:
        """Run tests and count what their JUnit report says; a runner that fails without a failed test is one.

        Ended before its time, it has `grace` seconds to clean up.
        """
        result = self._stream(name, command, cwd=cwd, env=env, grace=grace)
        counts = read_junit(report)
        if not result.ok and counts.failed == 0:
            counts += one_failed(f"{name}: exited {result.code}")
        self.counts += counts
        if counts.failed:
            self._report_failure(name, result.stdout, counts.failures)

    def _report_failure(self, name: str, output: str, failures: Sequence[str] = ()) -> None:
        self.report_line(f"{self.title}: {name} failed; the whole output is in {self.log}")
        for failure in failures[:FAILURES_SHOWN]:
            self.report_line(f"    {failure}")
        for line in last_lines(output, LAST_LINES * 3):
            self.report_line(f"  | {line}")


class SetupFailed(Exception):  # noqa: N818 - counted and reported where it happened
    """What a suite needs did not come about."""
