"""One line into a task: dates, times, priorities, tags, and what stays in the title."""

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from todo_backend.language.drafts import parse_quick_add
from todo_backend.language.fields import MAX_DESCRIPTION, MAX_TITLE
from todo_backend.language.intents import TaskDraft

from .conftest import NOW

DATES = [
    ("x today", "2026-11-25"),
    ("x tonight", "2026-11-25 20:00"),
    ("x tomorrow", "2026-11-26"),
    ("x tmrw", "2026-11-26"),
    ("x tomorrow morning", "2026-11-26 09:00"),
    ("x tomorrow afternoon", "2026-11-26 14:00"),
    ("x tomorrow evening", "2026-11-26 18:00"),
    ("x tomorrow night", "2026-11-26 20:00"),
    ("x tomorrow night at 9", "2026-11-26 21:00"),
    ("x tonight at 11", "2026-11-25 23:00"),
    ("x tonight at 12", "2026-11-26 00:00"),
    ("x tonight at 1", "2026-11-26 01:00"),
    ("x tonight at 1:30am", "2026-11-26 01:30"),
    ("x friday night at 2", "2026-11-28 02:00"),
    ("x day after tomorrow", "2026-11-27"),
    ("x the day after tomorrow at noon", "2026-11-27 12:00"),
    ("x in 3 days", "2026-11-28"),
    ("x in a week", "2026-12-02"),
    ("x in two weeks", "2026-12-09"),
    ("x in a couple of days", "2026-11-27"),
    ("x two weeks from now", "2026-12-09"),
    ("x in an hour", "2026-11-25 11:00"),
    ("x in 30 minutes", "2026-11-25 10:30"),
    ("x in half an hour", "2026-11-25 10:30"),
    ("x in a month", "2026-12-25"),
    ("x next week", "2026-11-30"),
    ("x next month", "2026-12-01"),
    ("x next year", "2027-01-01"),
    ("x this week", "2026-11-29"),
    ("x this weekend", "2026-11-28"),
    ("x next weekend", "2026-12-05"),
    ("x by end of month", "2026-11-30"),
    ("x by the end of the week", "2026-11-29"),
    ("x end of next month", "2026-12-31"),
    ("x by end of day", "2026-11-25"),
    ("x friday", "2026-11-27"),
    ("x on friday", "2026-11-27"),
    ("x by friday 5pm", "2026-11-27 17:00"),
    ("x this friday", "2026-11-27"),
    ("x next friday", "2026-12-04"),
    ("x next monday", "2026-11-30"),
    ("x wednesday", "2026-12-02"),
    ("x this wednesday", "2026-11-25"),
    ("x this wednesday at 9am", "2026-12-02 09:00"),
    ("x friday next week", "2026-12-04"),
    ("x on sat", "2026-11-28"),
    ("x 2027-03-03", "2027-03-03"),
    ("x 2027-03-03 17:00", "2027-03-03 17:00"),
    ("x 2027-03-03T17:00", "2027-03-03 17:00"),
    ("x 3 march", "2027-03-03"),
    ("x on 3rd of march", "2027-03-03"),
    ("x march 3rd", "2027-03-03"),
    ("x Dec 24 2027", "2027-12-24"),
    ("x dec 24, 2027", "2027-12-24"),
    ("x 30 november", "2026-11-30"),
    ("x 24/12", "2026-12-24"),
    ("x 12/24", "2026-12-24"),
    ("x on 3/4", "2027-04-03"),
    ("x 24.12.2027", "2027-12-24"),
    ("x on the 15th", "2026-12-15"),
    ("x on the first of next month", "2026-12-01"),
    ("x by the last day of the month", "2026-11-30"),
    ("x tomorrow at half past two", "2026-11-26 14:30"),
    ("x at nine o'clock tomorrow", "2026-11-26 09:00"),
    ("x monday 9", "2026-11-30 09:00"),
    ("x tomorrow 5", "2026-11-26 17:00"),
    ("x by the 31st", "2026-12-31"),
    ("x feb 29", "2028-02-29"),
    ("x at 5pm", "2026-11-25 17:00"),
    ("x at 9am", "2026-11-26 09:00"),
    ("x at 5", "2026-11-25 17:00"),
    ("x at 9", "2026-11-25 21:00"),
    ("x tomorrow at 9", "2026-11-26 09:00"),
    ("x today at 9", "2026-11-25 21:00"),
    ("x tomorrow at 5:30", "2026-11-26 17:30"),
    ("x tomorrow at 05:30", "2026-11-26 05:30"),
    ("x 17:00", "2026-11-25 17:00"),
    ("x at 5.30 pm", "2026-11-25 17:30"),
    ("x tomorrow at half past 5", "2026-11-26 17:30"),
    ("x at 7 o'clock", "2026-11-25 19:00"),
    ("x at noon", "2026-11-25 12:00"),
    ("x at midnight", "2026-11-25 23:59"),
    ("x in the morning", "2026-11-26 09:00"),
    ("x this evening", "2026-11-25 18:00"),
    ("x this morning", "2026-11-25"),
    ("x due friday", "2026-11-27"),
    ("x due on 2027-01-02", "2027-01-02"),
    ("x, due: tomorrow 8pm", "2026-11-26 20:00"),
    ("tomorrow at 9 x", "2026-11-26 09:00"),
    ("10am tomorrow x", "2026-11-26 10:00"),
    ("fri x", "2026-11-27"),
    ("sun 5pm x", "2026-11-29 17:00"),
    ("sun: x", "2026-11-29"),
    ("sunday x", "2026-11-29"),
    ("x sun", "2026-11-29"),
]


