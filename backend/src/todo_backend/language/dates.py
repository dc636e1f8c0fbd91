"""Date and time phrases, read against a given moment.

How ambiguous phrases are read (each has a test):

* A weekday alone is the next such day after today; "this friday" may be today; "next friday" is the Friday of the
  week after the current one (weeks begin on Monday). "next week" is its Monday, "next month" its first day.
* "24/12" is the 24th of December, "12/24" too; where both readings exist, the day comes first: "3/4" is the 3rd of
  April. ISO dates are taken as they stand, a day without a year is the next one that exists (29 February as well).
* An hour without am or pm is read by daylight: 7 to 11 in the morning, 12 to 6 in the afternoon, unless only the
  other half of the day is still to come ("today at 9", said at noon, is 21:00). "05:30" is as written.
* Morning, afternoon, evening and night are 09:00, 14:00, 18:00 and 20:00; midnight is the end of the day, 23:59.
* A night lasts until 5 in the morning: "tonight at 1" is on the next date.
* A time alone is its next occurrence. A local time that the clocks skip is moved on by as much as they skip.
* Only words that mean a date count: "Friday's report" or "prepare monday meeting" keep theirs, a quoted text as well.
"""

import re
from calendar import monthrange
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta

from todo_backend.language.phrase import CUT, Phrase, clean
from todo_backend.language.words import MONTHS, NUMBER_WORDS, NUMBERS, WEEKDAYS, alternatives

_PARTS_OF_DAY = {"morning": 9, "afternoon": 14, "evening": 18, "night": 20, "tonight": 20}
_END_OF_DAY = time(23, 59)
_NIGHTS, _NIGHT_ENDS = ("night", "tonight"), 5
_MONTH = alternatives(MONTHS)
_DAY = alternatives(WEEKDAYS)
_PART = r"(?:(?: in the| at)? (?P<part>morning|afternoon|evening|night)\b)?"
_AMOUNT = rf"(?P<amount>[0-9]{{1,3}}|half an|{alternatives(NUMBERS)})"
_HOUR = alternatives(NUMBER_WORDS)
_UNIT = r"(?P<unit>min(?:ute)?s?|h(?:ou)?rs?|days?|weeks?|fortnights?|months?|years?)\b"
_TO = r"(?P<to> ?- ?[0-9]{1,2}(?:st|nd|rd|th)?)?"
_NOT_WORD = r"(?!['-]?\w)"


@dataclass(frozen=True, slots=True)
class When:
    """A local date and time. A time never comes without a date; `day_said` is False if only a time was said."""

    day: date | None = None
    at: time | None = None
    day_said: bool = True


@dataclass(frozen=True, slots=True)
class _DayHit:
    start: int
    end: int
    day: date
    part: str | None = None
    moment: datetime | None = None
    repeats_weekly: bool = False


@dataclass(frozen=True, slots=True)
class _TimeHit:
    start: int
    end: int
    at: time
    by_daylight: bool = False


