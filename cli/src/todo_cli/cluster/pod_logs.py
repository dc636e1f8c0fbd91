"""The pods' logs by kubectl: what there is by time, then what comes, over rollouts and restarts."""

import os
import select
import subprocess
import time
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta

from todo_cli.errors import Problem
from todo_cli.kube.cluster import Cluster
from todo_cli.loglines import KUBECTL, LogLine, in_order, of_kubectl
from todo_cli.programs import end_group, last_lines

TAIL = 200
LOOK_SECONDS = 2.0
# How far a new kubectl goes back: a container must have been seen within this time after its first line.
OVERLAP = timedelta(seconds=30)
# kubectl refuses to follow more than 5 containers unasked; those that have ended count, too.
STREAMS = 1000
NOT_YET = "is waiting to start"


class _Shown:
    """How far each container's lines have been shown, by the times that kubectl puts in front of them."""

    def __init__(self) -> None:
        self._last: dict[str, str] = {}
        self._began = datetime.now(UTC)

    def new(self, raw: Iterable[str]) -> Iterator[LogLine]:
        """Of one kubectl's lines those that no other one gave before it."""
        before = dict(self._last)
        for text in raw:
            found, line = KUBECTL.fullmatch(text), of_kubectl(text)
            if found is None or line is None:
                continue
            container = f"{found['pod']}/{found['tier']}"
            if found["time"] > before.get(container, ""):
                self._last[container] = max(found["time"], self._last.get(container, ""))
                yield line

    @property
    def since(self) -> str:
        """From when on a new kubectl must repeat the logs, so that none is missed."""
        newest = max(map(datetime.fromisoformat, self._last.values()), default=self._began)
        return (newest - OVERLAP).isoformat(timespec="seconds")


def pod_logs(cluster: Cluster, selector: str, *, follow: bool, whole: bool) -> Iterator[LogLine]:
    """The end of the selected pods' logs (or the `whole`) by time; with `follow`, and what comes, for ever.

    `kubectl logs --follow` stays with the containers that it finds, so it is started again when others have begun.
    Raises Problem where there is nothing to show and nothing to wait for.
    """
    reported = _Shown()
    options = ["-l", selector, "--all-containers", "--prefix", "--timestamps", "--ignore-errors"]
    answer = cluster.kubectl("logs", *options, f"--tail={-1 if whole else TAIL}", check=False)
    raw = answer.stdout.splitlines()
    lines = in_order(reported.new(raw))
    if not lines and not follow:
        refused = [line for line in raw if line.startswith("error:")] + last_lines(answer.stderr, 3)
        raise Problem("there are no logs", details=refused, fix="./todo status")
    yield from lines
    while follow:
        command = [*cluster.kubectl_command, "logs", *options, "--follow", f"--max-log-requests={STREAMS}"]
        # With a selector kubectl would give the last 10 lines only.
        yield from reported.new(_stream([*command, "--tail=-1", f"--since-time={reported.since}"], cluster, selector))


def _stream(command: list[str], cluster: Cluster, selector: str) -> Iterator[str]:
    """What a following kubectl prints, until it ends, loses a container, or containers that it does not follow run."""
    followed = _containers(cluster, selector)
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, start_new_session=True
    )
    try:
        assert process.stdout is not None
        rest, next_look, lost, ending = b"", time.monotonic() + LOOK_SECONDS, False, False
        while True:
            if select.select([process.stdout], [], [], max(0, next_look - time.monotonic()))[0]:
                chunk = os.read(process.stdout.fileno(), 65536)
                if not chunk:
                    if not ending:  # it ended by itself: let no failing kubectl be started over and over
                        time.sleep(max(0, next_look - time.monotonic()))
                    return
                *lines, rest = (rest + chunk).split(b"\n")
                texts = [line.decode(errors="replace") for line in lines]
                yield from texts
                lost = lost or any(text.startswith("error:") and NOT_YET not in text for text in texts)
            if time.monotonic() >= next_look:
                if not ending and (lost or _containers(cluster, selector) - followed):
                    end_group(process)
                    ending = True  # what it has given already is read: nobody gives the last lines of a container again
                next_look = time.monotonic() + LOOK_SECONDS
    finally:
        end_group(process)
        if process.stdout is not None:
            process.stdout.close()


def _containers(cluster: Cluster, selector: str) -> set[str]:
    """Every container of the selected pods that runs or has run, by its id: a restarted one is another."""
    kinds = ("initContainerStatuses", "containerStatuses")
    statuses = (
        status
        for pod in cluster.items("pods", "-l", selector, check=False)
        for kind in kinds
        for status in pod["status"].get(kind, [])
    )
    return {status["containerID"] for status in statuses if status.get("containerID")}
