"""Health: liveness asks nobody; readiness says why not, and lets a database sleep that nobody uses."""

import asyncio
import os
import socket
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import httpx2
import psycopg
import pytest
from psycopg_pool.base import AttemptWithBackoff
from pydantic import SecretStr

from todo_backend.app import Resources, create_app
from todo_backend.core.settings import DatabaseSettings, Settings
from todo_backend.db import health, pool
from todo_backend.db.migrate import migrate, migrate_once
from todo_backend.db.schema import required_revision

KUBELET_SECONDS = 4
READY = {
    "status": "ok",
    "checks": {
        "database": {"code": "ok", "detail": "answers"},
        "schema": {"code": "ok", "detail": "up to date"},
        "draining": {"code": "ok", "detail": "no"},
        "writes": {"code": "ok", "detail": "taken"},
    },
}


class Probe:
    """Asks one application as the kubelet does."""

    def __init__(self, resources: Resources, http: httpx2.AsyncClient) -> None:
        self.resources = resources
        self.http = http

    async def ready(self) -> dict:
        async with asyncio.timeout(60):  # half of what a connection's own patience is
            answer = await self.http.get("/health/ready")
        assert answer.status_code == (200 if answer.json()["status"] == "ok" else 503)
        assert "hidden" not in answer.text
        return answer.json()

    async def why(self) -> tuple[str, str]:
        """Code and words of what is wrong."""
        answer = await self.ready()
        assert answer["status"] == "unavailable"
        assert (await self.http.get("/health/live")).status_code == 200
        checks = answer["checks"]
        if checks["database"]["code"] != "ok":
            assert checks["schema"]["code"] == "unknown"
        wrong = checks["schema"] if checks["database"]["code"] == "ok" else checks["database"]
        return wrong["code"], wrong["detail"]

    async def ready_soon(self, seconds: float = 60) -> None:
        deadline = time.monotonic() + seconds
        while (await self.ready())["status"] != "ok":
            assert time.monotonic() < deadline
            await asyncio.sleep(0.1)


@pytest.fixture
def probing(settings: Settings):
    @asynccontextmanager
    async def start(url: str, **changes: object) -> AsyncIterator[Probe]:
        app = create_app(settings.model_copy(update={"database_url": SecretStr(url), **changes}))
        async with app.router.lifespan_context(app):
            http = httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url="http://backend")
            yield Probe(app.state.resources, http)

    return start


async def test_ready_with_a_migrated_database(anonymous: httpx2.AsyncClient) -> None:
    answer = await anonymous.get("/health/ready")
    assert answer.status_code == 200
    assert answer.json() == READY


async def test_unready_before_the_migration(probing, new_database: Callable[[], str]) -> None:
    url = new_database()
    async with probing(url) as probe:
        words = "the database has no tables; the init container `migrate` makes them"
        assert await probe.why() == ("schema_missing", words)
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("CREATE TABLE somebody_elses (id int)")
        code, words = await probe.why()
        assert (code, "other tables than this application's" in words) == ("schema_foreign", True)
        assert migrate(DatabaseSettings(database_url=url))  # type: ignore[arg-type]
        assert await probe.ready() == READY
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("UPDATE alembic_version SET version_num = '0001'")
        await probe.resources.database.check()
        words = f"the tables are of revision 0001, wanted {required_revision()}"
        assert await probe.why() == ("schema_outdated", words)


async def test_the_cause_is_told_by_a_code_and_in_words(probing, postgres: str, locked_role) -> None:
    host = str(psycopg.conninfo.conninfo_to_dict(postgres)["host"])
    role = locked_role.name
    for url, code, says in (
        ("postgresql://todo:hidden@127.0.0.1:1/todo", "database_unreachable", "127.0.0.1:1 refuses connections"),
        ("postgresql://todo:hidden@no.such.host.invalid/todo", "database_host", "no.such.host.invalid"),
        (f"postgresql://{role}:hidden@/postgres?host={host}", "database_login", f"wrong password for user {role}"),
        (
            f"postgresql://postgres:hidden@/nowhere?host={host}",
            "database_missing",
            f"there is no database nowhere at {host}",
        ),
    ):
        async with probing(url) as probe:
            found, words = await probe.why()
            assert (found, says in words) == (code, True)


