"""How far somebody has followed the journal: the id of a server-sent event, which any replica understands."""

import re
from dataclasses import dataclass
from typing import Self

from todo_backend.tasks.journal import CHANGES_ARE_KEPT

_NUMBER = "[0-9]{1,19}"
_POSITION = re.compile(rf"({_NUMBER})/({_NUMBER}):({_NUMBER}):((?:{_NUMBER}(?:,{_NUMBER})*)?)")


@dataclass(frozen=True, slots=True)
class Position:
    """What could be seen of the journal at a moment: a snapshot of PostgreSQL, `oldest:next:running`.

    So it is exact in whichever order transactions end: what is new was written by one that had not ended then.
    """

    at: int  # seconds since the epoch, by the database's clock
    oldest: int  # of the transactions that ran; all before it had ended
    next: int  # of those that had not begun
    running: tuple[int, ...]  # between the two

    @classmethod
    def parse(cls, text: str) -> Self | None:
        """The position that `str()` gave; None for anything that is none."""
        parts = _POSITION.fullmatch(text)
        if parts is None:
            return None
        running = tuple(int(number) for number in parts[4].split(",") if number)
        return cls(int(parts[1]), int(parts[2]), int(parts[3]), running)

    def __str__(self) -> str:
        return f"{self.at}/{self.oldest}:{self.next}:{','.join(map(str, self.running))}"

    def is_known_to(self, now: Self) -> bool:
        """Whether all that was noted since is there still: for 30 days, and in the same database."""
        return now.at - self.at < CHANGES_ARE_KEPT.total_seconds() and self.next <= now.next
