"""Which day is meant: sums on the calendar. None where the calendar ends."""

from calendar import monthrange
from datetime import UTC, date, datetime, timedelta

WEEK = 7


def a_date(year: int, month: int, day: int) -> date | None:
    """That day, if there is one."""
    try:
        return date(year, month, day)
    except ValueError:
        return None


def plus_days(day: date, days: int) -> date | None:
    """So many days later."""
    try:
        return day + timedelta(days=days)
    except OverflowError:
        return None


def plus_months(day: date, months: int) -> date | None:
    """The same day of a later month, or that month's last one."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return a_date(year, month + 1, min(day.day, monthrange(year, month + 1)[1])) if year <= date.max.year else None


def plus_workdays(day: date, days: int) -> date | None:
    """So many days later, Saturdays and Sundays not counted."""
    found: date | None = day
    for _ in range(days):
        found = plus_days(found, 1) if found else None
        while found and found.weekday() > 4:
            found = plus_days(found, 1)
    return found


def calendar_day(year: int | None, month: int, day: int, today: date) -> date | None:
    """That day of that year, else the next one there is."""
    if year is not None:
        return a_date(year, month, day)
    # Nine years always hold a 29 February.
    candidates = (a_date(today.year + later, month, day) for later in range(9))
    return next((candidate for candidate in candidates if candidate and candidate >= today), None)


def day_of_month(day: int, today: date) -> date | None:
    """The next day of that number."""
    months = (divmod(today.year * 12 + today.month - 1 + later, 12) for later in range(13))
    candidates = (a_date(year, month + 1, day) for year, month in months)
    return next((candidate for candidate in candidates if candidate and candidate >= today), None)


def weekday(number: int, today: date, *, of_next_week: bool, may_be_today: bool) -> date | None:
    """The next such day, or that of the week after the current one; 0 is Monday."""
    if of_next_week:
        return plus_days(today, WEEK - today.weekday() + number)
    ahead = (number - today.weekday()) % WEEK
    return plus_days(today, WEEK if ahead == 0 and not may_be_today else ahead)


def nth_weekday(nth: int, number: int, first: date) -> date | None:
    """The nth such weekday of the month that begins on `first`; -1 is the last one."""
    last_day = monthrange(first.year, first.month)[1]
    numbers = [day for day in range(1, last_day + 1) if first.replace(day=day).weekday() == number]
    place = nth - 1 if nth > 0 else nth
    return first.replace(day=numbers[place]) if place < len(numbers) else None


def next_month(today: date) -> date | None:
    """Its first day."""
    return a_date(today.year + today.month // 12, today.month % 12 + 1, 1)


def begin_of_next(period: str, today: date) -> date | None:
    """The first day of the next week, month or year, or the next weekend's Saturday."""
    if period == "weekend":
        return plus_days(today, 5 - today.weekday() + WEEK)
    if period == "week":
        return plus_days(today, WEEK - today.weekday())
    return next_month(today) if period == "month" else a_date(today.year + 1, 1, 1)


def weekend(today: date) -> date | None:
    """This week's Saturday; today, if that is over."""
    saturday = plus_days(today, 5 - today.weekday())
    return saturday and max(saturday, today)


def end_of(period: str, today: date, *, of_next: bool = False) -> date | None:
    """The last day of this day, week, month or year, or of the next."""
    if period == "day":
        return plus_days(today, 1 if of_next else 0)
    if period in ("week", "weekend"):
        return plus_days(today, 6 - today.weekday() + (WEEK if of_next else 0))
    if period == "month":
        first = next_month(today) if of_next else today
        return first and end_of_month(first)
    return a_date(today.year + (1 if of_next else 0), 12, 31)


def end_of_month(day: date) -> date:
    """The last day of the day's month."""
    return day.replace(day=monthrange(day.year, day.month)[1])


def minutes_later(now: datetime, minutes: float) -> datetime | None:
    """So many real minutes later, on the clock of the same place."""
    try:
        return (now.astimezone(UTC) + timedelta(minutes=minutes)).astimezone(now.tzinfo)
    except OverflowError:
        return None
