"""An OpenAI-compatible server over real sockets: both protocols, tools, streams, and all the ways to fail."""

import json
import logging
import socket

import pytest
from pydantic import SecretStr

from todo_backend.assistant import openai_model

KEY = "sk-test-very-secret"


class Person:
    """Someone who talks to an application whose model is at `url`."""

    def __init__(self, http) -> None:
        self.http = http

    async def say(self, text: str, thread_id: str | None = None) -> list[dict]:
        message = {"content": [{"type": "input_text", "text": text}], "attachments": [], "inference_options": {}}
        kind, params = "threads.create", {"input": message}
        if thread_id is not None:
            kind, params = "threads.add_user_message", {"input": message, "thread_id": thread_id}
        return await self.stream(kind, params)

    async def stream(self, kind: str, params: dict) -> list[dict]:
        answer = await self.http.post("/chatkit", json={"type": kind, "params": params})
        assert answer.status_code == 200, answer.text
        return [json.loads(frame.removeprefix("data: ")) for frame in answer.text.split("\n\n") if frame]

    async def talk(self, thread_id: str) -> list[str]:
        request = {"type": "items.list", "params": {"thread_id": thread_id, "order": "asc"}}
        items = (await self.http.post("/chatkit", json=request)).json()["data"]
        return [item["content"][0]["text"].strip() for item in items]


@pytest.fixture(scope="module")
def settings_for(settings):
    def make(url: str):
        return settings.model_copy(
            update={
                "assistant_provider": "openai",
                "openai_api_key": SecretStr(KEY),
                "openai_base_url": url,
                "openai_model": "some-model",
                "openai_timeout_seconds": 3.0,
            }
        )

    return make


@pytest.fixture(scope="module", params=["chat/completions", "responses"])
async def served(request, openai_server, serve, settings_for):
    """The application, whose model is at `openai_server`, and the protocol that it is to speak."""
    with pytest.MonkeyPatch.context() as patch:
        if request.param == "responses":  # the protocol of OpenAI itself, which this server now is
            patch.setattr(openai_model, "_OPENAI", openai_server.url)
        async with serve(settings_for(openai_server.url)) as live:
            yield live, request.param


@pytest.fixture
async def person(served, openai_server, user):
    openai_server.asked.clear()
    live, protocol = served
    async with live.client(user) as http:
        someone = Person(http)
        someone.protocol = protocol
        yield someone


async def test_tools_are_used_and_the_answer_streams(person, openai_server, script, user) -> None:
    openai_server.steps = [
        script.use([("add_task", {"title": "Buy milk", "priority": "high"}), ("add_task", {"title": "Buy bread"})]),
        script.say("Both are on your list."),
    ]
    events = await person.say("add milk and bread, milk is urgent")
    deltas = [event["update"]["delta"] for event in events if event.get("update", {}).get("delta")]
    assert "".join(deltas).strip() == "Both are on your list."
    assert len(deltas) > 3
    assert events[-1]["item"]["content"][0]["text"].strip() == "Both are on your list."
    assert [event["text"] for event in events if event["type"] == "progress_update"].count("Adding a task…") == 2
    tasks = (await person.http.get("/api/me/tasks?sort=title")).json()["items"]
    assert [(task["title"], task["priority"]) for task in tasks] == [("Buy bread", "none"), ("Buy milk", "high")]

    for path, headers, body in openai_server.asked:
        assert path == f"/v1/{person.protocol}"
        assert headers["authorization"] == f"Bearer {KEY}"
        assert body["model"] == "some-model"
        assert body["stream"] is True
        assert user.id not in json.dumps(body)  # a model never learns whose tasks these are
        assert "user_id" not in json.dumps(body)
    second = json.dumps(openai_server.asked[1][2])
    assert "Buy milk" in second
    assert "call_1" in second


async def test_the_next_turn_tells_what_was_done(person, openai_server, script) -> None:
    openai_server.steps = [
        script.use([("add_task", {"title": "Fly"})]),
        script.say("Added."),
        script.say("You wanted to fly."),
    ]
    thread_id = (await person.say("add fly"))[0]["thread"]["id"]
    await person.say("what did I want?", thread_id)
    told = json.dumps(openai_server.asked[-1][2])
    assert "add_task" in told
    assert "created" in told
    assert await person.talk(thread_id) == ["add fly", "Added.", "what did I want?", "You wanted to fly."]


