"""A light load from inside the cluster, where no address leads into it, and the way in of a new user.

Run by a pod of the backend's image: `python -m cluster.load ADDRESS END`, until the file END is there. The pod has the
standard library and SOURCES alone.
"""

import json
import sys
import time
from dataclasses import asdict
from http import HTTPStatus
from pathlib import Path

from acceptance.api_client import ApiClient
from acceptance.clients import TRANSIENT
from acceptance.load import Load

SOURCES = (
    "acceptance.api_client", "acceptance.chat_panel", "acceptance.clients", "acceptance.contention", "acceptance.load",
    "cluster.load", "todo_cli.errors",
)  # fmt: skip
SIGN_UP_SECONDS = 300
ANSWER_SECONDS = 150
LONGEST_SECONDS = 3600  # should nobody ask it to end


def sign_up(address: str) -> ApiClient:
    """A new user's way in, once accounts are reachable: a pod stays Ready for some seconds without its database."""
    deadline = time.monotonic() + SIGN_UP_SECONDS
    while True:
        client = ApiClient(address, timeout=ANSWER_SECONDS)
        answer = client.sign_up()
        if answer.status == HTTPStatus.OK:
            return client
        assert answer.status in TRANSIENT, answer
        assert time.monotonic() < deadline, answer
        time.sleep(1)


def light(client: ApiClient) -> Load:
    """Reads, and creations with a key so that they may be repeated."""
    return Load(client, readers=3, writers=1, talkers=0, panels=0)


def main(address: str, end: str) -> None:
    """Load the application until the end is asked for, and print what was seen as one line of JSON."""
    with light(sign_up(address)) as load:
        _say("loading")
        began = time.monotonic()
        while not Path(end).exists() and time.monotonic() - began < LONGEST_SECONDS:
            time.sleep(0.5)
    tally = load.tally
    seen = {
        "sent": tally.sent,
        "troubled": tally.troubled,
        "errors": tally.errors,
        "slowest": tally.slowest,
        "machine": load.machine.times,
    }
    _say(json.dumps(seen | asdict(load.audit())))


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
