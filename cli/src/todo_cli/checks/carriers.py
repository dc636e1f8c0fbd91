"""What carries the stack: Docker, Minikube, the engine that `up` would use, its cluster, its images."""

import json
import re
import shutil
from collections.abc import Iterator
from typing import Any

from todo_cli import tools
from todo_cli.checks.check import Check, bad, doubtful, good
from todo_cli.cluster.client import Cluster
from todo_cli.cluster.release import node_port
from todo_cli.engines.choose import UpOptions, choose_name, missing_for_minikube, running_engine
from todo_cli.engines.cluster import ClusterEngine
from todo_cli.engines.minikube import MINIKUBE_PAGE, own_profile, profiles
from todo_cli.images import docker_problem, images_of, in_docker
from todo_cli.layout import Layout
from todo_cli.programs import capture
from todo_cli.state import RunState

NODE_CPUS, NODE_MEGABYTES = 2, 2200
# Drivers whose node is a container, so that its port can be published on localhost.
PUBLISHING_DRIVERS = ("docker", "podman")
SKEW = 1
UNTOLD = {"OK": "running", "Running": "running", "Stopped": "stopped; ./todo up starts it"}


def docker(state: RunState) -> Iterator[Check]:
    """Does Docker's engine answer? It must when the stack runs on a cluster."""
    if problem := docker_problem():
        kind = bad if _on_cluster(state) else doubtful
        yield kind("Docker", problem.message, problem.fix)
        return
    told = capture(
        ["docker", "info", "--format", "{{.ServerVersion}} {{.NCPU}} {{.MemTotal}}"], check=False, timeout=15
    )
    version, *rest = told.stdout.split() or ["?"]
    words = f"engine {version} answers"
    if len(rest) == 2 and all(part.isdigit() for part in rest):
        words += f"; {rest[0]} CPUs, {int(rest[1]) / 2**30:.1f} GB memory"
    yield good("Docker", words)


def minikube(layout: Layout, state: RunState) -> Iterator[Check]:
    """Minikube and the profile that the stack would use: driver, port, CPUs, memory, container runtime."""
    version = tools.version_of(["minikube", "version", "--short"])
    if version is None:
        yield doubtful("Minikube", "not here", f"{MINIKUBE_PAGE} (the process engine does without)")
        return
    yield good("Minikube", tools.dotted(version))
    name = (state.profile if state.engine == "minikube" else None) or own_profile()
    profile = profiles().get(name)
    if profile is None:
        lost = state.is_up and state.engine == "minikube"
        words = "is gone, and the stack was on it" if lost else "not made yet; ./todo up makes it"
        yield bad(f"Profile {name}", words, "./todo up makes it again") if lost else good(f"Profile {name}", words)
        return
    yield from _profile(layout, name, profile)


def engine(state: RunState) -> Iterator[Check]:
    """Which engine `up` would use, and why."""
    name, why = choose_name(state, UpOptions())
    if name == "process" and (missing := missing_for_minikube()):
        why = f"up would use the process engine: no Kubernetes, because {missing}"
    yield good("Engine", why)


def cluster(layout: Layout, state: RunState) -> Iterator[Check]:
    """Does the cluster answer, and do its version and kubectl's go together?"""
    found = _attached(layout, state)
    if found is None:
        return
    where, attached = found
    if attached is None:
        yield bad(
            "Cluster", f"{where} does not answer", "./todo up (starts it); or, if it is gone for good: ./todo down"
        )
        return
    told = attached.kubectl("version", "-o", "json", check=False, timeout=20)
    try:
        versions = json.loads(told.stdout)
        server, client = (versions[side]["gitVersion"] for side in ("serverVersion", "clientVersion"))
        difference = abs(_minor(server) - _minor(client))
    except (ValueError, KeyError, TypeError):
        yield good("Cluster", f"{where} answers")
        return
    words = f"{where} runs Kubernetes {server}, kubectl is {client}"
    if difference > SKEW:
        fix = f"install kubectl {server}: https://kubernetes.io/docs/tasks/tools/"
        yield doubtful("Cluster", f"{words}; more than {SKEW} minor version apart", fix)
    elif _minor(server) < tools.KUBECTL_MINIMUM[1]:
        yield bad("Cluster", f"{words}; the chart needs 1.{tools.KUBECTL_MINIMUM[1]} or newer", "upgrade the cluster")
    else:
        yield good("Cluster", words)


