"""Keeps a `kubectl port-forward` alive: it ends when its pod goes, and is started again.

Run as `python -m todo_cli.kube.forward KUBECTL ARGUMENTS...`, until it gets SIGTERM. With `--while-stdin-open`
before them also until its standard input ends, which it does when the process that holds its other end is killed.
"""

import os
import signal
import subprocess
import sys
import threading
import time
from types import FrameType

PAUSE_SECONDS = 0.5
WHILE_STDIN_OPEN = "--while-stdin-open"


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
        if ending:  # said while it was started
            child.terminate()
        child.wait()
        if not ending:
            time.sleep(PAUSE_SECONDS)


def end_with_stdin() -> None:
    """Send this process SIGTERM once its standard input has ended."""

    def wait() -> None:
        sys.stdin.buffer.read()
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=wait, daemon=True).start()


if __name__ == "__main__":
    arguments = sys.argv[1:]
    if arguments[0] == WHILE_STDIN_OPEN:
        del arguments[0]
        end_with_stdin()
    keep(arguments)
