"""Todo Stack's backend: REST, chat, ChatKit and MCP as four entry points to one task service."""

from importlib.metadata import PackageNotFoundError, version

try:
    __version__ = version("todo-backend")
except PackageNotFoundError:  # run from a source tree that is not installed
    __version__ = "0.0.0+source"
