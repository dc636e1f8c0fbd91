"""`./todo bench lighthouse`: Google's Lighthouse on the landing page, on signing in and on the app, desktop and mobile.

Against a stack that is up, by Chromium, as a new user with 50 tasks. Speed depends on the machine: each figure is the
median of some rounds. Ends with an error where access, best practices or SEO are not at 100, and says why. Results go
to bench/results/lighthouse.json.
"""

import argparse
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from support.browser import Browser, browser_with_tasks
from support.measuring import RESULTS

LIGHTHOUSE = "lighthouse@12.2.3"
PAGES = ("/", "/sign-in", "/app")
DEVICES: dict[str, list[str]] = {"desktop": ["--preset=desktop"], "mobile": []}
CATEGORIES = ("performance", "accessibility", "best-practices", "seo")
METRICS = {
    "first_contentful_paint_ms": "first-contentful-paint",
    "largest_contentful_paint_ms": "largest-contentful-paint",
    "total_blocking_ms": "total-blocking-time",
    "speed_index_ms": "speed-index",
    "layout_shift": "cumulative-layout-shift",
    "bytes": "total-byte-weight",
}
# The registry may be slow to answer.
PATIENCE = {"npm_config_fetch_retries": "10", "npm_config_fetch_timeout": "600000"}

Report = dict[str, Any]


def look_at(browser: Browser, path: str, device: str, chromium: str) -> Report:
    """Lighthouse's report on a page. Ends the program with its output where there is none."""
    with tempfile.TemporaryDirectory(prefix="todo-bench-") as folder:
        headers, report = Path(folder) / "headers.json", Path(folder) / "report.json"
        headers.write_text(json.dumps(browser.cookie if path == "/app" else {}))
        command = [
            *("npx", "--yes", LIGHTHOUSE, browser.public + path, *DEVICES[device]),
            f"--only-categories={','.join(CATEGORIES)}",
            f"--extra-headers={headers}",
            "--chrome-flags=--headless=new --no-sandbox --disable-dev-shm-usage",
            *("--output=json", f"--output-path={report}", "--quiet"),
        ]
        environment = {**os.environ, **PATIENCE, "CHROME_PATH": chromium}
        done = subprocess.run(command, env=environment, cwd=folder, capture_output=True, text=True)
        if not report.exists():
            sys.exit(f"lighthouse reports nothing on {path}:\n{(done.stdout + done.stderr)[-3000:]}")
        found: Report = json.loads(report.read_text())
    if error := found.get("runtimeError"):
        sys.exit(f"lighthouse could not look at {path}: {error['message']}")
    return found


def scores(report: Report) -> dict[str, float]:
    """Of each category, in per cent."""
    return {name: round((report["categories"][name]["score"] or 0) * 100) for name in CATEGORIES}


def missed(report: Report) -> dict[str, str]:
    """What costs a category other than speed its 100, with the first place where it was found."""
    found = {}
    for name in CATEGORIES[1:]:
        for part in report["categories"][name]["auditRefs"]:
            audit = report["audits"][part["id"]]
            if part["weight"] > 0 and audit["score"] is not None and audit["score"] < 1:
                items = audit.get("details", {}).get("items", [])
                found[part["id"]] = f"{audit['title']}: {json.dumps(items[:1])[:600]}"
    return found


def measure(browser: Browser, path: str, device: str, chromium: str, rounds: int) -> dict[str, Any]:
    """The medians of a page on a device, and what it misses."""
    reports = [look_at(browser, path, device, chromium) for _ in range(rounds)]
    each = [scores(report) for report in reports]

    def median(audit: str) -> float:
        return round(statistics.median(report["audits"][audit]["numericValue"] for report in reports), 3)

    return {
        "scores": {name: statistics.median(one[name] for one in each) for name in CATEGORIES},
        **{name: median(audit) for name, audit in METRICS.items()},
        "missed": {name: words for report in reports for name, words in missed(report).items()},
    }


def main() -> None:
    """Look at every page on both devices, print the scores, write the results."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--public", default="http://localhost:30080")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--page", choices=PAGES, action="append", help="this one only")
    parser.add_argument("--device", choices=list(DEVICES), action="append", help="this one only")
    parser.add_argument("--chromium", default=shutil.which("chromium"), help="the browser's program")
    parser.add_argument("--output", type=Path, default=RESULTS / "lighthouse.json")
    options = parser.parse_args()
    if options.chromium is None:
        parser.error("needs Chromium (Debian: apt-get install chromium), or its place by --chromium")
    if shutil.which("npx") is None:
        parser.error("needs Node.js with npm (https://nodejs.org)")
    browser = browser_with_tasks(parser, options.public)

    pages: dict[str, dict[str, Any]] = {}
    print(f"{'':20}" + "".join(f"{name:>16}" for name in CATEGORIES), flush=True)
    for path in options.page or PAGES:
        for device in options.device or DEVICES:
            one = measure(browser, path, device, options.chromium, options.rounds)
            pages[f"{path} {device}"] = one
            print(f"{path + ' ' + device:20}" + "".join(f"{one['scores'][name]:>16.0f}" for name in CATEGORIES))
            for name, words in one["missed"].items():
                print(f"  {name}: {words}")
            sys.stdout.flush()
    result = {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": {"cores": os.cpu_count(), "system": platform.system()},
        "lighthouse": LIGHTHOUSE,
        "rounds": options.rounds,
        "pages": pages,
    }
    options.output.parent.mkdir(exist_ok=True)
    options.output.write_text(json.dumps(result, indent=2) + "\n")
    print(f"written to {options.output}")
    sys.exit(1 if any(one["missed"] for one in pages.values()) else 0)


if __name__ == "__main__":
    main()
