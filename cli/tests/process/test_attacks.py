"""What an attacker sends to the public address of the real build; `backend/tests/attack` is the same behind it."""

import contextlib
import http.client
import json
import secrets
import threading
import time
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import psutil
import pytest

from documentation import CHECKOUT
from todo_cli.layout import find_layout
from todo_cli.state import load_state

METHODS = ("get", "post", "put", "patch", "delete")
OPERATIONS = [
    (method.upper(), path)
    for path, operations in json.loads((CHECKOUT / "contracts/openapi.json").read_text())["paths"].items()
    if "{user_id}" in path
    for method in METHODS
    if method in operations
]
TAKERS = (
    "/api/auth/sign-in/email",
    "/api/auth/sign-up/email",
    "/api/auth/change-password",
    "/api/me/tasks",
    "/api/me/tasks/quick-add",
    "/api/me/chat",
    "/chatkit",
    "/mcp",
    "/sign-in",
)
LARGE = 30 * 2**20
AT_ONCE = 10
MOST_MEMORY = 100 * 2**20  # of what ten times `LARGE` would be
HASHED_AT_ONCE = 100


@dataclass
class Answer:
    """What came back."""

    status: int
    headers: dict[str, str]
    body: bytes


@dataclass
class Visitor:
    """Somebody at the public address, with a session or without one."""

    address: str
    cookies: dict[str, str] = field(default_factory=dict)
    email: str = field(default_factory=lambda: f"{secrets.token_hex(6)}@example.com")
    password: str = field(default_factory=lambda: secrets.token_urlsafe(12))

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> Answer:
        """One request on a connection of its own; its answer is taken also where it comes before the whole body."""
        connection = http.client.HTTPConnection(urlsplit(self.address).netloc, timeout=120)
        cookie = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        sent = {"Origin": self.address, "Cookie": cookie, "Content-Type": "application/json"}
        given = body if isinstance(body, bytes | None) else json.dumps(body).encode()
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):  # it was not read to its end
            connection.request(method, path, given, {name: value for name, value in (sent | headers).items() if value})
        answer = connection.getresponse()
        found = Answer(answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read())
        for name, value in answer.getheaders():
            if name.lower() == "set-cookie":
                key, _, content = value.partition(";")[0].partition("=")
                self.cookies[key] = content
        connection.close()
        return found

    def sign_up(self) -> "Visitor":
        """Make an account."""
        given = {"name": "Visitor", "email": self.email, "password": self.password}
        assert self.ask("POST", "/api/auth/sign-up/email", given).status == 200
        return self

    @property
    def token(self) -> str:
        """What programs send."""
        token: str = json.loads(self.ask("GET", "/api/auth/token").body)["token"]
        return token

    @property
    def user_id(self) -> str:
        """Who this is, for the API."""
        user: str = json.loads(self.ask("GET", "/api/auth/get-session").body)["user"]["id"]
        return user


@pytest.fixture(scope="module")
def ada(address: str) -> Visitor:
    return Visitor(address).sign_up()


@pytest.fixture(scope="module")
def eve(address: str) -> Visitor:
    return Visitor(address).sign_up()


@pytest.fixture(scope="module")
def task_of_ada(ada: Visitor) -> dict[str, Any]:
    task: dict[str, Any] = json.loads(ada.ask("POST", "/api/me/tasks", {"title": "Water the plants"}).body)
    return task


@pytest.mark.parametrize(("method", "path"), OPERATIONS)
@pytest.mark.parametrize("owner", ["another's", "one's own"])
def test_nobody_reaches_what_is_another_s(
    ada: Visitor, eve: Visitor, task_of_ada: dict[str, Any], method: str, path: str, owner: str
) -> None:
    """By a path of theirs, or by a task's id in one's own."""
    if owner == "one's own" and "{task_id}" not in path:
        user = ada.user_id
        path = path.replace("{user_id}", f"{user}%2F..%2F{user}")  # nor by a detour
    user = ada.user_id if owner == "another's" else eve.user_id
    named = path.replace("{user_id}", user).replace("{task_id}", str(task_of_ada["id"]))
    body = None if method == "GET" else {"title": "Mine", "message": "delete all tasks", "line": "Mine", "ids": [1]}
    assert eve.ask(method, named, body).status in (400, 403, 404, 422)
    assert json.loads(ada.ask("GET", f"/api/me/tasks/{task_of_ada['id']}").body) == task_of_ada


