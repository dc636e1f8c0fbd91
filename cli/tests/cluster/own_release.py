"""A release of a test's own, in a namespace of its own, with the images of the stack: free to be broken."""

import inspect
import json
import os
import re
import secrets
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any, TypeVar

from acceptance.background import kept_running
from typer.testing import CliRunner

from cluster.load import SOURCES
from cluster.stack import PATIENCE, Stack
from documentation import CHECKOUT
from todo_cli import ports
from todo_cli.errors import Problem
from todo_cli.main import app

CHART = CHECKOUT / "charts" / "todo-stack"
RELEASE = "todo-stack"
FRONTEND = f"http://{RELEASE}-frontend:3000"
KEYS = "keys"
DATABASE = f"{RELEASE}-database"
LOOK_SECONDS = 2  # between two looks of `./todo status`, each of which starts a handful of programs
ROLLOUT_SECONDS = 60  # for one `kubectl rollout status`, which costs nothing while it waits

Values = dict[str, Any]
Found = TypeVar("Found")


def merged(one: Values, other: Values) -> Values:
    """`one` with the values of `other` laid over it."""
    both = dict(one)
    for key, value in other.items():
        both[key] = merged(both[key], value) if isinstance(value, dict) and isinstance(both.get(key), dict) else value
    return both


