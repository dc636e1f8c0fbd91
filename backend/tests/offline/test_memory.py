"""What earlier turns did, showed and asked is read from their tool calls and results, never from words."""

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from todo_backend.assistant.offline.dialogue import respond
from todo_backend.assistant.offline.transcript import read_transcript
from todo_backend.language.reader import Reader

from .conftest import NOW, TOOLS, Chat, Shelf, Talk

_MESSAGES = (
    "show my tasks",
    "show my completed tasks",
    "how many tasks do I have?",
    "what tags do I have?",
    "show task 2",
    "show the second one",
    "complete the first two",
    "delete it",
    "delete them",
    "delete the meeting task",
    "delete dentst appointment",
    "delete the meeting task and add eggs",
    "complete the meeting task",
    "mark task 1 as done",
    "reopen task 3",
    "move it to friday",
    "tag all tasks with work",
    "move all overdue tasks to tomorrow",
    "delete all completed tasks",
    "complete everything",
    "restore it",
    "undo",
    "undo that",
    "undo, undo",
    "redo",
    "what did you change?",
    "buy milk",
    "add a task",
    "add tasks: eggs and bread",
    "yes",
    "no",
    "2",
    "the second one",
    "the fifth one",
    "bob",
    "both",
    "thanks",
)
_WORDS = st.one_of(
    st.text(max_size=30),
    st.sampled_from(
        (
            "",
            "Shall I go ahead?",
            "Here is 1 task:\n- **Meeting with Bob** (#1)\n\nWhich one do you mean?",
            "Deleted **Meeting with Bob** (#1).",
            "Added **Dentist appointment** (#3).",
            "That would delete 1 task:\n- **Dentist appointment** (#3)\nShall I go ahead?",
            "What should I add?",
        )
    ),
)


def filled() -> Shelf:
    shelf = Shelf()
    shelf.put("Meeting with Bob", due_date="2026-11-20")
    shelf.put("Meeting with Alice", tags=["office"])
    shelf.put("Dentist appointment", completed=True, completed_at="2026-11-24T09:00:00+00:00")
    shelf.put("Water plants", priority="high")
    return shelf


@given(st.lists(st.tuples(st.sampled_from(_MESSAGES), _WORDS), max_size=8))
@settings(max_examples=20)
def test_other_words_of_the_assistant_change_no_decision(turns: list[tuple[str, str]]) -> None:
    words = iter([retold for _, retold in turns])
    faithful, retold = Talk(filled()), Talk(filled(), lambda _: next(words))
    for message, _ in turns:
        assert retold.say(message) == faithful.say(message)
    assert retold.shelf.calls == faithful.shelf.calls


@pytest.mark.parametrize("words", ["", "No.", "Deleted **Meeting with Bob** (#1).", "What should I add?"])
async def test_consent_counts_whatever_the_question_is_called(shelf: Shelf, words: str) -> None:
    chat = Chat(shelf, streamed=False, retell=lambda _: words)
    shelf.put("Keep")
    shelf.put("Drop", completed=True)
    await chat.say("delete all completed tasks")
    assert await chat.say("yes") == "Deleted **Drop** (#2)."
    assert await chat.say("undo") == "Restored **Drop** (#2)."


@pytest.mark.parametrize("left", [(), ("That would dele", "(The person stopped this answer.)")])
def test_a_question_that_was_cut_was_not_asked(left: tuple[str, ...]) -> None:
    talk = Talk(filled())
    talk.say("delete all completed tasks")
    talk.items[-1:] = [{"role": "assistant", "content": words} for words in left]
    talk.say("yes")
    assert len(talk.shelf.tasks) == 4


def test_what_a_cut_turn_did_can_be_taken_back_and_is_it() -> None:
    talk = Talk(filled())
    talk.items.append({"role": "user", "content": "delete 1 and 2"})
    talk.use("delete_task", {"task_id": 1})
    assert talk.say("undo") == "Restored **Meeting with Bob** (#1), due Fri 20 Nov."
    assert talk.say("complete it") == "Completed **Meeting with Bob** (#1)."


def test_what_another_model_did_is_remembered_but_not_what_it_may_have_shown() -> None:
    talk = Talk(filled())
    talk.items.append({"role": "user", "content": "delete everything"})
    talk.use("list_tasks", {})
    talk.use("complete_task", {"task_id": 4})
    talk.items.append({"role": "assistant", "content": "I completed one of your four tasks."})
    talk.say("delete them")
    assert list(talk.shelf.deleted) == [4]
    assert talk.say("undo") == "Restored **Water plants** (#4), high priority."


def test_undo_leaves_what_was_completed_before() -> None:
    talk = Talk(filled())
    talk.say("complete task 4")
    assert talk.say("mark task 3 as done") == "**Dentist appointment** (#3) was already completed."
    assert talk.say("undo") == "Reopened **Water plants** (#4)."
    assert talk.shelf.tasks[3]["completed"]