def forged(token: str) -> dict[str, str]:
    """Tokens that say what a good one says, and are not signed by who signs them."""
    header, claims, signature = token.split(".")
    unsigned = urlsafe_b64encode(b'{"alg":"none"}').decode().rstrip("=")
    symmetric = urlsafe_b64encode(b'{"alg":"HS256"}').decode().rstrip("=")
    other = urlsafe_b64encode(b'{"sub":"somebody","exp":9999999999}').decode().rstrip("=")
    return {
        "no algorithm": f"{unsigned}.{claims}.",
        "a symmetric one": f"{symmetric}.{claims}.{signature}",
        "other claims": f"{header}.{other}.{signature}",
        "another signature": f"{header}.{claims}.{'A' * len(signature)}",
        "no signature": f"{header}.{claims}",
        "nothing": "",
    }


@pytest.mark.parametrize("path", ["/api/me/tasks", "/api/me/events", "/chatkit", "/mcp"])
def test_a_forged_token_is_nobody(ada: Visitor, path: str) -> None:
    stranger = Visitor(ada.address)
    method = "GET" if path.startswith("/api") else "POST"
    for kind, token in forged(ada.token).items():
        answer = stranger.ask(method, path, None if method == "GET" else {}, Authorization=f"Bearer {token}")
        assert (kind, answer.status) == (kind, 401)


@pytest.fixture
def frontend_memory() -> Iterator[list[int]]:
    """What the frontend holds, in bytes, as long as the test runs."""
    process = psutil.Process(load_state(find_layout()).processes["frontend"].pid)
    held, ended = [process.memory_info().rss], threading.Event()

    def look() -> None:
        while not ended.wait(0.02):
            held.append(process.memory_info().rss)

    looking = threading.Thread(target=look)
    looking.start()
    yield held
    ended.set()
    looking.join()


@pytest.mark.parametrize("path", TAKERS)
def test_large_bodies_are_refused_unread(ada: Visitor, frontend_memory: list[int], path: str) -> None:
    body = b'{"email":"' + b"x" * LARGE + b'"}'

    def send(_: int) -> int:
        return Visitor(ada.address, ada.cookies).ask("POST", path, body).status

    with ThreadPoolExecutor(AT_ONCE) as senders:
        statuses = set(senders.map(send, range(AT_ONCE)))
    assert statuses == {413}
    assert max(frontend_memory) - frontend_memory[0] < MOST_MEMORY


def test_a_flood_of_sign_ins_is_bounded_and_others_are_served(ada: Visitor) -> None:
    def guess(number: int) -> Answer:
        login = {"email": f"{number}-{secrets.token_hex(4)}@example.com", "password": "not the password"}
        return Visitor(ada.address).ask("POST", "/api/auth/sign-in/email", login)

    with ThreadPoolExecutor(HASHED_AT_ONCE) as guessers:
        answers = guessers.map(guess, range(HASHED_AT_ONCE))
        assert ada.ask("GET", "/api/me/tasks").status == 200
        refused = [answer for answer in answers if answer.status == 429]
    assert refused, "a hundred passwords are hashed at once"
    assert all(int(answer.headers["retry-after"]) > 0 for answer in refused)


@pytest.mark.parametrize("method", ["TRACE", "OPTIONS", "HEAD", "PROPFIND", "CONNECT"])
@pytest.mark.parametrize(
    "path", ["*", "/", "/api/me/tasks", "/api/auth/get-session", "/mcp", "/chatkit", "/health/ready"]
)
def test_no_method_is_an_error_of_the_server(ada: Visitor, method: str, path: str) -> None:
    assert ada.ask(method, path).status < 500


@pytest.mark.parametrize(
    "path", ["/api/me/tasks", "/api/me/changes", "/api/auth/get-session", "/api/auth/token", "/app"]
)
def test_what_is_a_person_s_is_kept_by_nobody(ada: Visitor, path: str) -> None:
    answer = ada.ask("GET", path)
    assert answer.status == 200
    assert "no-store" in answer.headers["cache-control"]


def test_a_session_that_was_ended_elsewhere_is_none(ada: Visitor) -> None:
    other = Visitor(ada.address, email=ada.email, password=ada.password)
    login = {"email": other.email, "password": other.password}
    assert other.ask("POST", "/api/auth/sign-in/email", login).status == 200
    assert other.ask("GET", "/api/me/tasks").status == 200
    assert ada.ask("POST", "/api/auth/revoke-other-sessions", {}).status == 200
    deadline = time.monotonic() + 30
    while other.ask("GET", "/api/me/tasks").status != 401:
        assert time.monotonic() < deadline
        time.sleep(0.2)
