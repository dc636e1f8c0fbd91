"""`todo status`: is the stack well, and if not, why."""

import json
from dataclasses import asdict
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from todo_cli.engines.base import StackStatus
from todo_cli.engines.choose import running_engine
from todo_cli.errors import EXIT_FAILED, EXIT_NOTHING_DEPLOYED
from todo_cli.layout import find_layout
from todo_cli.progress import make_console

MINUTE, HOUR, DAY = 60, 3600, 86400


def status(
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Show each component, and in words why it is not ready.

    Exit code 0: all ready; 1: something is not ready; 2: nothing is deployed.
    """
    engine = running_engine(find_layout())
    found = engine.status() if engine else None
    if found is None or not found.components:
        typer.echo(json.dumps({"deployed": False}) if as_json else "Nothing is deployed. Bring it up: ./todo up")
        raise typer.Exit(EXIT_NOTHING_DEPLOYED)
    if as_json:
        typer.echo(json.dumps({"deployed": True, "ready": found.is_ready, **asdict(found)}, indent=2))
    else:
        _print(found)
    raise typer.Exit(0 if found.is_ready else EXIT_FAILED)


def _print(found: StackStatus) -> None:
    console = make_console()
    console.print(f"{found.address} on {found.where} ({found.engine})", soft_wrap=True)
    table = Table(box=None, pad_edge=False)
    for title in ("component", "ready", "restarts", "age", "image", "address"):
        table.add_column(title, overflow="fold")
    for one in found.components:
        ready = Text(f"{one.ready}/{one.wanted}", style="green" if one.is_ready else "red")
        table.add_row(one.name, ready, str(one.restarts), age_in_words(one.age_seconds), one.image, one.address)
    console.print(table)
    for one in found.components:
        if one.reason:
            console.print(Text(f"{one.name}: {one.reason}"), soft_wrap=True)


def age_in_words(seconds: float | None) -> str:
    """A duration by its largest unit, as kubectl has it."""
    if seconds is None:
        return "-"
    for unit, letter in ((DAY, "d"), (HOUR, "h"), (MINUTE, "m")):
        if seconds >= unit:
            return f"{int(seconds // unit)}{letter}"
    return f"{int(seconds)}s"
