"""Keeps a `kubectl port-forward` alive: it ends when its pod goes, and is started again.

Run as `python -m todo_cli.cluster.forward KUBECTL ARGUMENTS...`, until it gets SIGTERM.
"""

import signal
import subprocess
import sys
import time
from types import FrameType

PAUSE_SECONDS = 0.5


def keep(command: list[str]) -> None:
    """Run the command again whenever it ends; on SIGTERM end it and return."""
    child: subprocess.Popen[bytes] | None = None
    ending = False

    def end(_number: int, _frame: FrameType | None) -> None:
        nonlocal ending
        ending = True
        if child is not None:
            child.terminate()

    signal.signal(signal.SIGTERM, end)
    while not ending:
        child = subprocess.Popen(command, stdin=subprocess.DEVNULL)
        child.wait()
        if not ending:
            time.sleep(PAUSE_SECONDS)


if __name__ == "__main__":
    keep(sys.argv[1:])
