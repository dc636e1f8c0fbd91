"""Any cluster that kubectl reaches: images get there by what the cluster is, or by a command of the user's."""

import contextlib
import shlex
import shutil
from dataclasses import dataclass, field
from functools import cached_property

from todo_cli.engines.base import Code, EngineName, UnreachableReason
from todo_cli.engines.minikube import MinikubeTarget
from todo_cli.errors import FREE_DISK, Problem
from todo_cli.kube.cluster import Cluster
from todo_cli.kube.docker import docker_problem
from todo_cli.kube.minikube import image_command, profiles
from todo_cli.layout import Layout
from todo_cli.programs import NO_SPACE, ProgramFailed, capture, last_lines, stream
from todo_cli.progress import Step, Steps, silent_step
from todo_cli.state import RunState
from todo_cli.tools import find_helm, find_kubectl

SHARES_DOCKER = ("docker-desktop", "docker-for-desktop", "rancher-desktop", "orbstack", "colima")
IN_DOCKER = ("kind-", "k3d-", "docker-desktop", "docker-for-desktop", "orbstack", "colima")
PLACEHOLDER = "{image}"
# Where to get what loads images into the clusters that a context's name tells.
LOADERS = {"kind": "https://kind.sigs.k8s.io", "k3d": "https://k3d.io"}
RUNNING = ("OK", "Running")  # as Minikube says of a profile
NO_PASSWORD = ("terminal is required", "password is required", "no tty present")


