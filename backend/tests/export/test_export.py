"""A person's data as a file: all of it, nobody else's, of one moment, and no further ahead than its reader."""

import csv
import datetime as dt
import io
import json
from collections.abc import AsyncIterator
from typing import Any

import httpx2
import psycopg
import pytest

from todo_backend.app import Resources
from todo_backend.db import snapshot
from todo_backend.db.pool import Connection
from todo_backend.export import exports
from todo_backend.export.exports import Download
from todo_backend.export.schemas import Export, ExportFormat
from todo_backend.export.spreadsheet import COLUMNS


async def exported(user: Any) -> Export:
    """The whole file, each part of which is as it is described."""
    return Export.model_validate_json((await user.http.get("/api/me/export")).content)


async def text_of(download: Download) -> str:
    """A file that somebody reads to its end."""
    sent: list[bytes] = []

    async def send(message: Any) -> None:
        sent.append(message.get("body", b""))

    async def receive() -> Any:
        return {"type": "http.request", "body": b"", "more_body": False}

    await download({"type": "http", "method": "GET"}, receive, send)
    return b"".join(sent).decode()


@pytest.fixture
async def busy(user: Any, other_user: Any) -> Any:
    """Somebody with something of each kind, beside somebody else."""
    await other_user.send("POST", "tasks", json={"title": "Theirs"})
    parent = await user.send(
        "POST", "tasks", json={"title": "Party", "description": "- cake\n- music", "tags": ["home"]}
    )
    await user.send("POST", "tasks", json={"title": "Eggs", "parent_id": parent["id"], "completed": True})
    repeats = {"title": "Rent", "due_date": "2027-01-05", "due_time": "09:30", "recurrence": {"rule": "FREQ=MONTHLY"}}
    rent = await user.send("POST", "tasks", json={**repeats, "priority": "high", "time_zone": "Asia/Karachi"})
    await user.send("PATCH", f"tasks/{rent['id']}", json={"due_date": "2027-01-07", "scope": "this"})
    await user.send("POST", f"tasks/{rent['id']}/move", json={"to": "last"})
    gone = await user.send("POST", "tasks", json={"title": "Gone"})
    await user.send("DELETE", f"tasks/{gone['id']}")
    return user


async def test_a_file_has_all_that_is_a_persons(busy: Any) -> None:
    await busy.send("POST", "chat", json={"message": "add buy milk"})
    file = await exported(busy)
    assert (file.profile.id, file.profile.email) == (busy.id, f"{busy.id}@example.com")
    listed = (await busy.send("GET", "tasks?order=asc"))["items"]
    told = {task.id: task for task in file.tasks}
    trash = [task for task in file.tasks if task.deleted_at]
    assert [task.title for task in trash] == ["Gone"]
    assert [task["id"] for task in listed] == [task.id for task in file.tasks if not task.deleted_at]
    for task in listed:
        same = ("title", "description", "priority", "due_date", "due_time", "time_zone", "tags", "parent_id")
        assert {name: task[name] for name in same} == {
            name: told[task["id"]].model_dump(mode="json")[name] for name in same
        }
        assert task["completed"] == (told[task["id"]].completed_at is not None)
    (rent,) = (task for task in file.tasks if task.recurrence)
    assert rent.recurrence is not None
    assert (rent.recurrence.rule, rent.recurrence.words) == ("FREQ=MONTHLY", "every month")
    assert rent.recurrence.usual is not None
    assert (rent.recurrence.usual.due_date, rent.due_date) == (dt.date(2027, 1, 5), dt.date(2027, 1, 7))
    by_hand = (await busy.send("GET", "tasks?sort=manual&order=asc"))["items"]
    ranked = sorted((task for task in file.tasks if not task.deleted_at), key=lambda task: float(task.rank))
    assert [task["id"] for task in by_hand] == [task.id for task in ranked]
    changes = (await busy.send("GET", "changes?limit=50"))["items"]
    assert {change.change_id for change in file.changes} == {change["id"] for change in changes}
    (conversation,) = file.conversations
    assert {message.conversation_id for message in file.messages} == {conversation.id}
    assert [message.role for message in file.messages] == ["user", None, "assistant"]
    assert file.messages[0].item["content"][0]["text"] == "add buy milk"


