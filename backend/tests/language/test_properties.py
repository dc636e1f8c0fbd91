"""What holds for any text."""

import datetime as dt
import re
import time
from collections.abc import Callable
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from todo_backend.language.commands import understand
from todo_backend.language.drafts import parse_quick_add
from todo_backend.language.fields import MAX_TITLE
from todo_backend.language.intents import AddTasks, TaskDraft

from .conftest import NOW

# Texts of the words that rules look for reach deeper than texts of any letters.
_WORDS = re.split(
    " ",
    "add a task to buy milk and mark 3 as done not delete the last one all completed tasks show my what's due tomorrow "
    "friday at 5pm 5 17:00 in 3 days by end of month high priority p1 #home tagged with urgent rename move it to 'x' "
    '"quoted text" remind me about don\'t forget , . ? ! : - next week 24/12 2027-01-02 29 feb yes undo \n every '
    "between from after before until within past 9999-12-31 0001-01-01 monday bought paid did i first two list "
    "or overdue urgent today top bottom below as without date except both no wait i meant instead if put",
)
sentences = st.one_of(
    st.lists(st.sampled_from(_WORDS), max_size=40).map(" ".join),
    st.text(max_size=300),
    st.text(st.sampled_from("ab1#'\"! \n,"), max_size=300),
)
_FIRST, _LAST = (dt.datetime.fromisoformat(day) for day in ("2000-01-01", "2099-01-01"))
moments = st.datetimes(_FIRST, _LAST).flatmap(
    lambda naive: st.sampled_from(
        ("UTC", "Asia/Karachi", "America/St_Johns", "Europe/Berlin", "Pacific/Kiritimati")
    ).map(lambda zone: naive.replace(tzinfo=dt.UTC).astimezone(ZoneInfo(zone)))
)


@given(sentences, moments)
@settings(max_examples=100)
def test_any_text_is_understood_the_same_way_each_time(text: str, now: dt.datetime) -> None:
    intent = understand(text, now)
    assert intent == understand(text, now)
    drafts = intent.drafts if isinstance(intent, AddTasks) else ()
    for draft in drafts:
        assert 0 < len(draft.title.strip()) <= MAX_TITLE
        assert "\n" not in draft.title
        assert draft.due_time is None or draft.due_date is not None


@given(sentences, moments)
@settings(max_examples=75)
def test_any_line_makes_a_task_or_is_refused(text: str, now: dt.datetime) -> None:
    try:
        draft = parse_quick_add(text, now)
    except ValueError:
        return
    assert 0 < len(draft.title.strip()) <= MAX_TITLE


_FUTURE = (
    "tonight",
    "tonight at 12",
    "tonight at 1am",
    "tomorrow",
    "tomorrow morning",
    "tomorrow at 9",
    "day after tomorrow",
    "in 3 days",
    "in an hour",
    "in 30 minutes",
    "next week",
    "next month",
    "friday",
    "on friday at 5pm",
    "this sunday at 9am",
    "next friday",
    "this weekend",
    "end of month",
    "3 march",
    "feb 29",
    "24/12",
    "on the 15th",
    "at 5pm",
    "at 9",
    "at 05:30",
    "noon",
    "midnight",
    "in the morning",
    "this evening",
    "by monday",
    "every monday",
    "every morning",
    "daily at 9",
    "on the 5th of every month",
    "due in two weeks",
)


@given(st.sampled_from(_FUTURE), moments)
@settings(max_examples=200)
def test_a_phrase_about_the_future_is_never_in_the_past(phrase: str, now: dt.datetime) -> None:
    draft = parse_quick_add(f"water plants {phrase}", now)
    assert draft.title == "Water plants"
    assert draft.due_date is not None
    due = dt.datetime.combine(draft.due_date, draft.due_time or dt.time(23, 59), now.tzinfo)
    assert due.astimezone(dt.UTC) >= now.astimezone(dt.UTC).replace(second=0, microsecond=0)


