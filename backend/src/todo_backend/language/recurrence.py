"""How often a task is to be done: the part of RFC 5545's rules that a person can be told in a few words.

A rule of another kind is refused, and so is one that would never come. So no rule takes long to follow:
`occurrences` looks for the next date in a calendar that ends.
"""

import re
from calendar import monthrange
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

MOST = 999  # of an interval, and of a count
LONGEST_RULE = 200
WORKDAYS = (0, 1, 2, 3, 4)
_DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_LEAP_YEAR = 2028


class Frequency(StrEnum):
    """The unit in which a rule counts."""

    HOURLY = "HOURLY"
    DAILY = "DAILY"
    WEEKLY = "WEEKLY"
    MONTHLY = "MONTHLY"
    YEARLY = "YEARLY"


@dataclass(frozen=True, slots=True)
class Rule:
    """Every `interval` hours, days, weeks, months or years, and on which days of them.

    `weekdays` count from Monday, 0. In a month, `positions` say which of them are meant: 2 the second, -1 the last.
    `month_days` are numbers of days, -1 the last. Without any of them it is the day on which the first one is due.
    """

    frequency: Frequency
    interval: int = 1
    weekdays: tuple[int, ...] = ()
    positions: tuple[int, ...] = ()
    month_days: tuple[int, ...] = ()
    months: tuple[int, ...] = ()
    until: date | None = None
    count: int | None = None

    def __str__(self) -> str:
        """The rule as RFC 5545 writes it."""
        parts = {
            "FREQ": str(self.frequency),
            "INTERVAL": str(self.interval) if self.interval > 1 else "",
            "BYMONTH": _listed(self.months),
            "BYMONTHDAY": _listed(self.month_days),
            **self._weekdays(),
            "UNTIL": f"{self.until:%Y%m%d}".zfill(8) if self.until else "",
            "COUNT": str(self.count) if self.count else "",
        }
        return ";".join(f"{name}={value}" for name, value in parts.items() if value)

    def _weekdays(self) -> dict[str, str]:
        if len(self.weekdays) == 1 and self.positions:
            return {"BYDAY": ",".join(f"{nth}{_DAYS[self.weekdays[0]]}" for nth in self.positions)}
        return {"BYDAY": ",".join(_DAYS[day] for day in self.weekdays), "BYSETPOS": _listed(self.positions)}


@dataclass(frozen=True, slots=True)
class Recurrence:
    """A rule, and from where it counts: from the due date, or from the moment at which a task was done."""

    rule: Rule
    after_completion: bool = False


def parse_rule(text: str) -> Rule:
    """The rule in RFC 5545's text, in the one form that such a rule has here.

    Raises ValueError, in words, for a rule that cannot be followed.
    """
    parts = _parts(text)
    interval, count = (_number(parts, name) for name in ("INTERVAL", "COUNT"))
    weekdays, positions = _by_day(parts)
    rule = Rule(
        _frequency(parts.get("FREQ", "")),
        interval or 1,
        weekdays,
        positions,
        _numbers(parts, "BYMONTHDAY", 31, signed=True),
        _numbers(parts, "BYMONTH", 12),
        _until(parts),
        count,
    )
    if "BYSETPOS" in parts and rule.frequency is Frequency.YEARLY and len(rule.months) > 1:
        raise ValueError("BYSETPOS in a year is about one month")
    return checked(rule)


def checked(rule: Rule) -> Rule:
    """The rule in its one form; raises ValueError, in words, for one that cannot be followed."""
    if not (1 <= rule.interval <= MOST and (rule.count is None or 1 <= rule.count <= MOST)):
        raise ValueError(f"INTERVAL and COUNT are from 1 to {MOST}")
    if rule.until and rule.count:
        raise ValueError("a rule has UNTIL or COUNT, not both")
    rule = _in_one_form(rule)
    takes = _TAKES[rule.frequency]
    given = {"BYDAY": rule.weekdays, "BYMONTHDAY": rule.month_days, "BYMONTH": rule.months}
    if refused := [name for name, values in given.items() if values and name not in takes]:
        raise ValueError(f"{refused[0]} does not go with FREQ={rule.frequency}")
    if bool(rule.positions) != (bool(rule.weekdays) and rule.frequency in _OF_A_MONTH):
        raise ValueError("BYDAY needs the weekday's number in months and years (BYDAY=2TU), and only there")
    if rule.weekdays and rule.month_days:
        raise ValueError("a rule has BYDAY or BYMONTHDAY, not both")
    if rule.frequency is Frequency.YEARLY and (rule.weekdays or rule.month_days) and not rule.months:
        raise ValueError("days of a year need their month, BYMONTH")
    if len(rule.weekdays) > 1 and len(rule.months) > 1:
        raise ValueError("BYSETPOS in a year is about one month")
    if rule.month_days and not _ever_comes(rule):
        raise ValueError("there is no such day in these months")
    return rule


_OF_A_MONTH = (Frequency.MONTHLY, Frequency.YEARLY)
_TAKES: Mapping[Frequency, tuple[str, ...]] = {
    Frequency.HOURLY: (),
    Frequency.DAILY: (),
    Frequency.WEEKLY: ("BYDAY",),
    Frequency.MONTHLY: ("BYDAY", "BYMONTHDAY"),
    Frequency.YEARLY: ("BYDAY", "BYMONTHDAY", "BYMONTH"),
}


