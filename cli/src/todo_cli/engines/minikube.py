"""Minikube as the cluster: our own profile with its port published, or one of the user's that runs."""

import os
import re
import shutil
from dataclasses import dataclass, field

import psutil

from todo_cli import ports
from todo_cli.cluster.release import node_port
from todo_cli.engines.base import WITHOUT_CLUSTER, Code, EngineName, UnreachableReason
from todo_cli.errors import FREE_DISK, Problem
from todo_cli.kube.cluster import Cluster
from todo_cli.kube.docker import docker_problem, engine_info
from todo_cli.kube.minikube import (
    MINIKUBE_PAGE,
    NO_PROFILE,
    PAUSED,
    RUNNING,
    STOPPED,
    USAGE,
    image_command,
    minikube,
    profile_status,
    profiles,
    status_in_words,
)
from todo_cli.layout import Layout
from todo_cli.programs import ProgramFailed, capture, last_lines, stream
from todo_cli.progress import Step, Steps, silent_step
from todo_cli.state import RunState
from todo_cli.tools import find_helm, find_kubectl

OWN_PROFILE, TEST_PROFILE = "todo-stack", "todo-stack-test"
MEGABYTE = 1024**2
NO_DISK = re.compile(r"no space left on device|RSRC_DOCKER_STORAGE|out of disk space", re.IGNORECASE)


def own_profile() -> str:
    """The name of our own profile; TODO_PROFILE gives another."""
    return os.environ.get("TODO_PROFILE") or OWN_PROFILE


