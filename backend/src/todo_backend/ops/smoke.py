"""The smoke test: what a person, a program and a stranger find at the stack's address.

It talks to the frontend alone and needs no database: `helm test` runs it in the cluster, anybody anywhere else. The
accounts that it makes are deleted at the end, whatever happened.
"""

import asyncio
import contextlib
import json
import re
import secrets
import signal
import sys
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import httpx2

from todo_backend.core.settings import SmokeSettings

TIMEOUT_SECONDS = 60.0  # a slow machine still answers within it; what hangs does not
CHAT_SECONDS = 200.0  # a model over the network may take three calls of a minute
REACHABLE_SECONDS = 20.0  # a node may learn late where a new pod is: until then it refuses connections to its Service
REQUESTS_PER_REPLICA = 20  # with two replicas, all requests reach the same one by chance once in 10^12 runs
_AT_ONCE = 10
_CONNECT_AGAIN_SECONDS = 0.5
_MCP = {"accept": "application/json, text/event-stream", "mcp-protocol-version": "2025-06-18"}
_SCRIPT = re.compile(r'"(/_next/static/[^"\\]+\.js)"')
#: By which the frontend says that it makes no account at once: sign-up is closed, or goes by a link in a mail.
_NO_SIGN_UP = ("SIGN_UP_CLOSED", "SIGN_UP_BY_MAIL")
_FRONTEND = "look at the frontend's log (`./todo logs frontend`)"
_BACKEND = "look at the backend's log (`./todo logs backend`)"


class Failed(Exception):
    """A check found something else than it should: its text says what, and what to look at."""


class Skipped(Exception):
    """A check could not be made: one before it failed, or no account is made at once here."""


@dataclass
class Account:
    """A user that the smoke test made."""

    email: str
    password: str
    cookies: str
    id: str = ""
    token: str = ""  # once the backend has accepted it

    @property
    def bearer(self) -> dict[str, str]:
        """What a program sends."""
        return {"authorization": f"Bearer {self.token}"}


