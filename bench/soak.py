"""`./todo bench soak`: many people for an hour, on a stack of local processes that runs: does anything grow?

Each person lists, writes, completes, chats, follows changes, goes away in the middle of an answer, signs out and in
again. Held against that: what each process holds after the first minutes and at the end, every answer, and the rows of
every table beside what was written. At the end all delete their accounts, and no row may be left. Results go to
bench/results/soak.json; the exit code is 1 where something did not hold.
"""

import argparse
import asyncio
import json
import os
import platform
import random
import secrets
import statistics
import sys
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx2
import psycopg
from psycopg import sql
from support.measuring import RESULTS
from support.node_heap import heap_mb
from support.processes import default_home, held_mb, recorded

PAUSE_SECONDS = 20.0  # between two things that a person does, on average
STREAM_SECONDS = (5.0, 60.0)
SAMPLE_SECONDS = 10.0
WINDOW = 0.1  # of the whole time, at its beginning (after the warm-up) and at its end
MOST_GROWTH = 1.05
NODE = "frontend 0"  # holds what it has not collected yet: its heap is judged instead
HEAP = "frontend's heap"
ERRORS_KEPT = 20
AT_ONCE = 4  # sign-ups and farewells: hashing a password takes a processor
GOOD = frozenset({200, 201, 204})
OWNED = ("user", "account", "session", "tasks", "task_events", "conversations", "messages", "turns", "idempotency_keys")


@dataclass
class Tally:
    """What all did together. `tried` counts what was asked for, `done` what was confirmed."""

    tried: Counter[str] = field(default_factory=Counter)
    done: Counter[str] = field(default_factory=Counter)
    errors: list[str] = field(default_factory=list)
    slowest: float = 0.0


