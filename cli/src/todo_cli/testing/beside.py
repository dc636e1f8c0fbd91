"""Parts of `todo test` that run beside others: in a process of their own, which hands its results back as JSON."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path

from todo_cli.layout import Layout
from todo_cli.programs import end_group
from todo_cli.progress import Step
from todo_cli.testing.counts import Counts, one_failed

# They wait more than they compute, and share nothing. Parts with a browser or a cluster have the machine to themselves.
FIRST, SECOND = ("cli",), ("chart", "backend", "frontend")


@dataclass
class Result:
    """What a part came to; `seconds` that it took, `told` what it said of its failures."""

    name: str
    seconds: float = 0.0
    counts: Counts = field(default_factory=Counts)
    told: list[str] = field(default_factory=list)


def write_results(file: Path, results: Sequence[Result]) -> None:
    """Write a report for programs."""
    ok = not any(result.counts.failed for result in results)
    file.write_text(json.dumps({"ok": ok, "parts": [asdict(result) for result in results]}, indent=2) + "\n")


def read_results(file: Path) -> list[Result]:
    """The results of a report. Raises OSError or ValueError when it cannot be read."""
    parts = json.loads(file.read_text())["parts"]
    for part in parts:
        counts = part["counts"]
        part["counts"] = Counts(**counts | {name: tuple(counts[name]) for name in ("failures", "reasons")})
    return [Result(**part) for part in parts]


def second_lane(names: Sequence[str]) -> list[str]:
    """Those of the parts that run beside the others; none where there is nothing to run beside."""
    return [name for name in names if name in SECOND] if any(name in FIRST for name in names) else []


class Lane:
    """Parts at work in a process of their own."""

    def __init__(self, process: "subprocess.Popen[str]", names: Sequence[str], report: Path, log: Path) -> None:
        self._process, self._names, self._report, self._log = process, names, report, log

    def results(self, step: Step) -> list[Result]:
        """Wait for the end; what the parts came to. A process that hands nothing back is a failure."""
        step.note(f"its lines go to {self._log}")
        code = self._process.wait()
        try:
            return read_results(self._report)
        except (OSError, ValueError):
            what = f"./todo test {' '.join(self._names)} exited {code} without a report"
            return [Result(self._names[0], counts=one_failed(what), told=self._log.read_text().splitlines()[-20:])]


@contextmanager
def beside(layout: Layout, names: Sequence[str]) -> Iterator[Lane | None]:
    """Run these parts while the body runs; the body's end ends them. None where there are none."""
    if not names:
        yield None
        return
    layout.logs.mkdir(parents=True, exist_ok=True)
    report, log = layout.logs / "test-beside.json", layout.logs / "test-beside.log"
    report.unlink(missing_ok=True)
    command = [sys.executable, "-m", "todo_cli", "test", *names, "--json", str(report)]
    with tempfile.TemporaryDirectory(prefix="todo-", ignore_cleanup_errors=True) as folder:
        # pytest shuts its folder when it starts, against other accounts: under root that is where a PostgreSQL of the
        # other lane is at work.
        env = os.environ | {"PYTEST_DEBUG_TEMPROOT": folder}
        with log.open("w") as output:
            process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                text=True,
                env=env,
                start_new_session=True,
            )
        try:
            yield Lane(process, names, report, log)
        finally:
            if process.poll() is None:
                end_group(process, grace=20)  # it ends what it runs itself
