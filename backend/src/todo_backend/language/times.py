"""Times of day: "5 pm", "17:30", "half past four", "um halb fünf", "شام ۵ بجے"."""

import re
from dataclasses import dataclass
from datetime import time

from todo_backend.language.lexicon import (
    AT,
    BEHIND,
    CLOCK,
    HOUR_WORD,
    MIDNIGHT,
    NAMES,
    NOON,
    NUMBERS,
    PART,
    PARTS,
    PAST,
    PAST_HOUR,
    TIMETABLE,
    WEEKDAY,
)
from todo_backend.language.phrase import CUT, Phrase, Span
from todo_backend.language.vocabulary import PartOfDay

END_OF_DAY = time(23, 59)
PART_HOURS: dict[PartOfDay, int] = {"morning": 9, "noon": 12, "afternoon": 14, "evening": 18, "night": 20}
NIGHT_ENDS = 5
_ISH = r"(?:-?ish\b)?"
_CLEAR_BEFORE = r"(?:(?<![\w:.,/-])|(?<=[0-9]t))"
_HALF = r"(?P<half>[ap])(?:\.?m\b\.?|\.m\.)"

_TIMES = [
    re.compile(pattern)
    for pattern in (
        # 5 pm, 5:30pm, 5-6pm
        rf"{_CLEAR_BEFORE}(?P<hour>[0-9]{{1,2}})(?:[:.](?P<minute>[0-9]{{2}}))? ?{_HALF}{_ISH}(?!\w|:\w)",
        rf"{_CLEAR_BEFORE}(?P<hour>[0-9]{{1,2}})(?::(?P<minute>[0-9]{{2}}))?"
        rf"(?= ?(?:-|to|until|till) ?[0-9]{{1,2}}(?::[0-9]{{2}})? ?[ap]\.?m\b)"
        r"(?P<range> ?(?:-|to|until|till) ?[0-9:]+ ?)(?P<half>[ap])\.?m\b",
        # 17:30, 17:30 Uhr
        rf"{_CLEAR_BEFORE}(?P<hour>[0-9]{{1,2}})(?:(?P<colon>:)(?P<minute>[0-9]{{2}})(?::[0-9]{{2}})?"
        rf"|\.(?P<dotted>[0-9]{{2}})(?= ?uhr\b))(?: ?uhr\b)?{_ISH}(?!\w|:\w)",
        # 7 in the evening, 8 Uhr abends
        rf"{_CLEAR_BEFORE}(?P<hour>[0-9]{{1,2}}|{HOUR_WORD})(?::(?P<minute>[0-9]{{2}}))?"
        rf"(?: ?(?:{CLOCK})\b(?: in the| at)?| in the| at) (?!morgen\b)(?P<part>{PART})\b(?!['-]?\w)",
        # 5 o'clock, 15 Uhr, 15 Uhr 30
        rf"\b(?P<hour>[0-9]{{1,2}}|{HOUR_WORD}) ?(?:{CLOCK})\b(?: (?P<dotted>[0-5][0-9])\b(?!:))?",
        # شام ۵ بجے, ساڑھے ۵ بجے
        rf"(?:\b(?P<part>{PART}) )?(?:(?P<past>{PAST}) )?\b(?P<hour>[0-9]{{1,2}}|{HOUR_WORD}) ?بجے(?: (?:{BEHIND})\b)?",
        # at 0830, at 1430 hrs, at 14h30
        r"(?<=\b(?:at|um) )(?:(?P<hour>0[0-9]|(?:1[0-9]|2[0-3])(?=[0-5][0-9] ?(?:hrs|hours|h)\b))(?P<dotted>[0-5][0-9])"
        r"(?: ?(?:hrs|hours|h)\b)?)(?![\w:%/.,'-])",
        r"(?<=\b(?:at|um) )(?P<hour>[0-9]{1,2})h(?P<dotted>[0-5][0-9])?(?!\w)",
        # at 5, where no count follows
        rf"(?<={CUT} at )(?P<hour>[0-9]{{1,2}})(?![\w:%/.,'-])",
        rf"(?<=\b(?:at|um) )(?P<hour>[0-9]{{1,2}}|(?!one\b|ein|eine[rm]?\b){HOUR_WORD})"
        rf"(?![\w:%/.,'-])(?=$|[\n.,;!?{CUT}]| (?:{CUT}|on|in|with|for|to|about"
        rf"|and|by|p[1-4]\b|today|tonight|tomorrow|heute|morgen|this|next|sharp\b|{WEEKDAY})|\s*$)(?: sharp\b)?",
        # half past five, um halb fünf
        rf"\b(?P<past>{PAST}) (?P<hour>[0-9]{{1,2}}|{HOUR_WORD})\b(?![:.][0-9])",
        rf"\b(?:(?P<noon>{NOON})|(?P<midnight>{MIDNIGHT}))\b(?!['-]?\w)",
    )
]
_INTRODUCTION = re.compile(rf"(?:\b(?:due|by|before|until|till|bis|{AT}|around|about|for|from|ab|von)|@)[ {CUT}]+$|@$")
_RANGE_END = re.compile(r" ?(?:-|to|until|till|bis) ?[0-9]| (?:and|or|&|und) [0-9]{1,2}(?::[0-9]| ?[ap]\.?m\b)")
# "Five to nine" is a time where "at" or a day leads to it, else perhaps a range or a score.
_LEADS_TO_MINUTES = re.compile(rf"(?:@|{CUT}|\b(?:{AT}|today|tomorrow|heute|morgen|{WEEKDAY}))[ ,]+$")
_CERTAIN_PAST = ("half", "quarter", "a quarter", "viertel", "dreiviertel", "ساڑھے", "سوا", "پونے")
_ARTICLE = re.compile(r"\b(?:the|an?|my|our|his|her|their|this|that)[ -]$")
_NOUN = re.compile(
    r"[ -](?!(?:today|tonight|tomorrow|on|at|in|by|for|with|to|and|or|of|from|until|sharp|deadline)\b)[^\W\d_]"
)
_TIMETABLE = re.compile(rf"\b(?:{TIMETABLE})\b")
_NAMES = re.compile(rf"\b(?:{NAMES})\b")
# 3:16 is a verse, 1:10 a proportion.
_BOOKS = (
    r"genesis|exodus|leviticus|numbers|deuteronomy|joshua|judges|ruth|samuel|kings|chronicles|ezra|nehemiah|esther|job"
    r"|psalms?|proverbs|ecclesiastes|isaiah|jeremiah|lamentations|ezekiel|daniel|hosea|joel|amos|obadiah|jonah|micah"
    r"|nahum|habakkuk|zephaniah|haggai|zechariah|malachi|matthew|mark|luke|john|acts|romans|corinthians|galatians"
    r"|ephesians|philippians|colossians|thessalonians|timothy|titus|philemon|hebrews|james|peter|jude|revelation"
    r"|surah?|quran|sutra|mt|mk|lk|jn|cor"
)
_VERSE = re.compile(rf"\b(?:[1-3] )?(?:{_BOOKS})\.? $")
_READ = re.compile(r"\b(?:read|study|memori[sz]e|learn|verse|bible|recite|quote|preach|surah?|quran|[1-3] \w+) ")
_PROPORTION = re.compile(
    r"\b(?:mix|dilute|blend|scale|ratio|odds|proportion|aspect|score|maßstab|verhältnis|mischen)\b"
)


