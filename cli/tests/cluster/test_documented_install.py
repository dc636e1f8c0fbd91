"""The chart's README, "Install", as it stands there: images built and loaded by hand, then Helm alone."""

import os
import subprocess
from collections.abc import Callable, Iterator

import pytest

from cluster.own_release import CHART, OwnRelease, ended
from cluster.stack import PATIENCE
from documentation import BY_HAND, CHECKOUT, commands, run_by
from todo_cli.layout import find_layout
from todo_cli.state import load_state

BUILDS = [one for one in run_by(BY_HAND) if one.startswith("docker ")]
LOADS = [one for one in run_by(BY_HAND) if one.startswith("minikube ")]
INSTALL = next(one for one in commands((CHART / "README.md").read_text()) if "values-local.yaml" in one)
IMAGES = [one.split()[-1] for one in LOADS]


def typed(command: str, env: dict[str, str], *options: str) -> str:
    """Type the command, with options of the test's, in the checkout's folder; what it prints."""
    line = " ".join([command, *options])
    result = subprocess.run(
        ["bash", "-c", line], cwd=CHECKOUT, env=env, capture_output=True, text=True, timeout=300 * PATIENCE
    )
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout


@pytest.fixture
def profile(stack: object) -> Iterator[str]:
    """The Minikube profile of the stack; without the images of the test afterwards."""
    name = load_state(find_layout()).profile
    if name is None:
        pytest.skip("the stack is not on Minikube: the README loads images into it")
    yield name
    for image in IMAGES:
        subprocess.run(["docker", "image", "rm", image], capture_output=True)
        subprocess.run(["minikube", "-p", name, "image", "rm", image], capture_output=True)


def test_the_images_and_helm_alone_are_enough(profile: str, new_release: Callable[[str], OwnRelease]) -> None:
    release = new_release("by-hand")
    env = release.env | {"DOCKER_BUILDKIT": "1"}
    for build in BUILDS:
        typed(build, env, os.environ.get("TODO_BUILD_OPTIONS", ""))
    for load in LOADS:
        typed(load, env, "-p", profile)
    # Not at the node port, which is the stack's.
    there = ("--kube-context", release.context, "-n", release.namespace, "--set", "frontend.service.type=ClusterIP")
    typed(INSTALL, env, *there, "--timeout", f"{3 * PATIENCE}m")
    pods = [pod for tier in ("backend", "frontend") for pod in release.pods(tier)]
    assert {container["image"] for pod in pods for container in pod["spec"]["containers"]} == set(IMAGES)
    assert len(release.wait_ready("backend", 2)) == 2
    ended(release.helm("uninstall", "todo-stack", "--wait", "--timeout", f"{2 * PATIENCE}m"))