@dataclass(frozen=True)
class OwnRelease(Stack):
    """A release in a namespace of its own; `home` tells `./todo status` where it is."""

    home: Path
    base: Values

    @property
    def namespace(self) -> str:
        """Where it is."""
        return self.cluster.namespace

    @property
    def context(self) -> str:
        """The cluster, as kubectl knows it."""
        return self.cluster.context

    @property
    def env(self) -> dict[str, str]:
        """For `./todo` and for the commands that it proposes: kubectl and helm on the PATH, this release's state."""
        tools = os.pathsep.join(str(Path(os.environ[name]).parent) for name in ("KUBECTL", "HELM"))
        return os.environ | {
            "TODO_HOME": str(self.home),
            "TODO_ENV_FILE": os.devnull,
            "PATH": f"{tools}{os.pathsep}{os.environ['PATH']}",
        }

    def helm(self, *arguments: str, values: Values | None = None) -> "subprocess.Popen[str]":
        """Start helm; `values` are laid over the ones that every release here has."""
        command = [os.environ["HELM"], "--kube-context", self.context, "--namespace", self.namespace, *arguments]
        if arguments[0] == "upgrade":  # `./todo up` has seen that the API knows every field; looking takes most of it
            command += ["--disable-openapi-validation"]
        process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        if values is not None:
            assert process.stdin
            process.stdin.write(json.dumps(merged(self.base, values)))
            process.stdin.close()
            process.stdin = None
        return process

    def install(self, values: Values, *options: str) -> tuple[int, str]:
        """Exit code and output of `helm upgrade --install`."""
        return ended(self.start_install(values, *options))

    def start_install(self, values: Values, *options: str) -> "subprocess.Popen[str]":
        """`helm upgrade --install`, not waited for."""
        return self.helm("upgrade", "--install", RELEASE, str(CHART), "--values", "-", *options, values=values)

    def write_secret(self, **keys: str) -> None:
        """Make the Secret with exactly these keys, or replace it."""
        secret = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": KEYS}, "stringData": keys}
        self.kubectl("delete", "secret", KEYS, "--ignore-not-found")
        self.create(secret)

    def edit_secret(self, name: str = KEYS, /, **keys: str) -> None:
        """Change keys of a Secret in place."""
        self.kubectl("patch", "secret", name, "-p", json.dumps({"stringData": keys}))

    def secret(self, key: str, name: str = KEYS) -> str:
        """A key of a Secret."""
        return self.kubectl("get", "secret", name, "-o", f"go-template={{{{.data.{key} | base64decode}}}}")

    def create(self, *manifests: Values) -> None:
        """Make objects."""
        self._create(json.dumps({"apiVersion": "v1", "kind": "List", "items": manifests}))

    def _create(self, text: str) -> None:
        create = ("create", "--validate=false", "-f", "-")  # to validate takes as long as all else of it
        result = self.cluster.kubectl(*create, stdin=text, check=False, timeout=60 * PATIENCE)
        assert result.ok, result.stderr

    def sql(self, statement: str) -> str:
        """What the demo database answers, a line for each row."""
        psql = ("psql", "-qAtU", "todo", "-d", "todo", "-c", statement)
        return self.kubectl("exec", f"deployment/{RELEASE}-database", "--", *psql)

    def start_database(self) -> None:
        """The chart's demo database and nothing else of it, with the application's tables."""
        demo = {"enabled": True, "password": secrets.token_hex(16)}
        parts = [f"--show-only=templates/database/{part}.yaml" for part in ("secret", "service", "deployment")]
        command = [os.environ["HELM"], "template", RELEASE, str(CHART), "--namespace", self.namespace]
        values = json.dumps(merged(self.base, {"database": {"demo": demo}}))
        rendered = subprocess.run(
            [*command, "--values", "-", *parts], input=values, capture_output=True, text=True, timeout=60 * PATIENCE
        )
        assert rendered.returncode == 0, rendered.stderr
        self._create(rendered.stdout)
        self.kubectl("rollout", "status", f"deployment/{DATABASE}", f"--timeout={100 * PATIENCE}s")
        address = {"name": "DATABASE_URL", "valueFrom": {"secretKeyRef": {"name": DATABASE, "key": "DATABASE_URL"}}}
        command = ["python", "-m", "todo_backend", "migrate"]
        self.create(self.pod("tables", {"name": "tables", "command": command, "env": [address]}))
        until(lambda: self.phase("tables", "Succeeded", "Failed"), 60, lambda: "the tables are not made")
        assert self.phase("tables", "Succeeded"), self.kubectl("logs", "tables")

    def end_connections(self, which: str = "true") -> int:
        """End the connections to the demo database of which this SQL is true; says how many."""
        others = f"datname = 'todo' and pid <> pg_backend_pid() and {which}"
        return len(self.sql(f"select pg_terminate_backend(pid) from pg_stat_activity where {others}").split())

    def status(self) -> dict[str, dict[str, Any]]:
        """The components that `./todo status --json` tells, by name; run in this process, for it is run often.

        As a program of its own it runs in `test_aiops.py`.
        """
        result = CliRunner().invoke(app, ["status", "--json"], env=self.env)
        if isinstance(result.exception, Exception):
            raise result.exception
        assert result.exit_code in (0, 1, 2), result.output
        return {one["name"]: one for one in json.loads(result.stdout).get("components", [])}

    def remember(self, **changes: Any) -> None:
        """Change what `./todo` has on record of this release."""
        record = self.home / "run.json"
        record.write_text(json.dumps(json.loads(record.read_text()) | changes))

    def doctor(self, name: str, values: Mapping[str, str]) -> dict[str, Any]:
        """What `./todo doctor --json` finds under this name, for an `up` with these values of the chart."""
        given = [part for path, value in values.items() for part in ("--set", f"{path}={value}")]
        result = CliRunner().invoke(app, ["doctor", "--json", *given], env=self.env)
        if isinstance(result.exception, Exception):
            raise result.exception
        (found,) = [one for one in json.loads(result.stdout)["checks"] if one["name"] == name]
        return dict(found)

    def reported(self, component: str, words: str, seconds: float = 60, *, nudging: bool = False) -> dict[str, Any]:
        """What status tells of the component, once its `code: reason` matches `words`."""
        return self.all_reported({component: words}, seconds, nudging=nudging)[component]

    def all_reported(
        self, words: Mapping[str, str], seconds: float = 60, *, nudging: bool = False
    ) -> dict[str, dict[str, Any]]:
        """What status tells of each component, once its `code: reason` matches its `words`; not all at one time."""

        def look() -> bool:
            if nudging:
                self.nudge()
            seen: dict[str, dict[str, Any]] = {}
            trouble = ""
            try:
                seen = self.status()
            except Problem as problem:  # such as of a look that took too long: the next one may not
                trouble = str(problem)
            for component in words.keys() - found.keys():
                one = seen.get(component, {})
                line = f"{one.get('code', '')}: {one.get('reason', trouble)}"
                if lines[component][-1:] != [line]:
                    lines[component].append(line)
                if re.search(words[component], line):
                    found[component] = one
            return found.keys() == words.keys()

        found: dict[str, dict[str, Any]] = {}
        lines: dict[str, list[str]] = {component: [] for component in words}
        until(look, seconds, lambda: f"wanted {words}, got in turn {lines}", LOOK_SECONDS)
        return found

    def run_fix(self, fix: str) -> None:
        """Type the command that `./todo status` proposes; of several the first."""
        command = fix.partition("; or ")[0]
        result = subprocess.run(
            ["bash", "-c", command],
            env=self.env,
            cwd=CHECKOUT,
            capture_output=True,
            text=True,
            timeout=60 * PATIENCE,
        )
        assert result.returncode == 0, result.stdout + result.stderr

    def wait_settled(self, seconds: float = 90, *, nudging: bool = False) -> None:
        """Wait until `./todo status` finds nothing to say; it is not asked before Kubernetes has nothing to do."""

        def look() -> bool:
            if nudging:
                self.nudge()
            if not self.rolled_out(LOOK_SECONDS if nudging else ROLLOUT_SECONDS):
                return False
            with suppress(Problem):
                return not self.complaints()
            return False

        until(look, seconds, lambda: str(self.complaints()), LOOK_SECONDS)

    def complaints(self) -> list[tuple[str, str]]:
        """What `./todo status` has to say, with the component's name."""
        return [(one["name"], one["reason"]) for one in self.status().values() if one["reason"]]

    def rolled_out(self, seconds: float) -> bool:
        """Does every Deployment run its present template with all its pods, now or within so long?"""
        command = ("rollout", "status", "deployment", "-l", f"app.kubernetes.io/instance={RELEASE}")
        timeout = f"--timeout={seconds}s"
        return self.cluster.kubectl(*command, timeout, check=False, timeout=seconds + 60 * PATIENCE).ok

    def wait_serving(self) -> None:
        """Wait as `wait_settled`, asking Kubernetes alone."""
        until(lambda: self.rolled_out(ROLLOUT_SECONDS), 90, lambda: self.kubectl("get", "pods"), LOOK_SECONDS)

    def wait_rolled_out(self) -> None:
        """Wait until it has settled and no former pod is on its way out, which would still answer."""
        self.wait_settled()
        until(self.none_is_leaving, 60, lambda: self.kubectl("get", "pods"))

    def none_is_leaving(self) -> bool:
        """Is no pod on its way out?"""
        return not any(pod["metadata"].get("deletionTimestamp") for pod in self.get("pods")["items"])

    def uids(self, tier: str) -> set[str]:
        """The tier's pods by what no later pod has."""
        return {pod["metadata"]["uid"] for pod in self.pods(tier)}

    def nudge(self) -> None:
        """Let the kubelet look at the pods now, as when they change; by itself it does so within about a minute."""
        self.kubectl_tolerant(
            "annotate", "pods", "--all", "--overwrite", f"looked-at={time.monotonic()}"
        )  # one may leave

    def restarts(self, *tiers: str) -> Counter[tuple[str, str]]:
        """How often each container of the tiers' pods was started again, init containers too, by pod and name."""
        return Counter({container: status["restartCount"] for container, status in self._containers(*tiers)})

    def assert_none_restarted(self, since: Counter[tuple[str, str]], *tiers: str) -> None:
        """Fails, with what became of it, where a container of the tiers was started again since it was counted."""
        restarted = self.restarts(*tiers) - since
        if not restarted:
            return
        ends = {container: status["lastState"] for container, status in self._containers(*tiers)}
        events = self.kubectl_tolerant("get", "events", "--field-selector=type=Warning")
        raise AssertionError(f"{dict(restarted)}, ended by {ends}\n{events}")

    def _containers(self, *tiers: str) -> Iterator[tuple[tuple[str, str], dict[str, Any]]]:
        """The status of each container of the tiers' pods, init containers too, by pod and name."""
        for tier in tiers:
            for pod in self.pods(tier):
                for kind in ("initContainerStatuses", "containerStatuses"):
                    for one in pod["status"].get(kind, []):
                        yield (pod["metadata"]["name"], one["name"]), one

    @contextmanager
    def way_in(self, tier: str = "frontend", service_port: int = 3000) -> Iterator[str]:
        """An address of this machine that leads to one pod of the tier."""
        port = ports.any_free()
        command = [*self.command, "port-forward", f"service/{RELEASE}-{tier}", f"{port}:{service_port}"]
        with kept_running(command):  # kubectl ends it once a pod resets one of its connections
            until(lambda: not ports.free(port), 40, lambda: f"nothing leads to {tier}")
            yield f"http://localhost:{port}"

    @contextmanager
    def under_load(self) -> Iterator[dict[str, Any]]:
        """Load the frontend's Service from a pod meanwhile; filled in at the end with what the load saw."""
        name = f"load-{secrets.token_hex(3)}"
        sources = {module: inspect.getsource(import_module(module)) for module in SOURCES}
        files = [{"key": module, "path": f"{module.replace('.', '/')}.py"} for module in SOURCES]
        container = {
            "name": "load",
            "command": ["python", "-m", "cluster.load", FRONTEND, "/tmp/end"],
            "env": [{"name": "PYTHONPATH", "value": "/load"}],
            "volumeMounts": [{"name": "load", "mountPath": "/load"}, {"name": "tmp", "mountPath": "/tmp"}],
        }
        volumes = [{"name": "load", "configMap": {"name": name, "items": files}}, {"name": "tmp", "emptyDir": {}}]
        try:
            self.create(
                {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}, "data": sources},
                self.pod(name, container, volumes=volumes),
            )
            until(lambda: "loading" in self.kubectl_tolerant("logs", name), 40, lambda: f"{name} does not start")
            seen: dict[str, Any] = {}
            yield seen
            self.kubectl("exec", name, "--", "python", "-c", "open('/tmp/end', 'w')")
            phase = until(lambda: self.phase(name, "Succeeded", "Failed"), 60, lambda: f"{name} does not end")
            said = self.kubectl("logs", name)
            assert phase == "Succeeded", said
            seen |= json.loads(said.splitlines()[-1])
        finally:
            self.kubectl_tolerant("delete", f"pod/{name}", f"configmap/{name}", "--wait=false")

    def pod(self, name: str, container: Values, **spec: Any) -> Values:
        """The manifest of a pod that runs a program in the backend's image, apart from the release."""
        image = self.base["backend"]["image"]
        whole = container | {
            "image": f"{image['repository']}:{image['tag']}",
            "imagePullPolicy": image["pullPolicy"],
            "resources": {"requests": {"cpu": "1m", "memory": "32Mi"}},
        }
        return {
            "apiVersion": "v1",
            "kind": "Pod",
            "metadata": {"name": name, "labels": {"run": name}},
            "spec": {"restartPolicy": "Never", "terminationGracePeriodSeconds": 0, "containers": [whole]} | spec,
        }

    def phase(self, pod: str, *wanted: str) -> str | None:
        """The pod's phase when it is one of those wanted."""
        found = str(self.get("pod", pod)["status"]["phase"])
        return found if found in wanted else None

    def end(self, *, wait: bool = False) -> None:
        """Let the release go, and its namespace with it."""
        self.kubectl_tolerant("delete", "namespace", self.namespace, f"--wait={wait}".lower(), "--ignore-not-found")

    def kubectl_tolerant(self, *arguments: str) -> str:
        """What kubectl prints; nothing where it fails."""
        return self.cluster.kubectl(*arguments, check=False, timeout=60 * PATIENCE).stdout


