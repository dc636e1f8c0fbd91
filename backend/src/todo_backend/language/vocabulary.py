"""What a language has to say about days, times and durations: one `Vocabulary` for each, a file of words."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

Unit: TypeAlias = Literal["minute", "hour", "day", "workday", "week", "fortnight", "month", "year"]
PartOfDay: TypeAlias = Literal["morning", "noon", "afternoon", "evening", "night"]
Period: TypeAlias = Literal["week", "weekend", "month", "year"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Vocabulary:
    """The words of one language, lower case, as `phrase.fold` writes them.

    All languages are read in any line. What is a word of its own elsewhere ("so", "do") stands in `short_weekdays`:
    it counts for readers of the language, and for all beside a date that leaves no doubt.
    """

    code: str
    weekdays: Mapping[str, int]
    months: Mapping[str, int]
    days: Mapping[str, int]
    """ "Tomorrow": how many days from today."""
    parts: Mapping[str, PartOfDay]
    units: Mapping[str, Unit]
    numbers: Mapping[str, float]
    tonight: tuple[str, ...] = ()
    short_weekdays: Mapping[str, int] = field(default_factory=dict)
    short_units: Mapping[str, Unit] = field(default_factory=dict)
    """Units that follow digits only: "2h"."""
    ordinals: Mapping[str, int] = field(default_factory=dict)
    periods: Mapping[str, Period] = field(default_factory=dict)
    next: tuple[str, ...] = ()
    this: tuple[str, ...] = ()
    end_of: tuple[str, ...] = ()
    on: tuple[str, ...] = ()
    """What stands before a date and is cut with it; regular expressions, as the next ones."""
    deadline: tuple[str, ...] = ()
    to: tuple[str, ...] = ()
    """What stands behind a date and is cut with it."""
    within: tuple[str, ...] = ()
    later: tuple[str, ...] = ()
    """What makes a moment of a duration, before it and behind it."""
    at: tuple[str, ...] = ()
    clock: tuple[str, ...] = ()
    timetable: tuple[str, ...] = ()
    """What goes by a timetable, patterns: a time beside it is as written, in 24 hours."""
    noon: tuple[str, ...] = ()
    midnight: tuple[str, ...] = ()
    past: Mapping[str, int] = field(default_factory=dict)
    """ "Quarter to": how many minutes after the hour that follows."""
    every: tuple[str, ...] = ()
    """What begins a repetition: "every" day, "each" monday; regular expressions, as `after_completion`."""
    other: tuple[str, ...] = ()
    """ "Every other day": each second one."""
    often: Mapping[str, tuple[int, Unit]] = field(default_factory=dict)
    """ "Biweekly": how many of which unit."""
    workdays: tuple[str, ...] = ()
    """What names all days from Monday to Friday, after "every"."""
    weekends: tuple[str, ...] = ()
    after_completion: tuple[str, ...] = ()
    """What makes a repetition count from the moment at which a task was done."""
    names: tuple[str, ...] = ()
    """Days and things that have a name with a day in it: it stays whole; regular expressions."""
