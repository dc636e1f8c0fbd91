"""What the assistant does for one message is one change: undone as a whole, and told when asked for."""

from typing import Any

import pytest
from agents.testing import ScriptedModel, assistant_message, function_call


class Talk:
    """A conversation by REST, and what a person has then."""

    def __init__(self, user: Any) -> None:
        self.user = user
        self.number: int | None = None

    async def say(self, message: str) -> str:
        body = {"message": message} | ({"conversation_id": self.number} if self.number else {})
        answer = await self.user.http.post("/api/me/chat", json=body)
        assert answer.status_code == 200, answer.text
        self.number = answer.json()["conversation_id"]
        return str(answer.json()["response"])

    async def tasks(self) -> list[dict[str, Any]]:
        found = (await self.user.http.get(self.user.path("?limit=200&order=asc"))).json()["items"]
        return [{name: value for name, value in task.items() if name != "updated_at"} for task in found]

    async def titles(self) -> list[str]:
        return [task["title"] for task in await self.tasks()]

    async def changes(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = (await self.user.http.get("/api/me/changes")).json()["items"]
        return found


@pytest.fixture
def talk(user: Any) -> Talk:
    return Talk(user)


@pytest.mark.parametrize("count", [12, 42])
async def test_all_that_was_deleted_comes_back_and_stays(talk: Talk, count: int) -> None:
    for number in range(count):
        await talk.user.http.post(talk.user.path(), json={"title": f"Errand {number}"})
    before = await talk.tasks()
    assert len(before) == count
    await talk.say("delete all my tasks")
    assert (await talk.say("yes")).startswith(f"Deleted {count} tasks")
    assert await talk.tasks() == []
    answer = await talk.say("undo")
    assert answer.startswith(f"Restored {min(count, 20)} tasks")
    assert f"All {count} tasks are undone." in answer or count <= 20
    assert await talk.tasks() == before
    assert await talk.say("undo") == f"Deleted **Errand {count - 1}** (#{before[-1]['id']})."  # the change before
    assert await talk.tasks() == before[:-1]
    await talk.say("redo")
    assert await talk.tasks() == before


@pytest.mark.parametrize(
    ("message", "asked", "answer", "fields"),
    [
        ("complete all my tasks", "complete 42 tasks", "Completed 42 tasks", {"completed": True}),
        ("move all my tasks to 2027-03-04", "change 42 tasks", "Updated 42 tasks", {"due_date": "2027-03-04"}),
        ("tag all my tasks with home", "change 42 tasks", "Updated 42 tasks", {"tags": ["work", "home"]}),
        ("postpone all my tasks by 2 days", "change 42 tasks", "Updated 42 tasks", {"due_date": "2027-01-03"}),
        ("make all my tasks high priority", "change 42 tasks", "Updated 42 tasks", {"priority": "high"}),
        ("stop repeating all my tasks", "change 42 tasks", "Updated 42 tasks", {"recurrence": None}),
    ],
)
async def test_a_whole_group_is_changed_after_one_question(
    talk: Talk, message: str, asked: str, answer: str, fields: dict[str, Any]
) -> None:
    rest = {"tags": ["work"], "due_date": "2027-01-01"} | (
        {"recurrence": {"words": "weekly"}} if "recurrence" in fields else {}
    )
    for number in range(42):
        await talk.user.http.post(talk.user.path(), json={"title": f"Errand {number}", **rest})
    before = await talk.tasks()
    question = await talk.say(message)
    assert asked in question
    assert "and 17 more" in question
    assert await talk.tasks() == before
    assert answer in await talk.say("yes")
    assert [{name: task[name] for name in fields} for task in await talk.tasks()] == [fields] * 42
    await talk.say("undo")
    assert await talk.tasks() == before


async def test_a_group_that_became_another_is_left_alone(talk: Talk) -> None:
    for number in range(27):
        await talk.user.http.post(talk.user.path(), json={"title": f"Errand {number}"})
    assert "and 2 more" in await talk.say("complete all my tasks")
    await talk.user.http.post(talk.user.path(), json={"title": "One more"})
    assert await talk.say("yes") == "There are 28 such tasks, not 27. Nothing was changed."
    assert not any(task["completed"] for task in await talk.tasks())


async def test_a_misspelled_task_is_asked_about_and_not_changed(talk: Talk) -> None:
    await talk.say("add call the dentist")
    before = await talk.tasks()
    assert (await talk.say("delete the dentsit task")).endswith("Which one do you mean?")
    assert "I found no tasks for “dentsit”, but something like it:" in await talk.say("find dentsit")
    assert "no tasks for “plumber”" in await talk.say("find plumber")
    assert await talk.tasks() == before


@pytest.mark.parametrize(
    "message",
    [
        "rename task {0} to Call mom",
        "tag task {0} with money",
        "make task {0} high priority",
        "move task {0} to friday at 3pm",
        "add to task {0}: remember the receipt",
        "mark task {0} as done",
        "delete task {0}",
        "remove the due date of task {0}",
        "add a task to fly",
        "add a task to fly at the end of my list",
    ],
)
async def test_every_kind_of_change_can_be_undone(talk: Talk, message: str) -> None:
    made = await talk.user.http.post(talk.user.path(), json={"title": "Buy milk", "due_date": "2027-01-01"})
    before = await talk.tasks()
    await talk.say(message.format(made.json()["id"]))
    assert (after := await talk.tasks()) != before
    await talk.say("undo")
    assert await talk.tasks() == before
    await talk.say("redo")
    assert await talk.tasks() == after


async def test_undo_undo_takes_two_back(talk: Talk) -> None:
    await talk.say("add a task to fly")
    await talk.say("add a task to swim")
    await talk.say("undo, undo")
    assert await talk.titles() == []
    assert "no change to undo" in await talk.say("undo")


async def test_at_an_open_question_no_other_task_is_changed(talk: Talk) -> None:
    await talk.say("add tasks: milk, eggs and bread")
    await talk.say("complete the milk task")
    before = await talk.tasks()
    assert (await talk.say("delete all completed tasks")).endswith("Shall I go ahead?")
    await talk.say("undo that")
    assert await talk.tasks() == before
    await talk.say("delete all completed tasks")
    assert (await talk.say("undo")).startswith("Reopened **Milk**")


async def test_the_last_change_is_undone_wherever_it_was_made(talk: Talk) -> None:
    await talk.say("add a task to fly")
    await talk.user.http.post(talk.user.path(), json={"title": "By REST"})
    assert "By REST" in await talk.say("undo")
    assert await talk.titles() == ["Fly"]
    assert (await talk.user.http.post("/api/me/undo")).status_code == 200
    assert await talk.titles() == []


async def test_what_changed_is_told(talk: Talk) -> None:
    await talk.user.http.post(talk.user.path(), json={"title": "By REST"})
    await talk.say("add a task to fly")
    await talk.say("add tasks: milk and eggs")
    await talk.say("complete the milk task")
    await talk.say("undo")
    told = await talk.say("what did you change?")
    lines = [line.split(": ", 1)[1] for line in told.splitlines() if line.startswith("- ")]
    assert lines[2] in ("Added 2 tasks: “Milk”, “Eggs”", "Added 2 tasks: “Eggs”, “Milk”")  # made at once
    assert [*lines[:2], lines[3]] == ["Undone: reopened “Milk”", "Completed “Milk” (undone)", "Added “Fly”"]
    assert "Added “By REST”" in await talk.say("what changed?")


async def test_a_turn_is_one_change_of_its_conversation_in_whichever_try(
    talk: Talk, use_model: Any, dies_after_its_first_call: None
) -> None:
    calls = [function_call("add_task", {"title": f"Task {number}"}, call_id=f"c{number}") for number in range(3)]
    use_model(ScriptedModel([calls[:1], calls[1:], [assistant_message("Done.")]]))
    request = {"json": {"message": "add three"}, "headers": {"Idempotency-Key": "three"}}
    answers = [await talk.user.http.post("/api/me/chat", **request) for _ in range(2)]
    assert answers[-1].status_code == 200
    assert len(await talk.tasks()) == 3
    [change] = await talk.changes()
    assert (change["words"], change["entry_point"]) == ("Added 3 tasks", "chat")
    assert change["source"] == str(answers[-1].json()["conversation_id"])
    assert (await talk.user.http.post("/api/me/undo")).json()["change"]["count"] == 3
    assert await talk.tasks() == []


async def test_an_undo_of_a_turn_that_is_repeated_is_done_once(talk: Talk) -> None:
    for title in ("One", "Two", "Three"):
        await talk.user.http.post(talk.user.path(), json={"title": title})
    request = {"json": {"message": "undo"}, "headers": {"Idempotency-Key": "once"}}
    answers = [await talk.user.http.post("/api/me/chat", **request) for _ in range(2)]
    assert answers[0].text == answers[1].text
    assert await talk.titles() == ["One", "Two"]


async def test_undo_of_the_deletion_takes_back_no_other_change(talk: Talk) -> None:
    for title in ("Bread", "Milk"):
        await talk.user.http.post(talk.user.path(), json={"title": title})
    assert (await talk.say("undo the deletion")).startswith("I found no deletion to undo")
    await talk.say("delete bread")
    await talk.say("add eggs")
    assert (await talk.say("undo the deletion")).startswith("Restored **Bread**")
    assert await talk.titles() == ["Bread", "Milk", "Eggs"]
    assert (await talk.say("undo the deletion")).startswith("I found no deletion to undo")
    await talk.say("delete milk and add jam")
    assert "did more" in await talk.say("undo the deletion")
    assert await talk.titles() == ["Bread", "Eggs", "Jam"]


async def test_several_commands_are_all_done_as_one_change_or_none_is(talk: Talk) -> None:
    for title in ("Bread", "Milk", "Soap"):
        await talk.user.http.post(talk.user.path(), json={"title": title})
    before = await talk.tasks()
    assert "unicorn" in await talk.say("add eggs, delete the unicorn task and complete bread")
    assert await talk.tasks() == before
    assert len(await talk.changes()) == 3
    said = "complete bread, delete milk, move soap to 2027-03-04 and add eggs"
    assert (await talk.say(said)).startswith("Completed **Bread**")
    found = {task["title"]: (task["completed"], task["due_date"]) for task in await talk.tasks()}
    assert found == {"Bread": (True, None), "Soap": (False, "2027-03-04"), "Eggs": (False, None)}
    await talk.say("undo")
    assert [{**task, "time_zone": None} for task in await talk.tasks()] == [
        {**task, "time_zone": None} for task in before
    ]
