"""A model's answer that ends oddly, or has not the form of one: nothing in it is done, and the person is told."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from todo_backend.assistant import limits

from .model_server import Calls, Says, Sends, chat_chunks, response_events
from .test_model_limits import outputs_told

Frames = list[bytes]

BROKE_OFF = "broke off its answer"
TOO_LONG = "longer than its model may write"
UNKNOWN = "for a reason that is not known here"
WITHHELD = "withheld the answer"
UNUSABLE = "no usable answer"

ADD = json.dumps({"title": "Never"})


def frame(event: Any) -> bytes:
    return f"data: {json.dumps(event)}\n\n".encode()


def chunk(delta: Any, finish: Any = None, **more: Any) -> bytes:
    choice = {"index": 0, "delta": delta, "finish_reason": finish} | more
    return frame({"id": "c1", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [choice]})


def call(index: Any = 0, call_id: Any = "c1", name: Any = "add_task", arguments: Any = ADD) -> dict[str, Any]:
    function = {"name": name, "arguments": arguments}
    return {"index": index, "id": call_id, "type": "function", "function": function}


def calls(*made: Any) -> bytes:
    return chunk({"tool_calls": list(made)})


DONE = b"data: [DONE]\n\n"
HELLO = chunk({"role": "assistant", "content": "I have added"})

ODD: dict[str, tuple[Frames, str, bool]] = {
    "just ends": ([HELLO], BROKE_OFF, True),
    "just ends, and says so": ([HELLO, DONE], BROKE_OFF, True),
    "ends before it begins": ([], BROKE_OFF, True),
    "empty reasons": ([HELLO, chunk({}, ""), DONE], BROKE_OFF, True),
    "length": ([HELLO, chunk({}, "length"), DONE], TOO_LONG, True),
    "length, with the last word": ([HELLO, chunk({"content": " it"}, "length"), DONE], TOO_LONG, True),
    "length, without a word": ([chunk({}, "length"), DONE], TOO_LONG, True),
    "content filter": ([HELLO, chunk({}, "content_filter"), DONE], WITHHELD, False),
    "content filter, without a word": ([chunk({"content": ""}, "content_filter"), DONE], WITHHELD, False),
    "unknown reason": ([HELLO, chunk({}, "weary"), DONE], UNKNOWN, True),
    "reason of no type": ([HELLO, chunk({}, {"a": 1}), DONE], UNKNOWN, True),
    "calls just end": ([calls(call())], BROKE_OFF, True),
    "calls, then length": ([calls(call()), chunk({}, "length"), DONE], TOO_LONG, True),
    "calls, then content filter": ([calls(call()), chunk({}, "content_filter"), DONE], WITHHELD, False),
    "calls, then unknown reason": ([calls(call()), chunk({}, "weary"), DONE], UNKNOWN, True),
    "words and calls just end": ([HELLO, calls(call()), DONE], BROKE_OFF, True),
    "two calls at one index": (
        [calls(call()), calls(call(call_id="c2", name="delete_task", arguments="")), chunk({}, "tool_calls"), DONE],
        UNUSABLE,
        True,
    ),
    "two calls at one index, without ids": (
        [calls(call(call_id=None)), calls(call(call_id=None, name="list_tasks", arguments="")), chunk({}, "stop")],
        UNUSABLE,
        True,
    ),
    "no choices": ([frame({"id": "c1"}), DONE], UNUSABLE, True),
    "a choice that is null": ([frame({"choices": [None]}), DONE], UNUSABLE, True),
    "a list": ([frame([1]), DONE], UNUSABLE, True),
    "a number": ([frame(1), DONE], UNUSABLE, True),
    "no JSON": ([b"data: {\n\n", DONE], UNUSABLE, True),
    "a page": ([b"<html>\n</html>\n"], BROKE_OFF, True),
}  # fmt: skip
for shape, content in {"list": ["a"], "number": 1, "object": {"a": 1}, "true": True}.items():
    ODD[f"content: {shape}"] = ([chunk({"content": content}), chunk({}, "stop"), DONE], UNUSABLE, True)
    ODD[f"content: {shape}, after words"] = ([HELLO, chunk({"content": content}), chunk({}, "stop")], UNUSABLE, True)
    ODD[f"delta: {shape}"] = ([frame({"choices": [{"index": 0, "delta": content}]}), chunk({}, "stop")], UNUSABLE, True)
    ODD[f"tool calls: {shape}"] = ([chunk({"tool_calls": content}), chunk({}, "stop")], UNUSABLE, True)
ODD["an index that is a list"] = ([calls(call(index=[0])), chunk({}, "tool_calls"), DONE], UNUSABLE, True)


async def check_kept(person: Any, model_server: Any, thread_id: str, question: str) -> None:
    """Nothing was done, the message is kept, and to ask again gets the answer."""
    assert (await person.http.get("/api/me/tasks")).json()["items"] == []
    assert await person.talk(thread_id) == [("user", "add it")]
    model_server.steps = [Says(["Here I am."])]
    await person.events("threads.retry_after_item", thread_id=thread_id, item_id=question)
    assert await person.talk(thread_id) == [("user", "add it"), ("assistant", "Here I am.")]


@pytest.mark.parametrize("kind", ODD)
@pytest.mark.parametrize("attacked", ["chat/completions"], indirect=True)
async def test_it_is_told_and_nothing_is_done(person, model_server, caplog, kind: str) -> None:
    frames, words, retry = ODD[kind]
    model_server.steps = [Sends(frames)]
    thread_id, events = await person.begin("add it")
    assert (events[-1]["type"], events[-1]["allow_retry"]) == ("error", retry), events[-1]
    assert words in events[-1]["message"]
    assert not [record for record in caplog.records if record.message.endswith("a turn failed")]
    await check_kept(person, model_server, thread_id, events[1]["item"]["id"])

    model_server.steps = [Sends(frames)]
    answer = await person.http.post("/api/me/chat", json={"message": "add it"})
    assert answer.status_code in (502, 503)
    assert words in answer.json()["detail"]
    assert "Your message is kept" in answer.json()["detail"]
    assert (await person.http.get("/api/me/tasks")).json()["items"] == []


def responses(step: Says | Calls, put: dict[str, Any] | None) -> Iterator[bytes]:
    """`step` by Responses, which ends otherwise: with the event `put`, or not at all."""
    *before, _ = response_events(step)
    for number, event in enumerate([*before, put] if put else before):
        yield f"event: {event['type']}\n".encode() + frame(event | {"sequence_number": number})


def incomplete(reason: str | None) -> dict[str, Any]:
    whole = {"id": "r", "object": "response", "created_at": 1, "model": "m", "tools": [], "tool_choice": "auto"}
    details = reason and {"reason": reason}
    whole |= {"parallel_tool_calls": True, "status": "incomplete", "output": [], "incomplete_details": details}
    return {"type": "response.incomplete", "response": whole}


ENDINGS: dict[str, tuple[dict[str, Any] | None, str, bool]] = {
    "none": (None, BROKE_OFF, True),
    "tokens": (incomplete("max_output_tokens"), TOO_LONG, True),
    "filter": (incomplete("content_filter"), WITHHELD, False),
    "unknown": (incomplete("weary"), UNKNOWN, True),
    "no reason": (incomplete(None), BROKE_OFF, True),
    "completed without form": ({"type": "response.completed", "response": None}, UNUSABLE, True),
    "words without form": ({"type": "response.output_text.delta", "delta": 1}, UNUSABLE, True),
}


@pytest.mark.parametrize("kind", ENDINGS)
@pytest.mark.parametrize("step", [Says(["I have ", "added"]), Calls([("add_task", ADD, "c1")])], ids=["words", "calls"])
@pytest.mark.parametrize("attacked", ["responses"], indirect=True)
async def test_the_same_by_responses(person, model_server, step, kind: str) -> None:
    put, words, retry = ENDINGS[kind]
    model_server.steps = [Sends(list(responses(step, put)))]
    thread_id, events = await person.begin("add it")
    assert (events[-1]["type"], events[-1]["allow_retry"]) == ("error", retry), events[-1]
    assert words in events[-1]["message"]
    kept = await person.talk(thread_id)
    assert kept[0] == ("user", "add it")
    assert (await person.http.get("/api/me/tasks")).json()["items"] == []


NULLS = [chunk({"role": "assistant", "content": None}), chunk({"content": None}), chunk({"tool_calls": None})]
WHOLE: dict[str, tuple[Frames, list[str]]] = {
    "nulls between words": ([*NULLS, HELLO, *NULLS, chunk({"content": " it."}), chunk({}, "stop")], []),
    "usage of no form": (
        [frame({"choices": [], "usage": 5}), HELLO, chunk({"content": " it."}), chunk({}, "stop")],
        [],
    ),
    "no sign of the end but the reason": ([HELLO, chunk({"content": " it."}, "stop")], []),
    "calls that end as words do": ([calls(call()), chunk({}, "stop"), DONE], ["Never"]),
    "a call without an id": ([calls(call(call_id=None)), chunk({}, "tool_calls"), DONE], ["Never"]),
    "calls without ids": (
        [calls(call(call_id="", index=n, arguments=json.dumps({"title": str(n)}))) for n in range(2)]
        + [chunk({}, "tool_calls"), DONE],
        ["0", "1"],
    ),
    "the same id twice": (
        [calls(call(index=n, arguments=json.dumps({"title": str(n)}))) for n in range(2)] + [chunk({}, "tool_calls")],
        ["0", "1"],
    ),
    "an index that jumps": (
        [calls(call(index=n, call_id=f"c{n}", arguments=json.dumps({"title": str(n)}))) for n in (7, 3)]
        + [chunk({}, "tool_calls")],
        ["3", "7"],
    ),
    "no index": ([calls(call(index=None)), chunk({}, "tool_calls"), DONE], ["Never"]),
    "an index that is a word": ([calls(call(index="0")), chunk({}, "tool_calls"), DONE], ["Never"]),
    "id and name with each piece": (
        [calls(call(arguments=half)) for half in (ADD[:5], ADD[5:])] + [chunk({}, "stop")],
        ["Never"],
    ),
    "arguments that are cut": ([calls(call(arguments=ADD[:-3])), chunk({}, "tool_calls")], []),
    "arguments that are a list": ([calls(call(arguments="[1]")), chunk({}, "tool_calls")], []),
    "arguments that are a number": ([calls(call(arguments="1e400")), chunk({}, "tool_calls")], []),
    "no name": ([calls(call(name=None)), chunk({}, "tool_calls")], []),
}  # fmt: skip


@pytest.mark.parametrize("kind", WHOLE)
@pytest.mark.parametrize("attacked", ["chat/completions"], indirect=True)
async def test_what_is_odd_and_whole_is_taken(person, model_server, kind: str) -> None:
    frames, made = WHOLE[kind]
    has_calls = b"function" in b"".join(frames)
    model_server.steps = [Sends(frames), *([Says(["I have added it."])] if has_calls else [])]
    thread_id, events = await person.begin("add it")
    assert events[-1]["item"]["content"][0]["text"] == "I have added it."
    tasks = (await person.http.get("/api/me/tasks?sort=title")).json()["items"]
    assert [task["title"] for task in tasks] == made
    if has_calls:
        assert len(outputs_told(model_server.asked[-1])) == max(1, len(made))
    model_server.steps = [Says(["Yes."])]
    await person.say(thread_id, "still there?")  # no history that a server refuses


async def test_a_call_that_is_made_in_circles_is_refused(person, model_server) -> None:
    same = Calls([("list_tasks", "{}", f"c{n}") for n in range(limits.MAX_SAME_CALLS + 2)])
    model_server.steps = [same, Says(["Enough."])]
    _, events = await person.begin("what is there?")
    assert events[-1]["item"]["content"][0]["text"] == "Enough."
    told = outputs_told(model_server.asked[-1])
    assert ["was not made again" in text for text in told] == [False] * limits.MAX_SAME_CALLS + [True, True]


async def test_calls_with_the_same_ids_in_each_answer_are_each_made(person, model_server) -> None:
    model_server.steps = [Calls([("add_task", json.dumps({"title": str(n)}), "c1")]) for n in range(3)]
    model_server.steps.append(Says(["Done."]))
    await person.begin("add three")
    tasks = (await person.http.get("/api/me/tasks?sort=title")).json()["items"]
    assert [task["title"] for task in tasks] == ["0", "1", "2"]
    assert len(outputs_told(model_server.asked[-1])) == 3


def test_the_chunks_of_the_table_are_those_of_the_server() -> None:
    """Else the odd ones would be refused for something else."""
    assert frame(next(chat_chunks(Says(["I have added"])))) == HELLO
