"""A group of tasks that was agreed to is changed by one call: all of it, or nothing."""

from typing import Any

import pytest

from .conftest import Shelf, Talk


@pytest.fixture
def talk(shelf: Shelf) -> Talk:
    for title in ("Bread", "Milk", "Soap"):
        shelf.put(title, tags=["shop"])
    shelf.put("Old bill", completed=True)
    shelf.put("Old letter", completed=True)
    return Talk(shelf)


@pytest.mark.parametrize(
    ("said", "call", "answer"),
    [
        ("complete all tasks tagged shop", ("complete_tasks", {"task_ids": [3, 2, 1]}), "Completed 3 tasks:"),
        ("delete all tasks tagged shop", ("delete_tasks", {"task_ids": [3, 2, 1]}), "Deleted 3 tasks:"),
        (
            "reopen all completed tasks",
            ("update_tasks", {"task_ids": [5, 4], "changes": {"completed": False}}),
            "Reopened 2 tasks:",
        ),
        (
            "tag all shop tasks with home",
            ("update_tasks", {"task_ids": [3, 2, 1], "changes": {"add_tags": ["home"]}}),
            "Updated 3 tasks:",
        ),
    ],
)
def test_it_is_one_call(talk: Talk, shelf: Shelf, said: str, call: tuple[str, dict[str, Any]], answer: str) -> None:
    assert talk.say(said).endswith("Shall I go ahead?")
    shelf.calls.clear()
    late = shelf.put("Late", tags=["shop"])
    assert talk.say("yes").startswith(answer)
    assert shelf.calls == [call]
    assert (shelf.tasks[late]["completed"], shelf.tasks[late]["tags"]) == (False, ["shop"])
    talk.say("undo")
    assert [task["completed"] for task in shelf.tasks.values()].count(True) == 2


@pytest.mark.parametrize(
    ("said", "left"),
    [
        ("delete all tasks tagged shop except milk", {2, 4, 5}),
        ("delete everything but tasks 1 and 4", {1, 4}),
        ("delete all tasks tagged shop or done", set()),
    ],
)
def test_what_is_excepted_stays_and_what_is_joined_goes_along(
    talk: Talk, shelf: Shelf, said: str, left: set[int]
) -> None:
    assert talk.say(said).endswith("Shall I go ahead?")
    talk.say("yes")
    assert set(shelf.tasks) == left


def test_many_tasks_of_several_kinds_are_not_changed_at_once(shelf: Shelf) -> None:
    for number in range(30):
        shelf.put(f"Errand {number}", tags=["errand"])
    talk = Talk(shelf)
    assert "name one kind after the other" in talk.say("delete all tasks tagged errand or done")
    assert "name one kind after the other" in talk.say("delete all tasks except task 3")
    assert len(shelf.tasks) == 30


def test_where_one_is_gone_nothing_is_done(talk: Talk, shelf: Shelf) -> None:
    talk.say("complete all tasks tagged shop")
    shelf.call("delete_task", {"task_id": 2})
    assert "not there any more, so nothing was changed" in talk.say("yes")
    assert not any(shelf.tasks[number]["completed"] for number in (1, 3))


@pytest.mark.parametrize(("answer", "completed"), [("yes", {1, 2, 3, 6}), ("only the tasks", {1, 2, 3}), ("no", set())])
def test_open_subtasks_of_a_small_group_are_asked_about_once(
    talk: Talk, shelf: Shelf, answer: str, completed: set[int]
) -> None:
    shelf.put("Find a shop", parent_id=2)
    talk.say("complete all tasks tagged shop")
    assert talk.say("yes").startswith("1 of these tasks has open subtasks:\n- **Milk** (#2, 0/1 subtasks done, #shop)")
    talk.say(answer)
    assert {task["id"] for task in shelf.tasks.values() if task["completed"]} == completed | {4, 5}


def test_open_subtasks_are_found_among_however_many(shelf: Shelf) -> None:
    oldest = shelf.put("Oldest", tags=["errand"])
    for number in range(1_050):
        shelf.put(f"Errand {number}", tags=["errand"])
    shelf.put("Find the key", parent_id=oldest)
    talk = Talk(shelf)
    talk.say("complete all tasks tagged errand")
    assert talk.say("yes").startswith("1 of these tasks has open subtasks:\n- **Oldest** (#1")
    talk.say("only the tasks")
    assert [task["title"] for task in shelf.tasks.values() if not task["completed"]] == ["Find the key"]
