"""`todo logs`: what the components say."""

import contextlib
import sys
from collections.abc import Callable, Sequence
from enum import StrEnum
from itertools import chain, islice
from typing import Annotated

import typer

from todo_cli.engines.base import Engine
from todo_cli.engines.choose import running_engine
from todo_cli.errors import EXIT_NOTHING_DEPLOYED, Problem
from todo_cli.layout import find_layout
from todo_cli.loglines import LogLine
from todo_cli.progress import busy


class ComponentName(StrEnum):
    """The parts of the stack that have logs."""

    backend = "backend"
    frontend = "frontend"
    database = "database"


def logs(
    components: Annotated[
        list[ComponentName] | None, typer.Argument(help="Which components; all when none is given.", show_default=False)
    ] = None,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Go on until Ctrl-C.")] = False,
    request: Annotated[
        str | None,
        typer.Option(metavar="ID", help="Only what belongs to this request: its X-Request-ID.", show_default=False),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object a line.")] = False,
    raw: Annotated[bool, typer.Option("--raw", help="Print the lines as they are, tier and pod in front.")] = False,
) -> None:
    """Print the components' logs, merged in the order of their times.

    Every answer of the stack has an X-Request-ID: --request shows what was logged for it, in both tiers.

    Examples: ./todo logs backend; ./todo logs -f; ./todo logs --request 0e3c...; ./todo logs --json
    """
    if as_json and raw:
        raise typer.BadParameter("--json or --raw, not both")
    engine = running_engine(find_layout())
    if engine is None:
        raise Problem("nothing is up", fix="./todo up", exit_code=EXIT_NOTHING_DEPLOYED)
    write = LogLine.as_json if as_json else LogLine.as_raw if raw else LogLine.in_words
    names = [component.value for component in components or []]
    with contextlib.suppress(KeyboardInterrupt) if follow else contextlib.nullcontext():
        found = show_logs(engine, names, follow=follow, request=request, write=write)
        if request is not None and not found:
            raise Problem(
                f"no log that is kept has the request {request}",
                fix="take the X-Request-ID of an answer; or follow: ./todo logs -f --request ID",
            )


def show_logs(
    engine: Engine,
    components: Sequence[str] = (),
    *,
    follow: bool,
    request: str | None = None,
    write: Callable[[LogLine], str] = LogLine.in_words,
) -> bool:
    """Print the logs as `write` has them, with `request` only what belongs to it; True if anything was printed."""
    printed = False
    lines = engine.logs(components, follow=follow, whole=request is not None)
    with busy("reading the logs"):
        first = list(islice(lines, 1))
    for line in chain(first, lines):
        if request is None or line.is_of(request):
            sys.stdout.write(write(line) + "\n")
            sys.stdout.flush()
            printed = True
    return printed
