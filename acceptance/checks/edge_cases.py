"""What happens when something is wrong: each provoked on a trial, the message read, and the recovery awaited."""

import json
import time
from collections.abc import Callable

from acceptance.checks.chart import SAMPLE, render_error
from acceptance.checks.objects import deployment_of, pods_of, ready_pods, service_of
from acceptance.inspection import Failed, Inspection, Stopwatch
from acceptance.load import Load
from acceptance.running import verifies
from acceptance.trial import Trial, install
from todo_cli.cluster.client import Json

TROUBLE_SECONDS = 60
RECOVERY_SECONDS = 120
OUT_OF_ROTATION_SECONDS = 10
FILE_SECONDS = 120
HUGE = "1000"
FORMER_SERVES = "the former pods still answer"


@verifies("EC-1", quick=False)
def too_little_cpu(stack: Inspection) -> None:
    """A trial upgraded to ask for more CPU than the node has: what Kubernetes says, and whether it still serves."""
    trial = stack.trials.healthy()
    changes = {"backend": {"resources": {"requests": {"cpu": HUGE}}}}
    with _failing_upgrade(stack, trial, changes) as on:
        said = await_(lambda: _unschedulable(on), "no pod was told to be unschedulable")
        stack.require("cpu" in said, f"the new pod: {said}")


@verifies("EC-2", quick=False)
def image_cannot_be_pulled(stack: Inspection) -> None:
    """A trial upgraded to an image that is nowhere: what Kubernetes says, and whether the app still serves."""
    trial = stack.trials.healthy()
    image = {"repository": "registry.invalid/todo-backend", "tag": "missing", "pullPolicy": "IfNotPresent"}
    with _failing_upgrade(stack, trial, {"backend": {"image": image}}) as on:
        said = await_(lambda: _image_trouble(on), "no pod told of its image")
        stack.require("registry.invalid/todo-backend:missing" in said, f"the new pod: {said}")


@verifies("EC-3", quick=False)
def database_away_at_start(stack: Inspection) -> None:
    """A trial whose database's host is not there yet: what its init container says, and whether it recovers alone."""
    outside = stack.trials.on_outside_database()
    for line in outside.said[:3]:
        stack.saw.append(f"init container: {line}")
    stack.require(bool(outside.said), f"the init container wrote {len(outside.said)} lines while it waited")
    stack.require(
        any(outside.host in line for line in outside.said), f"they name the host that is not there ({outside.host})"
    )
    stack.measure("pods Ready after the database came", outside.recovered, "s", at_most=RECOVERY_SECONDS)


@verifies("EC-4", quick=False)
def changed_settings_roll_out(stack: Inspection) -> None:
    """A setting of a trial's backend changed by helm upgrade under load: which pods are replaced, what fails."""
    trial = stack.trials.healthy()
    on = stack.on(trial.stack)
    before = {tier: _uids(on, tier) for tier in ("backend", "frontend")}
    with on.someone() as visitor, Load(visitor, talkers=0, panels=0) as load:
        changes = {"backend": {"env": {"EXAMPLE": "changed"}}}
        on.note("helm", "upgrade", "todo-stack", "charts/todo-stack", "--set", "backend.env.EXAMPLE=changed", "--wait")
        install(
            trial.stack.cluster, trial.stack.chart, trial.with_values(changes), wait=True, seconds=120, upgrade=True
        )
    after = {tier: _uids(on, tier) for tier in ("backend", "frontend")}
    stack.require(not before["backend"] & after["backend"], "every backend pod was replaced")
    stack.require(before["frontend"] == after["frontend"], "the frontend's pod was not")
    pod = ready_pods(on, "backend")[0]
    value = on.kubectl("exec", pod, "-c", "backend", "--", "python", "-c", "import os; print(os.environ['EXAMPLE'])")
    stack.require(value.strip() == "changed", f"the new pods have EXAMPLE={value.strip()}")
    stack.measure("failed requests, repeated ones too", load.tally.troubled, f"of {load.tally.sent}", at_most=0)


@verifies("EC-5", quick=False)
def frontend_without_a_backend(stack: Inspection) -> None:
    """A trial's backend scaled to none: page, API and health of the frontend; then scaled back."""
    on = stack.on(stack.trials.healthy().stack)
    name = deployment_of(on, "backend")["metadata"]["name"]
    with on.someone() as visitor:
        on.kubectl("scale", "deployment", name, "--replicas=0")
        try:
            await_(lambda: not _endpoints(on, "backend"), "the backend's Service still has pods")
            page = on.visit(visitor, "GET", "/")
            stack.require(page.status == 200, f"the page answers {page.status}")
            await_(  # pods that are on their way out answer for some seconds
                lambda: on.visit(visitor, "GET", "/api/me/tasks").status != 200, "requests still find a backend"
            )
            refused = on.visit(visitor, "GET", "/api/me/tasks")
            said = refused.body.get("detail", "") if isinstance(refused.body, dict) else refused.body
            stack.require(refused.status == 502 and bool(said), f"the API answers {refused.status}: {said}")
            stack.require(len(ready_pods(on, "frontend")) == 1, "the frontend's pod stays Ready")
        finally:
            on.kubectl("scale", "deployment", name, "--replicas=2")
        watch = Stopwatch()
        await_(lambda: on.visit(visitor, "GET", "/api/me/tasks").status == 200, "the API does not come back", 120)
        stack.measure("API back after the backend came", watch.seconds, "s", at_most=RECOVERY_SECONDS)
    on.kubectl("rollout", "status", f"deployment/{name}", "--timeout=100s", timeout=110)


