"""Any cluster that kubectl reaches: images get there by what the cluster is, or by a command of the user's."""

import shlex
from dataclasses import dataclass, field

from todo_cli.cluster import fixes
from todo_cli.cluster.client import Cluster
from todo_cli.engines.base import Absence, Code, EngineName
from todo_cli.engines.minikube import profiles
from todo_cli.errors import Problem
from todo_cli.images import docker_problem
from todo_cli.layout import Layout
from todo_cli.programs import capture, last_lines, stream
from todo_cli.progress import Step, Steps, silent_step
from todo_cli.state import RunState
from todo_cli.tools import find_helm, find_kubectl

SHARES_DOCKER = ("docker-desktop", "docker-for-desktop", "rancher-desktop", "orbstack", "colima")
IN_DOCKER = ("kind-", "k3d-", "docker-desktop", "docker-for-desktop", "orbstack", "colima")
PLACEHOLDER = "{image}"


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
            if self.gone():
                known = ", ".join(_contexts(cluster.kubectl_program)) or "none at all"
                raise Problem(
                    f"kubectl knows no context {cluster.context}",
                    details=[f"it knows: {known}"],
                    fix="./todo up --engine kubernetes --context NAME; if the cluster was deleted: ./todo down first",
                )
            if not cluster.reachable():
                raise Problem(f"{self.where} does not answer", fix=f"kubectl --context {cluster.context} cluster-info")
            step.done(f"context {cluster.context} answers")
        return cluster

    def attach(self) -> Cluster | None:
        """The cluster if it answers."""
        cluster = self._cluster(silent_step())
        return cluster if cluster.reachable() else None

    def has_image(self, cluster: Cluster, reference: str) -> bool:
        """Look at what the nodes say they hold (each tells of its 50 largest images)."""
        if self._shares_docker(cluster):
            return True
        nodes = cluster.items("nodes", check=False)
        held = [
            {name for image in node.get("status", {}).get("images", []) for name in image.get("names") or []}
            for node in nodes
        ]
        return bool(held) and all(any(name.endswith(f"/{reference}") for name in names) for names in held)

    def load_image(self, cluster: Cluster, reference: str, step: Step) -> None:
        """Bring the image in; that it arrived shows when its pods start."""
        command = self._load_command(cluster.context).replace(PLACEHOLDER, shlex.quote(reference))
        step.note(command)
        stream(["sh", "-c", command], log=self.layout.logs / "load-image.log", timeout=600, fix="./todo up --help")

    def remove(self, steps: Steps, *, data: bool) -> list[str] | None:  # noqa: ARG002 - the cluster is not ours
        """Nothing: the cluster is the user's."""
        return None

    def gone(self) -> bool:
        """Has kubectl forgotten the context? Those who delete a cluster (kind, k3d, minikube) delete it, too."""
        return self.context is not None and self.context not in _contexts(find_kubectl(self.layout, silent_step()))

    def absence(self) -> Absence:
        """Why it does not answer. Docker is asked where the context's name says that the cluster runs in it."""
        cluster = self._cluster(silent_step())
        if self.gone():
            known = ", ".join(_contexts(cluster.kubectl_program)) or "none at all"
            text = f"kubectl knows no context {cluster.context}; it knows: {known}"
            return Absence(Code.CLUSTER_GONE, text, "./todo down forgets it, then ./todo up; or make the context again")
        if cluster.context.startswith(IN_DOCKER) and (problem := docker_problem()):
            return Absence(Code.DOCKER_STOPPED, f"{problem.message}, and the cluster runs in it", str(problem.fix))
        told = cluster.kubectl("get", "--raw", "/readyz", "--request-timeout=5s", check=False, timeout=15)
        said = "".join(last_lines(told.stderr, 1)) or "it gives no answer"
        fix = fixes.refused(cluster, told.stderr) or fixes.by_context(cluster, "cluster-info")
        return Absence(Code.CLUSTER_UNREACHABLE, f"the cluster of the context {cluster.context}: {said}", fix)

    def record(self, state: RunState) -> None:
        """Remember how images get in; the context every cluster engine records."""
        state.profile, state.profile_is_ours, state.load_command = None, False, self.load_command

    def _cluster(self, step: Step) -> Cluster:
        kubectl = find_kubectl(self.layout, step)
        if self.context is None:
            result = capture([kubectl, "config", "current-context"], check=False)
            if not result.ok:
                raise Problem("kubectl has no current context", fix="./todo up --engine kubernetes --context NAME")
            self.context = result.stdout.strip()
        image_command = self._known_load_command(self.context) or ""
        helm = find_helm(self.layout, step)
        return Cluster(kubectl, helm, self.context, self.namespace, image_command=image_command)

    def _shares_docker(self, cluster: Cluster) -> bool:
        return self.load_command is None and cluster.context in SHARES_DOCKER

    def _load_command(self, context: str) -> str:
        if self.load_command and PLACEHOLDER not in self.load_command:
            raise Problem(
                f"the load command has no {PLACEHOLDER}", fix="--load-command 'kind load docker-image {image}'"
            )
        if command := self._known_load_command(context):
            return command
        raise Problem(
            f"how do images get into {context}?",
            fix="say it, for k3s: --load-command 'docker save {image} | sudo k3s ctr images import -'",
        )

    def _known_load_command(self, context: str) -> str | None:
        """The user's own command, or that of the kind of cluster which the context's name tells."""
        if self.load_command:
            return self.load_command
        kind, _, name = context.partition("-")
        if kind == "kind" and name:
            return f"kind load docker-image {PLACEHOLDER} --name {shlex.quote(name)}"
        if kind == "k3d" and name:
            return f"k3d image import {PLACEHOLDER} --cluster {shlex.quote(name)}"
        if context in profiles():
            return f"minikube -p {shlex.quote(context)} image load {PLACEHOLDER}"
        return None


def _contexts(kubectl: str) -> list[str]:
    return capture([kubectl, "config", "get-contexts", "-o", "name"], check=False).stdout.split()
