"""The words of all languages together, and the pieces of regular expressions that rules put them into."""

from collections.abc import Iterable, Mapping
from typing import TypeVar

from todo_backend.language.vocabularies import VOCABULARIES
from todo_backend.language.vocabulary import PartOfDay, Period, Unit
from todo_backend.language.words import alternatives

_Value = TypeVar("_Value")


def _merged(tables: Iterable[Mapping[str, _Value]]) -> dict[str, _Value]:
    merged: dict[str, _Value] = {}
    for table in tables:
        merged |= table
    return merged


def _words(lists: Iterable[tuple[str, ...]]) -> str:
    return alternatives(word for words in lists for word in words)


WEEKDAYS = _merged(words.weekdays for words in VOCABULARIES)
SHORT_WEEKDAYS = {words.code: words.short_weekdays for words in VOCABULARIES if words.short_weekdays}
ANY_WEEKDAYS = _merged([WEEKDAYS, *SHORT_WEEKDAYS.values()])
MONTHS = _merged(words.months for words in VOCABULARIES)
DAYS = _merged(words.days for words in VOCABULARIES)
TONIGHT = frozenset(word for words in VOCABULARIES for word in words.tonight)
PARTS: dict[str, PartOfDay] = _merged(words.parts for words in VOCABULARIES)
UNITS: dict[str, Unit] = _merged(words.units for words in VOCABULARIES)
SHORT_UNITS: dict[str, Unit] = _merged(words.short_units for words in VOCABULARIES)
NUMBERS = _merged(words.numbers for words in VOCABULARIES)
ORDINALS = _merged(words.ordinals for words in VOCABULARIES)
PERIODS: dict[str, Period] = _merged(words.periods for words in VOCABULARIES)
NEXT_WORDS = frozenset(word for words in VOCABULARIES for word in words.next)
PAST_HOUR = _merged(words.past for words in VOCABULARIES)

WEEKDAY = alternatives(WEEKDAYS)
SHORT_WEEKDAY = alternatives(word for table in SHORT_WEEKDAYS.values() for word in table)
ANY_WEEKDAY = alternatives(ANY_WEEKDAYS)
MONTH = alternatives(MONTHS)
DAY = alternatives(DAYS)
PART = alternatives(PARTS)
UNIT = alternatives(UNITS)
SHORT_UNIT = alternatives(SHORT_UNITS)
NUMBER = alternatives(NUMBERS)
ORDINAL = alternatives(ORDINALS)
PERIOD = alternatives(PERIODS)
HOUR_WORD = alternatives(
    word for word, number in NUMBERS.items() if number in range(1, 13) and len(word) > 1 and word != "an"
)
NEXT = alternatives(NEXT_WORDS)
THIS = _words(words.this for words in VOCABULARIES)
END_OF = _words(words.end_of for words in VOCABULARIES)
ON = _words(words.on for words in VOCABULARIES)
DEADLINE = _words(words.deadline for words in VOCABULARIES)
BEHIND = _words(words.to for words in VOCABULARIES)
WITHIN = _words(words.within for words in VOCABULARIES)
LATER = _words(words.later for words in VOCABULARIES)
AT = _words(words.at for words in VOCABULARIES)
CLOCK = _words(words.clock for words in VOCABULARIES)
TIMETABLE = _words(words.timetable for words in VOCABULARIES)
NOON = _words(words.noon for words in VOCABULARIES)
MIDNIGHT = _words(words.midnight for words in VOCABULARIES)
PAST = alternatives(PAST_HOUR)
EVERY = _words(words.every for words in VOCABULARIES)
OTHER = _words(words.other for words in VOCABULARIES)
OFTEN: dict[str, tuple[int, Unit]] = _merged(words.often for words in VOCABULARIES)
WORKDAY_WORDS = frozenset(word for words in VOCABULARIES for word in words.workdays)
WEEKEND_WORDS = frozenset(word for words in VOCABULARIES for word in words.weekends)
AFTER_COMPLETION = "|".join(pattern for words in VOCABULARIES for pattern in words.after_completion)
NAMES = "|".join(name for words in VOCABULARIES for name in words.names)
