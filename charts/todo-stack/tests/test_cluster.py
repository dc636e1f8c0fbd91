"""What only a cluster can tell: secrets that are there already, admission, and a release that runs.

It makes namespaces in the current context, so it asks to be wanted: CHART_TEST_CLUSTER=1. What starts pods needs images that
the nodes have: TODO_CHART_IMAGES=backend=REFERENCE,frontend=REFERENCE.
"""

import base64
import json
import os
import subprocess
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import pytest
import yaml
from conftest import (
    AUTH_SECRET,
    CHART,
    DEMO,
    EVERYTHING,
    EXISTING,
    Chart,
    Object,
    kubectl,
    merged,
    restricted_namespace,
)

pytestmark = pytest.mark.skipif(
    os.environ.get("CHART_TEST_CLUSTER") != "1", reason="needs a cluster: CHART_TEST_CLUSTER=1 uses the current context"
)


@pytest.fixture
def namespace() -> Iterator[str]:
    """A namespace for one test."""
    with restricted_namespace() as name:
        yield name


def _secret(namespace: str, name: str, **values: str) -> None:
    """Make a Secret, marked as the release's, as one that an earlier install made."""
    owner = {"meta.helm.sh/release-name": "todo-stack", "meta.helm.sh/release-namespace": namespace}
    labels = {"app.kubernetes.io/managed-by": "Helm"}
    metadata = {"name": name, "namespace": namespace, "annotations": owner, "labels": labels}
    secret = {"apiVersion": "v1", "kind": "Secret", "metadata": metadata, "stringData": values}
    kubectl("apply", "-f", "-", stdin=json.dumps(secret))


def _install(chart: Chart, namespace: str, values: Object, *more: str) -> subprocess.CompletedProcess[str]:
    """What `helm install` would do, asking the cluster."""
    options = ["--dry-run=server", "-n", namespace, "-f", "-", *more]
    return chart.run("template", "todo-stack", str(CHART), *options, values=values)


def _deployments(chart: Chart, namespace: str, values: Object) -> dict[str, Object]:
    """The Deployments that an upgrade would make, by tier."""
    result = _install(chart, namespace, values)
    assert result.returncode == 0, result.stderr
    rendered = filter(None, yaml.safe_load_all(result.stdout))
    return {one["metadata"]["labels"]["tier"]: one for one in rendered if one["kind"] == "Deployment"}


def _would_roll(before: dict[str, Object], after: dict[str, Object]) -> set[str]:
    """The tiers whose pods are replaced: where what they are made from is another one, and only there."""
    return {tier for tier in before if before[tier]["spec"]["template"] != after[tier]["spec"]["template"]}


def test_an_existing_secret_that_cannot_work_is_refused_by_name(chart: Chart, namespace: str) -> None:
    _secret(namespace, "keys", DATABASE_URL="mysql://hunter2", BETTER_AUTH_SECRET="hunter2")
    result = _install(chart, namespace, EXISTING)
    assert result.returncode != 0
    for problem in ("OPENAI_API_KEY is missing", "BETTER_AUTH_SECRET is too short"):
        assert problem in result.stderr
    assert f"kubectl -n {namespace} patch secret keys" in result.stderr
    assert "hunter2" not in result.stderr


def test_an_existing_secret_may_be_right_or_come_later(chart: Chart, namespace: str) -> None:
    assert _install(chart, namespace, EXISTING).returncode == 0
    values = {"DATABASE_URL": "postgresql://u:p@h/d", "OPENAI_API_KEY": "sk-1", "BETTER_AUTH_SECRET": AUTH_SECRET}
    _secret(namespace, "keys", **values)
    assert _install(chart, namespace, EXISTING).returncode == 0


def test_the_demo_password_is_kept(chart: Chart, namespace: str) -> None:
    _secret(namespace, "todo-stack-database", POSTGRES_PASSWORD="kept")
    rendered = yaml.safe_load_all(_install(chart, namespace, DEMO).stdout)
    (data,) = [o["data"] for o in rendered if o and o["metadata"]["name"] == "todo-stack-database" and "data" in o]
    assert data["POSTGRES_PASSWORD"] == "a2VwdA=="


