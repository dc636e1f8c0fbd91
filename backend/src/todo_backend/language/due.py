"""When something is due: the day and the time of a text, put together.

* An hour without am or pm is read by daylight: 7 to 11 in the morning, 12 to 6 in the afternoon, unless only the
  other half of the day is still to come ("today at 9", said at noon, is 21:00). "05:30" and "10:00" are as written,
  and so is what goes by a timetable: "flight 6:05".
* Morning, afternoon, evening and night are 09:00, 14:00, 18:00 and 20:00; midnight is the end of the day, 23:59.
* A night lasts until 5 in the morning: "tonight at 1" is on the next date.
* A time alone is its next occurrence, but only where no words of a date stay in the title: those would name another
  day. A local time that the clocks skip is moved on by as much as they skip.
"""

import re
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time

from todo_backend.language import days
from todo_backend.language.dates import Day, choose_day, keeps_words_of_a_date
from todo_backend.language.parts import PartKind
from todo_backend.language.phrase import CUT, Phrase, clean
from todo_backend.language.reader import Reader
from todo_backend.language.times import (
    NIGHT_ENDS,
    PART_HOURS,
    TimeOfDay,
    bare_hour,
    find_times,
    in_part_of_day,
    other_half,
)

# "Dentist monday 9": nothing else follows.
_BARE_HOUR = re.compile(rf" (?P<hour>1[0-2]|[1-9])(?=[ .!{CUT}]*$)")
_DANGLING_DEADLINE = re.compile(r"\b(?:due(?: date)?|deadline|by)[: ]+$")
_FIRST_HOUR_BY_DAYLIGHT = 7
_LONGEST_DATE = 100


@dataclass(frozen=True, slots=True)
class When:
    """A local date and time; `day_said` is False if only a time was said.

    A time comes without a date only beside a repetition, which has the days.
    """

    day: date | None = None
    at: time | None = None
    day_said: bool = True


def extract_due(phrase: Phrase, reader: Reader, *, repeats: bool = False) -> When:
    """Find the date and the time that the phrase sets, take them out and return them, local to the reader.

    Where the phrase `repeats`, its days are known: a time comes without a date then, unless one is named beside them.
    """
    times = find_times(phrase)
    day = choose_day(phrase, reader, times)
    hour = None
    if day is not None:
        if day.takes_an_hour and (match := _BARE_HOUR.match(phrase.view, day.end)):
            hour = bare_hour(match)
        _take_day(phrase, day)
    # Once more: what follows a day that has been taken may be an hour ("tomorrow at 9 ...").
    at = None if day and day.moment else hour or next(iter(find_times(phrase)), None)
    if at is not None:
        if day is None and not repeats and (at.held or keeps_words_of_a_date(phrase, at)):
            return When()
        _take_time(phrase, at)
    if day or at:
        _take_dangling_deadline(phrase)
    if day is None and repeats:
        return When(None, at.at if at else None, day_said=False)
    return _resolve(day, at, reader.now)


def read_when(text: str, reader: Reader) -> When | None:
    """The date and time that the whole text means, or None if it says anything else."""
    if len(text) > _LONGEST_DATE:
        return None
    phrase = Phrase(clean(text))
    when = extract_due(phrase, reader)
    if when.day is None or phrase.rest().strip(" ,.;:!?-"):
        return None
    return when


def _take_day(phrase: Phrase, day: Day) -> None:
    if day.kept:
        phrase.take(PartKind.DATE, *day.kept, kept=True)
        return
    for span in day.spans:
        phrase.take(PartKind.DATE, *span)


def _take_time(phrase: Phrase, at: TimeOfDay) -> None:
    if at.kept:
        phrase.take(PartKind.TIME, *at.kept, kept=True)
    else:
        phrase.take(PartKind.TIME, at.start, at.end)


def _take_dangling_deadline(phrase: Phrase) -> None:
    """Take a "due" whose date has been taken away from it: "due #home tomorrow"."""
    tail = phrase.view.rstrip(CUT + " ,;.")
    if dangling := _DANGLING_DEADLINE.search(tail[-12:] + " "):
        phrase.take(PartKind.DATE, len(tail) - len(tail[-12:]) + dangling.start(), len(tail))


def _resolve(day: Day | None, at: TimeOfDay | None, now: datetime) -> When:
    if day is not None and day.moment is not None:
        return When(day.day, day.moment.time().replace(second=0, microsecond=0))
    if day is None:
        return When() if at is None else _next_occurrence(at, now)
    if at is None:
        return _part_of_day(day, now)
    clock = _half_of_day(at.at, day, now) if at.by_daylight else at.at
    found = day.day
    is_still_to_come = found == now.date() and clock > now.time()
    if day.part == "night" and clock.hour < NIGHT_ENDS and not is_still_to_come:
        found = days.plus_days(found, 1) or found
    if day.repeats_weekly and datetime.combine(found, clock, now.tzinfo) < now:
        found = days.plus_days(found, 7) or found
    return _existing(found, clock, now)


def _next_occurrence(at: TimeOfDay, now: datetime) -> When:
    readings = [at.at]
    if at.by_daylight and not at.written_in_24_hours and other_half(at.at).hour >= _FIRST_HOUR_BY_DAYLIGHT:
        readings.append(other_half(at.at))
    for clock in readings:
        if datetime.combine(now.date(), clock, now.tzinfo) > now:
            return replace(_existing(now.date(), clock, now), day_said=False)
    tomorrow = days.plus_days(now.date(), 1) or now.date()
    return replace(_existing(tomorrow, at.at, now), day_said=False)


def _part_of_day(day: Day, now: datetime) -> When:
    if day.part is None:
        return When(day.day)
    at = time(PART_HOURS[day.part])
    if datetime.combine(day.day, at, now.tzinfo) <= now:
        return When(day.day)  # "tonight", said late at night: the rest of today
    return _existing(day.day, at, now)


def _half_of_day(at: time, day: Day, now: datetime) -> time:
    if day.part is not None:
        return in_part_of_day(at, day.part)
    other = other_half(at)
    if datetime.combine(day.day, at, now.tzinfo) <= now < datetime.combine(day.day, other, now.tzinfo):
        return other
    return at


def _existing(day: date, at: time, now: datetime) -> When:
    """The local time itself, or where the clocks jump to when they skip it."""
    try:
        local = datetime.combine(day, at, now.tzinfo).astimezone(UTC).astimezone(now.tzinfo)
    except OverflowError:
        return When(day, at)
    return When(local.date(), local.time())