@dataclass(frozen=True, slots=True)
class TimeOfDay:
    """A time that words name; `by_daylight` if the other half of the day may be meant, `kept` if the words stay.

    What is `held` belongs to a noun ("the 3 pm meeting"): it counts only beside a day that is named.
    """

    start: int
    end: int
    at: time
    by_daylight: bool = False
    written_in_24_hours: bool = False
    kept: Span | None = None
    held: bool = False


def find_times(phrase: Phrase) -> list[TimeOfDay]:
    """The times that the phrase names, in order; of those that overlap, the first and longest."""
    found: list[TimeOfDay] = []
    names = [name.span() for name in _NAMES.finditer(phrase.view)]
    for pattern in _TIMES:
        for match in pattern.finditer(phrase.view):
            if any(start < match.end() and match.start() < end for start, end in names):
                continue
            if (hit := _read(match)) is not None and _is_a_time(phrase.view, match):
                found.append(_introduced(phrase.view, hit, match))
    found.sort(key=lambda hit: (hit.start, -hit.end))
    return [hit for place, hit in enumerate(found) if not place or hit.start >= found[place - 1].end]


def bare_hour(match: re.Match[str]) -> TimeOfDay | None:
    """The time that a number alone names, behind a day."""
    return _read(match)


def _is_a_time(view: str, match: re.Match[str]) -> bool:
    found = match.groupdict()
    before = view[max(0, match.start() - 40) : match.start()]
    if found.get("colon"):
        is_verse = _VERSE.search(before) and _READ.search(view[: match.start()])
        return not is_verse and not (_PROPORTION.search(view) and not _INTRODUCTION.search(before))
    if found.get("past") and "بجے" not in match[0] and not found["past"].startswith(_CERTAIN_PAST):
        return _LEADS_TO_MINUTES.search(before) is not None
    return not (found.get("past") == "halb" and not _LEADS_TO_MINUTES.search(before))