@pytest.mark.parametrize(("line", "when"), DATES, ids=[line for line, _ in DATES])
def test_a_date_is_read_and_cut_out(line: str, when: str) -> None:
    draft = parse_quick_add(line, NOW)
    day, _, time = when.partition(" ")
    assert draft == TaskDraft(
        "X", due_date=dt.date.fromisoformat(day), due_time=dt.time.fromisoformat(time) if time else None
    )


TITLES = [
    "Friday's report",
    "Prepare monday meeting",
    "Feed the cat 24/7",
    "Buy 1/2 kg sugar",
    "Buy sun cream",
    "Sun cream",
    "Turn the lights on",
    "Log in",
    "I may go",
    "March on",
    "Eat at 5 guys",
    "Water plants every blue moon",
    "Meeting from 3pm to 5pm",
    "Read the important letter",
    "Review PR #45",
    "Visit https://example.org/2027-01-02#friday",
    "Celebrate feb 30",
    "Fix 12:75",
    "Don't panic",
    "Rock 'n roll",
    "What's new?",
    "Etc...",
]


@pytest.mark.parametrize("title", TITLES)
def test_words_that_belong_to_the_title_stay(title: str) -> None:
    assert parse_quick_add(title, NOW).title == title


LINES: list[tuple[str, TaskDraft]] = [
    ("turn the heating on tomorrow", TaskDraft("Turn the heating on", due_date=dt.date(2026, 11, 26))),
    ("call bob monday about the party", TaskDraft("Call bob about the party", due_date=dt.date(2026, 11, 30))),
    ("book flight for 3 march by friday", TaskDraft("Book flight for 3 march", due_date=dt.date(2026, 11, 27))),
    ("'Plan for tomorrow'", TaskDraft("Plan for tomorrow")),
    ('"Plan for tomorrow" friday', TaskDraft("Plan for tomorrow", due_date=dt.date(2026, 11, 27))),
    ("buy milk urgent", TaskDraft("Buy milk", priority="high")),
    ("urgent: call bank", TaskDraft("Call bank", priority="high")),
    ("buy milk asap!", TaskDraft("Buy milk", priority="high")),
    ("buy milk p1", TaskDraft("Buy milk", priority="high")),
    ("buy milk p2", TaskDraft("Buy milk", priority="medium")),
    ("buy milk P3", TaskDraft("Buy milk", priority="low")),
    ("buy milk p4", TaskDraft("Buy milk")),
    ("buy milk low priority", TaskDraft("Buy milk", priority="low")),
    ("buy milk priority: medium", TaskDraft("Buy milk", priority="medium")),
    ("buy milk and make it high priority", TaskDraft("Buy milk", priority="high")),
    ("take pills tomorrow 8am and 8pm", TaskDraft("Take pills 8am and 8pm", due_date=dt.date(2026, 11, 26))),
    ("team offsite 12-14 dec", TaskDraft("Team offsite 12-14 dec", due_date=dt.date(2026, 12, 12))),
    ("gym monday and friday", TaskDraft("Gym monday and friday", due_date=dt.date(2026, 11, 30))),
    ("dentist mon 9 #health", TaskDraft("Dentist", due_date=dt.date(2026, 11, 30), tags=("health",))),
    ("buy milk #Home #shop #home", TaskDraft("Buy milk", tags=("home", "shop"))),
    ("buy milk tagged home, shop and food", TaskDraft("Buy milk", tags=("home", "shop", "food"))),
    ("kauf milch #käse", TaskDraft("Kauf milch", tags=("käse",))),
    ("tomorrow", TaskDraft("Tomorrow")),
    ("#home", TaskDraft("#home")),
    ("iPhone repair", TaskDraft("iPhone repair")),
    ("two\nlines", TaskDraft("Two lines")),
]


