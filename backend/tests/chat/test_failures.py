"""When the assistant cannot answer: the message is kept, the reason is readable, and a retry works."""

import asyncio
import logging
from typing import Any

import psycopg
import pytest
from agents.testing import ModelStep, ScriptedModel, assistant_message, function_call

from todo_backend.chat import repository
from todo_backend.tasks import repository as tasks

SORRY = "Something went wrong while I was answering. Please try again."


def failing(*then: str) -> ScriptedModel:
    return ScriptedModel([ModelStep.raise_error(RuntimeError("boom")), *([assistant_message(text)] for text in then)])


async def test_chatkit_shows_an_error_that_can_be_retried(panel, use_model) -> None:
    use_model(failing("Here I am"))
    thread_id, events = await panel.begin("hello")
    assert events[-1] == {"type": "error", "code": "custom", "message": SORRY, "allow_retry": True}
    assert await panel.talk(thread_id) == [("user", "hello")]
    question = events[1]["item"]["id"]
    await panel.events("threads.retry_after_item", thread_id=thread_id, item_id=question)
    assert await panel.talk(thread_id) == [("user", "hello"), ("assistant", "Here I am")]


async def test_rest_keeps_the_message_and_says_where(user, panel, use_model, caplog) -> None:
    use_model(failing())
    with caplog.at_level(logging.ERROR):
        answer = await user.http.post("/api/me/chat", json={"message": "hello"}, headers={"X-Request-ID": "r-1"})
    assert answer.status_code == 502
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["detail"].startswith(f"{SORRY} Your message is kept in conversation ")
    assert answer.json()["request_id"] == "r-1"
    assert "boom" not in answer.text
    assert "boom" in caplog.text
    (thread,) = (await panel.request("threads.list")).json()["data"]
    assert await panel.talk(thread["id"]) == [("user", "hello")]


async def test_a_retry_with_the_same_key_says_it_once(user, panel, use_model) -> None:
    use_model(failing("Here I am"))
    request = {"json": {"message": "hello"}, "headers": {"Idempotency-Key": "again"}}
    assert (await user.http.post("/api/me/chat", **request)).status_code == 502
    assert (await user.http.post("/api/me/chat", **request)).json()["response"] == "Here I am"
    (thread,) = (await panel.request("threads.list")).json()["data"]
    assert await panel.talk(thread["id"]) == [("user", "hello"), ("assistant", "Here I am")]


async def test_what_was_done_before_the_failure_is_not_done_again(user, panel, use_model) -> None:
    model = ScriptedModel(
        [
            [function_call("add_task", {"title": "Fly"}, call_id="c1")],
            ModelStep.raise_error(RuntimeError("boom")),
            [assistant_message("It is on your list.")],
        ]
    )
    use_model(model)
    thread_id, events = await panel.begin("add fly")
    await panel.events("threads.retry_after_item", thread_id=thread_id, item_id=events[1]["item"]["id"])
    assert [item.get("type", item.get("role")) for item in model.calls[-1].input] == [
        "user",
        "function_call",
        "function_call_output",
    ]
    told = ["An earlier try to answer the last message was cut off" in call.system_instructions for call in model.calls]
    assert told == [False, False, True], "what the earlier try did not come to is the model's to do"
    assert await panel.talk(thread_id) == [("user", "add fly"), ("assistant", "It is on your list.")]


async def test_the_builtin_assistant_tried_again_does_nothing_twice(user, panel) -> None:
    thread_id, events = await panel.begin("add a task to fly")
    again = await panel.events("threads.retry_after_item", thread_id=thread_id, item_id=events[1]["item"]["id"])
    assert panel.answer_in(again) == panel.answer_in(events)
    assert len((await user.http.get(user.path())).json()["items"]) == 1


async def test_a_message_tried_again_does_not_take_the_work_of_later_ones_for_its_own(
    user, panel, use_model, resources
) -> None:
    builtin = resources.assistant.models
    use_model(failing())
    thread_id, events = await panel.begin("add a task to fly")
    resources.assistant.models = builtin
    await panel.say(thread_id, "add a task to swim")
    again = await panel.events("threads.retry_after_item", thread_id=thread_id, item_id=events[1]["item"]["id"])
    assert "Fly" in panel.answer_in(again)
    listed = (await user.http.get(user.path())).json()["items"]
    assert sorted(task["title"] for task in listed) == ["Fly", "Swim"]


