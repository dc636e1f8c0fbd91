"""Which tasks a phrase speaks of: "my overdue tasks tagged home", "what's due this week"."""

import re
from dataclasses import dataclass
from datetime import MAXYEAR, date, timedelta
from itertools import pairwise
from typing import TypeAlias, TypeVar

from todo_backend.language.drafts import TAG_LIST, cut_priority, cut_tags
from todo_backend.language.due import extract_due
from todo_backend.language.fields import DueWindow, Priority, Sort, Status
from todo_backend.language.intents import Filters
from todo_backend.language.lexicon import MONTHS
from todo_backend.language.phrase import Phrase, clean
from todo_backend.language.reader import Reader
from todo_backend.language.windows import read_window
from todo_backend.language.words import NUMBERS, TASK_NOUN, alternatives

_Value = TypeVar("_Value", Status, DueWindow, bool)
_Found: TypeAlias = tuple[tuple[date, date], int, int]  # the days, and where they stand in the phrase

_STATUS: list[tuple[Status, re.Pattern[str]]] = [
    (
        Status.PENDING,
        re.compile(
            r"\b(?:have|has|is|are|were|am)?(?:n't| not|nt| never| yet to)? ?i? ?\b(?:not|n't|never|yet to) (?:yet"
            r" |been |be )*"
            r"(?:done|complete|completed|finish|finished)\b(?: yet)?"
            r"|\b(?:haven't|havent|didn't|didnt|aren't|isn't) (?:i |we )?(?:yet |been )*(?:done|completed?|finish"
            r"|finished)\b(?: yet)?"
        ),
    ),
    (
        Status.PENDING,
        re.compile(
            r"\b(?:pending|open|incomplete|uncompleted|unfinished|undone|outstanding|remaining|remains|active|left"
            r"|current|upcoming"
            r"|still (?:have )?to (?:be done|do)|still (?:need|have|must)|to be done|to-?do\b(?! ?list)"
            r"|(?<=\b(?:have|need) )to do)\b"
        ),
    ),
    (
        Status.COMPLETED,
        re.compile(
            r"\b(?:already )?(?:completed?|done|finished|finish|accomplished?|checked off|ticked off"
            r"|closed)\b"
        ),
    ),
    (Status.ALL, re.compile(r"\b(?:all|everything|every|each|entire|whole)\b")),
]
_DUE: list[tuple[DueWindow, re.Pattern[str]]] = [
    (
        DueWindow.NONE,
        re.compile(
            r"\b(?:(?:without (?:an? |any )?|(?:with |have |has )?no )(?:due dates?|deadlines?|dates?)"
            r"|undated|unscheduled)\b"
        ),
    ),
    (
        DueWindow.OVERDUE,
        re.compile(
            r"\b(?:overdue|past (?:their |the )?due(?: date)?|past the deadline|late|missed"
            r"|behind(?: on| schedule)?)\b"
        ),
    ),
    (DueWindow.TODAY, re.compile(r"\b(?:today(?:'?s)?|tonight(?:'?s)?|for the day)(?!\w)")),
    (DueWindow.TOMORROW, re.compile(r"\btomorrow(?:'?s)?(?!\w)")),
    (
        DueWindow.WEEK,
        re.compile(r"\b(?:this week(?:'?s)?|the week|next (?:7|seven) days|weekly|soon|coming up$)(?!\w)"),
    ),
]  # fmt: skip
_OR = re.compile(
    rf"(?: {TASK_NOUN}| ones)?(?:,| ?/| &|,? (?:and|or|plus|as well as))"
    rf"(?: (?:also|due|are|is|those|the|my|that|which|have|with|{TASK_NOUN}|ones))* ?"
)
_OR_TAG = re.compile(r"(?<=[\w-]) or (?=#)")
_REPEAT = r"(?:repeat(?:ing|s)?|recur(?:ring|s)?)"
_REPEATS: list[tuple[bool, re.Pattern[str]]] = [
    (
        False,
        re.compile(
            rf"\b(?:(?:that |which )?(?:do(?:es)?n't|do(?:es)? not|never|not) {_REPEAT}|non-?{_REPEAT}|one-off)\b"
        ),
    ),
    (True, re.compile(rf"\b(?:that |which )?{_REPEAT}\b")),
]
_WINDOW = re.compile(
    rf"\b(?:(?:this|next|last) (?:week|month|year)|(?:this |the |next )?weekend|yesterday|in"
    rf" (?:{alternatives(MONTHS)}))(?:'?s)?(?!\w)"
)
_UNTIL = r"by|until|till|up to|up until|no later than"
_SPAN = re.compile(
    r"\b(?:(?:in|within|over|for|during) )?(?:the )?"
    r"(?:(?:next|coming|following|(?P<past>last|past)) |(?<=within )|(?<=within the ))"
    rf"(?P<amount>[0-9]{{1,3}}|{alternatives(NUMBERS)}) (?P<unit>days?|weeks?|months?)\b"
    r"|\b(?:(?:in|over|during) )?(?:the )?past (?P<whole>week|month)\b"
)
_TODAY_AND_TOMORROW = re.compile(r"\btoday (?:and|or|&) tomorrow\b")
_BETWEEN = re.compile(r"\b(?:between|from) (?P<first>[\w/.-]+(?: [\w/.-]+){0,3}?) (?:and|to|until|till|through) ")
_OPEN = re.compile(rf"\b(?:any ?time )?(?:(?P<before>before)|(?P<after>after)|{_UNTIL}) ")
_MOST_WORDS_OF_A_DATE = 6
_SORT = re.compile(
    r"\b(?:(?:and )?(?:sort|sorted|order|ordered|arranged)(?: them| it)? (?:by|on)|(?<=\btasks )by) (?:the |their )?"
    r"(?P<by>due(?: date)?|deadline|date|priority|importance|title|name|alphabet|creation(?: date)?|created|age)\b"
    r"|\b(?P<alphabetic>alphabetically|in alphabetical order)\b"
    r"|\b(?P<by_hand>in (?:my|the) (?:own|manual|custom) order|in my order"
    r"|(?:(?:sort|sorted|order|ordered) )?(?:manually|by hand))\b"
    r"|\b(?P<newest>newest|latest|most recent|recent"
    r"|recently added)(?: first)?\b"
)
_SORTS = {
    **dict.fromkeys(("due", "due date", "deadline", "date"), Sort.DUE_DATE),
    **dict.fromkeys(("priority", "importance"), Sort.PRIORITY),
    **dict.fromkeys(("title", "name", "alphabet"), Sort.TITLE),
}
_DID = re.compile(r"\b(?:did|have|has)\b")
_URGENT = re.compile(r"\b(?:most )?(?:urgent|important|critical)\b")
_ABOUT = re.compile(
    r"\b(?:about|containing|contain|contains|that mention|mentioning|matching|related to|regarding|concerning"
    r"|named|called|titled"
    r"|with the words?|that (?:have|has)|including|involving|to do with) (?P<query>.+)$"
)
_SO_MANY = re.compile(
    rf"\b(?P<top>top )?(?:[0-9]{{1,2}}|{alternatives(set(NUMBERS) - {'a', 'an', 'one'})}) "
    r"(?=(?:tasks|to-?dos|items|things)\b)"
)
_BOTH = re.compile(
    r"\b(?:completed|done|finished|closed) (?:and|or|as well as) (?:pending|open|incomplete|unfinished)\b"
    r"|\b(?:pending|open|incomplete|unfinished) (?:and|or|as well as) (?:completed|done|finished|closed)\b"
)
_WORK = re.compile(rf"\bwork (?={TASK_NOUN}\b)")
_NOUN = re.compile(rf"\b(?:{TASK_NOUN}|to-?dos?|list|lists|agenda|plate|schedule)\b")
_FILLER = re.compile(
    rf"\b(?:{TASK_NOUN}|to-?dos?|to do|lists?|agenda|plate|schedule|things?|stuff|work|ones?|one|me|my|mine"
    rf"|i(?:'ve|'m)?|we|you|us|our|it|the|an?|of|that"
    r"|those|these|them|there(?:'s)?|any|anything|something|some|which|what(?:'s|s|'re)?|is|are|was|were|am|be"
    r"|been|have|has|had|got|get|do|did"
    r"|does|need|needs|must|should|shall|supposed|to|on|for|due|in|with|by|at|and|now|right|currently|still|so|far"
    r"|yet|please|just|only"
    r"|first|next|up|full|complete list|how|many|overview|summary|status|rundown|again|ahead|over|out|task's|see"
    r"|know|show|tell|due date|number|from|can|could|when(?:'?s)?"
    r"|marked|set|priority|this|coming|date|dates|working|planned|scheduled|going|happening|count|total|who|where"
    r"|as)\b"
)


