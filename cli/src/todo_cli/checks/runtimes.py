"""What carries the stack: Docker, Minikube, the engine that `up` would use, its cluster, its images."""

import json
import platform
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from todo_cli import tools
from todo_cli.checks.diagnosis import Diagnosis, bad, doubtful, good
from todo_cli.cluster.release import node_port
from todo_cli.cluster.shortage import described, find_shortages
from todo_cli.engines.base import WITHOUT_CLUSTER, Code
from todo_cli.engines.choose import UpOptions, choose_name, missing_for_minikube, planned_target, planned_values
from todo_cli.engines.cluster import Target
from todo_cli.engines.minikube import MinikubeTarget, made_anew, own_profile
from todo_cli.errors import Problem
from todo_cli.images import images_of
from todo_cli.kube.cluster import Cluster, Json
from todo_cli.kube.docker import buildx_problem, docker_problem, engine_info, in_docker
from todo_cli.kube.minikube import MINIKUBE_PAGE, profiles
from todo_cli.layout import Layout
from todo_cli.state import RunState

NODE_CPUS, NODE_MEGABYTES = 2, 2200
# Drivers whose node is a container, so that its port can be published on localhost.
PUBLISHING_DRIVERS = ("docker", "podman")
SKEW = 1
AS_IT_IS = UpOptions()
# What `up` does by itself for a profile of our own.
UP_MENDS = (Code.CLUSTER_STOPPED, Code.CLUSTER_GONE, Code.DOCKER_STOPPED, Code.MINIKUBE_MISSING)
UNTOLD = {"OK": "running", "Running": "running", "Stopped": "stopped"}


def docker(state: RunState, options: UpOptions = AS_IT_IS) -> Iterator[Diagnosis]:
    """Does Docker's engine answer, give a node enough, and build? It must when the stack runs on a cluster."""
    kind = doubtful if choose_name(state, options)[0] == "process" else bad
    if problem := docker_problem("" if state.is_up else WITHOUT_CLUSTER):
        yield kind("Docker", problem.message, problem.fix)
        return
    yield _engine(state, kind)
    if problem := buildx_problem("" if state.is_up else WITHOUT_CLUSTER):
        yield kind("Docker buildx", problem.message, problem.fix)


def _engine(state: RunState, kind: Callable[[str, str, str | None], Diagnosis]) -> Diagnosis:
    """What Docker's engine has to give; too little is of this `kind`."""
    version, *rest = engine_info("{{.ServerVersion}} {{.NCPU}} {{.MemTotal}}").stdout.split() or ["?"]
    words = f"engine {version} answers"
    if len(rest) != 2 or not all(part.isdigit() for part in rest):
        return good("Docker", words)
    cpus, memory = int(rest[0]), int(rest[1])
    words += f"; {cpus} CPUs, {memory / 2**30:.1f} GB memory"
    if cpus < NODE_CPUS or memory < NODE_MEGABYTES * 2**20:
        fix = "give it more (Docker Desktop: Settings, Resources)"
        fix += "" if state.is_up else f", or {WITHOUT_CLUSTER}"
        return kind("Docker", f"{words}; a node needs {NODE_CPUS} CPUs and {NODE_MEGABYTES} MB", fix)
    return good("Docker", words)


def minikube(layout: Layout, state: RunState, options: UpOptions = AS_IT_IS) -> Iterator[Diagnosis]:
    """Minikube and the profile that the stack would use: driver, port, CPUs, memory, container runtime."""
    target = planned_target(layout, state, options)
    version = tools.version_of(["minikube", "version", "--short"])
    if version is None:
        needed = isinstance(target, MinikubeTarget)
        does_without = "" if state.is_up else f" ({WITHOUT_CLUSTER} does without)"
        yield (bad if needed else doubtful)("Minikube", "not here", f"{MINIKUBE_PAGE}{does_without}")
        return
    yield good("Minikube", tools.dotted(version))
    name, ours = own_profile(), True
    if isinstance(target, MinikubeTarget):
        name, ours = target.profile, target.ours
    profile = profiles().get(name)
    if profile is not None:
        yield from _profile(layout, name, profile, ours=ours)
    elif state.is_up and state.engine == "minikube":
        again = "./todo up makes it again" if ours else f"minikube start -p {name}, then ./todo up"
        yield bad(f"Profile {name}", "is gone, and the stack was on it", again)
    elif ours:
        yield good(f"Profile {name}", "not made yet; ./todo up makes it")
    else:
        yield bad(f"Profile {name}", "does not exist", f"minikube start -p {name}")