def test_undo_steps_back_and_redo_forward() -> None:
    talk = Talk(filled())
    talk.say("add a task to fly")
    talk.say("rename task 4 to Water the roses")
    assert talk.say("undo") == "Changed **Water plants** (#4) back, high priority."
    assert talk.say("undo") == "Deleted **Fly** (#5)."
    assert talk.say("undo") == "There is no change to undo."
    assert talk.say("redo") == "Restored **Fly** (#5)."
    assert talk.say("redo twice") == (
        "Changed **Water the roses** (#4) again, high priority.\n\nThere is nothing to redo."
    )
    assert talk.say("undo, undo").endswith("Deleted **Fly** (#5).")


@pytest.mark.parametrize("question", ["delete all my tasks", "delete the meeting task", "buy milk", "add a task"])
def test_undo_at_an_open_question_never_meets_another_task(question: str) -> None:
    talk = Talk(filled())
    talk.say("add a task to fly")
    before = dict(talk.shelf.tasks)
    talk.say(question)
    assert talk.say("undo that") == "Okay, I left everything as it is."
    assert talk.shelf.tasks == before
    talk.say(question)
    assert talk.say("undo") == "Deleted **Fly** (#5)."


def test_consent_on_the_next_day_is_to_what_was_shown() -> None:
    talk = Talk(filled())
    talk.shelf.put("Today", due_date="2026-11-25")
    talk.say("delete all tasks due today")
    talk.shelf.put("Tomorrow", due_date="2026-11-26")
    assert talk.say("yes", NOW + dt.timedelta(days=1)) == "Deleted **Today** (#5)."


def test_a_place_that_is_not_there_leaves_the_command_open() -> None:
    talk = Talk(filled())
    talk.say("delete the meeting task")
    assert talk.say("the fifth one").endswith("\n\nWhich one do you mean?")
    assert talk.say("2") == "Deleted **Meeting with Alice** (#2)."


@pytest.mark.parametrize(
    ("message", "question"),
    [
        (
            "delete all completed tasks",
            "That would delete 1 task:\n- **Dentist appointment** (#3, done) → deleted\n\nShall I go ahead?",
        ),
        (
            "complete all overdue tasks",
            "That would complete 1 task:\n"
            "- **Meeting with Bob** (#1, overdue since Fri 20 Nov) → completed\n\n"
            "Shall I go ahead?",
        ),
        (
            "reopen all completed tasks",
            "That would reopen 1 task:\n- **Dentist appointment** (#3, done) → open again\n\nShall I go ahead?",
        ),
        (
            "move all overdue tasks to friday at 3pm",
            "That would change 1 task:\n"
            "- **Meeting with Bob** (#1, overdue since Fri 20 Nov) → due Fri 27 Nov at 15:00\n\n"
            "Shall I go ahead?",
        ),
        (
            "tag all pending tasks with work",
            "That would change 3 tasks:\n"
            "- **Water plants** (#4, high) → tagged #work\n"
            "- **Meeting with Alice** (#2, #office) → tagged #office #work\n"
            "- **Meeting with Bob** (#1, overdue since Fri 20 Nov) → tagged #work\n\n"
            "Shall I go ahead?",
        ),
        (
            "make all overdue tasks low priority",
            "That would change 1 task:\n"
            "- **Meeting with Bob** (#1, overdue since Fri 20 Nov) → low priority\n\n"
            "Shall I go ahead?",
        ),
        (
            "remove the due date of all overdue tasks",
            "That would change 1 task:\n"
            "- **Meeting with Bob** (#1, overdue since Fri 20 Nov) → no due date\n\n"
            "Shall I go ahead?",
        ),
        (
            "delete the meeting task",
            "I found 2 tasks for “meeting”:\n"
            "- **Meeting with Alice** (#2, #office)\n"
            "- **Meeting with Bob** (#1, overdue since Fri 20 Nov)\n\n"
            "Which one do you mean?",
        ),
        (
            "buy milk and call mom",
            "Those sound like tasks:\n- **Buy milk**\n- **Call mom**\n\nShall I add them?",
        ),
        ("buy milk", "That sounds like a task: **Buy milk**.\n\nShall I add it?"),
    ],
)
def test_a_question_says_what_would_become_of_each_task(message: str, question: str) -> None:
    assert Talk(filled()).say(message) == question


@pytest.mark.parametrize(("locale", "day"), [("", "2027-04-03"), ("en-US", "2027-03-04"), ("en-GB", "2027-04-03")])
def test_numeric_dates_are_in_the_order_of_the_readers_locale(locale: str, day: str) -> None:
    said = read_transcript([{"role": "user", "content": "add a task to pay rent 3/4"}])
    calls = respond(said, Reader(NOW, locale), frozenset(TOOLS))
    assert [call.arguments["due_date"] for call in calls] == [day]


