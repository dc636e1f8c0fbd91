"""Where a command is, for the command line to read it when it is asked for."""

from typing import Any, NamedTuple


class CommandSource(NamedTuple):
    """Where a command is, and what its function does not tell: a help of one line, settings of its command line."""

    module: str
    function: str
    short_help: str | None = None  # none: the first sentence of the function's docstring
    context_settings: dict[str, Any] | None = None
