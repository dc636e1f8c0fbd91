"""A model behind an OpenAI-compatible server."""

from contextlib import AsyncExitStack
from urllib.parse import urlsplit

from agents import Model, OpenAIResponsesModel
from openai import AsyncOpenAI, DefaultAsyncHttpxClient, Timeout

from todo_backend.assistant.endings import WholeChatCompletions
from todo_backend.assistant.model_stream import PLAIN, bound_answer
from todo_backend.core.secret import Secret
from todo_backend.core.settings import Settings

CONNECT_SECONDS = 5.0
RETRIES = 1  # of a request that failed before it answered; a person is waiting
_OPENAI = "https://api.openai.com/v1"


def connect(settings: Settings, secret: Secret, connections: AsyncExitStack) -> Model:
    """The model that `settings` name; what it opens is closed with `connections`."""

    async def key() -> str:  # asked before each request: a new key in the Secret's file counts at once
        return secret.read()

    client = AsyncOpenAI(
        api_key=key,
        base_url=settings.openai_base_url,
        timeout=Timeout(settings.openai_timeout_seconds, connect=CONNECT_SECONDS),
        max_retries=RETRIES,
        default_headers=PLAIN,
        http_client=DefaultAsyncHttpxClient(event_hooks={"response": [bound_answer]}),
    )
    connections.push_async_callback(client.close)
    # Everybody but OpenAI itself is compatible with Chat Completions first of all.
    at_openai = urlsplit(settings.openai_base_url or _OPENAI).hostname == urlsplit(_OPENAI).hostname
    kind = OpenAIResponsesModel if at_openai else WholeChatCompletions
    return kind(settings.openai_model, client)
