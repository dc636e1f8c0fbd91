"""The acceptance checks' model server, which knows no key, as a part of a test's release."""

from typing import Any

from acceptance.model_server import NAME, PORT, PROGRAM

from cluster.own_release import OwnRelease

MODEL_ADDRESS = f"http://{NAME}:{PORT}/v1"


def model_server(release: OwnRelease) -> tuple[dict[str, Any], dict[str, Any]]:
    """The server's pod and Service."""
    service = {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": NAME},
        "spec": {"selector": {"run": NAME}, "ports": [{"port": PORT}]},
    }
    return release.pod(NAME, {"name": NAME, "command": ["python", "-c", PROGRAM]}), service


def keys_shown(release: OwnRelease) -> list[str]:
    """The keys that the server was shown, in their order."""
    return [line.removeprefix("Bearer ") for line in release.kubectl("logs", NAME).splitlines()]
