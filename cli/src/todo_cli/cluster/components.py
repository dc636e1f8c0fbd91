"""The release's components as they are now, and waiting until they are ready."""

import time
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from http import HTTPStatus
from typing import Any

from todo_cli.cluster import capacity, fixes
from todo_cli.cluster.answers import readiness
from todo_cli.cluster.causes import Cause
from todo_cli.cluster.pod_reasons import (
    Evidence,
    Reason,
    creation_reason,
    last_said_reader,
    pod_reason,
    reported_reason,
)
from todo_cli.errors import Problem
from todo_cli.health import failing_checks, reason_of
from todo_cli.kube.cluster import Cluster, Json
from todo_cli.programs import ProgramFailed
from todo_cli.progress import Step
from todo_cli.stack_status import Component

POLL_SECONDS = 1.0
HOPELESS_SECONDS = 20.0
UNSCHEDULABLE_SECONDS = 60.0
PORTS = {"backend": 8000, "frontend": 3000}
LEAST_REPLICAS = {"backend": 2}
ORDER = ("database", "backend", "frontend")
STALLED_SECONDS = 60.0  # in which a new pod of a roll that goes well has migrated and answers
NO_ROOM = (Cause.UNSCHEDULABLE, Cause.EVICTED, Cause.DISK_PRESSURE, Cause.MEMORY_PRESSURE, Cause.NODE_NOT_READY)


class View:
    """One look at the release: its Deployments, pods and events. Raises ProgramFailed when that look failed."""

    def __init__(self, cluster: Cluster) -> None:
        self.cluster = cluster
        objects = cluster.items("deployments,pods", "-l", cluster.ours)
        self.deployments = sorted((one for one in objects if one["kind"] == "Deployment"), key=_order)
        self.pods = [one for one in objects if one["kind"] == "Pod"]
        settled = all(_settled(one) for one in self.deployments)
        events = [] if settled else sorted(cluster.items("events", check=False), key=_event_time)
        free, taints = partial(capacity.free, cluster), partial(capacity.taints, cluster)
        self.evidence = Evidence(cluster, last_said_reader(cluster), free, events, taints)

    @property
    def settled(self) -> bool:
        """Every Deployment runs its present template with all its pods."""
        return bool(self.deployments) and all(_settled(one) for one in self.deployments)

    def reason(self, deployment: Json) -> Reason | None:
        """Why a Deployment is not ready, from the pod that tells most."""
        if _settled(deployment):
            return None
        name = _component(deployment)
        ready = deployment.get("status", {}).get("readyReplicas", 0)
        missing = max(0, deployment["spec"].get("replicas", 1) - ready)
        reasons = [
            self._with_answer(pod, reason)
            for pod in self.pods
            if _component(pod) == name and (reason := pod_reason(pod, self.evidence, missing))
        ]
        # A pod that was evicted stays in the list, beside the one made in its place.
        last = (Cause.EVICTED, Cause.STARTING)
        reasons.sort(key=lambda reason: (not reason.hopeless, *(reason.cause is cause for cause in reversed(last))))
        if not reasons:
            refused = creation_reason(self.evidence, deployment["metadata"]["name"])
            reasons = [refused or Reason(Cause.STARTING, "rolling over")]
        return self._in_its_rollout(deployment, reasons[0])

    def component(self, deployment: Json, address: str) -> Component:
        """A Deployment as `status` shows it."""
        name = _component(deployment)
        pods = [pod for pod in self.pods if _component(pod) == name and not pod["metadata"].get("deletionTimestamp")]
        # Not the init containers: they run again whenever the node starts.
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
            code=reason.cause if reason else "",
            fix=reason.fix if reason else "",
        )

    def _in_its_rollout(self, deployment: Json, reason: Reason) -> Reason:
        """The reason, with what it means for those who use the application meanwhile, and for fewer replicas."""
        name, wanted = _component(deployment), deployment["spec"].get("replicas", 1)
        if reason.cause is Cause.UNSCHEDULABLE and wanted > LEAST_REPLICAS.get(name, 1):
            reason = replace(reason, text=f"{reason.text}, or {name}.replicas (now {wanted})")
        status = deployment.get("status", {})
        rolling = status.get("updatedReplicas", 0) < status.get("replicas", 0)
        if reason.cause is Cause.STARTING or not rolling or status.get("readyReplicas", 0) < wanted:
            return reason
        if not (reason.hopeless or reason.cause in NO_ROOM or _seconds_without_progress(deployment) > STALLED_SECONDS):
            return replace(reason, text=f"rolling over, the former revision serves meanwhile: {reason.text}")
        text = f"the new revision does not become ready, the former one still serves: {reason.text}"
        back = fixes.rollback(self.cluster)
        return replace(reason, text=text, fix=f"{reason.fix}; or go back: {back}" if reason.fix else back)

    def _with_answer(self, pod: Json, reason: Reason) -> Reason:
        """A failing probe with what the pod's readiness says itself."""
        port = PORTS.get(_component(pod))
        if reason.cause is not Cause.PROBE or port is None:
            return reason
        answer = readiness(self.cluster, pod["metadata"]["name"], port)
        if answer is None:
            return reason
        if answer.status == HTTPStatus.OK:
            return Reason(Cause.STARTING, "answers well now; its next probe will see it")
        said = f"not ready: {reason_of(answer.body)}"
        for check in failing_checks(answer.body).values():
            if found := reported_reason(pod, check.code, said, self.evidence):
                return found
        return replace(reason, text=said)


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
        try:
            view = View(cluster)
        except ProgramFailed as error:
            if time.monotonic() > deadline:
                raise
            step.note(f"{error.message}: {' '.join(error.details[-1:])}")
            time.sleep(POLL_SECONDS)
            continue
        if view.settled:
            return
        lines, stuck, fixes_found = [], [], []
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
                fixes_found.append(reason.fix)
        step.note("\n".join(["waiting for the pods", *lines]))
        if stuck:
            raise Problem(
                "the pods do not become ready", details=stuck, fix=next(filter(None, fixes_found), "./todo logs")
            )
        if time.monotonic() > deadline:
            raise Problem(
                f"the pods were not ready within {timeout:.0f} s",
                details=lines,
                fix="./todo logs (or wait longer: ./todo up --timeout 900)",
            )
        time.sleep(POLL_SECONDS)


