"""`todo doctor`: can this machine run the stack, and what would mend what it cannot."""

import json
from dataclasses import asdict
from typing import Annotated

import typer
from rich.text import Text

from todo_cli.checks import Check, Verdict, run_checks
from todo_cli.errors import EXIT_FAILED
from todo_cli.layout import find_layout
from todo_cli.progress import make_console

STYLES = {Verdict.PASS: "green", Verdict.WARN: "yellow", Verdict.FAIL: "red"}


def doctor(
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Look at tools, ports, settings, disk and memory before anything runs; each finding has its fix.

    Exit code 1 when something would keep `up` from working.
    """
    checks = run_checks(find_layout())
    failed = any(check.verdict is Verdict.FAIL for check in checks)
    if as_json:
        typer.echo(json.dumps({"ok": not failed, "checks": [asdict(check) for check in checks]}, indent=2))
    else:
        for check in checks:
            _print(check)
    raise typer.Exit(EXIT_FAILED if failed else 0)


def _print(check: Check) -> None:
    console = make_console()
    line = Text.assemble((f"{check.verdict.value:<4}", STYLES[check.verdict]), f"  {check.name}: {check.finding}")
    console.print(line, soft_wrap=True)
    if check.fix:
        console.print(Text(f"      fix: {check.fix}"), soft_wrap=True)
