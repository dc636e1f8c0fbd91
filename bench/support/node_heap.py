"""What a Node.js process really holds: its heap after a collection, asked for through the inspector."""

import asyncio
import json
import os
import signal
import urllib.request
from typing import Any

import websockets

INSPECTOR = "http://127.0.0.1:9229/json"  # where SIGUSR1 has it listen
START_SECONDS = 1.0


async def heap_mb(pid: int) -> float:
    """Megabytes in use once what nobody holds any more is collected: V8 leaves that for long where nothing is short."""
    os.kill(pid, signal.SIGUSR1)
    await asyncio.sleep(START_SECONDS)
    [target, *_] = json.loads(await asyncio.to_thread(_read, INSPECTOR))
    async with websockets.connect(target["webSocketDebuggerUrl"]) as connection:

        async def call(number: int, method: str) -> dict[str, Any]:
            await connection.send(json.dumps({"id": number, "method": method}))
            while True:
                answer: dict[str, Any] = json.loads(await connection.recv())
                if answer.get("id") == number:
                    return answer["result"]

        await call(1, "HeapProfiler.collectGarbage")
        await call(2, "HeapProfiler.collectGarbage")
        used: float = (await call(3, "Runtime.getHeapUsage"))["usedSize"]
    return used / 2**20


def _read(url: str) -> bytes:
    with urllib.request.urlopen(url, timeout=20) as answer:
        content: bytes = answer.read()
    return content