def wait_left(cluster: Cluster, timeout: float, step: Step) -> None:
    """Wait until the pods that are on their way out are gone: as long as they drain, they still answer.

    Raises Problem naming those that are there after `timeout` seconds.
    """
    deadline = time.monotonic() + timeout
    while leaving := [
        pod["metadata"]["name"]
        for pod in cluster.items("pods", "-l", cluster.ours)
        if pod["metadata"].get("deletionTimestamp")
    ]:
        step.note(f"the former pods finish what they began: {', '.join(leaving)}")
        if time.monotonic() > deadline:
            raise Problem(f"these pods do not end: {', '.join(leaving)}", fix="./todo status; ./todo logs")
        time.sleep(POLL_SECONDS)


def _lost(reason: Reason, seconds: float) -> bool:
    if reason.cause in NO_ROOM:
        return seconds > UNSCHEDULABLE_SECONDS
    return reason.hopeless and (reason.proven or seconds > HOPELESS_SECONDS)


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


def _seconds_without_progress(deployment: Json) -> float:
    """Since the Deployment last made a pod, or one became ready, as its own condition has it; 0 where it has none."""
    conditions = deployment.get("status", {}).get("conditions", [])
    times = [one["lastUpdateTime"] for one in conditions if one["type"] == "Progressing" and "lastUpdateTime" in one]
    return (datetime.now(UTC) - _time(times[0])).total_seconds() if times else 0.0


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text)