@dataclass(frozen=True, slots=True)
class Reading:
    """What a phrase says about tasks: the filters, the words that no rule knew, and what kind of words there were."""

    filters: Filters
    leftover: str
    says_tasks: bool
    says_anything: bool


def read_filters(text: str, reader: Reader) -> Reading:
    """Read a noun phrase or a question about tasks; `leftover` is empty if all of it was understood."""
    phrase = Phrase(clean(text))
    phrase_view = phrase.view
    says_due = re.search(r"\bdue\b", phrase_view) is not None
    says_tasks = _NOUN.search(phrase.view) is not None
    query = _cut_query(phrase) or _cut_work(phrase)
    any_tag = _cut_or(phrase)
    tags = cut_tags(phrase)
    repeats = _cut_first(phrase, _REPEATS)
    sort = _cut_sort(phrase) or _cut_top(phrase)
    due = _cut_windows(phrase)
    between = None if due else _cut_range(phrase, reader)
    if not (due or between) and (window := _cut_first(phrase, _DUE)) is not None:
        due = (window,)
    between = between if between or due else _cut_window(phrase, reader)
    status = _cut_first(phrase, [(Status.ALL, _BOTH), *_STATUS])
    if status != Status.ALL and _cut_first(phrase, _STATUS[-1:]) is not None and status is None:
        status = Status.ALL
    priority = cut_priority(phrase)
    if priority is None and (urgent := _URGENT.search(phrase.view)):
        phrase.cut(*urgent.span())
        priority = Priority.HIGH
    known = bool(tags or repeats is not None or sort or due or between or status or priority or query or says_due)
    leftover = _without_filler(phrase)
    if status is None and between and between[0] < reader.today >= between[1] and _DID.search(phrase_view):
        status = Status.COMPLETED
    narrowed = due or between or priority or says_due
    if status == Status.COMPLETED:
        due, between = (), between or _completed_days(due, reader)
    elif status is None and narrowed:
        status = Status.PENDING
    if sort is None and due != (DueWindow.NONE,) and (due or between or says_due) and status != Status.COMPLETED:
        sort = Sort.DUE_DATE
    filters = Filters(status, priority, tuple(tags), any_tag, due, between, query, repeats, sort)
    return Reading(filters, leftover, says_tasks, known or says_tasks)


