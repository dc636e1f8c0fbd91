"""The report in a terminal: a line for each clause as it is found, then the counts."""

from rich.console import Console
from rich.text import Text

from acceptance.running import Finding, Report, Verdict

STYLES = {Verdict.PASS: "green", Verdict.FAIL: "red", Verdict.NOT_APPLICABLE: "yellow", Verdict.NOT_RUN: "yellow"}
DETAIL_LENGTH = 160


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
    console.print(f"\n{len(report.findings)} clauses in {report.seconds:.0f} s: {counts or 'none'}")


def _gist(finding: Finding) -> str:
    if finding.verdict is Verdict.PASS and finding.figures:
        return "; ".join(map(str, finding.figures))
    text = (finding.saw[-1] if finding.saw else "").splitlines()[0] if finding.saw else ""
    return text if len(text) <= DETAIL_LENGTH else text[: DETAIL_LENGTH - 3] + "..."
