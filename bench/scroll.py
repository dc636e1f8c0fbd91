"""`./todo bench scroll`: how long frames take while a list of 10,000 tasks is scrolled, on a stack that runs.

A browser that nobody sees (Chromium, driven by the Playwright of `frontend/`) signs up, imports the tasks, has the End
key load all of them, and scrolls through them, a quarter of the window with each frame. Beside it: the same page at rest,
which is what the machine itself takes. Results go to bench/results/scroll.json.
"""

import argparse
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

from support.browser import reachable
from support.measuring import RESULTS

SCRIPT = Path(__file__).parent / "support" / "scroll.mjs"


def main() -> None:
    """Run all rounds, print the figures, write the results."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--public", default="http://localhost:30080")
    parser.add_argument("--tasks", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--chromium", default=os.environ.get("CHROMIUM_PATH"), help="default: Playwright's own")
    parser.add_argument("--output", type=Path, default=RESULTS / "scroll.json")
    options = parser.parse_args()
    node = shutil.which("node") or sys.exit("bench: needs node on the PATH")
    if not reachable(options.public):
        parser.error(f"nothing answers at {options.public}: run ./todo up")
    command = [node, str(SCRIPT), options.public, str(options.tasks), str(options.rounds), options.chromium or ""]
    rounds = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    result = {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": {"cores": os.cpu_count(), "system": platform.system(), "python": platform.python_version()},
        "tasks": options.tasks,
        "medians": {name: statistics.median(one[name] for one in rounds) for name in rounds[0]},
        "rounds": rounds,
    }
    for name, value in result["medians"].items():
        print(f"{name}: {value:,.0f}")
    options.output.write_text(json.dumps(result, indent=2) + "\n")


if __name__ == "__main__":
    main()
