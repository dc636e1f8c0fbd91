"""The OpenAPI document says what is so, and each edge takes the types that it names and no others.

Every check of schemathesis, on requests that keep to the document and on ones that break it; and by name, what was once
taken for something else.
"""

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

import httpx2
import psycopg
import pytest
import schemathesis
from hypothesis import strategies as st
from pydantic import SecretStr
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import events, from_schema
from schemathesis.engine.recorder import ScenarioRecorder

from todo_backend.app import documented_app
from todo_backend.core.settings import DatabaseSettings, Settings
from todo_backend.core.time_zones import time_zones
from todo_backend.db.migrate import migrate
from todo_backend.tasks import feed

CPU_SECONDS = 600  # of the whole exploration, server included: about 20 on two quiet cores
CONFIG = {
    "seed": 1,
    "cache": {"enabled": False},
    "parameters": {"path.user_id": "me"},
    "continue-on-failure": True,
    "request-timeout": 120,  # seconds; a machine may stand still for some
    "tls-verify": False,  # no certificates are looked for on the disk at each request
    "generation": {
        "deterministic": True,
        "database": "none",
        "max-examples": 6,
        "no-shrink": True,
        "allow-x00": False,  # which ChatKit's types cannot rule out; in all others it is a pattern
    },
}

# A few are as good as all, and soon gone through when one of a single letter is looked for.
schemathesis.openapi.format("iana-time-zone", st.sampled_from(sorted(time_zones())[::100]))
schemathesis.openapi.format(
    "rrule", st.sampled_from(["FREQ=DAILY", "FREQ=WEEKLY;BYDAY=MO,FR", "FREQ=MONTHLY;BYDAY=2TU"])
)
schemathesis.openapi.format("recurrence-words", st.sampled_from(["every monday", "every 3 days after completion"]))


@schemathesis.hook("before_call")
def keep_what_no_schema_can_say(context: Any, case: Any, kwargs: Any) -> None:
    """Of good requests: a key stands for one, a cursor is the server's, a line names a task, a time needs a date,
    a recurrence an open task.

    And a whole number is written without a point, which is the same number to JSON Schema.
    """
    if case.meta is None or not case.meta.generation.mode.is_positive:
        return
    case.headers["Idempotency-Key"] = uuid4().hex
    case.query.pop("cursor", None)
    if case.path.endswith("/quick-add"):
        case.body["text"] = f"milk {case.body['text']}"[:500]
    if case.method == "PATCH" and isinstance(case.body, dict) and "due_date" not in case.body:
        case.body.pop("due_time", None)
    if case.method == "PATCH" and isinstance(case.body, dict) and case.body.get("recurrence"):
        case.body.setdefault("completed", False)
    if case.path.endswith("/bulk") and "due_date" not in (changes := case.body.get("changes", {})):
        changes.pop("due_time", None)
    case.body = without_point(case.body)


def without_point(value: Any) -> Any:
    match value:
        case float() if value.is_integer():
            return int(value)
        case list():
            return [without_point(item) for item in value]
        case dict():
            return {name: without_point(item) for name, item in value.items()}
    return value


def explored(url: str, token: str) -> tuple[Counter[str], list[str]]:
    """How many requests each phase made, and what was found."""
    given = {**CONFIG, "base-url": url, "headers": {"Authorization": f"Bearer {token}"}}
    schema = schemathesis.openapi.from_dict(documented_app().openapi(), config=SchemathesisConfig.from_dict(given))
    made: Counter[str] = Counter()
    found: list[str] = []
    for event in from_schema(schema).execute():
        match event:
            case events.ScenarioFinished():
                made[event.phase.name] += len(event.recorder.interactions)
                found += failures(event.recorder)
            case events.NonFatalError() | events.FatalError():
                found.append(repr(event))
    return made, found


def failures(recorder: ScenarioRecorder) -> Iterator[str]:
    for case_id, checks in recorder.checks.items():
        for check in checks:
            if check.failure_info is not None:
                sent, got = recorder.interactions[case_id].request, recorder.interactions[case_id].response
                answer = f"{got.status_code} {got.content[:300]!r}" if got else "no answer"
                failure = check.failure_info.failure
                if check.name == "negative_data_rejection" and may_be_left_out(sent.uri) and sent.body is None:
                    continue  # a request without such a body is none that has to be refused
                yield f"{check.name}: {sent.method} {sent.uri} {sent.body!r:.500}\n  {failure.message:.500}\n  {answer}"


