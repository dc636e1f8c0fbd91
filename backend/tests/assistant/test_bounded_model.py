"""A model within its limits: what passes can be kept, whichever model it is."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from agents import Model
from openai.types.responses import (
    Response,
    ResponseCompletedEvent,
    ResponseFunctionToolCall,
    ResponseOutputItemDoneEvent,
    ResponseOutputMessage,
    ResponseOutputRefusal,
    ResponseOutputText,
    ResponseTextDeltaEvent,
)

from todo_backend.assistant import bounded_model
from todo_backend.assistant.bounded_model import BoundedModel
from todo_backend.assistant.limits import MAX_CALL_ID, MAX_NAME, TooMuch

BAD = {"nul": "\x00", "high": "\ud83d", "low": "\ude00"}


class Scripted(Model):
    """A model that gives these events."""

    def __init__(self, events: list[Any]) -> None:
        self._events = events

    async def get_response(self, *_: Any, **__: Any) -> Any:
        raise NotImplementedError

    async def stream_response(self, *_: Any, **__: Any) -> AsyncIterator[Any]:
        for event in self._events:
            yield event


async def passed(*events: Any) -> list[Any]:
    """What of these events passes."""
    model = BoundedModel(Scripted(list(events)), calls_before=0)
    found = []
    async for event in model.stream_response():
        model.taken()
        found.append(event)
    return found


def delta(words: str) -> ResponseTextDeltaEvent:
    return ResponseTextDeltaEvent(
        type="response.output_text.delta", delta=words, item_id="m", output_index=0, content_index=0, logprobs=[],
        sequence_number=0,
    )  # fmt: skip


def message(*parts: ResponseOutputText | ResponseOutputRefusal) -> ResponseOutputMessage:
    return ResponseOutputMessage(id="m", type="message", role="assistant", status="completed", content=list(parts))


def completed(*output: Any) -> ResponseCompletedEvent:
    response = Response.model_construct(id="r", output=list(output))
    return ResponseCompletedEvent.model_construct(type="response.completed", response=response, sequence_number=0)


@pytest.mark.parametrize("bad", BAD.values(), ids=BAD)
async def test_words_are_cleaned_wherever_they_stand(bad: str) -> None:
    parts = (
        ResponseOutputText(type="output_text", text=f"a{bad}b", annotations=[]),
        ResponseOutputRefusal(type="refusal", refusal=f"c{bad}d"),
    )
    done = ResponseOutputItemDoneEvent(
        type="response.output_item.done", item=message(*parts), output_index=0, sequence_number=0
    )
    said, finished, end = await passed(delta(f"a{bad}b"), done, completed(message(*parts)))
    assert said.delta == "a\ufffdb"
    for found in (finished.item, *end.response.output):
        text, refusal = found.content
        assert (text.text, refusal.refusal) == ("a\ufffdb", "c\ufffdd")


@pytest.mark.parametrize("bad", BAD.values(), ids=BAD)
@pytest.mark.parametrize("arguments", ["{}", "x" * 100_000], ids=["made", "refused"])
async def test_names_and_ids_of_calls_are_cleaned_and_short(bad: str, arguments: str) -> None:
    call = ResponseFunctionToolCall(
        type="function_call", name=f"a{bad}" + "b" * 10_000, call_id=f"c{bad}" + "d" * 10_000, arguments=arguments
    )
    (end,) = await passed(completed(call))
    (found,) = end.response.output
    assert (found.name, found.call_id) == (
        ("a\ufffd" + "b" * 10_000)[:MAX_NAME],
        ("c\ufffd" + "d" * 10_000)[:MAX_CALL_ID],
    )


async def test_events_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounded_model, "MAX_EVENTS", 100)
    assert len(await passed(*[delta("")] * 99, completed())) == 100
    with pytest.raises(TooMuch, match="pieces"):
        await passed(*[delta("")] * 101)
