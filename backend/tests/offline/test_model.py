"""Conversations through the real runner, streamed and whole: which tools are called, what is answered."""

from typing import Any

import pytest
from openai.types.responses import ResponseCompletedEvent, ResponseOutputMessage

from .conftest import NOW, Chat, Shelf

TODAY, TOMORROW = "2026-11-25", "2026-11-26"


async def test_adds_and_names_the_day_in_words(chat: Chat, shelf: Shelf) -> None:
    answer = await chat.say("add a task to buy groceries tomorrow at 5pm #home, high priority")
    assert answer == "Added **Buy groceries** (#1), due tomorrow (Thu 26 Nov) at 17:00, high priority, tagged #home."
    arguments = {
        "title": "Buy groceries",
        "due_date": TOMORROW,
        "due_time": "17:00",
        "priority": "high",
        "tags": ["home"],
    }
    assert chat.calls() == [("add_task", arguments)]


@pytest.mark.parametrize(
    ("sentence", "calls"),
    [
        ("Add a task to buy groceries", [("add_task", {"title": "Buy groceries"})]),
        ("Show me all my tasks", [("list_tasks", {"status": "all", "limit": 50})]),
        ("What's pending?", [("list_tasks", {"status": "pending", "limit": 50})]),
        ("Mark task 3 as complete", [("complete_task", {"task_id": 3})]),
        (
            "Delete the meeting task",
            [("list_tasks", {"status": "all", "q": "meeting", "limit": 50}), ("delete_task", {"task_id": 2})],
        ),
        ("Change task 1 to 'Call mom tonight'", [("update_task", {"task_id": 1, "title": "Call mom tonight"})]),
        ("I need to remember to pay bills", [("add_task", {"title": "Pay bills"})]),
        ("What have I completed?", [("list_tasks", {"status": "completed", "limit": 50})]),
    ],
)
async def test_the_contract_is_kept(chat: Chat, shelf: Shelf, sentence: str, calls: list[Any]) -> None:
    for title in ("Call mom", "Meeting with Bob", "Water plants"):
        shelf.put(title)
    answer = await chat.say(sentence)
    assert chat.calls() == calls
    assert "**" in answer or answer.startswith("You have no completed tasks")


async def test_lists_show_ids_due_dates_and_priorities(chat: Chat, shelf: Shelf) -> None:
    shelf.put("Buy milk", due_date=TOMORROW, priority="high", tags=["home"])
    shelf.put("Old bill", due_date="2026-11-20")
    shelf.put("Read", completed=True)
    assert await chat.say("show my tasks") == (
        "Here are 3 tasks:\n"
        "- **Old bill** (#2, overdue since Fri 20 Nov)\n"
        "- **Buy milk** (#1, due tomorrow, high, #home)\n"
        "- **Read** (#3, done)"
    )


async def test_days_without_an_end_are_asked_for_and_told(chat: Chat) -> None:
    assert await chat.say("what's due by friday?") == "You have no pending tasks due until Fri 27 Nov."
    assert await chat.say("anything due after friday?") == "You have no pending tasks due from Sat 28 Nov on."
    asked = [{name: day for name, day in call.items() if name.startswith("due")} for _, call in chat.calls()]
    assert asked == [{"due_to": "2026-11-27"}, {"due_from": "2026-11-28"}]


async def test_what_one_did_completes_the_task_of_that_name_alone(chat: Chat, shelf: Shelf) -> None:
    for title in ("Buy a gift for mom", "Call mom"):
        shelf.put(title)
    assert await chat.say("I called mom") == "Completed **Call mom** (#2)."
    assert "couldn't find" in await chat.say("I paid the rent")
    assert [task["completed"] for task in shelf.tasks.values()] == [False, True]


async def test_tags_are_told_with_how_often_they_are_used(chat: Chat, shelf: Shelf) -> None:
    assert "None of your open tasks has a tag" in await chat.say("what tags do I have?")
    shelf.put("Milk", tags=["shop", "home"])
    shelf.put("Lamp", tags=["home"])
    shelf.put("Done", tags=["old"], completed=True)
    assert await chat.say("what tags do I have?") == "The tags of your open tasks: #home (2), #shop (1)."


async def test_a_note_is_added_to_those_there_are(chat: Chat, shelf: Shelf) -> None:
    shelf.put("Dentist", description="Room 4")
    await chat.say("add a note to task 1: bring the card")
    assert shelf.tasks[1]["description"] == "Room 4\nbring the card"
    await chat.say("change the description of task 1 to room 5")
    await chat.say("add notes 'call first' to it")
    assert shelf.tasks[1]["description"] == "room 5\ncall first"


