"""Clients of the application, each repeating what it is documented to repeat, and no more.

The page asks again for what it reads, a writer sends the same `Idempotency-Key`, the chat panel tries a turn again
(`chat_panel`).
"""

import re
import secrets
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from acceptance.api_client import Answer, ApiClient, ask_again

UNAVAILABLE = frozenset({502, 503, 504})  # of a tier none of whose pods is Ready, as one that is busy is not
TRANSIENT = UNAVAILABLE | {0}
BUSY_WAITS = (0.5, 1.0, 2.0, 4.0, 8.0, 15.0)  # seconds: pods that were under load or replaced may be busy still
UNDER_WAY = 409  # the first request with this key is still being answered
SIGNED_OUT = 401
READ_WAITS = (2.0, 2.0)  # seconds before each repetition
WRITE_WAITS = (1.0, 2.0)
CHAT_WAITS = (1.0,) * 24  # after each answer that the first is under way, which takes some seconds
SIGN_IN_TRIES = 12
PATIENCE = 90.0  # longer than the proxy's own limit for tasks, and than a hung process lives
PAUSE = 0.3  # all seven together ask often enough to meet any fault, and leave a small machine room to recover
ERRORS_KEPT = 5
ERROR_LENGTH = 200
LETTERS = "bcdfghjklmnpqrstvwxz"  # without vowels: never a word that an assistant knows
WORD = re.compile(f"[{LETTERS}]{{12}}")


def new_word() -> str:
    """A word that tells one task from all others, whatever an assistant makes of its title."""
    return "".join(secrets.choice(LETTERS) for _ in range(12))


@dataclass(eq=False)
class Stream:
    """A streamed answer: which pod sends it, when it ended (time.monotonic(); None: it is open), and whether whole."""

    pod: str
    ended_at: float | None = None
    whole: bool = False


@dataclass
class Streams:
    """How the streamed answers ended: whole at last, cut at least once, and turns repeated after that."""

    whole: int = 0
    cut: int = 0
    repeated: int = 0
    _newest: Stream = field(default_factory=lambda: Stream(""), repr=False)
    _opened: threading.Condition = field(default_factory=threading.Condition, repr=False)

    @contextmanager
    def open(self, pod: str) -> Iterator[None]:
        """A stream of the pod's that lasts as long as the body, and ends whole unless that raises."""
        stream = Stream(pod)
        with self._opened:
            self._newest = stream
            self._opened.notify_all()
        try:
            yield
            stream.whole = True
        finally:
            stream.ended_at = time.monotonic()

    def next_from(self, pod: str, seconds: float) -> Stream | None:
        """Wait for a stream to begin, from the pod ("" for any); None when none does within `seconds`."""
        with self._opened:
            former = self._newest
            begun = self._opened.wait_for(
                lambda: self._newest is not former and pod in ("", self._newest.pod), timeout=seconds
            )
            return self._newest if begun else None


@dataclass
class Tally:
    """What all clients saw together. A request counts once, however often it was repeated.

    `written`: the words of the tasks that a client had confirmed, each with how and when (seconds from `began`).
    """

    sent: int = 0
    failed: int = 0
    retried: int = 0
    signed_in_again: int = 0
    slowest: float = 0.0
    errors: list[str] = field(default_factory=list)
    written: dict[str, str] = field(default_factory=dict)
    streams: Streams = field(default_factory=Streams)
    served: Counter[str] = field(default_factory=Counter)
    seen_at: dict[str, float] = field(default_factory=dict)
    began: float = field(default_factory=time.monotonic)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def troubled(self) -> int:
        """How often a request failed or had to be repeated."""
        return self.failed + self.retried

    def answered(self, pod: str) -> None:
        """A pod answered just now."""
        if pod:
            with self._lock:
                self.served[pod] += 1
                self.seen_at[pod] = time.monotonic()

    def done(self, seconds: float, error: str = "") -> None:
        """A request came to its end; with `error`, not to a good one."""
        with self._lock:
            self.sent += 1
            self.slowest = max(self.slowest, seconds)
            if error:
                self.failed += 1
                self.errors = [*self.errors, error][:ERRORS_KEPT]

    def confirmed(self, words: Iterable[str], how: str, began: float) -> None:
        """The tasks with these words are made, by a request that was sent first at `began`."""
        now = time.monotonic()
        with self._lock:
            took = f"{how}, sent after {began - self.began:.1f} s and confirmed after {now - self.began:.1f}"
            self.written |= dict.fromkeys(words, took)

    def again(self, *, signed_in: bool = False) -> None:
        """A request is repeated, or its client had to sign in again before."""
        with self._lock:
            if signed_in:
                self.signed_in_again += 1
            else:
                self.retried += 1


