"""Why a pod is not ready, in words and with the fix, from what the cluster says."""

import json
import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from conftest import Machine, deployment, pod
from todo_cli import health
from todo_cli.cluster import capacity
from todo_cli.cluster.causes import END_MIGRATION, WRITABLE, Cause
from todo_cli.cluster.components import components
from todo_cli.cluster.fixes import CHART
from todo_cli.cluster.pod_reasons import (
    Evidence,
    creation_reason,
    one_line,
    pod_reason,
    pull_reason,
)
from todo_cli.conditions import Condition
from todo_cli.errors import FREE_DISK
from todo_cli.kube.cluster import Cluster

CLUSTER = Cluster("kubectl", "helm", "here", "todo", image_command="minikube -p here image load {image}")
KUBECTL = "kubectl --context here -n todo"
CODES = json.loads((Path(__file__).parents[2] / "contracts" / "codes.json").read_text())
UPGRADE = f"helm --kube-context here -n todo upgrade todo-stack {CHART} --reset-then-reuse-values"


def said(_pod: str, _container: str, _previous: bool) -> Condition:
    return Condition("database_unreachable", "try 3: h:5432 refuses connections; next try in 2 s (90 s left)")


def line(code: str, detail: str, **more: str) -> str:
    """What our programs write where a machine reads it."""
    return json.dumps({"code": code, "detail": detail, **more})


def evidence(*events: dict[str, Any], cpu: float = 0.05, memory: float = 150 * 2**20) -> Evidence:
    """What is known beside the pod: these events, and a node with so much free."""
    return Evidence(CLUSTER, said, lambda _resources: {"cpu": cpu, "memory": memory}, events)


def event(reason: str, message: str, name: str = "p") -> dict[str, Any]:
    return {"reason": reason, "message": message, "involvedObject": {"name": name}}


def waiting(
    reason: str, message: str = "", *, image: str = "todo-backend:1", restarts: int = 0, **more: Any
) -> dict[str, Any]:
    state = {"waiting": {"reason": reason, "message": message}}
    return {"name": "backend", "image": image, "restartCount": restarts, "state": state} | more


UNSCHEDULABLE = {
    "type": "PodScheduled",
    "status": "False",
    "message": "0/1 nodes are available: 1 Insufficient cpu, 1 Insufficient memory. preemption: not helpful",
}


def tainted(name: str) -> dict[str, str]:
    """The scheduler's word on a pod that the only node's taint keeps away."""
    taint = f"{{node.kubernetes.io/{name}: }}"
    message = f"0/1 nodes are available: 1 node(s) had untolerated taint {taint}. preemption: not helpful"
    return {"type": "PodScheduled", "status": "False", "message": message}


PROBE = event("Unhealthy", "Readiness probe failed: HTTP probe failed with statuscode: 503")
HANGING = event(
    "Unhealthy", 'Readiness probe failed: Get "http://10.1.2.3:8000/health/ready": context deadline exceeded'
)
NO_KEY = event(
    "FailedMount", 'MountVolume.SetUp failed for volume "secrets" : references non-existent secret key: OPENAI_API_KEY'
)
PULL = "Back-off pulling image: ErrImagePull: failed to pull and unpack image: failed to do request: Head: dial tcp: "
CORRECT_URL = f"""{KUBECTL} patch secret keys -p '{{"stringData": {{"DATABASE_URL": "..."}}}}'; {UPGRADE}"""


NO_URL = line("setting_missing", "DATABASE_URL: is missing", setting="DATABASE_URL")
NO_PORT = line("setting_invalid", "PORT: is no port", setting="PORT")
NO_HOST = line("database_host", "try 9: unknown host h; giving up")


def terminated(code: int, message: str = "", **more: Any) -> dict[str, Any]:
    return {"terminated": {"exitCode": code, "message": message} | more}


def ended(state: dict[str, Any], restarts: int = 0, name: str = "backend") -> dict[str, Any]:
    """A container that waits for its next start after one that ended so."""
    return waiting("CrashLoopBackOff", restarts=restarts, lastState=state) | {"name": name}


