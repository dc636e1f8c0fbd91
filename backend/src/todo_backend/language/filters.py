"""Which tasks a phrase speaks of: "my overdue tasks tagged home", "what's due this week", "urgent or overdue".

Each kind of words is looked for by itself and taken out, so that they may stand in any order: status, due days,
priority, tags, repetition, words of the title. Together they narrow the list; "or" between two of them widens it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import MAXYEAR, date, timedelta
from typing import TypeAlias, TypeVar

from todo_backend.language.drafts import TAG_LIST, cut_priority, cut_tags
from todo_backend.language.fields import DueWindow, Priority, Sort, Status
from todo_backend.language.intents import Filters, either
from todo_backend.language.lexicon import MONTHS, WEEKDAY
from todo_backend.language.phrase import CUT, Phrase, clean
from todo_backend.language.reader import Reader
from todo_backend.language.windows import (
    Days,
    Due,
    Mention,
    between_joints,
    combined,
    cut_dates,
    in_the_past,
    read_window,
    with_overdue,
)
from todo_backend.language.words import NUMBERS, TASK_NOUN, alternatives

_Value = TypeVar("_Value", Status, bool)
_Found: TypeAlias = tuple[Days, int, int]  # the days, and where they stand in the phrase

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
_PART_OF_DAY = r"(?: (?:morning|noon|afternoon|evening|night)\b)?"
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
    (
        DueWindow.TODAY,
        re.compile(
            rf"\b(?:today(?:'?s)?{_PART_OF_DAY}|this (?:morning|afternoon|evening)|tonight(?:'?s)?|for the day)(?!\w)"
        ),
    ),
    (DueWindow.TOMORROW, re.compile(rf"\btomorrow(?:'?s)?{_PART_OF_DAY}(?!\w)")),
    (
        DueWindow.WEEK,
        re.compile(r"\b(?:this week(?:'?s)?|the week|next (?:7|seven) days|weekly|soon|coming up$)(?!\w)"),
    ),
]  # fmt: skip
_OR = re.compile(
    rf"(?: {TASK_NOUN}| ones| stuff| things)?(?:,| ?/| &|,? (?:and|or|plus|as well as))"
    r"(?: (?:also|due|are|is|those|the|my|that|which|have|with|on|for|all|any|anything|something|everything|what"
    rf"|what'?s|{TASK_NOUN}|ones))* ?"
)
_JOINT = re.compile(r",? (?:and|or|plus|as well as) |, | & | ?(?<![0-9])/(?![0-9]) ?")
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
_FAR_DAY = re.compile(
    r"\b(?:(?:the )?day (?:after tomorrow|before yesterday)|(?:the )?(?:week|month) after next)(?:'?s)?(?!\w)"
)
_POSSESSIVE = re.compile(rf"\b(?P<day>{WEEKDAY})'s\b")
_DATED = re.compile(r"\b(?:with|have|has|having) (?:an? |any |some )?(?:due )?(?:dates?|deadlines?)\b")
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
_BETWEEN = re.compile(r"\b(?:between|from) (?P<first>[\w/.-]+(?: [\w/.-]+){0,3}?) (?:and|to|until|till|through) ")
_OPEN = re.compile(
    rf"\b(?:any ?time )?(?:(?P<before>(?<!day )before)|(?P<after>(?<!day )after)|(?P<since>since)|{_UNTIL}) "
)
_MOST_WINDOWS = 6
_MOST_CHOICES = 3
_MOST_JOINTS = 8
_MOST_WORDS_OF_A_DATE = 6
_SORT = re.compile(
    r"\b(?:(?:and )?(?:sort|sorted|order|ordered|arranged)(?: them| it)? (?:by|on)|(?<=\btasks )by) (?:the |their )?"
    r"(?P<by>due(?: date)?|deadline|date|priority|importance|title|name|alphabet|creation(?: date)?|created|age)\b"
    r"|\b(?P<alphabetic>alphabetically|in alphabetical order)\b"
    r"|\b(?P<by_hand>in (?:my|the) (?:own|manual|custom) order|in my order"
    r"|(?:(?:sort|sorted|order|ordered) )?(?:manually|by hand))\b"
    r"|\b(?P<soonest>(?:due )?(?:soonest|earliest)(?: first)?)\b"
    r"|\b(?P<newest>newest|latest|most recent|recent"
    r"|recently added)(?: first)?\b"
)
_SORTS = {
    **dict.fromkeys(("due", "due date", "deadline", "date"), Sort.DUE_DATE),
    **dict.fromkeys(("priority", "importance"), Sort.PRIORITY),
    **dict.fromkeys(("title", "name", "alphabet"), Sort.TITLE),
}
_DID = re.compile(r"\b(?:did|have|has)\b")
_WAS = re.compile(r"\b(?:was|were|did)\b")
_URGENT = re.compile(
    rf"\b(?:(?:most )?(?:urgent|important|critical)|(?P<level>high|medium|low)(?= (?:{TASK_NOUN}|ones)\b))\b"
)
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
    rf"\b(?:{TASK_NOUN}|to-?dos?|to do|lists?|agenda|plate|schedule|things?|stuff|ones?|one|me|my|mine|will"
    r"|(?<!and )(?<!or )work(?! (?:and|or)\b)"
    r"|either|also|else|too"
    rf"|i(?:'ve|'m)?|we|you|us|our|it|the|an?|of|that"
    r"|those|these|them|there(?:'s)?|any|anything|something|some|which|what(?:'s|s|'re)?|is|are|was|were|am|be"
    r"|been|have|has|had|got|get|do|did"
    r"|does|need|needs|must|should|shall|supposed|to|on|for|due|in|with|by|at|and|now|right|currently|still|so|far"
    r"|yet|please|just|only"
    r"|first|next|up|full|complete list|how|many|much|overview|summary|status|rundown|again|ahead|over|out|task's|see"
    r"|know|show|tell|due date|number|from|can|could|when(?:'?s)?"
    r"|marked|set|priority|this|coming|date|dates|working|planned|scheduled|going|happening|count|total|who|where"
    r"|as)\b"
)

_LEVELS = r"high|medium|low"
_TAGGED = r"(?:(?:tagged|labell?ed)(?: with| as)? |with (?:the )?(?:tag|label) )[\w#-]+|#[\w-]+"
_DUE_PART = (
    "|".join(pattern.pattern for _, pattern in _DUE)
    + r"|\bdue (?:(?:on|by|before|after|in|the|this|next|last) )*[\w./-]+"
)
_OTHER_PART = (
    "|".join(pattern.pattern for _, pattern in (*_STATUS[:3], *_REPEATS))
    + rf"|\b(?:(?:most )?(?:urgent|important|critical)|(?:{_LEVELS}|top)[ -]prio(?:rity)?|p[1-4])\b|{_TAGGED}"
)
_PART = rf"(?:{_DUE_PART}|{_OTHER_PART})"
_THAT_ARE = r"(?:(?:those|ones|that|which|are|is|have|has|been|what|what'?s|anything|everything|the|my|all) )*"
_EITHER = (
    # "p1 or p2", "high or medium priority"
    re.compile(r"\b(?P<one>p[1-4])(?P<joint>,? (?:or|and) | ?/ ?|, )(?P<two>p[1-4])\b"),
    re.compile(rf"\b(?P<one>{_LEVELS})(?P<joint>,? (?:or|and) | ?/ ?)(?P<two>{_LEVELS})(?=[ -]prio)"),
    # "urgent or overdue", "tagged work, overdue or urgent"
    re.compile(
        rf"(?P<one>{_PART}(?: {TASK_NOUN}\b)?)"
        rf"(?P<joint>,? or (?:else )?(?:{TASK_NOUN} )?{_THAT_ARE}|, (?=(?:{_PART}, ){{0,2}}{_PART},? or ))"
        rf"(?P<two>{_PART}(?: {TASK_NOUN}\b)?)"
    ),
    # "urgent tasks and tasks due tomorrow"
    re.compile(
        rf"(?P<one>{_PART} {TASK_NOUN}\b)(?P<joint>,? and (?:also )?(?:all |the |my )*)"
        rf"(?P<two>{TASK_NOUN} {_THAT_ARE}{_PART}|{_PART} {TASK_NOUN}\b)"
    ),
)
_ONLY_DUE = re.compile(rf"(?:{TASK_NOUN} {_THAT_ARE})?(?:{_DUE_PART})(?: {TASK_NOUN})?")
_ONLY_TAG = re.compile(r"#[\w-]+")
# "Tagged work and overdue": what follows is no second tag.
_ENDS_TAGS = re.compile(rf"(?:,? and |, )(?=(?:are |is )?{_PART}(?!\w))")


@dataclass(frozen=True, slots=True)
class Reading:
    """What a phrase says about tasks: the filters, the words that no rule knew, and what kind of words there were."""

    filters: Filters
    leftover: str
    says_tasks: bool
    says_anything: bool


def read_filters(text: str, reader: Reader) -> Reading:
    """Read a noun phrase or a question about tasks; `leftover` is empty if all of it was understood."""
    return _read_any(_without_possessives(clean(text)), reader, _MOST_CHOICES)


def _without_possessives(text: str) -> str:
    """ "Friday's tasks" are those of Friday."""
    for match in reversed(list(_POSSESSIVE.finditer(Phrase(text).view))):
        text = text[: match.end("day")] + text[match.end() :]
    return text


def _read_any(text: str, reader: Reader, choices: int) -> Reading:
    variants = _alternatives(text) if choices else None
    if not variants:
        return _read(text, reader)
    readings = [_read_any(variant, reader, choices - 1) for variant in variants]
    return Reading(
        either([part for reading in readings for part in reading.filters.parts]),
        max((reading.leftover for reading in readings), key=len),
        any(reading.says_tasks for reading in readings),
        all(reading.says_anything for reading in readings),
    )


def _alternatives(text: str) -> tuple[str, str] | None:
    """The two phrases that "urgent or overdue tasks" stands for; None where nothing is to be chosen.

    Due days, tags and the two states have one list for what is said of them with "or".
    """
    view = Phrase(text).view
    if _BOTH.search(view):
        return None
    joints = len(re.findall(r" or | and |/|, ", view))
    for pattern in _EITHER if 0 < joints <= _MOST_JOINTS else ():
        for match in pattern.finditer(view):
            both = match["one"], match["two"]
            if all(map(_ONLY_DUE.fullmatch, both)) or all(map(_ONLY_TAG.fullmatch, both)):
                continue
            first = text[: match.start("joint")] + text[match.end("two") :]
            return first, text[: match.start("one")] + text[match.end("joint") :]
    return None


def _read(text: str, reader: Reader) -> Reading:
    phrase = Phrase(text)
    phrase_view = phrase.view
    says_due = re.search(r"\bdue\b", phrase_view) is not None
    says_tasks = _NOUN.search(phrase.view) is not None
    query = _cut_query(phrase) or _cut_work(phrase)
    any_tag = _cut_or(phrase)
    tags = _cut_tags(phrase)
    repeats = _cut_first(phrase, _REPEATS)
    sort = _cut_sort(phrase) or _cut_top(phrase)
    due = _cut_due(phrase, reader)
    status = _cut_first(phrase, [(Status.ALL, _BOTH), *_STATUS])
    if status != Status.ALL and _cut_first(phrase, _STATUS[-1:]) is not None and status is None:
        status = Status.ALL
    priority = cut_priority(phrase)
    if priority is None and (urgent := _URGENT.search(phrase.view)):
        phrase.cut(*urgent.span())
        priority = Priority(urgent["level"] or "high")
    known = bool(tags or repeats is not None or sort or due or status or priority or query or says_due)
    leftover = _without_filler(phrase)
    if status is None and due and all(_is_past(each, reader) for each in due) and _DID.search(phrase_view):
        status = Status.COMPLETED
    if status is None and (due or priority or says_due):
        status = Status.PENDING
    if sort is None and (due or says_due) and due != [Due((DueWindow.NONE,))] and status != Status.COMPLETED:
        sort = Sort.DUE_DATE
    filters = Filters(status, priority, tuple(tags), any_tag, query=query, repeats=repeats, sort=sort)
    return Reading(either(with_overdue(filters, due, reader)), leftover, says_tasks, known or says_tasks)


def _is_past(due: Due, reader: Reader) -> bool:
    return due.between is not None and due.between[0] < reader.today >= due.between[1]


def _cut_first(phrase: Phrase, rules: list[tuple[_Value, re.Pattern[str]]]) -> _Value | None:
    for value, pattern in rules:
        if match := pattern.search(phrase.view):
            phrase.cut(*match.span())
            return value
    return None


def _cut_due(phrase: Phrase, reader: Reader) -> list[Due]:
    """Cut the words that say when tasks are due; nothing if they do not go together."""
    mentions = sorted(_mentions(phrase, reader), key=lambda mention: mention.start)
    if _WAS.search(phrase.view):
        mentions = [in_the_past(mention, phrase.view, reader.today) for mention in mentions]
    due = combined(mentions, phrase.view, _is_or, reader.today) if mentions else None
    if not due:
        return []
    gaps = phrase.view
    for one, other in zip(mentions, [*mentions[1:], None], strict=True):
        is_joined = other is not None and _is_or(gaps[one.end : other.start])
        phrase.cut(one.start, other.start if other and is_joined else one.end)
    return due


def _is_or(gap: str) -> bool:
    return _OR.fullmatch(re.sub(rf"[ {CUT}]+", " ", gap)) is not None


def _mentions(phrase: Phrase, reader: Reader) -> list[Mention]:
    """The windows of due days that a phrase names."""
    rest = phrase.only(0, len(phrase.text))
    found: list[Mention] = []
    dated = [Mention(*match.span(), (date.min, date.max)) for match in _DATED.finditer(rest.view)]
    for mention in _each_mention(rest, reader):
        found.append(mention)
        rest.cut(mention.start, mention.end)
    found += cut_dates(rest, between_joints(_JOINT.finditer(rest.view), len(rest.view)), reader)
    return found or dated[:1]


def _each_mention(rest: Phrase, reader: Reader) -> Iterator[Mention]:
    """Those that have words of their own, wherever they stand: each is cut before the next one is looked for."""
    for _ in range(_MOST_WINDOWS):
        if (ranged := _find_range(rest, reader)) is None:
            break
        days, start, end = ranged
        yield Mention(start, end, days)
    for match in _FAR_DAY.finditer(rest.view):
        yield from _window_of(match, reader)
    for window, pattern in _DUE:
        for match in pattern.finditer(rest.view):
            yield Mention(*match.span(), window)
    for match in _WINDOW.finditer(rest.view):
        yield from _window_of(match, reader)


def _window_of(match: re.Match[str], reader: Reader) -> Iterator[Mention]:
    if window := read_window(match[0].removesuffix("s").removesuffix("'"), reader):
        yield Mention(*match.span(), window)


def _cut_tags(phrase: Phrase) -> list[str]:
    listed = TAG_LIST.search(phrase.view)
    end = _ENDS_TAGS.search(phrase.view, listed.start("tags")) if listed else None
    if listed and end and end.start() < listed.end("tags"):
        phrase.cut(*end.span())
    return cut_tags(phrase)


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
    if match["soonest"]:
        return Sort.DUE_DATE
    if match["by_hand"]:
        return Sort.MANUAL
    return Sort.CREATED if match["newest"] else _SORTS.get(match["by"], Sort.CREATED)


def _find_range(phrase: Phrase, reader: Reader) -> _Found | None:
    readers = (_span_of_days, _between_days, _open_window)
    return next((found for read in readers if (found := read(phrase, reader)) is not None), None)


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
    """ "Before friday", "by the end of the month", "after tomorrow", "since monday"."""
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
        elif match["since"]:
            weekday_ahead = reader.today < first <= reader.today + timedelta(days=7)
            window = (first - timedelta(days=7) if weekday_ahead else first, date.max)
        else:
            window = (date.min, last)
    except OverflowError:
        return None
    return window, match.start(), end


def _leading_window(phrase: Phrase, start: int, reader: Reader) -> tuple[Days, int] | None:
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
