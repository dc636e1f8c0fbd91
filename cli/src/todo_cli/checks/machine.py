"""The machine: its tools, the ports, disk and memory."""

import platform
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil

from todo_cli import health, ports, supervisor, tools
from todo_cli.checks import runtimes
from todo_cli.checks.diagnosis import Diagnosis, bad, doubtful, good
from todo_cli.engines.choose import UpOptions, choose_name, planned_target
from todo_cli.engines.minikube import MinikubeTarget
from todo_cli.errors import FREE_DISK
from todo_cli.kube.docker import engine_info
from todo_cli.kube.minikube import profiles
from todo_cli.layout import Layout
from todo_cli.state import RunState

GIGABYTE = 1024**3
DISK_FAIL, DISK_WARN = 2, 6
MEMORY_FAIL, MEMORY_WARN = 1, 3
RUNNING = ("OK", "Running")
LARGEST = "see what takes it: ps -eo rss,pid,comm | sort -nr | head; or ./todo down"


def tools_here() -> Iterator[Diagnosis]:
    """Python, Node.js, Helm and kubectl with their versions."""
    yield good("Python", f"{platform.python_version()} ({sys.executable})")
    yield _tool("Node.js", tools.node_version(), tools.NODE_MINIMUM)
    yield _tool("Helm", tools.helm_version(), tools.HELM_MINIMUM)
    yield _tool("kubectl", tools.kubectl_version(), tools.KUBECTL_MINIMUM)


def ports_of(layout: Layout, state: RunState, options: UpOptions) -> Iterator[Diagnosis]:
    """Who holds the public port, and the one of the backend where the process engine is, or would be, used."""
    yield from port(layout, state, layout.port, options)
    if choose_name(state, options)[0] == "process":
        yield from port(layout, state, layout.backend_port, options)


def port(layout: Layout, state: RunState, number: int, options: UpOptions) -> Iterator[Diagnosis]:
    """Who holds a port, and whether that is the stack: by its record, its profile, or what answers there."""
    name, holder = f"Port {number}", ports.holder(number)
    if holder is None:
        yield good(name, "free")
    elif any(supervisor.owns(record, holder.pid) for record in state.processes.values() if holder.pid):
        yield good(name, f"held by the stack: {holder}")
    elif profile := _publisher(layout, state, number, options):
        yield good(name, f"published by the profile {profile}: {holder}")
    elif state.is_up and number == layout.port and _answers_as_ours(layout):
        yield good(name, f"held by the stack: {holder}")
    else:
        look = f"see who: sudo lsof -nP -iTCP:{number} -sTCP:LISTEN, and end it"
        fix = f"kill {holder.pid}" if holder.pid else look
        yield bad(name, f"taken by {holder}", f"{fix}, or choose another: export TODO_PORT=30180")


def resources(layout: Layout) -> Iterator[Diagnosis]:
    """Disk, also Docker's when it is another one, and memory."""
    yield _amount("Disk", shutil.disk_usage(layout.root).free, DISK_FAIL, DISK_WARN, FREE_DISK)
    root = engine_info("{{.DockerRootDir}}").stdout.strip()
    folder = Path(root or ".")
    if root.startswith("/") and folder.is_dir() and folder.stat().st_dev != layout.root.stat().st_dev:
        free = shutil.disk_usage(folder).free
        yield _amount("Docker's disk", free, DISK_FAIL, DISK_WARN, FREE_DISK)
    memory = psutil.virtual_memory().available
    yield _amount("Memory", memory, MEMORY_FAIL, MEMORY_WARN, LARGEST)


def _tool(name: str, version: tuple[int, ...] | None, minimum: tuple[int, ...]) -> Diagnosis:
    if version is None:
        return good(name, "not here; it is fetched from the package index when needed")
    if version < minimum:
        words = f"{tools.dotted(version)} is too old; {tools.dotted(minimum)} or newer is fetched when needed"
        return good(name, words)
    return good(name, tools.dotted(version))


def _publisher(layout: Layout, state: RunState, number: int, options: UpOptions) -> str | None:
    """The running profile that `up` would use, where it publishes our node port on this port."""
    target = planned_target(layout, state, options)
    if not isinstance(target, MinikubeTarget):
        return None
    profile = profiles().get(target.profile, {})
    return target.profile if profile.get("Status") in RUNNING and runtimes.publishes(profile, number) else None


def _answers_as_ours(layout: Layout) -> bool:
    answer = health.get(f"{layout.address}/health/live")
    return answer is not None and "x-frontend-served-by" in answer.headers


def _amount(name: str, free: float, fail: float, warn: float, fix: str) -> Diagnosis:
    gigabytes = free / GIGABYTE
    words = f"{gigabytes:.1f} GB free"
    if gigabytes < fail:
        return bad(name, f"{words}, too little", fix)
    if gigabytes < warn:
        return doubtful(name, f"{words}, tight", fix)
    return good(name, words)