@contextmanager
def ended_afterwards(release: OwnRelease, *, wait: bool = False) -> Iterator[OwnRelease]:
    """The release; gone afterwards, so that its pods do not start over for ever. `wait`: until what it held is free."""
    try:
        yield release
    finally:
        release.end(wait=wait)


def ended(process: "subprocess.Popen[str]", seconds: float = 120) -> tuple[int, str]:
    """Exit code and output of a program, once it has ended."""
    output, _ = process.communicate(timeout=seconds * PATIENCE)
    return process.returncode, output


def until(look: Callable[[], Found | None], seconds: float, complaint: Callable[[], str], pause: float = 1) -> Found:
    """What `look` finds, once it finds something; asked again after a pause. `seconds`: on a quick machine."""
    deadline = time.monotonic() + seconds * PATIENCE
    while not (found := look()):
        assert time.monotonic() < deadline, complaint()
        time.sleep(pause)
    return found


def images_of(stack: Stack) -> Values:
    """The stack's images as values of the chart."""
    values: Values = {}
    for tier in ("backend", "frontend"):
        (container,) = stack.get("deployment", f"{RELEASE}-{tier}")["spec"]["template"]["spec"]["containers"]
        repository, _, tag = container["image"].rpartition(":")
        values[tier] = {"image": {"repository": repository, "tag": tag, "pullPolicy": container["imagePullPolicy"]}}
    return values
