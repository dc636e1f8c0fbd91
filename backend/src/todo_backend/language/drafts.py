"""One line of text into a task: title, description, due date, priority and tags."""

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from todo_backend.language.due import When, extract_due
from todo_backend.language.fields import MAX_DESCRIPTION, MAX_TAG, MAX_TAGS, MAX_TITLE, Priority
from todo_backend.language.intents import TaskDraft
from todo_backend.language.list_ends import NAMES_OF_LISTS, OF_A_LIST_IN_A_LINE
from todo_backend.language.parts import Part, PartKind
from todo_backend.language.phrase import CUT, LONGEST_COMMAND, QUOTED, Phrase, Span, clean, places, unquote
from todo_backend.language.reader import Reader
from todo_backend.language.recurrence import Recurrence
from todo_backend.language.repetition import extract_repetition, unread_repetition

_HASHTAG = re.compile(rf"(?<![\w#&/])#(?=[\w-]*[^\W\d_])[\w-]{{1,{MAX_TAG}}}(?![\w-])")
_TAG_WORD = rf"(?:#?[\w-]+|{QUOTED}+)"
TAG_LIST = re.compile(
    r"(?:, ?)?\b(?:and )?"
    r"(?:(?:tag it|tagged|labell?ed)(?: (?:as|with))?|with (?:the )?(?:tags?|labels?)|tags?:|(?<=, )tags(?= )):? "
    rf"(?P<tags>{_TAG_WORD}(?:(?:, and |, | and | or | & ){_TAG_WORD}){{0,9}})"
)
NAMED_LIST = rf"(?:to|on|onto|in) (?:my|the|our) (?P<list>{NAMES_OF_LISTS}) list\b"
_NAMED_LIST = re.compile(rf"\b{NAMED_LIST}")
_TAG_SEPARATOR = re.compile(r", and |, | and | or | & ")

_LEVEL = r"(?P<level>very high|highest|high|top|urgent|medium|med|normal|lowest|low|no)"
_BEFORE_PRIORITY = (
    r"(?:(?:\b(?:and |, )?(?:make it|mark it as|set it to|set to|it's|it is|this is|that's|is)|with|at|as|of) )?"
    r"(?:an? |the )?"
)
_PRIORITIES = [
    re.compile(pattern)
    for pattern in (
        r"(?<![\w!])!(?P<level>high|medium|med|low|urgent|important|none)\b",
        r"(?:\bwith |\bas )?(?<![\w-])(?P<level>p[1-4])(?![\w-]| of\b)(?: priority\b)?",
        rf"\b{_BEFORE_PRIORITY}{_LEVEL}[ -]prio(?:rity)?\b",
        r"(?:\b(?:with|and|set) )?\bpriority(?: (?:is|of|to)|[:=])? ?(?P<level>high|medium|low|none|urgent|normal"
        r"|p[1-4])\b",
        r" - ?(?P<level>high|medium|low)$",
        r"(?:(?:\band )?\b(?:it's|it is|this is|that's|make it|mark it as) )(?:very )?(?P<level>urgent|important"
        r"|critical)\b",
    )
]
_EDGE_PRIORITY = re.compile(r"\b(?:very )?(?P<level>urgent|urgently|important|critical|asap)\b(?:!+$)?")
_LEVELS = {
    **dict.fromkeys(
        ("very high", "highest", "high", "top", "urgent", "urgently", "important", "critical", "asap", "p1"),
        Priority.HIGH,
    ),
    **dict.fromkeys(("medium", "med", "normal", "p2"), Priority.MEDIUM),
    **dict.fromkeys(("lowest", "low", "p3"), Priority.LOW),
    **dict.fromkeys(("no", "none", "p4"), Priority.NONE),
}

_DESCRIPTION = re.compile(
    rf"(?:[,;-] ?|\band )?(?:\b(?:with|and) (?:the |a )?description(?: (?:of|saying|that says))?:? "
    rf"|\bwith (?:the |an? )?(?:notes?|details?)(?: (?:saying|that says)|:)? (?={QUOTED})"
    rf"|\bwith (?:the |an? )?(?:notes?|details?)(?: (?:saying|that says)|:) "
    rf"|\b(?:description|desc|notes?|details): )(?P<description>{QUOTED}+|.+)",
    re.DOTALL,
)
# What is left dangling when the end of a line has been taken out.
_LEADS = r"(?:and|with|it's|due|by)\b"
_DANGLING = re.compile(rf"(?<=[ ,;:-])(?P<words>{_LEADS}(?:[ ,;:-]+{_LEADS})*)[ ,;:-]*{CUT}[ ,;:{CUT}-]*$")
_SPOKEN_START = re.compile(r"^(?:(?:that|for) )?(?:(?:i|we) (?:need|have) )?(?:to|that|for) (?=\S)", re.IGNORECASE)
_EDGES = " \n,;:-"


