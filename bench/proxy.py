"""`./todo bench proxy`: what the way through the frontend costs, on a stack that runs.

Signs up a user at the public address, then lists 50 tasks: through the proxy with a session cookie, through the
proxy with a bearer token, and, where the backend can be reached (the process engine), directly and through a bare
Node.js proxy on connections that are kept, as ours are. Results go to bench/results/proxy.json.
"""

import argparse
import contextlib
import json
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any

from support.measuring import RESULTS, Round, interleaved, medians, report, require_wrk, wrk

START_SECONDS = 30


class Browser:
    """A signed-up user's browser, as far as cookies go."""

    def __init__(self, public: str) -> None:
        self.public = public
        self._cookies = CookieJar()
        self._opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self._cookies))
        email = f"bench-{time.time_ns()}@example.com"
        self.ask("/api/auth/sign-up/email", {"name": "Bench", "email": email, "password": "a long enough password"})

    def ask(self, path: str, body: dict[str, Any] | None = None) -> Any:
        """The JSON answer to a GET, or to a POST of `body`."""
        request = urllib.request.Request(
            self.public + path,
            None if body is None else json.dumps(body).encode(),
            {"Content-Type": "application/json", "Origin": self.public},
        )
        return json.load(self._opener.open(request, timeout=20))

    @property
    def cookie(self) -> dict[str, str]:
        """The headers of a session."""
        return {"Cookie": "; ".join(f"{cookie.name}={cookie.value}" for cookie in self._cookies)}


def reachable(url: str) -> bool:
    """Whether something answers there."""
    with contextlib.suppress(OSError):
        return bool(urllib.request.urlopen(f"{url}/health/live", timeout=2).status == 200)
    return False


@contextlib.contextmanager
def bare_proxy(backend: str) -> Iterator[str]:
    """The address of a proxy with nothing around it, before that backend."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    node = shutil.which("node") or sys.exit("bench: needs node on the PATH, for the bare proxy")
    process = subprocess.Popen([node, str(Path(__file__).parent / "support" / "bare-proxy.mjs"), backend, str(port)])
    try:
        address = f"http://127.0.0.1:{port}"
        deadline = time.monotonic() + START_SECONDS
        while not reachable(address):
            if process.poll() is not None or time.monotonic() > deadline:
                sys.exit("bench: the bare proxy does not start")
            time.sleep(0.1)
        yield address
    finally:
        process.terminate()
        process.wait()


def main() -> None:
    """Run all rounds, print medians and ratios, write the results."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--public", default="http://localhost:30080")
    parser.add_argument("--backend", default="http://127.0.0.1:30081")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=int, default=5, help="of each measurement")
    parser.add_argument("--output", type=Path, default=RESULTS / "proxy.json")
    options = parser.parse_args()
    require_wrk()
    if not reachable(options.public):
        parser.error(f"nothing answers at {options.public}: run ./todo up")

    browser = Browser(options.public)
    for number in range(50):
        browser.ask("/api/me/tasks", {"title": f"Task number {number}"})
    bearer = {"Authorization": f"Bearer {browser.ask('/api/auth/token')['token']}"}
    page = "/api/me/tasks?limit=50"

    def through(url: str, headers: dict[str, str] | None = None) -> Round:
        return wrk(url, options.seconds, headers=headers)

    measurements = {
        "frontend, liveness": lambda: through(f"{options.public}/health/live"),
        "through the proxy, session": lambda: through(options.public + page, browser.cookie),
        "through the proxy, bearer token": lambda: through(options.public + page, bearer),
    }
    compared = [("through the proxy, session", "through the proxy, bearer token")]
    with contextlib.ExitStack() as stack:
        if reachable(options.backend):
            bare = stack.enter_context(bare_proxy(options.backend))
            measurements["backend, directly"] = lambda: through(options.backend + page, bearer)
            measurements["through a bare proxy"] = lambda: through(bare + page, bearer)
            compared += [
                ("through the proxy, bearer token", "backend, directly"),
                ("through the proxy, bearer token", "through a bare proxy"),
                ("through a bare proxy", "backend, directly"),
            ]
        results = interleaved(measurements, options.rounds)
    median = medians(results)
    ratios = {f"{name} against {base}": median[name]["rps"] / median[base]["rps"] for name, base in compared}
    report(results, ratios, options.output)


if __name__ == "__main__":
    main()
