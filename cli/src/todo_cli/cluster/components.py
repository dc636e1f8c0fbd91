"""The release's components as they are now, and waiting until they are ready."""

import json
import time
from datetime import UTC, datetime
from typing import Any

from todo_cli.cluster.client import Cluster, Json
from todo_cli.cluster.pods import Cause, Reason, creation_reason, last_line_reader, pod_reason
from todo_cli.engines.base import Component
from todo_cli.errors import Problem
from todo_cli.health import reason_of
from todo_cli.progress import Step

POLL_SECONDS = 1.0
HOPELESS_SECONDS = 20.0
UNSCHEDULABLE_SECONDS = 60.0
PORTS = {"backend": 8000, "frontend": 3000}
ORDER = ("database", "backend", "frontend")


class View:
    """One look at the release: its Deployments, pods and events."""

    def __init__(self, cluster: Cluster) -> None:
        self.cluster = cluster
        objects = cluster.items("deployments,pods", "-l", cluster.ours, check=False)
        self.deployments = sorted((one for one in objects if one["kind"] == "Deployment"), key=_order)
        self.pods = [one for one in objects if one["kind"] == "Pod"]
        settled = all(_settled(one) for one in self.deployments)
        self.events = [] if settled else sorted(cluster.items("events", check=False), key=_event_time)

    @property
    def settled(self) -> bool:
        """Every Deployment runs its present template with all its pods."""
        return bool(self.deployments) and all(_settled(one) for one in self.deployments)

    def reason(self, deployment: Json) -> Reason | None:
        """Why a Deployment is not ready, from the pod that tells most."""
        if _settled(deployment):
            return None
        name = _component(deployment)
        last_line = last_line_reader(self.cluster)
        reasons = [
            self._with_answer(pod, reason)
            for pod in self.pods
            if _component(pod) == name and (reason := pod_reason(pod, self.events, last_line))
        ]
        reasons.sort(key=lambda reason: (not reason.hopeless, reason.cause is Cause.STARTING))
        if reasons:
            return reasons[0]
        return creation_reason(self.events, deployment["metadata"]["name"]) or Reason(Cause.STARTING, "rolling over")

    def component(self, deployment: Json, address: str) -> Component:
        """A Deployment as `status` shows it."""
        name = _component(deployment)
        pods = [pod for pod in self.pods if _component(pod) == name and not pod["metadata"].get("deletionTimestamp")]
        statuses = [status for pod in pods for status in pod.get("status", {}).get("containerStatuses", [])]
        started = [_time(pod["status"]["startTime"]) for pod in pods if pod.get("status", {}).get("startTime")]
        reason = self.reason(deployment)
        return Component(
            name=name,
            wanted=deployment["spec"].get("replicas", 1),
            ready=deployment.get("status", {}).get("readyReplicas", 0),
            restarts=sum(status.get("restartCount", 0) for status in statuses),
            age_seconds=(datetime.now(UTC) - max(started)).total_seconds() if started else None,
            image=deployment["spec"]["template"]["spec"]["containers"][0]["image"],
            address=address,
            reason=reason.text if reason else "",
        )

    def _with_answer(self, pod: Json, reason: Reason) -> Reason:
        """A failing probe with what the pod's readiness says itself."""
        port = PORTS.get(_component(pod))
        if reason.cause is not Cause.PROBE or port is None:
            return reason
        path = (
            f"/api/v1/namespaces/{self.cluster.namespace}/pods/http:{pod['metadata']['name']}:{port}/proxy/health/ready"
        )
        result = self.cluster.kubectl("get", "--raw", path, "--request-timeout=5s", check=False, timeout=10)
        if result.ok:
            return Reason(Cause.STARTING, "answers well now; its next probe will see it")
        said = _answer_in(result.stderr)
        return Reason(Cause.PROBE, f"not ready: {said}") if said else reason


def components(cluster: Cluster, addresses: dict[str, str]) -> list[Component]:
    """The release's components as they are now."""
    view = View(cluster)
    return [view.component(one, addresses.get(_component(one), "")) for one in view.deployments]


def wait_ready(cluster: Cluster, timeout: float, step: Step) -> None:
    """Wait until every component is ready, telling what each waits for.

    Raises Problem with the reasons when one cannot become ready by waiting, or `timeout` seconds have passed.
    """
    deadline = time.monotonic() + timeout
    since: dict[str, float] = {}
    while True:
        view = View(cluster)
        if view.settled:
            return
        lines, stuck = [], []
        for deployment in view.deployments:
            name = _component(deployment)
            updated = deployment.get("status", {}).get("updatedReplicas", 0)
            wanted = deployment["spec"].get("replicas", 1)
            reason = view.reason(deployment)
            if reason is None:
                since.pop(name, None)
                continue
            ready = min(deployment.get("status", {}).get("readyReplicas", 0), wanted)
            lines.append(f"{name} {ready}/{wanted}: {reason.text}")
            began = since.setdefault(f"{name} {reason.cause} {updated}", time.monotonic())
            if _lost(reason, time.monotonic() - began):
                stuck.append(f"{name}: {reason.text}")
        step.note("\n".join(["waiting for the pods", *lines]))
        if stuck:
            raise Problem("the pods do not become ready", details=stuck, fix="./todo status; ./todo logs")
        if time.monotonic() > deadline:
            raise Problem(
                f"the pods were not ready within {timeout:.0f} s",
                details=lines,
                fix="./todo logs (or wait longer: ./todo up --timeout 900)",
            )
        time.sleep(POLL_SECONDS)


def _lost(reason: Reason, seconds: float) -> bool:
    if reason.cause is Cause.UNSCHEDULABLE:
        return seconds > UNSCHEDULABLE_SECONDS
    return reason.hopeless and (reason.cause is Cause.CRASH or seconds > HOPELESS_SECONDS)


def _settled(deployment: Json) -> bool:
    status = deployment.get("status", {})
    wanted = deployment["spec"].get("replicas", 1)
    seen: bool = status.get("observedGeneration", 0) >= deployment["metadata"].get("generation", 0)
    counts = [status.get(key, 0) for key in ("replicas", "updatedReplicas", "readyReplicas", "availableReplicas")]
    return seen and counts == [wanted] * len(counts)


def _component(thing: Json) -> str:
    return str(thing["metadata"].get("labels", {}).get("app.kubernetes.io/component", thing["metadata"]["name"]))


def _order(deployment: Json) -> tuple[int, str]:
    name = _component(deployment)
    return (ORDER.index(name) if name in ORDER else len(ORDER), name)


def _event_time(event: Json) -> str:
    moment: Any = event.get("lastTimestamp") or event.get("eventTime") or event["metadata"].get("creationTimestamp", "")
    return str(moment)


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _answer_in(output: str) -> str:
    """The health answer in what kubectl printed: the answer itself, or quoted in its error."""
    start, end = output.find("{"), output.rfind("}")
    if start < 0 or end < start:
        return ""
    text = output[start : end + 1]
    for candidate in (text, text.replace('\\"', '"')):
        try:
            json.loads(candidate)
            return reason_of(candidate)
        except ValueError:
            continue
    return ""