@dataclass(frozen=True, slots=True)
class ReadLine:
    """A task, the parts of the line that say what it is beside its title, and to which end of the list it goes."""

    draft: TaskDraft
    parts: tuple[Part, ...] = ()
    end: Literal["first", "last"] | None = None


def parse_quick_add(text: str, now: datetime, locale: str = "", *, refused: Sequence[Span] = ()) -> TaskDraft:
    """The task that a line such as "pay rent friday 5pm p1 #home" describes; see `read_line`."""
    return read_line(text, now, locale, refused=refused).draft


def read_line(text: str, now: datetime, locale: str = "", *, refused: Sequence[Span] = ()) -> ReadLine:
    """Read a line: the task that it describes, and which of its characters say what.

    `now` is aware, in the person's zone, and date and time in the answer are local to it; `locale` says how they write
    numeric dates. What is in quotes stays in the title as it is, and so do the characters that are `refused`. Raises
    ValueError for a text without any words.
    """
    where = places(text)
    hidden = [(bisect_left(where, start), bisect_left(where, end)) for start, end in refused if start < end]
    reading = _read(text, Reader(now, locale), refused=hidden, in_a_list=True)
    if reading is None:
        raise ValueError("Write what is to be done, for example: pay rent friday 5pm")
    parts = (replace(part, start=where[part.start], end=where[part.end - 1] + 1) for part in reading.parts)
    return ReadLine(reading.draft, tuple(sorted(parts, key=lambda part: part.start)), reading.end)


def read_draft(text: str, reader: Reader, *, spoken: bool = False) -> TaskDraft | None:
    """The task that a text describes, or None if it has no words.

    With `spoken`, the text is what follows a command ("add a task ...") and a leading "to" is no part of the title.
    """
    reading = _read(text, reader, spoken=spoken)
    return reading.draft if reading else None


def _read(
    text: str, reader: Reader, *, spoken: bool = False, refused: Sequence[Span] = (), in_a_list: bool = False
) -> ReadLine | None:
    whole = clean(text)
    phrase = Phrase(whole[:LONGEST_COMMAND], refused)
    if not phrase.text.strip(_EDGES + ".!?'\""):
        return None
    if len(whole) > LONGEST_COMMAND:
        return ReadLine(_within_limits(TaskDraft(_capitalised(_tidy(whole, spoken) or whole))))
    description = _cut_description(phrase)
    end, on_list = _cut_end(phrase) if in_a_list else (None, [])
    tags = list(dict.fromkeys([*on_list, *cut_tags(phrase)]))
    priority = cut_priority(phrase)
    when, recurrence = _cut_when(phrase, reader)
    unread = None if recurrence else unread_repetition(phrase)
    priority = priority or _cut_edge_priority(phrase)
    _take_dangling(phrase)
    title = _tidy(phrase.rest(), spoken)
    if not title:
        # Only a date or a tag: it is all there is to make a title of.
        return ReadLine(_within_limits(TaskDraft(title=_capitalised(_tidy(phrase.text, spoken) or phrase.text))))
    draft = TaskDraft(
        _capitalised(title), description, when.day, when.at, priority or Priority.NONE, tuple(tags), recurrence, unread
    )
    return ReadLine(_within_limits(draft), tuple(phrase.parts), end)


def _cut_end(phrase: Phrase) -> tuple[Literal["first", "last"] | None, list[str]]:
    """Cut "to the top of my shopping list": the end of the list, and the tag of what is on that one."""
    for pattern in OF_A_LIST_IN_A_LINE:
        match = pattern.search(phrase.view)
        if match is not None and not phrase.at_start(match.start()):
            phrase.take(PartKind.PLACE, *match.span())
            return "first" if match["first"] else "last", [match["tag"]] if match["tag"] else []
    return None, []