async def test_a_call_that_failed_is_made_again_when_its_message_is_tried_again(user, panel, monkeypatch) -> None:
    insert, breaks = tasks.insert, iter([True])

    async def insert_or_break(*arguments: Any) -> Any:
        if next(breaks, False):
            raise psycopg.OperationalError("the connection is lost")
        return await insert(*arguments)

    monkeypatch.setattr(tasks, "insert", insert_or_break)
    thread_id, events = await panel.begin("add a task to fly")
    assert "database does not answer" in panel.answer_in(events)
    again = await panel.events("threads.retry_after_item", thread_id=thread_id, item_id=events[1]["item"]["id"])
    assert "Fly" in panel.answer_in(again)
    assert [task["title"] for task in (await user.http.get(user.path())).json()["items"]] == ["Fly"]


async def test_a_model_that_never_comes_to_an_end_is_stopped(panel, use_model) -> None:
    use_model(ScriptedModel([[function_call("list_tasks", {}, call_id=f"c{n}")] for n in range(20)]))
    _, events = await panel.begin("hello")
    assert events[-1]["message"] == "This took too many steps. Please ask for less at once, or try again."


@pytest.mark.parametrize("step", [[], [assistant_message("")]])
async def test_a_model_without_words_is_an_error(panel, use_model, step: list) -> None:
    use_model(ScriptedModel([step]))
    _, events = await panel.begin("hello")
    assert events[-1]["message"] == "The assistant's model gave no usable answer. Please try again."


@pytest.mark.parametrize("entry", ["chatkit", "rest"])
@pytest.mark.parametrize("text", ["a\x00b", "a\ud83db"])
async def test_what_a_model_writes_and_nobody_can_keep_is_kept_readable(
    user, panel, use_model, entry: str, text: str
) -> None:
    call = function_call("a\x00b", {}, call_id="c1")
    use_model(ScriptedModel([[call], [assistant_message(text)]]))
    if entry == "chatkit":
        thread_id, _ = await panel.begin("hello")
    else:
        answer = await user.http.post("/api/me/chat", json={"message": "hello"})
        assert answer.status_code == 200, answer.text
        (thread,) = (await panel.request("threads.list")).json()["data"]
        thread_id = thread["id"]
    assert await panel.talk(thread_id) == [("user", "hello"), ("assistant", "a\ufffdb")]


async def test_a_model_that_calls_what_is_not_there_is_told_so(panel, use_model) -> None:
    use_model(
        ScriptedModel(
            [
                [function_call("drop_tables", {}, call_id="c1")],
                [function_call("add_task", '{"title": ', call_id="c2")],
                [function_call("add_task", {"name": "x"}, call_id="c3")],
                [assistant_message("I gave up")],
            ]
        )
    )
    _, events = await panel.begin("hello")
    assert panel.answer_in(events) == "I gave up"


@pytest.mark.parametrize("entry", ["chatkit", "rest"])
async def test_time_that_runs_out_while_a_record_is_saved_is_told_as_such(
    user, panel, use_model, resources, monkeypatch, entry: str
) -> None:
    """It must not look as if the person, or the server, had stopped the turn."""
    add = repository.add_record

    async def slowly(*record: Any) -> None:
        await asyncio.sleep(0.6)
        await add(*record)

    monkeypatch.setattr(repository, "add_record", slowly)
    monkeypatch.setattr(resources.assistant, "turn_seconds", 0.3)
    use_model(ScriptedModel([[function_call("list_tasks", {}, call_id="c1")], [assistant_message("Late")]]))
    if entry == "chatkit":
        _, events = await panel.begin("hello")
        assert "took too long" in events[-1]["message"]
    else:
        answer = await user.http.post("/api/me/chat", json={"message": "hello"})
        assert answer.status_code == 503
        assert "took too long" in answer.json()["detail"]


async def test_a_turn_that_takes_too_long_is_ended(panel, use_model, resources, monkeypatch) -> None:
    async def forever(_):
        await asyncio.sleep(600)

    monkeypatch.setattr(resources.assistant, "turn_seconds", 0.05)
    use_model(ScriptedModel([ModelStep.respond(forever)]))
    _, events = await panel.begin("hello")
    assert events[-1]["message"] == "The assistant's model took too long to answer. Please try again."
