"""The application with a model that means harm, and somebody who talks to it."""

from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from pydantic import SecretStr
from starlette.applications import Starlette
from starlette.routing import Route

from todo_backend.assistant import openai_model

from .model_server import ModelServer


@pytest.fixture(scope="session")
async def model_server(listening: Any) -> AsyncIterator[ModelServer]:
    """The server, on a port of its own."""
    served = ModelServer()
    paths = ("responses", "chat/completions")
    app = Starlette(routes=[Route(f"/v1/{path}", served.answer, methods=["POST"]) for path in paths])
    async with listening(app, timeout_graceful_shutdown=1) as address:
        served.url = f"{address}/v1"
        yield served


@pytest.fixture(scope="session")
def model_settings(settings: Any, model_server: ModelServer) -> Any:
    """Settings for an application whose model is at the server."""
    model = {"assistant_provider": "openai", "openai_api_key": SecretStr("sk-test"), "openai_model": "some-model"}
    return settings.model_copy(update=model | {"openai_base_url": model_server.url})


@pytest.fixture(scope="package", params=["chat/completions", "responses"])
async def attacked(request: Any, model_server: ModelServer, serve: Any, model_settings: Any) -> AsyncIterator[Any]:
    """The application behind uvicorn, which asks the server by one of the two protocols."""
    with pytest.MonkeyPatch.context() as patch:
        if request.param == "responses":
            patch.setattr(openai_model, "_OPENAI", model_server.url)
        async with serve(model_settings) as live:
            yield live


@pytest.fixture
async def person(attacked: Any, user: Any, new_panel: Any, model_server: ModelServer) -> AsyncIterator[Any]:
    """Somebody new at their panel, whose model has done nothing yet."""
    model_server.steps, model_server.sent = [], 0
    model_server.asked.clear()
    async with attacked.client(user) as http:
        yield new_panel(http)


@pytest.fixture
def kept(look_in: Any, user: Any) -> Callable[[], list[Any]]:
    """All items of the person as they are stored."""

    def read() -> list[Any]:
        found = look_in.execute("SELECT item FROM messages WHERE user_id = %s ORDER BY sequence", [user.id])
        return [row[0] for row in found]

    return read