@pytest.mark.parametrize(
    ("status", "cause", "text", "hopeless", "fix"),
    [
        ({"conditions": [UNSCHEDULABLE]}, Cause.UNSCHEDULABLE,
         "no node has enough cpu (asks 100m, 50m free) and memory (asks 192Mi, 150Mi free); lower "
         "backend.resources.requests.cpu and backend.resources.requests.memory", False,
         f"{UPGRADE} --set backend.resources.requests.cpu=50m --set backend.resources.requests.memory=144Mi"),
        ({"containerStatuses": [waiting("ErrImageNeverPull")]}, Cause.IMAGE,
         "cannot get image todo-backend:1: it is not on the node, and its pull policy is Never", True,
         "minikube -p here image load todo-backend:1; or ./todo up, which builds and loads them"),
        ({"containerStatuses": [waiting("ImagePullBackOff", f"{PULL}lookup registry.invalid on 10.96.0.10:53: no such host",
                                        image="registry.invalid/a:1")]}, Cause.IMAGE,
         "cannot get image registry.invalid/a:1: the name registry.invalid does not resolve", True,
         "correct backend.image; or minikube -p here image load registry.invalid/a:1"),
        ({"containerStatuses": [waiting("ErrImagePull", f"{PULL}connect: connection refused", image="r.io/a:1")]},
         Cause.IMAGE, "cannot get image r.io/a:1: the registry does not answer", True,
         "correct backend.image; or minikube -p here image load r.io/a:1"),
        ({"containerStatuses": [waiting("ImagePullBackOff", "pull access denied", image="r.io/a:1")]}, Cause.IMAGE,
         "cannot get image r.io/a:1: the registry has no such image, or wants a login", True,
         f"correct backend.image; or {KUBECTL} create secret docker-registry registry-login --docker-server=r.io "
         f"--docker-username=... --docker-password=...; {UPGRADE} --set 'imagePullSecrets[0].name=registry-login'; "
         "or minikube -p here image load r.io/a:1"),
        ({"containerStatuses": [waiting("CreateContainerConfigError", 'secret "keys" not found')]}, Cause.SECRET,
         "the Secret keys is not there", True,
         f"{KUBECTL} create secret generic keys --from-literal=DATABASE_URL='...' --from-literal=OPENAI_API_KEY='...' "
         "--from-literal=BETTER_AUTH_SECRET='...'"),
        ({"containerStatuses": [waiting("CreateContainerConfigError", 'secret "todo-stack-secrets" not found')]},
         Cause.SECRET, "the Secret todo-stack-secrets is not there", True, "./todo up"),
        ({"containerStatuses": [waiting("CreateContainerConfigError", "couldn't find key DATABASE_URL in Secret todo/keys")]},
         Cause.SECRET, "the Secret keys has no key DATABASE_URL", True, CORRECT_URL),
        ({"containerStatuses": [ended(terminated(78, f"{NO_URL}\n{NO_PORT}\n"), restarts=3)]},
         Cause.SECRET, "backend refuses its settings (4 times): DATABASE_URL: is missing; PORT: is no port", True,
         CORRECT_URL),
        ({"containerStatuses": [ended(terminated(78, NO_PORT))]},
         Cause.CONFIGURATION, "backend refuses its settings: PORT: is no port", True, f"{KUBECTL} describe pod p"),
        ({"containerStatuses": [ended(terminated(1, "starting\nno module x"), restarts=2)]}, Cause.CRASH,
         "backend exited 1: no module x (3 times)", True, f"{KUBECTL} logs p -c backend --previous"),
        ({"containerStatuses": [{"name": "backend", "restartCount": 2, "state": terminated(1, "no module x")}]},
         Cause.CRASH, "backend exited 1: no module x (3 times)", True, f"{KUBECTL} logs p -c backend --previous"),
        ({"containerStatuses": [{"name": "backend", "restartCount": 0, "state": terminated(1, "no module x")}]},
         Cause.CRASH, "backend exited 1: no module x", False, f"{KUBECTL} logs p -c backend"),
        ({"containerStatuses": [ended(terminated(137, reason="OOMKilled"), restarts=1)]},
         Cause.CRASH, "backend was killed: it needed more memory than its limit (2 times)", False,
         f"{UPGRADE} --set backend.resources.limits.memory=768Mi"),
        ({"initContainerStatuses": [{"name": "migrate", "state": {"running": {}}}],
          "containerStatuses": [waiting("PodInitializing")]}, Cause.DATABASE_UNREACHABLE,
         "in migrate: try 3: h:5432 refuses connections; next try in 2 s (90 s left)", False,
         f"start the database: the pods then go on by themselves; or {CORRECT_URL}"),
        ({"initContainerStatuses": [ended(terminated(1, NO_HOST), 1, "migrate")],
          "containerStatuses": [waiting("PodInitializing")]}, Cause.DATABASE_HOST,
         "migrate exited 1: try 9: unknown host h; giving up (2 times)", False, CORRECT_URL),
        ({"containerStatuses": [{"name": "backend", "state": {"running": {}}}]}, Cause.PROBE,
         "Readiness probe failed: HTTP probe failed with statuscode: 503", False, f"{KUBECTL} logs p -c backend"),
        ({"containerStatuses": [waiting("ContainerCreating")]}, Cause.STARTING, "starting", False, ""),
        ({"phase": "Failed", "reason": "Evicted", "message": "The node was low on resource: ephemeral-storage."},
         Cause.EVICTED, "was evicted: The node was low on resource: ephemeral-storage.", False, FREE_DISK),
        ({"phase": "Failed", "reason": "Evicted", "message": "The node was low on resource: memory. "},
         Cause.EVICTED, "was evicted: The node was low on resource: memory.", False, f"{KUBECTL} describe nodes"),
        ({"phase": "Failed", "reason": "OutOfmemory", "message": "Pod was rejected: Node didn't have enough resource"},
         Cause.EVICTED, "was turned away by its node (OutOfmemory): Pod was rejected: Node didn't have enough resource",
         False, f"{KUBECTL} describe nodes"),
        ({"conditions": [tainted("disk-pressure")]}, Cause.DISK_PRESSURE,
         "no node takes it: the disk of a node is nearly full", False, FREE_DISK),
        ({"conditions": [tainted("memory-pressure")]}, Cause.MEMORY_PRESSURE,
         "no node takes it: a node has nearly no memory left", False, f"{KUBECTL} describe nodes"),
        ({"conditions": [tainted("not-ready")]}, Cause.NODE_NOT_READY, "no node takes it: a node is not ready", False,
         f"{KUBECTL} describe nodes"),
        ({"conditions": [tainted("unreachable")]}, Cause.NODE_NOT_READY, "no node takes it: a node is not ready", False,
         f"{KUBECTL} describe nodes"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_reasons(status: dict[str, Any], cause: Cause, text: str, hopeless: bool, fix: str) -> None:
    reason = pod_reason(backend_pod({"conditions": []} | status), evidence(PROBE))
    assert reason is not None
    assert (reason.cause, reason.text, reason.hopeless, reason.fix) == (cause, text, hopeless, fix)


PULLS = {
    (why, runtime): said
    for why, by_runtime in json.loads(Path(__file__).with_name("pull_messages.json").read_text()).items()
    for runtime, said in by_runtime.items()
}


@pytest.mark.parametrize(("why", "runtime"), PULLS)
def test_each_runtime_s_words_for_a_failed_pull(why: str, runtime: str) -> None:
    """As its first try says it, as a back-off does, and where the back-off leaves the cause to an earlier event."""
    said, back_off = PULLS[why, runtime], 'Back-off pulling image "registry.example.com/todo-backend:1"'
    events = [event("Failed", f'Failed to pull image "x": {said}'), event("Failed", "Error: ImagePullBackOff")]
    for known, status in (
        ([], waiting("ErrImagePull", said)),
        ([], waiting("ImagePullBackOff", f"{back_off}: ErrImagePull: {said}")),
        (events, waiting("ImagePullBackOff", back_off)),
    ):
        pulling = backend_pod({"conditions": [], "containerStatuses": [status | {"image": ""}]})
        pulling["spec"]["containers"][0]["image"] = "registry.example.com/todo-backend:1"
        reason = pod_reason(pulling, evidence(*known))
        assert reason is not None
        assert reason.text == f"cannot get image registry.example.com/todo-backend:1: {why}"
        assert (reason.fix == FREE_DISK) is ("disk" in why)
        assert ("docker-registry" in reason.fix) is ("login" in why)


def test_the_name_of_an_image_tells_no_cause() -> None:
    said = (
        'Back-off pulling image "r.io/timeout-not-found:404": ErrImagePull: Error response from daemon: no luck today'
    )
    assert pull_reason(said) == "no luck today"
    assert pull_reason('Back-off pulling image "r.io/denied:1"') == 'Back-off pulling image "r.io/denied:1"'


def backend_pod(status: dict[str, Any]) -> dict[str, Any]:
    """A pod whose DATABASE_URL and BETTER_AUTH_SECRET come from the Secret `keys`."""
    made = pod("p", "backend", **status)
    made["metadata"]["labels"]["tier"] = "backend"
    container = made["spec"]["containers"][0]
    container["env"] = [
        {"name": key, "valueFrom": {"secretKeyRef": {"name": "keys", "key": key}}}
        for key in ("DATABASE_URL", "BETTER_AUTH_SECRET")
    ]
    container["resources"]["limits"] = {"memory": "384Mi"}
    made["spec"]["initContainers"] = [{"name": "migrate"}]
    return made


def test_a_pod_that_hangs_is_told_as_one() -> None:
    running = {"conditions": [], "containerStatuses": [{"name": "backend", "state": {"running": {}}}]}
    reason = pod_reason(backend_pod(running), evidence(HANGING))
    assert reason is not None
    assert (reason.cause, reason.text) == (
        Cause.PROBE, "hangs: it does not answer its probes, and is restarted if it stays so",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("unready_since", "cause"),
    [("2026-01-02T10:00:00Z", Cause.STARTING), ("2026-01-02T10:00:07Z", Cause.STARTING), ("2026-01-02T11:00:00Z", Cause.PROBE)],
    ids=["before it started", "as it started", "later"],
)  # fmt: skip
def test_a_pod_that_was_ready_is_not_starting_also_where_no_event_tells(unready_since: str, cause: Cause) -> None:
    ready = {"type": "Ready", "status": "False", "lastTransitionTime": unready_since}
    running = {"name": "backend", "state": {"running": {"startedAt": "2026-01-02T10:00:07Z"}}}
    reason = pod_reason(backend_pod({"conditions": [ready], "containerStatuses": [running]}), evidence())
    assert reason is not None
    assert reason.cause is cause


def test_a_key_that_is_missing_in_a_mounted_secret_is_named() -> None:
    creating = backend_pod({"conditions": [], "containerStatuses": [waiting("ContainerCreating")]})
    items = [{"key": "OPENAI_API_KEY", "path": "OPENAI_API_KEY"}]
    creating["spec"]["volumes"] = [{"projected": {"sources": [{"secret": {"name": "keys", "items": items}}]}}]
    reason = pod_reason(creating, evidence(NO_KEY))
    assert reason is not None
    assert (reason.cause, reason.text) == (Cause.SECRET, "the Secret keys has no key OPENAI_API_KEY")
    assert "patch secret keys" in reason.fix


def test_what_is_free_is_shared_by_the_missing_pods_and_the_one_that_a_rollout_adds() -> None:
    reason = pod_reason(backend_pod({"conditions": [UNSCHEDULABLE]}), evidence(cpu=0.3, memory=1.5 * 2**30), missing=2)
    assert reason is not None
    assert "resources.requests.cpu=100m " in reason.fix
    assert reason.fix.endswith("resources.requests.memory=512Mi")


def test_with_next_to_nothing_free_no_value_is_proposed() -> None:
    reason = pod_reason(backend_pod({"conditions": [UNSCHEDULABLE]}), evidence(cpu=0.002))
    assert reason is not None
    assert "lower backend.resources.requests.cpu" in reason.text
    assert reason.fix == "give the node more CPU or memory, or end what else runs there"


GOES_ON = "the pods then go on by themselves"
MIGRATE_AGAIN = f"{KUBECTL} rollout restart deployment -l {CLUSTER.ours},app.kubernetes.io/component=backend"
REPORTED = {
    "database_login": (Cause.DATABASE_LOGIN, CORRECT_URL),
    "database_host": (Cause.DATABASE_HOST, CORRECT_URL),
    "database_unreachable": (Cause.DATABASE_UNREACHABLE, f"start the database: {GOES_ON}; or {CORRECT_URL}"),
    "database_starting": (Cause.DATABASE_UNREACHABLE, f"wait until the database has started: {GOES_ON}"),
    "database_full": (Cause.DATABASE_FULL, f"end connections that others hold, or raise max_connections of the database's server: {GOES_ON}"),
    "database_disk_full": (Cause.DATABASE_FULL, f"give the database's server more space: {GOES_ON}"),
    "database_read_only": (Cause.DATABASE_READ_ONLY, f"{WRITABLE}: {GOES_ON}; or {CORRECT_URL}"),
    "database_missing": (Cause.DATABASE_SETUP, f"create the database: {GOES_ON}; or {CORRECT_URL}"),
    "database_rights": (Cause.DATABASE_SETUP, f"grant the user these rights: {GOES_ON}; or {CORRECT_URL}"),
    "database_tls": (Cause.DATABASE_SETUP, CORRECT_URL),
    "database_error": (Cause.DATABASE_SETUP, f"mend what the database says: {GOES_ON}; or {CORRECT_URL}"),
    "schema_missing": (Cause.SCHEMA, MIGRATE_AGAIN),
    "schema_outdated": (Cause.SCHEMA, MIGRATE_AGAIN),
    "schema_foreign": (Cause.SCHEMA, CORRECT_URL),
    "schema_locked": (Cause.SCHEMA, f"{END_MIGRATION}: {GOES_ON}"),
    "signing_keys_unreadable": (Cause.SECRET, CORRECT_URL.replace("DATABASE_URL", "BETTER_AUTH_SECRET")),
    "draining": (Cause.STARTING, ""),
}  # fmt: skip


@pytest.mark.parametrize("code", CODES)
def test_each_code_has_one_fix_whatever_the_words(code: str) -> None:
    """Words of every other code among them, and of the programs below ours."""
    expected = REPORTED.get(code)
    chance = random.Random(code)
    words = [
        *CODES.values(),
        "password authentication failed; unknown host h; h:5432 refuses connections; no answer",
        '{"code": "database_login", "detail": "words that look like a report"}',
        "".join(chance.choices('\t\n"{}:\u2028 aé', k=200)),
    ]
    for detail in words:
        state = terminated(1, line(code, detail))
        broken = {"initContainerStatuses": [ended(state, name="migrate")]}
        reason = pod_reason(backend_pod({"conditions": []} | broken), evidence())
        assert reason is not None
        assert reason.text.startswith("migrate exited 1: ")
        told = (reason.cause, reason.fix)
        assert told == (expected or (Cause.CRASH, f"{KUBECTL} logs p -c migrate --previous"))


@pytest.mark.parametrize("code", CODES)
def test_every_code_of_the_contract_has_words_and_a_fix(code: str) -> None:
    """Where it says that something is wrong. A setting's names the setting, which the fix corrects."""
    state = terminated(1, line(code, "in words", **({"setting": "DATABASE_URL"} if "setting" in code else {})))
    broken = {"initContainerStatuses": [ended(state, name="migrate")]}
    reason = pod_reason(backend_pod({"conditions": []} | broken), evidence())
    assert reason is not None
    assert "in words" in reason.text
    if code not in ("ok", "unknown", "draining"):
        assert reason.cause is not Cause.CRASH
        assert reason.fix


@pytest.mark.parametrize("code", [code for code in REPORTED if code.startswith(("database", "schema"))])
def test_the_demo_database_is_ours_to_look_at(code: str) -> None:
    """No fix names the Secret that the chart writes, which the next upgrade would write again."""
    given = {
        "name": "DATABASE_URL",
        "valueFrom": {"secretKeyRef": {"name": "todo-stack-database", "key": "DATABASE_URL"}},
    }
    broken = {"initContainerStatuses": [ended(terminated(1, line(code, "x")), name="migrate")], "conditions": []}
    unready = pod("p", "backend", **broken)
    unready["spec"] |= {"initContainers": [{"name": "migrate", "env": [given]}]}
    reason = pod_reason(unready, evidence())
    assert reason is not None
    look = f"{KUBECTL} get pods,endpointslices -l {CLUSTER.ours},app.kubernetes.io/component=database"
    expected = {"schema_missing": MIGRATE_AGAIN, "schema_outdated": MIGRATE_AGAIN, "database_disk_full": FREE_DISK}
    assert reason.fix == expected.get(code, look)


def test_words_without_a_code_tell_no_cause() -> None:
    words = 'psycopg: password authentication failed for user "todo"'
    broken = {"initContainerStatuses": [ended(terminated(1, f"{NO_HOST}\n{words}"), name="migrate")]}
    reason = pod_reason(backend_pod({"conditions": []} | broken), evidence())
    assert reason is not None
    assert (reason.cause, reason.text) == (Cause.CRASH, f"migrate exited 1: {words}")


def test_readiness_is_read_by_its_codes(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    running = [{"name": "backend", "state": {"running": {}}}]
    unready = pod("p", "backend", conditions=[], containerStatuses=running)
    machine.set(
        minikube="running",
        release={"status": "deployed", "description": ""},
        objects=[deployment("backend", ready=0), unready],
        events=[PROBE | {"lastTimestamp": "2026-11-23T10:00:00Z"}],
    )
    here = Cluster("kubectl", "helm", "todo-stack", "todo-stack")
    for code, cause in (
        ("database_host", Cause.DATABASE_HOST),
        ("schema_outdated", Cause.SCHEMA),
        ("no_such_code", Cause.PROBE),
    ):
        checks = {"database": {"code": code, "detail": "wrong password"}, "schema": {"code": "unknown", "detail": "?"}}
        answer = health.Answer(503, {}, json.dumps({"status": "unavailable", "checks": checks}))
        monkeypatch.setattr("todo_cli.cluster.components.readiness", lambda *_, answer=answer: answer)
        (found,) = components(here, {})
        assert (found.code, found.reason) == (cause, "not ready: database wrong password")


def test_a_taint_that_the_scheduler_does_not_name_is_read_from_the_nodes() -> None:
    condition = UNSCHEDULABLE | {
        "message": "0/1 nodes are available: 1 node(s) had untolerated taint(s). no new claims"
    }
    known = evidence()
    with_taints = replace(known, taints=lambda: ["node.kubernetes.io/disk-pressure"])
    reason = pod_reason(backend_pod({"conditions": [condition]}), with_taints)
    assert reason is not None
    assert (reason.cause, reason.fix) == (Cause.DISK_PRESSURE, FREE_DISK)
    reason = pod_reason(backend_pod({"conditions": [condition]}), known)
    assert reason is not None
    assert reason.cause is Cause.UNSCHEDULABLE


def test_the_taints_of_the_nodes_are_read(machine: Machine) -> None:
    machine.set(minikube="running", nodes=[{"spec": {"taints": [{"key": "example.com/mine"}]}}, {"spec": {}}])
    assert capacity.taints(Cluster("kubectl", "helm", "todo-stack", "todo-stack")) == ["example.com/mine"]


def test_a_pod_that_was_evicted_tells_less_than_the_one_in_its_place(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    evicted = pod("a", "backend", phase="Failed", reason="Evicted", message="low on memory", conditions=[])
    waits = pod("b", "backend", conditions=[], containerStatuses=[waiting("ContainerCreating")])
    fails = pod("c", "backend", conditions=[UNSCHEDULABLE])
    machine.set(minikube="running", release={"status": "deployed", "description": ""})
    here = Cluster("kubectl", "helm", "todo-stack", "todo-stack")
    for pods, cause in (([evicted, waits], Cause.EVICTED), ([evicted, fails], Cause.UNSCHEDULABLE)):
        machine.set(objects=[deployment("backend", ready=0), *pods])
        (found,) = components(here, {})
        assert found.code == cause


def test_a_ready_pod_and_one_on_its_way_out_have_none() -> None:
    leaving = pod("p", "backend", conditions=[])
    leaving["metadata"]["deletionTimestamp"] = "2026-11-23T10:00:00Z"
    assert pod_reason(pod("p", "backend"), evidence()) is None
    assert pod_reason(leaving, evidence()) is None


def test_half_a_line_is_no_reason_and_the_log_is_read_instead() -> None:
    half = 'th": "/api/me/tasks", "status": 200, "duration_ms": 3.1}'
    reason = pod_reason(backend_pod({"conditions": [], "containerStatuses": [ended(terminated(1, half))]}), evidence())
    assert reason is not None
    assert reason.text == "backend exited 1: try 3: h:5432 refuses connections; next try in 2 s (90 s left)"


MIGRATING = {
    "initContainerStatuses": [{"name": "migrate", "restartCount": 3, "state": {"running": {}}}],
    "containerStatuses": [waiting("PodInitializing", restarts=1)],
}
NO_IMAGE = {"containerStatuses": [waiting("ErrImagePull", "no such host")]}


@pytest.mark.parametrize(
    ("status", "seconds", "text"),
    [
        (MIGRATING, 5, "rolling over, the former revision serves meanwhile: in migrate: up"),
        (MIGRATING, 90, "the new revision does not become ready, the former one still serves: in migrate: up"),
        (NO_IMAGE, 5, "the new revision does not become ready, the former one still serves: cannot get image"),
    ],
)
def test_a_roll_that_goes_well_is_not_told_as_one_that_does_not(
    machine: Machine, status: dict[str, Any], seconds: int, text: str
) -> None:
    rolling = deployment("backend", ready=2, wanted=2)
    progress = (datetime.now(UTC) - timedelta(seconds=seconds)).isoformat()
    rolling["status"] |= {
        "replicas": 3, "updatedReplicas": 1, "conditions": [{"type": "Progressing", "lastUpdateTime": progress}],
    }  # fmt: skip
    pods = [pod("a", "backend"), pod("b", "backend"), pod("c", "backend", conditions=[], **status)]
    machine.set(
        minikube="running", release={"status": "deployed", "description": "", "values": {}}, objects=[rolling, *pods],
        logs=["up"],
    )  # fmt: skip
    (found,) = components(Cluster("kubectl", "helm", "todo-stack", "todo-stack"), {})
    assert found.reason.startswith(text)
    assert ("rollback" in found.fix) is text.startswith("the new revision")


def test_restarts_are_those_of_the_programs_that_serve(machine: Machine) -> None:
    """An init container runs again at each start of the node."""
    statuses = {
        "initContainerStatuses": [{"name": "migrate", "restartCount": 3, "state": {}}],
        "containerStatuses": [{"name": "backend", "restartCount": 1, "state": {"running": {}}}],
    }
    release = {"status": "deployed", "description": ""}
    machine.set(minikube="running", release=release, objects=[deployment("backend"), pod("a", "backend", **statuses)])
    (found,) = components(Cluster("kubectl", "helm", "todo-stack", "todo-stack"), {})
    assert found.restarts == 1


def test_pods_that_are_refused_are_told_by_their_owner() -> None:
    refused = evidence(event("FailedCreate", "exceeded quota: small", "todo-stack-backend-7d9"))
    reason = creation_reason(refused, "todo-stack-backend")
    assert reason is not None
    assert (reason.text, reason.hopeless) == ("exceeded quota: small", True)
    assert reason.fix == f"{KUBECTL} describe replicaset todo-stack-backend-7d9"
    assert creation_reason(refused, "todo-stack-frontend") is None


def test_a_message_is_shown_on_one_line() -> None:
    assert one_line("no\n  database ") == "no database"
    assert len(one_line("x" * 1000)) == 300