@dataclass
class KubernetesTarget:
    """A kubectl context of the user's; nothing in the cluster but our release and namespace is touched."""

    layout: Layout
    context: str | None
    namespace: str
    load_command: str | None
    name: EngineName = field(default="kubernetes", init=False)

    @property
    def where(self) -> str:
        """The cluster in words."""
        return f"Kubernetes context {self.context or '(current)'}"

    def prepare(self, steps: Steps) -> Cluster:
        """See that the context exists and answers."""
        with steps.step("Cluster") as step:
            cluster = self._cluster(step)
            known = _contexts(cluster.kubectl_program)
            if cluster.context not in known:
                raise Problem(
                    f"kubectl knows no context {cluster.context}",
                    details=[f"it knows: {', '.join(known) or 'none at all'}"],
                    fix="./todo up --engine kubernetes --context NAME; "
                    "if the cluster was deleted: ./todo down --forget first",
                )
            if not cluster.reachable():
                raise Problem(f"{self.where} does not answer", fix=cluster.context_line("cluster-info"))
            step.done(f"context {cluster.context} answers")
        return cluster

    def rollback(self, steps: Steps, *, data: bool) -> list[str] | None:  # noqa: ARG002 - the cluster is not ours
        """Nothing: it ran before."""
        return None

    def attach(self) -> Cluster | None:
        """The cluster if it answers."""
        cluster = self._cluster(silent_step())
        return cluster if cluster.reachable() else None

    def has_image(self, cluster: Cluster, reference: str) -> bool:
        """Ask Minikube, or look at what the nodes say they hold (each tells of its 50 largest images)."""
        if self._shares_docker(cluster):
            return True
        if minikube := self._minikube(cluster.context):
            return minikube.has_image(cluster, reference)
        nodes = cluster.items("nodes", check=False)
        held = [
            {name for image in node.get("status", {}).get("images", []) for name in image.get("names") or []}
            for node in nodes
        ]
        return bool(held) and all(any(name.endswith(f"/{reference}") for name in names) for names in held)

    def load_image(self, cluster: Cluster, reference: str, step: Step) -> None:
        """Bring the image in; but for Minikube, that it arrived shows when its pods start."""
        if minikube := self._minikube(cluster.context):
            minikube.load_image(cluster, reference, step)
            return
        command = self._load_command(cluster.context).replace(PLACEHOLDER, shlex.quote(reference))
        step.note(command)
        log, may_ask = self.layout.logs / "load-image.log", self.load_command is not None
        try:
            with step.terminal() if may_ask else contextlib.nullcontext():
                stream(["sh", "-c", command], log=log, on_line=step.output, timeout=600, may_ask=may_ask)
        except ProgramFailed as error:
            raise Problem(
                f"the image {reference} did not get into {self.where}: {command} "
                + ("did not end in time" if error.code is None else f"exited {error.code}"),
                details=error.details,
                fix=self._load_fix(error.output.lower(), command),
            ) from error

    def remove(self, steps: Steps, *, data: bool) -> list[str] | None:  # noqa: ARG002 - the cluster is not ours
        """Nothing: the cluster is the user's."""
        return None

    def holds_port(self, port: int) -> bool:
        """Is it a Minikube profile that publishes the port?"""
        minikube = self._minikube(self.context or "")
        return minikube is not None and minikube.holds_port(port)

    def unreachable_reason(self) -> UnreachableReason:
        """Why it does not answer. Docker is asked where the context's name says that the cluster runs in it."""
        cluster = self._cluster(silent_step())
        try:
            known = _contexts(cluster.kubectl_program)
        except Problem as unread:
            return UnreachableReason(
                Code.CLUSTER_UNREACHABLE, ": ".join((unread.message, *unread.details)), str(unread.fix)
            )
        away = cluster.context not in known
        if away and self._profiles.get(cluster.context, "OK") not in RUNNING:  # `minikube stop` takes it away
            text, fix = f"the Minikube profile {cluster.context} does not run", f"minikube start -p {cluster.context}"
            return UnreachableReason(Code.CLUSTER_STOPPED, text, fix)
        if away:
            text = f"kubectl knows no context {cluster.context}; it knows: {', '.join(known) or 'none at all'}"
            fix = "if the cluster was deleted: ./todo down --forget; else name the file that has it: KUBECONFIG=FILE"
            return UnreachableReason(Code.CLUSTER_GONE, text, fix)
        if cluster.context.startswith(IN_DOCKER) and (problem := docker_problem()):
            return UnreachableReason(
                Code.DOCKER_STOPPED, f"{problem.message}, and the cluster runs in it", str(problem.fix)
            )
        result = cluster.kubectl("get", "--raw", "/readyz", "--request-timeout=5s", check=False, timeout=15)
        said = "".join(last_lines(result.stderr, 1)) or "it gives no answer"
        fix = cluster.refusal_fix(result.stderr) or cluster.context_line("cluster-info")
        return UnreachableReason(Code.CLUSTER_UNREACHABLE, f"the cluster of the context {cluster.context}: {said}", fix)

    def record(self, state: RunState) -> None:
        """Remember the context, and how images get in."""
        state.context, state.load_command = self.context, self.load_command
        state.profile, state.profile_is_ours = None, False

    def _cluster(self, step: Step) -> Cluster:
        kubectl = find_kubectl(self.layout, step)
        if self.context is None:
            result = capture([kubectl, "config", "current-context"], check=False)
            if not result.ok:
                raise Problem(
                    "kubectl has no current context",
                    details=last_lines(result.stderr, 3),
                    fix="./todo up --engine kubernetes --context NAME",
                )
            self.context = result.stdout.strip()
        image_command = self._known_load_command(self.context) or ""
        helm = find_helm(self.layout, step)
        return Cluster(kubectl, helm, self.context, self.namespace, image_command=image_command)

    @cached_property
    def _profiles(self) -> dict[str, str]:
        """Minikube's profiles with their status."""
        return {name: str(profile.get("Status")) for name, profile in profiles().items()}

    def _minikube(self, context: str) -> MinikubeTarget | None:
        """The Minikube profile behind the context, unless images come in by a command of the user's."""
        if self.load_command or context not in self._profiles:
            return None
        return MinikubeTarget(self.layout, context, False, self.namespace)

    def _shares_docker(self, cluster: Cluster) -> bool:
        return self.load_command is None and cluster.context in SHARES_DOCKER

    def _load_command(self, context: str) -> str:
        if self.load_command and PLACEHOLDER not in self.load_command:
            raise Problem(
                f"the load command has no {PLACEHOLDER}", fix="--load-command 'kind load docker-image {image}'"
            )
        command = self._known_load_command(context)
        if command is None:
            raise Problem(
                f"how do images get into {context}?",
                fix="by a registry: --registry HOST/PATH; or say it, for k3s: "
                "--load-command 'docker save {image} | sudo k3s ctr images import -'",
            )
        loader = command.split()[0]
        if not self.load_command and shutil.which(loader) is None:
            raise Problem(
                f"{loader} is not installed, and it brings images into {context}",
                fix=f"install it ({LOADERS[loader]}), or go by a registry: --registry HOST/PATH",
            )
        return command

    def _known_load_command(self, context: str) -> str | None:
        """The user's own command, or that of the kind of cluster which the context's name tells."""
        if self.load_command:
            return self.load_command
        kind, _, name = context.partition("-")
        if kind == "kind" and name:
            return f"kind load docker-image {PLACEHOLDER} --name {shlex.quote(name)}"
        if kind == "k3d" and name:
            return f"k3d image import {PLACEHOLDER} --cluster {shlex.quote(name)}"
        if context in self._profiles:
            return image_command(context)
        return None

    def _load_fix(self, said: str, command: str) -> str:
        """The fix for a load command that failed, by its output."""
        if NO_SPACE in said:
            return FREE_DISK
        if any(words in said for words in NO_PASSWORD):
            return "sudo -v in this terminal, then ./todo up again"
        if self.load_command:
            return f"correct it: ./todo up --engine kubernetes --load-command '... {PLACEHOLDER} ...'"
        return f"{command}; then ./todo up again"


def _contexts(kubectl: str) -> list[str]:
    """The contexts that kubectl knows. Raises Problem when it cannot read them."""
    result = capture([kubectl, "config", "get-contexts", "-o", "name"], check=False)
    if not result.ok:
        raise Problem(
            "kubectl cannot read its contexts",
            details=last_lines(result.stderr, 3),
            fix="kubectl config get-contexts; the file is KUBECONFIG's, else ~/.kube/config",
        )
    return result.stdout.splitlines()