_DATES = [
    re.compile(pattern)
    for pattern in (
        r"(?<![\w-])(?P<year>[0-9]{4})-(?P<month>[0-9]{1,2})-(?P<day>[0-9]{1,2})(?=t[0-9]|(?![\w-]))t?",
        rf"\b(?P<day>[0-9]{{1,2}})(?:st|nd|rd|th)?{_TO}(?: of)? (?P<name>{_MONTH})\b\.?(?:,?"
        rf" (?P<year>20[0-9]{{2}})\b)?{_PART}",
        rf"\b(?P<name>{_MONTH})\b\.? (?:the )?(?P<day>[0-9]{{1,2}})(?:st|nd|rd|th)?{_TO}(?![\w:%]| ?[ap]\.?m\b)"
        rf"(?:,? (?P<year>20[0-9]{{2}})\b)?{_PART}",
        r"(?<![\w/.-])(?P<one>[0-9]{1,2})(?P<sep>[/.-])(?P<two>[0-9]{1,2})(?:(?P=sep)(?P<year>20[0-9]{2}"
        r"|[0-9]{2}))?"
        rf"(?![\w/-]|\.[0-9]){_PART}",
        rf"\b(?P<word>(?:the )?day after tomorrow|today|tonight|tomorrow|tommorrow|tommorow|tomorow|tmrw"
        rf"|tmr){_NOT_WORD}{_PART}",
        rf"\b(?:(?P<which>this coming|this|next|coming) )?(?P<weekday>{_DAY})\b\.?{_NOT_WORD}(?: (?P<later>next"
        rf" week))?{_PART}",
        rf"\b(?P<which>this|next) (?P<period>week|month|year|weekend){_NOT_WORD}",
        rf"\b(?:over )?(?P<period>(?:the )?weekend){_NOT_WORD}",
        rf"\b(?:the )?end of (?:the |this )?(?P<next>next )?(?P<end_of>day|week|month|year){_NOT_WORD}",
        rf"\b(?P<end_of>eod|eow|eom|eoy){_NOT_WORD}",
        rf"\b(?:in|within) {_AMOUNT} {_UNIT}{_NOT_WORD}(?: from now| time)?",
        rf"\b{_AMOUNT} {_UNIT} from (?:now|today){_NOT_WORD}",
        rf"\bthe (?P<nth>first|1st|last)(?: day)? of (?:the |this |the coming )?(?P<of_next>next )?month{_NOT_WORD}",
        rf"\bthe (?P<monthday>[0-9]{{1,2}})(?:st|nd|rd|th)\b(?! (?:of )?(?:{_MONTH}|[a-z]))",
        rf"\b(?:(?P<this>this)|in the|at) (?P<part_alone>morning|afternoon|evening|night){_NOT_WORD}",
    )
]
_TIMES = [
    re.compile(pattern)
    for pattern in (
        r"(?<![\w:.,/-])(?P<hour>[0-9]{1,2})(?:[:.](?P<minute>[0-9]{2}))? ?(?P<half>[ap])\.?m\b\.?(?!\w|:\w)",
        r"(?<![\w:.,/-])(?P<hour>[0-9]{1,2}):(?P<minute>[0-9]{2})(?::[0-9]{2})?(?!\w|:\w)",
        r"(?<=\bat )(?P<hour>[0-9]{1,2})(?= o'?clock\b)(?: o'?clock)",
        rf"\b(?P<hour>[0-9]{{1,2}}|{_HOUR}) o'?clock\b",
        rf"(?<={CUT} at )(?P<hour>[0-9]{{1,2}})(?![\w:%/.,'-])",
        rf"(?<=\bat )(?P<hour>[0-9]{{1,2}})(?![\w:%/.,'-])(?=$|[\n.,;!?{CUT}]| (?:{CUT}|on|in|with|for|to|about"
        rf"|and|by|p[1-4]\b"
        r"|today|tonight|tomorrow|this|next|sharp\b)|\s*$)(?: sharp\b)?",
        rf"\b(?P<quarter>half past|quarter past|quarter to) (?P<hour>[0-9]{{1,2}}|{_HOUR})\b(?![:.][0-9])",
        rf"\b(?P<name>noon|midday|midnight)\b{_NOT_WORD}",
    )
]

# What introduces a date and is cut with it. A deadline word makes its date win over others in the same line.
_INTRODUCTION = re.compile(
    r"(?:(?:\b(?:and |that |which )?(?:(?:it|that)'?s |is |are )?"
    r"(?P<deadline>due(?: date)?|deadline|by|before|until|till|no later than))"
    rf"(?: is| of|:)?(?: on| by| at| in| before)?|\b(?:on|for|at|around|about|starting|scheduled for|this"
    rf" coming))[ {CUT}]+(?:the )?$"
)
_DEADLINE_ONLY = re.compile(r"\b(?:due(?: date)?|deadline|by)[: ]+$")
_TIME_INTRODUCTION = re.compile(rf"(?:\b(?:due|by|before|until|till|at|around|about|for|from)|@)[ {CUT}]+$|@$")
_RANGE_END = re.compile(r" ?(?:-|to|until|till) ?[0-9]| (?:and|or|&) [0-9]{1,2}(?::[0-9]| ?[ap]\.?m\b)")
# "Dentist monday 9": nothing else follows.
_NAMED_DAY = re.compile(rf"\b(?:{_DAY}|today|tomorrow)$")
_BARE_HOUR = re.compile(rf" (?P<hour>1[0-2]|[1-9])(?=[ .!{CUT}]*$)")
_NOT_A_DEADLINE = re.compile(
    r"\b(?:from|since|of|every|each|last|until every|on every|than|per|the|a|an|my|our|your) $"
)
_OTHER_DAY_AFTER = re.compile(rf"(?:,? (?:and|or|&) |, |/)(?:on )?(?:{_DAY})\b")
_OTHER_DAY_BEFORE = re.compile(rf"\b(?:{_DAY})(?:,? (?:and|or|&) |, |/)(?:on )?$")
_WINDOW_PREFIX = re.compile(r"^(?:(?:due|on|for|in|by|over|during) )+")
_CONTINUES_SENTENCE = re.compile(
    rf" ?(?:$|[,.;!?\n(#{CUT}]|(?:to|with|about|for|at|in|on|and|before|after|by|if|or|from|because|when|while|via"
    rf"|using|[0-9]{{1,2}}(?::|[ap]m))\b|(?:1[0-2]|[1-9])[ .!{CUT}]*$)"
)


