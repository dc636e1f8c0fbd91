"""Which model answers: an OpenAI-compatible one over the network, or the built-in one."""

import datetime as dt
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import TypeAlias
from urllib.parse import urlsplit

from agents import Model, OpenAIChatCompletionsModel, OpenAIResponsesModel
from openai import AsyncOpenAI, Timeout

from todo_backend.assistant.offline.model import OfflineModel
from todo_backend.core.settings import Settings

CONNECT_SECONDS = 5.0
RETRIES = 1  # of a request that failed before it answered; a person is waiting
_OPENAI = "https://api.openai.com/v1"


Models: TypeAlias = Callable[[dt.datetime], Model]
"""Gives the model for a turn that begins at a moment in the person's time zone."""


def turn_seconds(settings: Settings) -> float:
    """How long a turn may take, with all its model calls."""
    return 3 * settings.openai_timeout_seconds if settings.uses_openai else 20


@asynccontextmanager
async def open_models(settings: Settings) -> AsyncIterator[Models]:
    """The models that `settings` ask for; connections are closed at the end."""
    secret = settings.openai_secret()
    if not settings.uses_openai or secret is None:
        yield lambda now: OfflineModel(lambda: now)
        return

    async def key() -> str:  # asked before each request: a new key in the Secret's file counts at once
        return secret.read()

    async with AsyncOpenAI(
        api_key=key,
        base_url=settings.openai_base_url,
        timeout=Timeout(settings.openai_timeout_seconds, connect=CONNECT_SECONDS),
        max_retries=RETRIES,
    ) as client:
        # Everybody but OpenAI itself is compatible with Chat Completions first of all.
        at_openai = urlsplit(settings.openai_base_url or _OPENAI).hostname == urlsplit(_OPENAI).hostname
        kind = OpenAIResponsesModel if at_openai else OpenAIChatCompletionsModel
        model: Model = kind(settings.openai_model, client)
        yield lambda now: model  # the instructions tell it the time
