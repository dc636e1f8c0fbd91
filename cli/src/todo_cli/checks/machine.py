"""The machine: its tools, the ports, disk and memory."""

import platform
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil

from todo_cli import health, ports, tools
from todo_cli.checks.check import Check, bad, doubtful, good
from todo_cli.layout import Layout
from todo_cli.programs import capture
from todo_cli.state import RunState

GIGABYTE = 1024**3
DISK_FAIL, DISK_WARN = 2, 6
MEMORY_FAIL, MEMORY_WARN = 1, 3
FREE_DISK = "free space: docker system prune, npm cache clean --force"


def tools_here() -> Iterator[Check]:
    """Python, Node.js, Helm and kubectl with their versions."""
    yield good("Python", f"{platform.python_version()} ({sys.executable})")
    yield _tool("Node.js", tools.node_version(), tools.NODE_MINIMUM)
    yield _tool("Helm", tools.helm_version(), tools.HELM_MINIMUM)
    yield _tool("kubectl", tools.kubectl_version(), tools.KUBECTL_MINIMUM)


def ports_of(layout: Layout, state: RunState) -> Iterator[Check]:
    """Who holds the public port, and the one of the process engine's backend when that carries the stack."""
    ours = state.is_up and health.page_problem(layout.address) is None
    yield _port(layout.port, ours)
    if state.engine == "process":
        yield _port(layout.backend_port, ours)


def resources(layout: Layout) -> Iterator[Check]:
    """Disk, also Docker's when it is another one, and memory."""
    yield _amount("Disk", shutil.disk_usage(layout.root).free, DISK_FAIL, DISK_WARN, FREE_DISK)
    root = capture(["docker", "info", "--format", "{{.DockerRootDir}}"], check=False, timeout=15).stdout.strip()
    folder = Path(root or ".")
    if root.startswith("/") and folder.is_dir() and folder.stat().st_dev != layout.root.stat().st_dev:
        free = shutil.disk_usage(folder).free
        yield _amount("Docker's disk", free, DISK_FAIL, DISK_WARN, "docker system prune")
    memory = psutil.virtual_memory().available
    yield _amount("Memory", memory, MEMORY_FAIL, MEMORY_WARN, "end other programs, or give the machine more")


def _tool(name: str, version: tuple[int, ...] | None, minimum: tuple[int, ...]) -> Check:
    if version is None:
        return good(name, "not here; it is fetched from the package index when needed")
    if version < minimum:
        words = f"{tools.dotted(version)} is too old; {tools.dotted(minimum)} or newer is fetched when needed"
        return good(name, words)
    return good(name, tools.dotted(version))


def _port(port: int, ours: bool) -> Check:
    name, holder = f"Port {port}", ports.holder(port)
    if holder is None:
        return good(name, "free")
    if ours:
        return good(name, f"held by the stack: {holder}")
    fix = f"kill {holder.pid}" if holder.pid else "end the program that holds it"
    return bad(name, f"taken by {holder}", f"{fix}, or choose another: export TODO_PORT=30180")


def _amount(name: str, free: float, fail: float, warn: float, fix: str) -> Check:
    gigabytes = free / GIGABYTE
    words = f"{gigabytes:.1f} GB free"
    if gigabytes < fail:
        return bad(name, f"{words}, too little", fix)
    if gigabytes < warn:
        return doubtful(name, f"{words}, tight", fix)
    return good(name, words)