def test_a_restricted_namespace_admits_every_object(chart: Chart, namespace: str) -> None:
    values = merged(EVERYTHING, {"frontend": {"service": {"nodePort": 0}}})
    manifests = _install(chart, namespace, values).stdout
    result = kubectl("apply", "--dry-run=server", "-n", namespace, "-f", "-", stdin=manifests)
    assert result.stdout.count("created (server dry run)") == len(chart.render(EVERYTHING))
    assert "Warning" not in result.stderr, result.stderr


@pytest.mark.parametrize(("resource", "much"), [("cpu", "1000"), ("memory", "100Ti")])
def test_pods_that_fit_on_no_node_wait_and_kubernetes_names_the_resource(
    chart: Chart, namespace: str, resource: str, much: str
) -> None:
    resources = {"requests": {resource: much}, "limits": {"memory": "100Ti"}}
    values = merged(EXISTING, {"backend": {"resources": resources}, "frontend": {"service": {"nodePort": 0}}})
    result = chart.run("install", "todo-stack", str(CHART), "-n", namespace, "-f", "-", values=values)
    assert result.returncode == 0, result.stderr
    assert f"kubectl -n {namespace} describe pods" in result.stdout
    look = ("describe", "pods", "-l", "tier=backend", "-n", namespace)
    deadline = time.monotonic() + 30 * PATIENCE
    while f"Insufficient {resource}" not in (said := kubectl(*look).stdout):
        assert time.monotonic() < deadline, said
        time.sleep(1)
    assert "FailedScheduling" in said


def test_who_may_not_look_at_the_nodes_can_install(chart: Chart, namespace: str) -> None:
    resources = "--resource=secrets,services,deployments.apps,poddisruptionbudgets.policy"
    kubectl("create", "role", "tenant", "--verb=*", resources, "-n", namespace)
    kubectl("create", "rolebinding", "tenant", "--role=tenant", "--user=tenant", "-n", namespace)
    assert _install(chart, namespace, EXISTING, "--kube-as-user", "tenant").returncode == 0


IMAGES = dict(part.split("=", 1) for part in os.environ.get("TODO_CHART_IMAGES", "").split(",") if part)
needs_images = pytest.mark.skipif(
    not {"backend", "frontend"} <= IMAGES.keys(),
    reason="needs images that the nodes have: TODO_CHART_IMAGES=backend=REFERENCE,frontend=REFERENCE",
)
#: Ends of waits are told for a quick machine with nothing else to do; this many times as long is waited.
PATIENCE = 5
#: Of what listens, by component; one that the chart is told to open; one that nobody opens.
PORTS = {"backend": 8000, "frontend": 3000, "database": 5432}
ALLOWED_PORT, OTHER_PORT = 9100, 9200
ALL_PORTS = (*PORTS.values(), ALLOWED_PORT, OTHER_PORT)
WAIT = ("--wait", "--timeout", f"{4 * PATIENCE}m")
UNVALIDATED = ("--disable-openapi-validation",)  # another test has every object admitted
KEYS = {
    "DATABASE_URL": "databaseUrl",
    "OPENAI_API_KEY": "openaiApiKey",
    "BETTER_AUTH_SECRET": "betterAuthSecret",
    "BETTER_AUTH_SECRETS": "betterAuthSecrets",
}
USERS = {
    "DATABASE_URL": {"backend", "frontend"},
    "OPENAI_API_KEY": {"backend"},
    "BETTER_AUTH_SECRET": {"frontend"},
    "BETTER_AUTH_SECRETS": {"frontend"},
}


