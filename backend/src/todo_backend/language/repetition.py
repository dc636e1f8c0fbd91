"""How often a line says that something is to be done: "every other friday at 9 until june", "3 days after completion".

Words count as a repetition only where they stand as one: at the beginning of a line, at its end, or before a time and
the like. "Every 2nd tuesday" is one of a month, "every other tuesday" one of two. "Weekly report" is a report.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from todo_backend.language.due import When
from todo_backend.language.durations import DURATION, read_duration
from todo_backend.language.lexicon import (
    AFTER_COMPLETION,
    EVERY,
    MONTH,
    MONTHS,
    NUMBERS,
    OFTEN,
    ORDINAL,
    ORDINALS,
    OTHER,
    PART,
    PARTS,
    UNIT,
    UNITS,
    WEEKDAY,
    WEEKDAYS,
    WEEKEND_WORDS,
    WORKDAY_WORDS,
)
from todo_backend.language.occurrences import existing, first_occurrence
from todo_backend.language.parts import PartKind
from todo_backend.language.phrase import CUT, QUOTED, Phrase, clean
from todo_backend.language.reader import Reader
from todo_backend.language.recurrence import WORKDAYS, Frequency, Recurrence, Rule, checked
from todo_backend.language.times import PART_HOURS, bare_hour, find_times, in_part_of_day
from todo_backend.language.vocabulary import PartOfDay, Unit
from todo_backend.language.windows import read_window
from todo_backend.language.words import alternatives

_TH = "(?:st|nd|rd|th)"
_WHOLE_NUMBERS = {word: int(number) for word, number in NUMBERS.items() if number >= 1 and number == int(number)}
_COUNTS = {word: number for word, number in _WHOLE_NUMBERS.items() if number > 1 and word.isalpha()}
_NUMBER = rf"(?:[0-9]{{1,4}}|{alternatives(_COUNTS)})"
_AND = r"(?:, ?(?:and |or |und )?| ?& ?| ?/ ?| (?:and|or|und|اور) )"
# "Thurs" is no plural.
_WHOLE_WEEKDAY = alternatives(word for word in WEEKDAYS if len(word) > 5)
_WORKDAY = alternatives(WORKDAY_WORDS)
_WEEKEND = alternatives(WEEKEND_WORDS)
_ONE_DAY = rf"(?:{_WORKDAY}|{_WEEKEND}|{WEEKDAY})s?\b"
_DAYS = rf"(?P<days>{_ONE_DAY}(?:{_AND}(?:on |{EVERY} )?{_ONE_DAY})*)"
_PLACE = rf"(?:(?:{ORDINAL}|[0-9]{{1,2}}{_TH})(?:[ -]to[ -]last)?\b|[0-9]{{1,2}}\.(?=[ ,;!{CUT}]|$))"
_PLACES = rf"(?P<places>{_PLACE}(?:{_AND}(?:the )?{_PLACE})*)(?: (?:{_DAYS}|(?P<day>day)\b))?"
_MONTHS = rf"(?P<months>(?:{MONTH})\b(?:{_AND}(?:{MONTH})\b)*)"
_OF_MONTHS = rf"(?: (?:of|in) (?:the )?(?:(?:{EVERY}) )?(?:month\b|{_MONTHS})| des monats\b| im monat\b)?"
_DATE = (
    rf"(?:(?:{MONTH}) (?:the )?[0-9]{{1,2}}{_TH}?|[0-9]{{1,2}}(?:{_TH}|\.)?(?: of)? (?:{MONTH}))\b"
    r"(?! ?(?::|[ap]\.?m\b))"
)
# On which days of the unit: "every 2 weeks on friday", "monthly on the 5th", "yearly in january".
_ON = (
    rf"(?:,? (?:(?:on|at|am|every) )(?:the )?(?:{_DAYS.replace('<days>', '<on_days>')}"
    rf"|{_PLACES}{_OF_MONTHS}(?! (?:{MONTH})\b)|(?P<date>{_DATE})))?"
    rf"(?: in {_MONTHS.replace('<months>', '<in_months>')})?"
)
_PART = rf"(?:,? (?:in the )?(?P<part>{PART})\b)?"
_PERIOD = (
    rf"(?:(?P<other>{OTHER}) |(?P<number>{_NUMBER}) |(?P<nth>(?!last\b|first\b|1st\b){_PLACE}) )?(?P<unit>{UNIT})\b"
)
_ONCE = r"once (?:an?|per|every|each)"

_INTRODUCTION = r"(?:\b(?:and )?(?:(?:it )?(?:repeat(?:s|ing|ed)?|recur(?:s|ring)?)|once|to be done)(?: it)? )?"
_NOT_WORD = r"(?!['.-]?\w)"
_PATTERNS = [
    re.compile(_INTRODUCTION + pattern + _NOT_WORD)
    for pattern in (
        # every 2 weeks on friday, every other day, once a month on the 5th
        rf"\b(?:{EVERY}|{_ONCE}) {_PERIOD}(?! of\b){_ON}{_PART}",
        # biweekly, monthly on the 5th
        rf"\b(?P<often>{alternatives(OFTEN)})\b{_ON}{_PART}",
        # every monday and friday, every other friday, every weekday
        rf"\b(?:on )?(?:{EVERY}) (?:(?P<other>{OTHER}) )?{_DAYS}(?: (?:کو|پر)\b)?{_PART}",
        # on alternate saturdays
        rf"\b(?:on )?(?P<other>alternate|alternating) {_DAYS}{_PART}",
        # daily except on weekends
        rf"\b(?:daily|(?:{EVERY}) ?day),? (?:except|excluding|but not)(?: on| for)?(?: the)?"
        rf" (?P<weekdays>weekends?)\b{_PART}",
        # every december 25
        rf"\b(?:on )?(?:{EVERY}) (?P<date>{_DATE})",
        # every morning, every other evening
        rf"\b(?:{EVERY}) (?:(?P<other>{OTHER}) |(?P<number>{_NUMBER}) |(?P<nth>(?!last\b|first\b|1st\b){_PLACE}) )?"
        rf"(?P<daily>{PART})s?\b",
        # every 2nd tuesday, every last day of the month, every 1st and 15th
        rf"\b(?:on )?(?:{EVERY}) {_PLACES}{_OF_MONTHS}{_PART}",
        # the 5th of every month, on the last friday of each month
        rf"\b(?:on )?(?:the )?{_PLACES} (?:of|in) (?:{EVERY}) (?:(?P<other>{OTHER}) |(?P<number>{_NUMBER}) )?"
        rf"(?P<unit>months?)\b{_PART}",
        # am 5. jedes Monats, jeden Monat am 5.
        r"\b(?:am )?(?P<numbered>[0-9]{1,2})\. jedes monats\b",
        r"\bjeden monat am (?P<numbered>[0-9]{1,2})\.",
        # ہر مہینے کی ۵ تاریخ کو
        r"\bہر (?:مہینے|ماہ) (?:کی )?(?P<numbered>[0-9]{1,2}) تاریخ(?: کو)?",
        # on mondays, weekdays, montags
        rf"\b(?:(?P<on>on) )?(?P<plural>(?:{_WORKDAY}|{_WEEKEND}|(?:{_WHOLE_WEEKDAY}))s"
        rf"(?:{_AND}(?:on )?(?:{_WHOLE_WEEKDAY})s)*)\b{_PART}",
    )
]
_HELD = re.compile(
    rf"\b(?:{_NUMBER}|almost|nearly|not|of|for|from|in|than|like|per|after|before|since|until|till|about|with|by"
    r"|and|or|twice|times|how|the|an?|my|our|your|his|her|their|this|that|these|those|as|but|why|near|only"
    r"|except|except for|except on|excluding) $"
)
_CONTINUES = re.compile(
    rf" ?(?:$|[,.;!?\n(#@{CUT}]|- |(?:at|on|from|starting|beginning|until|till|through|ending|for|after|upon|when"
    r"|once|by"
    r"|with|in the|um|ab|bis|nach|gegen|ab)\b|!|p[1-4]\b|[0-9]{1,3} times\b|(?:1[0-2]|[1-9])(?=[ .!]*$))"
)
_BARE_HOUR = re.compile(rf" (?P<hour>1[0-2]|[1-9])(?=[ .!{CUT}]*$)")
_AFTER_COMPLETION = re.compile(rf",? ?\b(?:{AFTER_COMPLETION})\b{_NOT_WORD}")
_UNTIL = re.compile(r",? ?\b(?:until|till|through|up to|ending(?: on| in)?|ends(?: on| in)?|bis(?: zum)?) (?:the )?")
_START = re.compile(r",? ?\b(?:starting|beginning|from|as of|ab)(?: on| from| in| with)? (?:the )?")
_COUNT = re.compile(
    rf",? ?\b(?:for )?(?P<number>{_NUMBER}|once|one)(?: (?:times?|occurrences?|repetitions?))\b|,? ?\b(?P<word>twice)\b"
)
_FOR = re.compile(rf",? ?\bfor (?:the next )?(?P<duration>{DURATION})\b")
# What asks for a repetition, whether it can be read or not.
_ASKS = re.compile(
    rf"\b(?:{EVERY}|{_ONCE}|twice an?|(?:{_NUMBER}) times an?) (?:[\w.-]+ ){{0,3}}?"
    rf"(?:seconds?|sec|{UNIT}|{_WORKDAY}|{_WEEKEND}|{WEEKDAY}|{MONTH}|{PART}|quarter|moon)s?\b(?!')"
    rf"|\b(?:{alternatives(OFTEN)}|minutely|nightly)(?=[ .!{CUT}]*$|,? (?:except|but|excluding)\b)"
    rf"|\b(?:twice|thrice|(?:{_NUMBER}) times) (?:{alternatives(OFTEN)})\b"
)
_EXCEPTS = re.compile(rf",? (?:except|but|unless|excluding|apart from|other than)\b[^,.;!?\n{CUT}]*")
_NAMES_OF_UNITS: dict[Unit, Frequency] = {
    "hour": Frequency.HOURLY,
    "day": Frequency.DAILY,
    "week": Frequency.WEEKLY,
    "fortnight": Frequency.WEEKLY,
    "month": Frequency.MONTHLY,
    "year": Frequency.YEARLY,
}
_MOST_WORDS_OF_A_DATE = 5


@dataclass(frozen=True, slots=True)
class Repetition:
    """What a phrase says: the recurrence, from which day on and at what time, and for how many days if it is so."""

    recurrence: Recurrence
    start: date | None = None
    part: PartOfDay | None = None
    at: time | None = None
    days: int | None = None

    def begun(self, when: When, reader: Reader) -> tuple[When, Recurrence] | None:
        """When it is to be done for the first time, given what else the phrase says; None if it never is."""
        rule, at = self.recurrence.rule, self._time(when.at)
        first = first_occurrence(rule, self._start(when.day, at, reader.now))
        if first is None:
            return None
        if self.days is not None:
            rule = replace(rule, until=first.date() + timedelta(days=self.days - 1))
        if at is None and rule.frequency is not Frequency.HOURLY:
            return When(first.date()), replace(self.recurrence, rule=rule)
        local = existing(first, reader.now.tzinfo) if reader.now.tzinfo else first
        return When(local.date(), local.time()), replace(self.recurrence, rule=rule)

    def _time(self, said: time | None) -> time | None:
        if self.part is None:
            return said or self.at
        at = said or self.at
        return time(PART_HOURS[self.part]) if at is None else in_part_of_day(at, self.part)

    def _start(self, said: date | None, at: time | None, now: datetime) -> datetime:
        rule = self.recurrence.rule
        if at is None and rule.frequency is Frequency.HOURLY:
            return now.replace(second=0, microsecond=0, tzinfo=None) + timedelta(hours=rule.interval)
        day = said or self.start or now.date()
        start = datetime.combine(day, at or time())
        if day == now.date() and at is not None and at <= now.time():
            start += timedelta(days=1)
        return start


def extract_repetition(phrase: Phrase, reader: Reader) -> Repetition | None:
    """Find what the phrase says of repeating, take it out and return it; None for what cannot be followed."""
    for match in _candidates(phrase):
        try:
            return _taken(phrase, match, reader)
        except (ValueError, OverflowError):
            continue
    return None


def unread_repetition(phrase: Phrase) -> str | None:
    """Words that ask for a repetition and that no rule has read."""
    match = _ASKS.search(phrase.view)
    if match is None or _HELD.search(phrase.view, max(0, match.start() - 12), match.start()):
        return None
    excepted = _EXCEPTS.match(phrase.view, match.end())
    if not (excepted or _CONTINUES.match(phrase.view, match.end()) or phrase.at_start(match.start())):
        return None
    return phrase.text[match.start() : (excepted or match).end()]


def read_recurrence(text: str, reader: Reader) -> Recurrence:
    """The recurrence that a whole text means; raises ValueError, in words."""
    phrase = Phrase(clean(text))
    found = extract_repetition(phrase, reader)
    if found is None or phrase.rest().strip(" ,.;:!?-") or found.at or found.part or found.start:
        raise ValueError("is not understood: say how often, such as “every 2 weeks on friday” or “monthly on the 5th”")
    if found.days is not None:
        rule = replace(found.recurrence.rule, until=reader.today + timedelta(days=found.days - 1))
        return replace(found.recurrence, rule=rule)
    return found.recurrence


def _candidates(phrase: Phrase) -> list[re.Match[str]]:
    """The places that read like a repetition, the longest first."""
    without_times = phrase.view
    for hit in find_times(phrase):
        without_times = without_times[: hit.start] + CUT * (hit.end - hit.start) + without_times[hit.end :]
    found = [match for pattern in _PATTERNS for match in pattern.finditer(phrase.view)]
    fitting = [match for match in found if _stands_alone(phrase, match, without_times)]
    return sorted(fitting, key=lambda match: (match.start() - match.end(), match.start()))


def _stands_alone(phrase: Phrase, match: re.Match[str], without_times: str) -> bool:
    before = phrase.view[: match.start()]
    found = match.groupdict()
    if _HELD.search(before, max(0, len(before) - 12)):
        return False
    if _CONTINUES.match(without_times, match.end()) or _AFTER_COMPLETION.match(phrase.view, match.end()):
        return found.get("plural") is None or bool(found.get("on")) or not phrase.at_start(match.start())
    return phrase.at_start(match.start()) and not (found.get("often") or found.get("plural"))


def _taken(phrase: Phrase, match: re.Match[str], reader: Reader) -> Repetition:
    found = {name: value for name, value in match.groupdict().items() if value}
    rule = checked(_rule(found))
    spans = [match.span()]
    part = PARTS.get(found.get("part") or found.get("daily") or "")
    ends: dict[str, date | int | None] = {}
    after = False
    for read in (_after_completion, _until_day, _count, _duration, _start_day):
        if (hit := read(phrase, match.end(), reader)) is None:
            continue
        name, value, span = hit
        after = after or name == "after"
        ends[name] = value
        spans.append(span)
    until, count = ends.get("until"), ends.get("count")
    assert not isinstance(until, int)  # noqa: S101 (each name has its type)
    assert not isinstance(count, date)  # noqa: S101
    rule = checked(replace(rule, until=until, count=count))
    if until is not None and until < reader.today:
        raise ValueError("it has ended")
    hour = _BARE_HOUR.match(phrase.view, match.end())
    at = bare_hour(hour) if hour else None
    if hour:
        spans.append(hour.span())
    for start, end in spans:
        phrase.take(PartKind.TIME if hour and (start, end) == hour.span() else PartKind.REPETITION, start, end)
    begin, days = ends.get("start"), ends.get("days")
    return Repetition(
        Recurrence(rule, after),
        begin if isinstance(begin, date) else None,
        part,
        at.at if at else None,
        days if isinstance(days, int) else None,
    )


def _rule(found: dict[str, str]) -> Rule:
    """The rule that the groups of a pattern say."""
    if days := found.get("plural"):
        return Rule(Frequency.WEEKLY, weekdays=_weekdays(days))
    if "weekdays" in found:
        return Rule(Frequency.WEEKLY, weekdays=WORKDAYS)
    if number := found.get("numbered"):
        return Rule(Frequency.MONTHLY, month_days=(int(number),))
    if "daily" in found:
        return Rule(Frequency.DAILY, _pace(found)[1])
    frequency, interval = _pace(found)
    if written := found.get("date"):
        return _yearly(interval, written)
    if places := found.get("places"):
        return _of_a_month(frequency, interval, places, found)
    if days := found.get("on_days") or found.get("days"):
        return Rule(Frequency.WEEKLY if frequency is None else frequency, interval, weekdays=_weekdays(days))
    if frequency is None:
        raise ValueError("says no unit")
    if UNITS.get(found.get("unit", "")) == "workday":
        return Rule(Frequency.WEEKLY, interval, weekdays=WORKDAYS)
    return Rule(frequency, interval, months=_months(found.get("in_months", "")))


def _pace(found: dict[str, str]) -> tuple[Frequency | None, int]:
    """How many of which unit; no unit where only days are named."""
    interval = 2 if "other" in found else 1
    if often := found.get("often"):
        number, unit = OFTEN[often]
        return _NAMES_OF_UNITS[unit], number
    if written := found.get("number"):
        interval = _COUNTS.get(written) or int(written)
    if nth := found.get("nth"):
        interval = _places(nth)[0]
    if "unit" not in found:
        return None, interval
    unit = UNITS[found["unit"]]
    if unit == "workday":
        if interval > 1:
            raise ValueError("workdays are not counted")
        return Frequency.WEEKLY, 1
    if unit not in _NAMES_OF_UNITS:
        raise ValueError("too often")
    return _NAMES_OF_UNITS[unit], interval * (2 if unit == "fortnight" else 1)


def _yearly(interval: int, written: str) -> Rule:
    month = next(MONTHS[word] for word in re.findall(r"[^\W\d_]+", written) if word in MONTHS)
    return Rule(Frequency.YEARLY, interval, month_days=(int(re.sub(r"\D", "", written)),), months=(month,))


def _of_a_month(frequency: Frequency | None, interval: int, places: str, found: dict[str, str]) -> Rule:
    """ "The 1st and 15th", "the last friday", "the 1st monday of september"."""
    numbers = _places(places)
    months = _months(found.get("months", "") or found.get("in_months", ""))
    frequency = frequency or (Frequency.YEARLY if months else Frequency.MONTHLY)
    days = found.get("days")
    if days:
        return Rule(frequency, interval, weekdays=_weekdays(days), positions=numbers, months=months)
    return Rule(frequency, interval, month_days=numbers, months=months)


def _places(text: str) -> tuple[int, ...]:
    """ "The 1st and 3rd", "2nd-to-last"."""
    return tuple(
        _place(words) for words in re.findall(rf"(?:{ORDINAL}|[0-9]{{1,2}}(?:{_TH}|\.))(?:[ -]to[ -]last)?", text)
    )


def _place(words: str) -> int:
    word = re.split("[ -]", words)[0]
    number = ORDINALS.get(word) or int(re.sub(r"\D", "", word))
    return -number if re.search("[ -]to[ -]last$", words) else number


def _weekdays(text: str) -> tuple[int, ...]:
    numbers: list[int] = []
    for word in re.findall(rf"(?:{_WORKDAY}|{_WEEKEND}|{WEEKDAY})s?\b", text):
        numbers += _days_of(word) or _days_of(word.removesuffix("s"))
    return tuple(dict.fromkeys(numbers))


def _days_of(word: str) -> tuple[int, ...]:
    if word in WEEKDAYS:
        return (WEEKDAYS[word],)
    if word in WORKDAY_WORDS:
        return WORKDAYS
    if word in WEEKEND_WORDS:
        return (5,)
    return (5, 6) if word.removesuffix("s") in WEEKEND_WORDS else ()


def _months(text: str) -> tuple[int, ...]:
    return tuple(MONTHS[word] for word in re.findall(rf"\b(?:{MONTH})\b", text))


_Hit = tuple[str, date | int | None, tuple[int, int]]
_Read = Callable[[Phrase, int, Reader], _Hit | None]


def _after_completion(phrase: Phrase, start: int, reader: Reader) -> _Hit | None:
    match = _AFTER_COMPLETION.search(phrase.view, start)
    return ("after", None, match.span()) if match else None


def _until_day(phrase: Phrase, start: int, reader: Reader) -> _Hit | None:
    for match in _UNTIL.finditer(phrase.view, start):
        if (days := _days_from(phrase, match.end(), reader)) is not None:
            return "until", days[1], (match.start(), days[2])
    return None


def _start_day(phrase: Phrase, start: int, reader: Reader) -> _Hit | None:
    for match in _START.finditer(phrase.view, start):
        if (days := _days_from(phrase, match.end(), reader)) is not None:
            return "start", days[0], (match.start(), days[2])
    return None


def _count(phrase: Phrase, start: int, reader: Reader) -> _Hit | None:
    match = _COUNT.search(phrase.view, start)
    if match is None:
        return None
    word = match["number"] or match["word"]
    number = {"once": 1, "one": 1, "twice": 2}.get(word) or _COUNTS.get(word) or int(word)
    return "count", number, match.span()


def _duration(phrase: Phrase, start: int, reader: Reader) -> _Hit | None:
    match = _FOR.search(phrase.view, start)
    duration = read_duration(match["duration"]) if match else None
    if match is None or duration is None:
        return None
    day, moment = duration.after(reader.now)
    if day is None or moment is not None:
        return None
    return "days", (day - reader.today).days, match.span()


def _days_from(phrase: Phrase, start: int, reader: Reader) -> tuple[date, date, int] | None:
    """The days that the longest run of words from `start` on means, and where it ends."""
    for end in _ends_of_words(phrase.view, start):
        if (window := read_window(phrase.view[start:end].strip(" ,."), reader)) is not None:
            return *window, end
    return None


def _ends_of_words(view: str, start: int) -> Iterator[int]:
    said = view[start : start + 60].partition(QUOTED)[0].rstrip()
    ends = [start + space.start() for space in re.finditer(rf"(?:[ ,.?!{CUT}]|$)", said)]
    return reversed(ends[:_MOST_WORDS_OF_A_DATE])
