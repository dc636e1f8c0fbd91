"""Which model answers: an OpenAI-compatible one over the network, or the built-in one."""

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from functools import cache
from typing import TYPE_CHECKING, TypeAlias

from todo_backend.core.secret import Secret
from todo_backend.core.settings import Settings

if TYPE_CHECKING:
    from agents import Model

    from todo_backend.language.reader import Reader

Models: TypeAlias = "Callable[[Reader], Model]"
"""Gives the model for a turn, which begins at a moment in the person's time zone and is read by their locale."""


def turn_seconds(settings: Settings) -> float:
    """How long a turn may take, with all its model calls."""
    return 3 * settings.openai_timeout_seconds if settings.uses_openai else 20


@asynccontextmanager
async def open_models(settings: Settings) -> AsyncIterator[Models]:
    """The models that `settings` ask for, made when the first turn needs one; connections are closed at the end."""
    secret = settings.openai_secret()
    if not settings.uses_openai or secret is None:
        yield _offline
        return
    async with AsyncExitStack() as connections:
        yield _connected(settings, secret, connections)


def _connected(settings: Settings, secret: Secret, connections: AsyncExitStack) -> Models:
    @cache
    def model() -> "Model":
        from todo_backend.assistant.openai_model import connect

        return connect(settings, secret, connections)

    return lambda reader: model()  # the instructions tell it the time


def _offline(reader: "Reader") -> "Model":
    from todo_backend.assistant.offline.model import OfflineModel

    return OfflineModel(lambda: reader.now, reader.locale)
