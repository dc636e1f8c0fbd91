"""A steady load through the public address, as careful clients make it, and an account of what came of it."""

import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from acceptance.chat_panel import ChatPanel
from acceptance.clients import SIGNED_OUT, WORD, Client, Reader, Talker, Tally, Writer
from acceptance.visitor import Visitor
from todo_cli.errors import Problem

PAGE = 200
ENDING_SECONDS = 5.0


@dataclass(frozen=True)
class Books:
    """Tasks that clients had confirmed, against those that are there.

    A task whose request failed may be there or not; twice it must not be.
    """

    written: int = 0
    found: int = 0
    lost: int = 0
    doubled: int = 0


@dataclass
class Load:
    """Clients at work from entering until leaving; `sign_in_again`: they do so when their session has ended."""

    visitor: Visitor
    readers: int = 3
    writers: int = 2
    talkers: int = 1
    panels: int = 1
    sign_in_again: bool = False
    tally: Tally = field(default_factory=Tally)
    _ending: threading.Event = field(default_factory=threading.Event, init=False)
    _clients: list[Client] = field(default_factory=list, init=False)

    def __enter__(self) -> "Load":
        kinds: tuple[tuple[type[Client], int], ...] = (
            (Reader, self.readers),
            (Writer, self.writers),
            (Talker, self.talkers),
            (ChatPanel, self.panels),
        )
        self._clients = [
            kind(self.visitor, self.tally, self._ending, sign_in_again=self.sign_in_again)
            for kind, count in kinds
            for _ in range(count)
        ]
        for client in self._clients:
            client.start()
        return self

    def __exit__(self, error: type[BaseException] | None, *_: object) -> None:
        self._ending.set()
        limit = None if error is None else time.monotonic() + ENDING_SECONDS
        for client in self._clients:
            client.join(None if limit is None else max(0.0, limit - time.monotonic()))

    def books(self) -> Books:
        """Compare what clients had confirmed with what is there; once the load has ended."""
        if self.sign_in_again:
            self.visitor.sign_in()
        found, written = words_found(self.visitor), self.tally.written
        doubled = sum(count > 1 for count in found.values())
        return Books(len(written), found.total(), len(written - found.keys()), doubled)


def words_found(visitor: Visitor) -> Counter[str]:
    """How often each task's word is there, over all pages. Raises Problem when they cannot be listed."""
    found: Counter[str] = Counter()
    cursor = ""
    while True:
        answer = visitor.request("GET", f"/api/me/tasks?limit={PAGE}" + (f"&cursor={cursor}" if cursor else ""))
        if answer.status != 200:
            raise Problem(f"the tasks cannot be listed: {answer.status} {answer.error}", fix="./todo status")
        for task in answer.body["items"]:
            found.update(WORD.findall(task["title"].lower()))
        cursor = answer.body["next_cursor"]
        if not cursor:
            return found


@contextmanager
def account(address: str) -> Iterator[Visitor]:
    """Someone who is signed up, and whose account is deleted afterwards with all that belongs to it."""
    visitor = Visitor(address)
    answer = visitor.sign_up()
    if answer.status != 200:
        raise Problem(f"nobody can sign up: {answer.status} {answer.error or answer.body}", fix="./todo status")
    try:
        yield visitor
    except BaseException as error:
        # What went wrong is reported, not what came of it; nor is somebody who pressed Ctrl-C kept waiting.
        try:
            _remove(replace(visitor, timeout=ENDING_SECONDS), 1.0)
        except Problem as left:
            error.add_note(left.message)
        raise
    _remove(visitor, 1.0, 2.0, 4.0)


def _remove(visitor: Visitor, *waits: float) -> None:
    """Delete the account, asking again after each of `waits`. Raises Problem when it is still there."""
    for wait in (*waits, None):
        answer = visitor.leave()
        if answer.status == 200:
            return
        if answer.status == SIGNED_OUT:
            visitor.sign_in()
        if wait is not None:
            time.sleep(wait)
    raise Problem(f"the account {visitor.email} could not be removed: {answer.status} {answer.error or answer.body}")
