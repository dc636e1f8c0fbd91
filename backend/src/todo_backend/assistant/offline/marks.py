"""Parts of the assistant's words that depend on who reads them.

A page leaves out what it draws: the ids of tasks, and lines about them. A time of day is written by the reader's clock.

The parts stand between characters that Unicode keeps for a program's own use, so no text of a person has them.
"""

import re
from collections.abc import Iterable
from datetime import time

from todo_backend.language.reader import Reader

_ID = "\ufdd0{}\ufdd1"
_LINES = "\ufdd2{}\ufdd3"
_TIME = "\ufdd4{:%H:%M}\ufdd5"
_MARKS = re.compile("[\ufdd0-\ufdd5]")
_IDS = re.compile("\ufdd0.*?\ufdd1")
_LISTED = re.compile("\ufdd2.*?\ufdd3", re.DOTALL)
_TIMES = re.compile("\ufdd4(.*?)\ufdd5")
_GAP = re.compile(r"\n{3,}")


def an_id(text: str) -> str:
    """`text` as the part of a sentence that tells an id."""
    return _ID.format(text)


def listed(lines: Iterable[str]) -> str:
    """Lines, one for each task that the answer shows."""
    return _LINES.format("\n".join(lines))


def a_time(at: time) -> str:
    """A time of day as part of a sentence."""
    return _TIME.format(at)


def by_clock(text: str, reader: Reader) -> str:
    """The words with their times as `reader` counts hours: "17:00" or "5:00 PM"."""
    return _TIMES.sub(lambda found: _clock(time.fromisoformat(found[1]), reader), text)


def _clock(at: time, reader: Reader) -> str:
    if not reader.by_twelve_hours:
        return f"{at:%H:%M}"
    return f"{at.hour % 12 or 12}:{at:%M} {'AM' if at.hour < 12 else 'PM'}"


def whole(text: str) -> str:
    """All the words."""
    return _MARKS.sub("", text)


def without_ids(text: str) -> str:
    """The words without ids."""
    return whole(_IDS.sub("", text))


def without_lists(text: str) -> str:
    """The words without ids, and without the lines about tasks."""
    return _GAP.sub("\n\n", without_ids(_LISTED.sub("", text))).strip()
