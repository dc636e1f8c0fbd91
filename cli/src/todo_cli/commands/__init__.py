"""The commands, one module each: what they take and print; the work is done elsewhere."""

from todo_cli.command_source import CommandSource

COMMANDS = {
    "up": CommandSource("todo_cli.commands.up", "up", "Bring the stack up, or up to date."),
    "dev": CommandSource(
        "todo_cli.commands.dev", "dev", "Run the stack from the sources: both tiers take up what you save."
    ),
    "down": CommandSource("todo_cli.commands.down", "down"),
    "status": CommandSource("todo_cli.commands.status", "status"),
    "doctor": CommandSource(
        "todo_cli.commands.doctor", "doctor", "Can this machine run the stack; a fix for what it cannot."
    ),
    "logs": CommandSource("todo_cli.commands.logs", "logs"),
    "open": CommandSource("todo_cli.commands.open", "open_page"),
    "test": CommandSource("todo_cli.commands.test", "test", "Run the tests."),
    "scale": CommandSource("todo_cli.commands.scale", "scale", "Run more or fewer backend replicas."),
    "invite": CommandSource(
        "todo_cli.commands.account_links", "invite", "Make a link by which somebody gets an account."
    ),
    "reset-password": CommandSource(
        "todo_cli.commands.account_links", "reset_password", "Make a link to set a new password by."
    ),
    "completion": CommandSource("todo_cli.commands.completion", "completion", "Make your shell complete ./todo."),
}
