"""A turn that is cut, wherever it is, and tried again, however that is done, has done its work once."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from typing import Any

import pytest

from todo_backend.chat import protocol
from todo_backend.chat.stream import stream
from todo_backend.chat.turn_lease import TurnLease
from todo_backend.tasks import repository as tasks

TRIES = {"by retry": ["retry"], "by the same key": ["repeat"], "by both at once": ["retry", "repeat"]}


@pytest.fixture(scope="module")
async def replicas(serve, settings) -> AsyncIterator[list[Any]]:
    """Two, with the built-in assistant."""
    async with serve(settings) as first, serve(settings) as second:
        yield [first, second]


class Person:
    """Somebody who adds a task, loses the stream, and tries again at the other replica."""

    def __init__(self, replicas: list[Any], user: Any, new_panel: type) -> None:
        self.user = user
        self.here, self.there = (replica.client(user) for replica in replicas)
        self.panel = new_panel(self.there)
        said = self.panel.message("add a task to fly")
        self.body = {"type": "threads.create", "params": {"input": said}}
        self.headers = {"Idempotency-Key": "fly"}

    async def frames(self, number: int | None) -> int:
        """Read so many frames of the turn, or all, and go; how many there were."""
        seen = 0
        async with self.here.stream("POST", "/chatkit", json=self.body, headers=self.headers) as answer:
            async for line in answer.aiter_lines():
                seen += line.startswith("data: ")
                if seen == number:
                    break
        return seen

    async def retry(self) -> str:
        """Ask for another answer to the message."""
        (thread,) = (await self.panel.request("threads.list")).json()["data"]
        question = (await self.panel.items(thread["id"]))[0]["id"]
        params = {"thread_id": thread["id"], "item_id": question}
        return self.panel.answer_in(await self.panel.events("threads.retry_after_item", **params))

    async def repeat(self) -> str:
        """Send the request again until it is not under way."""
        while (answer := await self.there.post("/chatkit", json=self.body, headers=self.headers)).status_code == 409:
            assert answer.json()["code"] == answer.headers["X-Problem-Code"] == "request_under_way"
            await asyncio.sleep(0.02)
        frames = self.panel.read(answer)
        return self.panel.answer_in(frames)

    async def try_again(self, way: str) -> None:
        """Some answer must come each way."""
        for answer in await asyncio.gather(*(getattr(self, name)() for name in TRIES[way])):
            assert "Fly" in answer

    async def check(self) -> None:
        """There is one task, one message and one answer."""
        listed = (await self.there.get("/api/me/tasks")).json()["items"]
        assert [task["title"] for task in listed] == ["Fly"]
        (thread,) = (await self.panel.request("threads.list")).json()["data"]
        assert [speaker for speaker, _ in await self.panel.talk(thread["id"])] == ["user", "assistant"]
        await self.here.aclose()
        await self.there.aclose()


@pytest.fixture
def new_person(replicas, new_user, new_panel):
    return lambda: Person(replicas, new_user(), new_panel)


@pytest.mark.parametrize("way", TRIES)
async def test_a_stream_that_is_cut_at_any_frame(new_person, states, monkeypatch, way: str) -> None:
    """The server is at that very frame when it hears of it."""
    whole = new_person()
    frames = await whole.frames(None)
    assert frames > 10
    await whole.try_again(way)
    await whole.check()
    for number in range(1, frames + 1):
        person = new_person()
        with monkeypatch.context() as patch:
            patch.setattr(protocol, "stream", stopping_at(number))
            assert await person.frames(number) == number
        await person.try_again(way)
        await person.check()
        assert states(person.user) == ["stopped", *["answered"] * len(TRIES[way])]


def stopping_at(number: int) -> Callable[..., Awaitable[Any]]:
    """Streams so many frames, and says nothing more."""

    async def some(frames: AsyncGenerator[bytes]) -> AsyncGenerator[bytes]:
        seen = 0
        async with contextlib.aclosing(frames):
            async for frame in frames:
                yield frame
                seen += 1
                if seen == number:
                    await asyncio.sleep(3600)

    return lambda frames, **options: stream(some(frames), **options)


@pytest.mark.parametrize("way", TRIES)
@pytest.mark.parametrize("place", ["within the tool's transaction", "right after it"])
async def test_a_stream_that_is_cut_while_a_tool_works(new_person, monkeypatch, place: str, way: str) -> None:
    reached, insert, transaction = asyncio.Event(), tasks.insert, TurnLease.transaction

    async def hang_once() -> None:
        if not reached.is_set():
            reached.set()
            await asyncio.sleep(3600)

    async def insert_and_hang(*arguments: Any) -> Any:
        document = await insert(*arguments)
        await hang_once()
        return document

    @contextlib.asynccontextmanager
    async def commit_and_hang(self: TurnLease) -> AsyncIterator[Any]:
        async with transaction(self) as connection:
            yield connection
        await hang_once()

    if place == "right after it":
        monkeypatch.setattr(TurnLease, "transaction", commit_and_hang)
    else:
        monkeypatch.setattr(tasks, "insert", insert_and_hang)
    person = new_person()
    reading = asyncio.create_task(person.frames(None))
    await asyncio.wait_for(reached.wait(), 60)
    reading.cancel()
    await asyncio.wait([reading])
    await person.try_again(way)
    await person.check()


@pytest.mark.parametrize("moment", [0.0, 0.002, 0.005, 0.01, 0.02])
async def test_a_stream_that_is_cut_at_any_moment(new_person, moment: float) -> None:
    """Not only between frames."""
    for _ in range(2):
        person = new_person()
        reading = asyncio.create_task(person.frames(None))
        await asyncio.sleep(0.02 + moment)
        reading.cancel()
        await asyncio.wait([reading])
        await person.try_again("by the same key")
        await person.check()
