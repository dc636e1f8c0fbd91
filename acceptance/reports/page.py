"""The report as one page of HTML that needs nothing beside it."""

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from acceptance.findings import Figure, Report, Verdict
from acceptance.specification import CLAUSES, KINDS

STYLES = {Verdict.PASS: "pass", Verdict.FAIL: "fail"}


def as_html(report: Report) -> str:
    """Summary, figures as small bars, evidence clause by clause, the system."""
    loader = FileSystemLoader(Path(__file__).parent)
    templates = Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=False)
    order = list(CLAUSES)
    findings = sorted(report.findings, key=lambda finding: order.index(finding.clause.number))
    measured = [(finding.clause.number, figure) for finding in findings for figure in finding.figures]
    if report.whole_run:
        measured.append(("all", report.whole_run))
    return templates.get_template("page.html.j2").render(
        report=report,
        findings=findings,
        measured=measured,
        verdicts=list(Verdict),
        kinds=[kind for kind in KINDS.values() if any(finding.clause.kind == kind for finding in report.findings)],
        style=lambda verdict: STYLES.get(verdict, "other"),
        share=_share,
    )


def _share(figure: Figure, part: float) -> float:
    """`part` in percent of the bar, which ends with the figure or its limit, whichever is more."""
    whole = max(figure.value, figure.limit)
    return 0.0 if whole <= 0 else 100.0 * part / whole