def extract_due(phrase: Phrase, now: datetime) -> When:
    """Find the date and the time that the phrase sets, cut them out and return them.

    `now` is aware, in the person's zone; the answer is local to it.
    """
    day_hit = _choose_day(phrase, now)
    bare_hour = None
    if day_hit is not None:
        if _NAMED_DAY.search(phrase.view[: day_hit.end]):
            bare_hour = _BARE_HOUR.match(phrase.view, day_hit.end)
        phrase.cut(day_hit.start, day_hit.end)
    has_moment = day_hit is not None and day_hit.moment is not None
    time_hit = None if has_moment else _read_time(bare_hour) if bare_hour else _choose_time(phrase)
    if time_hit is not None:
        phrase.cut(time_hit.start, time_hit.end)
    if day_hit is not None or time_hit is not None:
        _cut_dangling_deadline(phrase)
    return _resolve(day_hit, time_hit, now)


def read_when(text: str, now: datetime) -> When | None:
    """The date and time that the whole text means, or None if it says anything else."""
    phrase = Phrase(clean(text))
    when = extract_due(phrase, now)
    if when.day is None or phrase.rest().strip(" ,.;:!?-"):
        return None
    return when


def _choose_day(phrase: Phrase, now: datetime) -> _DayHit | None:
    best: tuple[bool, int, _DayHit] | None = None
    for pattern in _DATES:
        for match in pattern.finditer(phrase.view):
            before = phrase.view[max(0, match.start() - 40) : match.start()]
            introduction = _INTRODUCTION.search(before)
            if introduction and introduction[0].startswith("on ") and match.groupdict().get("word"):
                introduction = None  # "turn the heating on tomorrow"
            if not _means_a_date(phrase, match, before, introduction is not None):
                continue
            hit = _read_day(match, now)
            if hit is None:
                continue
            start = match.start() - (len(before) - introduction.start()) if introduction else match.start()
            if _is_one_of_several(phrase.view, match):
                start = match.end()  # "monday and friday", "12-14 dec" stay in the title: no field holds both
            is_deadline = introduction is not None and introduction["deadline"] is not None
            rank = (not is_deadline, match.start())
            if best is None or (*rank, -match.end()) < (best[0], best[1], -best[2].end):
                best = (*rank, _DayHit(start, match.end(), hit.day, hit.part, hit.moment, hit.repeats_weekly))
    return best[2] if best else None


def _means_a_date(phrase: Phrase, match: re.Match[str], before: str, introduced: bool) -> bool:
    """Whether the words set a date here, or belong to the title."""
    found = match.groupdict()
    if found.get("sep") in (".", "-") and not found.get("year"):
        return False  # "at 5.30 pm", "pages 3-5"
    if introduced and not _NOT_A_DEADLINE.search(before[: _introduced_at(before)]):
        return not (found.get("sep") and match[0] == "24/7")
    if _NOT_A_DEADLINE.search(before):
        return bool(found.get("monthday") or found.get("end_of")) and before.endswith(("by the ", "on the "))
    at_start, at_end = phrase.at_start(match.start()), phrase.at_end(match.end())
    at_edge = at_start or at_end
    if found.get("sep"):
        return found["year"] is not None or (at_edge and match[0] != "24/7" and found["sep"] == "/")
    if found.get("monthday"):
        return False
    if found.get("weekday") and not found.get("which"):
        is_noun = found["weekday"] == "sun" and not phrase.view.startswith(":", match.end())  # "sun cream"
        begins = at_start and not is_noun
        return begins or at_end or _CONTINUES_SENTENCE.match(phrase.view, match.end()) is not None
    if found.get("period") and not found.get("which"):
        return match[0].startswith("over")
    return True


