"""The days that a phrase covers: "next week", "yesterday", "in march"."""

import re
from datetime import date

from todo_backend.language import days
from todo_backend.language.due import read_when
from todo_backend.language.lexicon import MONTHS
from todo_backend.language.phrase import clean
from todo_backend.language.reader import Reader

_PREFIX = re.compile(r"^(?:(?:due|on|for|in|by|over|during) )+")


def read_window(text: str, reader: Reader) -> tuple[date, date] | None:
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
    elif words == "yesterday":
        first = last = days.plus_days(today, -1)
    elif (when := read_when(words, reader) or read_when(f"on {words}", reader)) is not None:
        first = last = when.day  # "the 5th" alone is no date
    return (first, last) if first and last else None


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
