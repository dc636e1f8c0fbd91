"""A model without measure: each thing that it can have too much of has a limit, and others do not notice."""

import itertools
import json
from typing import Any

import pytest

from todo_backend.assistant import bounded_model, limits, model_stream
from todo_backend.chat import tool_calls

from .model_server import Calls, Says, Sends, chat_chunks

KB, MB = 1024, 1024 * 1024


numbers = itertools.count(1)


def tools_and(words: str, *calls: tuple[str, dict[str, Any]]) -> list[Any]:
    made = [(name, json.dumps(arguments), f"c{next(numbers)}") for name, arguments in calls]
    return [Calls(made), Says([words])]


def adds(number: int) -> list[tuple[str, dict[str, Any]]]:
    return [("add_task", {"title": f"Task {n}"}) for n in range(number)]


def outputs_told(asked: dict[str, Any]) -> list[str]:
    """What tools answered, as the model was told in a request."""
    told = asked.get("messages") or asked["input"]
    outputs = [item for item in told if item.get("role") == "tool" or item.get("type") == "function_call_output"]
    texts = [item.get("output") or item["content"] for item in outputs]
    return [text if isinstance(text, str) else text[0]["text"] for text in texts]


@pytest.fixture
def in_the_database(monkeypatch: pytest.MonkeyPatch) -> dict[str, int]:
    """How many calls are in their transactions, and how many were at most."""
    seen = {"now": 0, "most": 0, "all": 0}
    opened = tool_calls.ToolCalls.open

    class Counted:
        def __init__(self, inner: Any) -> None:
            self.inner = inner

        async def __aenter__(self) -> Any:
            seen["now"] += 1
            seen["all"] += 1
            seen["most"] = max(seen["most"], seen["now"])
            return await self.inner.__aenter__()

        async def __aexit__(self, *error: Any) -> Any:
            seen["now"] -= 1
            return await self.inner.__aexit__(*error)

    monkeypatch.setattr(tool_calls.ToolCalls, "open", lambda self, *args: Counted(opened(self, *args)))
    return seen


@pytest.mark.parametrize("number", [50, 51, 1_000])
async def test_calls_at_once(person, model_server, kept, in_the_database, number: int) -> None:
    model_server.steps = tools_and("Done.", *adds(number))
    _, events = await person.begin("add them")
    assert events[-1]["item"]["content"][0]["text"] == "Done."
    assert in_the_database["all"] == min(number, limits.MAX_CALLS_AT_ONCE)
    assert in_the_database["most"] <= limits.CALLS_AT_A_TIME, "a turn takes no more connections than that"
    assert len((await person.http.get("/api/me/tasks?limit=200")).json()["items"]) == min(number, 50)
    told = outputs_told(model_server.asked[-1])
    assert len(told) == min(number, 51)
    refused = [text for text in told if "No more than 50 calls are made at once" in text]
    assert len(refused) == (number > 50)
    assert len(kept()) == 2 + min(number, 51)


@pytest.fixture
def few_calls(monkeypatch: pytest.MonkeyPatch) -> int:
    """Fewer may be made for one message than really, because a test need not make them all; how many."""
    monkeypatch.setattr(bounded_model, "MAX_CALLS", 8)
    monkeypatch.setattr(bounded_model, "MAX_CALLS_AT_ONCE", 2)
    return 8