async def test_nothing_in_it_is_anybody_elses(busy: Any, other_user: Any, anonymous: httpx2.AsyncClient) -> None:
    for form in ExportFormat:
        mine = await busy.http.get(f"/api/me/export?format={form}")
        assert "heirs" not in mine.text
        assert (await other_user.http.get(f"/api/{busy.id}/export?format={form}")).status_code == 403
        assert (await anonymous.get(f"/api/me/export?format={form}")).status_code == 401


async def test_a_spreadsheet_has_a_row_for_each_task(busy: Any) -> None:
    file = (await busy.http.get("/api/me/export?format=csv")).content.decode()
    assert file.startswith("\ufeff")
    assert file.endswith('"\r\n')
    header, *rows = csv.reader(io.StringIO(file.removeprefix("\ufeff"), newline=""))
    assert header == list(COLUMNS)
    tasks = (await exported(busy)).tasks
    told = [dict(zip(header, row, strict=True)) for row in rows]
    assert [(int(row["id"]), row["title"]) for row in told] == [(task.id, task.title) for task in tasks]
    assert told[0]["description"] == "'- cake\n- music"
    (rent,) = (row for row in told if row["recurrence"])
    assert (rent["due_time"], rent["recurrence"], rent["parent_id"]) == ("09:30", "every month", "")


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ('milk, "whole"; 2 l', None),
        ("1-2 = 3", None),
        ("اردو 😀", None),
        ("two\nlines\r\nor three", None),
        ("=1+1", "'=1+1"),
        ("+1", "'+1"),
        ("-1", "'-1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("＝1+1", "'＝1+1"),
        ("  =1+1", "'  =1+1"),
        ("\u200b=1+1", "'\u200b=1+1"),
        ("\t1", "'\t1"),
        ("\r\n=1", "'\r\n=1"),
        ('=cmd|"/C calc"!A0', '\'=cmd|"/C calc"!A0'),
    ],
)
async def test_a_spreadsheet_reckons_with_nothing_that_people_wrote(user: Any, text: str, cell: str | None) -> None:
    await user.send("POST", "tasks", json={"title": "x", "description": text})
    file = (await user.http.get("/api/me/export?format=csv")).content.decode("utf-8-sig")
    _, row = csv.reader(io.StringIO(file, newline=""))
    assert row[COLUMNS.index("description")] == (text if cell is None else cell)


@pytest.mark.parametrize(
    ("form", "media_type"),
    [("json", "application/json"), ("csv", "text/csv; charset=utf-8; header=present")],
)
async def test_it_is_a_file_that_nothing_keeps_on_the_way(user: Any, form: str, media_type: str) -> None:
    for method in ("HEAD", "GET"):
        answer = await user.http.request(method, f"/api/me/export?format={form}", headers={"X-Time-Zone": "UTC"})
        assert (answer.status_code, answer.headers["content-type"]) == (200, media_type)
        disposition = answer.headers["content-disposition"]
        assert disposition.startswith('attachment; filename="todo-stack-20')
        assert disposition.endswith(f'.{form}"')
        assert answer.headers.get_list("cache-control") == ["no-store"]
        assert (answer.content == b"") is (method == "HEAD")


async def test_an_unknown_format_is_refused(user: Any) -> None:
    assert (await user.http.get("/api/me/export?format=xml")).status_code == 422


