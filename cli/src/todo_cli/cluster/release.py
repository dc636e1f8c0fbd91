"""Our Helm release and what it needs beside it: namespace, Secret, values."""

import base64
import json
from pathlib import Path
from typing import Any, Literal

from todo_cli.content import content_hash, text_hash
from todo_cli.errors import Problem
from todo_cli.kube.cluster import Cluster, Json
from todo_cli.layout import Layout
from todo_cli.programs import ProgramFailed, last_lines
from todo_cli.settings import Settings, auth_settings, revision

SECRET = "todo-stack-secrets"  # noqa: S105 - a name
MADE_BY_US = {"app.kubernetes.io/managed-by": "todo-cli"}
PORT_TAKEN = "provided port is already allocated"
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


def secret_values(layout: Layout, settings: Settings) -> dict[str, str]:
    """The keys of the Secret."""
    return settings.only("DATABASE_URL", "OPENAI_API_KEY", "SMTP_URL") | auth_settings(layout, settings)


def ensure_secret(cluster: Cluster, values: dict[str, str]) -> Literal["unchanged", "written", "repaired"]:
    """Make or change the Secret; `repaired`: it was for these values, but somebody had edited or removed a key."""
    name = revision(values)
    found = cluster.get("secret", SECRET, check=False)
    is_for_these = found.get("metadata", {}).get("annotations", {}).get("todo-stack/revision") == name
    held: Json = found.get("data") or {}
    data = {key: base64.b64encode(value.encode()).decode() for key, value in values.items()}
    if is_for_these and data.items() <= held.items():
        return "unchanged"
    metadata: Json = {"name": SECRET, "labels": MADE_BY_US, "annotations": {"todo-stack/revision": name}}
    # Not as stringData: of that the API server forgets what an apply had set, and a key that is dropped would stay.
    cluster.apply({"apiVersion": "v1", "kind": "Secret", "type": "Opaque", "metadata": metadata, "data": data})
    return "repaired" if is_for_these else "written"


def values_to_install(
    settings: Settings, secrets: dict[str, str], images: dict[str, Json], *, chart_environment: str, port: int
) -> Json:
    """The chart's values: no secret is among them. `images`: the chart's value for each tier's image."""
    values: Json = {
        "environment": chart_environment,
        "secrets": {"existingSecret": SECRET, "revision": revision(secrets)},
        "backend": {"image": images["backend"]},
        "frontend": {
            "image": images["frontend"],
            "service": {"nodePort": node_port(port)},
        },
        "database": {"demo": {"enabled": "DATABASE_URL" not in secrets}},
        "assistant": {"provider": settings.assistant},
    }
    for name, path in (
        ("OPENAI_MODEL", ("assistant", "model")),
        ("OPENAI_BASE_URL", ("assistant", "baseUrl")),
        ("SIGN_UP", ("frontend", "signUp")),
        ("MAIL_FROM", ("frontend", "mailFrom")),
        ("CHAT_UI", ("chat", "ui")),
        ("CHATKIT_DOMAIN_KEY", ("chat", "domainKey")),
    ):
        if value := settings.get(name):
            _set(values, path, value)
    if public_url := settings.get("PUBLIC_URL"):
        _set(values, ("frontend", "publicUrl"), public_url.rstrip("/"))
    if level := settings.get("LOG_LEVEL"):
        _set(values, ("backend", "logLevel"), level.lower())
    if proxies := settings.get("TRUSTED_PROXIES"):
        _set(values, ("frontend", "trustedProxies"), int(proxies))
    if origins := settings.get("TRUSTED_ORIGINS"):
        trusted = [origin.strip() for origin in origins.split(",") if origin.strip()]
        _set(values, ("frontend", "trustedOrigins"), trusted)
    if settings.get("CHATKIT_ENABLED") == "true":
        _set(values, ("chat", "chatkitEnabled"), True)
    return values


def node_port(port: int) -> int:
    """The node port behind the public port: the same number where Kubernetes allows it."""
    return port if port in NODE_PORTS else 30080


def ensure_release(cluster: Cluster, chart: Path, values: Json, *, cut_off: bool) -> bool:
    """Install or upgrade the release; False when chart and values are those that run already.

    `cut_off`: our own last call of helm was ended before its time, so what blocks the release is its remains.
    Raises Problem while somebody else's helm is at work on it.
    """
    text = json.dumps(values, sort_keys=True)
    fingerprint = f"todo-cli {content_hash(chart)} {text_hash(text)}"
    status, description = _release_state(cluster)
    if status == "deployed" and description == fingerprint:
        return False
    if status == "uninstalling":
        raise Problem(
            f"the release {cluster.release} is being uninstalled, or that was cut off",
            fix="./todo down ends it; then ./todo up",
        )
    if status.startswith("pending"):
        action = "uninstall" if status == "pending-install" else "rollback"
        if not cut_off:
            by_hand = cluster.helm_line(action, cluster.release)
            raise Problem(
                f"another helm operation is in progress on the release {cluster.release} ({status})",
                fix=f"wait for it to end, then ./todo up; if it was killed: {by_hand}",
            )
        cluster.helm(action, cluster.release)
    try:
        cluster.helm(
            "upgrade", "--install", cluster.release, str(chart), "--values", "-", "--description", fingerprint,
            "--history-max", "5", stdin=text,
        )  # fmt: skip
    except ProgramFailed as error:
        fix = "./todo doctor"
        if PORT_TAKEN in error.output:
            fix = "another service of the cluster has this node port; choose another: TODO_PORT=30180 ./todo up"
        raise Problem("helm could not install the chart", details=last_lines(error.output, 20), fix=fix) from error
    return True


def restart(cluster: Cluster) -> None:
    """Replace the pods of both tiers one after another."""
    tiers = [f"deployment/{cluster.release}-{tier}" for tier in ("backend", "frontend")]
    cluster.kubectl("rollout", "restart", *tiers)


def values_of(cluster: Cluster) -> Json:
    """The values that the release was installed with."""
    if not release_exists(cluster):
        raise Problem(f"there is no release {cluster.release} in namespace {cluster.namespace}", fix="./todo up")
    values: Json = json.loads(cluster.helm("get", "values", cluster.release, "-o", "json").stdout) or {}
    return values


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
    """Helm's status and description of the release; empty ones when there is none.

    Raises ProgramFailed when it could not be looked: taken for "none", it would be left behind.
    """
    try:
        output = cluster.helm("status", cluster.release, "-o", "json").stdout
    except ProgramFailed as error:
        if "release: not found" in error.output:
            return "", ""
        raise
    info: dict[str, Any] = json.loads(output).get("info", {})
    return str(info.get("status", "")), str(info.get("description", ""))


def _set(values: Json, path: tuple[str, ...], value: object) -> None:
    for key in path[:-1]:
        values = values.setdefault(key, {})
    values[path[-1]] = value
