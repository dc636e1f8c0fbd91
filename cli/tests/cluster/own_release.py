"""A release of a test's own, in a namespace of its own, with the images of the stack: free to be broken."""

import json
import os
import re
import secrets
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from cluster.stack import Stack
from documentation import CHECKOUT
from todo_cli import ports

CHART = CHECKOUT / "charts" / "todo-stack"
RELEASE = "todo-stack"
FRONTEND = f"http://{RELEASE}-frontend:3000"
TESTS = Path(__file__).parents[1]
KEYS = "keys"

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

    namespace: str
    context: str
    home: Path
    base: Values

    @property
    def environment(self) -> dict[str, str]:
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
        text = json.dumps({"apiVersion": "v1", "kind": "List", "items": manifests})
        result = subprocess.run([*self.command, "create", "-f", "-"], input=text, capture_output=True, text=True)
        assert result.returncode == 0, result.stderr

    def sql(self, statement: str) -> str:
        """What the demo database answers, a line for each row."""
        psql = ("psql", "-qAtU", "todo", "-d", "todo", "-c", statement)
        return self.kubectl("exec", f"deployment/{RELEASE}-database", "--", *psql)

    def end_connections(self, which: str = "true") -> int:
        """End the connections to the demo database of which this SQL is true; says how many."""
        others = f"datname = 'todo' and pid <> pg_backend_pid() and {which}"
        return len(self.sql(f"select pg_terminate_backend(pid) from pg_stat_activity where {others}").split())

    def status(self) -> dict[str, dict[str, Any]]:
        """The components that `./todo status --json` tells, by name."""
        command = [sys.executable, "-m", "todo_cli", "status", "--json"]
        result = subprocess.run(command, env=self.environment, capture_output=True, text=True, timeout=60)
        assert result.returncode in (0, 1, 2), result.stderr
        return {one["name"]: one for one in json.loads(result.stdout).get("components", [])}

    def told(self, component: str, words: str, seconds: float = 60, *, nudging: bool = False) -> dict[str, Any]:
        """What status tells of the component, once its reason matches `words`."""

        def look() -> dict[str, Any] | None:
            if nudging:
                self.nudge()
            one = self.status().get(component, {})
            last.append(one.get("reason", ""))
            return one if re.search(words, one.get("reason", "")) else None

        last: list[str] = []
        return until(look, seconds, lambda: f"{component}: wanted {words!r}, got {last[-3:]}")

    def run_fix(self, fix: str) -> None:
        """Type the command that `./todo status` proposes; of several the first."""
        command = fix.partition("; or ")[0]
        result = subprocess.run(
            ["bash", "-c", command], env=self.environment, cwd=CHECKOUT, capture_output=True, text=True, timeout=60
        )
        assert result.returncode == 0, result.stdout + result.stderr

    def wait_settled(self, seconds: float = 90, *, nudging: bool = False) -> None:
        """Wait until `./todo status` finds nothing to say."""
        last: list[Any] = []

        def look() -> bool:
            if nudging:
                self.nudge()
            last[:] = [(one["name"], one["reason"]) for one in self.status().values() if one["reason"]]
            return not last

        until(look, seconds, lambda: str(last))

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
        self.kubectl("annotate", "pods", "--all", "--overwrite", f"looked-at={time.monotonic()}")

    def restarts(self, *tiers: str) -> Counter[tuple[str, str]]:
        """How often each container of the tiers' pods was started again, init containers too, by pod and name."""
        return Counter(
            {
                (pod["metadata"]["name"], one["name"]): one["restartCount"]
                for tier in tiers
                for pod in self.pods(tier)
                for kind in ("initContainerStatuses", "containerStatuses")
                for one in pod["status"].get(kind, [])
            }
        )

    @contextmanager
    def way_in(self, tier: str = "frontend", service_port: int = 3000) -> Iterator[str]:
        """An address of this machine that leads to one pod of the tier."""
        port = ports.any_free()
        command = [*self.command, "port-forward", f"service/{RELEASE}-{tier}", f"{port}:{service_port}"]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        try:
            assert process.stdout
            assert "Forwarding" in process.stdout.readline()
            yield f"http://localhost:{port}"
        finally:
            process.terminate()
            process.wait()

    @contextmanager
    def under_load(self) -> Iterator[dict[str, Any]]:
        """Load the frontend's Service from a pod meanwhile; filled in at the end with what the load saw."""
        name = f"load-{secrets.token_hex(3)}"
        sources = {file: (TESTS / "cluster" / file).read_text() for file in ("stack.py", "load.py")}
        container = {
            "name": "load",
            "command": ["python", "-m", "cluster.load", FRONTEND],
            "env": [{"name": "PYTHONPATH", "value": "/load"}],
            "volumeMounts": [{"name": "load", "mountPath": "/load/cluster"}, {"name": "tmp", "mountPath": "/tmp"}],
        }
        volumes = [{"name": "load", "configMap": {"name": name}}, {"name": "tmp", "emptyDir": {}}]
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

    def end(self) -> None:
        """Let the release go, and its namespace with it; not waited for."""
        self.kubectl_tolerant("delete", "namespace", self.namespace, "--wait=false", "--ignore-not-found")

    def kubectl_tolerant(self, *arguments: str) -> str:
        """What kubectl prints; nothing where it fails."""
        return subprocess.run([*self.command, *arguments], capture_output=True, text=True, timeout=60).stdout


def ended(process: "subprocess.Popen[str]", seconds: float = 120) -> tuple[int, str]:
    """Exit code and output of a program, once it has ended."""
    output, _ = process.communicate(timeout=seconds)
    return process.returncode, output


def until(look: Callable[[], Found | None], seconds: float, complaint: Callable[[], str], pause: float = 0.5) -> Found:
    """What `look` finds, once it finds something; asked again after a pause."""
    deadline = time.monotonic() + seconds
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
