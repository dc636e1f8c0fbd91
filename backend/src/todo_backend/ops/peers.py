"""The backend's other pods, found by the name of their headless service and asked over HTTP."""

import asyncio
import socket
import time
from typing import Any
from urllib.parse import urlsplit

import httpx2
from pydantic import BaseModel, Field

from todo_backend.core.codes import Code

MAX_PEERS = 50
LIVE_SECONDS = 2.0
READY_SECONDS = 4.5  # longer than readiness takes at most
TOOL_SECONDS = 10.0  # the first call in a pod loads the library that answers it


class PodHealth(BaseModel):
    """A pod of the backend; `why_not` says what keeps it from being ready."""

    pod: str | None = Field(description="null when it does not answer")
    address: str
    answers: bool
    ready: bool
    why_not: str | None
    latency_ms: float | None


class Peers:
    """The pods behind `service` (host:port)."""

    def __init__(self, service: str, http: httpx2.AsyncClient) -> None:
        parts = urlsplit(f"//{service}")
        self._host, self._port = parts.hostname, parts.port
        self._http = http

    async def addresses(self) -> list[str]:
        """Where the pods are, unready ones too; raises OSError when the name cannot be looked up."""
        loop = asyncio.get_running_loop()  # looks names up in a thread
        found = await loop.getaddrinfo(self._host, self._port, type=socket.SOCK_STREAM)
        hosts = {str(address[0]) for *_, address in found}
        return [f"{f'[{host}]' if ':' in host else host}:{self._port}" for host in sorted(hosts)[:MAX_PEERS]]

    async def health(self) -> list[PodHealth]:
        """How each pod is; raises OSError as `addresses` does."""
        return await asyncio.gather(*(self._health_of(address) for address in await self.addresses()))

    async def call(self, tool: str, arguments: dict[str, Any]) -> list[tuple[str, dict[str, Any] | None]]:
        """What the tool answers at each address, None where it does not; raises OSError as `addresses` does."""
        addresses = await self.addresses()
        answers = await asyncio.gather(*(self._call(address, tool, arguments) for address in addresses))
        return list(zip(addresses, answers, strict=True))

    async def _health_of(self, address: str) -> PodHealth:
        started = time.perf_counter()
        try:
            live = await self._http.get(f"http://{address}/health/live", timeout=LIVE_SECONDS)
            latency = round((time.perf_counter() - started) * 1000, 1)
            ready = await self._http.get(f"http://{address}/health/ready", timeout=READY_SECONDS)
            why_not = _not_ready_reason(ready)
        except (httpx2.HTTPError, ValueError, KeyError, TypeError, AttributeError) as error:
            slow = isinstance(error, httpx2.TimeoutException)
            why_not = f"does not answer within {LIVE_SECONDS:g} s" if slow else f"no answer: {error!r:.200}"
            return PodHealth(pod=None, address=address, answers=False, ready=False, why_not=why_not, latency_ms=None)
        pod = live.headers.get("x-served-by")
        return PodHealth(
            pod=pod, address=address, answers=True, ready=why_not is None, why_not=why_not, latency_ms=latency
        )

    async def _call(self, address: str, tool: str, arguments: dict[str, Any]) -> dict[str, Any] | None:
        call = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": tool, "arguments": arguments}}
        headers = {"accept": "application/json, text/event-stream", "mcp-protocol-version": "2025-06-18"}
        try:
            answer = await self._http.post(
                f"http://{address}/ops/mcp", json=call, headers=headers, timeout=TOOL_SECONDS
            )
            content: dict[str, Any] = answer.json()["result"]["structuredContent"]
        except (httpx2.HTTPError, ValueError, KeyError, TypeError):
            return None
        return content


def _not_ready_reason(ready: httpx2.Response) -> str | None:
    if ready.status_code == 200:
        return None
    checks = ready.json()["checks"]
    wrong = {name: check for name, check in checks.items() if check["code"] not in (Code.OK, Code.UNKNOWN)}
    return "; ".join(f"{name}: {check['detail']}" for name, check in wrong.items())
