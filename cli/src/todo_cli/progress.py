"""Steps with their times: a live line on a terminal, plain lines when piped."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console, ConsoleOptions, Group, RenderResult
from rich.live import Live
from rich.markup import escape
from rich.spinner import Spinner
from rich.text import Text

from todo_cli.errors import EXIT_NO_READER

PIPED_WIDTH = 10_000  # a program reads whole lines


class Step:
    """One thing being done. `note` says what it does just now, `done` how it ended."""

    def __init__(self, title: str, console: Console, *, among_others: bool = False) -> None:
        self.title = title
        self._prefix = f"    {title}: " if among_others else "    "
        self.outcome = ""
        self.failed = False
        self.started = time.monotonic()
        self._console = console
        self._note = ""
        self._output = ""
        self._spinner = Spinner("dots")
        self._live: Live | None = None

    def fail(self, outcome: str) -> None:
        """Close the line as failed with these words, without an error."""
        self.failed, self.outcome = True, outcome

    @property
    def seconds(self) -> float:
        """Seconds since the step began."""
        return time.monotonic() - self.started

    def note(self, text: str) -> None:
        """Tell what is going on; more than one line is fine. Piped, only lines that are new are printed."""
        if text == self._note:
            return
        before = set(self._note.splitlines())
        self._note, self._output = text, ""
        if not self._console.is_terminal:
            for line in text.splitlines():
                if line not in before:
                    self._console.print(escape(self._prefix + line), soft_wrap=True, highlight=False)

    def output(self, line: str) -> None:
        """Show the latest line of a program at work; on a terminal only, for piped it would be noise."""
        self._output = line

    @contextmanager
    def terminal(self) -> Iterator[None]:
        """Leave the terminal to a program that may ask for something, such as a password."""
        if self._live is None:
            yield
            return
        self._live.stop()
        self._console.print(f"    {escape(self._note)}", soft_wrap=True, highlight=False)
        try:
            yield
        finally:
            self._live.start()

    def done(self, outcome: str) -> None:
        """Set the words of the closing line, such as `unchanged`."""
        self.outcome = outcome

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        head, *rest = self._note.splitlines() or [""]
        rest += [self._output] if self._output else []
        line = f" {self.title}  {self.seconds:.0f} s" + (f"  {head}" if head else "")
        self._spinner.update(text=Text(line[: options.max_width - 4]))
        yield Group(self._spinner, *(Text(f"    {text}"[: options.max_width - 1], style="dim") for text in rest))


def silent_step() -> Step:
    """A step that is never shown."""
    return Step("", Console(quiet=True))


class Steps:
    """Prints steps as they begin and end, and keeps their times for the closing table."""

    def __init__(self, console: Console) -> None:
        self.console = console
        self.times: list[tuple[str, float]] = []
        self.started = time.monotonic()

    @contextmanager
    def step(self, title: str) -> Iterator[Step]:
        """Run the body as one step; an error in it closes the line as failed and goes on up."""
        step = Step(title, self.console)
        try:
            if self.console.is_terminal:
                with Live(step, console=self.console, refresh_per_second=8, transient=True) as step._live:
                    yield step
            else:
                self.console.print(f"... {escape(title)}", highlight=False)
                yield step
        except BaseException:
            step.fail("")
            self._close(step)
            raise
        self._close(step)

    @contextmanager
    def board(self) -> Iterator["Board"]:
        """Room for steps that go on beside each other, in threads of their own."""
        board = Board(self)
        if self.console.is_terminal:
            with Live(board, console=self.console, refresh_per_second=4, transient=True):
                yield board
        else:
            yield board

    def _close(self, step: Step) -> None:
        self.ended(step.title, step.seconds, step.outcome, failed=step.failed)

    def ended(self, title: str, seconds: float, outcome: str = "", *, failed: bool = False) -> None:
        """Print the closing line of a step, one that was run elsewhere too, and keep its time."""
        self.times.append((title, seconds))
        mark = "[red]fail[/red]" if failed else "[green]ok[/green]  "
        text = f"{mark} {escape(title)}" + (f": {escape(outcome)}" if outcome else "")
        self.console.print(f"{text} [dim]({seconds:.1f} s)[/dim]", soft_wrap=True, highlight=False)

    @property
    def seconds(self) -> float:
        """Seconds since the first step could begin."""
        return time.monotonic() - self.started


class Board:
    """Steps that go on beside each other: on a terminal a line or two for each, piped a line when one ends."""

    def __init__(self, steps: Steps) -> None:
        self._steps = steps
        self._going_on: list[Step] = []

    @contextmanager
    def step(self, title: str) -> Iterator[Step]:
        """Run the body as one step among others."""
        step = Step(title, self._steps.console, among_others=True)
        self._going_on.append(step)
        try:
            yield step
        except BaseException:
            step.fail("")
            raise
        finally:
            self._going_on.remove(step)
            self._steps.ended(step.title, step.seconds, step.outcome, failed=step.failed)

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        yield Group(*self._going_on)


class _Console(Console):
    def on_broken_pipe(self) -> None:
        """The reader has gone: nothing more is written, and what is half done is undone, as on Ctrl-C."""
        try:
            super().on_broken_pipe()
        except SystemExit:
            raise SystemExit(EXIT_NO_READER) from None


def make_console(*, stderr: bool = False) -> Console:
    """A console without colour, animation or wrapping when its output is piped."""
    console = _Console(stderr=stderr, highlight=False)
    if not console.is_terminal:
        console.width = PIPED_WIDTH
    return console


@contextmanager
def busy(what: str, console: Console | None = None) -> Iterator[None]:
    """Show on the terminal that `what` goes on, in a line that vanishes; piped, nothing.

    What is printed meanwhile must go to `console`, whose terminal then has the line below it.
    """
    shown = console if console is not None and console.is_terminal else make_console(stderr=True)
    with shown.status(escape(f"{what} ...")):
        yield
