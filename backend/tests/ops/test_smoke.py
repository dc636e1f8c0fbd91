"""The smoke test against a frontend of a few lines and two real backends: it passes, and each check can fail."""

import asyncio
import contextlib
import itertools
import os
import re
import signal
import socket
import sys
import time
import uuid
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx2
import psycopg
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from todo_backend.core.settings import SmokeSettings
from todo_backend.ops.smoke import SmokeTest

SOURCES = str(Path("src").resolve())
PAGE = '<title>Todo Stack</title><script src="/_next/static/chunks/main.js"></script>'
CHECKS = [
    "page served",
    "sign-up works",
    "a task is created",
    "a chat turn",
    "requests reach 2",
    "MCP lists",
    "another user",
    "the accounts are deleted",
]


class Frontend:
    """What the smoke test sees of the frontend: accounts, and a proxy that takes the backends in turn."""

    def __init__(self, database_url: str, signing_keys: Any, backends: list[str]) -> None:
        self.database_url = database_url
        self.signing_keys = signing_keys
        self.backends = backends
        self.url = ""
        self.sessions: dict[str, tuple[str, str]] = {}
        self.instead: dict[str, Response] = {}  # by path: what is answered in place of the truth
        self.without: set[str] = set()

    @property
    def accounts(self) -> int:
        with psycopg.connect(self.database_url) as connection:
            row = connection.execute("""SELECT count(*) FROM "user" WHERE email LIKE 'smoke-%'""").fetchone()
        assert row is not None
        return int(row[0])

    def app(self) -> Starlette:
        turns = itertools.count()

        async def page(request: Request) -> Response:
            return Response(PAGE, media_type="text/html")

        async def script(request: Request) -> Response:
            return PlainTextResponse("", 404 if "scripts" in self.without else 200)

        async def sign_up(request: Request) -> Response:
            if request.headers.get("origin") != "https://todo.example":
                return JSONResponse({"message": "Invalid origin"}, 403)
            given = await request.json()
            user_id, session = uuid.uuid4().hex, uuid.uuid4().hex
            with psycopg.connect(self.database_url, autocommit=True) as connection:
                connection.execute(
                    'INSERT INTO "user" (id, name, email, "emailVerified") VALUES (%s, %s, %s, false)',
                    [user_id, given["name"], given["email"]],
                )
            self.sessions[session] = user_id, given["password"]
            answer = JSONResponse({"token": session, "user": {"id": user_id}})
            answer.set_cookie("__Secure-todo-stack.session_token", session, secure=True, httponly=True)
            return answer

        async def token(request: Request) -> Response:
            known = self.session(request)
            if known is None:
                return JSONResponse({"message": "Unauthorized"}, 401)
            return JSONResponse({"token": self.signing_keys.token(known[0])})

        async def delete_user(request: Request) -> Response:
            if "deletion" in self.without:
                return Response(status_code=404)
            known = self.session(request)
            if known is None or (await request.json())["password"] != known[1]:
                return JSONResponse({"message": "Invalid password"}, 400)
            with psycopg.connect(self.database_url, autocommit=True) as connection:
                connection.execute('DELETE FROM "user" WHERE id = %s', [known[0]])
            self.sessions = {key: session for key, session in self.sessions.items() if session != known}
            return JSONResponse({"success": True})

        async def proxy(request: Request) -> Response:
            sent = {
                name: value
                for name, value in request.headers.items()
                if name in ("authorization", "content-type", "accept", "idempotency-key", "mcp-protocol-version")
            }
            if "authorization" not in sent and (known := self.session(request)):
                sent["authorization"] = f"Bearer {self.signing_keys.token(known[0])}"
            if "titles" in self.without and request.url.path.startswith("/api/me/tasks/"):
                return JSONResponse({"title": "Another title"})
            if "isolation" in self.without:
                path = re.sub("^/api/[0-9a-f]{32}/", "/api/me/", request.url.path)
            else:
                path = request.url.path
            backend = self.backends[next(turns) % len(self.backends)]
            async with httpx2.AsyncClient(base_url=backend, timeout=60, verify=False) as http:
                answer = await http.request(
                    request.method, f"{path}?{request.url.query}", content=await request.body(), headers=sent
                )
            kept = {name: answer.headers[name] for name in ("content-type", "x-served-by", "x-request-id")}
            return Response(answer.content, answer.status_code, kept)

        def served(endpoint: Any) -> Any:
            async def answer(request: Request) -> Response:
                return self.instead.get(request.url.path) or await endpoint(request)

            return answer

        return Starlette(
            routes=[
                Route("/", served(page)),
                Route("/_next/static/{rest:path}", served(script)),
                Route("/api/auth/sign-up/email", served(sign_up), methods=["POST"]),
                Route("/api/auth/token", served(token)),
                Route("/api/auth/delete-user", served(delete_user), methods=["POST"]),
                Route("/{rest:path}", served(proxy), methods=["GET", "POST"]),
            ]
        )

    def session(self, request: Request) -> tuple[str, str] | None:
        return self.sessions.get(request.cookies.get("__Secure-todo-stack.session_token", ""))


