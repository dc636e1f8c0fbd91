"""Signals to the processes of a pod's container, from outside of it: to end them at once, or to have them hang."""

import json
import secrets
import select
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from todo_cli.kube.cluster import Cluster, Json
from todo_cli.programs import end_group, last_lines

READY_SECONDS = 200
ANSWER_SECONDS = 100
LONGEST_SECONDS = 600
LABELS = {"app.kubernetes.io/name": "todo-signaller"}

# A process cannot stop itself from inside its own process namespace (number 1 ignores it), nor be killed there: so a
# pod that sees the node's processes does. Each tells in its control group which container it belongs to. Those found
# before are asked first, so that a signal takes effect at once.
PROGRAM = """
import os, signal, sys
from pathlib import Path

container = sys.argv[1]

def belongs(process):
    try:
        return container in Path("/proc", process, "cgroup").read_text()
    except OSError:
        return False

def send(number, processes):
    for process in filter(belongs, processes):
        try:
            os.kill(int(process), number)
            yield process
        except OSError:
            pass

def found():
    return [name for name in os.listdir("/proc") if name.isdigit() and belongs(name)]

known = found()
for line in sys.stdin:
    number = getattr(signal, line.strip(), 0)
    reached = set(send(number, known))
    reached.update(send(number, set(found()) - reached))
    print("reached", *reached, flush=True)
"""


class CannotSignal(Exception):  # noqa: N818 (a fact about the cluster)
    """Nothing here may, or can, signal the processes of a pod; the text says why."""


@dataclass(frozen=True)
class SignalTarget:
    """A container's processes, to be signalled within milliseconds: the way to them is open already."""

    process: "subprocess.Popen[bytes]"

    def send(self, name: str) -> None:
        """Signal every process of the container, and return when that is done; `name` such as SIGKILL.

        Raises CannotSignal when none was reached.
        """
        if len(self._ask(name)) < 2:
            raise CannotSignal("no process on the node tells that it belongs to the container")

    def check(self) -> None:
        """See that there is somebody to signal. Raises CannotSignal when not."""
        self.send("0")

    def _ask(self, line: str) -> list[str]:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        with suppress(OSError):  # it has ended: reported below
            self.process.stdin.write(f"{line}\n".encode())
            self.process.stdin.flush()
        if select.select([self.process.stdout], [], [], ANSWER_SECONDS)[0] and (
            said := self.process.stdout.readline().decode().split()
        ):
            return said
        raise CannotSignal("the pod that sees the node's processes does not answer")


@contextmanager
def signal_target(cluster: Cluster, pod: Json) -> Iterator[SignalTarget]:
    """A way to signal the pod's only container. Raises CannotSignal where no pod may see the node's processes."""
    name = f"todo-signaller-{secrets.token_hex(3)}"
    created = cluster.kubectl("create", "-f", "-", stdin=json.dumps(_manifest(name, pod)), check=False)
    if not created.ok:
        raise CannotSignal("\n".join(last_lines(created.stderr, 1)))
    try:
        ready = cluster.kubectl(
            "wait", "pod", name, "--for=condition=Ready", f"--timeout={READY_SECONDS}s", check=False
        )
        if not ready.ok:
            raise CannotSignal(
                f"a pod that sees the node's processes did not run within {READY_SECONDS} s: {_state(cluster, name)}"
            )
        attach = [*cluster.kubectl_command, "attach", "--quiet", "--stdin", name]
        with subprocess.Popen(
            attach, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, start_new_session=True
        ) as process:
            try:
                target = SignalTarget(process)
                target.check()
                yield target
            finally:
                end_group(process)
    finally:
        cluster.kubectl("delete", "pod", name, "--wait=false", check=False)


@contextmanager
def thawed_at_the_end(target: SignalTarget) -> Iterator[None]:
    """Let what is stopped meanwhile go on in the end."""
    try:
        yield
    finally:
        with suppress(CannotSignal):  # the container was started again: nothing is left to thaw
            target.send("SIGCONT")


def container_of(pod: Json) -> str:
    """The id of the pod's only container: another one once it was started again."""
    return str(pod["status"]["containerStatuses"][0].get("containerID", "")).partition("://")[2]


def _state(cluster: Cluster, name: str) -> str:
    """What the pod is at, in the kubelet's words."""
    words = "{.status.phase} {.status.reason} {.status.message} {.status.containerStatuses[*].state}"
    return cluster.kubectl("get", "pod", name, "-o", f"jsonpath={words}", check=False).stdout.strip()


def _manifest(name: str, pod: Json) -> Json:
    spec = pod["spec"]
    container = {
        "name": "signaller",
        "image": spec["containers"][0]["image"],
        "imagePullPolicy": spec["containers"][0]["imagePullPolicy"],
        "command": ["python", "-c", PROGRAM, container_of(pod)],
        "stdin": True,
        "stdinOnce": True,
        "securityContext": {"runAsUser": 0},
    }
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name, "labels": LABELS},
        "spec": {
            "hostPID": True,
            "nodeName": spec["nodeName"],  # so that a full node would refuse any request of resources for good
            "restartPolicy": "Never",
            "terminationGracePeriodSeconds": 0,
            "activeDeadlineSeconds": LONGEST_SECONDS,
            "imagePullSecrets": spec.get("imagePullSecrets", []),
            "containers": [container],
        },
    }
