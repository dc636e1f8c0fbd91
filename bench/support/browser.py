"""A user's browser at the public address of a stack that runs."""

import argparse
import contextlib
import json
import time
import urllib.request
from http.cookiejar import CookieJar
from typing import Any

TASKS = 50


class Browser:
    """A signed-up user's browser, as far as cookies go."""

    def __init__(self, public: str) -> None:
        self.public = public
        self._cookies = CookieJar()
        self._opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self._cookies))
        email = f"bench-{time.time_ns()}@example.com"
        self.ask("/api/auth/sign-up/email", {"name": "Bench", "email": email, "password": "a long enough password"})

    def ask(self, path: str, body: dict[str, Any] | None = None) -> Any:
        """The JSON answer to a GET, or to a POST of `body`."""
        request = urllib.request.Request(
            self.public + path,
            None if body is None else json.dumps(body).encode(),
            {"Content-Type": "application/json", "Origin": self.public},
        )
        return json.load(self._opener.open(request, timeout=20))

    @property
    def cookie(self) -> dict[str, str]:
        """The headers of a session."""
        return {"Cookie": "; ".join(f"{cookie.name}={cookie.value}" for cookie in self._cookies)}


def reachable(url: str) -> bool:
    """Whether something answers there."""
    with contextlib.suppress(OSError):
        return bool(urllib.request.urlopen(f"{url}/health/live", timeout=2).status == 200)
    return False


def browser_with_tasks(parser: argparse.ArgumentParser, public: str) -> Browser:
    """The browser of a new user, who has 50 tasks; ends the program where no stack answers."""
    if not reachable(public):
        parser.error(f"nothing answers at {public}: run ./todo up")
    browser = Browser(public)
    for number in range(TASKS):
        browser.ask("/api/me/tasks", {"title": f"Task number {number}"})
    return browser
