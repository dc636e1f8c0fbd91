"""The reports say what was found, and let nothing that was seen break them."""

import json
from datetime import UTC, datetime
from xml.etree import ElementTree

import pytest
from acceptance.findings import Figure, Finding, Report, Verdict
from acceptance.reports.files import as_json, as_junit
from acceptance.reports.page import as_html
from acceptance.reports.table import print_closing, print_finding
from acceptance.specification import CLAUSES
from rich.console import Console

HOSTILE = "<script>alert('&')</script>"


@pytest.fixture
def report() -> Report:
    """One finding of each kind."""
    figure = Figure("helm install", 12.5, "s", 300)
    slow = Figure("slowest", 400.0, "s", 300)
    findings = (
        Finding(CLAUSES["SC-001"], Verdict.PASS, "how", ("helm install",), ("seen",), (figure,), 12.5),
        Finding(CLAUSES["SC-004"], Verdict.FAIL, "how", ("kubectl get",), (HOSTILE,), (slow,), 1.0),
        Finding(CLAUSES["FR-001"], Verdict.NOT_APPLICABLE, "how", (), ("no Docker here",)),
        Finding(CLAUSES["EC-1"], Verdict.NOT_RUN, "how", (), ("the time budget was used up",)),
    )
    return Report(datetime(2026, 1, 2, 3, 4, tzinfo=UTC), 14.0, {"Kubernetes": "v1.34"}, findings)


def test_json_has_every_finding(report: Report) -> None:
    read = json.loads(as_json(report))
    assert read["ok"] is False
    assert read["counts"] == {"pass": 1, "fail": 1, "n/a": 1, "not run": 1}
    assert read["findings"][0]["figures"][0] == {
        "name": "helm install", "value": 12.5, "unit": "s", "limit": 300, "at_least": False, "ok": True,
    }  # fmt: skip


def test_junit_counts_as_ci_servers_do(report: Report) -> None:
    suite = ElementTree.fromstring(as_junit(report))
    assert (suite.get("tests"), suite.get("failures"), suite.get("skipped")) == ("4", "1", "2")
    failure = suite.find("./testcase[@name='SC-004']/failure")
    assert failure is not None
    assert failure.get("message") == HOSTILE


def test_the_page_needs_nothing_beside_it_and_escapes_what_it_shows(report: Report) -> None:
    page = as_html(report)
    assert HOSTILE not in page
    assert "does not meet its specification" in page
    assert "http://" not in page
    assert "https://" not in page
    assert page.count("<details") == 4


@pytest.mark.parametrize(
    ("verdicts", "ok", "headline", "extent"),
    [
        ({}, True, "Todo Stack meets its specification", "56 of 56 clauses hold"),
        (
            {"SC-009": Verdict.NOT_APPLICABLE},
            True,
            "Todo Stack meets its specification",
            "55 of 56 clauses hold, 1 not applicable",
        ),
        (
            {"SC-009": Verdict.FAIL},
            False,
            "Todo Stack does not meet its specification",
            "55 of 56 clauses hold, 1 fail",
        ),
        (
            {"SC-009": None},
            True,
            "A part of Todo Stack's specification was checked",
            "55 of 56 clauses hold, 1 not run",
        ),
        (
            {"SC-009": Verdict.NOT_RUN},
            False,
            "A part of Todo Stack's specification was checked",
            "55 of 56 clauses hold, 1 not run",
        ),
        (
            dict.fromkeys(CLAUSES, Verdict.NOT_APPLICABLE),
            False,
            "A part of Todo Stack's specification was checked",
            "0 of 56 clauses hold, 56 not applicable",
        ),
    ],
)
def test_the_specification_is_met_only_when_every_clause_was_looked_at(
    verdicts: dict[str, Verdict | None], ok: bool, headline: str, extent: str
) -> None:
    found = {number: verdicts.get(number, Verdict.PASS) for number in CLAUSES}
    findings = tuple(Finding(CLAUSES[number], verdict, "how") for number, verdict in found.items() if verdict)
    report = Report(datetime(2026, 1, 2, tzinfo=UTC), 1.0, {}, findings)
    assert (report.ok, report.headline, report.extent) == (ok, headline, extent)
    page = as_html(report).replace("&#39;", "'")
    assert f"<h1>{headline}</h1>" in page
    assert extent in page


