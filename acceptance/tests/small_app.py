"""A stand-in for the application: accounts, tasks, chat and the ChatKit protocol, with faults on demand."""

import json
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

COOKIE = "session"


class SmallApp:
    """What it holds, and which faults it has: each name maps to how often the fault still happens."""

    def __init__(self) -> None:
        self.titles: list[str] = []
        self.keys: set[str] = set()
        self.faults: Counter[str] = Counter()
        self.accounts: set[str] = set()
        self.sessions: set[str] = set()
        self.requests: Counter[str] = Counter()
        self.lock = threading.Lock()
        self.address = ""
        self.open_streams = 0
        self.stream_ends = threading.Semaphore(0)  # a stream stays open until it gets this
        self.stream_seconds = 0.0  # or for so long

    def fault(self, name: str) -> bool:
        """Does this fault happen now?"""
        with self.lock:
            self.faults[name] -= 1
            return self.faults[name] >= 0

    def add(self, text: str, key: str | None = None) -> None:
        """Keep the tasks that `text` asks for, once for each key."""
        if self.fault("lose") or (key and key in self.keys):
            return
        self.keys.add(key or "")
        self.titles += text.split("; ") * (2 if self.fault("double") else 1)


@contextmanager
def small_app() -> Iterator[SmallApp]:
    """The application on a port of this machine."""
    app = SmallApp()
    ThreadingHTTPServer.request_queue_size = 128  # as many may ask at once
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"app": app}))
    server.daemon_threads = True
    app.address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield app
    finally:
        server.shutdown()
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    app: SmallApp
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: Any) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        self._serve({})

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        self._serve(json.loads(self.rfile.read(length) or b"{}"))

    def _serve(self, body: dict[str, Any]) -> None:
        app, path = self.app, self.path.partition("?")[0]
        app.requests[f"{self.command} {path}"] += 1
        session = (self.headers.get("Cookie") or "").rpartition("=")[2]
        if path.startswith("/api/auth/"):
            self._account(path.rpartition("/api/auth/")[2], body)
        elif session not in app.sessions:
            self._answer(401, {})
        elif app.fault("away"):
            self._answer(502, {})
        elif path == "/chatkit":
            self._chatkit(body)
        elif "limit=200" in self.path and app.fault("no list"):
            self._answer(503, {})
        elif self.command == "GET":
            cursor = int(self.path.partition("cursor=")[2] or 0)
            page = [{"title": title} for title in app.titles[cursor : cursor + 3]]
            self._answer(200, {"items": page, "next_cursor": str(cursor + 3) if len(app.titles) > cursor + 3 else None})
        else:
            app.add(body.get("title") or body["message"], self.headers.get("Idempotency-Key"))
            if app.fault("answer lost"):
                self.close_connection = True
            else:
                self._answer(201 if "title" in body else 200, {})

    def _account(self, what: str, body: dict[str, Any]) -> None:
        app = self.app
        if what == "delete-user":
            app.accounts.clear()
            self._answer(200, {})
            return
        app.accounts.add(body["email"])
        session = f"s{sum(app.requests.values())}"
        app.sessions.add(session)
        self._answer(200, {}, [("Set-Cookie", f"{COOKIE}={session}; Path=/")])

    def _chatkit(self, body: dict[str, Any]) -> None:
        app, params = self.app, body["params"]
        key = self.headers.get("Idempotency-Key")
        if app.fault("under way"):
            self._answer(409, {})
            return
        events: list[dict[str, Any]] = []
        if body["type"] == "threads.create":
            events.append({"type": "thread.created", "thread": {"id": "thr_1"}})
        events.append({"type": "thread.item.done", "item": {"type": "user_message", "id": "u"}})
        app.add(params["input"]["content"][0]["text"], None if app.fault("forget") else key)
        if app.fault("cut"):
            self._stream(events, whole=False)
        else:
            self._stream([*events, {"type": "thread.item.done", "item": {"type": "assistant_message", "id": "a"}}])

    def _stream(self, events: list[dict[str, Any]], *, whole: bool = True) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Transfer-Encoding", "chunked")
        self.send_header("X-Served-By", "pod-1")
        self.end_headers()
        for event in events:
            data = f"data: {json.dumps(event)}\n\n".encode()
            self.wfile.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")
        self.app.open_streams += 1
        self.app.stream_ends.acquire(timeout=self.app.stream_seconds)
        self.app.open_streams -= 1
        if whole and not self.app.fault("cut at the end"):
            self.wfile.write(b"0\r\n\r\n")
        self.close_connection = True

    def _answer(self, status: int, body: object, headers: list[tuple[str, str]] | None = None) -> None:
        data = json.dumps(body).encode()
        self.send_response(status)
        for name, value in [("Content-Length", str(len(data))), ("X-Served-By", "pod-1"), *(headers or [])]:
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)
