"""Sentences about deleted tasks: "show the trash", "what did I delete?", "restore milk", "restore everything"."""

import re

from todo_backend.language.intents import Intent, ListTrash, Mentioned, RestoreTasks
from todo_backend.language.phrase import Phrase
from todo_backend.language.reader import Reader
from todo_backend.language.refs import read_refs
from todo_backend.language.words import TASK_NOUN

_BIN = r"(?:(?:the|my) )?(?:trash|recycle bin|waste ?basket|bin)(?: can)?"
_DELETED = r"(?:deleted|removed|trashed)"
_FROM_BIN = rf"(?: (?:from|out of|in) {_BIN})?"
_LIST = re.compile(
    rf"(?:(?:show|list|open|see|view|display|check|look (?:in|into|at))(?: me)?(?: what(?:'s| is) in)? )?{_BIN}"
    rf"|(?:what(?:'s|s| is)|is there anything|anything|what do i have) in {_BIN}"
    r"|(?:(?:show|list|see|view|display|give|get|find)(?: me)? )?(?:all )?(?:the |my |of my )*(?:recently )?"
    rf"{_DELETED} (?:{TASK_NOUN}|ones|things)(?: do i have| are there)?"
    rf"|(?:(?:show|tell|list)(?: me)? )?(?:what|which(?: {TASK_NOUN})?|what {TASK_NOUN}|the {TASK_NOUN}(?: that)?)"
    r" (?:(?:did|have|had) (?:i|we|you) (?:just |recently |already )?(?:deleted?|removed?|trash(?:ed)?)"
    rf"|(?:i|we|you) (?:have |had |just |recently )*{_DELETED}"
    rf"|(?:was|were|is|are|got|has been|have been) (?:just |recently )?{_DELETED})(?: (?:recently|lately|so far))?"
)
_RESTORE = re.compile(
    r"(?:restore|undelete|un-delete|recover|bring back|get back|undo (?:deleting|the (?:deletion|removal) of"
    rf"|delete of)) (?P<ref>.+)|(?:bring|get|put) (?P<other>.+) back{_FROM_BIN}"
)
_EVERYTHING = re.compile(
    rf"(?:everything|all|all of (?:it|my {TASK_NOUN}|the {TASK_NOUN}))(?: that)?(?: (?:i|you|we|was|is) {_DELETED})?"
    rf"|(?:all )?(?:the |my |of my |of the )*(?:{_DELETED} )?(?:tasks|to-?dos|items|things)"
    rf"(?: (?:i|you|we) {_DELETED})?"
    rf"|(?:everything |all (?:of it )?)?(?:in |from )?{_BIN}"
)
_LAST_DELETED = re.compile(rf"(?:the |my )?(?:last|most recently|recently) {_DELETED}(?: (?:one|{TASK_NOUN}))?")


def read_trash(words: str, reader: Reader) -> Intent | None:
    """What a sentence asks of the trash; None if it is about something else."""
    view = Phrase(words).view
    if _LIST.fullmatch(view):
        return ListTrash()
    match = _RESTORE.fullmatch(view)
    if match is None:
        return None
    group = "ref" if match["ref"] else "other"
    if _LAST_DELETED.fullmatch(match[group]):
        return RestoreTasks((Mentioned(),))
    named = re.sub(rf"{_FROM_BIN}$", "", match[group]) or match[group]
    if _EVERYTHING.fullmatch(named):
        return RestoreTasks((), everything=True)
    start = match.start(group)
    refs = read_refs(words[start : start + len(named)], reader)
    return RestoreTasks(refs) if refs else None
