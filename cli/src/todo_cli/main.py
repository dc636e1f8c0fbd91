"""The command line: what there is, what it means, and how errors are told."""

import os
import signal
import sys

import typer
from rich.markup import escape

from todo_cli.commands import bench, doctor, down, logs, status, test, up
from todo_cli.commands import open as open_command
from todo_cli.errors import EXIT_INTERRUPTED, EXIT_TERMINATED, Problem
from todo_cli.progress import make_console

HELP = """Todo Stack on this machine: a todo application you talk to, on Kubernetes or as plain processes.

  ./todo up        bring everything to http://localhost:30080
  ./todo status    is it well, and if not, why
  ./todo down      take it down, keep the data
  ./todo test      run every test that this machine can run

Settings are read from .env; without one it works too (see .env.example).
Every command has its own --help. Exit codes: cli/README.md."""

app = typer.Typer(
    name="todo",
    help=HELP.replace("\n  ./", "\n\b\n  ./", 1),
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("up", short_help="Bring the stack up, or up to date.")(up.up)
app.command("down")(down.down)
app.command("status")(status.status)
app.command("doctor", short_help="Can this machine run the stack; a fix for what it cannot.")(doctor.doctor)
app.command("logs")(logs.logs)
app.command("open")(open_command.open_page)
app.command("test", short_help="Run the tests.")(test.test)
app.command("bench", context_settings={"ignore_unknown_options": True, "help_option_names": []})(bench.bench)


def main() -> None:
    """Run the command line; the exit code is the process's."""
    os.umask(0o022)  # what is made for PostgreSQL's account must be readable; secrets are written 0600
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(EXIT_TERMINATED))  # so that what is half-started is undone
    console = make_console(stderr=True)
    try:
        app(prog_name="./todo")
    except Problem as problem:
        console.print(f"[red]error:[/red] {escape(problem.message)}", soft_wrap=True)
        for line in problem.details:
            console.print(f"  {escape(line)}", soft_wrap=True)
        if problem.fix:
            console.print(f"[green]fix:[/green] {escape(problem.fix)}", soft_wrap=True)
        sys.exit(problem.exit_code)
    except KeyboardInterrupt:
        console.print("interrupted; what had been started was stopped again")
        sys.exit(EXIT_INTERRUPTED)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(EXIT_INTERRUPTED)