async def test_it_is_of_one_moment_whatever_happens_meanwhile(
    user: Any, resources: Resources, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(snapshot, "ROWS", 1)
    ids = [(await user.send("POST", "tasks", json={"title": f"Task {number}"}))["id"] for number in range(3)]
    download = await resources.exports.open(user.principal, ExportFormat.JSON, "x")
    await user.send("POST", "tasks", json={"title": "Late"})
    await user.send("PATCH", f"tasks/{ids[1]}", json={"title": "Other"})
    await user.send("DELETE", f"tasks/{ids[2]}")
    file = Export.model_validate_json(await text_of(download))
    assert [(task.title, task.deleted_at) for task in file.tasks] == [(f"Task {number}", None) for number in range(3)]
    assert len(file.changes) == 3


async def test_it_is_not_ahead_of_its_reader(user: Any, resources: Resources, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(snapshot, "ROWS", 2)
    for number in range(7):
        await user.send("POST", "tasks", json={"title": f"Task {number}"})
    fetched: list[str] = []
    execute = Connection.execute

    async def spy(connection: Connection, statement: Any, *given: Any, **options: Any) -> Any:
        if statement.startswith("FETCH"):
            fetched.append(statement)
        return await execute(connection, statement, *given, **options)

    monkeypatch.setattr(Connection, "execute", spy)
    download = await resources.exports.open(user.principal, ExportFormat.CSV, "x")
    chunks: AsyncIterator[Any] = aiter(download.body_iterator)
    assert fetched == []
    for read in range(1, 5):
        assert len((await anext(chunks)).splitlines()) == min(2, 9 - 2 * read)
        assert len(fetched) == read
    assert [chunk async for chunk in chunks] == []


async def test_a_person_reads_one_at_a_time_and_a_server_writes_a_few(new_user: Any, resources: Resources) -> None:
    people = [new_user() for _ in range(3)]
    opened = [await resources.exports.open(person.principal, ExportFormat.JSON, "x") for person in people[:2]]
    again, full = [await person.http.get("/api/me/export") for person in people[1:]]
    assert (again.status_code, again.json()["code"]) == (429, "request_under_way")
    assert (full.status_code, full.json()["code"]) == (503, "exports_full")
    assert again.headers["retry-after"] == full.headers["retry-after"] == "1"
    for download in opened:
        assert Export.model_validate_json(await text_of(download)).tasks == []
    for person in people:
        await exported(person)


async def test_a_reader_who_leaves_gives_the_place_to_others(user: Any, resources: Resources) -> None:
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> Any:
        return {"type": "http.disconnect"}

    for _ in range(2):
        download = await resources.exports.open(user.principal, ExportFormat.JSON, "x")
        await download({"type": "http", "method": "GET"}, receive, send)
        assert sent[-1]["more_body"] is True
    await exported(user)


@pytest.mark.parametrize("form", ExportFormat)
async def test_one_that_takes_too_long_breaks_off_and_is_seen_not_to_be_whole(
    live: Any, user: Any, form: ExportFormat, monkeypatch: pytest.MonkeyPatch
) -> None:
    await user.send("POST", "tasks", json={"title": "milk"})
    received = bytearray()

    async def read() -> None:
        async with live.client(user) as http, http.stream("GET", f"/api/me/export?format={form}") as answer:
            async for piece in answer.aiter_bytes():
                received.extend(piece)

    with monkeypatch.context() as patched:
        patched.setattr(exports, "LONGEST", dt.timedelta(0))
        with pytest.raises(httpx2.RemoteProtocolError):
            await read()
    assert b"milk" not in received
    if form is ExportFormat.JSON:
        with pytest.raises(json.JSONDecodeError):
            json.loads(received)
    received.clear()
    await read()
    assert b"milk" in received


async def test_of_an_account_that_is_gone_there_is_none(new_user: Any, look_in: psycopg.Connection) -> None:
    person = new_user()
    look_in.execute('DELETE FROM "user" WHERE id = %s', [person.id])
    for form in ExportFormat:
        assert (await person.http.get(f"/api/me/export?format={form}")).status_code == 401
