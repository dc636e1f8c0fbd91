"""The command that mends what keeps a pod from being ready, as the user types it."""

from __future__ import annotations

import json
import re
import shlex
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from todo_cli.kube.cluster import Cluster

CHECKOUT = Path(__file__).resolve().parents[4]
CHART = CHECKOUT / "charts" / "todo-stack"
OWN_SECRET = "todo-stack-secrets"  # noqa: S105 - a name: the Secret that `up` writes
OWN_IMAGES = ("todo-backend:", "todo-frontend:")
REQUIRED_KEYS = ("DATABASE_URL", "OPENAI_API_KEY", "BETTER_AUTH_SECRET")


def program(path: str) -> str:
    """A program as one types it: by its name where the shell finds this very one, else by its path."""
    name = Path(path).name
    return name if path == name or shutil.which(name) == path else shlex.quote(path)


def made_by_up(cluster: Cluster) -> bool:
    """Was the release installed by `./todo up`? What helm changes there, the next `up` would undo."""
    told = cluster.helm("get", "values", cluster.release, "-o", "json", check=False)
    try:
        return bool(json.loads(told.stdout)["secrets"]["existingSecret"] == OWN_SECRET)
    except (ValueError, KeyError, TypeError):
        return False


def kubectl(cluster: Cluster, *words: str) -> str:
    """A kubectl command in our namespace."""
    return by_context(cluster, "-n", cluster.namespace, *words)


def by_context(cluster: Cluster, *words: str) -> str:
    """A kubectl command about the whole cluster."""
    return " ".join((program(cluster.kubectl_program), "--context", shlex.quote(cluster.context), *words))


def refused(cluster: Cluster, said: str) -> str | None:
    """What mends a kubectl or helm that the cluster refused with these words; None when it was something else."""
    if re.search(r"\(Unauthorized\)|must be logged in|provide credentials", said):
        return f"sign in to the cluster again; who you are there: {by_context(cluster, 'config view --minify')}"
    if "being terminated" in said:
        gone = by_context(cluster, f"wait --for=delete namespace/{cluster.namespace} --timeout=5m")
        return f"{gone}, then the same ./todo again"
    if re.search(r"\(Forbidden\)|is forbidden", said):
        return f"ask for the right; what you may: {kubectl(cluster, 'auth can-i --list')}"
    return None


def helm(cluster: Cluster, *words: str) -> str:
    """A helm command in our namespace."""
    return " ".join(
        (program(cluster.helm_program), "--kube-context", shlex.quote(cluster.context), "-n", cluster.namespace, *words)
    )


def upgrade(cluster: Cluster, values: Mapping[str, str] | None = None) -> str:
    """Change values of the release and keep the others; with none, roll the pods that an edited Secret concerns."""
    sets = " ".join(f"--set {path}={value}" for path, value in (values or {}).items())
    if made_by_up(cluster):
        return f"./todo up {sets}".rstrip()
    return helm(cluster, "upgrade", cluster.release, _chart(), "--reset-then-reuse-values", *([sets] if sets else []))


def rollback(cluster: Cluster) -> str:
    """Go back to the revision before."""
    return helm(cluster, "rollback", cluster.release)


def load_image(cluster: Cluster, image: str) -> str:
    """Bring an image that Docker has into the nodes."""
    if cluster.image_command:
        command = cluster.image_command.replace("{image}", image)
    else:
        command = f"load {image} into every node by your cluster's own means"
    return f"{command}; or ./todo up, which builds and loads them" if image.startswith(OWN_IMAGES) else command


def pull_login(cluster: Cluster, image: str) -> str:
    """Give the cluster a login for the image's registry."""
    server, slash, _ = image.partition("/")
    registry = server if slash and "." in server else "docker.io"
    login = f"--docker-server={registry} --docker-username=... --docker-password=..."
    make = kubectl(cluster, "create secret docker-registry registry-login", login)
    if made_by_up(cluster):
        return f"""{make}; ./todo up --set 'imagePullSecrets=[{{"name": "registry-login"}}]'"""
    named = "--set 'imagePullSecrets[0].name=registry-login'"
    return f"{make}; {helm(cluster, 'upgrade', cluster.release, _chart(), '--reset-then-reuse-values', named)}"


def create_secret(cluster: Cluster, name: str) -> str:
    """Make the Secret that the release names."""
    if name == OWN_SECRET:
        return "./todo up"
    keys = " ".join(f"--from-literal={key}='...'" for key in REQUIRED_KEYS)
    return kubectl(cluster, "create secret generic", name, keys)


def correct_key(cluster: Cluster, secret: str, key: str) -> str:
    """Correct one key of the Secret, and roll the pods that use it."""
    if secret == OWN_SECRET:
        return f"correct {key} in .env, then ./todo up"
    patch = f"""-p '{{"stringData": {{"{key}": "..."}}}}'"""
    return f"{kubectl(cluster, 'patch secret', secret, patch)}; {upgrade(cluster)}"


def _chart() -> str:
    """The chart's folder, as one names it from here."""
    return str(CHART.relative_to(CHECKOUT) if Path.cwd() == CHECKOUT else CHART)


def logs(cluster: Cluster, pod: str, container: str, *, previous: bool = False) -> str:
    """Read all that a container said."""
    return kubectl(cluster, "logs", pod, "-c", container, *(["--previous"] if previous else []))