@dataclass
class Release:
    """A release in a namespace of its own, upgraded by the tests one after another."""

    chart: Chart
    namespace: str
    name: str
    values: Object

    def upgrade(self, values: Object | None = None) -> None:
        """`helm upgrade --install --wait`; the test fails with Helm's words."""
        self.values = values or self.values
        command = ("upgrade", "--install", self.name, str(CHART), "-n", self.namespace, "-f", "-")
        result = self.chart.run(*command, *WAIT, *UNVALIDATED, values=self.values)
        assert result.returncode == 0, result.stderr
        # Until the former pods are told to go, too.
        instance = f"app.kubernetes.io/instance={self.name}"
        patience = f"--timeout={120 * PATIENCE}s"
        kubectl("rollout", "status", "deployment", "-l", instance, "-n", self.namespace, patience)

    def smoke(self) -> str:
        """What `helm test` says when it passes."""
        result = self.chart.run("test", self.name, "-n", self.namespace, "--timeout", f"{3 * PATIENCE}m")
        assert result.returncode == 0, result.stderr + self._smoke_log()
        return result.stdout

    def smoke_within(self, seconds: float) -> None:
        """Wait until `helm test` passes: what serves again tells by itself when it does."""
        deadline = time.monotonic() + seconds * PATIENCE
        command = ("test", self.name, "-n", self.namespace, "--timeout", f"{2 * PATIENCE}m")
        while (result := self.chart.run(*command)).returncode != 0:
            assert time.monotonic() < deadline, result.stderr + self._smoke_log()
            time.sleep(2)

    def _smoke_log(self) -> str:
        """What the last `helm test` found, check by check."""
        logs = ["kubectl", "logs", f"{self.name}-smoke", "-n", self.namespace]
        return subprocess.run(logs, capture_output=True, text=True).stdout

    def pods(self) -> dict[str, set[str]]:
        """The names of each tier's pods that are not on their way out."""
        listed = kubectl(
            "get", "pods", "-n", self.namespace, "-l", f"app.kubernetes.io/instance={self.name}", "-o", "json"
        )
        found: dict[str, set[str]] = {}
        for pod in json.loads(listed.stdout)["items"]:
            if "deletionTimestamp" not in pod["metadata"]:
                found.setdefault(pod["metadata"]["labels"]["tier"], set()).add(pod["metadata"]["name"])
        return found

    def rolled_by(self, values: Object | None = None) -> set[str]:
        """The tiers whose pods an upgrade replaces, all of them; a test fails when it is some."""
        before = self.pods()
        self.upgrade(values)
        after = self.pods()
        rolled = {tier for tier in before if before[tier] != after[tier]}
        assert not any(before[tier] & after[tier] for tier in rolled), (before, after)
        return rolled


def _running(**changes: Object) -> Object:
    """Values that run what TODO_CHART_IMAGES names, small enough for a busy node, on no fixed port, quick to roll."""
    tiers: Object = {"frontend": {"service": {"nodePort": 0}}, "backend": {"rollout": {"maxSurge": 2}}}
    for tier, values in tiers.items():
        repository, _, tag = IMAGES[tier].rpartition(":")
        values["image"] = {"repository": repository, "tag": tag}
        values["resources"] = {"requests": {"cpu": "10m", "memory": "64Mi"}}
    return merged(tiers, changes)


@pytest.fixture(scope="module")
def demo(chart: Chart) -> Iterator[Release]:
    """The application with its demo database and everything else that runs in the cluster."""
    with restricted_namespace() as name:
        policy = {"enabled": True, "extraEgress": [{"ports": [{"protocol": "TCP", "port": ALLOWED_PORT}]}]}
        values = _running(**DEMO, networkPolicy=policy, aiops={"kagent": {"enabled": True}})
        release = Release(chart, name, "todo-stack", values)
        release.upgrade()
        yield release


@needs_images
def test_helm_test_passes_and_leaves_nothing(demo: Release) -> None:
    said = demo.smoke()
    assert "Succeeded" in said
    assert demo.pods().keys() == {"backend", "frontend", "database"}, "the pod of a test that passed is gone"


