"""`todo scale`: more or fewer backend replicas."""

from typing import Annotated

import typer

from todo_cli.engines.choose import cluster_engine
from todo_cli.errors import EXIT_USAGE, Problem
from todo_cli.layout import find_layout
from todo_cli.progress import Steps, make_console
from todo_cli.state import exclusive

LEAST = 2


def scale(
    replicas: Annotated[int, typer.Argument(metavar="N", help="How many backend replicas; 2 or more.")],
) -> None:
    """Run N backend replicas, and wait until every one has answered through the public address.

    It is a value of the Helm release, so a later `up` keeps it; `down` forgets it.

    Examples: ./todo scale 3; ./todo scale 2
    """
    if replicas < LEAST:
        raise Problem(
            f"the stack keeps {LEAST} backend replicas or more, so that the loss of one is not the loss of the service",
            fix=f"./todo scale {LEAST}",
            exit_code=EXIT_USAGE,
        )
    layout = find_layout()
    engine = cluster_engine(layout, "replicas are pods of a cluster")
    console = make_console()
    with exclusive(layout):
        engine.scale(replicas, Steps(console))
    console.print(f"{replicas} backend replicas serve.")
