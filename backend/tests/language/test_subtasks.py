"""What is said about subtasks."""

import datetime as dt

import pytest

from todo_backend.language.commands import understand
from todo_backend.language.intents import (
    AddSubtasks,
    AddTasks,
    ById,
    ByPhrase,
    CompleteTasks,
    Intent,
    ListSubtasks,
    MoveTasks,
    No,
    TaskDraft,
    TaskRef,
)
from todo_backend.language.subtasks import leaves_open, split_parent

NOW = dt.datetime(2026, 11, 25, 10, 0, tzinfo=dt.UTC)
GROCERIES, EGGS = ByPhrase("groceries"), ByPhrase("eggs")


def adding(*titles: str, below: TaskRef = GROCERIES) -> AddSubtasks:
    return AddSubtasks(tuple(map(TaskDraft, titles)), below)


SAID: dict[Intent, tuple[str, ...]] = {
    adding("Eggs"): (
        "add a subtask eggs to groceries",
        "add subtask eggs to groceries",
        "add subtask: eggs under groceries",
        "create a new sub-task called eggs for groceries",
        "add eggs as a subtask of groceries",
        "add eggs as subtask to the groceries task",
        "please add the subtask eggs to my groceries task",
        "give groceries a subtask eggs",
        "add to groceries the subtask eggs",
    ),
    adding("Milk", "Eggs"): (
        "add subtasks milk and eggs to groceries",
        "add the subtasks: milk, eggs to groceries",
    ),
    adding("Eggs", below=ById(5)): ("add a subtask eggs to task 5", "add subtask eggs under #5"),
    adding("Reply to Bob", below=ByPhrase("mails")): ("add subtask reply to Bob to mails",),
    MoveTasks((EGGS,), GROCERIES): (
        "move eggs under groceries",
        "make eggs a subtask of groceries",
        "turn eggs into a subtask of groceries",
        "move eggs to the subtasks of groceries",
    ),
    MoveTasks((ById(2), ById(3)), ById(1)): ("move tasks 2 and 3 under task 1", "make 2 and 3 subtasks of 1"),
    MoveTasks((EGGS,), None): (
        "move eggs out of groceries",
        "make eggs a task of its own",
        "move eggs to the top level",
        "make eggs a normal task again",
    ),
    ListSubtasks(GROCERIES): (
        "show the subtasks of groceries",
        "what are the subtasks of groceries?",
        "subtasks of groceries",
        "list all open subtasks for groceries",
        "what's under groceries?",
    ),
    CompleteTasks((GROCERIES,), "complete"): (
        "complete groceries and its subtasks",
        "complete groceries with all its subtasks",
        "mark groceries and all its subtasks as done",
    ),
    CompleteTasks((GROCERIES,), "leave"): (
        "complete groceries without its subtasks",
        "complete groceries, but leave its subtasks open",
    ),
}


@pytest.mark.parametrize(("intent", "said"), [(intent, said) for intent, lines in SAID.items() for said in lines])
def test_it_is_understood(intent: Intent, said: str) -> None:
    assert understand(said, NOW) == intent


@pytest.mark.parametrize(
    ("said", "draft"),
    [
        ("add eggs under groceries", TaskDraft("Eggs")),
        ("add eggs under groceries tomorrow #food", TaskDraft("Eggs", due_date=dt.date(2026, 11, 26), tags=("food",))),
        ("add eggs tomorrow under groceries", TaskDraft("Eggs", due_date=dt.date(2026, 11, 26))),
    ],
)
def test_what_only_may_name_a_parent_says_what_else_it_means(said: str, draft: TaskDraft) -> None:
    intent = understand(said, NOW)
    assert isinstance(intent, AddSubtasks)
    assert (intent.drafts, intent.parent) == ((draft,), GROCERIES)
    assert intent.otherwise is not None
    assert intent.otherwise.drafts[0].title == "Eggs under groceries"


@pytest.mark.parametrize("said", ["add read about subtasks", "remind me to look under the bed", "add plan subtasks"])
def test_other_tasks_stay_as_they_are(said: str) -> None:
    assert isinstance(understand(said, NOW), AddTasks)


@pytest.mark.parametrize(
    ("said", "leaves"),
    [
        ("only the task", True),
        ("just the parent", True),
        ("Leave them open.", True),
        ("no, only the task itself", True),
        ("leave the subtasks open", True),
        ("no", False),
        ("yes", False),
        ("leave them", False),
        ("only eggs", False),
    ],
)
def test_an_answer_may_leave_subtasks_open(said: str, leaves: bool) -> None:
    assert leaves_open(said) is leaves
    assert said != "leave them" or understand(said, NOW) == No()


@pytest.mark.parametrize(
    ("title", "parts"),
    [
        ("Eggs under groceries", ("Eggs", "groceries")),
        ("Look under the bed under Home", ("Look under the bed", "Home")),
        ("Eggs", None),
        ("Under groceries", None),
        ("“Eggs under groceries”", None),
    ],
)
def test_a_title_is_split_at_the_parent(title: str, parts: tuple[str, str] | None) -> None:
    assert split_parent(title) == parts