LISTENERS = """
import selectors, socket
waiting = selectors.DefaultSelector()
for port in {ports}:
    waiting.register(socket.create_server(("", port)), selectors.EVENT_READ)
while True:
    for key, _ in waiting.select():
        key.fileobj.accept()
"""
#: Programs that try addresses at once, each given as HOST PORT, and print those that answer within some seconds.
TRY_IN_PYTHON = r"""
import concurrent.futures, contextlib, socket, sys
def ask(way):
    with contextlib.suppress(OSError), socket.create_connection(way.split(), 5):
        sys.stdout.write(f"{way}\n")
with concurrent.futures.ThreadPoolExecutor(50) as pool:
    list(pool.map(ask, sys.argv[1:]))
"""
TRY_IN_NODE = """
for (const way of process.argv.slice(1)) {
  const [host, port] = way.split(" ");
  const socket = require("node:net").connect({ host, port, timeout: 5000 });
  socket.on("connect", () => { console.log(way); socket.destroy(); });
  socket.on("timeout", () => socket.destroy());
  socket.on("error", () => {});
}
"""
TRY_IN_BASH = """
for way; do timeout 5 bash -c "exec 3<>/dev/tcp/${way/ //}" 2>/dev/null && echo "$way" & done; wait
"""
TRIES = {
    "backend": ["python", "-c", TRY_IN_PYTHON],
    "frontend": ["node", "-e", TRY_IN_NODE, "--"],
    "database": ["bash", "-c", TRY_IN_BASH, "bash"],
}
AWAY = "a stranger in another namespace"
#: From, to, port: all that is to be reached; every other way between these is closed.
OPEN_WAYS = {
    ("frontend", "backend", 8000),
    ("backend", "backend", 8000),  # replicas ask each other how they are, for kagent
    ("backend", "frontend", 3000),
    ("frontend", "database", 5432),
    ("backend", "database", 5432),
    ("stranger", "frontend", 3000),
    (AWAY, "frontend", 3000),
    ("frontend", "stranger", ALLOWED_PORT),
    ("backend", "stranger", ALLOWED_PORT),
}


@dataclass(frozen=True)
class Place:
    """A pod that asks, and is asked."""

    namespace: str
    pod: str
    tier: str
    ip: str

    def reached(self, targets: Iterable[tuple["Place", int]]) -> set[tuple["Place", int]]:
        """Those that a connection from this pod comes about to."""
        ways = {f"{target.ip} {port}": (target, port) for target, port in targets}
        inside = TRIES.get(self.tier, TRIES["backend"])
        found = kubectl("exec", "-n", self.namespace, self.pod, "--", *inside, *ways).stdout
        return {ways[line] for line in found.splitlines()}


def _stranger(namespace: str) -> Place:
    """A pod that is no part of any release, which listens on the ports of all components and two more."""
    container = {
        "name": "stranger",
        "image": IMAGES["backend"],
        "command": ["python", "-c", LISTENERS.format(ports=ALL_PORTS)],
        "securityContext": {
            "allowPrivilegeEscalation": False,
            "capabilities": {"drop": ["ALL"]},
            "runAsNonRoot": True,
            "seccompProfile": {"type": "RuntimeDefault"},
        },
    }
    spec = {"containers": [container], "terminationGracePeriodSeconds": 0}
    pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "stranger"}, "spec": spec}
    kubectl("apply", "-n", namespace, "-f", "-", stdin=json.dumps(pod))
    kubectl("wait", "pod/stranger", "-n", namespace, "--for=condition=Ready", f"--timeout={60 * PATIENCE}s")
    return _place(json.loads(kubectl("get", "pod/stranger", "-n", namespace, "-o", "json").stdout))


def _place(pod: Object) -> Place:
    metadata = pod["metadata"]
    tier = metadata.get("labels", {}).get("tier", metadata["name"])
    return Place(metadata["namespace"], metadata["name"], tier, pod["status"]["podIP"])