@pytest.mark.parametrize(
    "offer",
    [
        "when is my dentist appontment?",  # there is a "Dentist appointment"
        "when is my math exam?",
        "delete the meeting task",
        "delete all completed tasks",
        "show task 99",
        "delete the unicorn task",
        "how many overdue tasks do I have?",
        "what's due tomorrow?",
        "complete 99",
        "buy milk",
    ],
)
@pytest.mark.parametrize("command", ["delete it", "complete that", "reopen it", "delete them", "show it"])
def test_it_is_no_task_that_was_only_offered_or_not_found(offer: str, command: str) -> None:
    talk = Talk(filled())
    talk.say("complete task 4")
    talk.say(offer)
    before = repr(talk.shelf.tasks)
    assert talk.say(command).endswith("Which one do you mean?")
    assert repr(talk.shelf.tasks) == before


def test_it_is_a_task_that_was_offered_and_then_confirmed() -> None:
    talk = Talk(filled())
    talk.say("when is my dentist appontment?")
    talk.say("yes")
    assert talk.say("move it to friday") == "Updated **Dentist appointment** (#3), due Fri 27 Nov."


@pytest.mark.parametrize(
    ("command", "addition", "again", "done"),
    [
        (
            "buy milk",
            "and make it high priority",
            "That sounds like a task: **Buy milk**, high priority.\n\nShall I add it?",
            "Added **Buy milk** (#5), high priority.",
        ),
        (
            "buy milk and call mom",
            "for friday at 5pm #home",
            "Those sound like tasks:\n- **Buy milk**, due Fri 27 Nov at 17:00, tagged #home\n"
            "- **Call mom**, due Fri 27 Nov at 17:00, tagged #home\n\nShall I add them?",
            "Added 2 tasks:\n- **Buy milk** (#5), due Fri 27 Nov at 17:00, tagged #home\n"
            "- **Call mom** (#6), due Fri 27 Nov at 17:00, tagged #home",
        ),
        (
            "move all overdue tasks to friday",
            "also tag them with late",
            "That would change 1 task:\n- **Meeting with Bob** (#1, overdue since Fri 20 Nov)"
            " → due Fri 27 Nov, tagged #late\n\nShall I go ahead?",
            "Updated **Meeting with Bob** (#1), due Fri 27 Nov, tagged #late.",
        ),
    ],
)
def test_what_is_added_at_an_open_question_is_kept(command: str, addition: str, again: str, done: str) -> None:
    talk = Talk(filled())
    talk.say(command)
    assert talk.say(addition) == again
    assert talk.say("yes") == done


@pytest.mark.parametrize(
    ("question", "answer", "done"),
    [
        ("buy milk", "yes, for tomorrow", "Added **Buy milk** (#5), due tomorrow (Thu 26 Nov)."),
        ("buy milk", "sure, and make it high priority", "Added **Buy milk** (#5), high priority."),
        ("make all overdue tasks low priority", "yes, but move them to friday at 9",
         "Updated **Meeting with Bob** (#1), due Fri 27 Nov at 09:00, low priority."),
    ],
)  # fmt: skip
def test_consent_may_say_more(question: str, answer: str, done: str) -> None:
    talk = Talk(filled())
    talk.say(question)
    assert talk.say(answer) == done


@pytest.mark.parametrize(
    "sentences",
    [
        ("Füge Milch kaufen morgen hinzu", "Zeige meine Aufgaben", "Milch kaufen ist erledigt", "Lösche Milch kaufen",
         "Rückgängig", "Lösche alle Aufgaben", "Ja"),
        ("کل Milch kaufen شامل کریں", "میرے کام دکھائیں", "Milch kaufen مکمل کریں", "Milch kaufen حذف کریں", "واپس لیں",
         "تمام کام حذف کریں", "جی ہاں"),
    ],
)  # fmt: skip
def test_the_built_in_assistant_obeys_in_german_and_urdu(sentences: tuple[str, ...]) -> None:
    talk = Talk(Shelf())
    answers = [talk.say(sentence) for sentence in sentences]
    assert answers == [
        "Added **Milch kaufen** (#1), due tomorrow (Thu 26 Nov).",
        "Here is 1 task:\n- **Milch kaufen** (#1, due tomorrow)",
        "Completed **Milch kaufen** (#1).",
        "Deleted **Milch kaufen** (#1).",
        "Restored **Milch kaufen** (#1), due tomorrow (Thu 26 Nov).",
        "That would delete 1 task:\n- **Milch kaufen** (#1, done) → deleted\n\nShall I go ahead?",
        "Deleted **Milch kaufen** (#1).",
    ]
