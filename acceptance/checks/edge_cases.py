"""What happens when something is wrong: each provoked on a scratch release, the message read, the recovery awaited."""

import secrets
import time

import pytest

from acceptance.checks.objects import deployment_of, pods_of, ready_pods, service_of
from acceptance.checks.provoking import RECOVERY_SECONDS, failing_upgrade, measure_load, uids_of
from acceptance.checks.waiting import MEASURED_PAUSE, await_, settled
from acceptance.inspection import Inspection, Measure, Stopwatch
from acceptance.load import Load
from acceptance.pods import pod_like
from acceptance.scratch_release import ExternalDatabaseRelease, HealthyRelease
from acceptance.stack import TIERS
from todo_cli.kube.cluster import Json

OUT_OF_ROTATION_SECONDS = 60  # the chart's probes take 9 to 10, and more where the node is short of CPU
AFTER_SECONDS = 2
HUGE = "1000"


@pytest.mark.clause("EC-1")
@pytest.mark.slow
def test_too_little_cpu(stack: Inspection, measure: Measure, healthy_release: HealthyRelease) -> None:
    """A scratch release upgraded to ask for more CPU than a node has: what Kubernetes says, whether it still serves."""
    changes = {"backend": {"resources": {"requests": {"cpu": HUGE}}}}
    with failing_upgrade(stack, measure, healthy_release, changes) as on:
        said = await_(lambda: _unschedulable(on), "no pod was reported as unschedulable")
        stack.require("cpu" in said, f"the new pod: {said}")


@pytest.mark.clause("EC-2")
@pytest.mark.slow
def test_image_cannot_be_pulled(stack: Inspection, measure: Measure, healthy_release: HealthyRelease) -> None:
    """A scratch release upgraded to an image that is nowhere: what Kubernetes says, whether the app still serves."""
    image = {"repository": "registry.invalid/todo-backend", "tag": "missing", "pullPolicy": "IfNotPresent"}
    with failing_upgrade(stack, measure, healthy_release, {"backend": {"image": image}}) as on:
        said = await_(lambda: _image_trouble(on), "no pod reported its image")
        stack.require("registry.invalid/todo-backend:missing" in said, f"the new pod: {said}")


@pytest.mark.clause("EC-3")
@pytest.mark.slow
def test_database_away_at_start(stack: Inspection, measure: Measure, external_release: ExternalDatabaseRelease) -> None:
    """A scratch release whose database's host is not there yet: what its init container says, whether it recovers."""
    host, said = external_release.host, external_release.said
    for line in said[:3]:
        stack.saw.append(f"init container: {line.detail}")
    stack.require(bool(said), f"the init container wrote {len(said)} lines while it waited")
    stack.require(
        any(line.code == "database_host" for line in said), f"they say by code that the host is not there ({host})"
    )
    measure("pods Ready after the database came", external_release.recovered, "s", at_most=RECOVERY_SECONDS)


@pytest.mark.clause("EC-4")
@pytest.mark.slow
def test_changed_settings_roll_out(stack: Inspection, measure: Measure, healthy_release: HealthyRelease) -> None:
    """A setting of a scratch release's backend changed by helm upgrade under load: the pods replaced, what fails."""
    on = settled(stack, healthy_release)
    before = {tier: uids_of(on, tier) for tier in TIERS}
    wanted = f"changed-{secrets.token_hex(3)}"
    with on.signed_up_client() as client, Load(client, talkers=0, panels=0) as load:
        on.note(
            "helm", "upgrade", "todo-stack", "charts/todo-stack", "--set", f"backend.env.EXAMPLE={wanted}", "--wait"
        )
        healthy_release.upgrade({"backend": {"env": {"EXAMPLE": wanted}}}, wait=True)
    after = {tier: uids_of(on, tier) for tier in TIERS}
    stack.require(not before["backend"] & after["backend"], "every backend pod was replaced")
    stack.require(before["frontend"] == after["frontend"], "the frontend's pod was not")
    pod = ready_pods(on, "backend")[0]
    look = "import os; print(os.environ.get('EXAMPLE'))"
    value = on.kubectl("exec", pod, "-c", "backend", "--", "python", "-c", look).strip()
    stack.require(value == wanted, f"the new pods have EXAMPLE={value}")
    measure_load(stack, measure, load)


