"""Which tasks a phrase speaks of: "my overdue tasks tagged home", "what's due this week"."""

import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeVar

from todo_backend.assistant.builtin.english.dates import cut_when, read_window
from todo_backend.assistant.builtin.english.draft import cut_priority, cut_tags
from todo_backend.assistant.builtin.english.phrase import Phrase, clean
from todo_backend.assistant.builtin.english.words import MONTHS, TASK_NOUN, alternatives
from todo_backend.assistant.builtin.intents import DueWindow, Filters, Sort, Status

_Value = TypeVar("_Value", Status, DueWindow)

_STATUS: list[tuple[Status, re.Pattern[str]]] = [
    (
        "pending",
        re.compile(
            r"\b(?:have|has|is|are|were|am)?(?:n't| not|nt| never| yet to)? ?i? ?\b(?:not|n't|never|yet to) (?:yet"
            r" |been |be )*"
            r"(?:done|complete|completed|finish|finished)\b(?: yet)?"
            r"|\b(?:haven't|havent|didn't|didnt|aren't|isn't) (?:i |we )?(?:yet |been )*(?:done|completed?|finish"
            r"|finished)\b(?: yet)?"
        ),
    ),
    (
        "pending",
        re.compile(
            r"\b(?:pending|open|incomplete|uncompleted|unfinished|undone|outstanding|remaining|remains|active|left"
            r"|current|upcoming"
            r"|still (?:have )?to (?:be done|do)|still (?:need|have|must)|to be done|to-?do\b(?! ?list)"
            r"|(?<=\b(?:have|need) )to do)\b"
        ),
    ),
    (
        "completed",
        re.compile(
            r"\b(?:already )?(?:completed?|done|finished|finish|accomplished?|checked off|ticked off"
            r"|closed)\b"
        ),
    ),
    ("all", re.compile(r"\b(?:all|everything|every|each|entire|whole)\b")),
]
_DUE: list[tuple[DueWindow, re.Pattern[str]]] = [
    (
        "none",
        re.compile(
            r"\b(?:(?:without (?:an? |any )?|(?:with |have |has )?no )(?:due dates?|deadlines?|dates?)"
            r"|undated|unscheduled)\b"
        ),
    ),
    (
        "overdue",
        re.compile(
            r"\b(?:overdue|past (?:their |the )?due(?: date)?|past the deadline|late|missed"
            r"|behind(?: on| schedule)?)\b"
        ),
    ),
    ("today", re.compile(r"\b(?:today(?:'?s)?|tonight(?:'?s)?|for the day)(?!\w)")),
    ("tomorrow", re.compile(r"\btomorrow(?:'?s)?(?!\w)")),
    ("week", re.compile(r"\b(?:this week(?:'?s)?|the week|next (?:7|seven) days|weekly|soon|coming up$)(?!\w)")),
]  # fmt: skip
_WINDOW = re.compile(
    rf"\b(?:(?:this|next|last) (?:week|month|year)|(?:this |the |next )?weekend|yesterday|in"
    rf" (?:{alternatives(MONTHS)}))(?:'?s)?(?!\w)"
)
_SORT = re.compile(
    r"\b(?:and )?(?:sort|sorted|order|ordered|arranged)(?: them| it)? (?:by|on) (?:the |their )?"
    r"(?P<by>due(?: date)?|deadline|date|priority|importance|title|name|alphabet|creation(?: date)?|created|age)\b"
    r"|\b(?P<alphabetic>alphabetically|in alphabetical order)\b|\b(?P<newest>newest|latest|most recent|recent"
    r"|recently added)(?: first)?\b"
)
_SORTS: dict[str, Sort] = {
    "due": "due_date", "due date": "due_date", "deadline": "due_date", "date": "due_date",
    "priority": "priority", "importance": "priority",
    "title": "title", "name": "title", "alphabet": "title",
}  # fmt: skip
_DID = re.compile(r"\b(?:did|have|has)\b")
_URGENT = re.compile(r"\b(?:most )?(?:urgent|important|critical)\b")
_ABOUT = re.compile(
    r"\b(?:about|containing|contain|contains|that mention|mentioning|matching|related to|regarding|concerning"
    r"|named|called|titled"
    r"|with the words?|that (?:have|has)|including|involving|to do with) (?P<query>.+)$"
)
_NOUN = re.compile(rf"\b(?:{TASK_NOUN}|to-?dos?|list|lists|agenda|plate|schedule)\b")
_FILLER = re.compile(
    rf"\b(?:{TASK_NOUN}|to-?dos?|to do|lists?|agenda|plate|schedule|things?|stuff|work|ones?|one|me|my|mine"
    rf"|i(?:'ve|'m)?|we|you|us|our|it|the|an?|of|that"
    r"|those|these|them|there(?:'s)?|any|anything|something|some|which|what(?:'s|s|'re)?|is|are|was|were|am|be"
    r"|been|have|has|had|got|get|do|did"
    r"|does|need|needs|must|should|shall|supposed|to|on|for|due|in|with|by|at|and|now|right|currently|still|so|far"
    r"|yet|please|just|only"
    r"|first|next|up|full|complete list|how|many|overview|summary|status|rundown|again|ahead|over|out|task's|see"
    r"|know|show|tell|due date|number|from"
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


def read_filters(text: str, now: datetime) -> Reading:
    """Read a noun phrase or a question about tasks; `leftover` is empty if all of it was understood."""
    phrase = Phrase(clean(text))
    phrase_view = phrase.view
    says_due = re.search(r"\bdue\b", phrase_view) is not None
    says_tasks = _NOUN.search(phrase.view) is not None
    query = _cut_query(phrase)
    tags = cut_tags(phrase)
    sort = _cut_sort(phrase)
    due = _cut_first(phrase, _DUE)
    between = None if due else _cut_window(phrase, now)
    status = _cut_first(phrase, _STATUS)
    if status != "all" and _cut_first(phrase, _STATUS[-1:]) and status is None:
        status = "all"
    priority = cut_priority(phrase)
    if priority is None and (urgent := _URGENT.search(phrase.view)):
        phrase.cut(*urgent.span())
        priority = "high"
    known = bool(tags or sort or due or between or status or priority or query or says_due)
    leftover = _without_filler(phrase)
    if status is None and between and between[1] < now.date() and _DID.search(phrase_view):
        status = "completed"
    narrowed = due or between or priority or says_due
    if status == "completed":
        due, between = None, between or _completed_days(due, now)
    elif status is None and narrowed:
        status = "pending"
    if sort is None and due != "none" and (due or between or says_due) and status != "completed":
        sort = "due_date"
    filters = Filters(status, priority, tags[0] if tags else None, due, between, query, sort)
    return Reading(filters, leftover, says_tasks, known or says_tasks)


def _completed_days(due: DueWindow | None, now: datetime) -> tuple[date, date] | None:
    """ "Completed today" speaks of the day of completion, not of a due date."""
    return read_window({"week": "this week", "today": "today"}.get(due or "", ""), now)


def _cut_first(phrase: Phrase, rules: list[tuple[_Value, re.Pattern[str]]]) -> _Value | None:
    for value, pattern in rules:
        if match := pattern.search(phrase.view):
            phrase.cut(*match.span())
            return value
    return None


def _cut_query(phrase: Phrase) -> str | None:
    match = _ABOUT.search(phrase.view)
    if match is None:
        return None
    query = phrase.text[match.start("query") : match.end("query")].strip(" '\".?!")
    phrase.cut(*match.span())
    return query or None


def _cut_sort(phrase: Phrase) -> Sort | None:
    match = _SORT.search(phrase.view)
    if match is None:
        return None
    phrase.cut(*match.span())
    if match["alphabetic"]:
        return "title"
    return "created" if match["newest"] else _SORTS.get(match["by"], "created")


def _cut_window(phrase: Phrase, now: datetime) -> tuple[date, date] | None:
    if match := _WINDOW.search(phrase.view):
        window = read_window(match[0].removesuffix("s").removesuffix("'"), now)
        phrase.cut(*match.span())
        return window
    when = cut_when(phrase, now)
    return (when.day, when.day) if when.day else None


def _without_filler(phrase: Phrase) -> str:
    for match in list(_FILLER.finditer(phrase.view)):
        phrase.cut(*match.span())
    return phrase.rest().strip(" .,;:?!'\"-")
