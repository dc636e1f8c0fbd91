"""The command line: what there is, what it means, and how errors are shown."""

import os
import signal
import sys
from collections.abc import Iterator
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape

from todo_cli.command_group import CommandGroup
from todo_cli.commands import completion
from todo_cli.errors import EXIT_HUNG_UP, EXIT_INTERRUPTED, EXIT_NO_READER, EXIT_TERMINATED, Problem
from todo_cli.file_errors import file_problem
from todo_cli.layout import find_layout
from todo_cli.progress import make_console

HELP = """Todo Stack on this machine: a todo application you talk to, on Kubernetes or as plain processes.

  ./todo up        bring everything to http://localhost:30080
  ./todo doctor    can this machine run it, and the fix for what it cannot
  ./todo status    is it well, and if not, why
  ./todo down      take it down, keep the data
  ./todo test      run every test that this machine can run

Settings are read from .env; without one it works too (see .env.example).
Every command has its own --help. Exit codes: cli/README.md."""


def _print_version(wanted: bool) -> None:
    if wanted:
        from todo_cli.images import version_of

        typer.echo(f"Todo Stack {version_of(find_layout())}")
        raise typer.Exit


def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and leave.")
    ] = False,
) -> None:
    """Options of the command itself."""


app = typer.Typer(
    name="todo",
    help=HELP.replace("\n  ./", "\n\b\n  ./", 1),
    callback=_options,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
    cls=CommandGroup,
)


def main() -> None:
    """Run the command line; the exit code is the process's."""
    os.umask(0o022)  # what is made for PostgreSQL's account must be readable; secrets are written 0600
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(EXIT_TERMINATED))  # so that what is half-started is undone
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # nohup
        signal.signal(signal.SIGHUP, _end_without_a_terminal)
    console = make_console(stderr=True)
    try:
        completion.prepare()
        app(prog_name="./todo", complete_var=completion.COMPLETE_VARIABLE)
    except Problem as problem:
        sys.exit(_tell(console, problem))
    except SystemExit as ending:  # Typer makes one of Ctrl-C and of a reader that has gone, too
        causes = list(_causes(ending))
        if ending.code == EXIT_INTERRUPTED:
            console.print("interrupted")
        for cause in (ending, *causes):
            _tell_notes(console, cause)
        if any(isinstance(cause, BrokenPipeError) for cause in causes):
            sys.exit(EXIT_NO_READER)
        raise
    except OSError as error:
        problem_of_file = file_problem(error)
        if problem_of_file is None:
            raise
        sys.exit(_tell(console, problem_of_file))


def _end_without_a_terminal(*_: object) -> None:
    """The terminal was closed: end in order, and say the rest to nobody."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (sys.stdout, sys.stderr):
        os.dup2(nowhere, stream.fileno())
    sys.exit(EXIT_HUNG_UP)


def _causes(error: BaseException) -> Iterator[BaseException]:
    """What the error came of, one after another."""
    cause = error.__cause__ or error.__context__
    while cause is not None:
        yield cause
        cause = cause.__cause__ or cause.__context__


def _tell(console: Console, problem: Problem) -> int:
    """Print what is wrong and the fix; gives the exit code."""
    console.print(f"[red]error:[/red] {escape(problem.message)}", soft_wrap=True)
    for line in problem.details:
        console.print(f"  {escape(line)}", soft_wrap=True)
    _tell_notes(console, problem)
    if problem.fix:
        console.print(f"[green]fix:[/green] {escape(problem.fix)}", soft_wrap=True)
    return problem.exit_code


def _tell_notes(console: Console, error: BaseException) -> None:
    """Print what was noted on the error on its way up: what it leaves behind."""
    for note in getattr(error, "__notes__", ()):
        console.print(escape(note), soft_wrap=True)
