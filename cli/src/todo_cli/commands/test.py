"""`todo test`: every test that this machine can run, and why the others could not."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.text import Text

from todo_cli.errors import EXIT_FAILED, Problem
from todo_cli.layout import Layout, find_layout
from todo_cli.progress import Steps, make_console
from todo_cli.testing.beside import FIRST, Lane, Result, beside, second_lane, write_results
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
    json_file: Annotated[Path | None, typer.Option("--json", metavar="FILE", help="Write a JSON report.")] = None,
) -> None:
    """Run the tests: lint, types, unit, chart, browser, and on a cluster where one can be had.

    Installs what it needs by itself. A part that cannot run counts as one skipped, with the reason. Neither a stack
    that is up nor your data is touched. The closing line counts all; exit code 1 when any failed.

    Examples: ./todo test; ./todo test backend frontend
    """
    layout = find_layout()
    console = make_console()
    names = [name.value for name in dict.fromkeys(parts or PartName)]
    results: list[Result] = []
    steps = Steps(console)
    second = second_lane(names)
    with beside(layout, second) as lane:
        for name in sorted((name for name in names if name not in second), key=lambda name: name not in FIRST):
            if lane is not None and name not in FIRST:
                results += _finish(lane, second, steps)
                lane = None
            results.append(_run(name, layout, steps))
        if lane is not None:
            results += _finish(lane, second, steps)
    if json_file is not None:
        write_results(json_file, results)
    total = sum((result.counts for result in results), Counts())
    console.print(f"\nAll of it took {steps.seconds:.0f} s.")
    _print_closing(console, total)
    if total.failed:
        raise typer.Exit(EXIT_FAILED)


def _finish(lane: Lane, names: list[str], steps: Steps) -> list[Result]:
    """Wait for the parts beside, and tell of them as of the others."""
    with steps.step(f"Test {', '.join(names)}, begun at the start") as step:
        results = lane.results(step)
    for result in results:
        for line in result.told:
            steps.console.print(Text(line), soft_wrap=True)
        steps.ended(f"Test {result.name}", result.seconds, str(result.counts), failed=result.counts.failed > 0)
    return results


def _run(name: str, layout: Layout, steps: Steps) -> Result:
    console, result = steps.console, Result(name)

    def tell(line: str) -> None:
        result.told.append(line)
        console.print(Text(line), soft_wrap=True)

    with steps.step(f"Test {name}") as step:
        run = PartRun(layout, step, name, tell)
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
        result.counts, result.seconds = run.counts, step.seconds
    return result


def _print_closing(console: Console, total: Counts) -> None:
    for title, lines in (("Not run", total.reasons), ("Failed", total.failures)):
        if lines:
            console.print(f"\n{title}:")
        for line in lines:
            console.print(Text(f"  {line}"), soft_wrap=True)
    # The closing line has one form, which other programs read.
    console.print(f"\n{total}")