@pytest.mark.parametrize(
    ("figure", "width"),
    [
        (Figure("failed", 0, "requests", 0), "0.00"),
        (Figure("failed", 3, "requests", 0), "100.00"),
        (Figure("took", 30, "s", 120), "25.00"),
        (Figure("pods", 2, "pods", 2, at_least=True), "100.00"),
    ],
)
def test_a_bar_shows_the_share_of_the_limit(figure: Figure, width: str) -> None:
    finding = Finding(CLAUSES["SC-012"], Verdict.PASS, "how", figures=(figure,))
    page = as_html(Report(datetime(2026, 1, 2, tzinfo=UTC), 1.0, {}, (finding,)))
    assert f'<rect class="bar{"" if figure.ok else " over"}" width="{width}"' in page


def test_clauses_stand_in_the_order_of_the_specification() -> None:
    findings = tuple(Finding(CLAUSES[number], Verdict.PASS, "how") for number in ("SC-006", "SC-001", "FR-002"))
    page = as_html(Report(datetime(2026, 1, 2, tzinfo=UTC), 1.0, {}, findings))
    assert page.index("FR-002") < page.index("SC-001") < page.index("SC-006")


@pytest.mark.parametrize(
    ("value", "reported"),
    [(0, "0 s"), (0.005128, "0.00513 s"), (14.51, "14.5 s"), (99.99, "100 s"), (1234.5, "1234 s")],
)
def test_a_figure_is_told_to_three_digits(value: float, reported: str) -> None:
    assert Figure("took", value, "s", 10).measured == reported


def test_colours_and_control_characters_of_what_was_seen_break_no_report() -> None:
    seen = "\x1b[1;31merror\x1b[0m:\x00 \x1b]8;;http://x\x07link\x1b]8;;\x07 \ud800\uffff\ttab"
    finding = Finding(CLAUSES["SC-001"], Verdict.FAIL, "how", (seen,), (seen,))
    report = Report(datetime(2026, 1, 2, tzinfo=UTC), 1.0, {}, (finding,))
    failure = ElementTree.fromstring(as_junit(report)).find("./testcase/failure")
    assert failure is not None
    assert failure.get("message") == "error: link \ttab"
    as_html(report).encode()


def test_the_table_ends_with_counts(report: Report) -> None:
    console = Console(record=True, width=200, force_terminal=False)
    for finding in report.findings:
        print_finding(console, finding)
    print_closing(console, report)
    text = console.export_text()
    assert "helm install: 12.5 s (at most 300)" in text
    assert text.rstrip().endswith("4 clauses in 14 s: 1 pass, 1 fail, 1 n/a, 1 not run")


@pytest.mark.parametrize(("seconds", "ok"), [(200.0, True), (301.0, False)])
def test_the_whole_run_is_told_beside_its_limit(seconds: float, ok: bool) -> None:
    findings = tuple(Finding(clause, Verdict.PASS, "how", (), ("seen",)) for clause in CLAUSES.values())
    report = Report(datetime(2026, 1, 2, 3, 4, tzinfo=UTC), seconds, {}, findings)
    read = json.loads(as_json(report))["whole_run"]
    assert (read["value"], read["limit"], read["ok"]) == (seconds, 300, ok)
    assert f">{seconds:.0f} s<" in as_html(report)
    console = Console(record=True, width=200, force_terminal=False)
    print_closing(console, report)
    assert f"in {seconds:.0f} s (at most 300): 56 pass" in console.export_text()


def test_a_part_of_a_run_has_no_limit(report: Report) -> None:
    assert report.whole_run is None
    assert json.loads(as_json(report))["whole_run"] is None