def _in_one_form(rule: Rule) -> Rule:
    """Some rules can be written in two ways: "daily, on Mondays" is "weekly, on Mondays"."""
    frequency, months = rule.frequency, rule.months
    if rule.interval == 1 and frequency is Frequency.DAILY and rule.weekdays and not (rule.month_days or months):
        frequency = Frequency.WEEKLY
    if rule.interval == 1 and frequency is Frequency.MONTHLY and months:
        frequency = Frequency.YEARLY
    if rule.interval == 1 and frequency is Frequency.YEARLY and rule.month_days and not months:
        frequency = Frequency.MONTHLY
    if len(months) == 12 and rule.interval == 1 and (rule.month_days or rule.weekdays):
        frequency, months = Frequency.MONTHLY, ()
    in_order: Callable[[tuple[int, ...]], tuple[int, ...]] = lambda values: tuple(  # noqa: E731
        sorted(set(values), key=lambda value: (value < 0, value))
    )
    return Rule(
        frequency, rule.interval, in_order(rule.weekdays), in_order(rule.positions), in_order(rule.month_days),
        in_order(months), rule.until, rule.count,
    )  # fmt: skip


def _ever_comes(rule: Rule) -> bool:
    longest = max(monthrange(_LEAP_YEAR, month)[1] for month in rule.months or (1,))
    return any(abs(day) <= longest for day in rule.month_days)


def _parts(text: str) -> dict[str, str]:
    written = text.strip().upper().removeprefix("RRULE:").rstrip(";")
    if len(written) > LONGEST_RULE:
        raise ValueError(f"a rule has {LONGEST_RULE} characters at most")
    found: dict[str, str] = {}
    for part in written.split(";"):
        name, equals, value = part.partition("=")
        if not equals or not value or name in found:
            raise ValueError("must be a rule of RFC 5545 such as FREQ=WEEKLY;BYDAY=MO")
        found[name] = value
    if found.pop("WKST", "MO") != "MO":
        raise ValueError("weeks begin on Monday: leave WKST out")
    if unknown := found.keys() - {"FREQ", "INTERVAL", "BYDAY", "BYMONTHDAY", "BYMONTH", "BYSETPOS", "UNTIL", "COUNT"}:
        raise ValueError(f"{min(unknown)[:20]} is not understood here")
    return found


def _frequency(name: str) -> Frequency:
    if name in ("SECONDLY", "MINUTELY"):
        raise ValueError(f"FREQ={name} is too often: a task repeats once an hour at most")
    if name not in Frequency.__members__:
        raise ValueError(f"FREQ must be one of {', '.join(Frequency)}")
    return Frequency(name)


def _number(parts: Mapping[str, str], name: str) -> int | None:
    if name not in parts:
        return None
    if not re.fullmatch("0*[1-9][0-9]{0,2}", parts[name], re.ASCII):
        raise ValueError(f"{name} is a number from 1 to {MOST}")
    return int(parts[name])


def _numbers(parts: Mapping[str, str], name: str, most: int, *, signed: bool = False) -> tuple[int, ...]:
    if name not in parts:
        return ()
    values = parts[name].split(",")
    number = r"[+-]?0*[1-9][0-9]?" if signed else r"0*[1-9][0-9]?"
    if not all(re.fullmatch(number, value, re.ASCII) and abs(int(value)) <= most for value in values):
        raise ValueError(f"{name} has numbers from 1 to {most}" + (", or from the end, -1 the last" if signed else ""))
    return tuple(map(int, values))


def _by_day(parts: Mapping[str, str]) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """The weekdays, and which of them in a month."""
    positions = _numbers(parts, "BYSETPOS", 5, signed=True)
    if "BYDAY" not in parts:
        if positions:
            raise ValueError("BYSETPOS needs BYDAY")
        return (), ()
    days = [re.fullmatch(rf"([+-]?[1-5])?({'|'.join(_DAYS)})", day, re.ASCII) for day in parts["BYDAY"].split(",")]
    found = [day for day in days if day]
    if len(found) < len(days):
        raise ValueError("BYDAY has weekdays such as MO or 2TU, the second Tuesday")
    weekdays = {_DAYS.index(day[2]) for day in found}
    if not any(day[1] for day in found):
        return tuple(weekdays), positions
    if positions or len(weekdays) > 1 or not all(day[1] for day in found):
        raise ValueError("BYDAY with numbers is about one weekday, such as BYDAY=1MO,3MO")
    return tuple(weekdays), tuple(int(day[1]) for day in found)


def _until(parts: Mapping[str, str]) -> date | None:
    """The last day on which a task may be due, whatever time is with it."""
    if "UNTIL" not in parts:
        return None
    written = re.fullmatch("([0-9]{4})([0-9]{2})([0-9]{2})(?:T[0-9]{6}Z?)?", parts["UNTIL"], re.ASCII)
    try:
        return date(*map(int, written.groups())) if written else date.fromisoformat(parts["UNTIL"])
    except ValueError:
        raise ValueError("UNTIL is a day such as 20271231") from None


def _listed(values: tuple[int, ...]) -> str:
    return ",".join(map(str, values))
