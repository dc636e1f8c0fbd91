"""What `doctor` looks at: each check tells what it found and, if that is not good, the fix."""

import platform
import shutil
import socket
import sys
import time
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlsplit

import psutil

from todo_cli import health, ports, tools
from todo_cli.engines.choose import MINIKUBE_PAGE, UpOptions, choose_name, missing_for_minikube
from todo_cli.engines.minikube import own_profile, profiles
from todo_cli.environment import Environment, load_environment
from todo_cli.errors import Problem
from todo_cli.images import docker_problem
from todo_cli.layout import Layout
from todo_cli.programs import capture
from todo_cli.state import load_state

GIGABYTE = 1024**3
DISK_FAIL, DISK_WARN = 2, 6
MEMORY_FAIL, MEMORY_WARN = 1, 3
CONNECT_SECONDS = 5


class Verdict(StrEnum):
    """How a check ended."""

    PASS = "pass"  # noqa: S105 - not a password
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True)
class Check:
    """A finding; `fix` is a command or an edit."""

    name: str
    verdict: Verdict
    finding: str
    fix: str | None = None


def run_checks(layout: Layout) -> list[Check]:
    """All checks, in the order in which a user would look."""
    found = [_python(), _node(), _helm(), _kubectl(), _docker(), _minikube(), _engine(layout)]
    found += [_port(layout), *_settings(layout), _disk(layout), _memory()]
    return found


def _python() -> Check:
    return Check("Python", Verdict.PASS, f"{platform.python_version()} ({sys.executable})")


def _node() -> Check:
    return _tool("Node.js", tools.node_version(), tools.NODE_MINIMUM)


def _helm() -> Check:
    return _tool("Helm", tools.helm_version(), tools.HELM_MINIMUM)


def _kubectl() -> Check:
    return _tool("kubectl", tools.kubectl_version(), tools.KUBECTL_MINIMUM)


def _tool(name: str, version: tuple[int, ...] | None, minimum: tuple[int, ...]) -> Check:
    if version is None:
        return Check(name, Verdict.PASS, "not here; it is fetched from the package index when needed")
    if version < minimum:
        words = f"{tools.dotted(version)} is too old; {tools.dotted(minimum)} or newer is fetched when needed"
        return Check(name, Verdict.PASS, words)
    return Check(name, Verdict.PASS, tools.dotted(version))


def _docker() -> Check:
    if problem := docker_problem():
        return Check("Docker", Verdict.WARN, problem.message, problem.fix)
    version = capture(["docker", "version", "--format", "{{.Server.Version}}"], check=False).stdout.strip()
    return Check("Docker", Verdict.PASS, f"engine {version} answers")


def _minikube() -> Check:
    version = tools.version_of(["minikube", "version", "--short"])
    if version is None:
        return Check("Minikube", Verdict.WARN, "not here", f"{MINIKUBE_PAGE} (the process engine does without)")
    profile = profiles().get(own_profile())
    words = f"{tools.dotted(version)}, profile {own_profile()} "
    words += f"is {profile['Status']}" if profile else "not made yet"
    return Check("Minikube", Verdict.PASS, words)


def _engine(layout: Layout) -> Check:
    name, why = choose_name(load_state(layout), UpOptions())
    if name == "process" and missing_for_minikube():
        words = f"up would use the process engine: no Kubernetes, because {missing_for_minikube()}"
        return Check("Engine", Verdict.PASS, words)
    return Check("Engine", Verdict.PASS, why)


def _port(layout: Layout) -> Check:
    name = f"Port {layout.port}"
    holder = ports.holder(layout.port)
    if holder is None:
        return Check(name, Verdict.PASS, "free")
    if load_state(layout).is_up and health.page_problem(layout.address) is None:
        return Check(name, Verdict.PASS, f"held by the stack: {holder}")
    fix = f"kill {holder.pid}" if holder.pid else "end the program that holds it"
    return Check(name, Verdict.FAIL, f"taken by {holder}", f"{fix}, or choose another: export TODO_PORT=30180")


def _settings(layout: Layout) -> list[Check]:
    try:
        environment = load_environment(layout)
    except Problem as problem:
        return [Check("Settings", Verdict.FAIL, problem.message, problem.fix)]
    name = environment.file.name
    if not environment.found:
        words = "there is none: embedded database, made secret, built-in assistant"
        return [Check(name, Verdict.PASS, words)]
    found = [_setting(Verdict.FAIL, line, f"edit {environment.file}") for line in environment.problems()]
    found += [_setting(Verdict.WARN, line, f"edit {environment.file}") for line in environment.warnings()]
    if not found:
        found = [Check(name, Verdict.PASS, f"{len(environment.values)} settings, all well-formed")]
    return [*found, *_database(layout, environment)]


def _setting(verdict: Verdict, line: str, fix: str) -> Check:
    name, _, finding = line.partition(": ")
    return Check(name, verdict, finding, fix)


def _database(layout: Layout, environment: Environment) -> list[Check]:
    """Does the database's server take a connection? Its password is checked when the stack migrates."""
    url = environment.get("DATABASE_URL")
    if url is None or environment.problems():
        return []
    parts = urlsplit(url)
    host, port = parts.hostname, parts.port or 5432
    if host is None:
        return []
    started = time.monotonic()
    try:
        with socket.create_connection((host, port), timeout=CONNECT_SECONDS):
            milliseconds = (time.monotonic() - started) * 1000
            return [Check("Database", Verdict.PASS, f"takes connections ({milliseconds:.0f} ms)")]
    except OSError as error:
        words = f"DATABASE_URL's server does not take a connection: {error.strerror or error}"
        return [
            Check("Database", Verdict.FAIL, words, f"look at the address in {layout.env_file}, or start the server")
        ]


def _disk(layout: Layout) -> Check:
    gigabytes = shutil.disk_usage(layout.root).free / GIGABYTE
    return _amount("Disk", gigabytes, DISK_FAIL, DISK_WARN, "free space: docker system prune, npm cache clean --force")


def _memory() -> Check:
    gigabytes = psutil.virtual_memory().available / GIGABYTE
    return _amount("Memory", gigabytes, MEMORY_FAIL, MEMORY_WARN, "end other programs, or give the machine more")


def _amount(name: str, gigabytes: float, fail: float, warn: float, fix: str) -> Check:
    words = f"{gigabytes:.1f} GB free"
    if gigabytes < fail:
        return Check(name, Verdict.FAIL, f"{words}, too little", fix)
    if gigabytes < warn:
        return Check(name, Verdict.WARN, f"{words}, tight", fix)
    return Check(name, Verdict.PASS, words)
