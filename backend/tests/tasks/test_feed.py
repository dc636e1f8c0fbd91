"""What is changed, by whichever entry point and on whichever replica, is told to those who follow: each once."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import Any
from uuid import UUID, uuid4

import httpx2
import psycopg
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from todo_backend.app import Resources
from todo_backend.auth.principal import Principal
from todo_backend.tasks import feed
from todo_backend.tasks.feed_position import Position
from todo_backend.tasks.feed_repository import MOST_CHANGES, MOST_EVENTS, find_news
from todo_backend.tasks.journal import CHANGES_ARE_KEPT, SHOWN

from .conftest import Listen, Stream


class Looks:
    """How often the journal was looked at, and by which look each change was found."""

    def __init__(self) -> None:
        self.count = 0
        self.found: dict[str, int] = {}

    async def find(self, *arguments: Any) -> Any:
        self.count += 1
        number = self.count
        news = await find_news(*arguments)
        for changes in news.changes.values():
            self.found |= {change["id"]: number for change in json.loads(changes or "[]")}
        return news


@pytest.fixture
def looks(monkeypatch: pytest.MonkeyPatch) -> Looks:
    counted = Looks()
    monkeypatch.setattr(feed, "find_news", counted.find)
    return counted


@pytest.fixture
def often(monkeypatch: pytest.MonkeyPatch) -> None:
    """Twenty looks a second: for tests that do not ask how many there are."""
    monkeypatch.setattr(feed, "LOOK_SECONDS", 0.05)


@pytest.fixture(scope="module")
async def second(serve: Any, settings: Any) -> AsyncIterator[Any]:
    """Another replica: it shares the database with the first one, and nothing else."""
    async with serve(settings) as server:
        yield server


Do = Callable[..., Awaitable[Any]]


class Rest:
    """Somebody who changes tasks by REST."""

    entry_point = "rest"

    def __init__(self, http: httpx2.AsyncClient) -> None:
        self.http = http

    async def send(self, method: str, path: str, **options: Any) -> Any:
        answer = await self.http.request(method, f"/api/me/{path}", headers=self.headers(), **options)
        assert answer.status_code < 300, answer.text
        return answer.json() if answer.content else None

    def headers(self) -> dict[str, str]:
        return {}

    async def add(self) -> int:
        return int((await self.send("POST", "tasks", json={"title": "Buy milk"}))["id"])

    async def quick_add(self) -> None:
        await self.send("POST", "tasks/quick-add", json={"text": "Buy tea tomorrow"})

    async def edit(self, task: int) -> None:
        await self.send("PATCH", f"tasks/{task}", json={"title": "Buy oat milk"})

    async def replace(self, task: int) -> None:
        await self.send("PUT", f"tasks/{task}", json={"title": "Buy oat milk"})

    async def complete(self, task: int) -> None:
        await self.send("PATCH", f"tasks/{task}/complete", json={"completed": True})

    async def delete(self, task: int) -> None:
        await self.send("DELETE", f"tasks/{task}")

    async def restore(self, task: int) -> None:
        await self.send("POST", f"tasks/{task}/restore")

    async def edit_many(self, task: int) -> None:
        await self.send("POST", "tasks/bulk", json={"which": {"ids": [task]}, "changes": {"priority": "high"}})

    async def delete_many(self, task: int) -> None:
        await self.send("POST", "tasks/bulk", json={"which": {"ids": [task]}, "delete": True})

    async def undo(self, _: int = 0) -> None:
        await self.send("POST", "undo")

    async def redo(self, _: int = 0) -> None:
        await self.send("POST", "redo")


class Page(Rest):
    """The page, whose requests the frontend marks."""

    entry_point = "page"

    def headers(self) -> dict[str, str]:
        return {"X-Entry-Point": "page", "Idempotency-Key": uuid4().hex}


class Mcp(Rest):
    """A program that speaks MCP."""

    entry_point = "mcp"

    async def call(self, tool: str, **arguments: Any) -> Any:
        request = {"jsonrpc": "2.0", "id": 1, "method": "tools/call"}
        accept = {"Accept": "application/json, text/event-stream"}
        params = {"params": {"name": tool, "arguments": arguments}}
        answer = await self.http.post("/mcp", json=request | params, headers=accept)
        assert not answer.json()["result"]["isError"], answer.text
        return answer.json()["result"]["structuredContent"]

    async def add(self) -> int:
        return int((await self.call("add_task", title="Buy milk"))["task_id"])

    async def edit(self, task: int) -> None:
        await self.call("update_task", task_id=task, title="Buy oat milk")

    async def complete(self, task: int) -> None:
        await self.call("complete_task", task_id=task)

    async def delete(self, task: int) -> None:
        await self.call("delete_task", task_id=task)

    async def restore(self, task: int) -> None:
        await self.call("restore_task", task_id=task)

    async def undo(self, _: int = 0) -> None:
        await self.call("undo")

    async def redo(self, _: int = 0) -> None:
        await self.call("redo")


class Chat(Rest):
    """Somebody who talks with the assistant."""

    entry_point = "chat"

    async def say(self, message: str) -> None:
        answer = await self.http.post("/api/me/chat", json={"message": message})
        assert answer.status_code == 200, answer.text

    async def add(self) -> int:
        await self.say("add buy milk")
        return int((await self.send("GET", "tasks?limit=1"))["items"][0]["id"])

    async def edit(self, task: int) -> None:
        await self.say(f"rename task {task} to buy oat milk")

    async def complete(self, task: int) -> None:
        await self.say(f"complete task {task}")

    async def delete(self, task: int) -> None:
        await self.say(f"delete task {task}")

    async def undo(self, _: int = 0) -> None:
        await self.say("undo")

    async def redo(self, _: int = 0) -> None:
        await self.say("redo")


KINDS = {
    Rest: ("edit", "replace", "complete", "delete", "restore", "edit_many", "delete_many", "undo", "redo"),
    Page: ("edit", "replace", "complete", "delete", "restore", "edit_many", "delete_many", "undo", "redo"),
    Mcp: ("edit", "complete", "delete", "restore", "undo", "redo"),
    Chat: ("edit", "complete", "delete", "undo", "redo"),
}
GONE = {"delete", "delete_many", "undo"}
BEFORE = {"restore": ["delete"], "redo": ["undo"]}


@pytest.mark.parametrize(
    ("by", "kind"),
    [(by, kind) for by, kinds in KINDS.items() for kind in ("add", *kinds)],
    ids=lambda value: str(value),
)
async def test_each_kind_of_change_by_each_entry_point_is_told_by_the_next_look(
    live: Any, second: Any, user: Any, listen: Listen, looks: Looks, often: None, by: type[Rest], kind: str
) -> None:
    """At another replica than the one that made it."""
    async with listen(live, user) as stream, second.client(user) as http:
        person = by(http)
        task = 0
        if kind != "add":
            task = await person.add()
            await stream.changes()
        for earlier in BEFORE.get(kind, []):
            await getattr(person, earlier)(task)
            await stream.changes()
        if kind == "add":
            task = await person.add()
        else:
            await getattr(person, kind)(task)
        before = looks.count
        [change] = await stream.changes()
        assert looks.found[change["id"]] <= before + 1
        assert change["tasks"] == [{"task_id": task, "gone": kind in GONE}]
        assert (change["entry_point"], change["count"]) == (person.entry_point, 1)
        [listed] = (await person.send("GET", "changes?limit=1"))["items"]
        assert {name: listed[name] for name in ("id", "kind", "source")} == {
            name: change[name] for name in ("id", "kind", "source")
        }


async def test_the_page_knows_its_own_changes_by_their_keys(live: Any, user: Any, listen: Listen, often: None) -> None:
    async with listen(live, user) as stream, live.client(user) as http:
        for is_page, key in ((True, uuid4().hex), (True, "no id"), (False, uuid4().hex)):
            headers = {"Idempotency-Key": key} | ({"X-Entry-Point": "page"} if is_page else {})
            await http.post("/api/me/tasks/quick-add", json={"text": "Buy tea"}, headers=headers)
            [change] = await stream.changes()
            assert (UUID(change["id"]).hex == key) is (is_page and key != "no id")


async def test_a_new_stream_begins_now_and_one_that_goes_on_leaves_nothing_out(
    live: Any, second: Any, user: Any, listen: Listen, often: None
) -> None:
    """Across replicas, and whatever was changed while nobody followed."""
    async with live.client(user) as http:
        person = Rest(http)
        await person.add()
        after = None
        told: list[int] = []
        added: list[int] = []
        for server in (live, second, live, second):
            async with listen(server, user, after) as stream:
                if after is not None:
                    told += [change["tasks"][0]["task_id"] for change in await stream.changes()]
                added.append(await person.add())
                while told != added:
                    event = await stream.event()
                    told += [change["tasks"][0]["task_id"] for change in event.data["changes"]]
                after = event.id
            added += [await person.add(), await person.add()]
        async with listen(live, user, after) as stream:
            assert [change["tasks"][0]["task_id"] for change in await stream.changes()] == added[-2:]


async def test_a_silent_stream_gives_signs_of_life_from_which_it_goes_on(
    live: Any, user: Any, listen: Listen, often: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feed, "BEAT_SECONDS", 0.1)
    async with listen(live, user) as stream, live.client(user) as http:
        assert stream.answer.headers["content-type"].startswith("text/event-stream")
        assert stream.answer.headers["x-beat-seconds"] == "10"
        beats = [await stream.hear() for _ in range(3)]
        assert all(beat.data is None and beat.id for beat in beats)
        task = await Rest(http).add()
    async with listen(live, user, beats[-1].id) as stream:
        assert [change["tasks"][0]["task_id"] for change in await stream.changes()] == [task]


class TestMany:
    @pytest.fixture
    def note(self, look_in: psycopg.Connection, user: Any) -> Callable[[int, int], None]:
        """Notes so many changes of so many tasks each, in a transaction of its own."""

        def run(changes: int, tasks: int) -> None:
            look_in.execute(
                """
                INSERT INTO task_events (user_id, batch, entry_point, task_id, after)
                SELECT %s, batch, 'rest', task, '{"title": "x"}'
                FROM (SELECT gen_random_uuid() AS batch FROM generate_series(1, %s)) AS batches,
                     generate_series(1, %s) AS task
                """,
                [user.id, changes, tasks],
            )

        return run

    @pytest.mark.parametrize(
        ("changes", "tasks", "told"),
        [(1, 10_000, True), (MOST_CHANGES, 30, True), (MOST_CHANGES + 1, 1, False), (1, MOST_EVENTS + 1, False)],
    )
    async def test_many_changes_are_one_event_of_bounded_size(
        self, live: Any, user: Any, listen: Listen, often: None, note: Any, changes: int, tasks: int, told: bool
    ) -> None:
        async with listen(live, user) as stream:
            note(changes, tasks)
            event = await stream.event()
            if told:
                assert [change["count"] for change in event.data["changes"]] == [tasks] * changes
                shown = min(tasks, SHOWN)
                assert all(len(change["tasks"]) == shown for change in event.data["changes"])
                assert len(str(event.data)) < 64 * 1024
            else:
                assert (event.kind, event.data) == ("reload", {"reason": "too_many"})
            note(1, 1)  # and the stream goes on after it
            [change] = await stream.changes()
            assert change["count"] == 1


def unusable() -> Iterator[tuple[str, str]]:
    now = int(time.time())
    old = now - int(CHANGES_ARE_KEPT.total_seconds()) - 60
    yield "too old", f"{old}/10:10:"
    yield "of another database", f"{now}/{2**62}:{2**62}:"
    for text in ("", "5", "x", "1:2:", f"{now}/5:9:6,", f"{now}/-5:9:", f"{now}/5:{10**20}:", f"{now}/٣:9:"):
        yield f"unreadable {text!r}", text


@pytest.mark.parametrize("after", [text for _, text in unusable()], ids=[name for name, _ in unusable()])
async def test_a_place_that_is_not_known_any_more_says_look_again(
    live: Any, user: Any, listen: Listen, often: None, after: str
) -> None:
    async with live.client(user) as http:
        headers = [(b"last-event-id", after.encode())]
        async with http.stream("GET", "/api/me/events", headers=headers) as answer:
            stream = Stream(answer)
            event = await stream.event()
            assert (event.kind, event.data) == ("reload", {"reason": "too_old"})
            task = await Rest(http).add()
            [change] = await stream.changes()
            assert change["tasks"] == [{"task_id": task, "gone": False}]


NUMBERS = st.one_of(st.integers(0, 10**19 - 1), st.sampled_from([0, 1, 2, 3, 2**32 - 1, 2**32, 2**62, 2**63]))


@given(NUMBERS, NUMBERS, NUMBERS, st.lists(NUMBERS, max_size=4))
@settings(max_examples=100, database=None, derandomize=True, phases=[Phase.generate])
async def test_no_place_that_a_reader_makes_up_disturbs_the_others(
    resources: Resources, at: int, oldest: int, following: int, running: list[int]
) -> None:
    text = f"{at}/{oldest}:{following}:{','.join(map(str, running))}"
    position = Position.parse(text)
    assert position is not None
    assert str(position) == text
    assert (await find_news(resources.pool, [(Principal("nobody"), position)])).changes == {}


async def test_everybody_is_told_their_own(
    live: Any, user: Any, other_user: Any, anonymous: httpx2.AsyncClient, listen: Listen, often: None
) -> None:
    async with (
        listen(live, user) as mine,
        listen(live, other_user) as theirs,
        live.client(user) as my_http,
        live.client(other_user) as their_http,
    ):
        task, other = await Rest(my_http).add(), await Rest(their_http).add()
        assert [change["tasks"][0]["task_id"] for change in await mine.changes()] == [task]
        assert [change["tasks"][0]["task_id"] for change in await theirs.changes()] == [other]
        assert (await my_http.get(f"/api/{other_user.id}/events")).status_code == 403
    assert (await anonymous.get("/api/me/events")).status_code == 401


class TestTheEnd:
    async def test_comes_with_the_end_of_the_token(
        self, live: Any, user: Any, signing_keys: Any, listen: Listen
    ) -> None:
        end = int(time.time()) + 4
        user.token = signing_keys.token(user.id, exp=end)
        async with live.client(user) as http, http.stream("GET", "/api/me/events") as answer:
            await Stream(answer).rest()
            assert time.time() >= end - 1

    async def test_comes_when_the_account_is_deleted_and_others_go_on(
        self, live: Any, user: Any, other_user: Any, listen: Listen, look_in: psycopg.Connection, often: None
    ) -> None:
        async with listen(live, user) as mine, listen(live, other_user) as theirs, live.client(other_user) as http:
            look_in.execute('DELETE FROM "user" WHERE id = %s', [user.id])
            assert all(event.data is None for event in await mine.rest())
            await Rest(http).add()
            await theirs.changes()
        async with live.client(user) as gone, gone.stream("GET", "/api/me/events") as answer:
            assert all(event.data is None for event in await Stream(answer).rest())

    async def test_comes_when_the_process_leaves_and_none_begins_then(
        self, serve: Any, settings: Any, user: Any, listen: Listen
    ) -> None:
        async with serve(settings) as server, listen(server, user) as stream, server.client(user) as http:
            server.resources.feed.leave()
            assert all(event.data is None for event in await stream.rest())
            refused = await http.get("/api/me/events")
            assert (refused.status_code, refused.json()["code"]) == (503, "streams_full")

    async def test_comes_when_it_has_been_long(
        self, live: Any, user: Any, monkeypatch: pytest.MonkeyPatch, listen: Listen
    ) -> None:
        monkeypatch.setattr(feed, "LONGEST_SECONDS", 2.0)
        async with live.client(user) as http, http.stream("GET", "/api/me/events") as answer:
            await Stream(answer).rest()

    async def test_head_has_no_body_and_ends(self, live: Any, user: Any) -> None:
        async with live.client(user) as http:
            async with asyncio.timeout(60):
                head = await http.head("/api/me/events")
        assert (head.status_code, head.content) == (200, b"")
        assert head.headers["content-type"].startswith("text/event-stream")
        assert feed_of(live)._readers == set()


def feed_of(server: Any) -> feed.Feed:
    return server.resources.feed


async def until(is_so: Callable[[], bool]) -> None:
    async with asyncio.timeout(120):
        while not is_so():  # noqa: ASYNC110 (nothing tells of it)
            await asyncio.sleep(0.02)


@pytest.mark.parametrize(
    ("bound", "status", "code"),
    [("MOST_STREAMS_OF_ONE", 429, "too_many_streams"), ("MOST_STREAMS", 503, "streams_full")],
)
async def test_there_are_only_so_many_streams(
    live: Any,
    user: Any,
    listen: Listen,
    monkeypatch: pytest.MonkeyPatch,
    often: None,
    bound: str,
    status: int,
    code: str,
) -> None:
    await until(lambda: not feed_of(live)._readers)
    monkeypatch.setattr(feed, bound, 2)
    async with live.client(user) as http, listen(live, user):
        async with listen(live, user):
            refused = await http.get("/api/me/events")
            assert (refused.status_code, refused.json()["code"]) == (status, code)
            assert "retry-after" in refused.headers
        await until(lambda: len(feed_of(live)._readers) == 1)
        async with listen(live, user):  # whose place was given back
            pass
    await until(lambda: not feed_of(live)._readers)
    assert not feed_of(live)._of_one


class TestTheDatabase:
    async def test_is_asked_once_a_second_by_each_process_and_not_at_all_while_nobody_follows(
        self, serve: Any, settings: Any, new_user: Callable[[], Any], listen: Listen, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("todo_backend.tasks.purge.FIRST_SECONDS", 1e9)
        users = [new_user() for _ in range(8)]
        async with serve(settings) as server:
            asked = lambda: server.resources.pool.get_stats().get("requests_num", 0)  # noqa: E731
            streams = [listen(server, user) for user in users for _ in range(4)]
            for stream in streams:
                await stream.__aenter__()
            began, before = time.monotonic(), asked()
            await asyncio.sleep(4 * feed.LOOK_SECONDS)
            assert 1 <= asked() - before <= (time.monotonic() - began) / feed.LOOK_SECONDS + 1
            for stream in streams:
                await stream.__aexit__(None, None, None)
            looking = feed_of(server)._looking
            assert looking is not None
            await until(looking.done)
            before = asked()
            await asyncio.sleep(3 * feed.LOOK_SECONDS)
            assert asked() == before

    async def test_may_be_away_for_a_while(
        self, live: Any, user: Any, listen: Listen, monkeypatch: pytest.MonkeyPatch, often: None
    ) -> None:
        failed = 0

        async def failing(*_: Any) -> Any:
            nonlocal failed
            failed += 1
            raise psycopg.OperationalError("the server closed the connection")

        async with listen(live, user) as stream, live.client(user) as http:
            with monkeypatch.context() as patch:
                patch.setattr(feed, "find_news", failing)
                task = await Rest(http).add()
                await until(lambda: failed > 2)
            [change] = await stream.changes()
            assert change["tasks"] == [{"task_id": task, "gone": False}]

    async def test_is_not_waited_for_where_somebody_elses_transaction_is_long(
        self, live: Any, user: Any, database_url: str, listen: Listen, looks: Looks, often: None
    ) -> None:
        with psycopg.connect(database_url) as other:
            other.execute("SELECT pg_current_xact_id()")  # from here on it is the oldest that runs
            async with listen(live, user) as stream, live.client(user) as http:
                for _ in range(3):
                    task, before = await Rest(http).add(), looks.count
                    [change] = await stream.changes()
                    assert change["tasks"] == [{"task_id": task, "gone": False}]
                    assert looks.found[change["id"]] <= before + 1


async def test_a_reader_who_is_slow_is_told_all_at_once_when_they_read_on(
    resources: Resources, user: Any, looks: Looks, often: None
) -> None:
    """Meanwhile nothing is kept for them, and nothing is looked up."""
    reader = resources.feed.open(user.principal, None)
    frames = reader.frames()

    async def take() -> str:
        return (await anext(frames)).decode()

    person = Rest(user.http)
    assert (await take()).startswith("retry: ")
    assert (await take()).startswith("event: open")
    taking = asyncio.create_task(take())
    await person.add()
    assert (await taking).count('"count"') == 1
    before = looks.count
    for _ in range(2):
        await person.add()
        await asyncio.sleep(0.2)
    assert (looks.count, reader._waiting) == (before, None)
    assert (await take()).count('"count"') == 2
    await frames.aclose()
    resources.feed.close(reader)


WRITERS = 3
STEPS = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(["begin", "write", "commit", "roll back"]), st.integers(0, WRITERS - 1)),
        st.tuples(st.sampled_from(["look", "resume"]), st.integers(0, 1)),
    ),
    min_size=4,
    max_size=40,
)


class Journal:
    """Writers in transactions of their own, which begin, write and end in any order, and what was committed."""

    def __init__(self, user: Any, connections: list[psycopg.Connection]) -> None:
        self.user = user
        self.connections = connections
        self.open: dict[int, list[str]] = {}
        self.committed: list[str] = []

    def begin(self, writer: int) -> None:
        """Take a number for the transaction, before or after those that write earlier."""
        self.open.setdefault(writer, [])
        self.connections[writer].execute("SELECT pg_current_xact_id()")

    def write(self, writer: int) -> None:
        self.open.setdefault(writer, [])
        batch = str(uuid4())
        self.connections[writer].execute(
            "INSERT INTO task_events (user_id, batch, entry_point, task_id, after) VALUES (%s, %s, 'rest', 1, '{}')",
            [self.user.id, batch],
        )
        self.open[writer].append(batch)

    def commit(self, writer: int) -> None:
        self.connections[writer].commit()
        self.committed += self.open.pop(writer, [])

    def roll_back(self, writer: int) -> None:
        self.connections[writer].rollback()
        self.open.pop(writer, None)


@pytest.fixture(scope="module")
def connections(database_url: str) -> Iterator[list[psycopg.Connection]]:
    opened = [psycopg.connect(database_url) for _ in range(WRITERS)]
    yield opened
    for connection in opened:
        connection.close()


@given(STEPS)
@settings(max_examples=60, database=None, derandomize=True, phases=[Phase.generate])
async def test_in_whatever_order_transactions_end_nothing_is_lost_and_nothing_told_twice(
    resources: Resources,
    new_user: Callable[[], Any],
    connections: list[psycopg.Connection],
    steps: list[tuple[str, int]],
) -> None:
    user = new_user()
    journal = Journal(user, connections)
    start = (await find_news(resources.pool, [(user.principal, None)])).seen
    positions: list[Position] = [start, start]
    told: list[list[str]] = [[], []]

    async def look(reader: int) -> None:
        news = await find_news(resources.pool, [(user.principal, positions[reader])])
        positions[reader] = news.seen
        changes = news.changes.get(0, "[]")
        assert changes is not None
        told[reader] += [change["id"] for change in json.loads(changes)]

    for step, number in steps:
        match step:
            case "look":
                await look(number)
            case "resume":
                parsed = Position.parse(str(positions[number]))
                assert parsed == positions[number]
            case _:
                getattr(journal, step.replace(" ", "_"))(number)
    for reader in (0, 1):
        await look(reader)  # while some transactions are open still
    for writer in range(WRITERS):
        journal.commit(writer)
    for reader in (0, 1):
        await look(reader)
        assert sorted(told[reader]) == sorted(journal.committed)
