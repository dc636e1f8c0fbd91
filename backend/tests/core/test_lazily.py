"""What takes long to load is loaded once, when it is wanted, and holds nobody up."""

import asyncio
import threading

import pytest

from todo_backend.core.lazily import Lazily


async def test_it_is_loaded_once_for_all_who_want_it() -> None:
    loaded: list[int] = []
    thing = Lazily(lambda: loaded.append(1) or object())
    assert loaded == []
    first, *others = await asyncio.gather(*(thing.get() for _ in range(5)))
    assert all(other is first for other in others)
    assert loaded == [1]


async def test_others_go_on_meanwhile() -> None:
    may_end = threading.Event()
    thing = Lazily(lambda: may_end.wait(60))
    thing.begin()
    await asyncio.sleep(0)
    may_end.set()  # which nobody could, if loading held the event loop
    assert await thing.get()


async def test_whoever_gives_up_leaves_the_others_waiting() -> None:
    may_end = threading.Event()
    thing = Lazily(lambda: may_end.wait(60))
    impatient, patient = asyncio.create_task(thing.get()), asyncio.create_task(thing.get())
    await asyncio.sleep(0)
    impatient.cancel()
    with pytest.raises(asyncio.CancelledError):
        await impatient
    may_end.set()
    assert await patient


async def test_what_cannot_be_loaded_says_why() -> None:
    def broken() -> object:
        raise ImportError("no such library")

    thing = Lazily(broken)
    for _ in range(2):
        with pytest.raises(ImportError, match="no such library"):
            await thing.get()
