"""The report in a terminal: a line for each clause as it is found, below them what is being done, then the counts."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from rich.console import Console, ConsoleOptions, RenderResult
from rich.live import Live
from rich.spinner import Spinner
from rich.text import Text

from acceptance.findings import Check, Finding, Report, Verdict

STYLES = {Verdict.PASS: "green", Verdict.FAIL: "red", Verdict.NOT_APPLICABLE: "yellow", Verdict.NOT_RUN: "yellow"}
DETAIL_LENGTH = 160


class Table:
    """The clauses found so far; on a terminal below them the one at work, with its time."""

    def __init__(self, console: Console, checks: Sequence[Check]) -> None:
        self.findings: list[Finding] = []
        self._console = console
        self._wanted = sum(len(check.numbers) for check in checks)
        self._check: Check | None = None
        self._began = time.monotonic()
        self._spinner = Spinner("dots")

    @contextmanager
    def live(self) -> Iterator[None]:
        """Show what is at work meanwhile."""
        if not self._console.is_terminal:
            yield
            return
        with Live(self, console=self._console, refresh_per_second=8, transient=True):
            yield

    def begin(self, check: Check) -> None:
        """This one is at work now."""
        self._check, self._began = check, time.monotonic()

    def add(self, finding: Finding) -> None:
        """A clause is found."""
        self.findings.append(finding)
        print_finding(self._console, finding)

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        if self._check is None:
            return
        took = time.monotonic() - self._began
        at = f"{' '.join(self._check.numbers)}  {took:.0f} s  ({len(self.findings)} of {self._wanted} clauses done)"
        line = Text(f" {at}  {self._check.how}", overflow="ellipsis", no_wrap=True)
        line.truncate(options.max_width - 3, overflow="ellipsis")
        self._spinner.update(text=line)
        yield self._spinner


def print_finding(console: Console, finding: Finding) -> None:
    """One line: number, verdict, and the figure or what was seen; all that was seen and done when it failed."""
    line = Text.assemble(
        f"{finding.clause.number:<7} ", (f"{finding.verdict.value:<8}", STYLES[finding.verdict]), _gist(finding)
    )
    line.append(f" ({finding.seconds:.1f} s)", style="dim")
    console.print(line, soft_wrap=True)
    if finding.verdict is Verdict.FAIL:
        console.print(Text(f"        asked: {finding.clause.text}"), soft_wrap=True)
        for text in finding.saw:
            console.print(Text(f"        saw:   {text}"), soft_wrap=True)
        for text in finding.did[-3:]:
            console.print(Text(f"        by:    {text}"), soft_wrap=True)


def print_closing(console: Console, report: Report) -> None:
    """The counts, in one form that other programs can read."""
    counts = ", ".join(f"{report.count(verdict)} {verdict.value}" for verdict in Verdict if report.count(verdict))
    if report.unknown > report.count(Verdict.NOT_RUN):
        console.print(f"\n{report.extent}", end="", soft_wrap=True)
    limit = f" (at most {report.whole_run.limit:g})" if report.whole_run else ""
    console.print(f"\n{len(report.findings)} clauses in {report.seconds:.0f} s{limit}: {counts or 'none'}")


def _gist(finding: Finding) -> str:
    if finding.verdict is Verdict.PASS and finding.figures:
        return "; ".join(map(str, finding.figures))
    text = (finding.saw[-1] if finding.saw else "").splitlines()[0] if finding.saw else ""
    return text if len(text) <= DETAIL_LENGTH else text[: DETAIL_LENGTH - 3] + "..."