def may_be_left_out(uri: str) -> bool:
    """Whether the body of a request to this address is optional."""
    return uri.endswith(("/undo", "/complete"))


async def test_schemathesis_finds_nothing(
    serve: Any,
    settings: Settings,
    new_database: Callable[[], str],
    signing_keys: Any,
    record_property: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(feed, "LONGEST_SECONDS", 0.05)  # of a stream of changes, which is read to its end
    url = new_database()  # of its own: ids, which later requests take up, are the same each time
    assert migrate(DatabaseSettings(database_url=SecretStr(url)))
    with psycopg.connect(url) as connection:
        connection.execute("""INSERT INTO "user" (id, name, email, "emailVerified") VALUES ('a', 'a', 'a@b.c', true)""")
    began = time.process_time()
    async with serve(settings.model_copy(update={"database_url": SecretStr(url)})) as server:
        made, found = await asyncio.to_thread(explored, server.url, signing_keys.token("a"))
    seconds = time.process_time() - began
    record_property("requests", dict(made))
    record_property("cpu_seconds", round(seconds, 1))
    assert not found, "\n".join(found)
    assert made["COVERAGE"] > 1000
    assert made["FUZZING"] > 100
    assert made["STATEFUL_TESTING"] > 0
    assert seconds < CPU_SECONDS


WRONG_FIELDS = [
    ("due_date", 0),
    ("due_date", "0"),
    ("due_date", 1.5),
    ("due_date", "2026-01-01T00:00:00"),
    ("due_date", "20260101"),
    ("due_time", 3600),
    ("due_time", "3600"),
    ("due_time", "10:00Z"),
    ("due_time", "10:00:00Z"),
    ("due_time", "10:00+02:00"),
    ("due_time", "24:00"),
    ("completed", "yes"),
    ("completed", 1),
    ("completed", "true"),
    ("title", 5),
    ("tags", "home"),
    ("tags", [5]),
    ("priority", 1),
]


@pytest.mark.parametrize(("field", "value"), WRONG_FIELDS)
async def test_a_body_takes_no_other_type(user: Any, field: str, value: object) -> None:
    good = {"title": "milk", "due_date": "2026-03-04", "due_time": "10:00"}
    task_id = (await user.http.post(user.path(), json=good)).json()["id"]
    for method, path in (("POST", ""), ("PUT", f"/{task_id}"), ("PATCH", f"/{task_id}")):
        answer = await user.http.request(method, user.path(path), json={**good, field: value})
        assert answer.status_code == 422, answer.text
        assert answer.json()["errors"][0]["field"].split(".")[0] == field


WRONG_CONDITIONS = [
    ("top_level", "yes"),
    ("top_level", "true"),
    ("top_level", 1),
    ("repeats", "true"),
    ("repeats", 0),
    ("parent_id", "1"),
    ("parent_id", 1.0),
    ("parent_id", True),
    ("priority", "high"),
    ("tag", "home"),
    ("q", 1),
    ("due_from", 0),
]


@pytest.mark.parametrize(("field", "value"), WRONG_CONDITIONS)
async def test_a_filter_in_a_body_takes_no_other_type(user: Any, field: str, value: object) -> None:
    body = {"which": {"filter": {field: value}}, "changes": {"title": "x"}}
    answer = await user.http.post(user.path("/bulk"), json=body)
    assert (answer.status_code, field in answer.text) == (422, True)


@pytest.mark.parametrize("consent", [1, 1.0, "true", "yes", None, False])
async def test_consent_is_true_and_nothing_else(user: Any, consent: object) -> None:
    deleted = await user.http.post(user.path("/bulk"), json={"which": {"filter": {}}, "delete": consent})
    restored = await user.http.post("/api/me/trash/restore", json={"which": {"all": consent}})
    assert (deleted.status_code, restored.status_code) == (422, 422)


@pytest.mark.parametrize("completed", ["yes", 1, "true", None])
async def test_a_completion_is_a_boolean(user: Any, completed: object) -> None:
    task_id = (await user.http.post(user.path(), json={"title": "milk"})).json()["id"]
    path = user.path(f"/{task_id}/complete")
    assert (await user.http.patch(path, json={"completed": completed})).status_code == 422
    null = await user.http.patch(path, content="null", headers={"Content-Type": "application/json"})
    assert null.status_code == 422


@pytest.mark.parametrize("task_id", ["1_0", "+1", "%201", "1.0", "1e0", "01", "true", "9007199254740992"])
async def test_an_id_in_a_path_is_a_number_in_digits(user: Any, task_id: str) -> None:
    assert (await user.http.get(user.path(f"/{task_id}"))).status_code == 422


@pytest.mark.parametrize(
    "query",
    [
        "limit=5_0",
        "limit=%2B5",
        "limit=5.0",
        "limit=true",
        "top_level=yes",
        "repeats=1",
        "parent_id=1.0",
        "due_from=0",
        "due_to=2026-01-01T00:00",
        "time_zone=",
        "limit=5&limit=6",
    ],
)
async def test_a_query_takes_no_other_type(user: Any, query: str) -> None:
    assert (await user.http.get(user.path(f"?{query}"))).status_code == 422


@pytest.mark.parametrize("conversation_id", ["1", True, 1.0])
async def test_a_conversation_is_a_number(user: Any, conversation_id: object) -> None:
    said = {"message": "hi", "conversation_id": conversation_id}
    assert (await user.http.post(f"/api/{user.id}/chat", json=said)).status_code == 422


@pytest.mark.parametrize("params", [{"limit": "5"}, {"limit": True}, {"order": 1}, {"after": 5}])
async def test_a_chatkit_request_takes_no_other_type(user: Any, params: dict[str, Any]) -> None:
    answer = await user.http.post("/chatkit", json={"type": "threads.list", "params": params})
    assert answer.status_code == 400


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("/health/live", {"GET"}),
        ("/api/me/tasks", {"GET", "POST"}),
        ("/api/me/tasks/1", {"GET", "PUT", "PATCH", "DELETE"}),
        ("/api/me/tasks/quick-add", {"POST"}),
        ("/api/me/tasks/bulk", {"POST"}),
        ("/api/me/tasks/counts", {"GET"}),
        ("/api/me/export", {"GET"}),
        ("/api/me/import", {"POST"}),
        ("/api/me/changes", {"GET"}),
        ("/api/me/events", {"GET"}),
        ("/api/me/undo", {"POST"}),
        ("/api/me/redo", {"POST"}),
        ("/api/me/tasks/1/complete", {"PATCH"}),
        ("/chatkit", {"POST"}),
        ("/mcp", {"POST"}),
    ],
)
async def test_a_path_says_what_it_takes(anonymous: httpx2.AsyncClient, path: str, allowed: set[str]) -> None:
    expected = allowed | {"OPTIONS"} | ({"HEAD"} if "GET" in allowed else set())
    asked = await anonymous.options(path)
    assert (asked.status_code, set(asked.headers["allow"].split(", "))) == (204, expected)
    for method in {"GET", "POST", "PUT", "PATCH", "DELETE", "TRACE", "PROPFIND"} - allowed:
        refused = await anonymous.request(method, path)
        assert refused.status_code == 405, method
        assert set(refused.headers["allow"].split(", ")) == expected


@pytest.mark.parametrize("path", ["/health/live", "/api/me/tasks", "/openapi.json", "/nothing/here"])
async def test_head_is_get_without_the_body(live: Any, user: Any, path: str) -> None:
    async with live.client(user) as client:
        head, got = await client.head(path), await client.get(path)
    assert (head.status_code, head.content) == (got.status_code, b"")
    assert head.headers["content-type"] == got.headers["content-type"]


@pytest.mark.parametrize("line", ["TRACE /health/live", "OPTIONS *", "TRACE *", "GET *", "PROPFIND /", "GET http://x/"])
async def test_no_request_line_is_an_error_of_ours(live: Any, line: str) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", httpx2.URL(live.url).port)
    writer.write(f"{line} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
    answer = await reader.read()
    writer.close()
    assert 200 <= int(answer.split()[1]) < 500, answer