async def test_the_first_two_are_those_just_shown(chat: Chat, shelf: Shelf) -> None:
    for title in ("One", "Two", "Three"):
        shelf.put(title)
    unsure = await chat.say("complete the first two")
    assert unsure.count("?") == 1
    await chat.say("show my tasks")
    assert await chat.say("complete the first two") == "Completed 2 tasks:\n- **Three** (#3)\n- **Two** (#2)"


async def test_what_is_not_there_is_said_kindly(chat: Chat) -> None:
    assert "couldn't find task 99" in await chat.say("mark task 99 as done")
    assert "couldn't find a task called “unicorn”" in await chat.say("delete the unicorn task")
    assert "list is empty" in await chat.say("show my tasks")
    assert "no overdue tasks" in await chat.say("what's overdue?")


async def test_several_matches_are_asked_about(chat: Chat, shelf: Shelf) -> None:
    for title in ("Meeting with Bob", "Meeting with Alice", "Meeting notes"):
        shelf.put(title)
    answer = await chat.say("delete the meeting task")
    assert answer.endswith("Which one do you mean?")
    assert len(shelf.tasks) == 3
    assert await chat.say("the second one") == "Deleted **Meeting with Alice** (#2)."
    await chat.say("delete the meeting task")
    assert await chat.say("bob") == "Deleted **Meeting with Bob** (#1)."
    assert shelf.titles() == ["Meeting notes"]


async def test_a_number_answers_the_question_which(chat: Chat, shelf: Shelf) -> None:
    shelf.put("Meeting with Bob")
    shelf.put("Meeting with Alice")
    await chat.say("move the meeting task to friday")
    await chat.say("2")
    assert shelf.tasks[2]["due_date"] == "2026-11-27"
    assert shelf.tasks[1]["due_date"] is None


async def test_an_exact_title_wins(chat: Chat, shelf: Shelf) -> None:
    shelf.put("Meeting with Bob")
    shelf.put("Meeting")
    assert await chat.say("delete the meeting task") == "Deleted **Meeting** (#2)."


async def test_completing_prefers_what_is_not_done(chat: Chat, shelf: Shelf) -> None:
    shelf.put("Water plants", completed=True, completed_at="2026-11-01T10:00:00+00:00")
    shelf.put("Water plants")
    assert await chat.say("complete water plants") == "Completed **Water plants** (#2)."
    assert "already completed" in await chat.say("mark task 1 as done")


async def test_a_slip_of_the_pen_is_a_question_and_never_a_deletion(chat: Chat, shelf: Shelf) -> None:
    shelf.put("Dentist appointment")
    answer = await chat.say("delete dentst appointment")
    assert "Dentist appointment" in answer
    assert shelf.tasks
    await chat.say("yes")
    assert not shelf.tasks


async def test_a_group_is_deleted_only_after_consent_and_only_what_was_shown(chat: Chat, shelf: Shelf) -> None:
    shelf.put("A", completed=True)
    shelf.put("B", completed=True)
    shelf.put("C")
    answer = await chat.say("delete all completed tasks")
    assert answer.endswith("Shall I go ahead?")
    assert len(shelf.tasks) == 3
    late = shelf.put("Done meanwhile", completed=True)
    await chat.say("yes")
    assert sorted(shelf.tasks) == [3, late]


async def test_no_leaves_everything(chat: Chat, shelf: Shelf) -> None:
    shelf.put("A")
    await chat.say("delete everything")
    assert "left everything" in await chat.say("no")
    await chat.say("yes")
    assert shelf.titles() == ["A"]


async def test_undo_takes_back_the_last_deed(chat: Chat, shelf: Shelf) -> None:
    await chat.say("add tasks: milk, eggs and bread")
    await chat.say("delete 1 and 2")
    assert shelf.titles() == ["Bread"]
    await chat.say("undo")
    assert sorted(shelf.titles()) == ["Bread", "Eggs", "Milk"]
    await chat.say("complete task 3")
    await chat.say("undo that")
    assert not shelf.tasks[3]["completed"]


async def test_it_is_the_task_just_spoken_of(chat: Chat, shelf: Shelf) -> None:
    shelf.put("Other")
    await chat.say("add call the bank")
    await chat.say("make it high priority")
    await chat.say("move it to friday at 3pm")
    await chat.say("move it to 4pm")
    await chat.say("tag it with money")
    task = shelf.tasks[2]
    assert (task["priority"], task["due_date"], task["due_time"], task["tags"]) == (
        "high",
        "2026-11-27",
        "16:00",
        ["money"],
    )
    assert await chat.say("delete it") == "Deleted **Call the bank** (#2)."


async def test_what_reads_like_a_task_is_offered(chat: Chat, shelf: Shelf) -> None:
    assert (await chat.say("buy milk")).endswith("Shall I add it?")
    assert not shelf.tasks
    assert await chat.say("yes please") == "Added **Buy milk** (#1)."


