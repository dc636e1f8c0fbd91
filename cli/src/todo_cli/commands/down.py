"""`todo down`: take the stack down."""

from typing import Annotated

import typer

from todo_cli.engines.choose import running_engine
from todo_cli.layout import find_layout
from todo_cli.progress import Steps, make_console
from todo_cli.state import exclusive


def down(
    data: Annotated[bool, typer.Option("--data", help="Delete the data too. There is no way back.")] = False,
) -> None:
    """Take down what `up` started and keep the data.

    With --data the embedded or demo database is deleted as well. A database that .env names is never touched.
    """
    layout = find_layout()
    console = make_console()
    with exclusive(layout):
        engine = running_engine(layout, leftovers=data)
        if engine is None:
            console.print("Nothing is up.")
            return
        for line in engine.down(Steps(console), data=data):
            console.print(f"  {line}", soft_wrap=True, markup=False)
    console.print("Down.")
