"""What the suites came to, and the report of it for programs."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from todo_cli.testing.counts import Counts


@dataclass
class Result:
    """What a suite came to; `seconds` that it took, `lines` what it reported of its failures."""

    title: str
    seconds: float = 0.0
    counts: Counts = field(default_factory=Counts)
    lines: list[str] = field(default_factory=list)


def write_results(file: Path, results: Sequence[Result]) -> None:
    """Write a report for programs."""
    ok = not any(result.counts.failed for result in results)
    file.write_text(json.dumps({"ok": ok, "suites": [asdict(result) for result in results]}, indent=2) + "\n")
