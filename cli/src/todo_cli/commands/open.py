"""`todo open`: show the page in a browser."""

import webbrowser

import typer

from todo_cli import health
from todo_cli.engines.choose import running_engine
from todo_cli.errors import Problem
from todo_cli.layout import Layout, find_layout
from todo_cli.progress import busy


def open_page() -> None:
    """Open the page in your browser; where there is none, print its address.

    Example: ./todo open
    """
    layout = find_layout()
    with busy(f"asking {layout.address}"):
        problem = health.page_problem(layout.address)
    if problem:
        raise Problem(f"{layout.address}: {problem}", fix=_fix(layout))
    if webbrowser.open(layout.address):
        typer.echo(f"Opened {layout.address}")
    else:
        typer.echo(f"No browser can be opened from here. Go to {layout.address}")


def _fix(layout: Layout) -> str:
    """The fix for the first thing that is not well in the stack; what is not up, `up` brings up."""
    engine = running_engine(layout)
    components = engine.status().components if engine else []
    return next((one.fix for one in components if one.fix), "./todo up")
