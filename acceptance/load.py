"""A steady load through the public address, as careful clients make it, and an account of what came of it."""

import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from acceptance.api_client import Answer, ApiClient, ask_again
from acceptance.chat_panel import ChatPanel
from acceptance.clients import BUSY_WAITS, TRANSIENT, UNAVAILABLE, WORD, LoadWorker, Reader, Talker, Tally, Writer
from acceptance.contention import Contention
from todo_cli.errors import Problem

PAGE = 200
TRACES = 3
ENDING_SECONDS = 5.0


@dataclass(frozen=True)
class WriteAudit:
    """Tasks that clients had confirmed, against those that are there.

    A task whose request failed may be there or not; twice it must not be. `traces` says how some of those that are lost
    were confirmed.
    """

    written: int = 0
    found: int = 0
    lost: int = 0
    doubled: int = 0
    traces: tuple[str, ...] = ()


@dataclass
class Load:
    """Clients at work from entering until leaving; `sign_in_again`: they do so when their session has ended.

    `machine` says how much of it was left to them.
    """

    client: ApiClient
    readers: int = 3
    writers: int = 2
    talkers: int = 1
    panels: int = 1
    sign_in_again: bool = False
    tally: Tally = field(default_factory=Tally)
    machine: Contention = field(default_factory=Contention, init=False)
    _ending: threading.Event = field(default_factory=threading.Event, init=False)
    _workers: list[LoadWorker] = field(default_factory=list, init=False)

    def __enter__(self) -> "Load":
        kinds: tuple[tuple[type[LoadWorker], int], ...] = (
            (Reader, self.readers),
            (Writer, self.writers),
            (Talker, self.talkers),
            (ChatPanel, self.panels),
        )
        self._workers = [
            kind(self.client, self.tally, self._ending, sign_in_again=self.sign_in_again)
            for kind, count in kinds
            for _ in range(count)
        ]
        self.machine.__enter__()
        for worker in self._workers:
            worker.start()
        return self

    def __exit__(self, error: type[BaseException] | None, *_: object) -> None:
        self._ending.set()
        limit = None if error is None else time.monotonic() + ENDING_SECONDS
        for worker in self._workers:
            worker.join(None if limit is None else max(0.0, limit - time.monotonic()))
        self.machine.__exit__(None, None, None)

    def audit(self) -> WriteAudit:
        """Compare what clients had confirmed with what is there; once the load has ended."""
        if self.sign_in_again:
            self.client.sign_in()
        found, written = words_found(self.client), self.tally.written
        doubled = sum(count > 1 for count in found.values())
        lost = {word: how for word, how in written.items() if word not in found}
        traces = tuple(f"{word}, confirmed by {how}" for word, how in list(lost.items())[:TRACES])
        return WriteAudit(len(written), found.total(), len(lost), doubled, traces)


def words_found(client: ApiClient) -> Counter[str]:
    """How often each task's word is there, over all pages. Raises Problem when they cannot be listed."""
    found: Counter[str] = Counter()
    cursor = ""
    while True:
        answer = _listed(client, f"/api/me/tasks?limit={PAGE}" + (f"&cursor={cursor}" if cursor else ""))
        for task in answer.body["items"]:
            found.update(WORD.findall(task["title"].lower()))
        cursor = answer.body["next_cursor"]
        if not cursor:
            return found


def _listed(client: ApiClient, path: str) -> Answer:
    answer = ask_again(lambda: client.request("GET", path), BUSY_WAITS, lambda it: it.status in TRANSIENT)
    if answer.status != 200:
        raise Problem(f"the tasks cannot be listed: {answer.status} {answer.error}", fix="./todo status")
    return answer


@contextmanager
def account(address: str) -> Iterator[ApiClient]:
    """A client that is signed up, and whose account is deleted afterwards with all that belongs to it."""
    client = ApiClient(address)
    answer = ask_again(client.sign_up, BUSY_WAITS, lambda it: it.status in UNAVAILABLE)
    if answer.status != 200:
        raise Problem(f"nobody can sign up: {answer.status} {answer.error or answer.body}", fix="./todo status")
    try:
        yield client
    except BaseException as error:
        # What went wrong is reported, not what came of it; nor is somebody who pressed Ctrl-C kept waiting.
        if left := replace(client, timeout=ENDING_SECONDS).remove((1.0,)):
            error.add_note(left)
        raise
    if left := client.remove():
        raise Problem(left)
