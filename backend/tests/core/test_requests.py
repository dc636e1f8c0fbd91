"""What holds for every request: ids, the pod's name, limits, problem documents, one JSON line in the log."""

import asyncio
import json
import logging
from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pytest
from fastapi import FastAPI

from todo_backend.core.logs import AccessLog, JsonFormatter, request_id
from todo_backend.core.middleware import MAX_BODY_BYTES


async def test_every_answer_names_its_request_and_its_pod(anonymous: httpx2.AsyncClient) -> None:
    for path in ("/health/live", "/nothing/here", "/api/me/tasks"):
        answer = await anonymous.get(path)
        assert answer.headers["x-served-by"] == "pod-under-test"
        assert answer.headers["x-request-id"]


async def test_a_given_request_id_is_kept_and_a_hostile_one_is_not(anonymous: httpx2.AsyncClient) -> None:
    kept = await anonymous.get("/health/live", headers={"X-Request-ID": "abc-123"})
    assert kept.headers["x-request-id"] == "abc-123"
    replaced = await anonymous.get("/health/live", headers={"X-Request-ID": 'a"}\tinjected'})
    assert replaced.headers["x-request-id"] not in ("", 'a"}\tinjected')


async def test_errors_are_problem_documents(anonymous: httpx2.AsyncClient) -> None:
    for path, status in (("/nothing/here", 404), ("/api/me/tasks", 401)):
        answer = await anonymous.get(path)
        assert answer.status_code == status
        assert answer.headers["content-type"] == "application/problem+json"
        document = answer.json()
        assert document["status"] == status
        assert document["request_id"] == answer.headers["x-request-id"]


async def test_an_unexpected_error_is_a_problem_with_the_id_that_the_log_has(
    app: FastAPI, anonymous: httpx2.AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    @app.get("/broken-on-purpose")
    async def broken() -> None:
        raise RuntimeError("the reason")

    with caplog.at_level(logging.ERROR):
        answer = await anonymous.get("/broken-on-purpose")
    assert answer.status_code == 500
    assert "the reason" not in answer.text
    assert answer.json()["request_id"] == answer.headers["x-request-id"]
    assert "the reason" in caplog.text


@pytest.mark.parametrize("declared", [True, False])
async def test_a_body_over_the_limit_is_refused(user: Any, declared: bool) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(MAX_BODY_BYTES // 65536 + 1):
            yield b" " * 65536

    body = b" " * (MAX_BODY_BYTES + 1) if declared else chunks()
    answer = await user.http.post(user.path(), content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == 413


async def test_a_client_that_goes_away_while_it_sends_is_no_error_of_ours(
    live: Any, user: Any, caplog: pytest.LogCaptureFixture
) -> None:
    head = f"POST {user.path()} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {user.token}\r\nContent-Length: 9\r\n\r\n"
    _, writer = await asyncio.open_connection("127.0.0.1", httpx2.URL(live.url).port)
    with caplog.at_level(logging.INFO):
        writer.write(f"{head}{{".encode())
        await writer.drain()
        await asyncio.sleep(0.2)
        writer.close()
        await asyncio.sleep(0.3)
    assert not [record for record in caplog.records if record.levelno >= logging.WARNING]


def test_a_log_line_is_one_json_object() -> None:
    record = logging.LogRecord("a.logger", logging.WARNING, __file__, 1, "two\nlines %s", ("here",), None)
    record.status = 200
    line = JsonFormatter("pod-1").format(record)
    assert "\n" not in line
    parsed = json.loads(line)
    assert parsed["message"] == "two\nlines here"
    assert (parsed["level"], parsed["pod"], parsed["status"]) == ("warning", "pod-1", 200)


async def test_the_line_of_a_request_has_the_shape_of_every_other(capsys: pytest.CaptureFixture[str]) -> None:
    logger = logging.getLogger("todo_backend.access")
    request = {"method": "GET", "path": '/api/"}\n{/ü', "status": 200, "duration_ms": 1.23}
    record = logger.makeRecord(logger.name, logging.ERROR, "", 0, "request", (), None, extra=request)
    set_for_the_test = request_id.set("id-1")
    try:
        AccessLog('pod-"1"').write(logging.ERROR, "GET", request["path"], 200, 0.001234)
        expected = json.loads(JsonFormatter('pod-"1"').format(record))
    finally:
        request_id.reset(set_for_the_test)
    [line] = capsys.readouterr().out.splitlines()
    written = json.loads(line)
    assert {**written, "time": None} == {**expected, "time": None}
    assert len(written["time"]) == len(expected["time"])


async def test_a_log_that_cannot_be_written_fails_no_request(monkeypatch: pytest.MonkeyPatch) -> None:
    flushed = asyncio.Event()

    class Full:
        def write(self, _: str) -> int:
            raise OSError(28, "No space left on device")

        def flush(self) -> None:
            flushed.set()
            raise OSError(28, "No space left on device")

    monkeypatch.setattr("sys.stdout", Full())
    log = AccessLog("pod-1")
    for _ in range(2):
        flushed.clear()
        log.write(logging.ERROR, "GET", "/", 200, 0.001)
        await flushed.wait()


@pytest.mark.parametrize(
    ("body", "media_type", "status", "says"),
    [
        ("", "application/json", 422, "The body is missing"),
        ("{", "application/json", 422, "Invalid JSON"),
        ("[]", "application/json", 422, "object"),
        ('{"title": "milk"}', "text/plain", 415, "Content-Type: application/json"),
        ("title=milk", "application/x-www-form-urlencoded", 415, "Content-Type: application/json"),
    ],
)
async def test_a_body_that_cannot_be_read_is_refused_in_words(
    user: Any, body: str, media_type: str, status: int, says: str
) -> None:
    answer = await user.http.post(user.path(), content=body, headers={"Content-Type": media_type})
    assert answer.status_code == status
    assert says in answer.json()["detail"]


@pytest.mark.parametrize(
    "media_type", ["application/json", "Application/JSON; charset=utf-8", "application/merge+json"]
)
async def test_json_by_any_of_its_names_is_read(user: Any, media_type: str) -> None:
    answer = await user.http.post(user.path(), content='{"title": "milk"}', headers={"Content-Type": media_type})
    assert answer.status_code == 201