def _completed_days(due: tuple[DueWindow, ...], reader: Reader) -> tuple[date, date] | None:
    """ "Completed today" speaks of the day of completion, not of a due date."""
    words = {(DueWindow.WEEK,): "this week", (DueWindow.TODAY,): "today"}
    return read_window(words[due], reader) if due in words else None


def _cut_first(phrase: Phrase, rules: list[tuple[_Value, re.Pattern[str]]]) -> _Value | None:
    for value, pattern in rules:
        if match := pattern.search(phrase.view):
            phrase.cut(*match.span())
            return value
    return None


def _cut_windows(phrase: Phrase) -> tuple[DueWindow, ...]:
    """Cut "overdue or today", "without a date, overdue or tomorrow": several windows, of which one is enough."""
    found = sorted(
        ((match.span(), window) for window, pattern in _DUE for match in pattern.finditer(phrase.view)),
        key=lambda pair: pair[0],
    )
    windows = tuple(dict.fromkeys(window for _, window in found))
    gaps = [phrase.view[end:start] for ((_, end), _), ((start, _), _) in pairwise(found)]
    if len(windows) < 2 or set(windows) == {DueWindow.TODAY, DueWindow.TOMORROW} or not all(map(_OR.fullmatch, gaps)):
        return ()
    phrase.cut(found[0][0][0], found[-1][0][1])
    return windows


def _cut_or(phrase: Phrase) -> bool:
    """Whether one of the tags is enough: "tagged home or work", "#home or #work"."""
    joints = list(_OR_TAG.finditer(phrase.view))
    listed = TAG_LIST.search(phrase.view)
    for match in joints:
        phrase.cut(*match.span())
    return bool(joints) or (listed is not None and " or " in listed["tags"])


def _cut_query(phrase: Phrase) -> str | None:
    match = _ABOUT.search(phrase.view)
    if match is None:
        return None
    query = phrase.text[match.start("query") : match.end("query")].strip(" '\".?!")
    phrase.cut(*match.span())
    return re.sub("^(?:the|my|an?) ", "", query, flags=re.IGNORECASE) or None


