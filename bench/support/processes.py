"""What the stack's processes hold: found through the record of the process engine, measured by the kernel."""

import json
import os
from pathlib import Path
from typing import Any

import psutil

DATABASE = "database"


def recorded(home: Path) -> dict[str, dict[str, Any]]:
    """The processes of a stack that runs, by name, as `./todo up` noted them. Raises FileNotFoundError."""
    record: dict[str, dict[str, Any]] = json.loads((home / "run.json").read_text())["processes"]
    return record


def held_mb(record: dict[str, dict[str, Any]]) -> dict[str, float]:
    """What each process holds, in megabytes, shared pages counted once (PSS).

    PostgreSQL's own are one figure: they come and go with connections.
    """
    held: dict[str, float] = {}
    for name, process in record.items():
        root = psutil.Process(process["pid"])
        tree = [root, *root.children(recursive=True)]
        sizes = {one.pid: one.memory_full_info().pss / 2**20 for one in tree}
        if name == DATABASE:
            held[name] = sum(sizes.values())
        else:
            held |= {f"{name} {index}": size for index, size in enumerate(sizes.values())}
    return held


def default_home() -> Path:
    """Where the stack keeps its record unless it is told."""
    return Path(os.environ.get("TODO_HOME") or Path(__file__).parents[2] / ".todo")
