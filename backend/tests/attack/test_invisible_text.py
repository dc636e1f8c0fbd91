"""Text of which nobody sees anything is no title, no tag and no message, whichever way it comes."""

from typing import Any

import pytest

INVISIBLE = {
    "zero width space": "\u200b",
    "word joiner": "\u2060",
    "byte order mark": "\ufeff",
    "hangul fillers": "\u3164\u115f\uffa0",
    "soft hyphens": "\u00ad\u00ad",
    "variation selectors": "\ufe0f\U000e0100",
    "directions": "\u202e\u2066\u200f",
    "marks alone": "\u0301\u20e3",
    "blank braille": "\u2800",
    "no-break and other spaces": "\u00a0\u2003\u3000",
    "control characters": "\x01\x7f",
    "tags": "\U000e0061\U000e007f",
    "several": "\u200b \u2060 \u00ad",
}
VISIBLE = {
    "family": "\U0001f468\u200d\U0001f469\u200d\U0001f467",
    "persian": "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",
    "flag": "\U0001f1e9\U0001f1ea",
    "flag of tags": "\U0001f3f4\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f",
    "accent as a mark": "cafe\u0301",
    "keycap": "1\ufe0f\u20e3",
    "one letter within": "\u200bx\u200b",
}


async def ask(person: Any, edge: str, text: str) -> Any:
    """The answer to `text` at an edge."""
    http, task = person.http, "/api/me/tasks"
    match edge:
        case "title":
            return await http.post(task, json={"title": text})
        case "tag":
            return await http.post(task, json={"title": "x", "tags": [text]})
        case "quick add":
            return await http.post(f"{task}/quick-add", json={"text": text})
        case "rest chat":
            return await http.post("/api/me/chat", json={"message": text})
        case "chatkit":
            return await http.post(
                "/chatkit", json={"type": "threads.create", "params": {"input": person.message(text)}}
            )
    made = (await http.post(task, json={"title": "x"})).json()
    match edge:
        case "patch":
            return await http.patch(f"{task}/{made['id']}", json={"title": text})
        case "replace":
            return await http.put(f"{task}/{made['id']}", json={"title": text})
        case "tag of a filter":
            return await http.get(task, params={"tag": text})
    raise AssertionError(edge)


EDGES = ["title", "tag", "quick add", "rest chat", "chatkit", "patch", "replace", "tag of a filter"]


@pytest.fixture
async def person(user: Any, new_panel: Any) -> Any:
    return new_panel(user.http)


@pytest.mark.parametrize("edge", EDGES)
@pytest.mark.parametrize("text", INVISIBLE.values(), ids=INVISIBLE)
async def test_invisible_text_is_refused_as_empty(person, edge: str, text: str) -> None:
    answer = await ask(person, edge, text)
    assert answer.status_code == 422, answer.text
    assert any(words in answer.text for words in ("must not be blank", "at least 1 ", "is empty")), answer.text


@pytest.mark.parametrize("edge", EDGES)
@pytest.mark.parametrize("text", VISIBLE.values(), ids=VISIBLE)
async def test_what_can_be_seen_is_taken_as_it_is(person, edge: str, text: str) -> None:
    answer = await ask(person, edge, text)
    assert answer.status_code in (200, 201), answer.text
    if edge in ("title", "patch", "replace"):
        assert answer.json()["title"] == text


@pytest.mark.parametrize("name", ["add_task", "update_task"])
@pytest.mark.parametrize("text", INVISIBLE.values(), ids=INVISIBLE)
async def test_tools_refuse_it(person, name: str, text: str) -> None:
    made = (await person.http.post("/api/me/tasks", json={"title": "x"})).json()
    arguments = {"title": text} | ({"task_id": made["id"]} if name == "update_task" else {})
    call = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": name, "arguments": arguments}}
    headers = {"Accept": "application/json, text/event-stream"}
    answer = (await person.http.post("/mcp", json=call, headers=headers)).json()["result"]
    assert answer["isError"]
    assert "title" in answer["content"][0]["text"]
    assert [task["title"] for task in (await person.http.get("/api/me/tasks")).json()["items"]] == ["x"]


async def test_a_thread_keeps_a_title_that_can_be_seen(person) -> None:
    thread_id, _ = await person.begin("hello")
    for text in INVISIBLE.values():
        answer = await person.request("threads.update", thread_id=thread_id, title=text)
        assert answer.status_code == 422, answer.text


async def test_lengths_are_counted_once_spaces_are_one(person) -> None:
    long = "a" + " " * 1000 + "b" * 198
    answer = await person.http.post("/api/me/tasks", json={"title": long, "tags": [" #a" + " " * 100 + "b"]})
    assert answer.status_code == 201, answer.text
    assert answer.json()["title"] == "a " + "b" * 198
    assert answer.json()["tags"] == ["a-b"]
