"""Reports for programs: JSON, and JUnit's XML as CI servers read it."""

import json
from dataclasses import asdict
from xml.etree import ElementTree

from acceptance.findings import Figure, Finding, Report, Verdict


def as_json(report: Report) -> str:
    """The whole report, without pictures."""
    return json.dumps(
        {
            "at": report.at.isoformat(timespec="seconds"),
            "seconds": round(report.seconds, 1),
            "ok": report.ok,
            "extent": report.extent,
            "counts": {verdict.value: report.count(verdict) for verdict in Verdict},
            "whole_run": report.whole_run and _figure(report.whole_run),
            "environment": report.system,
            "findings": [_finding(finding) for finding in report.findings],
        },
        indent=2,
    )


def as_junit(report: Report) -> str:
    """One test case for each clause."""
    suite = ElementTree.Element(
        "testsuite",
        name="Todo Stack specification",
        tests=str(len(report.findings)),
        failures=str(report.count(Verdict.FAIL)),
        skipped=str(report.count(Verdict.NOT_APPLICABLE) + report.count(Verdict.NOT_RUN)),
        time=f"{report.seconds:.1f}",
        timestamp=report.at.isoformat(timespec="seconds"),
    )
    for finding in report.findings:
        case = ElementTree.SubElement(
            suite, "testcase", classname=finding.clause.kind, name=finding.clause.number, time=f"{finding.seconds:.2f}"
        )
        reported = "\n".join([finding.clause.text, "", *finding.did, "", *finding.saw, *map(str, finding.figures)])
        if finding.verdict is Verdict.FAIL:
            ElementTree.SubElement(case, "failure", message=finding.saw[-1] if finding.saw else "").text = reported
        elif finding.verdict is not Verdict.PASS:
            ElementTree.SubElement(case, "skipped", message=finding.saw[-1] if finding.saw else "")
        ElementTree.SubElement(case, "system-out").text = reported
    ElementTree.indent(suite)
    return ElementTree.tostring(suite, encoding="unicode", xml_declaration=True) + "\n"


def _finding(finding: Finding) -> dict[str, object]:
    return {
        "number": finding.clause.number,
        "asked": finding.clause.text,
        "verdict": finding.verdict.value,
        "how": finding.how,
        "did": finding.did,
        "saw": finding.saw,
        "figures": [_figure(figure) for figure in finding.figures],
        "seconds": round(finding.seconds, 2),
    }


def _figure(figure: Figure) -> dict[str, object]:
    return asdict(figure) | {"ok": figure.ok}
