"""How many tasks of a list are wanted: "the first three tasks", "top 5", "my last 2 tasks"."""

import re
from dataclasses import dataclass

from todo_backend.language.fields import Sort
from todo_backend.language.phrase import Phrase
from todo_backend.language.words import NUMBER_WORDS, alternatives

_NOUN = r"(?:tasks|to-?dos|items|things|ones|reminders|entries)"
_NUMBER = rf"(?P<number>[1-9][0-9]?|{alternatives(NUMBER_WORDS)})"
_END = r"(?P<end>first|top|last|latest|newest|most recent|next|upcoming)"
# "The next 7 days" are no seven tasks.
_UNIT = r"(?:minutes?|hours?|days?|weeks?|months?|years?|business|working|prio(?:rity)?)\b"
_COUNTED = (
    re.compile(rf"\b{_END} {_NUMBER} (?=(?:(?!{_UNIT})[a-z#'-]+ ){{0,3}}{_NOUN}\b)"),
    # "The 5 tasks due today" are all of them.
    re.compile(
        rf"(?<!the )(?<!my )(?<!these )(?<!those )(?<!all )(?<![\w-])\b{_NUMBER} "
        rf"(?=(?:(?!{_UNIT})[a-z#'-]+ ){{0,3}}{_NOUN}\b)"
    ),
    re.compile(rf"\b{_NUMBER} (?=most (?:[a-z]+ ){{1,2}}{_NOUN}\b)"),
    re.compile(rf"\b{_END} {_NUMBER}(?=[ .!?]*$)"),
)
_ADDED = re.compile(r" (?:that |which )?(?:i|we|you) (?:have |had |just |recently )*(?:added|created|made|wrote)\b")
_SORTS = {
    "top": Sort.PRIORITY,
    **dict.fromkeys(("last", "latest", "newest", "most recent"), Sort.CREATED),
    **dict.fromkeys(("next", "upcoming"), Sort.DUE_DATE),
}


@dataclass(frozen=True, slots=True)
class HowMany:
    """So many tasks, the first in this order; `words` are the others of the phrase."""

    words: str
    number: int
    sort: Sort | None = None


def read_how_many(words: str) -> HowMany | None:
    """The number of tasks that a phrase asks for; None if it says none."""
    view = Phrase(words).view
    match = next((found for pattern in _COUNTED if (found := pattern.search(view))), None)
    if match is None:
        return None
    added = _ADDED.search(view, match.end())
    number = NUMBER_WORDS.get(match["number"]) or int(match["number"])
    behind = words[match.end() : added.start()] + words[added.end() :] if added else words[match.end() :]
    noun = "" if re.search(rf"\b{_NOUN}\b", behind) else "tasks"
    sort = Sort.CREATED if added else _SORTS.get(match.groupdict().get("end", ""))
    return HowMany(f"{words[: match.start()]}{noun}{behind}", number, sort)