def engine(state: RunState, options: UpOptions = AS_IT_IS) -> Iterator[Diagnosis]:
    """Which engine `up` would use, and why."""
    name, why = choose_name(state, options)
    if state.is_up and state.engine != name:
        yield bad("Engine", f"the stack is up on the {state.engine} engine", "./todo down")
        return
    if name == "process" and options.engine is None and (missing := missing_for_minikube()):
        why = f"up would use the process engine: no Kubernetes, because {missing}"
    yield good("Engine", why.removeprefix("Engine: "))


def cluster(layout: Layout, state: RunState, options: UpOptions = AS_IT_IS) -> Iterator[Diagnosis]:
    """Does the cluster answer that `up` would use, do kubectl and it go together, has it room for the pods?"""
    target = planned_target(layout, state, options)
    if target is None:
        return
    try:
        attached = target.attach()
        if attached is None:
            yield from _absent(target, state)
            return
    except Problem as problem:
        yield bad("Cluster", problem.message, problem.fix)
        return
    yield _versions(target, attached)
    yield _capacity(target, attached, layout.chart, planned_values(layout, state, options))


def images(layout: Layout, state: RunState, options: UpOptions = AS_IT_IS) -> Iterator[Diagnosis]:
    """Are the images of this checkout built, and in the cluster that the stack is up on?"""
    target = planned_target(layout, state, options)
    if docker_problem() is not None or target is None:
        return
    attached = target.attach() if state.is_up and state.engine == target.name else None
    for image in images_of(layout):
        name = f"{image.tier.capitalize()} image"
        if not in_docker(image.reference):
            yield good(name, f"{image.reference} is not built yet; ./todo up builds it")
        elif attached is None:
            yield good(name, f"{image.reference} is built")
        elif target.has_image(attached, image.reference):
            yield good(name, f"{image.reference} is built, and in the cluster")
        else:
            yield doubtful(name, f"{image.reference} is built, but not in the cluster", "./todo up")


def _versions(target: Target, attached: Cluster) -> Diagnosis:
    result = attached.kubectl("version", "-o", "json", check=False, timeout=20)
    where = target.where
    try:
        versions = json.loads(result.stdout)
        server, client = (versions[side]["gitVersion"] for side in ("serverVersion", "clientVersion"))
        difference = abs(_minor(server) - _minor(client))
    except (ValueError, KeyError, TypeError):
        return good("Cluster", f"{where} answers")
    words = f"{where} runs Kubernetes {server}, kubectl is {client}"
    if _minor(server) < tools.KUBECTL_MINIMUM[1]:
        fix = "upgrade it: https://kubernetes.io/docs/tasks/administer-cluster/cluster-upgrade/"
        if isinstance(target, MinikubeTarget):
            newer = f"minikube start -p {target.profile} --kubernetes-version=stable"
            fix = made_anew(target.profile) if target.ours else newer
        return bad("Cluster", f"{words}; the chart needs 1.{tools.KUBECTL_MINIMUM[1]} or newer", fix)
    if difference > SKEW:
        fix = f"install kubectl {server}: {_download(server)}"
        return doubtful("Cluster", f"{words}; more than {SKEW} minor version apart", fix)
    return good("Cluster", words)


def _capacity(target: Target, attached: Cluster, chart: Path, values: Json) -> Diagnosis:
    """Do the nodes have room for all pods? One on Minikube gets no other beside it by itself."""
    shortages = find_shortages(attached, chart, values)
    if shortages is None:
        return good(
            "Capacity", "unknown: nodes and pods cannot be listed; after up, ./todo status names what is missing"
        )
    if not shortages:
        return good("Capacity", "the nodes have room for all pods")
    text, fix = described(shortages)
    return (bad if isinstance(target, MinikubeTarget) else doubtful)("Capacity", text, fix)


