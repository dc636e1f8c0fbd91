"""The bytes of a model's server: what passes is what was sent, in bounded pieces."""

import itertools
import time
from collections.abc import AsyncIterator, Iterable

import httpx2
import pytest

from todo_backend.assistant import model_stream
from todo_backend.assistant.limits import MAX_LINE_BYTES, TooMuch
from todo_backend.assistant.model_stream import LineCount, bound_answer, lines_of_turn


class Pieces(httpx2.AsyncByteStream):
    def __init__(self, pieces: Iterable[bytes]) -> None:
        self._pieces = pieces

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for piece in self._pieces:
            yield piece


async def read(pieces: Iterable[bytes]) -> list[bytes]:
    response = httpx2.Response(200, stream=Pieces(pieces))
    await bound_answer(response)
    assert isinstance(response.stream, httpx2.AsyncByteStream)
    return [piece async for piece in response.stream]


SENT = "data: {}\n\ndata: ü\r\n\r\n: still here\r\rid: 1\n\r\n\n\r\rdata: \U0001f600".encode()


@pytest.mark.parametrize("size", [1, 2, 3, 5, 100])
async def test_nothing_changes_wherever_it_is_cut(size: int) -> None:
    assert b"".join(await read(SENT[at : at + size] for at in range(0, len(SENT), size))) == SENT


async def test_a_fast_server_is_read_a_few_lines_at_a_time() -> None:
    sizes = [piece.count(b"\n") for piece in await read([b"data: {}\n\n" * 3_000])]
    assert max(sizes) <= 64
    assert sum(sizes) == 6_000


@pytest.mark.parametrize("end", [b"\n", b"\r", b"\r\n"])
async def test_lines_and_pieces_are_counted_over_the_answers_of_a_turn(end: bytes, monkeypatch) -> None:
    monkeypatch.setattr(model_stream, "MAX_LINES", 1_000)
    lines_of_turn.set(LineCount())
    await read([(b"x" + end) * 400])
    with pytest.raises(TooMuch, match="1000 lines"):
        await read([(b"x" + end) * 700])
    lines_of_turn.set(LineCount())
    with pytest.raises(TooMuch, match="1000 lines"):
        await read(itertools.repeat(b"x"))


async def test_a_long_line_in_short_pieces_costs_what_its_bytes_cost(monkeypatch) -> None:
    """In CPU seconds per byte: a line that is looked at again with each piece would take minutes."""
    monkeypatch.setattr(model_stream, "MAX_LINES", 10_000_000)
    began = time.process_time()
    await read(itertools.repeat(b"x", MAX_LINE_BYTES))
    assert time.process_time() - began < 20
