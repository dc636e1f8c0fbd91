"""`./todo bench proxy`: what the way through the frontend costs, on a stack that runs.

Signs up a user at the public address, then lists 50 tasks: through the proxy with a session cookie, through the
proxy with a bearer token, and, where the backend can be reached (the process engine), directly and through a bare
Node.js proxy on connections that are kept, as ours are. Results go to bench/results/proxy.json.
"""

import argparse
import contextlib
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from support.browser import browser_with_tasks, reachable
from support.measuring import RESULTS, Round, interleaved, medians, report, require_wrk, wrk

START_SECONDS = 30


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
    browser = browser_with_tasks(parser, options.public)
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