class LoadWorker(threading.Thread):
    """One client with a session cookie of its own; `turn` is what it does again and again, until `ending` is set.

    `sign_in_again`: it does so when its session has ended; else that is a failure.
    """

    pauses = 1  # after each turn, of PAUSE seconds

    def __init__(
        self, client: ApiClient, tally: Tally, ending: threading.Event, *, sign_in_again: bool = False
    ) -> None:
        super().__init__(daemon=True)
        self.client = replace(client, timeout=PATIENCE)
        self.tally = tally
        self.ending = ending
        self.sign_in_again = sign_in_again

    def run(self) -> None:
        """Work until the load ends; a client that breaks is a request that failed."""
        while not self.ending.is_set():
            try:
                self.turn()
            except Exception as error:
                self.tally.done(0, f"{type(self).__name__}: {type(error).__name__}: {error}")
            time.sleep(self.pauses * PAUSE)

    def turn(self) -> None:
        """Make one request."""
        raise NotImplementedError

    def ask(
        self, send: Callable[[], Answer], waits: tuple[float, ...], repeatable: frozenset[int] = TRANSIENT
    ) -> Answer:
        """The answer to a request; one that does not come is asked for again after each of `waits`."""
        return ask_again(
            lambda: self._signed_in(send), waits, lambda it: it.status in repeatable, repeated=self.tally.again
        )

    def _signed_in(self, send: Callable[[], Answer]) -> Answer:
        """The answer to a request, sent again in a new session where the former one has ended."""
        answer = send()
        for _ in range(SIGN_IN_TRIES):
            if answer.status != SIGNED_OUT or not self.sign_in_again:
                break
            # While a rollout lasts, pods with the former and the new secret serve side by side.
            self.tally.again(signed_in=True)
            self.client.sign_in()
            answer = send()
        self.tally.answered(answer.served_by)
        return answer

    def count(self, what: str, answer: Answer, began: float, good: int) -> bool:
        """Note how a request ended; True when it ended well."""
        ok = answer.status == good
        said = answer.error or answer.body or answer.headers
        error = "" if ok else f"{what}: {answer.status} {said}"[:ERROR_LENGTH]
        self.tally.done(time.monotonic() - began, error)
        return ok


class Reader(LoadWorker):
    """Reads the first page of tasks, as the page does."""

    def turn(self) -> None:
        """Read it once."""
        began = time.monotonic()
        answer = self.ask(lambda: self.client.request("GET", "/api/me/tasks?limit=10"), READ_WAITS)
        self.count("read", answer, began, 200)


class Writer(LoadWorker):
    """Makes tasks, each with a key that makes it harmless to ask again."""

    def turn(self) -> None:
        """Make one."""
        word, began = new_word(), time.monotonic()
        body, key = {"title": f"Call {word}"}, {"Idempotency-Key": word}
        answer = self.ask(lambda: self.client.request("POST", "/api/me/tasks", body, **key), WRITE_WAITS)
        if self.count("write", answer, began, 201):
            self.tally.confirmed([word], f"a write, by {answer.served_by}", began)


class Talker(LoadWorker):
    """Has the assistant make tasks over REST, each turn with a key."""

    pauses = 3  # a turn is the work of five writes

    def turn(self) -> None:
        """Say one thing."""
        word, began = new_word(), time.monotonic()
        body, key = {"message": f"add a task to call {word}"}, {"Idempotency-Key": word}
        answer = self.ask(
            lambda: self.client.request("POST", "/api/me/chat", body, **key), CHAT_WAITS, TRANSIENT | {UNDER_WAY}
        )
        if self.count("chat", answer, began, 200):
            self.tally.confirmed([word], f"a turn, by {answer.served_by}: {answer.body}"[:ERROR_LENGTH], began)