@pytest.fixture
def given(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The seconds that each question beside the pool was given."""
    seconds: list[float] = []
    check = health.DatabaseHealth._check_directly

    async def noting(self: health.DatabaseHealth, budget: float) -> health.HealthReport:
        seconds.append(budget)
        return await check(self, budget)

    monkeypatch.setattr(health.DatabaseHealth, "_check_directly", noting)
    return seconds


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """From here on, a fifth of the patience with a database that says nothing."""

    def shorten() -> None:
        for name in ("CHECK_SECONDS", "POOL_SECONDS"):
            monkeypatch.setattr(health, name, getattr(health, name) / 5)

    return shorten


async def test_a_database_that_never_answers(probing, given: list[float], impatient: Callable[[], None]) -> None:
    """The kubelet hears why: the pool's time and that of the question beside it are less than its patience."""
    assert health.CHECK_SECONDS < KUBELET_SECONDS
    impatient()

    async def silent(*_: object) -> None:
        await asyncio.sleep(600)

    server = await asyncio.start_server(silent, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with probing(f"postgresql://todo:hidden@127.0.0.1:{port}/todo") as probe:
        for _ in range(2):
            assert await probe.why() == ("database_unreachable", "no answer from 127.0.0.1 within 0.7 s")
    server.close()
    after_the_pool, known_to_be_bad = given
    assert after_the_pool + health.POOL_SECONDS <= health.CHECK_SECONDS
    assert known_to_be_bad == health.CHECK_SECONDS


class Relay:
    """A way to the real database that can be cut and mended."""

    def __init__(self, postgres: str) -> None:
        self.socket = f"{psycopg.conninfo.conninfo_to_dict(postgres)['host']}/.s.PGSQL.5432"
        self.port = 0
        self.connections = 0
        self.is_mute = False
        self.mute_ones: set[asyncio.StreamWriter] = set()
        self.writers: list[asyncio.StreamWriter] = []

    async def mend(self) -> None:
        self.server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
        self.port = self.server.sockets[0].getsockname()[1]

    def mute(self, *, new_ones_too: bool) -> None:
        """Nothing passes any more, and nobody is told: a network that drops packets."""
        self.mute_ones |= set(self.writers)
        self.is_mute = new_ones_too

    def cut(self) -> None:
        self.server.close()
        for writer in self.writers:
            writer.transport.abort()
        self.writers.clear()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        inner_reader, inner_writer = await asyncio.open_unix_connection(self.socket)
        self.writers += [writer, inner_writer]

        async def pump(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
            try:
                while data := await source.read(65536):
                    if not (self.is_mute or sink in self.mute_ones):
                        sink.write(data)
                sink.close()
            except OSError:
                pass

        await asyncio.gather(pump(reader, inner_writer), pump(inner_reader, writer))


@pytest.fixture
async def relay(postgres: str, database_url: str) -> AsyncIterator[Relay]:
    if "host=" not in database_url or "port" in psycopg.conninfo.conninfo_to_dict(postgres):
        pytest.skip("the given database is not reached by a socket of the default port")
    relay = Relay(postgres)
    await relay.mend()
    yield relay
    relay.cut()


async def test_a_database_that_comes_back_is_used_at_once(
    probing, relay: Relay, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(AttemptWithBackoff, "DELAY_BACKOFF", 300.0)  # the pool's pauses grow to five minutes
    monkeypatch.setattr(pool, "RECONNECT_SECONDS", 1.0)
    name = psycopg.conninfo.conninfo_to_dict(database_url)["dbname"]
    async with probing(f"postgresql://postgres:hidden@127.0.0.1:{relay.port}/{name}") as probe:
        assert await probe.ready() == READY
        relay.cut()
        assert await probe.why() == ("database_unreachable", f"127.0.0.1:{relay.port} refuses connections")
        await asyncio.sleep(3)  # the pool is in one of them, if it has not given up
        await relay.mend()
        await probe.ready_soon()
        async with probe.resources.pool.connection(timeout=60) as connection:
            await connection.execute("SELECT 1")


@pytest.mark.parametrize("new_ones_too", [True, False])
async def test_a_connection_that_falls_silent_keeps_nobody_waiting(
    probing,
    relay: Relay,
    database_url: str,
    new_ones_too: bool,
    given: list[float],
    impatient: Callable[[], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """After a failover, or behind a broken network, old connections are there and say nothing."""
    monkeypatch.setattr(pool, "UNUSED_SECONDS_BEFORE_CHECK", 0.0)
    name = psycopg.conninfo.conninfo_to_dict(database_url)["dbname"]
    async with probing(f"postgresql://postgres:hidden@127.0.0.1:{relay.port}/{name}") as probe:
        assert await probe.ready() == READY
        relay.mute(new_ones_too=new_ones_too)
        if new_ones_too:
            impatient()
            assert await probe.why() == ("database_unreachable", "no answer from 127.0.0.1 within 0.7 s")
            assert given[-1] + health.POOL_SECONDS <= health.CHECK_SECONDS
        else:
            async with (
                asyncio.timeout(60),  # the kernel's own patience is a quarter of an hour
                probe.resources.pool.connection() as connection,
            ):
                await connection.execute("SELECT 1")
            relay.mute(new_ones_too=False)
            assert await probe.ready() == READY


@pytest.mark.skipif(sys.platform != "linux", reason="these are the names of Linux's socket options")
@pytest.mark.parametrize(("of_the_url", "seconds"), [("", 15), ("?tcp_user_timeout=4000", 4)])
async def test_a_query_on_a_dead_network_is_given_up(
    probing, relay: Relay, database_url: str, of_the_url: str, seconds: int
) -> None:
    """The kernel's own patience is a quarter of an hour, and two hours once the query has arrived."""
    name = psycopg.conninfo.conninfo_to_dict(database_url)["dbname"]
    url = f"postgresql://postgres:hidden@127.0.0.1:{relay.port}/{name}{of_the_url}"
    async with probing(url) as probe, probe.resources.pool.connection() as connection:
        with socket.socket(fileno=os.dup(connection.fileno())) as line:
            assert line.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE) == 1
            tcp = {
                option: line.getsockopt(socket.IPPROTO_TCP, getattr(socket, option))
                for option in ("TCP_USER_TIMEOUT", "TCP_KEEPIDLE", "TCP_KEEPINTVL", "TCP_KEEPCNT")
            }
    assert tcp["TCP_USER_TIMEOUT"] == seconds * 1000
    assert tcp["TCP_KEEPIDLE"] + tcp["TCP_KEEPINTVL"] * tcp["TCP_KEEPCNT"] <= 30


async def test_a_database_that_nobody_uses_may_sleep(
    probing, relay: Relay, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health, "IDLE_SECONDS", 0.5)
    name = psycopg.conninfo.conninfo_to_dict(database_url)["dbname"]
    async with probing(f"postgresql://postgres:hidden@127.0.0.1:{relay.port}/{name}") as probe:
        await asyncio.sleep(0.6)
        assert await probe.ready() == READY  # the first answer is asked for, however unused
        relay.cut()
        asked = relay.connections
        assert await probe.ready() == READY  # nobody needs it: the last good answer stands
        with pytest.raises(psycopg.OperationalError):  # a request does
            async with probe.resources.pool.connection() as connection:
                await connection.execute("SELECT 1")
        assert (await probe.why())[0] == "database_unreachable"
        await asyncio.sleep(0.6)
        assert (await probe.why())[0] == "database_unreachable"  # a bad answer never stands
        assert relay.connections == asked
        await relay.mend()
        await probe.ready_soon()


async def test_probes_at_the_same_time_share_an_answer(probing, database_url: str) -> None:
    async with probing(database_url) as probe:
        await probe.ready()
        before = probe.resources.pool.get_stats()["requests_num"]
        reports = await asyncio.gather(*(probe.resources.database.check() for _ in range(20)))
        assert len(set(reports)) == 1
        assert probe.resources.pool.get_stats()["requests_num"] == before + 1


async def test_an_empty_database_heals_where_that_is_wanted(probing, new_database: Callable[[], str]) -> None:
    async with probing(new_database(), migrate_empty_database=True) as probe:
        assert (await probe.why())[0] == "schema_missing"
        await probe.ready_soon()
    foreign = new_database()
    with psycopg.connect(foreign, autocommit=True) as connection:
        connection.execute("CREATE TABLE somebody_elses (id int)")
    async with probing(foreign, migrate_empty_database=True) as probe:
        await probe.why()
        await asyncio.sleep(0.5)
        assert (await probe.why())[0] == "schema_foreign"
    with psycopg.connect(foreign) as connection:
        assert connection.execute("SELECT to_regclass('tasks')").fetchone() == (None,)


async def test_a_database_that_is_emptied_heals_though_nobody_uses_it(
    probing, new_database: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody can: without the tables nobody can sign in, so no request will tell."""
    monkeypatch.setattr(health, "IDLE_SECONDS", 0.0)
    url = new_database()
    migrate_once(url, 30)
    async with probing(url, migrate_empty_database=True) as probe:
        assert await probe.ready() == READY
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("DROP SCHEMA public CASCADE")
            connection.execute("CREATE SCHEMA public")
        assert (await probe.why())[0] == "schema_missing"
        await probe.ready_soon()


async def test_a_request_to_an_empty_database_is_told_so(probing, new_database, signing_keys, settings, serve) -> None:
    empty = settings.model_copy(update={"database_url": SecretStr(new_database())})
    async with serve(empty) as live:
        headers = {"Authorization": f"Bearer {signing_keys.token('somebody')}"}
        async with httpx2.AsyncClient(base_url=live.url, headers=headers, verify=False) as http:
            assert (await http.get("/api/me/tasks")).status_code == 503
