"""On what a run took place: versions and sizes, for the reader of its report."""

import json
import os
import platform
import shutil

from acceptance.stack import TIERS, Stack
from todo_cli.programs import capture


def describe(stack: Stack) -> dict[str, str]:
    """Names and values, without anything secret."""
    cluster = stack.cluster
    versions = json.loads(cluster.kubectl("version", "-o", "json").stdout)
    nodes = cluster.items("nodes", check=False)
    release = json.loads(cluster.helm("list", "-o", "json").stdout or "[]")
    found = {
        "Public address": stack.address,
        "Context and namespace": f"{cluster.context}, {cluster.namespace}",
        "Release": ", ".join(f"{one['name']} {one['chart']}, revision {one['revision']}" for one in release),
        "Kubernetes": versions.get("serverVersion", {}).get("gitVersion", ""),
        "Nodes": ", ".join(_node(node) for node in nodes),
        "kubectl": versions.get("clientVersion", {}).get("gitVersion", ""),
        "Helm": cluster.helm("version", "--short").stdout.strip(),
    }
    found |= {f"Image of the {tier}": stack.image(tier) for tier in TIERS}
    if shutil.which("docker"):
        found["Docker"] = capture(["docker", "version", "--format", "{{.Server.Version}}"], check=False).stdout.strip()
    found["Machine"] = (
        f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    )
    return {name: value for name, value in found.items() if value}


def _node(node: dict[str, dict[str, dict[str, str]]]) -> str:
    info, capacity = node["status"]["nodeInfo"], node["status"]["capacity"]
    memory = int(capacity["memory"].removesuffix("Ki")) / 1024**2
    return f"{info['osImage']}, {info['containerRuntimeVersion']}, {capacity['cpu']} CPUs, {memory:.0f} GiB"