def _profile(layout: Layout, name: str, profile: dict[str, Any], *, ours: bool) -> Iterator[Diagnosis]:
    """How a profile is. To make it anew is proposed for our own alone: the user has other things in theirs."""
    title, config, again = f"Profile {name}", profile.get("Config") or {}, made_anew(name) if ours else None
    status = str(profile.get("Status", "?"))
    if status in UNTOLD:
        kubernetes = config.get("KubernetesConfig") or {}
        started = "; ./todo up starts it" if ours and status == "Stopped" else ""
        parts = [f"{UNTOLD[status]}{started}", f"driver {config.get('Driver', '?')}", f"{config.get('CPUs', '?')} CPUs"]
        parts += [f"{config.get('Memory', '?')} MB", f"runtime {kubernetes.get('ContainerRuntime', '?')}"]
        parts.append(f"Kubernetes {kubernetes.get('KubernetesVersion', '?')}")
        if published := exposed(profile):
            parts.append(f"publishes {' '.join(published)}")
        yield good(title, ", ".join(parts))
    elif status == "Paused":
        yield doubtful(title, "paused", f"minikube unpause -p {name}{', or ./todo up' if ours else ''}")
    else:
        by_up = f"./todo up starts it; if it cannot: {again}"
        yield doubtful(title, f"does not run: {status}", by_up if ours else f"minikube start -p {name}")
    if not config:
        return
    driver = config.get("Driver")
    if driver not in PUBLISHING_DRIVERS:
        words = f"the driver {driver} publishes no port on localhost; ./todo up keeps a port-forward"
        yield doubtful(title, words, f"minikube config set driver docker; {again}" if ours else None)
    elif not publishes(profile, layout.port):
        words = f"publishes no port {layout.port} on localhost; ./todo up keeps a port-forward"
        yield doubtful(title, words, again)
    if config.get("CPUs", NODE_CPUS) < NODE_CPUS or config.get("Memory", NODE_MEGABYTES) < NODE_MEGABYTES:
        words = f"has {config.get('CPUs')} CPUs and {config.get('Memory')} MB; the stack wants {NODE_CPUS} and "
        yield doubtful(title, f"{words}{NODE_MEGABYTES}", again)


def exposed(profile: dict[str, Any]) -> list[str]:
    """The ports that a profile publishes on this machine: ADDRESS:PORT:NODE PORT."""
    return [str(port) for port in (profile.get("Config") or {}).get("ExposedPorts") or []]


def publishes(profile: dict[str, Any], port: int) -> bool:
    """Does a profile publish our node port on this port of the machine?"""
    wanted = f"{port}:{node_port(port)}"
    return any(one == wanted or one.endswith(f":{wanted}") for one in exposed(profile))


def _absent(target: Target, state: RunState) -> Iterator[Diagnosis]:
    why = target.unreachable_reason()
    ours = isinstance(target, MinikubeTarget) and target.ours
    if ours and not state.is_up and why.code in UP_MENDS:
        return
    fix = why.fix
    if why.code is Code.CLUSTER_GONE and not state.is_up:
        by_hand = f"minikube start -p {target.profile}" if isinstance(target, MinikubeTarget) else None
        fix = by_hand or "./todo up --context NAME"
    # `up` starts our own by itself.
    yield (doubtful if ours and why.code is Code.CLUSTER_STOPPED else bad)("Cluster", why.text, fix)


def _download(server: str) -> str:
    """The command that gets kubectl in the server's version."""
    machine = {"x86_64": "amd64", "aarch64": "arm64"}.get(platform.machine(), platform.machine())
    version = re.match(r"v[0-9.]+", server)
    folder = f"https://dl.k8s.io/release/{version[0] if version else server}/bin/{platform.system().lower()}/{machine}"
    return f"curl -Lo kubectl {folder}/kubectl && sudo install kubectl /usr/local/bin/"


def _minor(version: str) -> int:
    found = re.match(r"v?1\.(\d+)", version)
    if found is None:
        raise ValueError(version)
    return int(found[1])