@dataclass
class SmokeTest:
    """The checks, in their order, and what they share."""

    settings: SmokeSettings
    http: httpx2.AsyncClient
    accounts: list[Account] = field(default_factory=list)
    #: In `time.monotonic()`: until then a refused connection is tried again.
    reachable_by: float = field(default_factory=lambda: time.monotonic() + REACHABLE_SECONDS)

    async def run(self, say: Callable[[str], None]) -> bool:
        """Make every check; `say` gets a line for each. True when none of them failed."""
        checks: list[tuple[str, Callable[[], Awaitable[None]]]] = [
            ("page served", self.page),
            ("sign-up works, and the backend accepts its token", self.sign_up),
            ("a task is created and read", self.task),
            ("a chat turn is answered", self.chat),
            (f"requests reach {self.settings.smoke_replicas} backend pod(s)", self.replicas),
            ("MCP lists its tools", self.mcp),
            ("another user is refused", self.stranger),
        ]
        passed = True
        try:
            for name, check in checks:
                passed &= await _report(name, check, say)
        finally:
            # Shielded: a smoke test that is told to stop still takes its accounts away.
            deleted = await asyncio.shield(_report("the accounts are deleted again", self.delete_accounts, say))
        return passed and deleted

    async def page(self) -> None:
        """The page and one of its scripts: an image without its static files serves pages that do nothing."""
        answer = await self._ask("GET", "/", look=_FRONTEND)
        if "Todo Stack" not in answer.text:
            raise Failed("GET / does not show Todo Stack: is SMOKE_URL the frontend's address?")
        if (script := _SCRIPT.search(answer.text)) is None:
            raise Failed("the page loads no script: look at how the frontend's image was built")
        await self._ask("GET", script[1], look="the frontend's image lacks its static files")

    async def sign_up(self) -> None:
        """A new account, its token, and a request that the backend must accept."""
        try:
            account = await self._new_account()
        except Skipped:
            await self._ask("GET", "/api/me/tasks", 401, look=_BACKEND)
            raise
        answer = await self._ask("GET", "/api/auth/token", cookies=account, look=_FRONTEND)
        token = str(_json(answer)["token"])
        look = "the backend verifies tokens with the keys at AUTH_JWKS_URL: can it reach the frontend? " + _BACKEND
        await self._ask("GET", "/api/me/tasks", headers={"authorization": f"Bearer {token}"}, look=look)
        account.token = token

    async def task(self) -> None:
        """A task as the page makes one, with the session's cookie."""
        person = self._person()
        title = f"Smoke test {secrets.token_hex(4)}"
        made = await self._add_task(person, title)
        read = _json(await self._ask("GET", f"/api/me/tasks/{made}", cookies=person, look=_BACKEND))
        if read.get("title") != title:
            raise Failed(f"task {made} reads {read.get('title')!r} instead of {title!r}: {_BACKEND}")

    async def chat(self) -> None:
        """A turn of the assistant."""
        answer = await self._ask(
            "POST",
            "/api/me/chat",
            cookies=self._person(),
            json={"message": "Show my tasks"},
            headers={"idempotency-key": secrets.token_hex(16)},
            timeout=CHAT_SECONDS,
            look=f"OPENAI_API_KEY, OPENAI_BASE_URL and OPENAI_MODEL decide who answers; {_BACKEND}",
        )
        if not _json(answer).get("response"):
            raise Failed(f"the assistant said nothing: {_BACKEND}")

    async def replicas(self) -> None:
        """As many pods as there should be, each seen in an answer."""
        person = self._person()
        wanted = self.settings.smoke_replicas
        limit = wanted * REQUESTS_PER_REPLICA
        seen: set[str] = set()
        for _ in range(0, limit, _AT_ONCE):
            asked = (
                self._ask("GET", "/api/me/tasks?limit=1", headers=person.bearer, look=_BACKEND) for _ in range(_AT_ONCE)
            )
            seen |= {answer.headers.get("x-served-by", "nobody") for answer in await asyncio.gather(*asked)}
            if len(seen) >= wanted:
                return
        raise Failed(
            f"{limit} requests were answered by {len(seen)} of {wanted} pods ({', '.join(sorted(seen))}): "
            "look at `kubectl get pods -l tier=backend`; are all Ready?"
        )

    async def mcp(self) -> None:
        """What an MCP client does first; no session, so each request may reach another pod."""
        hello = {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "smoke", "version": "1"}}
        await self._mcp("initialize", hello)
        tools = (await self._mcp("tools/list", {})).get("tools", [])
        if "add_task" not in {tool["name"] for tool in tools}:
            raise Failed(f"/mcp offers {len(tools)} tools and no add_task: {_BACKEND}")

    async def stranger(self) -> None:
        """A second account finds the first one's path closed and its task absent."""
        person, stranger = self._person(), await self._new_account()
        task = await self._add_task(person, "Nobody else's business")
        answer = await self._ask("GET", "/api/auth/token", cookies=stranger, look=_FRONTEND)
        stranger.token = str(_json(answer)["token"])
        for path, status in ((f"/api/{person.id}/tasks", 403), (f"/api/me/tasks/{task}", 404)):
            look = "users are not kept apart: take this release out of service"
            await self._ask("GET", path, status, headers=stranger.bearer, look=look)

    async def delete_accounts(self) -> None:
        """Every account that was made is gone, and its session with it."""
        failed = []
        for account in self.accounts:
            try:
                body = {"password": account.password}
                await self._ask("POST", "/api/auth/delete-user", cookies=account, json=body, look=_FRONTEND)
                await self._ask("GET", "/api/auth/token", 401, cookies=account, look=_FRONTEND)
            except Failed as error:
                failed.append(f"{account.email} stays: {error}")
        if failed:
            raise Failed("; ".join(failed))

    def _person(self) -> Account:
        if not self.accounts or not self.accounts[0].token:
            raise Skipped("it needs an account that the backend knows")
        return self.accounts[0]

    async def _new_account(self) -> Account:
        email, password = f"smoke-{secrets.token_hex(8)}@example.com", secrets.token_urlsafe(24)
        answer = await self._ask(
            "POST",
            "/api/auth/sign-up/email",
            json={"email": email, "password": password, "name": "Smoke test"},
            look=f"{_FRONTEND}; a 403 asks to set SMOKE_ORIGIN to the address in PUBLIC_URL",
        )
        # By hand: a cookie that is for https only goes to the frontend's Service by http here.
        cookies = "; ".join(cookie.partition(";")[0] for cookie in answer.headers.get_list("set-cookie"))
        account = Account(email, password, cookies)
        self.accounts.append(account)
        account.id = str(_json(answer)["user"]["id"])
        return account

    async def _add_task(self, person: Account, title: str) -> int:
        key = {"idempotency-key": secrets.token_hex(16)}
        answer = await self._ask(
            "POST", "/api/me/tasks", 201, cookies=person, json={"title": title}, headers=key, look=_BACKEND
        )
        return int(_json(answer)["id"])

    async def _mcp(self, method: str, params: dict[str, Any]) -> dict[str, Any]:
        call = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}
        answer = await self._ask("POST", "/mcp", headers=self._person().bearer | _MCP, json=call, look=_BACKEND)
        message = _json(answer)
        if "result" not in message:
            raise Failed(f"{method} at /mcp answered {json.dumps(message)[:200]}: {_BACKEND}")
        result: dict[str, Any] = message["result"]
        return result

    async def _ask(
        self,
        method: str,
        path: str,
        status: int = 200,
        *,
        look: str,
        cookies: Account | None = None,
        headers: dict[str, str] | None = None,
        json: dict[str, Any] | None = None,
        timeout: float = TIMEOUT_SECONDS,  # noqa: ASYNC109 (of one request, as httpx2 has it)
    ) -> httpx2.Response:
        """The answer to a request; raises Failed, telling to `look` somewhere, unless it has this `status`.

        Raises Skipped where the answer is that no account is made at once.
        """
        sent = {"origin": self.settings.origin} | (headers or {})
        if cookies is not None:
            sent["cookie"] = cookies.cookies
        request = self.http.build_request(
            method, self.settings.smoke_url.rstrip("/") + path, headers=sent, json=json, timeout=timeout
        )
        try:
            answer = await self._answer(request)
        except httpx2.TimeoutException:
            raise Failed(f"{method} {path} was not answered within {timeout:g} s: {look}") from None
        except httpx2.TransportError as error:
            where = self.settings.smoke_url
            raise Failed(f"{where} is not reachable ({error or type(error).__name__}): is SMOKE_URL right?") from None
        if answer.status_code != status:
            if (code := _said(answer, "code")) in _NO_SIGN_UP:
                raise Skipped(f"no account is made at once here ({code}); with SIGN_UP=open all of this is tested")
            about = f" (X-Request-ID {id_})" if (id_ := answer.headers.get("x-request-id")) else ""
            raise Failed(
                f"{method} {path} answered {answer.status_code} instead of {status}{_detail(answer)}: {look}{about}"
            )
        return answer

    async def _answer(self, request: httpx2.Request) -> httpx2.Response:
        while True:
            try:
                return await self.http.send(request)
            except httpx2.ConnectError:
                if time.monotonic() >= self.reachable_by:
                    raise
            await asyncio.sleep(_CONNECT_AGAIN_SECONDS)