def _is_one_of_several(view: str, match: re.Match[str]) -> bool:
    found = match.groupdict()
    if not found.get("weekday"):
        return found.get("to") is not None
    others = _OTHER_DAY_BEFORE.search(view, 0, match.start()) or _OTHER_DAY_AFTER.match(view, match.end())
    return others is not None


def _introduced_at(before: str) -> int:
    introduction = _INTRODUCTION.search(before)
    return introduction.start() if introduction else len(before)


def _read_day(match: re.Match[str], now: datetime) -> _DayHit | None:
    found = match.groupdict()
    today = now.date()
    part = found.get("part")
    day: date | None = None
    moment: datetime | None = None
    repeats = False
    if found.get("name"):
        day = _calendar_day(found.get("year"), MONTHS[found["name"]], int(found["day"]), today)
    elif found.get("month"):
        day = _calendar_day(found["year"], int(found["month"]), int(found["day"]), today)
    elif found.get("sep"):
        day = _numeric_day(int(found["one"]), int(found["two"]), found["year"], today)
    elif found.get("word"):
        day, part = _named_day(found["word"], part, today)
    elif found.get("weekday"):
        which = "next" if found.get("later") else found["which"]
        day = _weekday(WEEKDAYS[found["weekday"]], which, today)
        repeats = which != "next"
    elif found.get("period"):
        day = _period(found["period"].removeprefix("the "), found.get("which"), today)
    elif found.get("end_of"):
        day = _end_of(found["end_of"], bool(found.get("next")), today)
    elif found.get("amount"):
        day, moment = _later(found["amount"], found["unit"], now)
    elif found.get("nth") == "last":
        day = _end_of("month", bool(found["of_next"]), today)
    elif found.get("nth"):
        day = _period("month", "next", today) if found["of_next"] else _day_of_month(1, today)
    elif found.get("monthday"):
        day = _day_of_month(int(found["monthday"]), today)
    elif found.get("part_alone"):
        part = found["part_alone"]
        has_begun = now.time() >= time(_PARTS_OF_DAY[part])
        day = _plus_days(today, 1) if has_begun and not found.get("this") else today
    if day is None:
        return None
    return _DayHit(match.start(), match.end(), day, part, moment, repeats)


def _calendar_day(year: str | None, month: int, day: int, today: date) -> date | None:
    """That day of that year, else the next one there is."""
    if year is not None:
        return _date(int(year), month, day)
    # Eight years always hold a 29 February.
    candidates = (_date(today.year + later, month, day) for later in range(9))
    return next((candidate for candidate in candidates if candidate and candidate >= today), None)


def _numeric_day(one: int, two: int, year: str | None, today: date) -> date | None:
    full_year = None if year is None else year if len(year) == 4 else f"20{year}"
    return _calendar_day(full_year, two, one, today) or _calendar_day(full_year, one, two, today)


def _named_day(word: str, part: str | None, today: date) -> tuple[date | None, str | None]:
    if word == "today":
        return today, part
    if word == "tonight":
        return today, "tonight"
    return _plus_days(today, 2 if "after" in word else 1), part


def _weekday(weekday: int, which: str | None, today: date) -> date | None:
    if which == "next":
        return _plus_days(today, 7 - today.weekday() + weekday)
    ahead = (weekday - today.weekday()) % 7
    if ahead == 0 and which is None:
        ahead = 7
    return _plus_days(today, ahead)


