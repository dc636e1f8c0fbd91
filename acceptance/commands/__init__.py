"""The commands that this package plugs into `./todo`: they look at the product, or disturb it, from outside.

Each imports what it works with when it is run: a start of `./todo` reads these files whatever it is asked.
"""

import typer

from acceptance.commands import bench, failover, images, rotate, verify


def register(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    app.command("verify", short_help="Does the stack that is up meet its specification.")(verify.verify)
    app.command("failover", short_help="Lose a replica under load, five ways, and count what clients notice.")(
        failover.failover
    )
    app.command("rotate", short_help="Replace a secret under load, and prove that people can go on.")(rotate.rotate)
    app.command("images", short_help="What is in the images, layer by layer and by package.")(images.images)
    app.command("bench", context_settings={"ignore_unknown_options": True, "help_option_names": []})(bench.bench)
