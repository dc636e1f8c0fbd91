"""The application with a model that means harm, and somebody who talks to it."""

import json
from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx2
import pytest
from pydantic import SecretStr
from starlette.applications import Starlette
from starlette.routing import Route

from todo_backend.assistant import openai_model

from .model_server import Event, ModelServer


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


@pytest.fixture(scope="module", params=["chat/completions", "responses"])
async def attacked(request: Any, model_server: ModelServer, serve: Any, model_settings: Any) -> AsyncIterator[Any]:
    """The application behind uvicorn, which asks the server by one of the two protocols."""
    with pytest.MonkeyPatch.context() as patch:
        if request.param == "responses":
            patch.setattr(openai_model, "_OPENAI", model_server.url)
        async with serve(model_settings) as live:
            yield live


class Person:
    """Someone who talks to the application."""

    def __init__(self, http: httpx2.AsyncClient) -> None:
        self.http = http

    @staticmethod
    def message(text: str) -> dict[str, Any]:
        return {"content": [{"type": "input_text", "text": text}], "attachments": [], "inference_options": {}}

    async def request(self, kind: str, /, **params: Any) -> httpx2.Response:
        return await self.http.post("/chatkit", json={"type": kind, "params": params})

    async def events(self, kind: str, /, **params: Any) -> list[Event]:
        answer = await self.request(kind, **params)
        assert answer.status_code == 200, answer.text
        return [json.loads(frame.removeprefix("data: ")) for frame in answer.text.split("\n\n") if frame]

    async def begin(self, text: str) -> tuple[str, list[Event]]:
        events = await self.events("threads.create", input=self.message(text))
        return events[0]["thread"]["id"], events

    async def say(self, thread_id: str, text: str) -> list[Event]:
        return await self.events("threads.add_user_message", thread_id=thread_id, input=self.message(text))

    async def talk(self, thread_id: str) -> list[str]:
        """What the thread shows, oldest first."""
        answer = await self.request("items.list", thread_id=thread_id, order="asc", limit=100)
        assert answer.status_code == 200, answer.text
        return [item["content"][0]["text"] for item in answer.json()["data"]]


@pytest.fixture
async def person(attacked: Any, user: Any, model_server: ModelServer) -> AsyncIterator[Person]:
    """Somebody new, whose model has done nothing yet."""
    model_server.steps, model_server.sent = [], 0
    model_server.asked.clear()
    async with attacked.client(user) as http:
        yield Person(http)


@pytest.fixture
def kept(look_in: Any, user: Any) -> Callable[[], list[Any]]:
    """All items of the person as they are stored."""

    def read() -> list[Any]:
        found = look_in.execute("SELECT item FROM messages WHERE user_id = %s ORDER BY sequence", [user.id])
        return [row[0] for row in found]

    return read