async def test_rest_uses_the_same_model(person, openai_server, script) -> None:
    openai_server.steps = [script.use([("list_tasks", {})]), script.say("Nothing to do.")]
    said = (await person.http.post("/api/me/chat", json={"message": "what is there?"})).json()
    assert said["response"].strip() == "Nothing to do."
    assert [call["name"] for call in said["tool_calls"]] == ["list_tasks"]


async def test_a_key_that_is_changed_in_its_file_counts_at_the_next_turn(
    serve, settings_for, openai_server, script, user, tmp_path
) -> None:
    file = tmp_path / "OPENAI_API_KEY"
    file.write_text(KEY)
    settings = settings_for(openai_server.url).model_copy(update={"openai_api_key_file": file})
    openai_server.asked.clear()
    async with serve(settings) as live, live.client(user) as http:
        for key in (KEY, "sk-test-new"):
            file.write_text(f"{key}\n")
            openai_server.steps = [script.say("Hello.")]
            assert (await http.post("/api/me/chat", json={"message": "hello"})).status_code == 200
    assert [headers["authorization"] for _, headers, _ in openai_server.asked] == [
        f"Bearer {KEY}",
        "Bearer sk-test-new",
    ]


FAILURES = [
    ("refuse", (401, "invalid_api_key", f"Incorrect API key provided: {KEY}"), "must set a valid OPENAI_API_KEY", 502),
    ("refuse", (403, "", "no"), "may not use this model", 502),
    ("refuse", (404, "model_not_found", "no"), "must check OPENAI_MODEL", 502),
    ("refuse", (400, "context_length_exceeded", "no"), "refused the request (status 400)", 502),
    ("refuse", (429, "insufficient_quota", "no"), "quota is used up", 503),
    ("refuse", (429, "rate_limit_exceeded", "no"), "too many requests right now", 503),
    ("refuse", (500, "", "no"), "a problem of its own", 503),
    ("hang", (), "took too long", 503),
    ("say", ("One two three four five six", True), "Please try again", 503),
]


@pytest.mark.parametrize(("kind", "arguments", "text", "status"), FAILURES, ids=lambda value: str(value)[:30])
async def test_every_failure_is_readable_and_can_be_retried(
    person, openai_server, script, caplog, kind, arguments, text, status
) -> None:
    step = getattr(script, kind)(*arguments)
    openai_server.steps = [step, step]  # one retry is made in silence
    with caplog.at_level(logging.DEBUG):
        events = await person.say("hello")
    error = events[-1]
    assert (error["type"], error["code"], error["allow_retry"]) == ("error", "custom", True)
    assert text in error["message"]
    assert KEY not in error["message"]
    assert "the assistant failed" in caplog.text
    assert KEY not in caplog.text
    assert len(openai_server.asked) <= 2

    thread_id, question = events[0]["thread"]["id"], events[1]["item"]["id"]
    assert await person.talk(thread_id) == ["hello"]
    openai_server.steps = [script.say("Here I am")]
    await person.stream("threads.retry_after_item", {"thread_id": thread_id, "item_id": question})
    assert await person.talk(thread_id) == ["hello", "Here I am"]


@pytest.mark.parametrize(("kind", "arguments", "text", "status"), FAILURES[:1] + FAILURES[4:5] + FAILURES[7:8])
async def test_rest_answers_a_problem(person, openai_server, script, kind, arguments, text, status) -> None:
    step = getattr(script, kind)(*arguments)
    openai_server.steps = [step, step]
    answer = await person.http.post("/api/me/chat", json={"message": "hello"})
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert text in answer.json()["detail"]
    assert "Your message is kept" in answer.json()["detail"]


async def test_a_server_that_is_not_there(serve, settings_for, user) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{closed.getsockname()[1]}/v1"
        async with serve(settings_for(url)) as live, live.client(user) as http:
            events = await Person(http).say("hello")
    assert "cannot be reached" in events[-1]["message"]


async def test_a_short_hiccup_is_not_noticed(person, openai_server, script) -> None:
    openai_server.steps = [script.refuse(500), script.say("Here I am")]
    events = await person.say("hello")
    assert events[-1]["item"]["content"][0]["text"].strip() == "Here I am"