@pytest.fixture(scope="module")
async def stack(database_url, signing_keys, serve, listening, settings) -> AsyncIterator[Frontend]:
    other_pod = settings.model_copy(update={"pod_name": "other-pod"})
    async with serve(settings) as one, serve(other_pod) as two:
        frontend = Frontend(database_url, signing_keys, [one.url, two.url])
        async with listening(frontend.app(), lifespan="off") as frontend.url:
            yield frontend


@pytest.fixture
def frontend(stack: Frontend) -> Iterator[Frontend]:
    backends = stack.backends
    yield stack
    stack.backends = backends
    stack.instead.clear()
    stack.without.clear()


async def run(frontend: Frontend, reachable_within: float = 0, **settings: Any) -> dict[str, str]:
    """The line of each check by its name; the result agrees with them."""
    given = {"smoke_url": frontend.url, "smoke_origin": "https://todo.example", "smoke_replicas": 2, **settings}
    lines: list[str] = []
    async with httpx2.AsyncClient(verify=False) as http:
        smoke = SmokeTest(SmokeSettings(**given), http, reachable_by=time.monotonic() + reachable_within)
        passed = await smoke.run(lines.append)
    assert len(lines) == len(CHECKS)
    assert passed is not any(line.startswith("FAIL  ") for line in lines)
    return {check: line for check, line in zip(CHECKS, lines, strict=True) if check in line}


async def test_a_healthy_stack_passes_and_nothing_stays(frontend) -> None:
    before = frontend.accounts
    lines = await run(frontend)
    for check in CHECKS:
        assert re.fullmatch(rf"ok  {check}.* \(\d+ ms\)", lines[check]), lines[check]
    assert frontend.accounts == before


PROBLEM = {"detail": "The reason.", "status": 503}
BROKEN = [
    ("page served", {"/": Response("nginx")}, "is SMOKE_URL the frontend's address?"),
    ("page served", {"/": Response("Todo Stack")}, "loads no script"),
    ("page served", {"/": JSONResponse({}, 500)}, "GET / answered 500 instead of 200"),
    ("sign-up works", {"/api/auth/sign-up/email": JSONResponse({}, 503)}, "look at the frontend's log"),
    ("sign-up works", {"/api/auth/token": JSONResponse({"token": "x.y.z"})}, "AUTH_JWKS_URL"),
    ("sign-up works", {"/api/auth/token": Response("ok")}, "answered no JSON object"),
    ("sign-up works", {"/api/auth/token": JSONResponse({})}, "another shape"),
    ("a chat turn", {"/api/me/chat": JSONResponse(PROBLEM, 503, {"x-request-id": "id-7"})}, "'The reason.'"),
    ("a chat turn", {"/api/me/chat": JSONResponse(PROBLEM, 503, {"x-request-id": "id-7"})}, "X-Request-ID id-7"),
    ("a chat turn", {"/api/me/chat": JSONResponse({"response": ""})}, "said nothing"),
    ("MCP lists", {"/mcp": JSONResponse({}, 404)}, "POST /mcp answered 404 instead of 200"),
    ("MCP lists", {"/mcp": JSONResponse({"error": {"message": "no"}})}, "initialize at /mcp"),
    ("MCP lists", {"/mcp": JSONResponse({"result": {"tools": []}})}, "no add_task"),
]


@pytest.mark.parametrize(("check", "instead", "says"), BROKEN)
async def test_what_is_broken_is_said(frontend, check, instead, says) -> None:
    before = frontend.accounts
    frontend.instead = instead
    lines = await run(frontend)
    assert lines[check].startswith("FAIL  ")
    assert says in lines[check]
    frontend.instead = {}
    if check == "sign-up works":
        assert lines["a task is created"].startswith("skip  ")
    elif check != "page served":
        assert lines["sign-up works"].startswith("ok  ")
    assert frontend.accounts == before


