"""What pods wait for, in words and with the fix: the one place that reads their conditions,
container states and events.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from todo_cli.cluster import capacity, fixes
from todo_cli.cluster.causes import OF_THE_DATABASE, REMEDIES, URL, Cause, Remedy
from todo_cli.conditions import Condition, last_conditions
from todo_cli.errors import FREE_DISK
from todo_cli.kube.cluster import Cluster, Json
from todo_cli.kube.quantity import as_written, quantity
from todo_cli.loglines import last_said
from todo_cli.programs import NO_SPACE

TAIL_LENGTH = 300


@dataclass(frozen=True)
class Reason:
    """Why a pod is not ready, and the fix.

    `hopeless`: waiting alone will not help; `proven`: it was tried often enough to be sure of that.
    """

    cause: Cause
    text: str
    hopeless: bool = False
    fix: str = ""
    proven: bool = False


LastSaid = Callable[[str, str, bool], Condition]
"""(pod, container, previous run) -> what the end of its log says."""

Free = Callable[[Sequence[str]], Mapping[str, float]]
"""(resources) -> the most that one node has free of each; without those that cannot be known."""


@dataclass(frozen=True)
class Evidence:
    """What is known beside the pods themselves; logs and nodes are asked only when they tell something."""

    cluster: Cluster
    last_said: LastSaid
    free: Free
    events: Sequence[Json] = field(default=())
    taints: Callable[[], Sequence[str]] = field(default=list)

    def about(self, pod: str, reason: str) -> str:
        """The last event of this kind about the pod, on one line; empty when there is none."""
        found = self.all_about(pod, reason)
        return one_line(found[-1]) if found else ""

    def all_about(self, pod: str, reason: str) -> list[str]:
        """What the events of this kind say about the pod, the oldest first."""
        return [
            str(event.get("message", ""))
            for event in self.events
            if event.get("reason") == reason and event.get("involvedObject", {}).get("name") == pod
        ]


IMAGE_STATES = {
    "ErrImagePull", "ImagePullBackOff", "ErrImageNeverPull", "InvalidImageName", "ImageInspectError",
    "RegistryUnavailable", "SignatureValidationFailed",
}  # fmt: skip
CONFIGURATION_STATES = {"CreateContainerConfigError", "CreateContainerError", "RunContainerError"}
CRASHES_UNTIL_HOPELESS = 3
STARTING = Reason(Cause.STARTING, "starting")

# What the kubelet has of its runtime (docker, containerd, CRI-O) on an image that it did not get.
PULL_WORDS = {
    NO_SPACE: "the node's disk is full",
    r"no match(ing manifest)? for|no image found in": "it is not built for the node's kind of processor",
    r"no unqualified-search registries": "its name says no registry, and the node knows none by itself",
    r"HTTP response to HTTPS": "the registry answers by http, and the node asks by https",
    r"lookup (?P<name>[^\s:]+).*(no such host|server misbehaving|Temporary fail)": "the name {name} does not resolve",
    r"toomanyrequests|rate limit": "the registry's limit of downloads is used up",
    r"pull access denied|unauthorized|authorization failed|403 Forbidden|denied|no basic auth": "the registry has no "
    "such image, or wants a login",
    r"not found|manifest unknown|\b404\b": "the registry has no such image",
    r"x509|certificate": "the node does not trust the registry's certificate",
    r"connection refused|timeout|deadline exceeded|no route": "the registry does not answer",
}
# What stands in front of the runtime's own last sentence.
PULL_PREFIXES = re.compile(
    r"""
    Back-off\ pulling\ image\ "[^"]*":\  | ErrImagePull:\  | Failed\ to\ pull\ image\ "[^"]*":\   # the kubelet
    | rpc\ error:\ code\ =\ \w+\ desc\ =\                                                        # the protocol
    | Error\ response\ from\ daemon:\                                                           # docker
    | failed\ to\ (pull\ and\ unpack\ image|resolve\ reference)\ "[^"]*":\                     # containerd
    | initializing\ source\ docker://\S+:\                                                      # CRI-O
    """,
    re.VERBOSE,
)
# What the kubelet or the node controller taints a node with.
TAINTS = {
    "disk-pressure": (Cause.DISK_PRESSURE, "the disk of a node is nearly full"),
    "memory-pressure": (Cause.MEMORY_PRESSURE, "a node has nearly no memory left"),
    "not-ready": (Cause.NODE_NOT_READY, "a node is not ready"),
    "unreachable": (Cause.NODE_NOT_READY, "a node is not ready"),
}
BACK_OFF_ALONE = re.compile(r'(Back-off pulling image "[^"]*")?')
LOGIN_WORDS = "wants a login"
HANGS = r"context deadline exceeded|Client\.Timeout|i/o timeout"


def pod_reason(pod: Json, evidence: Evidence, missing: int = 0) -> Reason | None:
    """Why the pod is not ready; None when it is, or when it is on its way out.

    `missing`: how many pods of its Deployment are not ready.
    """
    status = pod.get("status", {})
    if pod["metadata"].get("deletionTimestamp") or _condition(pod, "Ready") == "True":
        return None
    if status.get("phase") == "Failed" and status.get("reason"):
        return _turned_away(status, evidence)
    for condition in status.get("conditions", []):
        if condition["type"] == "PodScheduled" and condition["status"] == "False":
            return _unschedulable(pod, condition.get("message", ""), evidence, missing)
    for init in status.get("initContainerStatuses", []):
        if reason := _container_reason(pod, init, evidence, init_container=True):
            return reason
    containers = status.get("containerStatuses", [])
    for container in containers:
        if reason := _container_reason(pod, container, evidence, init_container=False):
            return reason
    name = pod["metadata"]["name"]
    if mount := evidence.about(name, "FailedMount"):
        return _configuration(pod, mount, evidence)
    if not any("running" in one.get("state", {}) for one in containers):
        return STARTING
    probe = evidence.about(name, "Unhealthy") or ("does not answer its probes any more" if _was_ready(pod) else "")
    if not probe:
        return STARTING
    if probe.startswith("Startup probe"):
        return Reason(Cause.STARTING, "started, and does not answer yet")
    if re.search(HANGS, probe):
        words = "hangs: it does not answer its probes, and is restarted if it stays so"
        return Reason(Cause.PROBE, words, fix=fixes.logs(evidence.cluster, name, containers[0]["name"]))
    return Reason(Cause.PROBE, probe, fix=fixes.logs(evidence.cluster, name, containers[0]["name"]))


def creation_reason(evidence: Evidence, owner: str) -> Reason | None:
    """Why no pod was made at all for the Deployment `owner` (a quota, a security policy)."""
    for event in reversed(evidence.events):
        about = event.get("involvedObject", {}).get("name", "")
        if event.get("reason") == "FailedCreate" and about.startswith(f"{owner}-"):
            look = evidence.cluster.kubectl_line("describe replicaset", about)
            return Reason(Cause.REFUSED, one_line(event.get("message", "")), hopeless=True, fix=look)
    return None


def reported_reason(pod: Json, code: str, text: str, evidence: Evidence) -> Reason | None:
    """What is wrong when one of our programs reported `code`, and the fix; `text` are the words for it."""
    remedy = REMEDIES.get(code)
    if remedy is None:
        return None
    return Reason(remedy.cause, text, fix=_fix(pod, code, remedy, evidence.cluster), hopeless=remedy.hopeless)


def _fix(pod: Json, code: str, remedy: Remedy, cluster: Cluster) -> str:
    if remedy.migrates:  # as the init container of a new pod
        return cluster.kubectl_line("rollout restart deployment -l", _labels(cluster, "backend"))
    secret = _secret_of(pod, remedy.setting or URL)
    if code.startswith(OF_THE_DATABASE) and secret.endswith("-database"):  # the demo database's, which the chart writes
        look = cluster.kubectl_line("get pods,endpointslices -l", _labels(cluster, "database"))
        return FREE_DISK if code == "database_disk_full" else look
    there = remedy.there and f"{remedy.there}: the pods then go on by themselves"
    correct = fixes.correct_key(cluster, secret, remedy.setting) if remedy.setting else ""
    return "; or ".join(replace(remedy, there=there).words(correct))


def _labels(cluster: Cluster, component: str) -> str:
    return f"{cluster.ours},app.kubernetes.io/component={component}"


def last_said_reader(cluster: Cluster) -> LastSaid:
    """Reads the ends of logs from the cluster."""

    def read(pod: str, container: str, previous: bool) -> Condition:
        options = ["--previous"] if previous else []
        result = cluster.kubectl("logs", pod, "-c", container, "--tail=20", *options, check=False, timeout=30)
        found = last_said(result.stdout.split("\n") if result.ok else [])
        return replace(found, detail=one_line(found.detail))

    return read


def one_line(text: str) -> str:
    """A message on one line, not too long."""
    text = " ".join(text.split())
    return text if len(text) <= TAIL_LENGTH else text[: TAIL_LENGTH - 3] + "..."


def _container_reason(pod: Json, status: Json, evidence: Evidence, *, init_container: bool) -> Reason | None:
    pod_name, name = pod["metadata"]["name"], status["name"]
    state = status.get("state", {})
    waiting = state.get("waiting", {})
    why = waiting.get("reason", "")
    if why in IMAGE_STATES:
        return _image(pod, str(_container(pod, name).get("image") or status.get("image", "")), waiting, evidence)
    if why in CONFIGURATION_STATES:
        return _configuration(pod, one_line(str(waiting.get("message", why))), evidence)
    ended = state.get("terminated") or (
        status.get("lastState", {}).get("terminated") if why == "CrashLoopBackOff" else None
    )
    if ended and ended.get("exitCode", 0) != 0:
        return _ended(pod, status, ended, evidence)
    if init_container and "running" in state:
        said = evidence.last_said(pod_name, name, False)
        text = f"in {name}: {said.detail}" if said.detail else f"in {name}"
        return reported_reason(pod, said.code, text, evidence) or Reason(Cause.INIT, text)
    return None


def _ended(pod: Json, status: Json, ended: Json, evidence: Evidence) -> Reason:
    """A container that exited by an error, with what it said last."""
    pod_name, name = pod["metadata"]["name"], status["name"]
    times = status.get("restartCount", 0) + 1
    count = f" ({times} times)" if times > 1 else ""
    often = times >= CRASHES_UNTIL_HOPELESS
    if ended.get("reason") == "OOMKilled":
        text = f"{name} was killed: it needed more memory than its limit{count}"
        path = f"{_values(pod)}.resources.limits.memory"
        limit = _container(pod, name).get("resources", {}).get("limits", {}).get("memory")
        more = as_written("memory", 2 * quantity(limit)) if limit else "1Gi"
        return Reason(Cause.CRASH, text, often, fixes.upgrade(evidence.cluster, {path: more}), often)
    previous = not status.get("state", {}).get("terminated")
    lines = [line for line in ended.get("message", "").split("\n") if line.strip()]
    if refused := [condition for condition in last_conditions(lines) if condition.setting]:
        return replace(_settings(pod, name, refused, count, evidence), proven=often)
    said = last_said(lines)
    if not said.detail:
        said = evidence.last_said(pod_name, name, previous)
    words = one_line(said.detail)
    text = f"{name} exited {ended.get('exitCode')}" + (f": {words}" if words else "") + count
    is_init = name in {one["name"] for one in pod["spec"].get("initContainers", [])}
    if is_init and (reason := reported_reason(pod, said.code, text, evidence)):
        return reason
    # By the time that somebody types it, one that ends over and over runs again.
    fix = fixes.logs(evidence.cluster, pod_name, name, previous=previous or times > 1)
    return Reason(Cause.CRASH, text, often, fix, often)


def _settings(pod: Json, container: str, refused: Sequence[Condition], count: str, evidence: Evidence) -> Reason:
    """A process that refused its settings."""
    said = "; ".join(one_line(condition.detail) for condition in refused)
    text = f"{container} refuses its settings{count}: {said}"
    named = [condition.setting for condition in refused]
    from_secret = [(secret, key) for key in named if (secret := _secret_of(pod, key))]
    if not from_secret:
        look = evidence.cluster.kubectl_line("describe pod", pod["metadata"]["name"])
        return Reason(Cause.CONFIGURATION, text, hopeless=True, fix=look)
    secret, key = from_secret[0]
    return Reason(Cause.SECRET, text, hopeless=True, fix=fixes.correct_key(evidence.cluster, secret, key))


def _configuration(pod: Json, message: str, evidence: Evidence) -> Reason:
    """What the kubelet could not put together: mostly a Secret or one of its keys that is not there."""
    if found := re.search(r'secret "([^"]+)" not found', message):
        text = f"the Secret {found[1]} is not there"
        return Reason(Cause.SECRET, text, hopeless=True, fix=fixes.create_secret(evidence.cluster, found[1]))
    found = re.search(r"couldn't find key (\S+) in Secret [^/\s]+/(\S+)", message)
    if found:
        fix = fixes.correct_key(evidence.cluster, found[2], found[1])
        return Reason(Cause.SECRET, f"the Secret {found[2]} has no key {found[1]}", hopeless=True, fix=fix)
    if found := re.search(r"references non-existent secret key: (\S+)", message):
        secret = _secret_of(pod, found[1])
        fix = fixes.correct_key(evidence.cluster, secret, found[1])
        return Reason(Cause.SECRET, f"the Secret {secret} has no key {found[1]}", hopeless=True, fix=fix)
    look = evidence.cluster.kubectl_line("describe pod", pod["metadata"]["name"])
    return Reason(Cause.CONFIGURATION, message, hopeless=True, fix=look)


def _unschedulable(pod: Json, message: str, evidence: Evidence, missing: int) -> Reason:
    """A resource that no node has enough of, and a request that fits.

    A rollout keeps every ready pod until it has all the replicas and one more: so what is free is shared by the
    missing ones and that one.
    """
    # Newer schedulers do not name the taint.
    tainted = " ".join([message, *(evidence.taints() if "untolerated taint" in message else [])])
    for taint, (cause, words) in TAINTS.items():
        if f"node.kubernetes.io/{taint}" in tainted:
            fix = FREE_DISK if cause is Cause.DISK_PRESSURE else evidence.cluster.kubectl_line("describe nodes")
            return Reason(cause, f"no node takes it: {words}", fix=fix)
    lacking = list(dict.fromkeys(re.findall(r"Insufficient ([\w/-]+(?:\.[\w/-]+)*)", message)))
    if not lacking:
        look = evidence.cluster.kubectl_line("describe nodes")
        return Reason(Cause.UNSCHEDULABLE, f"no node takes it: {one_line(message)}", fix=look)
    available = evidence.free(lacking)
    asked, values = [], {}
    for resource in lacking:
        asks = as_written(resource, capacity.asked(pod, resource))
        left = f", {as_written(resource, available[resource])} free" if resource in available else ""
        asked.append(f"{resource} (asks {asks}{left})")
        share = available[resource] / (missing + 1) if resource in available else None
        fitting = capacity.proposal(resource, share) if share is not None else "..."
        values[f"{_values(pod)}.resources.requests.{resource}"] = fitting
    text = f"no node has enough {' and '.join(asked)}; lower {' and '.join(values)}"
    if None in values.values():  # next to nothing is left
        return Reason(Cause.UNSCHEDULABLE, text, fix="give the node more CPU or memory, or end what else runs there")
    fitting_values = {path: str(value) for path, value in values.items()}
    return Reason(Cause.UNSCHEDULABLE, text, fix=fixes.upgrade(evidence.cluster, fitting_values))


def _turned_away(status: Json, evidence: Evidence) -> Reason:
    """A pod that its node ended, or did not take though it was placed there; another is made in its place."""
    message = one_line(str(status.get("message", "")))
    evicted = status["reason"] == "Evicted"
    words = "was evicted" if evicted else f"was turned away by its node ({status['reason']})"
    disk = re.search(r"storage|disk|inode|imagefs|nodefs", message, re.IGNORECASE)
    fix = FREE_DISK if disk else evidence.cluster.kubectl_line("describe nodes")
    return Reason(Cause.EVICTED, f"{words}: {message}", fix=fix)


def _image(pod: Json, image: str, waiting: Json, evidence: Evidence) -> Reason:
    message = str(waiting.get("message", ""))
    load = fixes.load_image(evidence.cluster, image)
    if waiting.get("reason") == "ErrImageNeverPull":
        why = "it is not on the node, and its pull policy is Never"
        return Reason(Cause.IMAGE, f"cannot get image {image}: {why}", hopeless=True, fix=load)
    why = pull_reason(message, evidence.all_about(pod["metadata"]["name"], "Failed")) or str(waiting.get("reason", ""))
    if why == PULL_WORDS[NO_SPACE]:
        return Reason(Cause.IMAGE, f"cannot get image {image}: {why}", hopeless=True, fix=FREE_DISK)
    login = f"{fixes.pull_login(evidence.cluster, image)}; or " if LOGIN_WORDS in why else ""
    fix = f"correct {_values(pod)}.image; or {login}{load}"
    return Reason(Cause.IMAGE, f"cannot get image {image}: {why}", hopeless=True, fix=fix)


def pull_reason(message: str, events: Sequence[str] = ()) -> str:
    """Why a pull failed: what its words are known to mean, else the runtime's own last sentence.

    After some tries the message may be of a back-off alone, and the cause in an earlier event.
    """
    said = [message, *(one for one in reversed(events) if one.startswith("Failed to pull"))]
    telling = [PULL_PREFIXES.sub("", one) for one in said if not BACK_OFF_ALONE.fullmatch(one)]
    for one in telling:
        for words, meaning in PULL_WORDS.items():
            if found := re.search(words, one, re.IGNORECASE):
                return meaning.format(**found.groupdict())
    return one_line(telling[0] if telling else message)


def _values(pod: Json) -> str:
    """Where the chart's values have the pod's tier."""
    tier = str(pod["metadata"].get("labels", {}).get("tier", "backend"))
    return "database.demo" if tier == "database" else tier


def _container(pod: Json, name: str) -> Json:
    spec = pod["spec"]
    return next((one for one in [*spec.get("initContainers", []), *spec["containers"]] if one["name"] == name), {})


def _secret_of(pod: Json, key: str) -> str:
    """The Secret that gives the pod a key, as a variable or as a file; empty when none does."""
    spec = pod["spec"]
    variables = [
        variable.get("valueFrom", {}).get("secretKeyRef", {})
        for container in [*spec.get("initContainers", []), *spec["containers"]]
        for variable in container.get("env", [])
    ]
    files = [
        {"name": source["secret"].get("name", ""), "key": item.get("key")}
        for volume in spec.get("volumes", [])
        for source in volume.get("projected", {}).get("sources", [])
        if "secret" in source
        for item in source["secret"].get("items", [])
    ]
    return next((str(one["name"]) for one in [*variables, *files] if one.get("key") == key), "")


def _was_ready(pod: Json) -> bool:
    """Whether the pod was ready after its containers started; of a pod with many events the newest may be missing."""
    status = pod["status"]
    started = [one.get("state", {}).get("running", {}).get("startedAt", "") for one in status["containerStatuses"]]
    lost = [one.get("lastTransitionTime", "") for one in status.get("conditions", []) if one["type"] == "Ready"]
    return max(lost, default="") > max(started, default="") > ""


def _condition(pod: Json, name: str) -> str:
    for condition in pod.get("status", {}).get("conditions", []):
        if condition["type"] == name:
            return str(condition["status"])
    return ""
