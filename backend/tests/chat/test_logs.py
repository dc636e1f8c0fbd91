"""The libraries of the chat keep to our log: one JSON line each, nothing of their own."""

import json
import os
import subprocess
import sys

PROGRAM = """
import logging
from todo_backend import app
from todo_backend.core import logs
logs.configure("info", "pod-1")
logging.getLogger("chatkit").info("chatter")
logging.getLogger("chatkit").warning("trouble")
"""


def test_chatkit_logs_as_we_do() -> None:
    environment = {**os.environ, "LOG_LEVEL": "info", "PYTHONPATH": os.pathsep.join(sys.path)}
    run = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", PROGRAM], env=environment, capture_output=True, text=True, check=True
    )
    assert [json.loads(line)["message"] for line in run.stdout.splitlines()] == ["trouble"]
    assert run.stderr == ""
