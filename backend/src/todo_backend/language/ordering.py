"""Sentences about the order made by hand: "move milk to the top", "put eggs above bread", "move it to the end"."""

import re

from todo_backend.language.due import read_when
from todo_backend.language.intents import Intent, Matching, OrderTasks, TaskRef
from todo_backend.language.list_ends import FIRST, LAST
from todo_backend.language.phrase import Phrase
from todo_backend.language.reader import Reader
from todo_backend.language.refs import read_refs
from todo_backend.language.words import TASK_NOUN

_PUT = r"(?:move|put(?! off\b)|place|bring|drag|push|send|sort)"
_OF_LIST = rf"(?: of (?:my |the |this |our )?(?:(?:to-?do |task )?list|{TASK_NOUN}|queue))?"
_TO_AN_END = (
    re.compile(
        rf"{_PUT} (?P<ref>.+?)(?: up| down| back| all the way)* (?:to|at|on) (?:the )?(?:very )?"
        rf"(?:(?P<first>{FIRST})|{LAST}){_OF_LIST}"
    ),
    re.compile(r"(?:move|put|place|sort) (?P<ref>.+?) (?:(?P<first>first|on top)|last)(?: (?:on|in) (?:my|the) list)?"),
    re.compile(
        rf"make (?P<ref>.+?) (?:the |my )?(?:(?P<first>first|top|topmost)|last|bottom) (?:{TASK_NOUN}|one|thing)"
        r"(?: (?:on|of|in) (?:my|the) list)?"
    ),
)
# "Under" another task makes a subtask of it; right under it is a place, as "below" is.
_BESIDE = re.compile(
    rf"{_PUT} (?P<ref>.+?)(?: up| down| back)?(?<! to) (?:"
    r"(?P<before>(?:(?:right|just|directly|immediately) )?(?:above|before|ahead of|in front of))"
    r"|(?:(?:right|just|directly|immediately) )?(?:after|behind|below)"
    r"|(?:right|just|directly|immediately) (?:beneath|under|underneath)) (?P<other>.+)"
)


def read_ordering(words: str, reader: Reader) -> Intent | None:
    """Where a sentence puts tasks in the order made by hand; None if it is about something else."""
    view = Phrase(words).view
    for pattern in _TO_AN_END:
        if (match := pattern.fullmatch(view)) is not None:
            refs = _named(words, match, "ref", reader)
            return OrderTasks(refs, "first" if match["first"] else "last") if refs else None
    match = _BESIDE.fullmatch(view)
    if match is None or read_when(words[match.start("other") : match.end("other")], reader) is not None:
        return None  # "after friday"
    refs, others = _named(words, match, "ref", reader), _named(words, match, "other", reader)
    if not refs or len(others) != 1:
        return None
    return OrderTasks(refs, "before" if match["before"] else "after", others[0])


def _named(words: str, match: re.Match[str], group: str, reader: Reader) -> tuple[TaskRef, ...]:
    """The tasks that a group of a pattern names; none for all of a kind, which have no order among them."""
    refs = read_refs(words[match.start(group) : match.end(group)], reader)
    return () if any(isinstance(ref, Matching) for ref in refs) else refs
