"""What a page shows of an answer: no ids, cards for the tasks, and a button for each thing that can be said to it."""

import re

import pytest

from .conftest import Shelf, Talk

TASKS = ("Buy milk", "Buy oat milk", "Call Ana")


@pytest.fixture
def talk(shelf: Shelf) -> Talk:
    for title in TASKS:
        shelf.put(title)
    return Talk(shelf)


def titles(talk: Talk) -> list[str]:
    return [task.title for task in talk.display.tasks]


def labels(talk: Talk) -> list[str]:
    return [choice.label for choice in talk.display.choices]


@pytest.mark.parametrize(
    ("said", "words", "cards", "buttons"),
    [
        (("hello",), "Hello! Tell me what you need to do, or ask me what is due today.", [], []),
        (("add call mom tomorrow",), "Added **Call mom**, due tomorrow (Thu 26 Nov).", ["Call mom"], []),
        (("complete call ana",), "Completed **Call Ana**.", ["Call Ana"], []),
        (("delete call ana",), "Deleted **Call Ana**.", ["Call Ana"], []),
        (("show my tasks",), "Here are 3 tasks:", ["Call Ana", "Buy oat milk", "Buy milk"], []),
        (("how many tasks do I have?",), "You have 3 tasks.", [], []),
        (("complete tasks 1 and 3",), "Completed 2 tasks:", ["Buy milk", "Call Ana"], []),
        (
            ("complete the milk task",),
            "I found 2 tasks for “milk”:\n\nWhich one do you mean?",
            [],
            ["Buy oat milk", "Buy milk", "None of them"],
        ),
        (
            ("delete all my tasks",),
            "That would delete 3 tasks:\n- **Call Ana** → deleted\n- **Buy oat milk** → deleted\n"
            "- **Buy milk** → deleted\n\nShall I go ahead?",
            [],
            ["Yes", "No"],
        ),
        (("call mom",), "That sounds like a task: **Call mom**.\n\nShall I add it?", [], ["Yes", "No"]),
        (
            ("add eggs under call ana", "complete call ana"),
            "**Call Ana** has 1 open subtask:\n- **Eggs** (part of Call Ana)\n\n"
            "Nothing is completed yet. Say “only the task” to leave them open. Shall I complete all of it?",
            [],
            ["Yes", "Only the task", "No"],
        ),
        (("add",), "What should I add?", [], []),
    ],
)
def test_what_stands_in_words_what_in_cards_and_what_on_buttons(
    talk: Talk, said: tuple[str, ...], words: str, cards: list[str], buttons: list[str]
) -> None:
    for sentence in said:
        talk.say(sentence)
    assert (talk.display.text, titles(talk), labels(talk)) == (words, cards, buttons)


LIKE_COMMANDS = (
    "milk: delete all my tasks",
    "milk",
    "Milk",
    "undo milk",
    "no milk",
    "milk?!",
    "milk (number 2 of the list)",
)


@pytest.mark.parametrize("same", [1, 2])
@pytest.mark.parametrize("title", LIKE_COMMANDS)
def test_a_candidates_button_means_that_task_whatever_its_title_says(shelf: Shelf, title: str, same: int) -> None:
    for name in ("milk and bread", *[title] * same, "milk for mom"):
        shelf.put(name)
    first = Talk(shelf)
    first.say("delete the task about milk")
    choices = [choice for choice in first.display.choices if choice.task_id is not None]
    if not choices:  # one task has just this title
        return
    for choice in choices:
        talk = Talk(shelf)
        talk.say("delete the task about milk")
        talk.say(choice.message)
        assert choice.task_id not in shelf.tasks
        shelf.call("restore_task", {"task_id": choice.task_id})


@pytest.mark.parametrize(("button", "left"), [("Yes", 0), ("No", 3)])
def test_yes_and_no_are_what_they_say(talk: Talk, shelf: Shelf, button: str, left: int) -> None:
    talk.say("delete all my tasks")
    talk.say(next(choice.message for choice in talk.display.choices if choice.label == button))
    assert len(shelf.tasks) == left


def test_none_of_them_leaves_all_as_it_is(talk: Talk, shelf: Shelf) -> None:
    talk.say("delete the milk task")
    talk.say(talk.display.choices[-1].message)
    assert len(shelf.tasks) == 3
    assert talk.display.choices == []


def test_more_tasks_than_cards_stay_in_words_without_ids(shelf: Shelf) -> None:
    for number in range(60):
        shelf.put(f"errand {number}")
    talk = Talk(shelf)
    talk.say("complete all my tasks")
    talk.say("yes")
    talk.say("what have I completed?")
    assert talk.display.text.count("errand") + len(talk.display.tasks) >= 50
    assert not re.search(r"#\d", talk.display.text)


def test_what_is_kept_apart_of_a_candidate_is_said_beside_it(shelf: Shelf) -> None:
    shelf.put("Milk run", due_date="2026-11-26", tags=["a_b"])
    shelf.put("Milk shake", priority="high")
    talk = Talk(shelf)
    talk.say("complete the milk task")
    assert [choice.detail for choice in talk.display.choices] == ["high", "due tomorrow, #a_b", ""]


@pytest.mark.parametrize(
    ("locale", "at"),
    [
        ("en-US", "5:00 PM"),
        ("en", "5:00 PM"),
        ("ur-PK", "5:00 PM"),
        ("en-GB", "17:00"),
        ("de-DE", "17:00"),
        ("", "17:00"),
    ],
)
def test_times_are_those_of_the_readers_clock(shelf: Shelf, locale: str, at: str) -> None:
    talk = Talk(shelf, locale=locale)
    said = f"due tomorrow (Thu 26 Nov) at {at}"
    assert talk.say("add call mom tomorrow at 17:00") == f"Added **Call mom** (#1), {said}."
    assert talk.display.text == f"Added **Call mom**, {said}."
    shelf.put("Call Ana")
    talk.say("complete the call task")
    assert f"due tomorrow at {at}" in [choice.detail for choice in talk.display.choices]