async def test_calls_for_one_message(person, model_server, in_the_database, few_calls: int) -> None:
    model_server.steps = [tools_and("", *adds(2))[0] for _ in range(few_calls // 2)] + tools_and("Enough.", *adds(2))
    _, events = await person.begin("add them")
    assert events[-1]["item"]["content"][0]["text"] == "Enough."
    assert in_the_database["all"] == few_calls
    assert "No more than 200 calls are made to answer one message" in outputs_told(model_server.asked[-1])[-1]


async def test_calls_of_earlier_tries_count(person, model_server, in_the_database, few_calls: int) -> None:
    model_server.steps = [*(tools_and("", *adds(2))[0] for _ in range(few_calls // 2)), Sends([b"data: no\n\n"])]
    thread_id, events = await person.begin("add them")
    assert events[-1]["type"] == "error"
    model_server.steps = tools_and("Enough.", ("add_task", {"title": "One more"}))
    again = {"thread_id": thread_id, "item_id": events[1]["item"]["id"]}
    await person.events("threads.retry_after_item", **again)
    assert in_the_database["all"] == few_calls


async def test_arguments(person, model_server, kept) -> None:
    longest = "x" * (limits.MAX_ARGUMENTS_BYTES - len('{"title": ""}'))
    for size, words in ((0, "at most 200 "), (1, "longer than 32768 bytes"), (4 * MB // 5, "longer than")):
        model_server.steps = tools_and("Done.", ("add_task", {"title": longest + "x" * size}))
        await person.begin("add it")
        assert words in outputs_told(model_server.asked[-1])[0]
        sizes = [len(json.dumps(item)) for item in kept()]
        assert max(sizes) < limits.MAX_ARGUMENTS_BYTES + 2 * KB, "what is kept is no longer than what is taken"


@pytest.mark.parametrize("name", ["x" * 100_000, ""], ids=["long", "empty"])
async def test_names(person, model_server, kept, name: str) -> None:
    model_server.steps = [Calls([(name, "{}", "c1")]), Says(["Done."])]
    await person.begin("hello")
    assert max(len(json.dumps(item)) for item in kept()) < 2 * KB


WORDLESS = b'data: {"choices": [], "padding": "%b"}\n\n' % (b"x" * 100 * KB)
SHORT = b'data: {"choices":[]}\n\n'
TOO_MUCH = {
    "words in pieces": (lambda: Says("word " * 20 for _ in range(100_000)), "64 KB of words", 3_000 + 64 * KB // 100),
    "words in one piece": (lambda: Says(["x" * (65 * KB)]), "64 KB of words", 10),
    "wide words": (lambda: Says(["\U0001f600" * (17 * KB)]), "64 KB of words", 10),
    "a line of 2 MB": (lambda: Says(["x" * (2 * MB)]), "an answer of 16 MB, 1 MB in one piece", 10),
    "a line without an end": (lambda: Sends(itertools.repeat(b"x" * 64 * KB, 1_000)), "1 MB in one piece", 200),
    "pieces without words": (lambda: Sends(itertools.repeat(WORDLESS, 1_000)), "an answer of 16 MB", 300),
    "comments": (lambda: Sends(itertools.repeat(b": still here" * 10_000 + b"\n", 1_000)), "an answer of 16 MB", 300),
    "tiny pieces without words": (lambda: Sends(itertools.repeat(SHORT * 3_000, 1_000)), "20000 lines", 250),
    "tiny comments": (lambda: Sends(itertools.repeat(b":\n" * 30_000, 1_000)), "20000 lines", 250),
    "empty lines": (lambda: Sends(itertools.repeat(b"\r" * 60_000, 1_000)), "20000 lines", 250),
    "calls": (lambda: tools_and("", *adds(2_001))[0], "2000 calls of tools at once", 5_000),
}


@pytest.mark.parametrize("kind", TOO_MUCH)
@pytest.mark.parametrize("attacked", ["chat/completions"], indirect=True)
async def test_what_is_too_much_ends_the_turn(person, model_server, kept, kind: str, monkeypatch) -> None:
    step, words, most_sent = TOO_MUCH[kind]
    if "lines" in words:  # fewer than really, because a test need not read them all
        monkeypatch.setattr(model_stream, "MAX_LINES", 20_000)
    model_server.steps = [*tools_and("", ("add_task", {"title": "Kept"}))[:1], step()]
    thread_id, events = await person.begin("hello")
    error = events[-1]
    assert (error["type"], error["code"], error["allow_retry"]) == ("error", "custom", True)
    assert words in error["message"]
    assert "stays done" in error["message"]
    assert model_server.sent <= most_sent, "the model's server is not listened to any longer"
    assert sum(len(json.dumps(item)) for item in kept()) < 4 * KB
    assert [task["title"] for task in (await person.http.get("/api/me/tasks")).json()["items"]] == ["Kept"]
    assert await person.talk(thread_id) == [("user", "hello")]
    model_server.steps = [Says(["Here I am."])]
    await person.events("threads.retry_after_item", thread_id=thread_id, item_id=events[1]["item"]["id"])
    assert await person.talk(thread_id) == [("user", "hello"), ("assistant", "Here I am.")]


@pytest.mark.parametrize("attacked", ["chat/completions"], indirect=True)
async def test_lines_are_counted_for_the_whole_turn(person, model_server, monkeypatch) -> None:
    """An answer is within the limit, and so is the next one; both are not."""
    monkeypatch.setattr(model_stream, "MAX_LINES", 20_000)
    frames = [f"data: {json.dumps(chunk)}\n\n".encode() for chunk in chat_chunks(tools_and("", *adds(1))[0])]
    padding = b":\n" * 11_000
    model_server.steps = [Sends([padding, *frames]), Sends([padding, *frames]), Says(["Done."])]
    _, events = await person.begin("hello")
    assert "20000 lines" in events[-1]["message"]
    assert len((await person.http.get("/api/me/tasks")).json()["items"]) == 1


async def test_words_up_to_the_limit_are_kept_and_told_again(person, model_server) -> None:
    words = "x" * limits.MAX_TEXT_BYTES
    model_server.steps = [Says([words]), Says(["Yes."])]
    thread_id, _ = await person.begin("hello")
    await person.say(thread_id, "again?")
    assert [said for _, said in await person.talk(thread_id)] == ["hello", words, "again?", "Yes."]


@pytest.mark.parametrize("attacked", ["responses"], indirect=True)
async def test_openai_is_asked_for_no_more_tokens(person, model_server) -> None:
    model_server.steps = [Says(["Hello."])]
    await person.begin("hello")
    assert model_server.asked[-1]["max_output_tokens"] == limits.MAX_TOKENS


async def test_a_packed_answer_is_refused(person, model_server) -> None:
    packed = {"content-type": "text/event-stream", "content-encoding": "gzip"}
    model_server.steps = [Sends([b"\x1f\x8b"], packed), Sends([b"\x1f\x8b"], packed)]
    _, events = await person.begin("hello")
    assert events[-1]["type"] == "error"
    assert "packs its answers" in events[-1]["message"]


@pytest.mark.parametrize("attacked", ["chat/completions"], indirect=True)
async def test_time_runs_out_for_a_model_that_never_stops_writing(person, model_server, attacked, monkeypatch) -> None:
    monkeypatch.setattr(attacked.resources.assistant, "turn_seconds", 0.5)
    slowly = (b"data: %b\n\n" % json.dumps(event).encode() for event in chat_chunks(Says(itertools.repeat(""))))
    model_server.steps = [Sends(slowly)]
    _, events = await person.begin("hello")
    assert "took too long" in events[-1]["message"]