@dataclass
class Person:
    """Somebody with a browser of their own."""

    http: httpx2.AsyncClient
    tally: Tally
    email: str = field(default_factory=lambda: f"soak-{secrets.token_hex(6)}@example.com")
    password: str = field(default_factory=lambda: secrets.token_urlsafe(12))
    tasks: list[int] = field(default_factory=list)
    thread: str = ""

    async def ask(self, what: str, method: str, path: str, body: object = None, **headers: str) -> Any:
        """The JSON answer; None, and an error in the tally, where it was not a good one."""
        began = time.monotonic()
        self.tally.tried[what] += 1
        answer = await self.http.request(method, path, json=body, headers=headers)
        self.tally.slowest = max(self.tally.slowest, time.monotonic() - began)
        if answer.status_code not in GOOD:
            self.tally.errors.append(f"{what}: {answer.status_code} {answer.text[:200]}")
            return None
        self.tally.done[what] += 1
        return answer.json() if answer.content else {}

    async def sign_up(self) -> None:
        """Make the tally."""
        body = {"name": "Soak", "email": self.email, "password": self.password}
        await self.ask("sign up", "POST", "/api/auth/sign-up/email", body)

    async def sign_in_again(self) -> None:
        """Leave, and come back."""
        await self.ask("sign out", "POST", "/api/auth/sign-out", {})
        login = {"email": self.email, "password": self.password}
        await self.ask("sign in", "POST", "/api/auth/sign-in/email", login)

    async def list_tasks(self) -> None:
        """Look at the list, as the page does."""
        await self.ask("list", "GET", "/api/me/tasks?limit=50")

    async def write(self) -> None:
        """Add a task."""
        body = {"title": f"Call {secrets.token_hex(4)}", "tags": ["soak"], "due_date": "2030-01-01"}
        task = await self.ask("write", "POST", "/api/me/tasks", body, **{"Idempotency-Key": secrets.token_hex(8)})
        if task:
            self.tasks.append(task["id"])

    async def change(self) -> None:
        """Change, complete or delete one of one's tasks."""
        if not self.tasks:
            await self.write()
            return
        path = f"/api/me/tasks/{random.choice(self.tasks)}"
        match random.randrange(3):
            case 0:
                await self.ask("change", "PATCH", path, {"description": secrets.token_hex(40)})
            case 1:
                await self.ask("change", "PATCH", path, {"completed": random.random() < 0.5})
            case _:
                self.tasks.remove(int(path.rpartition("/")[2]))
                await self.ask("delete", "DELETE", path)

    async def chat(self) -> None:
        """Have the assistant add a task, and read its answer to the end."""
        async with self._turn() as answer:
            said = (await answer.aread()).decode()
            if answer.status_code != 200 or '"assistant_message"' not in said:
                self.tally.errors.append(f"chat: {answer.status_code} {said[-200:]}")
                return
        self.tally.done["chat"] += 1
        self._remember_thread(said)

    async def leave_in_the_middle(self) -> None:
        """Go away while the assistant answers."""
        async with self._turn() as answer:
            async for _ in answer.aiter_bytes():
                break

    def _turn(self) -> Any:
        self.tally.tried["chat"] += 1
        text = f"add a task to call {secrets.token_hex(4)}"
        message = {"content": [{"type": "input_text", "text": text}], "attachments": [], "inference_options": {}}
        request = {"type": "threads.create", "params": {"input": message}}
        if self.thread:
            request = {"type": "threads.add_user_message", "params": {"thread_id": self.thread, "input": message}}
        return self.http.stream("POST", "/chatkit", json=request, headers={"Idempotency-Key": secrets.token_hex(8)})

    def _remember_thread(self, said: str) -> None:
        if self.thread and random.random() < 0.1:
            self.thread = ""  # the next message begins a conversation
        for line in said.splitlines():
            if line.startswith('data: {"type":"thread.created"'):
                self.thread = json.loads(line.removeprefix("data: "))["thread"]["id"]

    async def follow(self) -> None:
        """Follow changes for a while."""
        self.tally.tried["stream"] += 1
        async with self.http.stream("GET", "/api/me/events") as answer:
            if answer.status_code != 200:
                self.tally.errors.append(f"stream: {answer.status_code}")
                return
            try:
                async with asyncio.timeout(random.uniform(*STREAM_SECONDS)):
                    async for _ in answer.aiter_bytes():
                        pass
                self.tally.errors.append("stream: it ended by itself")
            except TimeoutError:
                self.tally.done["stream"] += 1

    async def live(self, until: float) -> None:
        """Do one thing after another."""
        things: dict[Callable[[], Awaitable[None]], int] = {
            self.list_tasks: 45,
            self.write: 18,
            self.change: 12,
            self.chat: 12,
            self.follow: 9,
            self.leave_in_the_middle: 3,
            self.sign_in_again: 1,
        }
        while (pause := random.expovariate(1 / PAUSE_SECONDS)) < until - time.monotonic():
            await asyncio.sleep(pause)
            [thing] = random.choices(list(things), list(things.values()))
            try:
                await thing()
            except httpx2.HTTPError as error:
                self.tally.errors.append(f"{thing.__name__}: {type(error).__name__}: {error}")

    async def leave(self) -> None:
        """Delete the account, and with it all that is one's own."""
        await self.ask("leave", "POST", "/api/auth/delete-user", {"password": self.password})
        await self.http.aclose()


def rows(database: psycopg.Connection) -> dict[str, int]:
    """How many rows each table has."""
    named = database.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1").fetchall()
    counted = {}
    for (table,) in named:
        found = database.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table))).fetchone()
        counted[table] = found[0] if found else 0
    return counted


def bounds(tally: Tally, people: int) -> dict[str, tuple[int, int]]:
    """At least and at most how many rows of each table can come of what was done; other tables have none to gain."""
    done, tried = tally.done, tally.tried
    writes = done["change"] + done["delete"]
    signed_in = tried["sign up"] + tried["sign in"]
    return {
        "tasks": (done["write"] + done["chat"], tried["write"] + tried["chat"]),
        "task_events": (done["write"] + done["chat"], tried["write"] + tried["chat"] + 2 * writes),
        "messages": (3 * done["chat"], 3 * tried["chat"]),  # with the record of a call
        "conversations": (0, tried["chat"]),
        "turns": (0, tried["chat"]),
        "idempotency_keys": (0, tried["write"] + 3 * tried["chat"]),
        "user": (people, people),
        "account": (people, people),
        "session": (people, signed_in),
        "rateLimit": (-people, 2 * people),  # what has run out goes
        "verification": (0, 0),
        "jwks": (0, 1),
    }


def growth(samples: dict[str, list[float]], warm_up: float) -> dict[str, dict[str, float]]:
    """For each process: what it held after the warm-up (its share of the time) and at the end, and their ratio."""
    found = {}
    for name, sizes in samples.items():
        window = max(1, int(len(sizes) * WINDOW))
        first = 0 if name == HEAP else int(len(sizes) * warm_up)
        before, after = statistics.median(sizes[first : first + window]), statistics.median(sizes[-window:])
        found[name] = {"then_mb": round(before, 1), "at_the_end_mb": round(after, 1), "ratio": round(after / before, 3)}
    return found