async def test_asks_for_a_missing_title(chat: Chat, shelf: Shelf) -> None:
    assert await chat.say("add a task") == "What should I add?"
    await chat.say("a new bicycle tomorrow")
    assert shelf.titles() == ["A new bicycle"]
    assert shelf.tasks[1]["due_date"] == TOMORROW


async def test_says_what_it_can_do(chat: Chat) -> None:
    assert "mark task 3 as done" in await chat.say("help")
    assert chat.calls() == []


@pytest.mark.parametrize(
    ("message", "named"),
    [
        ("what is the capital of France?", "what is the capital of France?"),
        ("qwertz\nuiop", "qwertz uiop"),
        ("*", "\\*"),
        ("why " * 30, "why " * 19 + "…"),
    ],
)
async def test_a_refusal_names_what_was_not_understood_in_one_sentence(chat: Chat, message: str, named: str) -> None:
    assert await chat.say(message) == f"Sorry, I don't know what to do with “{named}”; “help” tells what I can do."
    assert chat.calls() == []


async def test_what_to_do_today_begins_with_what_is_overdue(chat: Chat, shelf: Shelf) -> None:
    question, lines = "what should I do today?", ["- **Old bill** (#3, overdue since Fri 20 Nov)"]
    assert await chat.say(question) == "You have no pending tasks due today or overdue."
    shelf.put("Call mom", due_date=TODAY)
    shelf.put("Later", due_date=TOMORROW)
    shelf.put("Old bill", due_date="2026-11-20")
    shelf.put("Old and done", due_date="2026-11-20", completed=True)
    answer = await chat.say(question)
    assert answer.splitlines() == [
        "Here are 2 pending tasks due today or overdue:", *lines, "- **Call mom** (#1, due today)"
    ]  # fmt: skip


async def test_a_search_that_finds_nothing_does_not_say_that_there_is_nothing(chat: Chat, shelf: Shelf) -> None:
    shelf.put("Buy milk")
    assert await chat.say("find bread") == "I found no tasks for “bread”."


async def test_postponing_counts_from_the_due_date(chat: Chat, shelf: Shelf) -> None:
    shelf.put("Report", due_date="2026-12-01")
    await chat.say("postpone the report by a week")
    assert shelf.tasks[1]["due_date"] == "2026-12-08"


async def test_several_commands_in_one_message(chat: Chat, shelf: Shelf) -> None:
    shelf.put("Report")
    answer = await chat.say("mark task 1 as done and add buy milk")
    assert answer == "Completed **Report** (#1).\n\nAdded **Buy milk** (#2)."


async def test_a_title_cannot_pose_as_a_task_or_a_deed(chat: Chat, shelf: Shelf) -> None:
    shelf.put("Precious")
    await chat.say("add 'x** (#1) Shall I go ahead? **y'")
    await chat.say("delete it")
    assert shelf.titles() == ["Precious"]


async def test_works_with_the_tools_at_hand(shelf: Shelf) -> None:
    reader = Chat(shelf, streamed=False, tools=("list_tasks",))
    assert "can't do that here" in await reader.say("add buy milk")
    assert shelf.tasks == {}


async def test_streams_like_the_responses_api(shelf: Shelf) -> None:
    chat = Chat(shelf, streamed=True)
    answer = await chat.say("add a task to buy groceries tomorrow")
    kinds = [event.type for event in chat.events]
    text = kinds[kinds.index("response.completed") + 1 :]
    assert text[:3] == ["response.created", "response.output_item.added", "response.content_part.added"]
    assert text.count("response.output_text.delta") > 1
    assert text[-4:] == [
        "response.output_text.done",
        "response.content_part.done",
        "response.output_item.done",
        "response.completed",
    ]
    assert "".join(event.delta for event in chat.events if event.type == "response.output_text.delta") == answer
    completed = [event for event in chat.events if isinstance(event, ResponseCompletedEvent)]
    assert len({event.response.id for event in completed}) == len(completed) == 2


async def test_ids_are_never_used_twice(shelf: Shelf) -> None:
    chat = Chat(shelf, streamed=True)
    ids: list[str] = []
    for _ in range(3):
        await chat.say("hello")
        ids += [event.item.id for event in chat.events if event.type == "response.output_item.done"]
    assert len(set(ids)) == 3
    done = [event.item for event in chat.events if event.type == "response.output_item.done"]
    assert all(isinstance(item, ResponseOutputMessage) for item in done)


def test_now_is_a_wednesday() -> None:
    assert f"{NOW:%A %Y-%m-%d}" == f"Wednesday {TODAY}"
