"""Measuring: wrk rounds, medians, and results kept as files."""

import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

CONNECTIONS = 16
RESULTS = Path(__file__).parents[1] / "results"

Round = dict[str, float]


def require_wrk() -> None:
    """End the program with the fix when there is no wrk."""
    if shutil.which("wrk") is None:
        sys.exit("bench: needs wrk (Debian: apt-get install wrk, macOS: brew install wrk)")


def wrk(
    url: str,
    seconds: int,
    *,
    headers: dict[str, str] | None = None,
    script: Path | None = None,
    connections: int = CONNECTIONS,
) -> Round:
    """One round: requests a second and latencies in milliseconds. Ends the program if answers were errors."""
    command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--latency", "--timeout", "60s"]
    for name, value in (headers or {}).items():
        command += ["-H", f"{name}: {value}"]
    if script is not None:
        command += ["-s", str(script)]
    out = subprocess.run([*command, url], check=True, capture_output=True, text=True).stdout
    if "Non-2xx" in out or "Socket errors" in out:
        sys.exit(f"wrk saw errors at {url}:\n{out}")
    lines = {line.split()[0]: line.split()[1] for line in out.splitlines() if len(line.split()) == 2}
    [slowest] = [
        line.split()[3] for line in out.splitlines() if line.split()[:1] == ["Latency"] and len(line.split()) > 3
    ]
    scale = {"us": 0.001, "ms": 1.0}

    def milliseconds(text: str) -> float:
        return float(text[:-2]) * scale[text[-2:]] if text[-2:] in scale else float(text[:-1]) * 1000

    return {
        "rps": float(lines["Requests/sec:"]),
        "p50_ms": milliseconds(lines["50%"]),
        "p99_ms": milliseconds(lines["99%"]),
        "max_ms": milliseconds(slowest),
    }


def interleaved(measurements: dict[str, Callable[[], Round]], rounds: int) -> dict[str, list[Round]]:
    """Each measurement `rounds` times, in turn: a machine's speed drifts, and so all drift together."""
    results: dict[str, list[Round]] = {name: [] for name in measurements}
    for number in range(rounds):
        for name, measure in measurements.items():
            results[name].append(measure())
            print(f"round {number + 1}: {name}: {results[name][-1]['rps']:,.0f} requests/s", flush=True)
    return results


def medians(results: dict[str, list[Round]]) -> dict[str, Round]:
    """The median of each figure over the rounds."""
    return {
        name: {key: statistics.median(one[key] for one in rounds) for key in rounds[0]}
        for name, rounds in results.items()
    }


def report(results: dict[str, list[Round]], ratios: dict[str, float], output: Path, **more: Any) -> None:
    """Print medians and ratios; keep them, every round and `more` in `output` as JSON."""
    median = medians(results)
    print(f"\n{'median':46}{'requests/s':>12}{'p50 ms':>9}{'p99 ms':>9}")
    for name, figures in median.items():
        print(f"{name:46}{figures['rps']:12,.0f}{figures['p50_ms']:9.1f}{figures['p99_ms']:9.1f}")
    for name, ratio in ratios.items():
        print(f"{name}: {ratio:.2f}")
    for name, value in more.items():
        print(f"{name}: {value:.0f}" if isinstance(value, float) else f"{name}: {value}")
    output.parent.mkdir(exist_ok=True)
    result = {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": {"cores": os.cpu_count(), "system": platform.system(), "python": platform.python_version()},
        "connections": CONNECTIONS,
        "medians": median,
        "ratios": ratios,
        **more,
        "rounds": results,
    }
    output.write_text(json.dumps(result, indent=2) + "\n")
    print(f"written to {output}")
