"""The fix for what keeps a pod from being ready, as the user types it."""

import json
from collections.abc import Mapping
from pathlib import Path

from todo_cli.kube.cluster import Cluster
from todo_cli.layout import CHECKOUT

CHART = CHECKOUT / "charts" / "todo-stack"
OWN_SECRET = "todo-stack-secrets"  # noqa: S105 - a name: the Secret that `up` writes
OWN_IMAGES = ("todo-backend:", "todo-frontend:")
REQUIRED_KEYS = ("DATABASE_URL", "OPENAI_API_KEY", "BETTER_AUTH_SECRET")


def made_by_up(cluster: Cluster) -> bool:
    """Was the release installed by `./todo up`? What helm changes there, the next `up` would undo."""
    result = cluster.helm("get", "values", cluster.release, "-o", "json", check=False)
    try:
        return bool(json.loads(result.stdout)["secrets"]["existingSecret"] == OWN_SECRET)
    except (ValueError, KeyError, TypeError):
        return False


def upgrade(cluster: Cluster, values: Mapping[str, str] | None = None) -> str:
    """Change values of the release and keep the others; with none, roll the pods that an edited Secret concerns."""
    sets = [f"--set {path}={value}" for path, value in (values or {}).items()]
    if made_by_up(cluster):
        return " ".join(("./todo up", *sets))
    return cluster.helm_line("upgrade", cluster.release, _chart(), "--reset-then-reuse-values", *sets)


def rollback(cluster: Cluster) -> str:
    """Go back to the revision before."""
    return cluster.helm_line("rollback", cluster.release)


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
    make = cluster.kubectl_line("create secret docker-registry registry-login", login)
    if made_by_up(cluster):
        return f"""{make}; ./todo up --set 'imagePullSecrets=[{{"name": "registry-login"}}]'"""
    named = "--set 'imagePullSecrets[0].name=registry-login'"
    return f"{make}; {cluster.helm_line('upgrade', cluster.release, _chart(), '--reset-then-reuse-values', named)}"


def create_secret(cluster: Cluster, name: str) -> str:
    """Make the Secret that the release names."""
    if name == OWN_SECRET:
        return "./todo up"
    keys = " ".join(f"--from-literal={key}='...'" for key in REQUIRED_KEYS)
    return cluster.kubectl_line("create secret generic", name, keys)


def correct_key(cluster: Cluster, secret: str, key: str) -> str:
    """Correct one key of the Secret, and roll the pods that use it."""
    if secret == OWN_SECRET:
        return f"correct {key} in .env, then ./todo up"
    patch = f"""-p '{{"stringData": {{"{key}": "..."}}}}'"""
    return f"{cluster.kubectl_line('patch secret', secret, patch)}; {upgrade(cluster)}"


def _chart() -> str:
    """The chart's folder, as one names it from here."""
    return str(CHART.relative_to(CHECKOUT) if Path.cwd() == CHECKOUT else CHART)


def logs(cluster: Cluster, pod: str, container: str, *, previous: bool = False) -> str:
    """Read all that a container said."""
    return cluster.kubectl_line("logs", pod, "-c", container, *(["--previous"] if previous else []))