drafts = st.builds(
    TaskDraft,
    title=st.from_regex(r"[A-Z][a-z]{1,9}( [a-z]{1,9}){0,6}", fullmatch=True),
    due_date=st.none() | st.dates(dt.date(2000, 1, 1), dt.date(2098, 12, 31)),
    priority=st.sampled_from(("none", "low", "medium", "high")),
    tags=st.lists(st.from_regex(r"[a-z][a-z0-9]{0,9}", fullmatch=True), max_size=4, unique=True).map(tuple),
)
times = st.none() | st.times().map(lambda at: at.replace(second=0, microsecond=0))


@given(drafts, times, st.booleans())
@settings(max_examples=75)
def test_a_task_written_as_a_line_is_read_as_the_same_task(draft: TaskDraft, at: dt.time | None, first: bool) -> None:
    if draft.due_date is not None and at is not None:
        draft = TaskDraft(draft.title, None, draft.due_date, at, draft.priority, draft.tags)
    parts = [f"#{tag}" for tag in draft.tags]
    if draft.priority != "none":
        parts.append(f"!{draft.priority}")
    if draft.due_date is not None:
        parts.append(draft.due_date.isoformat() + (f" {draft.due_time:%H:%M}" if draft.due_time else ""))
    title = f"'{draft.title}'"
    line = " ".join([title, *parts] if first else [*parts, title])
    assert parse_quick_add(line, dt.datetime(1999, 12, 31, tzinfo=dt.UTC)) == draft


_PATTERNS = (
    "every ",
    "every 2 ",
    "every monday and ",
    "on the 1st and ",
    "repeat task 3 every ",
    "skip the next ",
    "a ",
    "1 ",
    "1, ",
    "'a ",
    "'",
    "\n",
    ", ",
    "- a\n",
    "a",
    "1",
    "add a task ",
    "add x and add y ",
    "move a to ",
    "mark x as done and ",
    "buy milk and ",
    "buy a, ",
    "due by ",
    "it's ",
    "tomorrow ",
    "friday ",
    "in 3 days ",
    "#a ",
    "tagged a and ",
    "12/12 ",
    "12:30 ",
    "1-",
    "high priority ",
    "with description ",
    "remind me a to ",
    "could you please ",
    "have not i ",
    "postpone a by ",
    "show all ",
    "my list ",
    "is done ",
    "task task 3 ",
    "at 5 ",
    "3 march ",
    "the ",
    "thanks for that ",
    "ok ",
    "urgent or ",
    "overdue, ",
    "a below ",
    "bitte ",
    "füge a hinzu ",
    "a ist erledigt ",
    "zeige aufgaben ",
    "کام ",
    "کل شامل کریں ",
    "اور ",
)


@pytest.mark.parametrize("pattern", _PATTERNS)
def test_no_text_takes_long(pattern: str) -> None:
    """The longest messages, made of what the rules look for: no rule may take more than linear time over them.

    Linear rules need up to 250 times the work that is measured beside them; one rule that is not needs thousands.
    """
    for text in (pattern, f"add {pattern}", f"mark {pattern}"):
        repeated = (text + pattern * 4000)[:3990] + " zz!?"
        for shortened in (repeated, repeated[:490]):
            work = min(_seconds(lambda: _LINEAR.findall(_ANY_TEXT)) for _ in range(5))
            assert any(_seconds(lambda: understand(shortened, NOW)) < 600 * work for _ in range(5))  # noqa: B023


_ANY_TEXT = "add a task to buy milk and mark 3 as done, not the last one! 12/12 #home " * 60
_LINEAR = re.compile(r"(?i)(?:mark|add)\b.{0,20}?\b(?:task|done)|\w+|[^\w\s]")


def _seconds(work: Callable[[], object]) -> float:
    """The processor's time, which a busy machine does not stretch as it does the clock's."""
    begin = time.thread_time()
    work()
    return time.thread_time() - begin