@needs_images
def test_the_network_has_the_ways_that_are_used_and_no_other(demo: Release, namespace: str) -> None:
    """From every pod to every other, and to and from pods that are no part of the release."""
    listed = json.loads(kubectl("get", "pods", "-n", demo.namespace, "-o", "json").stdout)["items"]
    by_tier: dict[str, list[Place]] = {}
    for pod in listed:
        if "deletionTimestamp" not in pod["metadata"]:
            by_tier.setdefault(pod["metadata"]["labels"]["tier"], []).append(_place(pod))
    frontend, database, stranger, away = (
        *by_tier["frontend"],
        *by_tier["database"],
        _stranger(demo.namespace),
        _stranger(namespace),
    )
    one, other = by_tier["backend"]
    every = {(stranger, port) for port in ALL_PORTS}
    deadline = time.monotonic() + 10 * PATIENCE
    while (reached := away.reached(every)) != every:  # Ready before it listens
        assert time.monotonic() < deadline, reached
        time.sleep(1)
    deny = {"podSelector": {}, "policyTypes": ["Ingress"]}
    policy = {"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy", "metadata": {"name": "deny"}, "spec": deny}
    kubectl("apply", "-n", namespace, "-f", "-", stdin=json.dumps(policy))
    deadline = time.monotonic() + 10 * PATIENCE
    while stranger.reached([(away, OTHER_PORT)]):
        if time.monotonic() > deadline:
            pytest.skip("this cluster's network enforces no policies: where none may come in, a stranger does")
        time.sleep(1)
    sources = {"frontend": frontend, "backend": one, "database": database, "stranger": stranger, AWAY: away}
    targets = {"frontend": frontend, "backend": other, "database": database}
    found: set[tuple[str, str, int]] = set()
    for _ in range(PATIENCE):  # a busy node answers late, and a way that is closed stays so
        for name, source in sources.items():
            ways = {(target, PORTS[tier]): (name, tier, PORTS[tier]) for tier, target in targets.items()}
            if source.tier in PORTS:
                ways |= {(stranger, port): (name, "stranger", port) for port in ALL_PORTS}
            found |= {ways[way] for way in source.reached(way for way in ways if way[0] != source)}
        if found >= OPEN_WAYS:
            break
    assert found == OPEN_WAYS


@needs_images
def test_the_peers_service_lists_every_backend_pod(demo: Release) -> None:
    listed = kubectl("get", "endpoints", "todo-stack-peers", "-n", demo.namespace, "-o", "json")
    addresses = [a for subset in json.loads(listed.stdout)["subsets"] for a in subset["addresses"]]
    assert {a["targetRef"]["name"] for a in addresses} == demo.pods()["backend"]


@needs_images
def test_another_environment_and_other_words_keep_the_demo_database(demo: Release) -> None:
    """Labels and annotations of the whole release, and what a later chart says of its objects."""
    production = {"environment": "production", "frontend": {"service": {"type": "ClusterIP"}}}
    words = {"commonLabels": {"team": "todo"}, "commonAnnotations": {"todo-stack/docs": "elsewhere", "owner": "me"}}
    before, after = (
        _deployments(demo.chart, demo.namespace, values)
        for values in (demo.values, merged(demo.values, production, words))
    )
    assert _would_roll(before, after) == {"backend", "frontend"}
    database = after["database"]
    labels, of_its_pod = database["metadata"]["labels"], database["spec"]["template"]["metadata"]
    assert (labels["environment"], labels["team"]) == ("production", "todo")
    assert of_its_pod["labels"]["environment"] == "local", "as the README says"
    assert "owner" not in of_its_pod["annotations"], "as the README says"


@needs_images
def test_another_password_replaces_the_demo_database(demo: Release) -> None:
    given = {"database": {"demo": {"password": "another"}}}
    assert demo.rolled_by(merged(demo.values, given)) == {"backend", "frontend", "database"}
    demo.smoke_within(60)


@needs_images
def test_the_application_comes_back_when_the_demo_database_is_replaced(demo: Release) -> None:
    before = demo.pods()
    kubectl("delete", "pod", "-n", demo.namespace, "-l", "tier=database", f"--timeout={60 * PATIENCE}s")
    patience = f"--timeout={120 * PATIENCE}s"
    kubectl("rollout", "status", "deployment/todo-stack-database", "-n", demo.namespace, patience)
    demo.smoke_within(60)  # the new database is empty: a backend pod finds that out, and makes the tables
    after = demo.pods()
    assert (after["backend"], after["frontend"]) == (before["backend"], before["frontend"])


