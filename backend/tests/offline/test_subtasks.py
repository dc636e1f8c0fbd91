"""Talking about subtasks: they go below the task that was meant, and completing it asks."""

import pytest

from .conftest import Shelf, Talk

QUESTION = (
    "**Groceries** (#1) has 2 open subtasks:\n"
    "- **Milk** (#3, part of Groceries)\n"
    "- **Eggs** (#2, part of Groceries)\n"
    "\n"
    "Nothing is completed yet. Say “only the task” to leave them open. Shall I complete all of it?"
)


@pytest.fixture
def talk(shelf: Shelf) -> Talk:
    groceries = shelf.put("Groceries")
    for title in ("Eggs", "Milk"):
        shelf.put(title, parent_id=groceries)
    shelf.put("Call Ana")
    shelf.put("Call the bank")
    return Talk(shelf)


def parents(shelf: Shelf) -> dict[str, int | None]:
    return {task["title"]: task["parent_id"] for task in shelf.tasks.values()}


def done(shelf: Shelf) -> list[str]:
    return [task["title"] for task in shelf.tasks.values() if task["completed"]]


@pytest.mark.parametrize(
    ("said", "title", "parent"),
    [
        (("add bread under groceries",), "Bread", 1),
        (("add a subtask bread to groceries",), "Bread", 1),
        (("add subtask bread to task 4",), "Bread", 4),
        (("add subtask bread to call", "the first one"), "Bread", 5),
        (("show task 4", "add a subtask find her number to it"), "Find her number", 4),
        (("add sleep under the stars",), "Sleep under the stars", None),
        (("move call Ana under groceries",), "Call Ana", 1),
        (("make task 4 a subtask of task 1",), "Call Ana", 1),
        (("move eggs out of groceries",), "Eggs", None),
        (("make eggs a task of its own",), "Eggs", None),
        (("move call under groceries", "the second one"), "Call Ana", 1),
        (("move eggs under call", "the second one"), "Eggs", 4),
        (("move eggs under call", "no"), "Eggs", 1),
        (("move eggs under the moon",), "Eggs", 1),
    ],
)
def test_it_goes_below_what_was_meant(
    talk: Talk, shelf: Shelf, said: tuple[str, ...], title: str, parent: int | None
) -> None:
    for sentence in said:
        talk.say(sentence)
    assert parents(shelf)[title] == parent
    before = {"Groceries": None, "Eggs": 1, "Milk": 1, "Call Ana": None, "Call the bank": None}
    assert parents(shelf) == before | {title: parent}


def test_several_are_added_at_once(talk: Talk, shelf: Shelf) -> None:
    talk.say("add subtasks bread, butter and jam to groceries")
    assert [title for title, parent in parents(shelf).items() if parent == 1][2:] == ["Bread", "Butter", "Jam"]


def test_no_parent_is_made_up(talk: Talk, shelf: Shelf) -> None:
    before = dict(shelf.tasks)
    assert "couldn't find a task called “moon”" in talk.say("add a subtask flag to the moon")
    assert shelf.tasks == before


@pytest.mark.parametrize(
    ("answer", "completed"),
    [
        ("yes", ["Groceries", "Eggs", "Milk"]),
        ("only the task", ["Groceries"]),
        ("leave them open", ["Groceries"]),
        ("no", []),
        ("undo that", []),
    ],
)
@pytest.mark.parametrize("said", ["complete groceries", "mark task 1 as done"])
def test_completing_a_task_asks_about_open_subtasks(
    talk: Talk, shelf: Shelf, said: str, answer: str, completed: list[str]
) -> None:
    assert talk.say(said) == QUESTION
    assert done(shelf) == []
    talk.say(answer)
    assert done(shelf) == completed


@pytest.mark.parametrize(
    ("said", "completed"),
    [
        ("complete groceries and its subtasks", ["Groceries", "Eggs", "Milk"]),
        ("complete groceries without its subtasks", ["Groceries"]),
        ("complete 1, 2 and 3", ["Groceries", "Eggs", "Milk"]),
        ("complete eggs and milk", ["Eggs", "Milk"]),
        ("complete 4 and 99", ["Call Ana"]),
    ],
)
def test_who_has_said_so_is_not_asked(talk: Talk, shelf: Shelf, said: str, completed: list[str]) -> None:
    assert not talk.say(said).endswith("?")
    assert done(shelf) == completed


def test_what_can_be_completed_is_and_the_rest_is_asked_about(talk: Talk, shelf: Shelf) -> None:
    answer = talk.say("complete 1 and 4")
    assert answer.startswith("Completed **Call Ana** (#4).")
    assert answer.endswith("Shall I complete all of it?")
    talk.say("yes")
    assert done(shelf) == ["Groceries", "Eggs", "Milk", "Call Ana"]


@pytest.mark.parametrize(
    ("answer", "completed"),
    [("yes", {*range(6, 36), 36}), ("only the tasks", {*range(6, 36)}), ("no", set())],
)
def test_of_a_whole_group_open_subtasks_are_asked_about_once(
    talk: Talk, shelf: Shelf, answer: str, completed: set[int]
) -> None:
    errands = [shelf.put(f"Errand {number}", tags=["errand"]) for number in range(30)]
    shelf.put("Find the key", parent_id=errands[0])
    assert "That would complete 30 tasks:" in talk.say("complete all tasks tagged errand")
    assert talk.say("yes") == (
        "1 of these tasks has open subtasks:\n"
        "- **Errand 0** (#6, 0/1 subtasks done, #errand)\n"
        "\n"
        "Nothing is completed yet. Say “only the tasks” to leave them open. Shall I complete all of it?"
    )
    assert done(shelf) == []
    talk.say(answer)
    assert {task["id"] for task in shelf.tasks.values() if task["completed"]} == completed


def test_subtasks_are_shown_with_progress(talk: Talk) -> None:
    talk.say("complete eggs")
    assert talk.say("show the subtasks of groceries") == (
        "The subtasks of **Groceries** (#1), 1 of 2 done:\n"
        "- **Eggs** (#2, done, part of Groceries)\n"
        "- **Milk** (#3, part of Groceries)"
    )
    assert "- **Groceries** (#1, 1/2 subtasks done)" in talk.say("show my tasks")
    assert "has no subtasks" in talk.say("subtasks of call Ana")
