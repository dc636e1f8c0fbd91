"""The days that a phrase covers: "next week", "yesterday", "in march", and several of them: "today or next week"."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import islice, pairwise
from typing import TypeAlias

from todo_backend.language import days
from todo_backend.language.due import extract_due, read_when
from todo_backend.language.fields import DueWindow, Sort, Status
from todo_backend.language.intents import Filters
from todo_backend.language.lexicon import MONTHS, WEEKDAY
from todo_backend.language.phrase import CUT, Phrase, Span, clean
from todo_backend.language.reader import Reader

Days: TypeAlias = tuple[date, date]
"""The first and the last day; an open end is `date.min` or `date.max`."""

_PREFIX = re.compile(r"^(?:(?:due|on|for|in|by|over|during) )+")
_MOST_JOINTS = 8
_WEEKDAY = re.compile(rf"\b(?:{WEEKDAY})\b")
_DUE_BEFORE = re.compile(r"\bdue $")


@dataclass(frozen=True, slots=True)
class Mention:
    """A window of due days, and where it is named."""

    start: int
    end: int
    window: DueWindow | Days


@dataclass(frozen=True, slots=True)
class Due:
    """When tasks are due: in one of the windows, and between the days."""

    windows: tuple[DueWindow, ...] = ()
    between: Days | None = None


def read_window(text: str, reader: Reader) -> Days | None:
    """The first and last day that a whole phrase covers ("next week", "yesterday", "friday"), or None."""
    words = _PREFIX.sub("", clean(text).lower())
    today = reader.today
    first: date | None = None
    last: date | None = None
    if period := re.fullmatch(r"(this|next|last) (week|month|year)", words):
        first, last = _period(period[1], period[2], today)
    elif re.fullmatch(r"(?:this |the |next )?weekend", words):
        first = days.begin_of_next("weekend", today) if words.startswith("next") else days.weekend(today)
        last = first and days.plus_days(first, 6 - first.weekday())
    elif (month := MONTHS.get(words)) is not None:
        years = (today.year, today.year + 1)
        firsts = (days.a_date(year, month, 1) for year in years)
        first = next((day for day in firsts if day and day >= today.replace(day=1)), None)
        last = first and days.end_of_month(first)
    elif after := re.fullmatch(r"(?:the )?(week|month) after next", words):
        first = days.begin_of_next(after[1], days.end_of(after[1], today, of_next=True) or today)
        last = first and days.end_of(after[1], first)
    elif before := re.fullmatch(r"yesterday|((?:the )?day before yesterday)", words):
        first = last = days.plus_days(today, -2 if before[1] else -1)
    elif (when := read_when(words, reader) or read_when(f"on {words}", reader)) is not None:
        first = last = when.day  # "the 5th" alone is no date
    return (first, last) if first and last else None


def between_joints(joints: Iterable[re.Match[str]], length: int) -> list[Span]:
    """The pieces of a phrase of this length that stand between the joints; one piece where there are too many."""
    spans = [joint.span() for joint in islice(joints, _MOST_JOINTS + 1)]
    if len(spans) > _MOST_JOINTS:
        return [(0, length)]
    starts, ends = [0, *(end for _, end in spans)], [*(start for start, _ in spans), length]
    return list(zip(starts, ends, strict=True))


def cut_dates(phrase: Phrase, pieces: Iterable[Span], reader: Reader) -> list[Mention]:
    """Cut a date out of each piece of the phrase that has one: "monday" and "on friday" of "monday and on friday"."""
    found = []
    for start, end in pieces:
        piece = phrase.only(start, end)
        before = piece.view
        when = extract_due(piece, reader)
        taken = [place for place in range(start, end) if before[place] != piece.view[place] == CUT]
        if (day := when.day) is not None and when.day_said and taken:
            found.append(Mention(taken[0], taken[-1] + 1, (day, day)))
            phrase.cut(taken[0], taken[-1] + 1)
    return found


def combined(mentions: Sequence[Mention], view: str, is_or: Callable[[str], bool], today: date) -> list[Due] | None:
    """When tasks are due that several windows of one phrase mean: one of these; None if it does not say.

    Windows with "or" between them are each enough, and "overdue" beside another one says at which day or of which.
    """
    mentions = sorted(mentions, key=lambda mention: mention.start)
    windows = [mention.window for mention in mentions]
    gaps = [view[one.end : other.start] for one, other in pairwise(mentions)]
    if all(map(is_or, gaps)):
        return _any_of(windows, today)
    beside = [mention for mention in mentions if mention.window != DueWindow.OVERDUE]
    if len(mentions) == 2 and len(beside) == 1:
        is_due_then = _DUE_BEFORE.search(view, 0, beside[0].start) is not None
        due = _overdue_beside(beside[0].window, is_due_then, today)
        return [due] if due else None
    return None


def days_of(window: DueWindow | Days, today: date) -> Days | None:
    """The days of a window; None if it is not one of days.."""
    match window:
        case DueWindow.TODAY:
            return today, today
        case DueWindow.TOMORROW:
            return (tomorrow, tomorrow) if (tomorrow := days.plus_days(today, 1)) else None
        case DueWindow.WEEK:
            return (today, last) if (last := days.plus_days(today, 6)) else None
        case DueWindow():
            return None
    return window


def in_the_past(mention: Mention, view: str, today: date) -> Mention:
    """ "Was due on monday": the last one."""
    match mention.window:
        case (first, last) if first == last > today and _WEEKDAY.search(view[mention.start : mention.end]):
            week_before = days.plus_days(first, -7) or first
            return Mention(mention.start, mention.end, (week_before, week_before))
    return mention


def with_overdue(filters: Filters, due: Sequence[Due], reader: Reader) -> list[Filters]:
    """Filters with the days; "overdue and completed", which nothing is, means the ones and the others."""
    if filters.status != Status.COMPLETED:
        return [replace(filters, due=each.windows, between=each.between) for each in due] or [filters]
    done = [replace(filters, between=each.between) for each in completed_days(due, reader)] or [filters]
    is_both = any(DueWindow.OVERDUE in each.windows for each in due)
    late = replace(filters, status=Status.PENDING, due=(DueWindow.OVERDUE,), sort=Sort.DUE_DATE)
    return [*done, late] if is_both else done


def completed_days(due: Sequence[Due], reader: Reader) -> list[Due]:
    """ "Completed today" speaks of the day of completion, not of a due date; its week is the calendar's."""
    spans = [each.between for each in due if each.between]
    for window in (window for each in due for window in each.windows):
        span = read_window("this week", reader) if window == DueWindow.WEEK else days_of(window, reader.today)
        spans += [span] if span else []
    return [Due(between=span) for span in _merged(spans)]


