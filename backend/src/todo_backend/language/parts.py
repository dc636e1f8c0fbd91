"""What a reader understood of a line: which characters mean what."""

from dataclasses import dataclass
from enum import StrEnum


class PartKind(StrEnum):
    """What a part of a line sets."""

    DATE = "date"  # with a time, if it says one: "in 2 hours", "tomorrow morning"
    TIME = "time"
    REPETITION = "repetition"
    PRIORITY = "priority"
    TAG = "tag"
    DESCRIPTION = "description"
    PARENT = "parent"
    PLACE = "place"  # in the order made by hand


@dataclass(frozen=True, slots=True)
class Part:
    """The characters from `start` to `end` of a line; `kept` are those that stay in the title all the same."""

    kind: PartKind
    start: int
    end: int
    kept: bool = False
