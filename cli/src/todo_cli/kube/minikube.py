"""The minikube program: its profiles, and what its exit codes say of them."""

import json
import shlex
from typing import Any

from todo_cli.programs import Result, capture

MINIKUBE_PAGE = "https://minikube.sigs.k8s.io/docs/start/"
RUNNING, PAUSED, STOPPED, NO_PROFILE = 0, 2, 7, 85
USAGE = 14  # also an option that this Minikube does not know


def minikube(profile: str, *arguments: str, check: bool = True, timeout: float = 120) -> Result:
    """Run minikube on a profile."""
    return capture(["minikube", "-p", profile, *arguments], check=check, timeout=timeout)


def profile_status(profile: str) -> int:
    """Minikube's exit code for the state of a profile."""
    return minikube(profile, "status", "-o", "json", check=False, timeout=30).code


def status_in_words(status: int) -> str:
    """What a profile with this exit code is."""
    return {NO_PROFILE: "does not exist", STOPPED: "is stopped", PAUSED: "is paused"}.get(status, "does not run")


def profiles() -> dict[str, dict[str, Any]]:
    """Minikube's profiles by name, as it lists them."""
    result = capture(["minikube", "profile", "list", "-o", "json"], check=False, timeout=30)
    try:
        listed = json.loads(result.stdout)
    except ValueError:
        return {}
    return {profile["Name"]: profile for profile in listed.get("valid") or []}


def image_command(profile: str) -> str:
    """The command that brings Docker's `{image}` into the profile's node."""
    return f"minikube -p {shlex.quote(profile)} image load {{image}}"