def _introduced(view: str, hit: TimeOfDay, match: re.Match[str]) -> TimeOfDay:
    before = view[max(0, hit.start - 20) : hit.start]
    introduction = _INTRODUCTION.search(before)
    start = hit.start - (len(before) - introduction.start()) if introduction else hit.start
    is_range = match.groupdict().get("range") is not None or _RANGE_END.match(view, hit.end) is not None
    # "From 3pm to 5pm" stays in the title: no field holds an end.
    kept = hit.start, hit.end
    held = _ARTICLE.search(before) is not None and _NOUN.match(view, hit.end) is not None
    return TimeOfDay(
        start, hit.end, hit.at, hit.by_daylight, hit.written_in_24_hours, kept if is_range or held else None, held
    )


def _read(match: re.Match[str]) -> TimeOfDay | None:
    found = match.groupdict()
    if found.get("noon") or found.get("midnight"):
        return TimeOfDay(*match.span(), END_OF_DAY if found["midnight"] else time(12))
    hour = int(NUMBERS.get(found["hour"]) or int(found["hour"]))
    minute = int(found.get("minute") or found.get("dotted") or 0)
    if found.get("past"):
        hours, minute = divmod(PAST_HOUR[found["past"]], 60)
        hour += hours
    half, part = found.get("half"), PARTS.get(found.get("part") or "")
    if hour > 23 or minute > 59 or hour < 0 or (half and not 1 <= hour <= 12):
        return None
    if half:
        return TimeOfDay(*match.span(), time(hour % 12 + (12 if half == "p" else 0), minute))
    if part:
        return TimeOfDay(*match.span(), in_part_of_day(time(hour, minute), part))
    by_daylight = hour <= 12 and not (found["hour"].startswith("0") or hour == 0)
    by_timetable = bool(found.get("colon")) and _TIMETABLE.search(match.string) is not None
    as_written = by_timetable or (bool(found.get("colon")) and hour >= 10)
    if by_daylight and not by_timetable:
        hour = hour + 12 if hour < 7 else hour
    return TimeOfDay(*match.span(), time(hour, minute), by_daylight, as_written)


def in_part_of_day(at: time, part: PartOfDay) -> time:
    """The half of the day that the part is in."""
    hour = at.hour % 12
    is_early = part == "morning" or (part == "night" and hour < NIGHT_ENDS)
    return time(hour + (0 if is_early else 12), at.minute)


def other_half(at: time) -> time:
    """The same time twelve hours away."""
    return at.replace(hour=(at.hour + 12) % 24)
