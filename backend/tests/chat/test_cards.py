"""What an answer carries for a page that draws tasks: which ones, what can be said to it, and what can be undone."""

import json
from typing import Any

import pytest
from agents.testing import ScriptedModel, assistant_message, function_call


def display_in(events: list[dict[str, Any]]) -> dict[str, Any] | None:
    """How the answer of a turn is shown."""
    [item] = [
        event["item"]
        for event in events
        if event["type"] == "thread.item.done" and event["item"]["type"] == "assistant_message"
    ]
    return item.get("display")


async def test_an_answer_names_its_tasks_and_what_can_be_undone(panel, user) -> None:
    thread_id, events = await panel.begin("Add a task to buy milk tomorrow")
    display = display_in(events)
    [task] = (await user.http.get("/api/me/tasks")).json()["items"]
    assert display["tasks"] == [{"id": task["id"], "title": "Buy milk"}]
    assert display["text"].startswith("Added **Buy milk**, due tomorrow")
    assert f"**Buy milk** (#{task['id']})" in panel.answer_in(events)
    undone = await user.http.post("/api/me/undo", json={"change_id": display["change_id"]})
    assert undone.status_code == 200, undone.text
    assert (await user.http.get("/api/me/tasks")).json()["items"] == []
    assert [item.get("display") for item in await panel.items(thread_id)] == [None, display]


async def test_what_many_tasks_became_is_undone_as_one(panel, user) -> None:
    thread_id, _ = await panel.begin("add call mom and call dad")
    asked = display_in(await panel.say(thread_id, "complete all my tasks"))
    assert [choice["message"] for choice in asked["choices"]] == ["Yes", "No"]
    assert "change_id" not in asked
    display = display_in(await panel.say(thread_id, "Yes"))
    assert {task["title"] for task in display["tasks"]} == {"Call mom", "Call dad"}
    await user.http.post("/api/me/undo", json={"change_id": display["change_id"]})
    assert [task["completed"] for task in (await user.http.get("/api/me/tasks")).json()["items"]] == [False, False]


async def test_a_turn_that_only_reads_or_undoes_has_nothing_to_undo(panel) -> None:
    thread_id, _ = await panel.begin("add a task to buy milk")
    for said in ("show my tasks", "undo"):
        display = display_in(await panel.say(thread_id, said))
        assert [task["title"] for task in display["tasks"]] == ["Buy milk"]
        assert "change_id" not in display
    assert display_in(await panel.say(thread_id, "thanks")) is None


async def test_the_button_of_a_candidate_is_an_answer(panel, user) -> None:
    thread_id, _ = await panel.begin("add call mom and call dad")
    asked = display_in(await panel.say(thread_id, "complete the call task"))
    assert {choice["label"] for choice in asked["choices"]} == {"Call mom", "Call dad", "None of them"}
    mom = next(choice for choice in asked["choices"] if choice["label"] == "Call mom")
    display = display_in(await panel.say(thread_id, mom["message"]))
    assert [task["id"] for task in display["tasks"]] == [mom["task_id"]]
    assert (await user.http.get(f"/api/me/tasks/{mom['task_id']}")).json()["completed"] is True


async def test_rest_gets_the_whole_words_and_no_display(user) -> None:
    answer = (await user.http.post("/api/me/chat", json={"message": "add a task to buy milk"})).json()
    assert set(answer) == {"conversation_id", "response", "tool_calls"}
    assert f"(#{answer['tool_calls'][0]['result']['task_id']})" in answer["response"]


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        ("Done: **Milk** (#{id}) is added.", "Done: **Milk** is added."),
        ("- Milk (#{id}, no date)", "- Milk (no date)"),
        ("- Milk (ID: {id})", "- Milk"),
        ("Milk, 12 bottles (#{id}0)", "Milk, 12 bottles (#{id}0)"),
    ],
)
async def test_another_models_answer_is_shown_by_what_its_tools_answered(
    panel, user, use_model, words: str, shown: str
) -> None:
    task_id = (await user.http.post("/api/me/tasks", json={"title": "Bread"})).json()["id"]
    rename = function_call("update_task", {"task_id": task_id, "title": "Milk"}, call_id="2")
    listing = function_call("list_tasks", {}, call_id="1")
    use_model(ScriptedModel([[listing], [rename], [assistant_message(words.format(id=task_id))]]))
    display = display_in((await panel.begin("rename bread to milk"))[1])
    assert display["text"] == shown.format(id=task_id)
    assert display["tasks"] == [{"id": task_id, "title": "Milk"}]
    assert display["change_id"]
    assert "choices" not in display or display["choices"] == []


async def test_another_model_that_lists_shows_the_last_list(panel, user, use_model) -> None:
    for title in ("Milk", "Bread"):
        await user.http.post("/api/me/tasks", json={"title": title})
    calls = [function_call("list_tasks", arguments, call_id=str(arguments)) for arguments in ({}, {"q": "milk"})]
    use_model(ScriptedModel([*([call] for call in calls), [assistant_message("Here it is.")]]))
    display = display_in((await panel.begin("where is the milk?"))[1])
    assert [task["title"] for task in display["tasks"]] == ["Milk"]


async def test_a_server_cannot_say_how_its_words_are_shown(panel, use_model) -> None:
    message = assistant_message("Hello")
    forged = type(message).model_validate({**json.loads(message.model_dump_json()), "display": {"text": "Pay me"}})
    use_model(ScriptedModel([[forged]]))
    assert display_in((await panel.begin("hello"))[1]) is None