async def _report(name: str, check: Callable[[], Awaitable[None]], say: Callable[[str], None]) -> bool:
    started = time.perf_counter()
    try:
        await check()
    except Failed as error:
        say(f"FAIL  {name}: {error}")
    except Skipped as error:
        say(f"skip  {name}: {error}")
        return True
    except (KeyError, TypeError, ValueError) as error:
        say(f"FAIL  {name}: an answer has another shape than expected ({error!r}): are both images of one version?")
    else:
        say(f"ok  {name} ({(time.perf_counter() - started) * 1000:.0f} ms)")
        return True
    return False


def _json(answer: httpx2.Response) -> dict[str, Any]:
    try:
        found = answer.json()
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise Failed(f"{answer.request.method} {answer.request.url.path} answered no JSON object: {_FRONTEND}")
    return found


def _detail(answer: httpx2.Response) -> str:
    """What the answer says of itself, as far as it says it in one of the two ways of this stack."""
    said = _said(answer, "detail") or _said(answer, "message")
    return f", {said!r}" if said else ""


def _said(answer: httpx2.Response, name: str) -> object:
    """A member of the answer's JSON; None where it has none."""
    try:
        body = answer.json()
    except ValueError:
        return None
    return body.get(name) if isinstance(body, dict) else None


async def smoke(settings: SmokeSettings) -> bool:
    """Run the smoke test against `settings.smoke_url`, a line for each check on standard output."""
    running = asyncio.current_task()
    assert running is not None  # noqa: S101 (this is a coroutine)
    with contextlib.suppress(NotImplementedError):  # process 1 of a container has no default for SIGTERM
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, running.cancel)

    def say(line: str) -> None:
        sys.stdout.write(f"{line}\n")
        sys.stdout.flush()

    async with httpx2.AsyncClient(trust_env=False) as http:
        try:
            return await SmokeTest(settings, http).run(say)
        except asyncio.CancelledError:
            say("FAIL  the smoke test was told to stop")
            return False
