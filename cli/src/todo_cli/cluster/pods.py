"""What pods wait for, in words: the one place that reads their conditions, container states and events."""

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from todo_cli.cluster.client import Cluster, Json

TAIL_LENGTH = 200


class Cause(StrEnum):
    """Kinds of reasons why a pod is not ready."""

    STARTING = "starting"
    UNSCHEDULABLE = "unschedulable"
    IMAGE = "image"
    CONFIGURATION = "configuration"
    CRASH = "crash"
    INIT = "init"
    PROBE = "probe"
    REFUSED = "refused"


@dataclass(frozen=True)
class Reason:
    """Why a pod is not ready. `hopeless`: waiting alone will not mend it."""

    cause: Cause
    text: str
    hopeless: bool = False


LastLine = Callable[[str, str, bool], str]
"""(pod, container, previous run) -> the last line of its log."""

IMAGE_STATES = {"ErrImagePull", "ImagePullBackOff", "ErrImageNeverPull", "InvalidImageName", "ImageInspectError"}
CONFIGURATION_STATES = {"CreateContainerConfigError", "CreateContainerError", "RunContainerError"}
CRASHES_UNTIL_HOPELESS = 3
STARTING = Reason(Cause.STARTING, "starting")


def pod_reason(pod: Json, events: Sequence[Json], last_line: LastLine) -> Reason | None:
    """Why the pod is not ready; None when it is, or when it is on its way out."""
    status = pod.get("status", {})
    if pod["metadata"].get("deletionTimestamp") or _condition(pod, "Ready") == "True":
        return None
    for condition in status.get("conditions", []):
        if condition["type"] == "PodScheduled" and condition["status"] == "False":
            return _unschedulable(pod, condition.get("message", ""))
    name = pod["metadata"]["name"]
    for init in status.get("initContainerStatuses", []):
        if reason := _container_reason(name, init, last_line, init_container=True):
            return reason
    for container in status.get("containerStatuses", []):
        if reason := _container_reason(name, container, last_line, init_container=False):
            return reason
    probe = [event for event in events if event.get("reason") == "Unhealthy" and _about(event, name)]
    if probe and any("running" in one.get("state", {}) for one in status.get("containerStatuses", [])):
        message = one_line(str(probe[-1].get("message", "")))
        if not message.startswith("Startup probe"):
            return Reason(Cause.PROBE, message)
        return Reason(Cause.STARTING, "started, and does not answer yet")
    return STARTING


def creation_reason(events: Sequence[Json], owner: str) -> Reason | None:
    """Why no pod was made at all for the Deployment `owner` (a quota, a security policy)."""
    for event in reversed(events):
        about = event.get("involvedObject", {}).get("name", "")
        if event.get("reason") == "FailedCreate" and about.startswith(f"{owner}-"):
            return Reason(Cause.REFUSED, one_line(event.get("message", "")), hopeless=True)
    return None


def last_line_reader(cluster: Cluster) -> LastLine:
    """Reads last lines from the cluster."""

    def read(pod: str, container: str, previous: bool) -> str:
        options = ["--previous"] if previous else []
        result = cluster.kubectl("logs", pod, "-c", container, "--tail=20", *options, check=False, timeout=10)
        lines = [line for line in result.stdout.splitlines() if line.strip()] if result.ok else []
        return readable_line(lines[-1]) if lines else ""

    return read


def readable_line(line: str) -> str:
    """A log line in words: the message of a JSON one, else the line itself, not too long."""
    try:
        parsed = json.loads(line)
        if isinstance(parsed, dict) and "message" in parsed:
            line = str(parsed["message"])
    except ValueError:
        pass
    return one_line(line)


def one_line(text: str) -> str:
    """A message on one line, not too long."""
    text = " ".join(text.split())
    return text if len(text) <= TAIL_LENGTH else text[: TAIL_LENGTH - 3] + "..."


def _container_reason(pod: str, status: Json, last_line: LastLine, *, init_container: bool) -> Reason | None:
    name = status["name"]
    state = status.get("state", {})
    waiting = state.get("waiting", {})
    why = waiting.get("reason", "")
    if why in IMAGE_STATES:
        return Reason(Cause.IMAGE, f"cannot get image {status.get('image', '')}: {_pull_words(waiting)}", hopeless=True)
    if why in CONFIGURATION_STATES:
        return Reason(Cause.CONFIGURATION, one_line(str(waiting.get("message", why))), hopeless=True)
    crashes = status.get("restartCount", 0)
    ended = state.get("terminated") or (
        status.get("lastState", {}).get("terminated") if why == "CrashLoopBackOff" else None
    )
    if ended and ended.get("exitCode", 0) != 0:
        return _crash(pod, name, ended, crashes, last_line, previous=not state.get("terminated"))
    if init_container and "running" in state:
        said = last_line(pod, name, False)
        return Reason(Cause.INIT, f"in {name}: {said}" if said else f"in {name}")
    return None


def _crash(pod: str, container: str, ended: Json, crashes: int, last_line: LastLine, *, previous: bool) -> Reason:
    if ended.get("reason") == "OOMKilled":
        text = f"{container} was killed: it needed more memory than its limit"
    else:
        lines = [line for line in ended.get("message", "").splitlines() if line.strip()]
        said = readable_line(lines[-1]) if lines else last_line(pod, container, previous)
        text = f"{container} exited {ended.get('exitCode')}" + (f": {said}" if said else "")
    times = crashes + 1
    if times > 1:
        text += f" ({times} times)"
    return Reason(Cause.CRASH, text, hopeless=times >= CRASHES_UNTIL_HOPELESS)


def _unschedulable(pod: Json, message: str) -> Reason:
    lacking = re.findall(r"Insufficient ([\w/-]+(?:\.[\w/-]+)*)", message)
    if not lacking:
        return Reason(Cause.UNSCHEDULABLE, f"no node takes it: {one_line(message)}")
    asks = []
    for resource in dict.fromkeys(lacking):
        amounts = [
            amount
            for container in pod["spec"]["containers"]
            if (amount := container.get("resources", {}).get("requests", {}).get(resource))
        ]
        asks.append(f"{resource} (asks {' + '.join(amounts)})" if amounts else resource)
    return Reason(Cause.UNSCHEDULABLE, f"no node has enough {' and '.join(asks)} free")


def _pull_words(waiting: Json) -> str:
    if waiting.get("reason") == "ErrImageNeverPull":
        return "it is not on the node, and its pull policy is Never"
    return one_line(str(waiting.get("message") or waiting.get("reason", "")))


def _condition(pod: Json, name: str) -> str:
    for condition in pod.get("status", {}).get("conditions", []):
        if condition["type"] == name:
            return str(condition["status"])
    return ""


def _about(event: Json, pod: str) -> bool:
    return bool(event.get("involvedObject", {}).get("name") == pod)
