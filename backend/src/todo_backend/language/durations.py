"""How long: "an hour and a half", "1h30", "2 weeks and 3 days"."""

import re
from dataclasses import dataclass
from datetime import date, datetime
from math import floor

from todo_backend.language.days import minutes_later, plus_days, plus_months, plus_workdays
from todo_backend.language.lexicon import NUMBER, NUMBERS, SHORT_UNIT, SHORT_UNITS, UNIT, UNITS

_DIGITS = r"[0-9]{1,4}(?:[.,][0-9]{1,2})?"
_TENS = "twenty|thirty|forty|fifty"
_ONES = "one|two|three|four|five|six|seven|eight|nine"
_WORDS = rf"(?:(?:{_TENS})[ -](?:{_ONES})|{NUMBER})"
_NO_LETTER = r"(?![^\W\d_])"
_TERM = (
    rf"(?:{_DIGITS}(?: 1/2)?[ -]?(?:{UNIT}|{SHORT_UNIT}){_NO_LETTER}"  # 2 hours, 2h, 2 1/2 hours
    rf"|{_WORDS}(?: and a half)?[ -](?:{UNIT}){_NO_LETTER})"  # two hours, two and a half hours
    r"(?: and a half\b)?"  # an hour and a half
)
DURATION = rf"{_TERM}(?:(?:,? and |, | )?{_TERM}){{0,3}}(?:(?<=[0-9]h)[0-5]?[0-9])?"
_ONE_TERM = re.compile(
    rf"(?:(?P<digits>{_DIGITS})(?P<plus> 1/2)?[ -]?(?P<unit>{UNIT}|{SHORT_UNIT})"
    rf"|\b(?P<words>{_WORDS})(?P<half> and a half)?[ -](?P<whole_unit>{UNIT})){_NO_LETTER}(?P<more> and a half\b)?"
)
_MINUTES_AT_END = re.compile("(?<=h)[0-9]{1,2}$")
_UNITS = SHORT_UNITS | UNITS
_DAYS = {"day": 1, "week": 7, "fortnight": 14}
_MOST_WORKDAYS = 1000


@dataclass(slots=True)
class Duration:
    """So long. Months and workdays have no length of their own."""

    months: float = 0
    days: float = 0
    workdays: int = 0
    minutes: float = 0

    @property
    def names_a_moment(self) -> bool:
        """Whether the time of day counts: minutes, hours, and parts of a day."""
        return self.minutes > 0

    def after(self, now: datetime) -> tuple[date | None, datetime | None]:
        """The day that is so long after now, and the moment if the duration names one."""
        day = plus_months(now.date(), floor(self.months))
        day = day and plus_days(day, floor(self.days + self.months % 1 * 30))
        day = day and plus_workdays(day, min(self.workdays, _MOST_WORKDAYS))
        if day is None or not self.names_a_moment:
            return day, None
        moment = minutes_later(datetime.combine(day, now.time(), now.tzinfo), self.minutes)
        return moment and moment.date(), moment


def read_duration(text: str) -> Duration | None:
    """The duration that a match of `DURATION` names."""
    duration = Duration()
    for term in _ONE_TERM.finditer(text):
        unit = _UNITS[term["unit"] or term["whole_unit"]]
        amount = _amount(term)
        if unit in ("minute", "hour"):
            duration.minutes += amount * (60 if unit == "hour" else 1)
        elif unit in ("month", "year"):
            duration.months += amount * (12 if unit == "year" else 1)
        elif unit == "workday":
            duration.workdays += floor(amount)
        else:
            duration.days += amount * _DAYS[unit]
            if unit == "day":
                duration.minutes += duration.days % 1 * 24 * 60
    if minutes := _MINUTES_AT_END.search(text):
        duration.minutes += int(minutes[0])
    return None if duration == Duration() else duration


def _amount(term: re.Match[str]) -> float:
    if term["digits"]:
        amount = float(term["digits"].replace(",", "."))
    else:
        amount = NUMBERS.get(term["words"]) or sum(NUMBERS[word] for word in re.split("[ -]", term["words"]))
    return amount + (0.5 if term["plus"] or term["half"] or term["more"] else 0)
