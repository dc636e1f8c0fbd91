"""A light load: reads, and creations with a key so that they may be repeated.

Threads of a test run it against the public address; or, with the standard library alone, a pod of the backend's image
against a Service, where no address leads into the cluster: `python -m cluster.load ADDRESS`, until /tmp/end is there.
"""

import json
import secrets
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from cluster.stack import PATIENCE, Client

SIGN_UP_SECONDS = 300
THREADS = 4
END = Path("/tmp/end")
PAUSE_SECONDS = 0.15
LONGEST_SECONDS = 3600  # should nobody tell it to end


@dataclass
class Load:
    """What the load saw."""

    client: Client
    answers: Counter[int] = field(default_factory=Counter)
    errors: list[str] = field(default_factory=list)
    titles: list[str] = field(default_factory=list)
    slowest: float = 0.0
    ending: threading.Event = field(default_factory=threading.Event)

    @contextmanager
    def running(self) -> Iterator[None]:
        """Load the application meanwhile."""
        workers = [threading.Thread(target=self.work, args=(number,)) for number in range(THREADS)]
        for worker in workers:
            worker.start()
        try:
            yield
        finally:
            self.ending.set()
            for worker in workers:
                worker.join()

    def work(self, number: int) -> None:
        """Request after request, one new connection for each, until the end."""
        turn = 0
        client = Client(self.client.address, self.client.cookie)
        while not self.ending.is_set():
            turn += 1
            title = f"worker {number} turn {turn}"
            began = time.monotonic()
            try:
                if turn % 4 == 0:
                    key = {"Idempotency-Key": f"{number}-{turn}"}
                    status, _, _ = client.request("POST", "/api/me/tasks", {"title": title}, **key)
                    if status == 201:
                        self.titles.append(title)
                else:
                    status, _, _ = client.request("GET", "/api/me/tasks?limit=10")
                self.answers[status] += 1
            except OSError as error:
                self.errors.append(f"{title}: {error}")
            self.slowest = max(self.slowest, time.monotonic() - began)
            time.sleep(PAUSE_SECONDS)

    def go_on(self, count: int) -> None:
        """Wait until so many more requests have ended, in an answer or without."""
        enough, deadline = self.ended + count, time.monotonic() + 60 * PATIENCE
        while self.ended < enough:
            assert time.monotonic() < deadline, f"{self.ended} requests ended, wanted {enough}"
            time.sleep(0.1)

    @property
    def ended(self) -> int:
        """Requests that have ended."""
        return len(self.errors) + sum(self.answers.copy().values())

    @property
    def failed(self) -> int:
        """Requests that got no answer, or not the one that they should."""
        good = self.answers[200] + self.answers[201]
        return self.ended - good


def sign_up(address: str) -> Client:
    """A new user's way in, once accounts are reachable: a pod stays Ready for some seconds without its database."""
    client = Client(address)
    name = secrets.token_hex(6)
    body = {"name": name, "email": f"{name}@example.com", "password": secrets.token_urlsafe(16)}
    deadline = time.monotonic() + SIGN_UP_SECONDS
    while True:
        status, _, answer = client.request("POST", "/api/auth/sign-up/email", body)
        if status == 200:
            return client
        assert status == 503, answer
        assert time.monotonic() < deadline, answer
        time.sleep(1)


def titles(client: Client) -> Counter[str]:
    """How often each title is there, over all pages."""
    found: Counter[str] = Counter()
    cursor = ""
    while True:
        path = "/api/me/tasks?limit=200" + (f"&cursor={cursor}" if cursor else "")
        status, _, page = client.request("GET", path)
        assert status == 200, page
        found.update(task["title"] for task in page["items"])
        if not page["next_cursor"]:
            return found
        cursor = page["next_cursor"]


def main(address: str) -> None:
    """Load the application until the end is asked for, and print what was seen as one line of JSON."""
    load = Load(sign_up(address))
    began = time.monotonic()
    with load.running():
        _say("loading")
        while not END.exists() and time.monotonic() - began < LONGEST_SECONDS:
            time.sleep(0.5)
    wrong = titles(load.client) - Counter(load.titles) + (Counter(load.titles) - titles(load.client))
    seen = {"failed": load.failed, "answers": load.answers, "errors": load.errors[:5], "slowest": load.slowest}
    _say(json.dumps(seen | {"wrong_titles": list(wrong)}))


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1])
