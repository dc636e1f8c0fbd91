"""`todo status`: is the stack well, and if not, why."""

import contextlib
import json
import sys
import time
from dataclasses import asdict
from typing import Annotated

import typer
from rich.console import Group, RenderableType
from rich.live import Live
from rich.table import Table
from rich.text import Text

from todo_cli.engines.base import Code
from todo_cli.engines.choose import running_engine
from todo_cli.errors import EXIT_FAILED, EXIT_NOTHING_DEPLOYED, Problem
from todo_cli.layout import Layout, find_layout
from todo_cli.progress import busy, make_console
from todo_cli.stack_status import Component, StackStatus

WATCH_SECONDS = 2.0
NOTHING = "Nothing is deployed. Bring it up: ./todo up"
MINUTE, HOUR, DAY = 60, 3600, 86400


def status(
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object; with --watch, one a change.")] = False,
    watch: Annotated[bool, typer.Option("--watch", "-w", help="Go on until Ctrl-C; piped, print changes.")] = False,
) -> None:
    """Show each component, and in words why it is not ready.

    Exit code 0: all ready, or a watch that was ended; 1: something is not ready; 2: nothing is deployed.

    Examples: ./todo status; ./todo status --watch; ./todo status --json
    """
    layout = find_layout()
    if watch:
        with contextlib.suppress(KeyboardInterrupt):
            _watch(layout, as_json=as_json)
        raise typer.Exit(0)
    with busy("looking at the stack"):
        found = _look(layout)
    if as_json:
        typer.echo(json.dumps(_as_json(found), indent=2))
    else:
        make_console().print(_in_words(found), soft_wrap=True)
    if not found.components:
        raise typer.Exit(EXIT_NOTHING_DEPLOYED)
    raise typer.Exit(0 if found.is_ready else EXIT_FAILED)


def _look(layout: Layout) -> StackStatus:
    engine = running_engine(layout)
    return engine.status() if engine else StackStatus("", "", layout.address)


def _look_on(layout: Layout) -> StackStatus:
    """As `_look`; a look that failed is reported as what is not well, for the next one may not fail."""
    try:
        return _look(layout)
    except Problem as problem:
        reason = ": ".join((problem.message, *problem.details[-1:]))
        failed = Component("status", 1, 0, reason=reason, code=Code.LOOK_FAILED, fix=problem.fix or "")
        return StackStatus("", "", layout.address, [failed])


def _watch(layout: Layout, *, as_json: bool) -> None:
    """Look again and again: redraw on a terminal; piped, or as JSON, print only what changed."""
    console = make_console()
    if console.is_terminal and not as_json:
        with Live(Text("looking ..."), console=console, auto_refresh=False) as live:
            while True:
                live.update(_in_words(_look_on(layout)), refresh=True)
                time.sleep(WATCH_SECONDS)
    before: dict[str, str] = {}
    while True:
        found = _look_on(layout)
        now = {one.name: _line(one) for one in found.components} or {"": NOTHING}
        if now != before:
            if as_json:
                typer.echo(json.dumps(_as_json(found)))
            else:
                at = time.strftime("%H:%M:%S")
                for name in before.keys() - now.keys() - {""}:
                    typer.echo(f"{at}  {name} is gone")
                for name, line in now.items():
                    if before.get(name) != line:
                        typer.echo(f"{at}  {line}")
            sys.stdout.flush()
        before = now
        time.sleep(WATCH_SECONDS)


def _as_json(found: StackStatus) -> dict[str, object]:
    if not found.components:
        return {"deployed": False}
    return {"deployed": True, "ready": found.is_ready, **asdict(found)}


def _line(one: Component) -> str:
    """A component in a line, without what changes all the time."""
    restarts = f", {one.restarts} restarts" if one.restarts else ""
    return f"{one.name} {one.ready}/{one.wanted} {one.image}{restarts}" + (f": {one.reason}" if one.reason else "")


def _in_words(found: StackStatus) -> RenderableType:
    if not found.components:
        return Text(NOTHING)
    table = Table(box=None, pad_edge=False)
    for title in ("component", "ready", "restarts", "age", "image", "address"):
        table.add_column(title, overflow="fold")
    for one in found.components:
        ready = Text(f"{one.ready}/{one.wanted}", style="green" if one.is_ready else "red")
        table.add_row(one.name, ready, str(one.restarts), age_in_words(one.age_seconds), one.image, one.address)
    lines = [f"{found.address} on {found.where} ({found.engine})"]
    reasons = [
        f"{one.name}: {one.reason}" + (f"\n  fix: {one.fix}" if one.fix else "")
        for one in found.components
        if one.reason
    ]
    return Group(*(Text(line) for line in lines), table, *(Text(reason) for reason in reasons))


def age_in_words(seconds: float | None) -> str:
    """A duration by its largest unit, as kubectl has it."""
    if seconds is None:
        return "-"
    for unit, letter in ((DAY, "d"), (HOUR, "h"), (MINUTE, "m")):
        if seconds >= unit:
            return f"{int(seconds // unit)}{letter}"
    return f"{int(seconds)}s"
