"""The commands that there are, each read from its module when it is asked for: a start reads the one that it runs."""

import sys
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup, TyperOption

from todo_cli.command_source import CommandSource
from todo_cli.commands import COMMANDS
from todo_cli.layout import CHECKOUT

PLUG_INS = ("acceptance.commands",)  # of packages beside `cli/`, each with a table COMMANDS; any may be missing


@cache
def _sources() -> dict[str, CommandSource]:
    """Where each command is, in the order of the help."""
    sys.path.append(str(CHECKOUT))
    sources = dict(COMMANDS)
    for name in PLUG_INS:
        if find_spec(name.partition(".")[0]) is not None:
            sources |= import_module(name).COMMANDS
    return sources


class _Help:
    """A help option that is False where it is not given: to judge None, Typer loads pydantic, a fifth of a start."""

    def get_help_option(self, ctx: Any) -> TyperOption | None:
        option: TyperOption | None = super().get_help_option(ctx)  # type: ignore[misc]
        if option is not None:
            option.default = False
        return option


class _Command(_Help, TyperCommand):
    """A command."""


class _Commands(Mapping[str, TyperCommand]):
    """The commands by name, each made when it is asked for."""

    def __init__(self) -> None:
        self._sources = _sources()
        self._made: dict[str, TyperCommand] = {}

    def __getitem__(self, name: str) -> TyperCommand:
        if name not in self._made:
            self._made[name] = _command(name, self._sources[name])
        return self._made[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._sources)

    def __len__(self) -> int:
        return len(self._sources)


def _command(name: str, source: CommandSource) -> TyperCommand:
    """The command as Typer makes it of its function."""
    alone = typer.Typer(add_completion=False, rich_markup_mode=None)
    add = alone.command(name, cls=_Command, short_help=source.short_help, context_settings=source.context_settings)
    add(getattr(import_module(source.module), source.function))
    made = typer.main.get_command(alone)
    assert isinstance(made, TyperCommand)
    return made


class CommandGroup(_Help, TyperGroup):
    """`./todo`, whose commands are those of the table and of what is plugged in."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings | {"commands": _Commands()})
