"""`todo doctor`: can this machine run the stack, and the fix for what it cannot."""

import json
from dataclasses import asdict
from typing import Annotated

import typer
from rich.console import Console
from rich.text import Text

from todo_cli.checks import Diagnosis, Verdict, run_checks
from todo_cli.commands.up import EngineChoice
from todo_cli.engines.choose import UpOptions
from todo_cli.errors import EXIT_FAILED
from todo_cli.layout import find_layout
from todo_cli.progress import busy, make_console

STYLES = {Verdict.PASS: "green", Verdict.WARN: "yellow", Verdict.FAIL: "red"}


def doctor(
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    engine: Annotated[
        EngineChoice | None, typer.Option(help="As for up.", show_default="the one that up would use")
    ] = None,
    context: Annotated[str | None, typer.Option(help="As for up: a kubectl context.", show_default=False)] = None,
    profile: Annotated[str | None, typer.Option(help="As for up: a Minikube profile.", show_default=False)] = None,
    values: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="PATH=VALUE", help="As for up: a value of the chart.", show_default=False),
    ] = None,
) -> None:
    """Look at tools, Docker, Minikube, cluster, capacity, images, ports, settings, database, model API, disk, memory.

    Each line is pass, warn or fail, with the fix. No value of .env is ever printed.
    Exit code 1 when something would keep `up`, with the same options, from working.

    Examples: ./todo doctor; ./todo doctor --context kind-dev; ./todo doctor --json
    """
    options = UpOptions(
        engine=None if engine is None else engine.value, context=context, profile=profile, values=tuple(values or ())
    )
    console, checks = make_console(), []
    with busy("looking", None if as_json else console):
        for check in run_checks(find_layout(), options):
            checks.append(check)
            if not as_json:
                _print(console, check)
    failed = any(check.verdict is Verdict.FAIL for check in checks)
    if as_json:
        typer.echo(json.dumps({"ok": not failed, "checks": [asdict(check) for check in checks]}, indent=2))
    raise typer.Exit(EXIT_FAILED if failed else 0)


def _print(console: Console, check: Diagnosis) -> None:
    line = Text.assemble((f"{check.verdict.value:<4}", STYLES[check.verdict]), f"  {check.name}: {check.finding}")
    console.print(line, soft_wrap=True)
    if check.fix:
        console.print(Text(f"      fix: {check.fix}"), soft_wrap=True)
