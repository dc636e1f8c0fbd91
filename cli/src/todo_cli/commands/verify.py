"""`todo verify`: does the deployed stack meet its specification, clause by clause."""

import time
from pathlib import Path
from typing import Annotated

import typer

from todo_cli.commands.deployed import stack_on_cluster, use_acceptance
from todo_cli.errors import EXIT_FAILED, Problem
from todo_cli.layout import find_layout
from todo_cli.progress import busy, make_console


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
    use_acceptance(layout)
    from acceptance import checks, environment, running
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

    stack = stack_on_cluster(layout, "the specification is about a cluster")
    console = make_console()
    at, began = running.started(), time.monotonic()
    findings = []
    with busy("checking", console):
        for finding in running.run(stack, checks.chosen(numbers, quick=quick), budget=budget):
            table.print_finding(console, finding)
            findings.append(finding)
    report = running.Report(at, time.monotonic() - began, environment.describe(stack), tuple(findings))
    for file, text in ((json_file, files.as_json), (junit, files.as_junit), (html, page.as_html)):
        if file is not None:
            file.write_text(text(report), encoding="utf-8")
            console.print(f"written: {file}")
    table.print_closing(console, report)
    raise typer.Exit(0 if report.ok else EXIT_FAILED)
