"""`todo test`: every test that this machine can run, and why the others could not."""

from contextlib import ExitStack
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.text import Text

from todo_cli.errors import EXIT_FAILED, Problem
from todo_cli.layout import Layout, find_layout
from todo_cli.progress import Board, Steps, make_console, silent_step
from todo_cli.testing import suites as registry
from todo_cli.testing.counts import Counts, one_failed, one_skipped
from todo_cli.testing.listing import SuiteListing
from todo_cli.testing.results import Result, write_results
from todo_cli.testing.runner import HUNG_SECONDS, SetupFailed, SuiteRun
from todo_cli.testing.schedule import Ended, Schedule, Suite, is_waited_for
from todo_cli.testing.suites import CannotRun

WORKERS = 5  # what waits for a browser or a cluster leaves room for what computes
PATIENT = 2  # the niceness of suites that none waits for; more, and their own waits would end too early
LATE_SECONDS = 300.0  # after the limit: a suite that is still at work then hangs


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
    limit: Annotated[
        float | None,
        typer.Option(min=1, metavar="MINUTES", help="Leave out, by name, what would not end within so many minutes."),
    ] = None,
    list_only: Annotated[bool, typer.Option("--list", help="Name every test instead of running it.")] = False,
    json_file: Annotated[Path | None, typer.Option("--json", metavar="FILE", help="Write a JSON report.")] = None,
) -> None:
    """Run the tests: lint, types, unit, chart, browser, and on a cluster where one can be had.

    Installs what it needs by itself. A suite that cannot run counts as one skipped, with the reason. Neither a stack
    that is up nor your data is touched. The closing line counts all; exit code 1 when any failed.

    Examples: ./todo test; ./todo test backend frontend; ./todo test --list
    """
    layout, console = find_layout(), make_console()
    chosen = registry.suites([name.value for name in dict.fromkeys(parts or PartName)])
    if list_only:
        _print_promises(chosen, layout, console)
        return
    steps = Steps(console)
    results = _Results(layout, chosen, steps, HUNG_SECONDS if limit is None else limit * 60 + LATE_SECONDS)
    schedule = Schedule(chosen, workers=WORKERS, limit=None if limit is None else limit * 60)
    with steps.board() as board, ExitStack() as closing:
        for suite, reason in schedule.run(lambda suite: results.run(suite, board, closing)):
            results.add(Result(suite.title, counts=one_skipped(f"{suite.title}: {reason}")))
    if json_file is not None:
        write_results(json_file, results.all)
    total = sum((result.counts for result in results.all), Counts())
    console.print(f"\nAll of it took {steps.seconds:.0f} s, at {schedule.pace:.1f} times a quiet machine's time.")
    _print_closing(console, total)
    if total.failed:
        raise typer.Exit(EXIT_FAILED)


class _Results:
    """Runs suites, and keeps what each came to; `seconds` after the start, those still at work are taken for hung."""

    def __init__(self, layout: Layout, chosen: list[Suite], steps: Steps, seconds: float) -> None:
        self.all: list[Result] = []
        self._layout, self._chosen, self._steps, self._seconds = layout, chosen, steps, seconds

    def add(self, result: Result) -> None:
        """Keep one that did not run."""
        self.all.append(result)

    def run(self, suite: Suite, board: Board, closing: ExitStack) -> Ended:
        """Run a suite to its end."""
        result = Result(suite.title)
        self.all.append(result)

        def report_line(line: str) -> None:
            result.lines.append(line)
            self._steps.console.print(Text(line), soft_wrap=True)

        with board.step(suite.title) as step:
            niceness = 0 if is_waited_for(suite, self._chosen) else PATIENT
            run = SuiteRun(self._layout, step, suite.title, report_line, self._seconds - self._steps.seconds, niceness)
            run.log.unlink(missing_ok=True)
            closing.callback(lambda: setattr(result, "counts", run.counts))  # taking down may add a failure
            ran = _run(suite, run, closing)
            (step.fail if run.counts.failed else step.done)(str(run.counts))
            result.counts, result.seconds = run.counts, step.seconds
        return Ended(ok=ran, seconds=step.seconds - run.setting_up if ran else 0.0)


def _run(suite: Suite, run: SuiteRun, closing: ExitStack) -> bool:
    """Run a suite; whether it could run."""
    try:
        registry.run_suite(suite, run, closing)
        return True
    except CannotRun as reason:
        run.counts += one_skipped(f"{suite.title}: {reason}")
    except SetupFailed:
        pass
    except Problem as problem:
        run.counts += one_failed(f"{suite.title}: {problem.message}")
        for line in (problem.message, *problem.details, f"fix: {problem.fix}" if problem.fix else ""):
            run.report_line(f"  {line}") if line else None
    return False


def _print_promises(chosen: list[Suite], layout: Layout, console: Console) -> None:
    for suite in chosen:
        listing = SuiteListing(layout, silent_step(), suite.title, lambda _: None)
        with ExitStack() as closing:
            _run(suite, listing, closing)
        for promise in listing.promises:
            console.print(Text(f"{suite.title}: {promise}"), soft_wrap=True)


def _print_closing(console: Console, total: Counts) -> None:
    for title, lines in (("Not run", total.reasons), ("Failed", total.failures)):
        if lines:
            console.print(f"\n{title}:")
        for line in lines:
            console.print(Text(f"  {line}"), soft_wrap=True)
    # The closing line has one form, which other programs read.
    console.print(f"\n{total}")