@pytest.mark.clause("EC-5")
@pytest.mark.slow
def test_frontend_without_a_backend(stack: Inspection, measure: Measure, healthy_release: HealthyRelease) -> None:
    """A scratch release's backend scaled to none: page, API and health of the frontend; then scaled back."""
    on = settled(stack, healthy_release)
    name = deployment_of(on, "backend")["metadata"]["name"]
    with on.signed_up_client() as client:
        on.kubectl("scale", "deployment", name, "--replicas=0")
        try:
            await_(lambda: not _endpoints(on, "backend"), "the backend's Service still has pods")
            page = on.request(client, "GET", "/")
            stack.require(page.status == 200, f"the page answers {page.status}")
            await_(  # pods that are on their way out answer for some seconds
                lambda: on.request(client, "GET", "/api/me/tasks").status != 200, "requests still find a backend"
            )
            refused = on.request(client, "GET", "/api/me/tasks")
            said = refused.body.get("detail", "") if isinstance(refused.body, dict) else refused.body
            stack.require(refused.status == 502 and bool(said), f"the API answers {refused.status}: {said}")
            stack.require(len(ready_pods(on, "frontend")) == 1, "the frontend's pod stays Ready")
        finally:
            on.kubectl("scale", "deployment", name, "--replicas=2")
        watch = Stopwatch()
        await_(
            lambda: on.request(client, "GET", "/api/me/tasks").status == 200,
            "the API does not come back",
            RECOVERY_SECONDS,
            MEASURED_PAUSE,
        )
        measure("API back after the backend came", watch.seconds, "s", at_most=RECOVERY_SECONDS)
    on.wait_for_rollout(f"deployment/{name}")


@pytest.mark.clause("EC-6")
@pytest.mark.slow
def test_unhealthy_replica(stack: Inspection, measure: Measure, healthy_release: HealthyRelease) -> None:
    """A third backend pod of a release that serves, then hangs, under load: out of rotation, no request fails."""
    on = settled(stack, healthy_release)
    others = ready_pods(on, "backend")
    pod = _third_pod(on)
    name = pod["metadata"]["name"]
    on.note("kubectl", "apply", "-f", "a third pod of the backend, whose process can be stopped")
    on.stack.cluster.apply(pod)
    try:
        await_(lambda: name in _endpoints(on, "backend"), "the third pod never came into rotation")
        with on.signed_up_client() as client, Load(client, talkers=0, panels=0) as load:
            await_(lambda: load.tally.served[name], "the third pod never answered a request")
            on.kubectl("exec", name, "--", "python", "-c", "open('/tmp/hang', 'w').close()")
            watch = Stopwatch()
            await_(
                lambda: name not in _endpoints(on, "backend"),
                "the unhealthy pod stayed in rotation",
                OUT_OF_ROTATION_SECONDS,
                MEASURED_PAUSE,
            )
            out = watch.seconds
            time.sleep(AFTER_SECONDS)
        measure("out of rotation", out, "s", at_most=OUT_OF_ROTATION_SECONDS)
        measure_load(stack, measure, load)
        now = ready_pods(on, "backend")
        stack.require(set(now) == set(others), f"Ready meanwhile: {', '.join(now)}")
    finally:
        on.kubectl("delete", "pod", name, "--grace-period=0", "--force", "--wait=false", check=False)


def _unschedulable(on: Inspection) -> str:
    for pod in pods_of(on, deployment_of(on, "backend")):
        for condition in pod.get("status", {}).get("conditions", []):
            if condition["type"] == "PodScheduled" and condition["status"] == "False":
                return str(condition.get("message", ""))
    return ""


def _image_trouble(on: Inspection) -> str:
    return image_trouble(pods_of(on, deployment_of(on, "backend")))


def image_trouble(pods: list[Json]) -> str:
    """The image that a pod does not get, by its specification, and what its runtime says: not every one names it."""
    for pod in pods:
        kinds = (("initContainers", "initContainerStatuses"), ("containers", "containerStatuses"))
        for containers, statuses in kinds:
            images = {one["name"]: one["image"] for one in pod["spec"].get(containers, [])}
            for status in pod.get("status", {}).get(statuses, []):
                waiting = status.get("state", {}).get("waiting", {})
                if "Image" in waiting.get("reason", "") and waiting.get("message"):
                    return f"{images[status['name']]}: {waiting['reason']}: {waiting['message']}"
    return ""


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


# Runs the program in its arguments, and stops its process as soon as it is asked to: connections are taken, and nothing
# answers.
STOPPABLE = """
import os, signal, subprocess, sys, time
server = subprocess.Popen(sys.argv[1:])
while server.poll() is None and not os.path.exists("/tmp/hang"):
    time.sleep(0.1)
server.send_signal(signal.SIGSTOP)
server.wait()
"""


def _third_pod(on: Inspection) -> Json:
    """A pod that the backend's Service takes for one of its own, and that is: but nothing restarts it."""
    deployment = deployment_of(on, "backend")
    name = f"{deployment['metadata']['name']}-unhealthy"
    serve = ["python", "-m", "todo_backend", "serve"]
    labels = service_of(on, "backend")["spec"]["selector"]
    return pod_like(deployment, name, labels, ["python", "-c", STOPPABLE, *serve], serving=True)
