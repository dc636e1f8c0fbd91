"""Our Helm release and what it needs beside it: namespace, Secret, values."""

import json
from pathlib import Path
from typing import Any

from todo_cli.cluster.client import Cluster, Json
from todo_cli.content import content_hash, text_hash
from todo_cli.environment import Environment, revision
from todo_cli.errors import Problem
from todo_cli.programs import ProgramFailed, last_lines

SECRET = "todo-stack-secrets"  # noqa: S105 - a name
MADE_BY_US = {"app.kubernetes.io/managed-by": "todo-cli"}
NODE_PORTS = range(30000, 32768)


def ensure_namespace(cluster: Cluster) -> bool:
    """Make the namespace if it is not there, marked as ours; True if it was made."""
    if cluster.kubectl("get", "namespace", cluster.namespace, check=False).ok:
        return False
    cluster.apply(
        {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": cluster.namespace, "labels": MADE_BY_US}}
    )
    return True


def delete_namespace(cluster: Cluster) -> bool:
    """Delete the namespace if we made it; True if so."""
    found = cluster.get("namespace", cluster.namespace, check=False)
    labels = found.get("metadata", {}).get("labels", {})
    if any(labels.get(key) != value for key, value in MADE_BY_US.items()):
        return False
    cluster.kubectl("delete", "namespace", cluster.namespace, timeout=180)
    return True


def secret_values(environment: Environment, auth_secret: str) -> dict[str, str]:
    """The keys of the Secret."""
    given = environment.only("DATABASE_URL", "OPENAI_API_KEY", "BETTER_AUTH_SECRETS")
    return given | {"BETTER_AUTH_SECRET": auth_secret}


def ensure_secret(cluster: Cluster, values: dict[str, str]) -> bool:
    """Make or change the Secret; True if it was not so already."""
    name = revision(values)
    found = cluster.get("secret", SECRET, check=False)
    if found.get("metadata", {}).get("annotations", {}).get("todo-stack/revision") == name:
        return False
    metadata: Json = {"name": SECRET, "labels": MADE_BY_US, "annotations": {"todo-stack/revision": name}}
    cluster.apply({"apiVersion": "v1", "kind": "Secret", "type": "Opaque", "metadata": metadata, "stringData": values})
    return True


def chart_values(
    environment: Environment, secrets: dict[str, str], tags: dict[str, str], *, environment_name: str, port: int
) -> Json:
    """The chart's values: no secret is among them."""
    values: Json = {
        "environment": environment_name,
        "secrets": {"existingSecret": SECRET, "revision": revision(secrets)},
        "backend": {"image": {"repository": "todo-backend", "tag": tags["backend"]}},
        "frontend": {
            "image": {"repository": "todo-frontend", "tag": tags["frontend"]},
            "service": {"nodePort": node_port(port)},
        },
        "database": {"demo": {"enabled": "DATABASE_URL" not in secrets}},
        "assistant": {"provider": environment.assistant},
    }
    for name, path in (
        ("OPENAI_MODEL", ("assistant", "model")),
        ("OPENAI_BASE_URL", ("assistant", "baseUrl")),
        ("CHAT_UI", ("chat", "ui")),
        ("CHATKIT_DOMAIN_KEY", ("chat", "domainKey")),
        ("PUBLIC_URL", ("frontend", "publicUrl")),
        ("LOG_LEVEL", ("backend", "env", "LOG_LEVEL")),
        ("TRUSTED_ORIGINS", ("frontend", "env", "TRUSTED_ORIGINS")),
        ("CHATKIT_ENABLED", ("frontend", "env", "CHATKIT_ENABLED")),
    ):
        if value := environment.get(name):
            _set(values, path, value)
    return values


def node_port(port: int) -> int:
    """The node port behind the public port: the same number where Kubernetes allows it."""
    return port if port in NODE_PORTS else 30080


def ensure_release(cluster: Cluster, chart: Path, values: Json) -> bool:
    """Install or upgrade the release; False when chart and values are those that run already."""
    text = json.dumps(values, sort_keys=True)
    fingerprint = f"todo-cli {content_hash(chart)} {text_hash(text)}"
    status, description = _release_state(cluster)
    if status == "deployed" and description == fingerprint:
        return False
    if status.startswith("pending"):  # an install or upgrade that was cut off blocks every later one
        action = ["uninstall"] if status == "pending-install" else ["rollback"]
        cluster.helm(*action, cluster.release)
    try:
        cluster.helm(
            "upgrade", "--install", cluster.release, str(chart), "--values", "-", "--description", fingerprint,
            "--history-max", "5", stdin=text,
        )  # fmt: skip
    except ProgramFailed as error:
        raise Problem(
            "helm could not install the chart", details=last_lines(error.output, 20), fix="./todo doctor"
        ) from error
    return True


def release_exists(cluster: Cluster) -> bool:
    """Is our release there, in whatever state?"""
    return _release_state(cluster)[0] != ""


def uninstall(cluster: Cluster) -> list[str]:
    """Remove the release and the Secret; returns what was removed, in words."""
    removed = []
    if release_exists(cluster):
        cluster.helm("uninstall", cluster.release, "--wait", "--timeout", "150s")
        removed.append(f"release {cluster.release} uninstalled from namespace {cluster.namespace}")
    if cluster.kubectl("delete", "secret", SECRET, check=False).ok:
        removed.append(f"Secret {SECRET} deleted")
    return removed


def _release_state(cluster: Cluster) -> tuple[str, str]:
    """Helm's status and description of the release; empty ones when there is none."""
    result = cluster.helm("status", cluster.release, "-o", "json", check=False)
    if not result.ok:
        return "", ""
    info: dict[str, Any] = json.loads(result.stdout).get("info", {})
    return str(info.get("status", "")), str(info.get("description", ""))


def _set(values: Json, path: tuple[str, ...], value: str) -> None:
    for key in path[:-1]:
        values = values.setdefault(key, {})
    values[path[-1]] = value