@verifies("EC-6", quick=False)
def unhealthy_replica(stack: Inspection) -> None:
    """A third pod behind a trial's backend Service that turns unhealthy: taken out of rotation, requests go on."""
    on = stack.on(stack.trials.healthy().stack)
    cluster = on.stack.cluster
    pod = _sick_pod(on)
    on.note("kubectl", "apply", "-f", "a pod of the backend's labels that serves for some seconds, then hangs")
    cluster.apply(pod)
    name = pod["metadata"]["name"]
    try:
        await_(lambda: name in _endpoints(on, "backend"), "the third pod never came into rotation")
        on.kubectl("exec", name, "--", "python", "-c", "open('/tmp/sick', 'w').close()")
        watch = Stopwatch()
        await_(lambda: name not in _endpoints(on, "backend"), "the unhealthy pod stayed in rotation")
        stack.measure("out of rotation", watch.seconds, "s", at_most=OUT_OF_ROTATION_SECONDS)
        with on.someone() as visitor:
            answers = [on.visit(visitor, "GET", "/api/me/tasks") for _ in range(30)]
        good = sum(answer.status == 200 for answer in answers)
        served = {answer.served_by for answer in answers}
        stack.require(good == len(answers) and name not in served, f"{good} of 30 answered, by {sorted(served)}")
    finally:
        on.kubectl("delete", "pod", name, "--grace-period=0", "--force", "--wait=false", check=False)


@verifies("EC-7")
def secrets_missing_or_invalid(stack: Inspection) -> None:
    """What Helm says to each required secret that is missing, too short or malformed."""
    given = {name.rpartition(".")[2]: name for name in SAMPLE}
    for key, name in (
        ("DATABASE_URL", given["databaseUrl"]),
        ("OPENAI_API_KEY", given["openaiApiKey"]),
        ("BETTER_AUTH_SECRET", given["betterAuthSecret"]),
    ):
        said = render_error(stack, {**SAMPLE, name: ""}, sample=False)
        stack.require(f"{key} is missing" in said, f"without it: {_about(said, key)}")
    for key, name, wrong, word in (
        ("BETTER_AUTH_SECRET", given["betterAuthSecret"], "0123456789", "too short"),
        ("DATABASE_URL", given["databaseUrl"], "mysql://somewhere", "malformed"),
    ):
        said = render_error(stack, {name: wrong})
        stack.require(f"{key} is {word}" in said and wrong not in said, f"{word}: {_about(said, key)}")


@verifies("EC-8", quick=False)
def secrets_changed_without_restarts(stack: Inspection) -> None:
    """A trial with its secrets mounted as files: one is changed in place, and read anew by the same pods."""
    trial = stack.trials.healthy()
    on = stack.on(trial.stack)
    before = _uids(on, "backend")
    container = deployment_of(on, "backend")["spec"]["template"]["spec"]["containers"][0]
    files = {one["name"]: one.get("value") for one in container["env"] if one["name"].endswith("_FILE")}
    stack.require("OPENAI_API_KEY_FILE" in files, f"read from files: {files}")
    secret = f"{trial.stack.cluster.release}-secrets"
    on.kubectl("patch", "secret", secret, "-p", json.dumps({"stringData": {"OPENAI_API_KEY": "sk-changed"}}))
    pod = ready_pods(on, "backend")[0]
    on.kubectl("annotate", "pod", pod, "todo-stack/looked-at=now", "--overwrite")  # has the kubelet look at once
    watch = Stopwatch()
    read = ["python", "-c", f"print(open({files['OPENAI_API_KEY_FILE']!r}).read() == 'sk-changed')"]
    await_(
        lambda: "True" in on.kubectl("exec", pod, "-c", "backend", "--", *read),
        "the pod's file did not change",
        FILE_SECONDS,
    )
    stack.measure("new key inside the running pod", watch.seconds, "s", at_most=FILE_SECONDS)
    stack.require(_uids(on, "backend") == before, "no pod was restarted for it")