@pytest.fixture
def database(chart: Chart, namespace: str) -> str:
    """The address of a database in the test's namespace: the chart's, without a network policy, for any release."""
    parts = [f"--show-only=templates/database/{part}.yaml" for part in ("secret", "service", "deployment")]
    rendered = chart.run("template", "store", str(CHART), "-n", namespace, "-f", "-", *parts, values=DEMO)
    kubectl("apply", "-f", "-", stdin=rendered.stdout)
    patience = f"--timeout={120 * PATIENCE}s"
    kubectl("rollout", "status", "deployment/store-todo-stack-database", "-n", namespace, patience)
    (secret,) = [part for part in yaml.safe_load_all(rendered.stdout) if part["kind"] == "Secret"]
    return base64.b64decode(secret["data"]["DATABASE_URL"]).decode()


@needs_images
def test_a_changed_key_rolls_exactly_the_pods_that_use_it(chart: Chart, namespace: str, database: str) -> None:
    """Both ways of giving keys, and keys as files. Nobody signs in, so no signing key needs the former secret.

    It is enough to see that an upgrade would replace the pods; and, of files, that it replaces none.
    """
    first = {"DATABASE_URL": database, "OPENAI_API_KEY": "sk-1", "BETTER_AUTH_SECRET": AUTH_SECRET}
    changes = {
        "OPENAI_API_KEY": "sk-2",
        "BETTER_AUTH_SECRETS": f"2:{AUTH_SECRET[::-1]},1:{AUTH_SECRET}",
        "BETTER_AUTH_SECRET": f"{AUTH_SECRET}-2",
        "DATABASE_URL": f"{database}?application_name=second",
    }

    def given(keys: dict[str, str]) -> Object:
        return _running(secrets={"values": {KEYS[key]: value for key, value in keys.items()}})

    def existing(keys: dict[str, str]) -> Object:
        _secret(namespace, "keys", **keys)
        return _running(**EXISTING)

    for values in (given, existing):
        keys, before = dict(first), _deployments(chart, namespace, values(first))
        for key, value in changes.items():
            keys[key] = value
            after = _deployments(chart, namespace, values(keys))
            assert _would_roll(before, after) == USERS[key], key
            before = after
        assert _would_roll(before, _deployments(chart, namespace, values(keys))) == set()

    second = Release(chart, namespace, "second", _running(secrets={"existingSecret": "keys", "mountAsFiles": True}))
    second.upgrade()
    keys |= {"OPENAI_API_KEY": "sk-4", "DATABASE_URL": f"{database}?application_name=third"}
    _secret(namespace, "keys", **keys)
    assert second.rolled_by() == set()
    for tier, files in {"backend": {"OPENAI_API_KEY", "DATABASE_URL"}, "frontend": {"DATABASE_URL"}}.items():
        for pod in second.pods()[tier]:
            _until_files(namespace, tier, pod, files)


def _until_files(namespace: str, tier: str, pod: str, files: set[str]) -> None:
    """Wait until the pod's files, exactly these, have the edited keys."""
    programs = {
        "backend": ["python", "-c", "import pathlib, json; p = pathlib.Path('/run/secrets/todo-stack');"
                    "print(json.dumps({f.name: f.read_text() for f in p.iterdir() if f.is_file()}))"],
        "frontend": ["node", "-e", "const fs = require('fs'), p = '/run/secrets/todo-stack/';"
                     "console.log(JSON.stringify(Object.fromEntries(fs.readdirSync(p).filter((f) => f[0] !== '.')"
                     ".map((f) => [f, fs.readFileSync(p + f, 'utf8')]))))"],
    }  # fmt: skip
    deadline = time.monotonic() + 150 * PATIENCE
    while True:
        # A change of the pod lets the kubelet look at once, instead of within a minute and a half.
        kubectl("annotate", "pod", pod, "-n", namespace, "--overwrite", f"looked-at={time.monotonic()}")
        content = json.loads(kubectl("exec", "-n", namespace, pod, "-c", tier, "--", *programs[tier]).stdout)
        assert content.keys() == files
        if content["DATABASE_URL"].endswith("=third") and content.get("OPENAI_API_KEY", "sk-4") == "sk-4":
            return
        assert time.monotonic() < deadline, "the kubelet does not bring the edited keys"
        time.sleep(3)
