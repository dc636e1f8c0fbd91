"""`todo dev`: the stack from the sources, both tiers reloading."""

import contextlib
import signal
import sys

from rich.console import Console
from rich.text import Text

from todo_cli.engines.dev import DevStack
from todo_cli.layout import find_layout
from todo_cli.progress import Steps, make_console
from todo_cli.settings import load_settings
from todo_cli.settings_check import check_settings
from todo_cli.state import exclusive


def dev() -> None:
    """Run the stack from the sources, for changing it: both tiers take up what you save, until Ctrl-C.

    Needs Python alone, as `up --engine process`, and has its address, its settings (.env) and its data: the same
    accounts and tasks. So one of the two runs at a time.

    A changed page shows in the browser at once. A changed backend is restarted, and a changed migration is run on the
    embedded database. Code that does not start is reported, and the next change tried. New packages and a changed .env
    need a new start.

    Both tiers' logs go to this terminal; ./todo status, logs and open work from another one.

    Examples: ./todo dev; beside a stack that is up: TODO_HOME=.todo/dev TODO_PORT=30180 ./todo dev
    """
    layout = find_layout()
    settings = load_settings(layout)
    steps = Steps(make_console())
    check_settings(layout, settings, steps)
    for warning in settings.warnings():
        steps.console.print(Text.assemble(("warning:", "yellow"), f" {warning}"), soft_wrap=True)
    with exclusive(layout):
        stack = DevStack(layout, settings)
        stack.up(steps)
        try:
            steps.console.print(f"\nTodo Stack runs from the sources: {layout.address}", soft_wrap=True)
            steps.console.print("Save a file, and it is there. Ctrl-C ends it.\n", soft_wrap=True)
            for line in stack.serve(steps):
                sys.stdout.write(line.in_words() + "\n")
                sys.stdout.flush()
        except KeyboardInterrupt:
            pass  # the way to end it
        finally:
            _take_down(stack, steps.console)


def _take_down(stack: DevStack, console: Console) -> None:
    """End all of it, though nobody may listen any more; no second Ctrl-C comes between."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    _say(console, "\nTaking it down")
    done = stack.down(Steps(Console(quiet=True)), data=False)
    _say(console, f"Down: {', '.join(done)}.")
    signal.signal(signal.SIGINT, before)


def _say(console: Console, text: str) -> None:
    with contextlib.suppress(OSError, SystemExit):  # the latter is how a console takes a broken pipe
        console.print(text, soft_wrap=True, markup=False)