class _failing_upgrade:  # noqa: N801 (used as a function)
    """Upgrade a trial to values that cannot work; at the end take it back, having seen that it served throughout."""

    def __init__(self, stack: Inspection, trial: Trial, changes: Json) -> None:
        self.on, self.trial, self.changes = stack.on(trial.stack), trial, changes

    def __enter__(self) -> Inspection:
        self.on.note("helm", "upgrade", "todo-stack", "charts/todo-stack", "--set-json", json.dumps(self.changes))
        cluster, chart = self.trial.stack.cluster, self.trial.stack.chart
        wanted = self.trial.with_values(self.changes)
        install(cluster, chart, wanted, wait=False, seconds=60, upgrade=True)
        return self.on

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        on = self.on
        try:
            if kind is None:
                await_(lambda: not _leaving(on), "pods are still on their way out")  # they answer until they are gone
                with on.someone() as visitor:
                    status = on.visit(visitor, "GET", "/api/me/tasks").status
                on.require(status == 200, f"{FORMER_SERVES}: {status}")
        finally:
            on.note("helm", "rollback", "todo-stack")
            on.stack.cluster.helm("rollback", on.stack.cluster.release, "--wait", "--timeout", "60s")


def await_(holds: Callable[[], object], otherwise: str, seconds: float | None = None) -> str:
    """Wait until `holds` gives something, and return it; raises Failed after `seconds`."""
    seconds = TROUBLE_SECONDS if seconds is None else seconds
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if found := holds():
            return str(found)
        time.sleep(0.25)
    raise Failed(f"{otherwise} within {seconds:.0f} s")


def _leaving(on: Inspection) -> list[str]:
    """The namespace's pods that are on their way out."""
    return [pod["metadata"]["name"] for pod in on.items("pods") if pod["metadata"].get("deletionTimestamp")]


def _unschedulable(on: Inspection) -> str:
    for pod in pods_of(on, deployment_of(on, "backend")):
        for condition in pod.get("status", {}).get("conditions", []):
            if condition["type"] == "PodScheduled" and condition["status"] == "False":
                return str(condition.get("message", ""))
    return ""


def _image_trouble(on: Inspection) -> str:
    for pod in pods_of(on, deployment_of(on, "backend")):
        status = pod.get("status", {})
        for container in [*status.get("initContainerStatuses", []), *status.get("containerStatuses", [])]:
            waiting = container.get("state", {}).get("waiting", {})
            if "Image" in waiting.get("reason", "") and waiting.get("message"):
                return f"{waiting['reason']}: {waiting['message']}"
    return ""


def _uids(on: Inspection, tier: str) -> set[str]:
    return {pod["metadata"]["uid"] for pod in pods_of(on, deployment_of(on, tier))}


def _endpoints(on: Inspection, tier: str) -> set[str]:
    """The pods that the tier's Service sends requests to."""
    service = f"{on.stack.cluster.release}-{tier}"
    slices = on.items("endpointslices", "-l", f"kubernetes.io/service-name={service}")
    return {
        endpoint["targetRef"]["name"]
        for one in slices
        for endpoint in one.get("endpoints") or []
        if endpoint["conditions"].get("ready") and "targetRef" in endpoint
    }


SICK_SERVER = """
import http.server, os, time
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        if os.path.exists('/tmp/sick'):
            time.sleep(3600)
        self.send_response(200 if self.path.startswith('/health') else 503)
        self.end_headers()
    do_POST = do_PATCH = do_DELETE = do_GET
    def log_message(self, *_): pass
http.server.ThreadingHTTPServer(('', 8000), Handler).serve_forever()
"""


def _sick_pod(on: Inspection) -> Json:
    """A pod that the backend's Service takes for one of its own: healthy at first, hanging when told to."""
    deployment = deployment_of(on, "backend")
    template = deployment["spec"]["template"]
    container = template["spec"]["containers"][0]
    kept = ("image", "imagePullPolicy", "securityContext", "ports", "readinessProbe", "resources")
    spec = {key: template["spec"][key] for key in ("securityContext",) if key in template["spec"]}
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {
            "name": f"{deployment['metadata']['name']}-unhealthy",
            "labels": service_of(on, "backend")["spec"]["selector"],
        },
        "spec": spec
        | {
            "terminationGracePeriodSeconds": 0,
            "automountServiceAccountToken": False,
            "containers": [
                {key: container[key] for key in kept if key in container}
                | {
                    "name": "unhealthy",
                    "command": ["python", "-c", SICK_SERVER],
                    "volumeMounts": [{"name": "tmp", "mountPath": "/tmp"}],  # noqa: S108 (a volume of the pod)
                }
            ],
            "volumes": [{"name": "tmp", "emptyDir": {}}],
        },
    }


def _about(said: str, key: str) -> str:
    """The line of a message that is about a key."""
    return next((" ".join(line.split()) for line in said.splitlines() if key in line), " ".join(said.split())[:160])