@pytest.mark.parametrize(("line", "draft"), LINES, ids=[line for line, _ in LINES])
def test_a_line_makes_a_task(line: str, draft: TaskDraft) -> None:
    read = parse_quick_add(line, NOW)
    assert read.title == draft.title
    assert (read.due_date, read.priority, read.tags) == (draft.due_date, draft.priority, draft.tags)


def moment(text: str, zone: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))


def when(line: str, now: dt.datetime) -> tuple[Any, Any]:
    draft = parse_quick_add(line, now)
    return draft.due_date and draft.due_date.isoformat(), draft.due_time and draft.due_time.strftime("%H:%M")


def test_a_time_that_the_clocks_skip_is_moved_on() -> None:
    night = moment("2027-03-27T12:00", "Europe/Berlin")
    assert when("x tomorrow at 02:30", night) == ("2027-03-28", "03:30")


def test_minutes_and_hours_are_counted_in_real_time() -> None:
    before_the_gap = moment("2027-03-28T01:30", "Europe/Berlin")
    assert when("x in an hour", before_the_gap) == ("2027-03-28", "03:30")


def test_late_in_the_evening_a_time_means_tomorrow() -> None:
    late = moment("2026-11-25T22:30", "Europe/Berlin")
    assert when("x at 9", late) == ("2026-11-26", "09:00")
    assert when("x tonight", late) == ("2026-11-25", None)
    assert when("x tonight at 1", late) == ("2026-11-26", "01:00")
    assert when("x tonight at 1", moment("2026-11-26T00:30", "Europe/Berlin")) == ("2026-11-26", "01:00")


def test_months_end_where_they_end() -> None:
    assert when("x in a month", moment("2027-01-31T10:00", "UTC")) == ("2027-02-28", None)
    assert when("x next month", moment("2026-12-31T10:00", "UTC")) == ("2027-01-01", None)
    assert when("x on the 31st", moment("2027-01-31T10:00", "UTC")) == ("2027-01-31", None)
    assert when("x on the 31st", moment("2027-02-01T10:00", "UTC")) == ("2027-03-31", None)


def test_the_same_moment_is_another_day_elsewhere() -> None:
    instant = moment("2026-11-25T20:00", "UTC")
    assert when("x today", instant.astimezone(ZoneInfo("America/Los_Angeles")))[0] == "2026-11-25"
    assert when("x today", instant.astimezone(ZoneInfo("Asia/Karachi")))[0] == "2026-11-26"


def test_a_line_without_words_is_refused() -> None:
    for text in ("", "  ", "...", "''"):
        with pytest.raises(ValueError, match="what is to be done"):
            parse_quick_add(text, NOW)


def test_a_long_title_is_cut_at_a_word_and_kept_whole_in_the_description() -> None:
    text = "Remember " + "the milk and " * 30
    draft = parse_quick_add(text, NOW)
    assert len(draft.title) <= MAX_TITLE
    assert draft.title.endswith("…")
    assert draft.description is not None
    assert draft.description.startswith(draft.title.removesuffix("…"))
    assert len(parse_quick_add("word " * 800, NOW).description or "") <= MAX_DESCRIPTION
