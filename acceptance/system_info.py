"""On what a run took place: versions and sizes, for the reader of its report."""

import json
import os
import platform
import shutil
from collections.abc import Callable

from acceptance.stack import TIERS, Stack
from todo_cli.errors import Problem
from todo_cli.kube.cluster import Json
from todo_cli.kube.quantity import GIBIBYTE, quantity
from todo_cli.programs import capture


def describe(stack: Stack) -> dict[str, str]:
    """Names and values, without anything secret; what cannot be found out is left out."""
    cluster = stack.cluster
    facts: dict[str, Callable[[], str]] = {
        "Public address": lambda: stack.address,
        "Context and namespace": lambda: f"{cluster.context}, {cluster.namespace}",
        "Release": lambda: ", ".join(
            f"{one['name']} {one['chart']}, revision {one['revision']}"
            for one in json.loads(cluster.helm("list", "-o", "json").stdout or "[]")
        ),
        "Kubernetes": lambda: _version(stack, "serverVersion"),
        "Nodes": lambda: ", ".join(map(_node, cluster.items("nodes", check=False))),
        "kubectl": lambda: _version(stack, "clientVersion"),
        "Helm": lambda: cluster.helm("version", "--short").stdout.strip(),
    }
    facts |= {f"Image of the {tier}": lambda tier=tier: stack.image(tier) for tier in TIERS}  # type: ignore[misc]
    if shutil.which("docker"):
        facts["Docker"] = lambda: capture(["docker", "version", "--format", "{{.Server.Version}}"]).stdout.strip()
    facts["Machine"] = lambda: (
        f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    )
    return {name: value for name, fact in facts.items() if (value := _known(fact))}


def _known(fact: Callable[[], str]) -> str:
    """The fact; nothing where the cluster does not tell it, or not in the form that it should."""
    try:
        return fact()
    except (Problem, KeyError, IndexError, TypeError, ValueError):
        return ""


def _version(stack: Stack, whose: str) -> str:
    versions = json.loads(stack.cluster.kubectl("version", "-o", "json").stdout)
    return str(versions[whose]["gitVersion"])


def _node(node: Json) -> str:
    info, capacity = node["status"]["nodeInfo"], node["status"]["capacity"]
    parts = (info["osImage"], info["containerRuntimeVersion"], f"{capacity['cpu']} CPUs", _memory(capacity["memory"]))
    return ", ".join(parts)


def _memory(text: str) -> str:
    """A Kubernetes quantity in GiB, as it stands where its unit is not known."""
    try:
        return f"{quantity(text) / GIBIBYTE:.0f} GiB"
    except ValueError:
        return text
