"""How a model's answer ends: whole, cut, or withheld. One that is not whole is no answer, and no call of it is made."""

from collections.abc import AsyncGenerator, Iterable
from typing import Any, cast

from agents import ModelBehaviorError, OpenAIChatCompletionsModel
from openai import AsyncStream
from openai.types.chat import ChatCompletionChunk
from openai.types.chat.chat_completion_chunk import ChoiceDeltaToolCall


class Unreadable(ModelBehaviorError):
    """What the model's server sent has not the form of an answer."""


class AnswerCut(Exception):
    """The answer ended before it was whole, for the server's `reason`; None when it just ended."""

    def __init__(self, reason: str | None) -> None:
        super().__init__(reason)
        self.reason = reason


class AnswerWithheld(Exception):
    """A filter of the model's provider keeps the answer back."""


def check_ending(reason: str | None) -> None:
    """Raise AnswerCut or AnswerWithheld unless `reason` is that of a whole answer."""
    if reason == "content_filter":
        raise AnswerWithheld
    if reason not in ("stop", "tool_calls", "function_call"):
        raise AnswerCut(reason)


class WholeChatCompletions(OpenAIChatCompletionsModel):
    """A model behind Chat Completions; the SDK's own takes a stream that just ends for a whole answer."""

    async def _fetch_response(self, *arguments: Any, **options: Any) -> Any:  # noqa: ANN401 (the SDK's own)
        response, stream = await super()._fetch_response(*arguments, **options)
        return response, _whole(cast("AsyncStream[ChatCompletionChunk]", stream))


async def _whole(stream: AsyncStream[ChatCompletionChunk]) -> AsyncGenerator[ChatCompletionChunk]:
    """The chunks of `stream`. Raises AnswerCut, AnswerWithheld or Unreadable at the end of what is none."""
    ending: str | None = None
    calls: dict[int, list[str | None]] = {}
    try:
        async for chunk in stream:
            for choice in chunk.choices:
                if choice.index == 0:
                    ending = choice.finish_reason or ending  # some servers write "" until the end
                    _check_apart((choice.delta and choice.delta.tool_calls) or (), calls)
            yield chunk if chunk.usage is None else chunk.model_copy(update={"usage": None})  # nobody reads it here
    finally:
        await stream.close()
    check_ending(ending)


def _check_apart(pieces: Iterable[ChoiceDeltaToolCall], calls: dict[int, list[str | None]]) -> None:
    """Refuse two calls at one index of `calls`: the SDK would make one of the name of one and what the other is for."""
    for piece in pieces:
        known = calls.setdefault(piece.index, [None, None])
        for place, given in enumerate((piece.id, piece.function and piece.function.name)):
            if given and known[place] not in (None, given):
                raise Unreadable(f"two calls of tools at index {piece.index}")
            known[place] = given or known[place]
