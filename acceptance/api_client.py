"""A person at the public address: signs up, keeps cookies, opens a new connection for each request."""

import json
import secrets
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from typing import Any, TypeVar
from urllib.parse import urlsplit

SECONDS = 30
REMOVE_WAITS = (1.0, 2.0, 4.0)

Sent = TypeVar("Sent")


@dataclass(frozen=True)
class Answer:
    """What came back; `status` 0 when nothing did, and `error` says why."""

    status: int
    headers: dict[str, str]
    body: Any
    seconds: float
    error: str = ""

    @property
    def served_by(self) -> str:
        """The backend pod that answered."""
        return self.headers.get("x-served-by", "")


def ask_again(
    send: Callable[[], Sent],
    waits: Sequence[float],
    is_lost: Callable[[Sent], bool],
    repeated: Callable[[], None] = lambda: None,
) -> Sent:
    """What `send` brings, done again after each of `waits` while that `is_lost`; `repeated` hears of each time."""
    answer = send()
    for wait in waits:
        if not is_lost(answer):
            break
        repeated()
        time.sleep(wait)
        answer = send()
    return answer


@dataclass
class ApiClient:
    """A person's session at the public address."""

    address: str
    cookie: str = ""
    email: str = ""
    password: str = ""
    timeout: float = SECONDS

    def request(self, method: str, path: str, body: object = None, **headers: str) -> Answer:
        """Ask; an answer that does not come is one with status 0."""
        began = time.monotonic()
        try:
            with self.opened(method, path, body, **headers) as answer:
                text = answer.read().decode(errors="replace")
                found = {name.lower(): value for name, value in answer.getheaders()}
                return Answer(answer.status, found, _parsed(text), time.monotonic() - began)
        except (OSError, HTTPException) as error:
            return Answer(0, {}, None, time.monotonic() - began, f"{type(error).__name__}: {error}")

    @contextmanager
    def opened(self, method: str, path: str, body: object = None, **headers: str) -> Iterator[HTTPResponse]:
        """Ask, and hold the answer open to be read as it comes. Raises OSError or HTTPException when it does not."""
        parts = urlsplit(self.address)
        kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
        connection = kind(parts.hostname or "", parts.port, timeout=self.timeout)
        sent = {"Origin": self.address, "Connection": "close"} | headers
        if self.cookie:
            sent["Cookie"] = self.cookie
        if body is not None:
            sent["Content-Type"] = "application/json"
        try:
            connection.request(method, path, None if body is None else json.dumps(body), sent)
            answer = connection.getresponse()
            self._keep_cookies(answer)
            yield answer
        finally:
            connection.close()

    def choose_name(self) -> None:
        """An email address that is nobody's, and a password."""
        self.email, self.password = f"verify-{secrets.token_hex(6)}@example.com", secrets.token_urlsafe(16)

    @property
    def login(self) -> dict[str, str]:
        """What signing in takes."""
        return {"email": self.email, "password": self.password}

    def sign_up(self) -> Answer:
        """Make an account and stay signed in."""
        if not self.email:
            self.choose_name()
        return self.request("POST", "/api/auth/sign-up/email", {"name": self.email.partition("@")[0], **self.login})

    def sign_in(self) -> Answer:
        """Begin a new session."""
        self.cookie = ""
        return self.request("POST", "/api/auth/sign-in/email", self.login)

    def leave(self) -> Answer:
        """Delete the account, with all that belongs to it."""
        return self.request("POST", "/api/auth/delete-user", {"password": self.password})

    def remove(self, waits: Sequence[float] | None = None) -> str:
        """Delete the account where there is one, trying again while that does not go; why it stays, else nothing."""
        waits = REMOVE_WAITS if waits is None else waits
        answer = ask_again(self._leave_for_certain, waits, lambda it: it is not None and it.status != HTTPStatus.OK)
        if answer is None or answer.status == HTTPStatus.OK:
            return ""
        return f"the account {self.email} stays: {answer.status} {answer.error or answer.body}"

    def _leave_for_certain(self) -> Answer | None:
        """Leave, in a new session where this one does not do; None when there is no such account."""
        answer = self.leave()
        if answer.status == HTTPStatus.OK:
            return answer
        answer = self.sign_in()
        if answer.status == HTTPStatus.UNAUTHORIZED:
            return None
        return self.leave() if answer.status == HTTPStatus.OK else answer

    def _keep_cookies(self, answer: HTTPResponse) -> None:
        jar = dict(pair.split("=", 1) for pair in self.cookie.split("; ") if pair)
        for name, value in answer.getheaders():
            if name.lower() == "set-cookie":
                key, _, content = value.partition(";")[0].partition("=")
                jar[key] = content
        self.cookie = "; ".join(f"{name}={value}" for name, value in jar.items())


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text