@pytest.mark.parametrize("code", ["SIGN_UP_CLOSED", "SIGN_UP_BY_MAIL"])
async def test_where_no_account_is_made_at_once_the_rest_is_tested(frontend, code) -> None:
    refused = JSONResponse({"code": code, "message": "Accounts are made otherwise."}, 403)
    frontend.instead = {"/api/auth/sign-up/email": refused}
    lines = await run(frontend)
    passing = {"page served", "the accounts are deleted"}
    assert {check for check, line in lines.items() if line.startswith("ok  ")} == passing
    assert all(line.startswith("skip  ") for check, line in lines.items() if check not in passing)
    assert f"({code}); with SIGN_UP=open" in lines["sign-up works"]
    frontend.instead["/api/me/tasks"] = JSONResponse({}, 502)
    assert "answered 502 instead of 401" in (await run(frontend))["sign-up works"]


async def test_a_task_that_reads_otherwise_fails(frontend) -> None:
    frontend.without.add("titles")
    assert "reads 'Another title' instead of 'Smoke test " in (await run(frontend))["a task is created"]


async def test_static_files_that_are_missing_fail(frontend) -> None:
    frontend.without.add("scripts")
    assert "lacks its static files" in (await run(frontend))["page served"]


async def test_an_origin_that_is_not_trusted_is_explained(frontend) -> None:
    line = (await run(frontend, smoke_origin=None))["sign-up works"]
    assert line.startswith("FAIL  ")
    assert "asks to set SMOKE_ORIGIN" in line


async def test_a_pod_that_gets_no_requests_fails(frontend) -> None:
    frontend.backends = frontend.backends[:1]
    line = (await run(frontend))["requests reach 2"]
    assert line.startswith("FAIL  requests reach 2 backend pod(s): 40 requests were answered by 1 of 2 pods")
    assert "pod-under-test" in line


async def test_users_who_see_each_other_fail(frontend) -> None:
    frontend.without.add("isolation")
    line = (await run(frontend))["another user"]
    assert "answered 200 instead of 403" in line


async def test_accounts_that_stay_fail(frontend) -> None:
    frontend.without.add("deletion")
    line = (await run(frontend))["the accounts are deleted"]
    assert line.startswith("FAIL  ")
    assert line.count("stays: POST /api/auth/delete-user answered 404") == 2


async def test_nobody_there(frontend) -> None:
    lines = await run(frontend, smoke_url="http://127.0.0.1:1")
    assert "http://127.0.0.1:1 is not reachable" in lines["page served"]
    assert lines["sign-up works"].startswith("FAIL  ")
    assert lines["the accounts are deleted"].startswith("ok  ")


async def test_a_service_that_its_node_learns_of_late_passes(frontend) -> None:
    """Until the node has the Service's rules, it refuses connections to a frontend that is Ready."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]

    async def later() -> asyncio.Server:
        await asyncio.sleep(1)
        return await asyncio.start_server(forward, "127.0.0.1", port)

    async def forward(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        address = urlsplit(frontend.url)
        their_reader, their_writer = await asyncio.open_connection(address.hostname, address.port)
        await asyncio.gather(_copy(reader, their_writer), _copy(their_reader, writer))

    learned = asyncio.create_task(later())
    scheme = urlsplit(frontend.url).scheme
    lines = await run(frontend, reachable_within=60, smoke_url=f"{scheme}://127.0.0.1:{port}")
    (await learned).close()
    assert [line for line in lines.values() if not line.startswith("ok  ")] == []


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(ConnectionError):
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    writer.close()


async def command(**environment: str) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "todo_backend",
        "smoke",
        env={**os.environ, "PYTHONPATH": SOURCES, **environment},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )


async def test_the_command_needs_an_address_only(frontend) -> None:
    good = await command(SMOKE_URL=f"{frontend.url}/", SMOKE_ORIGIN="https://todo.example/")
    out, err = await good.communicate()
    assert (good.returncode, err) == (0, b"")
    assert out.startswith(b"ok  page served")
    bad = await command(SMOKE_URL=f"{frontend.url}/not-here")
    await bad.communicate()
    assert bad.returncode == 1
    unset = await command()
    assert (await unset.communicate())[1].startswith(b"SMOKE_URL: is missing")
    assert unset.returncode == 78


async def test_a_command_that_is_stopped_takes_its_accounts_away(frontend) -> None:
    before = frontend.accounts
    frontend.backends = []  # no answer of any kind follows the sign-up
    stuck, stopped = asyncio.Event(), asyncio.Event()

    class Stuck(Response):
        async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
            stuck.set()
            await stopped.wait()

    frontend.instead = {"/api/me/tasks": Stuck()}
    running = await command(SMOKE_URL=frontend.url, SMOKE_ORIGIN="https://todo.example")
    await asyncio.wait_for(stuck.wait(), 120)
    assert frontend.accounts == before + 1
    running.send_signal(signal.SIGTERM)
    out, _ = await running.communicate()
    stopped.set()
    assert running.returncode == 1
    assert b"told to stop" in out
    assert frontend.accounts == before
