"""What is said about deleted tasks."""

import datetime as dt

import pytest

from todo_backend.language.commands import understand
from todo_backend.language.intents import (
    AddTasks,
    ById,
    ByPhrase,
    Intent,
    ListTrash,
    Mentioned,
    Ordinal,
    RestoreTasks,
)

NOW = dt.datetime(2026, 11, 25, 10, 0, tzinfo=dt.UTC)
EVERYTHING = RestoreTasks((), everything=True)

SAID: dict[Intent, tuple[str, ...]] = {
    ListTrash(): (
        "show the trash",
        "Open my trash, please",
        "trash",
        "what's in the trash?",
        "is there anything in the trash?",
        "show me the recycle bin",
        "what did I delete?",
        "what have I deleted recently?",
        "which tasks did I delete?",
        "what was deleted?",
        "show my deleted tasks",
        "list all recently deleted tasks",
        "deleted tasks",
        "show me what I deleted",
    ),
    EVERYTHING: (
        "restore everything",
        "restore all",
        "restore all deleted tasks",
        "bring everything back",
        "bring back all my tasks",
        "undelete everything",
        "recover everything I deleted",
        "restore the trash",
        "restore everything from the trash",
        "get all of it back",
    ),
    RestoreTasks((ByPhrase("milk"),)): (
        "restore milk",
        "bring the milk task back",
        "bring back milk please",
        "undelete milk",
        "restore milk from the trash",
        "get milk back from the trash",
    ),
    RestoreTasks((ById(3), ById(5))): ("restore 3 and 5", "restore tasks 3 and 5 from the trash"),
    RestoreTasks((Mentioned(),)): ("restore it", "bring it back", "restore the last deleted task"),
    RestoreTasks((Mentioned(many=True),)): ("restore them", "bring them back"),
    RestoreTasks((Ordinal(1),)): ("restore the first one",),
}


@pytest.mark.parametrize(("intent", "said"), [(intent, said) for intent, lines in SAID.items() for said in lines])
def test_it_is_understood(intent: Intent, said: str) -> None:
    assert understand(said, NOW) == intent


@pytest.mark.parametrize("said", ["take out the trash", "add empty the trash", "remind me to show the trash to Bob"])
def test_the_bin_in_the_kitchen_is_a_task(said: str) -> None:
    assert isinstance(understand(said, NOW), AddTasks)
