"""On which dates a rule falls: dateutil's, on the wall clock of wherever the person is.

Sums are done without a zone: 9 o'clock stays 9 o'clock when the clocks change. `existing` is for the day on which
there is no such time.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from itertools import islice
from typing import Literal

from dateutil import rrule

from todo_backend.language.recurrence import Frequency, Rule

# The calendar repeats after so many years, its weekdays and leap years with it.
_CYCLE = 400
_FREQUENCIES: dict[Frequency, Literal[0, 1, 2, 3, 4]] = {
    Frequency.HOURLY: rrule.HOURLY,
    Frequency.DAILY: rrule.DAILY,
    Frequency.WEEKLY: rrule.WEEKLY,
    Frequency.MONTHLY: rrule.MONTHLY,
    Frequency.YEARLY: rrule.YEARLY,
}
_LAST_YEAR = date.max.year - 1  # a date of the last one may be none in another zone


def first_occurrence(rule: Rule, start: datetime) -> datetime | None:
    """The first date from `start` on, which the rule then counts from; None if there is none."""
    counts_from_there = replace(rule, interval=1) if rule.weekdays or rule.month_days or rule.months else rule
    found = next(_dates(counts_from_there, start), None)
    return None if found is None or (rule.until and found.date() > rule.until) else found


def next_occurrence(rule: Rule, start: datetime, after: datetime) -> tuple[datetime, Rule] | None:
    """The first date after `after`, of those that the rule counts from `start`, and the rule as it goes on from there.

    None if the rule has ended. A count goes down by what was passed over.
    """
    left = rule.count
    for found in _dates(rule, start if left else _moved_on(rule, start, after)):
        if found <= start:
            continue
        left = left and left - 1
        if left == 0 or (rule.until and found.date() > rule.until):
            return None
        if found > after:
            return found, replace(rule, count=left)
    return None


def next_occurrences(rule: Rule, due: datetime, number: int) -> list[datetime]:
    """The dates after `due` if each is done on its day, so many at most."""
    return list(islice(_one_after_another(rule, due), max(0, number)))


def _one_after_another(rule: Rule, due: datetime) -> Iterator[datetime]:
    following = next_occurrence(rule, due, due)
    while following is not None:
        due, rule = following
        yield due
        following = next_occurrence(rule, due, due)


def _dates(rule: Rule, start: datetime) -> Iterator[datetime]:
    """The dates from `start` on, without the rule's end.

    dateutil looks for them until the year 9999. In the last centuries of that time, where the calendar is the same, a
    rule that never comes is found out soon.
    """
    years = ((date.max.year - start.year) // _CYCLE - 1) * _CYCLE
    for found in _rrule(rule, start.replace(year=start.year + years)):
        if found.year - years > _LAST_YEAR:
            return
        yield found.replace(year=found.year - years)


def _rrule(rule: Rule, start: datetime) -> rrule.rrule:
    """What a rule leaves open is as its start has it; said outright, as the start may be moved."""
    is_open = not (rule.weekdays or rule.month_days)
    months, month_days, weekdays = rule.months, rule.month_days, rule.weekdays
    if rule.frequency is Frequency.WEEKLY:
        weekdays = weekdays or (start.weekday(),)
    if rule.frequency in (Frequency.MONTHLY, Frequency.YEARLY) and is_open:
        month_days = (start.day,)
    if rule.frequency is Frequency.YEARLY:
        months = months or (start.month,)
    is_numbered = len(weekdays) == 1 and bool(rule.positions)
    numbered = [rrule.weekday(weekdays[0], nth) for nth in rule.positions] if is_numbered else None
    return rrule.rrule(
        _FREQUENCIES[rule.frequency],
        dtstart=start,
        interval=rule.interval,
        wkst=rrule.MO,
        byweekday=numbered or weekdays or None,
        bysetpos=None if is_numbered else rule.positions or None,
        bymonthday=month_days or None,
        bymonth=months or None,
    )


def _moved_on(rule: Rule, start: datetime, after: datetime) -> datetime:
    """A start that is nearer to `after` and leads to the same dates, however long ago the first one was."""
    if after <= start:
        return start
    match rule.frequency:
        case Frequency.HOURLY:
            step = timedelta(hours=rule.interval)
        case Frequency.DAILY:
            step = timedelta(days=rule.interval)
        case Frequency.WEEKLY:
            step = timedelta(weeks=rule.interval)
        case Frequency.MONTHLY | Frequency.YEARLY:
            return _months_on(rule, start, after)
    return start + (after - start) // step * step


def _months_on(rule: Rule, start: datetime, after: datetime) -> datetime:
    """The same day of a month that the rule counts: the last one before `after` that has it."""
    step = rule.interval * (12 if rule.frequency is Frequency.YEARLY else 1)
    passed = (after.year - start.year) * 12 + after.month - start.month
    for months in range(passed // step * step, 0, -step):
        year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
        try:
            moved = start.replace(year=year, month=month + 1)
        except ValueError:
            continue  # the 31st of June
        if moved <= after:
            return moved
    return start


def wall_clock(day: date, at: time | None) -> datetime:
    """A due date as sums are done with it; without a time, it is the beginning of the day."""
    return datetime.combine(day, at or time())


def existing(local: datetime, zone: tzinfo) -> datetime:
    """The local time itself, or where the clocks jump to when they skip it."""
    try:
        return local.replace(tzinfo=zone).astimezone(UTC).astimezone(zone).replace(tzinfo=None)
    except OverflowError:
        return local
