"""`todo logs`: what the components say."""

from enum import StrEnum
from typing import Annotated

import typer

from todo_cli.engines.choose import running_engine
from todo_cli.errors import EXIT_NOTHING_DEPLOYED, Problem
from todo_cli.layout import find_layout


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
) -> None:
    """Print the components' logs.

    Examples: ./todo logs backend; ./todo logs -f
    """
    engine = running_engine(find_layout())
    if engine is None:
        raise Problem("nothing is up", fix="./todo up", exit_code=EXIT_NOTHING_DEPLOYED)
    try:
        engine.logs([component.value for component in components or []], follow=follow)
    except KeyboardInterrupt:
        if not follow:
            raise
