"""The verb of a command that is mistyped: "delte task 3", "shw my tasks", "addd eggs".

Letters that changed places, one that is missing, or one that stands there twice: no letter is taken for another one,
or "lost task 3" would list tasks.
"""

import re

from todo_backend.language.lexicon import ANY_WEEKDAYS, MONTHS
from todo_backend.language.phrase import Phrase
from todo_backend.language.words import GERUNDS, PAST, TASK_VERBS

_VERBS = (
    "add", "change", "complete", "create", "delete", "finish", "list", "mark", "move", "postpone", "remind", "remove",
    "rename", "reopen", "reschedule", "restore", "show", "undo",
)  # fmt: skip
_WORD = re.compile(r"[a-z]{3,12}\b")


def with_its_verb(words: str) -> str | None:
    """The sentence with the verb that its first word is meant to be; None if that may be none or several."""
    match = _WORD.match(Phrase(words).view)
    if match is None or _is_a_word(match[0]):
        return None
    meant = [verb for verb in _VERBS if match[0] in _MISTYPED[verb]]
    return meant[0] + words[match.end() :] if len(meant) == 1 else None


def _is_a_word(word: str) -> bool:
    tables = (_VERBS, TASK_VERBS, PAST, GERUNDS, MONTHS, ANY_WEEKDAYS)
    return any(word in table for table in tables)


def _mistyped(verb: str) -> frozenset[str]:
    places = range(len(verb))
    swapped = {verb[:at] + verb[at + 1 : at + 2] + verb[at] + verb[at + 2 :] for at in places}
    missing = {verb[:at] + verb[at + 1 :] for at in places if at}
    doubled = {verb[:at] + verb[at] + verb[at:] for at in places}
    return frozenset(swapped | missing | doubled) - {verb}


_MISTYPED = {verb: _mistyped(verb) for verb in _VERBS}
