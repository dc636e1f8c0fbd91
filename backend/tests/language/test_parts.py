"""Which characters of a line mean what: nothing is lost, nothing quoted is read, and each part can be refused."""

import datetime as dt
import re
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from todo_backend.language.drafts import ReadLine, parse_quick_add, read_line
from todo_backend.language.parts import Part, PartKind
from todo_backend.language.phrase import clean, places

NOW = dt.datetime(2026, 11, 28, 16, 0, tzinfo=ZoneInfo("Europe/Berlin"))

_WORDS = re.split(
    " ",
    "call bank friday 5 pm at 17:30 12/3 17/02 24.4. 2027/02/17 Tuesday, January 5 by due next week #home #work p1 "
    "!high urgent tagged with and or a from to in 3 days 2h hour and a half the 14th of march (today) [5pm] black "
    "every monday's tomorrow! morgen um 15 Uhr Freitag, کل شام ۵ بجے جمعہ کو may The Day After sat half past noon - ; "
    "weekend daily weekly monthly each 2nd until june 10 times after completion täglich jeden ہر روزانہ "
    "end month on for about 1/2 kg Psychology every other . it's high priority tags: home",
)
lines = st.lists(st.sampled_from(_WORDS), min_size=1, max_size=12).flatmap(
    lambda words: st.sampled_from((" ", "  ", "\t ", "\n")).map(lambda space: f"{space}".join(words))
)
texts = st.one_of(lines, st.text(max_size=60), st.text(st.sampled_from("ab15#'\"! \n,.:()\u200f۵"), max_size=60))
locales = st.sampled_from(("", "en-US", "en-GB", "de-DE", "ur-PK", "ja"))


def read(text: str, locale: str = "", refused: tuple[tuple[int, int], ...] = ()) -> ReadLine | None:
    try:
        return read_line(text, NOW, locale, refused=refused)
    except ValueError:
        assert not any(char.isalnum() for char in text)
        return None


def words(text: str) -> list[str]:
    return re.findall(r"\w+", clean(text).casefold())


def outside(text: str, parts: tuple[Part, ...]) -> str:
    for part in parts:
        if not part.kept:
            text = text[: part.start] + " " * (part.end - part.start) + text[part.end :]
    return text


@given(st.text(max_size=80) | lines)
def test_each_character_of_a_cleaned_text_has_its_place(text: str) -> None:
    where, cleaned = places(text), clean(text)
    assert len(where) == len(cleaned)
    for place, char in zip(where, cleaned, strict=True):
        assert text[place] == char or char in " \n"


@given(texts, locales)
@settings(max_examples=100)
def test_parts_lie_in_the_line_and_beside_each_other(text: str, locale: str) -> None:
    line = read(text, locale)
    end = 0
    for part in line.parts if line else ():
        assert end <= part.start < part.end <= len(text)
        end = part.end


@given(texts, locales)
@settings(max_examples=100)
@example("buy milk and friday", "")
@example("due #home tomorrow x", "")
def test_no_word_is_lost(text: str, locale: str) -> None:
    line = read(text, locale)
    if line is not None:
        assert words(outside(text, line.parts)) == words(line.draft.title)


@given(lines, lines, locales)
@settings(max_examples=75)
@example("daily until friday", "call", "")
def test_what_is_quoted_is_not_read(before: str, quoted: str, locale: str) -> None:
    before = re.sub(r"tagged|tags:|with", "x", before)  # these name a tag, which may be quoted
    quoted = quoted.replace("'", "").strip()
    text = f'{before} "{quoted}" x'
    line = read(text, locale)
    assert line is not None
    begin = len(before) + 1
    assert all(part.end <= begin or part.start >= begin + len(quoted) + 2 for part in line.parts)


@given(lines, locales)
@settings(max_examples=75)
def test_a_part_that_is_refused_stays_in_the_title(text: str, locale: str) -> None:
    line = read(text, locale)
    for part in line.parts if line else ():
        again = read(text, locale, ((part.start, part.end),))
        assert again is not None
        assert all(other.end <= part.start or other.start >= part.end for other in again.parts)
        assert words(outside(text, again.parts)) == words(again.draft.title)


@given(lines, locales)
@settings(max_examples=75)
def test_with_all_parts_refused_the_line_is_the_title(text: str, locale: str) -> None:
    line = read(text, locale, ((0, len(text)),))
    if line is not None:
        assert line.parts == ()
        assert words(line.draft.title) == words(text)
        assert (line.draft.due_date, line.draft.due_time, line.draft.tags) == (None, None, ())


@given(lines, locales)
@settings(max_examples=100)
def test_a_time_alone_picks_no_day_beside_words_of_a_date(text: str, locale: str) -> None:
    line = read(text, locale)
    if line is not None and not any(part.kind in (PartKind.DATE, PartKind.REPETITION) for part in line.parts):
        left = re.search(r"(?<!')\b(?:monday|tuesday|friday|tomorrow|today|freitag|جمعہ)\b", line.draft.title.lower())
        assert left is None or line.draft.due_date is None


@given(lines, locales)
def test_the_task_of_a_line_is_the_one_that_its_parts_are_shown_with(text: str, locale: str) -> None:
    line = read(text, locale)
    if line is not None:
        assert parse_quick_add(text, NOW, locale) == line.draft


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("pay rent friday 5 pm p1 #home", [("date", "friday"), ("time", "5 pm"), ("priority", "p1"), ("tag", "#home")]),
        ("call bank by tuesday, january 5", [("date", "by tuesday, january 5")]),
        ("dentist Tue 9am 5 Jan", [("date", "Tue"), ("time", "9am"), ("date", "5 Jan")]),
        ("tea in an hour and a half", [("date", "in an hour and a half")]),
        ("buy milk and make it high priority", [("priority", "and make it high priority")]),
        ("prepare talk, tags work and talk", [("tag", "tags work and talk")]),
        ("call ana with notes 'bring cake'", [("description", "with notes 'bring cake'")]),
        ("meeting from 3pm to 5pm", [("time", "3pm")]),
        ("report due #home friday", [("date", "due"), ("tag", "#home"), ("date", "friday")]),
        (
            "gym every monday at 6 until june",
            [("repetition", "every monday"), ("time", "at 6"), ("repetition", "until june")],
        ),
        ("water every 3 days after completion", [("repetition", "every 3 days"), ("repetition", "after completion")]),
        ("pay rent on the 5th of every month", [("repetition", "on the 5th of every month")]),
        ("tomorrow", []),
    ],
)
def test_the_characters_that_are_understood(text: str, parts: list[tuple[str, str]]) -> None:
    line = read_line(text, NOW)
    assert [(part.kind, text[part.start : part.end]) for part in line.parts] == parts
