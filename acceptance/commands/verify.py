"""`todo verify`: does the deployed stack meet its specification, clause by clause."""

import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from acceptance.deployed import stack_on_cluster
from todo_cli.errors import EXIT_FAILED, Problem
from todo_cli.layout import find_layout
from todo_cli.progress import make_console
from todo_cli.state import exclusive

if TYPE_CHECKING:
    from acceptance.findings import Check, Finding


def verify(
    only: Annotated[
        list[str] | None, typer.Option("--only", metavar="NUMBER", help="This clause alone; may be repeated.")
    ] = None,
    quick: Annotated[bool, typer.Option("--quick", help="Only what disturbs nothing and installs nothing.")] = False,
    budget: Annotated[float | None, typer.Option(min=1, help="Seconds after which no check is begun.")] = None,
    json_file: Annotated[Path | None, typer.Option("--json", metavar="FILE", help="Write a JSON report.")] = None,
    junit: Annotated[Path | None, typer.Option(metavar="FILE", help="Write a JUnit report.")] = None,
    html: Annotated[Path | None, typer.Option(metavar="FILE", help="Write one page of HTML.")] = None,
) -> None:
    """Check every clause of the specification on the stack that is up, from outside.

    Each check tells what was asked, done and seen. Some install a second release in a namespace of its own, and one
    kills a backend pod of the stack: --quick leaves these out. Exit code 0: everything that applies holds; 1: not.

    Examples: ./todo verify; ./todo verify --only SC-012; ./todo verify --html report.html
    """
    layout = find_layout()
    from acceptance import system_info, verification
    from acceptance.api_server import reading
    from acceptance.findings import Report
    from acceptance.reports import files, page, table
    from acceptance.specification import CLAUSES

    numbers = [number.upper() for number in only or []]
    if unknown := [number for number in numbers if number not in CLAUSES]:
        raise Problem(
            f"the specification has no clause {', '.join(unknown)}",
            fix="FR-001 to FR-022, SC-001 to SC-014, US1-1 to US4-3, EC-1 to EC-8",
        )
    for file in (json_file, junit, html):
        if file is not None and not file.absolute().parent.is_dir():
            raise Problem(f"{file} cannot be written: there is no folder {file.absolute().parent}")

    options = [*(f"--only={number}" for number in numbers), *(["--quick"] if quick else [])]
    chosen = verification.chosen(*options)
    if not chosen:
        raise Problem(
            f"--quick leaves out {', '.join(numbers)}", fix=f"./todo verify --only {' --only '.join(numbers)}"
        )
    found = stack_on_cluster(layout, "the specification is about a cluster")
    console = make_console()
    shown = table.Table(console, chosen)
    with exclusive(layout), reading(found.cluster) as cluster:  # an `up` meanwhile would be reported as defects
        stack = replace(found, cluster=cluster)
        system = system_info.describe(stack)  # before: a check may find that what it tells of is gone
        at, began = datetime.now(UTC), time.monotonic()
        try:
            with shown.live():
                plugin = verification.Verification(budget=budget, begin=shown.begin, found=shown.add)
                verification.run(plugin, *options, plugins=[verification.given(running=stack)])
        finally:  # after Ctrl-C, too: what was found until then
            findings = (*shown.findings, *_left(chosen, shown.findings))
            report = Report(at, time.monotonic() - began, system, findings)
            for file, text in ((json_file, files.as_json), (junit, files.as_junit), (html, page.as_html)):
                if file is not None:
                    file.write_text(text(report), encoding="utf-8")
                    console.print(f"written: {file}")
            table.print_closing(console, report)
    raise typer.Exit(0 if report.ok else EXIT_FAILED)


def _left(chosen: "list[Check]", found: "list[Finding]") -> "list[Finding]":
    """The clauses that a run did not come to."""
    from acceptance.findings import not_run

    done = {finding.clause.number for finding in found}
    left = [finding for check in chosen for finding in not_run(check, "the run was ended before")]
    return [finding for finding in left if finding.clause.number not in done]
