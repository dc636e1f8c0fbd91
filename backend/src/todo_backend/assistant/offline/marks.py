"""Parts of the assistant's words that a page leaves out where it draws the tasks: their ids, and lines about them.

The parts stand between characters that Unicode keeps for a program's own use, so no text of a person has them.
"""

import re
from collections.abc import Iterable

_ID = "\ufdd0{}\ufdd1"
_LINES = "\ufdd2{}\ufdd3"
_MARKS = re.compile("[\ufdd0-\ufdd3]")
_IDS = re.compile("\ufdd0.*?\ufdd1")
_LISTED = re.compile("\ufdd2.*?\ufdd3", re.DOTALL)
_GAP = re.compile(r"\n{3,}")


def an_id(text: str) -> str:
    """`text` as the part of a sentence that tells an id."""
    return _ID.format(text)


def listed(lines: Iterable[str]) -> str:
    """Lines, one for each task that the answer shows."""
    return _LINES.format("\n".join(lines))


def whole(text: str) -> str:
    """All the words."""
    return _MARKS.sub("", text)


def without_ids(text: str) -> str:
    """The words without ids."""
    return whole(_IDS.sub("", text))


def without_lists(text: str) -> str:
    """The words without ids, and without the lines about tasks."""
    return _GAP.sub("\n\n", without_ids(_LISTED.sub("", text))).strip()
