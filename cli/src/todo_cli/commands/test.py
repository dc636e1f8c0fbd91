"""`todo test`: every test that this machine can run, and why the others could not."""

from enum import StrEnum
from typing import Annotated

import typer
from rich.console import Console
from rich.text import Text

from todo_cli.errors import EXIT_FAILED, Problem
from todo_cli.layout import Layout, find_layout
from todo_cli.progress import Steps, make_console
from todo_cli.testing.counts import Counts, one_failed, one_skipped
from todo_cli.testing.parts import PARTS, CannotRun
from todo_cli.testing.runner import PartRun


class PartName(StrEnum):
    """The parts, as one names them."""

    cli = "cli"
    chart = "chart"
    backend = "backend"
    frontend = "frontend"
    e2e = "e2e"
    cluster = "cluster"


def test(
    parts: Annotated[
        list[PartName] | None, typer.Argument(help="Which parts; all when none is given.", show_default=False)
    ] = None,
) -> None:
    """Run the tests: lint, types, unit, chart, browser, and on a cluster where one can be had.

    Installs what it needs by itself. A part that cannot run counts as one skipped, with the reason. Neither a stack
    that is up nor your data is touched. The closing line counts all; exit code 1 when any failed.

    Examples: ./todo test; ./todo test backend frontend
    """
    layout = find_layout()
    console = make_console()
    names = list(dict.fromkeys(parts)) if parts else list(PartName)
    total = Counts()
    steps = Steps(console)
    for name in names:
        total += _run(name, layout, steps)
    console.print(f"\nAll of it took {steps.seconds:.0f} s.")
    _print_closing(console, total)
    if total.failed:
        raise typer.Exit(EXIT_FAILED)


def _run(name: str, layout: Layout, steps: Steps) -> Counts:
    console = steps.console
    with steps.step(f"Test {name}") as step:
        run = PartRun(layout, step, name, tell=lambda line: console.print(Text(line), soft_wrap=True))
        run.log.unlink(missing_ok=True)
        try:
            PARTS[name](run)
        except CannotRun as reason:
            run.counts += one_skipped(f"{name}: {reason}")
        except Problem as problem:
            if not run.counts.failed:
                run.counts += one_failed(f"{name}: {problem.message}")
            for line in (problem.message, *problem.details, f"fix: {problem.fix}" if problem.fix else ""):
                run.tell(f"  {line}") if line else None
        (step.fail if run.counts.failed else step.done)(str(run.counts))
        return run.counts


def _print_closing(console: Console, total: Counts) -> None:
    for title, lines in (("Not run", total.reasons), ("Failed", total.failures)):
        if lines:
            console.print(f"\n{title}:")
        for line in lines:
            console.print(Text(f"  {line}"), soft_wrap=True)
    # The closing line has one form, which other programs read.
    console.print(f"\n{total}")