def _any_of(windows: Sequence[DueWindow | Days], today: date) -> list[Due]:
    named = tuple(dict.fromkeys(window for window in windows if isinstance(window, DueWindow)))
    if len(named) == len(windows) and set(named) != {DueWindow.TODAY, DueWindow.TOMORROW}:
        return [Due(named)] if named else []
    states = tuple(window for window in named if days_of(window, today) is None)
    spans = [span for window in windows if (span := days_of(window, today))]
    return [*([Due(states)] if states else []), *(Due(between=span) for span in _merged(spans))]


def _merged(spans: Iterable[Days]) -> list[Days]:
    """The same days in as few spans as there can be, in order."""
    merged: list[Days] = []
    for first, last in sorted(spans):
        if merged and (merged[-1][1] == date.max or first <= merged[-1][1] + timedelta(days=1)):
            merged[-1] = merged[-1][0], max(last, merged[-1][1])
        else:
            merged.append((first, last))
    return merged


def _overdue_beside(window: DueWindow | Days, is_due_then: bool, today: date) -> Due | None:
    """ "Overdue today" is overdue now, "overdue tasks due today" and "overdue since monday" are some of those.

    What will be overdue tomorrow, or by friday, is due before that.
    """
    if window in (DueWindow.TODAY, DueWindow.WEEK) and not is_due_then:
        return Due((DueWindow.OVERDUE,))
    span = days_of(window, today)
    if span is None:
        return None
    first, last = span
    if (first == date.min or first > today) and today < last < date.max:
        return Due(between=(date.min, last - timedelta(days=1)))
    return Due((DueWindow.OVERDUE,), span) if first <= today else None


def _period(which: str, period: str, today: date) -> tuple[date | None, date | None]:
    if which == "next":
        return days.begin_of_next(period, today), days.end_of(period, today, of_next=True)
    if period == "week":
        first = days.plus_days(today, -today.weekday() - (7 if which == "last" else 0))
        return first, first and days.plus_days(first, 6)
    first = today.replace(day=1) if period == "month" else today.replace(month=1, day=1)
    if which == "this":
        return first, days.end_of(period, today)
    last = days.plus_days(first, -1)
    return last and (last.replace(day=1) if period == "month" else last.replace(month=1, day=1)), last
