"""A model writes what PostgreSQL or UTF-8 cannot keep: in its words, in calls, as escapes and as raw bytes."""

import json

import pytest

from .model_server import Calls, Garbles, Says

BAD = {"nul": "\x00", "high": "\ud83d", "low": "\ude00", "swapped": "\ude00\ud83d"}
BAD_ESCAPED = {name: "".join(f"\\u{ord(character):04x}" for character in text) for name, text in BAD.items()}


@pytest.fixture(params=["chatkit", "rest"])
def entry(request) -> str:
    return request.param


async def whole_answer(person, entry: str) -> str:
    """What the assistant answers to a message, which must be an answer and not half of one."""
    if entry == "rest":
        answer = await person.http.post("/api/me/chat", json={"message": "hello"}, headers={"Idempotency-Key": "once"})
        assert answer.status_code == 200, answer.text
        again = await person.http.post("/api/me/chat", json={"message": "hello"}, headers={"Idempotency-Key": "once"})
        assert again.text == answer.text
        return answer.json()["response"]
    _, events = await person.begin("hello")
    assert events[-1]["type"] == "thread.item.done", events[-1]
    said = events[-1]["item"]["content"][0]["text"]
    deltas = [event["update"]["delta"] for event in events if event.get("update", {}).get("delta")]
    assert "".join(deltas) == said
    return said


def readable(text: str) -> bool:
    """Whether any program can keep it."""
    return "\x00" not in text and text.encode("utf-8", "replace").decode() == text


@pytest.mark.parametrize("text", BAD.values(), ids=BAD)
async def test_words(person, model_server, kept, entry: str, text: str) -> None:
    model_server.steps = [Says(["I ", f"a{text}b", " did"])]
    said = await whole_answer(person, entry)
    assert said.startswith("I a\ufffd")
    assert said.endswith("b did")
    assert [item["content"][0]["text"] for item in kept()] == ["hello", said]


async def test_a_pair_that_is_whole_stays(person, model_server, entry: str) -> None:
    model_server.steps = [Says(["well done \U0001f600", " \\u0000 \\ud83d"])]
    assert await whole_answer(person, entry) == "well done \U0001f600 \\u0000 \\ud83d"


@pytest.mark.parametrize("raw", [b"\xed\xa0\x80", b"\xff\xfe", b"\xc3", b"\x00"], ids=["surrogate", "no", "cut", "nul"])
async def test_bytes_that_are_no_text(person, model_server, entry: str, raw: bytes) -> None:
    model_server.steps = [Garbles(Says(["I did"]), b"I did", b"I " + raw + b" did")]
    said = await whole_answer(person, entry)
    assert said.startswith("I \ufffd")
    assert said.endswith(" did")


def calls_with(text: str, escaped: str) -> dict[str, tuple[str, str]]:
    """A call of a tool for each place where the text may stand."""
    return {
        "title": ("add_task", json.dumps({"title": f"a{text}b"})),
        "title in the open": ("add_task", f'{{"title": "a{text}b"}}'),
        "words to look for": ("list_tasks", json.dumps({"q": f"a{text}b"})),
        "cursor": ("list_tasks", json.dumps({"cursor": f"a{text}b"})),
        "tags": ("add_task", json.dumps({"title": "x", "tags": [f"a{text}b"]})),
        "name of an argument": ("add_task", json.dumps({f"a{text}b": 1})),
        "name inside of an argument": ("add_task", json.dumps({"title": {f"a{text}b": f"{text}"}})),
        "arguments that are no object": ("add_task", json.dumps(f"a{text}b")),
        "arguments that are no JSON": ("add_task", f"a{text}b"),
        "name of the tool": (f"a{text}b", "{}"),
        "name of the tool, escaped": (f"a{escaped}b", "{}"),
    }


@pytest.mark.parametrize("text", BAD)
async def test_calls(person, model_server, kept, entry: str, text: str) -> None:
    places = calls_with(BAD[text], BAD_ESCAPED[text])
    calls = [(*call, f"{place}{BAD[text]}") for place, call in places.items()]
    model_server.steps = [Calls(calls), Says(["Done."])]
    assert await whole_answer(person, entry) == "Done."
    _, *made, _ = kept()
    assert len(made) == len(calls)
    for document in (*(call["content"] for call in made), model_server.asked[-1]):
        assert readable(json.dumps(document, ensure_ascii=False))
    model_server.steps = [Says(["Still here."])]
    assert (await person.http.post("/api/me/chat", json={"message": "and?"})).json()["response"] == "Still here."


DEEP = {"objects": '{"a":' * 9_000 + "1" + "}" * 9_000, "lists": '{"title": ' + "[" * 9_000 + "]" * 9_000 + "}"}


@pytest.mark.parametrize("arguments", DEEP.values(), ids=DEEP)
async def test_arguments_that_are_too_deep_to_be_read(person, model_server, entry: str, arguments: str) -> None:
    model_server.steps = [Calls([("add_task", arguments, "c1")]), Says(["Done."])]
    assert await whole_answer(person, entry) == "Done."


@pytest.mark.parametrize("escaped", BAD_ESCAPED.values(), ids=BAD_ESCAPED)
async def test_what_a_client_writes(person, model_server, escaped: str) -> None:
    model_server.steps = [Says(["Hello."])]
    thread_id, _ = await person.begin("hello")
    rename = f'{{"type":"threads.update","params":{{"thread_id":"{thread_id}","title":"a{escaped}b"}}}}'
    message = json.dumps(person.message("hello")).replace("hello", f"a{escaped}b")
    say = f'{{"type":"threads.create","params":{{"input":{message}}}}}'
    add = f'{{"name":"add_task","arguments":{{"title":"a{escaped}b"}}}}'
    call = f'{{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{add}}}'
    accepts = {"Accept": "application/json, text/event-stream", "Content-Type": "application/json"}
    for path, body in (
        ("/chatkit", rename),
        ("/chatkit", say),
        ("/mcp", call),
        ("/api/me/chat", f'{{"message":"a{escaped}b"}}'),
        ("/api/me/tasks", f'{{"title":"a{escaped}b"}}'),
        ("/api/me/tasks/quick-add", f'{{"text":"a{escaped}b"}}'),
    ):
        answer = await person.http.post(path, content=body, headers=accepts)
        refused = answer.json()["result"]["isError"] if answer.status_code == 200 else answer.status_code in (400, 422)
        assert refused, (path, answer.status_code, answer.text)
    assert (await person.http.get("/api/me/tasks")).json()["items"] == []