def _cut_top(phrase: Phrase) -> Sort | None:
    """Cut "5" from "5 tasks": a list shows what there is. "Top 5" are the most important ones."""
    match = _SO_MANY.search(phrase.view)
    if match is None:
        return None
    phrase.cut(*match.span())
    return Sort.PRIORITY if match["top"] else None


def _cut_work(phrase: Phrase) -> str | None:
    """ "My work tasks" are those about work; elsewhere it says no more than "tasks" ("what work do I have")."""
    match = _WORK.search(phrase.view)
    if match is None:
        return None
    phrase.cut(*match.span())
    return "work"


def _cut_sort(phrase: Phrase) -> Sort | None:
    match = _SORT.search(phrase.view)
    if match is None:
        return None
    phrase.cut(*match.span())
    if match["alphabetic"]:
        return Sort.TITLE
    if match["by_hand"]:
        return Sort.MANUAL
    return Sort.CREATED if match["newest"] else _SORTS.get(match["by"], Sort.CREATED)


def _cut_window(phrase: Phrase, reader: Reader) -> tuple[date, date] | None:
    if match := _WINDOW.search(phrase.view):
        window = read_window(match[0].removesuffix("s").removesuffix("'"), reader)
        phrase.cut(*match.span())
        return window
    when = extract_due(phrase, reader)
    return (when.day, when.day) if when.day else None


def _cut_range(phrase: Phrase, reader: Reader) -> tuple[date, date] | None:
    for read in (_span_of_days, _two_days, _between_days, _open_window):
        if (found := read(phrase, reader)) is not None:
            window, start, end = found
            phrase.cut(start, end)
            return window
    return None


def _span_of_days(phrase: Phrase, reader: Reader) -> _Found | None:
    """ "The next 3 days", "within two weeks", "the last 10 days": today is in all of them."""
    match = _SPAN.search(phrase.view)
    if match is None:
        return None
    amount = NUMBERS.get(match["amount"] or "one") or int(match["amount"])
    unit = match["unit"] or match["whole"]
    today, days = reader.today, amount * {"d": 1, "w": 7, "m": 30}[unit[0]]
    try:
        if match["past"] or match["whole"]:
            return (today - timedelta(days=days), today), *match.span()
        return (today, today + timedelta(days=days)), *match.span()
    except OverflowError:
        return None


def _two_days(phrase: Phrase, reader: Reader) -> _Found | None:
    match = _TODAY_AND_TOMORROW.search(phrase.view)
    today = reader.today
    return ((today, today + timedelta(days=1)), *match.span()) if match and today < date.max else None


def _between_days(phrase: Phrase, reader: Reader) -> _Found | None:
    """ "Between monday and wednesday", "from the 3rd to the 5th"."""
    match = _BETWEEN.search(phrase.view)
    if match is None:
        return None
    first = read_window(match["first"], reader)
    last = _leading_window(phrase, match.end(), reader)
    if first is None or last is None:
        return None
    (_, day), end = last
    if 0 < (first[0] - day).days < 7 and day.year < MAXYEAR:
        day += timedelta(days=7)  # "from monday to friday", said on a tuesday
    return ((first[0], day), match.start(), end) if first[0] <= day else None


def _open_window(phrase: Phrase, reader: Reader) -> _Found | None:
    """ "Before friday", "by the end of the month", "after tomorrow"."""
    match = _OPEN.search(phrase.view)
    found = match and _leading_window(phrase, match.end(), reader)
    if not match or not found:
        return None
    (first, last), end = found
    try:
        if match["after"]:
            window = (last + timedelta(days=1), date.max)
        elif match["before"]:
            window = (date.min, first - timedelta(days=1))
        else:
            window = (date.min, last)
    except OverflowError:
        return None
    return window, match.start(), end


def _leading_window(phrase: Phrase, start: int, reader: Reader) -> tuple[tuple[date, date], int] | None:
    """The days that the longest run of words from `start` on means, and where it ends."""
    ends = [start + space.start() for space in re.finditer(r"(?:[ ,?]|$)", phrase.view[start:])]
    for end in reversed(ends[:_MOST_WORDS_OF_A_DATE]):
        if (window := read_window(phrase.view[start:end], reader)) is not None:
            return window, end
    return None


def _without_filler(phrase: Phrase) -> str:
    for match in list(_FILLER.finditer(phrase.view)):
        phrase.cut(*match.span())
    return phrase.rest().strip(" .,;:?!'\"-")
