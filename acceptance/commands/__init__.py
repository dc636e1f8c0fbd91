"""The commands that this package plugs into `./todo`: they look at the product, or disturb it, from outside."""

from todo_cli.command_source import CommandSource

COMMANDS = {
    "verify": CommandSource(
        "acceptance.commands.verify", "verify", "Does the stack that is up meet its specification."
    ),
    "failover": CommandSource(
        "acceptance.commands.failover",
        "failover",
        "Lose a replica under load, five ways, and count what clients notice.",
    ),
    "rotate": CommandSource(
        "acceptance.commands.rotate", "rotate", "Replace a secret under load, and prove that people can go on."
    ),
    "images": CommandSource(
        "acceptance.commands.images", "images", "What is in the images, layer by layer and by package."
    ),
    "bench": CommandSource(
        "acceptance.commands.bench",
        "bench",
        context_settings={"ignore_unknown_options": True, "help_option_names": []},
    ),
}
