"""Printing log files, also while they grow."""

import sys
import time
from pathlib import Path

LAST_BYTES = 64 * 1024


def follow_logs(logs: dict[str, Path], *, follow: bool) -> None:
    """Print the end of each log, its lines marked with the component's name if there are several.

    With `follow`, go on as they grow, over rotations too, until interrupted.
    """
    several = len(logs) > 1
    positions: dict[str, int] = {}
    while True:
        for name, file in logs.items():
            start = positions.get(name)
            size = file.stat().st_size if file.exists() else 0
            if start is None:
                start = max(0, size - LAST_BYTES)
            elif size < start:  # it was rotated: the file is a new one
                start = 0
            if size > start:
                with file.open("rb") as opened:
                    opened.seek(start)
                    whole = opened.read().rpartition(b"\n")[0]
                positions[name] = start + len(whole) + 1 if whole else start
                for line in whole.decode(errors="replace").splitlines():
                    sys.stdout.write(f"{name:<9} {line}\n" if several else f"{line}\n")
            else:
                positions.setdefault(name, start)
        sys.stdout.flush()
        if not follow:
            return
        time.sleep(0.2)
