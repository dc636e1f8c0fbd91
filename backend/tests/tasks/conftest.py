"""Clients of the stream of changes."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Any

import httpx2
import pytest


@dataclass(frozen=True)
class Event:
    """A server-sent event; one without data is a sign of life."""

    kind: str
    id: str | None
    data: Any


class Stream:
    """What a client of the stream hears, one after the other."""

    def __init__(self, answer: httpx2.Response) -> None:
        self.answer = answer
        self._lines = answer.aiter_lines()

    async def hear(self) -> Event:
        """The next event, signs of life among them; StopAsyncIteration at the end."""
        fields: dict[str, str] = {}
        async with asyncio.timeout(120):
            while line := await anext(self._lines):
                name, _, value = line.partition(":")
                fields[name] = value.removeprefix(" ")
        data = fields.get("data")
        return Event(fields.get("event", "message"), fields.get("id"), None if data is None else json.loads(data))

    async def event(self) -> Event:
        """The next one that says something."""
        while (event := await self.hear()).data is None:
            pass
        return event

    async def changes(self) -> list[dict[str, Any]]:
        """The changes that the next event tells."""
        event = await self.event()
        assert event.kind == "changes", event
        told: list[dict[str, Any]] = event.data["changes"]
        return told

    async def rest(self) -> list[Event]:
        """All until the end, which is a clean one."""
        heard = []
        with contextlib.suppress(StopAsyncIteration):
            while True:
                heard.append(await self.hear())
        return heard


Listen = Callable[..., contextlib.AbstractAsyncContextManager[Stream]]


@pytest.fixture(scope="session")
def listen() -> Listen:
    """Opens a stream of `user` at a server, after an event if there was one; a new one has said that it is open."""

    @contextlib.asynccontextmanager
    async def run(server: Any, user: Any, after: str | None = None) -> AsyncIterator[Stream]:
        headers = {} if after is None else {"Last-Event-ID": after}
        async with server.client(user) as http, http.stream("GET", "/api/me/events", headers=headers) as answer:
            assert answer.status_code == 200, await answer.aread()
            stream = Stream(answer)
            if after is None:
                assert (await stream.event()).kind == "open"
            yield stream

    return run