@dataclass
class MinikubeTarget:
    """A Minikube profile. `ours`: we made it, so we may stop and delete it."""

    layout: Layout
    profile: str
    ours: bool
    namespace: str
    name: EngineName = field(default="minikube", init=False)
    _status_before: int | None = field(default=None, init=False)  # of a profile that `prepare` started

    @property
    def where(self) -> str:
        """The cluster in words."""
        return f"Minikube profile {self.profile}"

    def prepare(self, steps: Steps) -> Cluster:
        """Start our profile when it does not run; a profile of the user's must run already."""
        with steps.step("Minikube") as step:
            status = profile_status(self.profile)
            if status == RUNNING:
                step.done(f"profile {self.profile} runs")
            elif not self.ours:
                raise Problem(
                    f"the Minikube profile {self.profile} {status_in_words(status)}",
                    fix=f"minikube start -p {self.profile}",
                )
            elif status == PAUSED:
                self._must("unpause")
                step.done(f"profile {self.profile} unpaused")
            else:
                self._start(step, status)
                step.done(f"profile {self.profile} {'started' if status == STOPPED else 'made'}")
            cluster = self._cluster(step)
            if not cluster.reachable():
                raise Problem(
                    f"{self.where} runs, but kubectl does not reach it",
                    fix=f"minikube -p {self.profile} update-context; or look: minikube -p {self.profile} logs",
                )
        return cluster

    def rollback(self, steps: Steps, *, data: bool) -> list[str] | None:
        """Stop the profile that `prepare` started; with `data`, delete one that was not there before."""
        if self._status_before is None:
            return None
        return self.remove(steps, data=data and self._status_before == NO_PROFILE)

    def attach(self) -> Cluster | None:
        """The cluster if it runs."""
        if profile_status(self.profile) != RUNNING:
            return None
        cluster = self._cluster(silent_step())
        return cluster if cluster.reachable() else None

    def has_image(self, cluster: Cluster, reference: str) -> bool:  # noqa: ARG002 - minikube knows without
        """Look into the node."""
        listed = minikube(self.profile, "image", "ls", "--format", "short", check=False).stdout.split()
        return any(name == reference or name.endswith(f"/{reference}") for name in listed)

    def load_image(self, cluster: Cluster, reference: str, step: Step) -> None:
        """Load and look: `minikube image load` exits 0 even when it fails."""
        result = minikube(self.profile, "image", "load", reference, timeout=600, check=False)
        step.note("looking whether it arrived")
        if self.has_image(cluster, reference):
            return
        said, again = result.stdout + result.stderr, f"minikube -p {self.profile} image load {reference}"
        raise Problem(
            f"the image {reference} did not get into {self.where}",
            details=last_lines(said, 8),
            fix=FREE_DISK if NO_DISK.search(said) else f"docker image inspect {reference}; {again}",
        )

    def remove(self, steps: Steps, *, data: bool) -> list[str] | None:
        """Stop our profile, or delete it with its data; a profile of the user's is left alone."""
        if not self.ours:
            return None
        with steps.step("Minikube") as step:
            # One that was cut off while it was made may have a node already, and no profile yet.
            if profile_status(self.profile) == NO_PROFILE and not (data and self._status_before is not None):
                step.done("no profile")
                return []
            if data:
                self._must("delete", timeout=300)
                step.done("deleted")
                return [f"Minikube profile {self.profile} deleted"]
            self._must("stop", timeout=300)
            step.done("stopped")
            return [f"Minikube profile {self.profile} stopped; its workloads are kept (./todo down --data deletes it)"]

    def holds_port(self, port: int) -> bool:
        """Is the port one that the node's container publishes?"""
        published = capture(["docker", "port", self.profile], check=False, timeout=15).stdout
        return any(line.endswith(f":{port}") for line in published.split())

    def unreachable_reason(self) -> UnreachableReason:
        """Why it does not answer. Docker is asked where the node is one of its containers."""
        where = f"the Minikube profile {self.profile}"
        if shutil.which("minikube") is None:
            missing = self._without_minikube()
            return UnreachableReason(Code.MINIKUBE_MISSING, missing.message, str(missing.fix))
        status = profile_status(self.profile)
        if status == NO_PROFILE:
            again = "./todo up" if self.ours else f"minikube start -p {self.profile}, then ./todo up,"
            fix = f"{again} makes it again; ./todo down forgets it"
            return UnreachableReason(Code.CLUSTER_GONE, f"{where} was deleted", fix, is_certain=True)
        driver = (profiles().get(self.profile, {}).get("Config") or {}).get("Driver", "docker")
        if status != RUNNING and driver == "docker" and (problem := docker_problem()):
            return UnreachableReason(
                Code.DOCKER_STOPPED, f"{problem.message}, and the cluster runs in it", str(problem.fix)
            )
        if status == RUNNING:
            fix = f"minikube -p {self.profile} update-context"
            return UnreachableReason(Code.CLUSTER_UNREACHABLE, f"{where} runs, but kubectl does not reach it", fix)
        by_hand = f"minikube {'unpause' if status == PAUSED else 'start'} -p {self.profile}"
        fix = "./todo up" if self.ours else by_hand
        if self.ours and status not in (PAUSED, STOPPED):
            fix = f"./todo up; if it cannot: {made_anew(self.profile)}"
        return UnreachableReason(Code.CLUSTER_STOPPED, f"{where} {status_in_words(status)}", fix)

    def record(self, state: RunState) -> None:
        """Remember the profile."""
        state.profile, state.profile_is_ours = self.profile, self.ours

    def _start(self, step: Step, status: int) -> None:
        """Start with the node port published on localhost, which only works when the profile is made."""
        # A node whose start failed runs already, and holds the port.
        if (holder := ports.holder(self.layout.port)) and not self.holds_port(self.layout.port):
            raise ports.taken(self.layout.port, holder)
        self._status_before = status
        cpus, megabytes = node_size()
        command = [
            "minikube", "start", "--profile", self.profile, "--driver", "docker",
            "--ports", f"127.0.0.1:{self.layout.port}:{node_port(self.layout.port)}",
            "--cpus", str(cpus), "--memory", str(megabytes),
        ]  # fmt: skip
        if os.geteuid() == 0:
            command.append("--force")  # Minikube's docker driver wants to be asked twice by root
        log = self.layout.logs / "minikube.log"
        try:
            stream(command, log=log, on_line=step.output, timeout=900)
        except ProgramFailed as error:
            again = made_anew(self.profile)
            if error.code == USAGE:
                again = f"a newer Minikube, from {MINIKUBE_PAGE}"
            again = f"{again}; or ./todo down, then {WITHOUT_CLUSTER}. All of it: {log}"
            raise Problem(
                f"minikube start exited {error.code}",
                details=error.details,
                fix=FREE_DISK if NO_DISK.search(error.output) else again,
            ) from error

    def _cluster(self, step: Step) -> Cluster:
        return Cluster(
            find_kubectl(self.layout, step),
            find_helm(self.layout, step),
            self.profile,
            self.namespace,
            image_command=image_command(self.profile),
        )

    def _must(self, verb: str, timeout: float = 120) -> None:
        """Stop, delete or unpause the profile. Raises Problem, which names what to fix first."""
        if shutil.which("minikube") is None:
            raise self._without_minikube()
        try:
            minikube(self.profile, verb, timeout=timeout)
        except ProgramFailed as error:
            docker = docker_problem()
            fix = f"minikube -p {self.profile} {verb}, then the same ./todo again"
            if docker is not None:
                fix = f"{docker.message}: {docker.fix}; then the same ./todo again"
            raise Problem(error.message, details=error.details, fix=fix) from error

    def _without_minikube(self) -> Problem:
        node_too = f"docker rm -f -v {self.profile}, then " if self.ours else ""
        return Problem(
            "minikube is no longer on the PATH",
            fix=f"put its folder back on it, or install it again: {MINIKUBE_PAGE}; "
            f"or give the stack up: {node_too}./todo down --forget",
        )


def made_anew(profile: str) -> str:
    """The commands that make a profile of our own once more, without what was in it. Never for one of the user's."""
    return f"minikube delete -p {profile} && ./todo up"


def node_size() -> tuple[int, int]:
    """CPUs and megabytes of memory for the node, from what the machine and Docker's engine (often a smaller one) have.

    All CPUs up to four, and the two that Minikube insists on; a third of the memory, between 2.2 and 6 GB.
    """
    cpus, memory = os.cpu_count() or 2, psutil.virtual_memory().total
    size = engine_info("{{.NCPU}} {{.MemTotal}}").stdout.split()
    if len(size) == 2 and all(part.isdigit() and int(part) for part in size):
        cpus, memory = min(cpus, int(size[0])), min(memory, int(size[1]))
    return max(2, min(4, cpus)), int(max(2200, min(6144, memory / MEGABYTE / 3)))
