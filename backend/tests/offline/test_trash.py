"""Talking about deleted tasks: what comes back is what was meant, and everything is asked about."""

import pytest

from .conftest import Shelf, Talk

TITLES = ("Buy milk", "Buy oat milk", "Call Ana", "Write report")


@pytest.fixture
def talk(shelf: Shelf) -> Talk:
    for title in TITLES:
        shelf.put(title)
    talk = Talk(shelf)
    for number in (1, 2, 3):
        shelf.call("delete_task", {"task_id": number})
    return talk


@pytest.mark.parametrize(
    ("said", "back"),
    [
        (("restore call Ana",), {"Call Ana"}),
        (("restore ana",), {"Call Ana"}),
        (("restore buy milk",), {"Buy milk"}),  # its whole title, though another has the words, too
        (("restore milk", "the second one"), {"Buy milk"}),
        (("restore milk", "2"), {"Buy oat milk"}),
        (("restore milk", "no"), set()),
        (("restore buy milk and call Ana",), {"Buy milk", "Call Ana"}),
        (("restore 1 and 3",), {"Buy milk", "Call Ana"}),
        (("restore everything", "yes"), {"Buy milk", "Buy oat milk", "Call Ana"}),
        (("restore everything", "no"), set()),
        (("show the trash", "restore the first one"), {"Call Ana"}),
        (("show the trash", "restore them"), {"Buy milk", "Buy oat milk", "Call Ana"}),
        (("delete the report", "what did I delete?", "restore the report"), {"Write report"}),
        (("delete the report", "restore it"), {"Write report"}),
        (("restore the dentist",), set()),
        (("restore it",), set()),
    ],
)
def test_what_was_meant_comes_back(talk: Talk, shelf: Shelf, said: tuple[str, ...], back: set[str]) -> None:
    for sentence in said:
        talk.say(sentence)
    assert set(shelf.titles()) - {"Write report"} == back - {"Write report"}
    assert "Write report" in shelf.titles()


def test_the_trash_is_shown_with_what_to_say(talk: Talk, shelf: Shelf) -> None:
    assert talk.say("show the trash") == (
        "There are 3 deleted tasks:\n"
        "- **Call Ana** (#3, deleted today (Wed 25 Nov) at 10:00)\n"
        "- **Buy oat milk** (#2, deleted today (Wed 25 Nov) at 10:00)\n"
        "- **Buy milk** (#1, deleted today (Wed 25 Nov) at 10:00)\n"
        "\n"
        "Say “restore” and a number or a title, or “restore everything”. Each stays for 30 days."
    )
    assert talk.say("restore everything").splitlines()[-1] == "Shall I go ahead?"
    assert talk.say("yes").startswith("Restored 3 tasks")
    assert talk.say("what did I delete?") == "There are no deleted tasks. What is deleted stays here for 30 days."
    talk.say("undo")
    assert shelf.titles() == ["Write report"]


def test_one_task_is_not_asked_about(shelf: Shelf) -> None:
    shelf.put("Buy milk")
    talk = Talk(shelf)
    talk.say("delete task 1")
    assert talk.say("restore everything") == "Restored **Buy milk** (#1)."


def test_a_task_that_is_not_deleted_is_not_restored(talk: Talk, shelf: Shelf) -> None:
    assert talk.say("restore the report").startswith("I couldn't find a deleted task called “report”.")
