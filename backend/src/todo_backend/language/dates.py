"""Days that words name, read against a given moment.

How ambiguous phrases are read (each has a test):

* An explicit date wins over a weekday beside it; of several days the first wins, and a deadline over the others.
* A weekday alone is the next such day after today; "this friday" may be today; "next friday" is the Friday of the
  week after the current one (weeks begin on Monday). "next week" is its Monday, "next month" its first day.
* "3/4" is the 3rd of April or the 4th of March by the reader's locale, unless only the other order names a day, or
  the weekday that stands beside it. Dots always mean day and month, ISO dates are taken as they stand, and a day
  without a year is the next one that exists (29 February as well).
* Only words that mean a date count: "Friday's report", "prepare monday meeting" or "black friday" keep theirs, a
  quoted text as well.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeAlias

from todo_backend.language import days
from todo_backend.language.durations import DURATION, read_duration
from todo_backend.language.lexicon import (
    ANY_WEEKDAY,
    ANY_WEEKDAYS,
    BEHIND,
    DAY,
    DAYS,
    DEADLINE,
    END_OF,
    HOUR_WORD,
    LATER,
    MONTH,
    MONTHS,
    NAMES,
    NEXT,
    NEXT_WORDS,
    ON,
    ORDINAL,
    ORDINALS,
    PART,
    PARTS,
    PAST,
    PERIOD,
    PERIODS,
    SHORT_WEEKDAY,
    SHORT_WEEKDAYS,
    THIS,
    TONIGHT,
    WEEKDAY,
    WEEKDAYS,
    WITHIN,
)
from todo_backend.language.phrase import CUT, Phrase, Span
from todo_backend.language.reader import Reader
from todo_backend.language.times import PART_HOURS, TimeOfDay
from todo_backend.language.vocabulary import PartOfDay

_TH = "(?:st|nd|rd|th)"
_TO = rf"(?P<to> ?- ?[0-9]{{1,2}}{_TH}?)?"
# "Friday's", "monday.com", "کل کی" belong to a noun.
_NOT_WORD = r"(?!['.-]?\w| (?:کی|کا)\b)"
# "شام" of "شام ۵ بجے" belongs to the hour.
_PART = rf"(?:(?: in the| at|,)? ?(?P<part>{PART})\b(?! (?:(?:{PAST}) )?(?:[0-9]{{1,2}}|{HOUR_WORD}) ?بجے))?"
_BEHIND = rf"(?P<behind> (?:{BEHIND})\b)?"
_WHICH = rf"(?:(?P<which>{THIS}|{NEXT}) )?"
_THE_MONTH = r"(?P<month>(?:the |this |the coming |next )?month)\b"
_SOME_MONTH = rf"(?:(?P<name>{MONTH})\b(?: (?P<year>20[0-9]{{2}})\b)?|{_THE_MONTH})"
_END_OR_TIME = r"(?:$|at\b|@|[0-9]{1,2}(?::| ?[ap]\.?m\b))"
_YEAR = r"(?:,?[ -](?P<year>20[0-9]{2})\b)?"


@dataclass(frozen=True, slots=True)
class Day:
    """A day that words name: where they stand, and what else they say."""

    spans: tuple[Span, ...]
    day: date
    part: PartOfDay | None = None
    moment: datetime | None = None
    repeats_weekly: bool = False
    is_deadline: bool = False
    takes_an_hour: bool = False  # "monday 9"
    kept: Span | None = None

    @property
    def start(self) -> int:
        """Where the first of its words begins."""
        return self.spans[0][0]

    @property
    def end(self) -> int:
        """Where the last of its words ends."""
        return self.spans[-1][1]


@dataclass(frozen=True, slots=True)
class _Named:
    """What the words of a rule name."""

    day: date | None
    part: PartOfDay | None = None
    moment: datetime | None = None
    repeats_weekly: bool = False
    takes_an_hour: bool = False


@dataclass(frozen=True, slots=True)
class _Place:
    """A match of a rule, and what stands around it."""

    phrase: Phrase
    reader: Reader
    match: re.Match[str]
    spans: tuple[Span, ...]
    weekday: int | None
    introduction: re.Match[str] | None
    near_time: bool
    before_time: bool

    @property
    def before(self) -> str:
        return self.phrase.view[max(0, self.spans[0][0] - 40) : self.spans[0][0]]

    @property
    def at_start(self) -> bool:
        return self.phrase.at_start(self.spans[0][0])

    @property
    def at_end(self) -> bool:
        return self.phrase.at_end(self.spans[-1][1])

    @property
    def ends_here(self) -> bool:
        """Whether no noun follows that the day would belong to."""
        follows = _CONTINUES.match(self.phrase.view, self.spans[-1][1])
        return self.before_time or self.at_end or follows is not None or self.leads_to_another

    @property
    def leads_to_another(self) -> bool:
        """Whether another date is joined to this one: "monday and friday"."""
        if self.match.groupdict().get("word") or "duration" in self.match.groupdict():
            return False
        return _OTHER_AFTER.match(self.phrase.view, self.spans[-1][1]) is not None

    @property
    def introduced_by(self) -> str:
        return self.introduction[0].strip(f" {CUT}") if self.introduction else ""


_Read: TypeAlias = Callable[[re.Match[str], Reader, "int | None"], _Named]
_Fits: TypeAlias = Callable[[_Place], bool]

# What introduces a date and is cut with it. A deadline word makes its date win over others in the same line.
_INTRODUCTION = re.compile(
    rf"(?:(?:\b(?:and |that |which )?(?:(?:it|that)'?s |is |are )?(?P<deadline>{DEADLINE})(?: is| of|:)?"
    rf"(?: on| by| at| in| before| am)?|\b(?:{ON}))[ {CUT}]+(?:the )?)$"
)
# What a day belongs to that it follows. The introduction may stand in between.
_HELD = re.compile(
    r"\b(?:from|since|after|of|every|each|last|past|than|per|the|a|an|my|our|your|his|her|with|like|named|called|about|other"
    r"|(?:bi-?|semi-?)?(?:weekly|monthly|yearly|annually|fortnightly)|jeden|jede|jeder|letzten|vom|von|seit|über|ہر) $"
)
# "The third friday" is one of a month; "first today" is a title with its day.
_NUMBERED = re.compile(rf"\b(?:[0-9]{{1,2}}{_TH}|(?:{ORDINAL})) $")
_CONTINUES = re.compile(
    rf" ?(?:$|[,.;!?\n(#{CUT}]|- |(?:to|with|about|for|at|in|on|and|before|after|by|if|or|from|because|when|while|via"
    rf"|using|um|mit|zu|und|für|oder)\b|(?:1[0-2]|[1-9])[ .!{CUT}]*$)"
)
_NAMES = re.compile(rf"\b(?:{NAMES})\b")
_OTHER_DATE = (
    rf"(?:(?:{WEEKDAY})\b|[0-9]{{1,2}}{_TH}?(?: of)? (?:{MONTH})\b|(?:{MONTH}) [0-9]{{1,2}}\b"
    r"|[0-9]{1,2}/[0-9]{1,2}\b)"
)
_JOINT = r"(?:,? (?:and|or|&|to|through|until|till|und|oder|bis) |, |/| ?- ?)"
_OTHER_AFTER = re.compile(rf"{_JOINT}(?:on |am )?{_OTHER_DATE}")
_OTHER_BEFORE = re.compile(rf"\b{_OTHER_DATE}{_JOINT}(?:on |am )?$")
_GAP = f"[ ,.({CUT}]*"
_WEEKDAY_BEFORE = re.compile(
    rf"\b(?:(?:{THIS}|{NEXT}) )?(?P<weekday>{ANY_WEEKDAY})\b(?P<gap>{_GAP}(?:(?:the|den|dem|der) )?)$"
)
_WEEKDAY_AFTER = re.compile(rf"(?P<gap>[ ,({CUT}]+)(?:(?P<weekday>{WEEKDAY})\b)(?!['-]?\w)")

_COUNTED_BEFORE = re.compile(
    r"(?:\b(?:pages?|pp?\.?|chapters?|ch\.?|parts?|episodes?|ep\.?|sizes?|steps?|vol(?:ume)?s?\.?|versions?|v|releases?"
    r"|score|rooms?|units?|grades?|lessons?|exercises?|questions?|verses?|sections?|ratio|python|ios|android|java"
    r"|node|ubuntu|php|seiten?|kapitel|aufgaben?)|§) $"
)
_MEASURE_AFTER = re.compile(
    r" ?(?:kg|k?g|mg|lbs?|oz|cups?|m?l|cl|tsp|tbsp|teaspoons?|tablespoons?|of|inch(?:es)?|miles?|mi|k?m|laps?|steps?"
    r"|blocks?|times|rounds?|kilomet(?:er|re)s?|met(?:er|re)s?|lit(?:er|re)s?|pounds?|gallons?|pints?|dozen|split"
    r"|full|off|hours?|hrs?|stars?|people|men|women|kids|children|uhr|prozent|liter|%)(?!\w)"
)
_PLURAL_AFTER = re.compile(r" [a-z]+s\b")
_HOUR_BEFORE = re.compile(rf"(?:[0-9]|\b(?:{HOUR_WORD}|uhr|o'?clock)) $")
_VERB_MONTHS = ("march", "may")
_READS_NAMES = re.compile(r"(?:read|watch|stream|see|renew|buy|order|subscribe to|listen to) ")
_DOTTED_INTRODUCTIONS = ("am", "ab", "zum", "bis", "spätestens", "vor", "due", "by", "before", "until", "till")


def choose_day(phrase: Phrase, reader: Reader, times: list[TimeOfDay]) -> Day | None:
    """The day that the phrase sets: the first that is meant as one, a deadline before all others."""
    found = _days(phrase, reader, times)
    return min(found, key=lambda day: (not day.is_deadline, day.start, -day.end), default=None)


def keeps_words_of_a_date(phrase: Phrase, beside: TimeOfDay) -> bool:
    """Whether words of a date are left that no rule has read: the time beside them names no day then."""
    written = phrase.written()
    written = written[: beside.start] + CUT * (beside.end - beside.start) + written[beside.end :]
    numbers = (number for number in _NUMERIC_DAY.finditer(written) if not _is_a_count(written, number))
    return _DATE_WORDS.search(written) is not None or any(numbers)


def _days(phrase: Phrase, reader: Reader, times: list[TimeOfDay]) -> Iterator[Day]:
    view = phrase.view
    names = [name.span() for name in _NAMES.finditer(view)]
    without_times = view
    for hit in times:
        without_times = without_times[: hit.start] + CUT * (hit.end - hit.start) + without_times[hit.end :]
    for rule in _RULES:
        for match in rule.pattern.finditer(view):
            if any(start < match.end() and match.start() < end for start, end in names):
                continue
            place = _place(phrase, reader, match, without_times, rule.is_explicit)
            if _is_held(place, rule) or _is_a_later_one(place) or not rule.fits(place):
                continue
            named = rule.read(match, reader, place.weekday)
            if named.day is not None:
                yield _day(place, named)


def _place(phrase: Phrase, reader: Reader, match: re.Match[str], without_times: str, is_explicit: bool) -> _Place:
    spans: list[Span] = [match.span()]
    weekday: int | None = None
    if is_explicit:
        begin = max(0, match.start() - 60)
        if before := _WEEKDAY_BEFORE.search(without_times[begin : match.start()]):
            weekday = ANY_WEEKDAYS[before["weekday"]]
            whole = CUT not in before["gap"]
            spans = [(begin + before.start(), match.end() if whole else begin + before.start("gap"))]
            spans += [] if whole else [match.span()]
        elif after := _WEEKDAY_AFTER.match(without_times, match.end()):
            weekday = WEEKDAYS[after["weekday"]]
            whole = CUT not in after["gap"] and "(" not in after["gap"]
            spans = [(match.start(), after.end())] if whole else [match.span(), after.span("weekday")]
    start, end = spans[0][0], spans[-1][1]
    gap_before, gap_after = _time_beside(without_times, start), _time_beside_after(without_times, end)
    introduction = _INTRODUCTION.search(phrase.view[max(0, start - 40) : start])
    if introduction and introduction[0].startswith("on ") and match.groupdict().get("word"):
        introduction = None  # "turn the heating on tomorrow"
    return _Place(phrase, reader, match, tuple(spans), weekday, introduction, gap_before or gap_after, gap_after)


def _time_beside(without_times: str, start: int) -> bool:
    return without_times[:start].rstrip(" ,").endswith(CUT)


def _time_beside_after(without_times: str, end: int) -> bool:
    return without_times[end:].lstrip(" ,-").startswith(CUT)


def _is_held(place: _Place, rule: "_Rule") -> bool:
    """Whether the day belongs to what is before it: "since monday", "the third friday"."""
    before = _before_introduction(place)
    is_numbered = place.match.groupdict().get("word") is None and not rule.is_explicit and _NUMBERED.search(before)
    return bool(is_numbered or _HELD.search(before))


def _before_introduction(place: _Place) -> str:
    return place.before[: place.introduction.start()] if place.introduction else place.before


def _day(place: _Place, named: _Named) -> Day:
    introduction, spans = place.introduction, place.spans
    if introduction:
        start = spans[0][0] - (len(place.before) - introduction.start())
        spans = ((start, spans[0][1]), *spans[1:])
    is_deadline = introduction is not None and introduction["deadline"] is not None
    kept = place.match.span() if _is_one_of_several(place) else None
    return Day(
        spans, named.day or date.min, named.part, named.moment, named.repeats_weekly, is_deadline,
        named.takes_an_hour, kept,
    )  # fmt: skip


def _is_one_of_several(place: _Place) -> bool:
    """ "Monday and friday", "12-14 dec": they stay in the title, as no field holds both."""
    return place.match.groupdict().get("to") is not None or place.leads_to_another


def _is_a_later_one(place: _Place) -> bool:
    """Whether another date leads to this one: "from monday to friday"."""
    start = place.spans[0][0]
    return _OTHER_BEFORE.search(place.phrase.view, max(0, start - 40), start) is not None


@dataclass(frozen=True, slots=True)
class _Rule:
    """Words that name a day: how they look, what they name, and whether they are meant as a date where they stand."""

    pattern: re.Pattern[str]
    read: _Read
    fits: _Fits
    is_explicit: bool = False


def _always(place: _Place) -> bool:
    return True


def _read_moment(match: re.Match[str], reader: Reader, weekday: int | None) -> _Named:
    try:
        written = datetime.fromisoformat(re.sub(" ?([+-][0-9]{2}):?([0-9]{2})$", r"\1:\2", match[0].upper()))
        moment = written.astimezone(reader.now.tzinfo)
    except (ValueError, OverflowError):
        return _Named(None)
    return _Named(moment.date(), moment=moment)


def _read_year_first(match: re.Match[str], reader: Reader, weekday: int | None) -> _Named:
    return _Named(days.a_date(int(match["year"]), int(match["month"]), int(match["day"])))


def _read_month_name(match: re.Match[str], reader: Reader, weekday: int | None) -> _Named:
    found = match.groupdict()
    day = ORDINALS[found["ordinal"]] if found.get("ordinal") else int(found["day"])
    year = int(found["year"]) if found["year"] else None
    if day < 0:
        return _Named(_last_of(MONTHS[found["name"]], year, reader.today))
    return _Named(days.calendar_day(year, MONTHS[found["name"]], day, reader.today), PARTS.get(found["part"] or ""))


def _month_name_fits(place: _Place) -> bool:
    if place.match["name"] not in _VERB_MONTHS or not place.match[0].startswith(_VERB_MONTHS):
        return True
    view, end = place.phrase.view, place.match.end()
    is_counted = _MEASURE_AFTER.match(view, end) or (place.at_start and _PLURAL_AFTER.match(view, end))
    return not is_counted


def _read_numeric(match: re.Match[str], reader: Reader, weekday: int | None) -> _Named:
    one, two, written = int(match["one"]), int(match["two"]), match["year"]
    year = None if written is None else int(written if len(written) == 4 else f"20{written}")
    day_first = days.calendar_day(year, two, one, reader.today)
    month_first = days.calendar_day(year, one, two, reader.today) if match["sep"] != "." else None
    readings = [month_first, day_first] if reader.month_first and match["sep"] != "." else [day_first, month_first]
    beside = [day for day in readings if day and day.weekday() == weekday]
    return _Named(next((day for day in [*beside, *readings] if day), None), PARTS.get(match["part"] or ""))


def _numeric_fits(place: _Place) -> bool:
    match, introduced = place.match, place.introduced_by
    if _is_a_count(place.phrase.view, match):
        return False
    if match["year"]:
        return True
    if match["sep"] == "-":
        return False  # "pages 3-5"
    if match["sep"] == "/":
        ends_here = place.ends_here or not introduced.startswith("for")
        beside = place.near_time or place.weekday is not None or match["behind"] is not None
        return (bool(introduced) and ends_here) or place.at_start or place.at_end or beside
    if introduced.split(" ")[0] in _DOTTED_INTRODUCTIONS and "%" not in place.phrase.view[match.end() :][:2]:
        return True
    return (match["dot"] is not None or place.weekday is not None) and not introduced  # "at 5.30"


def _is_a_count(view: str, match: re.Match[str]) -> bool:
    is_count = match[0] == "24/7" or _MEASURE_AFTER.match(view, match.end()) is not None
    return is_count or _COUNTED_BEFORE.search(view, max(0, match.start() - 15), match.start()) is not None


def _read_relative(match: re.Match[str], reader: Reader, weekday: int | None) -> _Named:
    part: PartOfDay | None = "night" if match["word"] in TONIGHT else PARTS.get(match["part"] or "")
    return _Named(days.plus_days(reader.today, DAYS[match["word"]]), part, takes_an_hour=True)


def _relative_fits(place: _Place) -> bool:
    """ "Psychology Today" and "The Day After Tomorrow" are names, unless the whole line has such capitals."""
    text, (start, end) = place.phrase.text, place.match.span("word")
    word = text[start:end]
    if not word[:1].isupper() or place.at_start:
        return True
    others = text[:start].split() + text[end:].split()
    reads = _READS_NAMES.match(place.phrase.view)
    if all(other[:1].isupper() for other in others) and not reads:
        return True
    is_title = word.istitle() if " " in word else text[:start].split()[-1][:1].isupper() and text[start - 2].isalpha()
    follows_verb = reads is not None and not text[reads.end() : start].strip()
    return not is_title or (follows_verb and " " not in word)


def _read_weekday(match: re.Match[str], reader: Reader, weekday: int | None) -> _Named:
    found = match.groupdict()
    which = found.get("which")
    is_next = which in NEXT_WORDS or bool(found.get("later") or found.get("after_next"))
    number = ANY_WEEKDAYS[found["weekday"]]
    day = days.weekday(number, reader.today, of_next_week=is_next, may_be_today=which is not None)
    if found.get("week") or found.get("after_next"):
        day = day and days.plus_days(day, 7)
    part = PARTS.get(found.get("part") or found.get("glued") or "")
    return _Named(day, part, repeats_weekly=not is_next, takes_an_hour=True)


def _weekday_fits(place: _Place) -> bool:
    match, introduced = place.match, place.introduced_by
    if match["which"] or match["behind"] or match["later"]:
        return True
    if introduced and not introduced.startswith("for"):
        return True
    is_noun = match["weekday"] == "sun" and not place.phrase.view.startswith(":", match.end())  # "sun cream"
    return place.ends_here or place.near_time or (place.at_start and not is_noun and not introduced)


def _short_weekday_fits(place: _Place) -> bool:
    """ "Mo 15:30" for readers of the language whose word it is."""
    if place.match["weekday"] not in SHORT_WEEKDAYS.get(place.reader.language, {}):
        return False
    is_capital = place.phrase.text[place.match.start()].isupper()
    return is_capital and (place.before_time or place.at_end or place.introduced_by in ("am", "bis"))


def _read_period(match: re.Match[str], reader: Reader, weekday: int | None) -> _Named:
    period = PERIODS[match["period"]]
    if match["which"] in NEXT_WORDS:
        return _Named(days.begin_of_next(period, reader.today))
    return _Named(days.weekend(reader.today) if period == "weekend" else days.end_of(period, reader.today))


def _read_weekend(match: re.Match[str], reader: Reader, weekday: int | None) -> _Named:
    return _Named(days.weekend(reader.today))


def _weekend_fits(place: _Place) -> bool:
    return bool(place.introduction) or place.match[0].startswith("over")


def _read_after_next(match: re.Match[str], reader: Reader, weekday: int | None) -> _Named:
    first = days.begin_of_next(match["period"], reader.today)
    is_month = match["period"] == "month"
    return _Named(first and (days.next_month(first) if is_month else days.plus_days(first, 7)))


def _read_end(match: re.Match[str], reader: Reader, weekday: int | None) -> _Named:
    found = match.groupdict()
    if found.get("name"):
        year = int(found["year"]) if found["year"] else None
        return _Named(_last_of(MONTHS[found["name"]], year, reader.today))
    if short := found.get("short"):
        return _Named(days.end_of({"d": "day", "w": "week", "m": "month", "y": "year"}[short], reader.today))
    period = PERIODS.get(found["period"], "day")
    return _Named(days.end_of(period, reader.today, of_next=found["next"] is not None))


def _last_of(month: int, year: int | None, today: date) -> date | None:
    years = (today.year, today.year + 1) if year is None else (year,)
    firsts = (days.a_date(each, month, 1) for each in years)
    lasts = (days.end_of_month(first) for first in firsts if first)
    return next((last for last in lasts if year is not None or last >= today), None)


def _read_nth(match: re.Match[str], reader: Reader, weekday: int | None) -> _Named:
    """ "The 5th of next month", "the last day of february", "the first monday of march"."""
    found = match.groupdict()
    nth = ORDINALS.get(found["nth"]) or int(re.sub(r"\D", "", found["nth"]))
    candidates = (_nth(nth, found.get("weekday"), first) for first in _months(found, reader.today))
    return _Named(next((day for day in candidates if day and day >= reader.today), None))


def _months(found: dict[str, str], today: date) -> Iterator[date]:
    """The first days of the months that may be meant, in order."""
    if found.get("name"):
        years = [int(found["year"])] if found["year"] else [today.year, today.year + 1]
        firsts = [days.a_date(year, MONTHS[found["name"]], 1) for year in years]
    elif found["month"].startswith("next"):
        firsts = [days.next_month(today)]
    else:
        firsts = [today.replace(day=1), days.next_month(today)]
    return (first for first in firsts if first)


def _nth(nth: int, weekday: str | None, first: date) -> date | None:
    if weekday:
        return days.nth_weekday(nth, WEEKDAYS[weekday], first)
    return days.end_of_month(first) if nth < 0 else days.a_date(first.year, first.month, nth)


def _read_day_of_month(match: re.Match[str], reader: Reader, weekday: int | None) -> _Named:
    return _Named(days.day_of_month(int(match["monthday"]), reader.today))


def _day_of_month_fits(place: _Place) -> bool:
    if not place.ends_here:
        return False  # "the 2nd draft"
    if place.introduction or place.weekday is not None or place.near_time:
        return True
    is_place = place.match["the"] is not None and int(place.match["monthday"]) <= 3  # "read the 2nd"
    return place.at_end and not place.at_start and not is_place


def _german_day_of_month_fits(place: _Place) -> bool:
    """ "Am 3. Advent" is another day; a verb, which is written small, ends the date: "am 3. zahlen"."""
    follows = place.phrase.text[place.match.end() :].lstrip(" ")[:1]
    is_introduced = place.introduced_by.split(" ")[0] in _DOTTED_INTRODUCTIONS or place.weekday is not None
    return is_introduced and (place.ends_here or follows.islower())


def _read_later(match: re.Match[str], reader: Reader, weekday: int | None) -> _Named:
    duration = read_duration(match["duration"])
    if duration is None:
        return _Named(None)
    day, moment = duration.after(reader.now)
    return _Named(day, moment=moment)


def _later_fits(place: _Place) -> bool:
    """ "Model it in 3D" is no matter of days."""
    return not place.phrase.text[place.match.end() - 1].isupper() or place.match[0][-2:-1].isalpha()


def _read_counted_from(match: re.Match[str], reader: Reader, weekday: int | None) -> _Named:
    """ "A week from friday"."""
    duration = read_duration(match["duration"])
    base = _read_weekday(match, reader, None) if match["weekday"] else _Named(_base(match["word"], reader))
    if duration is None or duration.names_a_moment or base.day is None:
        return _Named(None)
    day, _ = duration.after(datetime.combine(base.day, reader.now.time(), reader.now.tzinfo))
    return _Named(day)


def _base(word: str, reader: Reader) -> date | None:
    return days.plus_days(reader.today, DAYS[word])


def _read_part(match: re.Match[str], reader: Reader, weekday: int | None) -> _Named:
    part = PARTS[match["part"]]
    has_begun = reader.now.hour >= PART_HOURS[part]
    return _Named(days.plus_days(reader.today, 1) if has_begun and not match["this"] else reader.today, part)


def _part_fits(place: _Place) -> bool:
    """ "7 in the evening" is a time."""
    return _HOUR_BEFORE.search(place.before) is None


def _rule(pattern: str, read: _Read, fits: _Fits = _always, *, is_explicit: bool = False) -> _Rule:
    return _Rule(re.compile(pattern), read, fits, is_explicit)


_RULES = (
    # 2027-02-17T10:00:00+01:00
    _rule(
        r"(?<![\w/.-])[0-9]{4}-[0-9]{2}-[0-9]{2}[t ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,6})?)?"
        r" ?(?:z|[+-][0-9]{2}:?[0-9]{2})(?![\w:])",
        _read_moment,
        is_explicit=True,
    ),
    # 2027-02-17, 2027/02/17
    _rule(
        r"(?<![\w/.-])(?P<year>[0-9]{4})(?P<sep>[-/.])(?P<month>[0-9]{1,2})(?P=sep)(?P<day>[0-9]{1,2})"
        rf"(?=t[0-9]|(?![\w/-]))t?{_BEHIND}",
        _read_year_first,
        is_explicit=True,
    ),
    # 3rd of march 2027, the first of march, 31-Mar-2027, 24. April
    _rule(
        rf"(?<![\w/.,:-])(?:the )?(?:(?P<day>[0-9]{{1,2}})(?:{_TH}|\.)?{_TO}(?: of)?|(?P<ordinal>{ORDINAL}) of)[ -]?"
        rf"(?P<name>{MONTH})\b\.?{_YEAR}{_PART}{_BEHIND}",
        _read_month_name,
        is_explicit=True,
    ),
    # march 3rd, Mar-31-2027
    _rule(
        rf"\b(?P<name>{MONTH})\b\.?[ -](?:the )?(?P<day>[0-9]{{1,2}}){_TH}?{_TO}(?![\w:%/]| ?[ap]\.?m\b)"
        rf"{_YEAR}{_PART}{_BEHIND}",
        _read_month_name,
        _month_name_fits,
        is_explicit=True,
    ),
    # 24/12, 12/5/2026, 24.4., 24.4.2027
    _rule(
        r"(?<![\w/.,:+-])(?P<one>[0-9]{1,2})(?P<sep>[/.-])(?P<two>[0-9]{1,2})"
        r"(?:(?P=sep)(?P<year>20[0-9]{2}|[0-9]{2})(?![0-9])|(?P<dot>(?<=\.[0-9])\.|(?<=\.[0-9][0-9])\.))?"
        rf"(?![\w/:-]|[.,][0-9]){_PART}{_BEHIND}",
        _read_numeric,
        _numeric_fits,
        is_explicit=True,
    ),
    # today, day after tomorrow, heute Abend, کل شام
    _rule(rf"\b(?P<word>{DAY}){_NOT_WORD}{_PART}{_BEHIND}", _read_relative, _relative_fits),
    # a week from friday
    _rule(
        rf"\b(?:in )?(?P<duration>{DURATION}) (?:from|after) (?:{_WHICH}(?P<weekday>{WEEKDAY})|(?P<word>{DAY}))"
        rf"{_NOT_WORD}",
        _read_counted_from,
    ),
    # friday, next friday, friday next week, Sonntagabend, جمعہ کو
    _rule(
        rf"\b{_WHICH}(?P<weekday>{WEEKDAY})(?P<glued>{PART})?\b\.?{_NOT_WORD}"
        rf"(?:(?P<later> (?:of )?next week)\b|(?P<week> week)(?=[ .,!{CUT}]*{_END_OR_TIME}))?{_PART}{_BEHIND}",
        _read_weekday,
        _weekday_fits,
    ),
    _rule(rf"\b(?P<weekday>{SHORT_WEEKDAY})\b\.?{_NOT_WORD}", _read_weekday, _short_weekday_fits),
    _rule(rf"\b(?:the )?(?P<weekday>{WEEKDAY}) (?P<after_next>after next){_NOT_WORD}", _read_weekday),
    # next week, this weekend, the week after next
    _rule(rf"\b(?P<which>{THIS}|{NEXT}) (?P<period>{PERIOD}){_NOT_WORD}{_BEHIND}", _read_period),
    _rule(rf"\b(?:over )?(?:the )?(?:weekend|wochenende){_NOT_WORD}", _read_weekend, _weekend_fits),
    _rule(rf"\b(?:the )?(?P<period>week|weekend|month) after next{_NOT_WORD}", _read_after_next),
    # end of next month, the end of march, Ende des Monats, eom
    _rule(
        rf"\b(?:{END_OF}) (?:the |this )?(?P<next>(?:{NEXT}) )?"
        rf"(?:(?P<period>day|{PERIOD})|(?P<name>{MONTH})(?: (?P<year>20[0-9]{{2}})\b)?){_NOT_WORD}",
        _read_end,
    ),
    _rule(rf"\beo(?P<short>[dwmy]){_NOT_WORD}", _read_end),
    # the first monday of march, the 5th of next month, the last day of february
    _rule(
        rf"\b(?:the )?(?P<nth>{ORDINAL}|[1-5]{_TH}) (?P<weekday>{WEEKDAY}) (?:of|in) {_SOME_MONTH}{_NOT_WORD}",
        _read_nth,
    ),
    _rule(
        rf"\b(?:the )?(?P<nth>{ORDINAL}|[0-9]{{1,2}}{_TH}) of {_THE_MONTH}{_NOT_WORD}",
        _read_nth,
    ),
    _rule(rf"\b(?:the )?(?P<nth>first|1st|last) day (?:of|in) {_SOME_MONTH}{_NOT_WORD}", _read_nth),
    # the 14th, 14th
    _rule(
        rf"\b(?P<the>the )?(?P<monthday>[0-9]{{1,2}}){_TH}{_NOT_WORD}(?! (?:of )?(?:{MONTH})\b)",
        _read_day_of_month,
        _day_of_month_fits,
        is_explicit=True,
    ),
    # ۵ تاریخ کو
    _rule(r"\b(?P<monthday>[0-9]{1,2}) تاریخ(?: (?:کو|تک))?(?!\w)", _read_day_of_month),
    # am 3., bis zum 3., Freitag, den 4.
    _rule(
        rf"\b(?:(?:den|dem) )?(?P<monthday>[0-9]{{1,2}})\.(?! ?(?:[\w.]*[0-9]|(?:{MONTH})\b))",
        _read_day_of_month,
        _german_day_of_month_fits,
        is_explicit=True,
    ),
    # in an hour and a half, 3 days from now, دو گھنٹے بعد
    _rule(rf"\b(?:{WITHIN}) (?P<duration>{DURATION}){_NOT_WORD}(?:'? time\b| from now\b)?", _read_later, _later_fits),
    _rule(rf"\b(?P<duration>{DURATION}) (?:{LATER}){_NOT_WORD}", _read_later),
    # in the morning, am Abend
    _rule(rf"\b(?:(?P<this>this)|in the|at|am) (?P<part>{PART}){_NOT_WORD}", _read_part, _part_fits),
)

_NUMERIC_DAY = re.compile(r"(?<![\w/.,:+-])[0-9]{1,2}(?:/[0-9]{1,2}|\.[0-9]{1,2}\.)(?![\w/])")
_AMBIGUOUS = {"sat", "sun", "wed", "mon"}
_DATE_WORDS = re.compile(
    rf"\b(?:(?:{'|'.join(sorted(set(WEEKDAYS) - _AMBIGUOUS, key=len, reverse=True))})s?|{DAY}|{NAMES}|yesterday|gestern"
    rf"|(?:{THIS}|{NEXT}|last|following|coming) (?:{PERIOD}|quarter)|weekdays?|weekends?"
    r"|(?:bi-?|semi-?)?(?:weekly|monthly|yearly|annually|fortnightly)"
    rf"|[0-9]{{1,2}}(?:{_TH}|\.)?(?: of)? (?:{MONTH})|(?:{MONTH}) (?:the )?[0-9]{{1,2}}(?!:)"
    rf"|[0-9]{{1,2}}{_TH} (?:of|working|business)|[0-9]{{1,2}}{_TH}(?=[ .!{CUT}]*$)"
    rf"|(?:business|working|work) days?)(?!\w)"
    r"|\b(?:every|each|jeden|jede|ہر) (?!day|morning|evening|night|afternoon|hour|minute|tag|دن)"
)