def _cut_when(phrase: Phrase, reader: Reader) -> tuple[When, Recurrence | None]:
    """When it is to be done, for the first time if it repeats, and how it repeats."""
    before = phrase.view, list(phrase.parts)
    repetition = extract_repetition(phrase, reader)
    if repetition is not None:
        when = extract_due(phrase, reader, repeats=True)
        if (begun := repetition.begun(when, reader)) is not None:
            return begun
        phrase.view, phrase.parts = before
    return extract_due(phrase, reader), None


def cut_tags(phrase: Phrase) -> list[str]:
    """Cut "#home", "tagged home and work" and "on my shopping list" out of the phrase; lower case, each once.

    What is beyond the most tags that a task has stays where it is.
    """
    tags: list[str] = []
    if named := _NAMED_LIST.search(phrase.view):
        tags.append(named["list"])
        phrase.take(PartKind.TAG, *named.span())
    while match := TAG_LIST.search(phrase.view):
        tags += split_tags(phrase.text[match.start("tags") : match.end("tags")])
        phrase.take(PartKind.TAG, *match.span())
    for match in list(_HASHTAG.finditer(phrase.view)):
        found = split_tags(phrase.text[match.start() : match.end()])
        if len(set(tags + found)) <= MAX_TAGS:
            tags += found
            phrase.take(PartKind.TAG, *match.span())
    return list(dict.fromkeys(tags))


def split_tags(text: str) -> list[str]:
    """The tags in "home, #work and 'garden'"."""
    words = (unquote(word).strip("#'\" ").lower() for word in _TAG_SEPARATOR.split(text))
    return [word[:MAX_TAG] for word in words if word]


def cut_priority(phrase: Phrase) -> Priority | None:
    """Cut the words that set a priority out of the phrase."""
    for pattern in _PRIORITIES:
        if match := pattern.search(phrase.view):
            phrase.take(PartKind.PRIORITY, *match.span())
            return _LEVELS[match["level"]]
    return None


def read_priority(text: str) -> Priority | None:
    """The priority that a whole text names: "high", "top priority", "p2", "urgent"."""
    words = clean(text).lower().strip(" .!").removesuffix("priority").removeprefix("very ").strip(" -")
    return _LEVELS.get(words)


def _cut_edge_priority(phrase: Phrase) -> Priority | None:
    """ "Urgent: call the bank" and "call the bank asap", but not "read the important letter"."""
    for match in list(_EDGE_PRIORITY.finditer(phrase.view)):
        leads = phrase.at_start(match.start()) and phrase.view[match.end() : match.end() + 1] in (":", "!", ",", " -")
        if leads or (phrase.at_end(match.end()) and not phrase.at_start(match.start())):
            phrase.take(PartKind.PRIORITY, match.start(), match.end() + (1 if leads else 0))
            return _LEVELS[match["level"]]
    return None


def _cut_description(phrase: Phrase) -> str | None:
    match = _DESCRIPTION.search(phrase.view)
    if match is None or phrase.at_start(match.start()):
        return None
    description = unquote(phrase.text[match.start("description") : match.end("description")])
    phrase.take(PartKind.DESCRIPTION, *match.span())
    return description[:MAX_DESCRIPTION] or None


def _tidy(title: str, spoken: bool) -> str:
    title = " ".join(title.split()).strip(_EDGES)
    if spoken:
        title = _SPOKEN_START.sub("", title)
    if title.endswith(".") and not title.endswith(".."):
        title = title[:-1].rstrip(_EDGES)
    return unquote(title)


def _take_dangling(phrase: Phrase) -> None:
    """Take "and" of "buy milk and (make it high priority)": what led to a part is part of it."""
    if phrase.view.endswith(CUT) and (dangling := _DANGLING.search(phrase.view)):
        phrase.take_before(dangling.start("words"))


def _capitalised(title: str) -> str:
    if title[1:2].isupper():
        return title  # "iPhone"
    return title[:1].upper() + title[1:]


def _within_limits(draft: TaskDraft) -> TaskDraft:
    """A title that is too long is cut at a word; the whole of it is kept in the description."""
    if len(draft.title) <= MAX_TITLE:
        return draft
    head = draft.title[: MAX_TITLE - 1]
    head = head.rsplit(" ", 1)[0] if " " in head[MAX_TITLE // 2 :] else head
    description = f"{draft.title}\n\n{draft.description}" if draft.description else draft.title
    return replace(draft, title=f"{head.rstrip()}…", description=description[:MAX_DESCRIPTION])