def images(layout: Layout, state: RunState) -> Iterator[Check]:
    """Are the images of this checkout built, and in the node?"""
    if docker_problem() is not None or choose_name(state, UpOptions())[0] == "process":
        return
    found = _attached(layout, state)
    attached = found[1] if found else None
    running = running_engine(layout)
    for image in images_of(layout):
        name = f"{image.tier.capitalize()} image"
        if not in_docker(image.reference):
            yield good(name, f"{image.reference} is not built yet; ./todo up builds it")
        elif attached is None or not isinstance(running, ClusterEngine):
            yield good(name, f"{image.reference} is built")
        elif running.target.has_image(attached, image.reference):
            yield good(name, f"{image.reference} is built, and in the cluster")
        else:
            yield doubtful(name, f"{image.reference} is built, but not in the cluster", "./todo up")


def _profile(layout: Layout, name: str, profile: dict[str, Any]) -> Iterator[Check]:
    title, config, again = f"Profile {name}", profile.get("Config") or {}, f"minikube delete -p {name} && ./todo up"
    status = str(profile.get("Status", "?"))
    if status in UNTOLD:
        kubernetes = config.get("KubernetesConfig") or {}
        parts = [UNTOLD[status], f"driver {config.get('Driver', '?')}", f"{config.get('CPUs', '?')} CPUs"]
        parts += [f"{config.get('Memory', '?')} MB", f"runtime {kubernetes.get('ContainerRuntime', '?')}"]
        yield good(title, f"{', '.join(parts)}, Kubernetes {kubernetes.get('KubernetesVersion', '?')}")
    elif status == "Paused":
        yield doubtful(title, "paused", f"minikube unpause -p {name}, or ./todo up")
    else:
        yield doubtful(title, f"does not run: {status}", f"./todo up starts it; if it cannot: {again}")
    if not config:
        return
    driver = config.get("Driver")
    wanted = f"{layout.port}:{node_port(layout.port)}"
    published = [str(port) for port in config.get("ExposedPorts") or []]
    if driver not in PUBLISHING_DRIVERS:
        words = f"the driver {driver} publishes no port on localhost; ./todo up keeps a port-forward"
        yield doubtful(title, words, f"minikube config set driver docker; {again}")
    elif not any(port == wanted or port.endswith(f":{wanted}") for port in published):
        words = f"publishes no port {layout.port} on localhost; ./todo up keeps a port-forward"
        yield doubtful(title, words, again)
    if config.get("CPUs", NODE_CPUS) < NODE_CPUS or config.get("Memory", NODE_MEGABYTES) < NODE_MEGABYTES:
        words = f"has {config.get('CPUs')} CPUs and {config.get('Memory')} MB; the stack wants {NODE_CPUS} and "
        yield doubtful(title, f"{words}{NODE_MEGABYTES}", again)


def _on_cluster(state: RunState) -> bool:
    return state.is_up and state.engine in ("minikube", "kubernetes")


def _attached(layout: Layout, state: RunState) -> tuple[str, Cluster | None] | None:
    """The cluster that the stack is up on, with its name; None when it is up on none."""
    running = running_engine(layout) if _on_cluster(state) else None
    if not isinstance(running, ClusterEngine):
        return None
    if state.engine == "minikube" and shutil.which("minikube") is None:
        return running.target.where, None
    return running.target.where, running.target.attach()


def _minor(version: str) -> int:
    found = re.match(r"v?1\.(\d+)", version)
    if found is None:
        raise ValueError(version)
    return int(found[1])
