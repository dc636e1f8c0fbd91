"""A rule in words: "every 2 weeks on Friday until 5 June 2027". What they say, `repetition` reads as the same rule."""

from collections.abc import Iterable

from todo_backend.language.recurrence import WORKDAYS, Frequency, Recurrence, Rule

_UNITS = {
    Frequency.HOURLY: "hour",
    Frequency.DAILY: "day",
    Frequency.WEEKLY: "week",
    Frequency.MONTHLY: "month",
    Frequency.YEARLY: "year",
}
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip


def in_words(recurrence: Recurrence) -> str:
    """The rule, from where it counts, and how it ends."""
    return _pace(recurrence.rule) + (" after completion" if recurrence.after_completion else "") + _end(recurrence.rule)


def _pace(rule: Rule) -> str:
    if rule.frequency is Frequency.WEEKLY and rule.weekdays and rule.interval == 1:
        return f"every {_weekdays(rule.weekdays)}"
    unit = _UNITS[rule.frequency]
    often = f"every {unit}" if rule.interval == 1 else f"every {rule.interval} {unit}s"
    days = _days(rule)
    on = f" on {days}" if days else ""
    if not rule.months:
        return often + on
    return f"{often}{on} {'of' if on else 'in'} {_and(_MONTHS[month - 1] for month in rule.months)}"


def _days(rule: Rule) -> str:
    if rule.frequency is Frequency.WEEKLY:
        return _weekdays(rule.weekdays).replace("weekday", "weekdays") if rule.weekdays else ""
    if rule.positions:
        which = _weekdays(rule.weekdays, " or ")
        return f"the {_and(map(_place, rule.positions))} {which}"
    if rule.month_days:
        return f"the {_and(map(_place, rule.month_days))}{' day' if min(rule.month_days) < 0 else ''}"
    return ""


def _weekdays(days: tuple[int, ...], joint: str = " and ") -> str:
    return "weekday" if days == WORKDAYS else _and((_DAYS[day] for day in days), joint)


def _place(number: int) -> str:
    if number > 0:
        return ordinal(number)
    return "last" if number == -1 else f"{ordinal(-number)}-to-last"


def ordinal(number: int) -> str:
    """1st, 2nd, 3rd, 11th."""
    ending = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


def _end(rule: Rule) -> str:
    if rule.until:
        return f" until {rule.until.day} {_MONTHS[rule.until.month - 1]} {rule.until.year}"
    if rule.count:
        return f", {rule.count} time{'' if rule.count == 1 else 's'}"
    return ""


def _and(words: Iterable[str], joint: str = " and ") -> str:
    *others, last = words
    return joint.join([", ".join(others), last]) if others else last
