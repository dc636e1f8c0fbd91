"""Running the tools and suites of a part: each is logged, counted and told about when it fails."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from todo_cli.layout import Layout
from todo_cli.programs import GRACE_SECONDS, LAST_LINES, Command, last_lines, stream
from todo_cli.progress import Step
from todo_cli.testing.counts import Counts, one_failed, one_passed, read_junit

FAILURES_SHOWN = 20


@dataclass
class PartRun:
    """One run of a part: its step on the screen, its logs and its counts so far."""

    layout: Layout
    step: Step
    name: str
    tell: Callable[[str], None]
    counts: Counts = field(default_factory=Counts)

    @property
    def log(self) -> Path:
        """Where everything that the part's programs print is kept."""
        return self.layout.logs / f"test-{self.name}.log"

    def report(self, name: str) -> Path:
        """Where a suite writes its report; an old one is removed, so that it cannot be read for a new one."""
        file = self.layout.logs / f"test-{self.name}-{name}.xml"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.unlink(missing_ok=True)
        return file

    def check(self, name: str, command: Command, *, cwd: Path, env: dict[str, str]) -> bool:
        """Run a tool that counts as one test; False when it failed."""
        self.step.note(name)
        result = stream(command, log=self.log, cwd=cwd, env=env, check=False, on_line=self.step.output)
        if result.ok:
            self.counts += one_passed()
            return True
        self.fail(name, result.stdout)
        return False

    def suite(
        self,
        name: str,
        command: Command,
        report: Path,
        *,
        cwd: Path,
        env: dict[str, str],
        timeout: float = 1800,
        grace: float = GRACE_SECONDS,
    ) -> None:
        """Run a suite and count what its JUnit report says; a runner that fails without a failed test is one.

        Ended before its time, it has `grace` seconds to clean up.
        """
        self.step.note(name)
        result = stream(
            command,
            log=self.log,
            cwd=cwd,
            env=env,
            check=False,
            timeout=timeout,
            grace=grace,
            on_line=self.step.output,
        )
        counts = read_junit(report)
        if not result.ok and counts.failed == 0:
            counts += one_failed(f"{name}: exited {result.code}")
        self.counts += counts
        if counts.failed:
            self._tell_failure(name, result.stdout, counts.failures)

    def fail(self, name: str, output: str) -> None:
        """Count one failure that no report tells of."""
        self.counts += one_failed(f"{self.name}: {name}")
        self._tell_failure(name, output)

    def _tell_failure(self, name: str, output: str, failures: Sequence[str] = ()) -> None:
        self.tell(f"{self.name}: {name} failed; the whole output is in {self.log}")
        for failure in failures[:FAILURES_SHOWN]:
            self.tell(f"    {failure}")
        for line in last_lines(output, LAST_LINES * 3):
            self.tell(f"  | {line}")
