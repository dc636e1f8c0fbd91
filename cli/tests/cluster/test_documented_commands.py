"""The documentation's commands for a cluster, as they stand there.

Those of helm and kubectl are a server-side dry run: the registry in them is an example, and the test's stack holds the
node port.
"""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from cluster.stack import PATIENCE, Stack
from documentation import API_SERVER, CHECKOUT, ON_CLUSTER, UPGRADE, run_by

# The whole of `verify` has a suite of its own.
CONCRETE = {
    "./todo scale N": "./todo scale 2",
    "./todo verify --only NUMBER": "./todo verify --only FR-001",
    "./todo verify --quick": "./todo verify --quick --only FR-001",
}


@pytest.fixture(scope="module")
def elsewhere(stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """The environment of a user whose current namespace is an empty one."""
    kubectl, context = stack.cluster.kubectl_program, stack.cluster.context
    namespace = f"documentation-{os.getpid()}"
    kubeconfig = tmp_path_factory.mktemp("kube") / "config"
    flat = subprocess.run([kubectl, "config", "view", "--raw", "--flatten"], capture_output=True, text=True, check=True)
    kubeconfig.touch(mode=0o600)
    kubeconfig.write_text(flat.stdout)
    tools = os.pathsep.join(str(Path(tool).parent) for tool in (kubectl, os.environ["HELM"]))
    env = os.environ | {"KUBECONFIG": str(kubeconfig), "PATH": f"{tools}{os.pathsep}{os.environ['PATH']}"}
    for step in (
        ["config", "use-context", context],
        ["create", "namespace", namespace],
        ["config", "set-context", "--current", "--namespace", namespace],
    ):
        subprocess.run([kubectl, *step], env=env, check=True, capture_output=True)
    yield env
    subprocess.run([kubectl, "delete", "namespace", namespace, "--wait=false"], env=env, check=True)


@pytest.mark.parametrize("command", run_by(API_SERVER))
def test_the_cluster_accepts_the_command(elsewhere: dict[str, str], command: str) -> None:
    run(f"{command} --dry-run=server", elsewhere)


@pytest.mark.parametrize("command", run_by(UPGRADE))
def test_a_release_accepts_the_upgrade(stack: Stack, elsewhere: dict[str, str], command: str) -> None:
    there = f"--kube-context {stack.cluster.context} --namespace {stack.cluster.namespace}"
    run(f"{command} {there} --dry-run=server", elsewhere)


@pytest.mark.usefixtures("stack")
@pytest.mark.parametrize("command", run_by(ON_CLUSTER))
def test_the_command_runs_on_the_stack(command: str) -> None:
    run(CONCRETE[command], dict(os.environ))


def run(command: str, env: dict[str, str]) -> None:
    """Type the command in the checkout's folder; fails the test when it fails."""
    result = subprocess.run(
        ["bash", "-c", command],
        cwd=CHECKOUT,
        env=env,
        capture_output=True,
        text=True,
        timeout=120 * PATIENCE,
        check=False,
    )
    assert result.returncode == 0, result.stdout + result.stderr
