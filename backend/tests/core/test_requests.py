"""What holds for every request: ids, the pod's name, limits, problem documents, one JSON line in the log."""

import json
import logging
from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pytest
from fastapi import FastAPI

from todo_backend.logs import JsonFormatter
from todo_backend.middleware import MAX_BODY_BYTES


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


def test_a_log_line_is_one_json_object() -> None:
    record = logging.LogRecord("a.logger", logging.WARNING, __file__, 1, "two\nlines %s", ("here",), None)
    record.status = 200
    line = JsonFormatter("pod-1").format(record)
    assert "\n" not in line
    parsed = json.loads(line)
    assert parsed["message"] == "two\nlines here"
    assert (parsed["level"], parsed["pod"], parsed["status"]) == ("warning", "pod-1", 200)