async def watch(record: dict[str, dict[str, Any]], samples: dict[str, list[float]], warm_up: float) -> None:
    """Measure what the processes hold, again and again, until it is cancelled; the heap of Node.js after `warm_up`."""
    warm = time.monotonic() + warm_up
    while True:
        if HEAP not in samples and time.monotonic() > warm:
            samples[HEAP] = [await heap_mb(record["frontend"]["pid"])]
        for name, size in held_mb(record).items():
            samples.setdefault(name, []).append(size)
        await asyncio.sleep(SAMPLE_SECONDS)


async def live_together(
    public: str, people: int, seconds: float, warm_up: float, record: dict[str, dict[str, Any]]
) -> Any:
    """Have so many people live for so long; what they did, what it took, and who is there to leave."""
    tally, samples = Tally(), dict[str, list[float]]()
    limits = httpx2.Limits(max_keepalive_connections=1)

    def person() -> Person:
        return Person(httpx2.AsyncClient(base_url=public, timeout=90, limits=limits, headers={"Origin": public}), tally)

    all_of_them = [person() for _ in range(people)]
    door = asyncio.Semaphore(AT_ONCE)

    async def one_at_a_time(step: Callable[[], Awaitable[None]]) -> None:
        async with door:
            await step()

    await asyncio.gather(*(one_at_a_time(one.sign_up) for one in all_of_them))
    watching = asyncio.create_task(watch(record, samples, warm_up))
    until = time.monotonic() + seconds
    await asyncio.gather(*(one.live(until) for one in all_of_them))
    watching.cancel()
    samples[HEAP].append(await heap_mb(record["frontend"]["pid"]))

    async def everybody_leaves() -> None:
        await asyncio.gather(*(one_at_a_time(one.leave) for one in all_of_them))

    return tally, samples, everybody_leaves


def main() -> None:
    """Live, look, and say what did not hold."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--public", default=f"http://localhost:{os.environ.get('TODO_PORT', '30080')}")
    parser.add_argument("--people", type=int, default=200)
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--warm-up", type=float, default=10, help="minutes after which nothing may grow")
    parser.add_argument("--output", type=Path, default=RESULTS / "soak.json")
    options = parser.parse_args()
    if options.warm_up >= options.minutes:
        parser.error("--warm-up must be shorter than --minutes")
    try:
        record = recorded(default_home())
        database_url = record["backend"]["settings"]["DATABASE_URL"]
    except (FileNotFoundError, KeyError):
        parser.error("no stack of local processes runs here: run ./todo up --engine process")

    with psycopg.connect(database_url, autocommit=True) as database:
        empty = rows(database)
        soak = asyncio.Runner()
        tally, samples, everybody_leaves = soak.run(
            live_together(options.public, options.people, options.minutes * 60, options.warm_up * 60, record)
        )
        full = {table: count - empty[table] for table, count in rows(database).items()}
        soak.run(everybody_leaves())
        left = {table: count - empty[table] for table, count in rows(database).items()}

    allowed = bounds(tally, options.people)
    held = growth(samples, options.warm_up / options.minutes)
    wrong = [
        *(f"{name} grew: {one}" for name, one in held.items() if one["ratio"] > MOST_GROWTH and name != NODE),
        *(
            f"{table} has {count} rows more, not {least} to {most}"
            for table, count in full.items()
            for least, most in [allowed.get(table, (0, 0))]
            if not least <= count <= most
        ),
        *(f"{left[table]} rows of {table} stay" for table in OWNED if left[table]),
        *tally.errors[:ERRORS_KEPT],
    ]
    result = {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": {"cores": os.cpu_count(), "system": platform.system(), "python": platform.python_version()},
        "people": options.people,
        "minutes": options.minutes,
        "done": dict(tally.done),
        "errors": len(tally.errors),
        "slowest_seconds": round(tally.slowest, 2),
        "memory": held,
        "rows": full,
        "rows_left": {table: count for table, count in left.items() if count},
        "wrong": wrong,
    }
    options.output.write_text(json.dumps(result, indent=2) + "\n")
    print(json.dumps(result, indent=2))
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