def _period(period: str, which: str | None, today: date) -> date | None:
    if period == "weekend":
        saturday = _plus_days(today, 5 - today.weekday() + (7 if which == "next" else 0))
        return saturday and max(saturday, today)
    if which == "this":
        return _end_of(period, False, today)
    if period == "week":
        return _plus_days(today, 7 - today.weekday())
    if period == "month":
        return _date(today.year + today.month // 12, today.month % 12 + 1, 1)
    return _date(today.year + 1, 1, 1)


def _end_of(period: str, is_next: bool, today: date) -> date | None:
    period = {"eod": "day", "eow": "week", "eom": "month", "eoy": "year"}.get(period, period)
    if period == "day":
        return _plus_days(today, 1 if is_next else 0)
    if period == "week":
        return _plus_days(today, 6 - today.weekday() + (7 if is_next else 0))
    if period == "month":
        first = _period("month", "next", today) if is_next else today
        return first and first.replace(day=monthrange(first.year, first.month)[1])
    return _date(today.year + (1 if is_next else 0), 12, 31)


def _later(amount: str, unit: str, now: datetime) -> tuple[date | None, datetime | None]:
    """So long after now: a moment for minutes and hours, else a day."""
    count = 1 if amount == "half an" else int(amount) if amount.isdigit() else NUMBERS[amount]
    if unit.startswith(("min", "h")):
        minutes = 30 if amount == "half an" else count * (1 if unit.startswith("min") else 60)
        moment = (now.astimezone(UTC) + timedelta(minutes=minutes)).astimezone(now.tzinfo)
        return moment.date(), moment
    if amount == "half an":
        return None, None
    if unit.startswith(("month", "year")):
        months = now.year * 12 + now.month - 1 + count * (12 if unit.startswith("year") else 1)
        year, month = divmod(months, 12)
        return _date(year, month + 1, min(now.day, monthrange(year, month + 1)[1])), None
    days = count * (7 if unit.startswith("week") else 14 if unit.startswith("fortnight") else 1)
    return _plus_days(now.date(), days), None


def _day_of_month(day: int, today: date) -> date | None:
    months = (divmod(today.year * 12 + today.month - 1 + later, 12) for later in range(13))
    candidates = (_date(year, month + 1, day) for year, month in months)
    return next((candidate for candidate in candidates if candidate and candidate >= today), None)


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _plus_days(day: date, days: int) -> date | None:
    try:
        return day + timedelta(days=days)
    except OverflowError:
        return None


def _choose_time(phrase: Phrase) -> _TimeHit | None:
    best: _TimeHit | None = None
    for pattern in _TIMES:
        for match in pattern.finditer(phrase.view):
            hit = _read_time(match)
            if hit is None or (best is not None and best.start <= hit.start):
                continue
            before = phrase.view[max(0, match.start() - 20) : match.start()]
            introduction = _TIME_INTRODUCTION.search(before)
            start = match.start() - (len(before) - introduction.start()) if introduction else match.start()
            end = match.end()
            if _RANGE_END.match(phrase.view, end):
                start = end  # "from 3pm to 5pm" stays in the title: no field holds an end
            best = _TimeHit(start, end, hit.at, hit.by_daylight)
    return best


def _read_time(match: re.Match[str]) -> _TimeHit | None:
    found = match.groupdict()
    if found.get("name"):
        at = _END_OF_DAY if found["name"] == "midnight" else time(12)
        return _TimeHit(match.start(), match.end(), at)
    hour, minute = NUMBERS.get(found["hour"]) or int(found["hour"]), int(found.get("minute") or 0)
    quarter = found.get("quarter")
    if quarter:
        minute = 30 if quarter == "half past" else 15 if quarter == "quarter past" else 45
        hour -= 1 if quarter == "quarter to" else 0
    half = found.get("half")
    if hour > 23 or minute > 59 or hour < 0 or (half and not 1 <= hour <= 12):
        return None
    if half:
        return _TimeHit(match.start(), match.end(), time(hour % 12 + (12 if half == "p" else 0), minute))
    by_daylight = 1 <= hour <= 12 and not found["hour"].startswith("0")
    if by_daylight:
        hour = hour + 12 if hour < 7 else hour
    return _TimeHit(match.start(), match.end(), time(hour, minute), by_daylight)


def _cut_dangling_deadline(phrase: Phrase) -> None:
    """Cut a "due" whose date has been cut away from it: "due #home tomorrow"."""
    tail = phrase.view.rstrip(CUT + " ,;.")
    if dangling := _DEADLINE_ONLY.search(tail[-12:] + " "):
        start = len(tail) - len(tail[-12:]) + dangling.start()
        phrase.cut(start, len(tail))


def _resolve(day_hit: _DayHit | None, time_hit: _TimeHit | None, now: datetime) -> When:
    if day_hit is not None and day_hit.moment is not None:
        return When(day_hit.day, day_hit.moment.time().replace(second=0, microsecond=0))
    if day_hit is None:
        return When() if time_hit is None else _next_occurrence(time_hit, now)
    if time_hit is None:
        return _part_of_day(day_hit, now)
    at = time_hit.at
    if time_hit.by_daylight:
        at = _half_of_day(at, day_hit, now)
    day = day_hit.day
    is_still_to_come = day == now.date() and at > now.time()
    if day_hit.part in _NIGHTS and at.hour < _NIGHT_ENDS and not is_still_to_come:
        day = _plus_days(day, 1) or day
    if day_hit.repeats_weekly and datetime.combine(day, at, now.tzinfo) < now:
        day = _plus_days(day, 7) or day
    return _existing(day, at, now)


def _next_occurrence(hit: _TimeHit, now: datetime) -> When:
    today = now.date()
    readings = [hit.at, *([_other_half(hit.at)] if hit.by_daylight and _other_half(hit.at).hour >= 7 else [])]
    for at in readings:
        if datetime.combine(today, at, now.tzinfo) > now:
            return replace(_existing(today, at, now), day_said=False)
    return replace(_existing(_plus_days(today, 1) or today, hit.at, now), day_said=False)


def _part_of_day(hit: _DayHit, now: datetime) -> When:
    if hit.part is None:
        return When(hit.day)
    at = time(_PARTS_OF_DAY[hit.part])
    if datetime.combine(hit.day, at, now.tzinfo) <= now:
        return When(hit.day)  # "tonight", said late at night: the rest of today
    return _existing(hit.day, at, now)


def _half_of_day(at: time, hit: _DayHit, now: datetime) -> time:
    if hit.part is not None:
        hour = at.hour % 12
        is_early = hit.part == "morning" or (hit.part in _NIGHTS and hour < _NIGHT_ENDS)
        return time(hour + (0 if is_early else 12), at.minute)
    other = _other_half(at)
    if datetime.combine(hit.day, at, now.tzinfo) <= now < datetime.combine(hit.day, other, now.tzinfo):
        return other
    return at


def _other_half(at: time) -> time:
    return at.replace(hour=(at.hour + 12) % 24)


def _existing(day: date, at: time, now: datetime) -> When:
    """The local time itself, or where the clocks jump to when they skip it."""
    try:
        local = datetime.combine(day, at, now.tzinfo).astimezone(UTC).astimezone(now.tzinfo)
    except OverflowError:
        return When(day, at)
    return When(local.date(), local.time())


def read_window(text: str, now: datetime) -> tuple[date, date] | None:
    """The first and last day that a whole phrase covers ("next week", "yesterday", "friday"), or None."""
    words = _WINDOW_PREFIX.sub("", clean(text).lower())
    today = now.date()
    first: date | None = None
    last: date | None = None
    if period := re.fullmatch(r"(this|next|last) (week|month|year)", words):
        first, last = _span(period[1], period[2], today)
    elif re.fullmatch(r"(?:this |the |next )?weekend", words):
        first = _period("weekend", words.split()[0], today)
        last = first and _plus_days(first, 6 - first.weekday())
    elif (month := MONTHS.get(words)) is not None:
        first = next(
            (day for later in (0, 1) if (day := _date(today.year + later, month, 1)) and day >= today.replace(day=1)),
            None,
        )
        last = first and first.replace(day=monthrange(first.year, month)[1])
    elif words == "yesterday":
        first = last = _plus_days(today, -1)
    elif (when := read_when(words, now) or read_when(f"on {words}", now)) is not None:  # "the 5th" alone is no date
        first = last = when.day
    return (first, last) if first and last else None


def _span(which: str, period: str, today: date) -> tuple[date | None, date | None]:
    if which == "next":
        return _period(period, "next", today), _end_of(period, True, today)
    if period == "week":
        first = _plus_days(today, -today.weekday() - (7 if which == "last" else 0))
        return first, first and _plus_days(first, 6)
    first = today.replace(day=1) if period == "month" else today.replace(month=1, day=1)
    if which == "this":
        return first, _end_of(period, False, today)
    last = _plus_days(first, -1)
    return last and (last.replace(day=1) if period == "month" else last.replace(month=1, day=1)), last
