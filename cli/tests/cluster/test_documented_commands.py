"""The documentation's helm and kubectl commands, as they stand there, against the cluster's API server.

They are run as a server-side dry run: the registry in them is an example, and the test's stack holds the node port.
"""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from cluster.stack import Stack
from documentation import CHECKOUT, commands, documents

COMMANDS = [
    (page, command) for page in documents() for command in commands(page) if command.startswith(("helm ", "kubectl "))
]


@pytest.fixture(scope="module")
def elsewhere(stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """The environment of a user whose current namespace is an empty one."""
    kubectl, _, context, *_ = stack.command
    namespace = f"documentation-{os.getpid()}"
    kubeconfig = tmp_path_factory.mktemp("kube") / "config"
    flat = subprocess.run([kubectl, "config", "view", "--raw", "--flatten"], capture_output=True, text=True, check=True)
    kubeconfig.touch(mode=0o600)
    kubeconfig.write_text(flat.stdout)
    tools = os.pathsep.join(str(Path(tool).parent) for tool in (kubectl, os.environ["HELM"]))
    environment = os.environ | {"KUBECONFIG": str(kubeconfig), "PATH": f"{tools}{os.pathsep}{os.environ['PATH']}"}
    for step in (
        ["config", "use-context", context],
        ["create", "namespace", namespace],
        ["config", "set-context", "--current", "--namespace", namespace],
    ):
        subprocess.run([kubectl, *step], env=environment, check=True, capture_output=True)
    yield environment
    subprocess.run([kubectl, "delete", "namespace", namespace, "--wait=false"], env=environment, check=True)


@pytest.mark.parametrize(
    ("page", "command"),
    COMMANDS,
    ids=[f"{page.parent.name}/{page.name}-{number}" for number, (page, _) in enumerate(COMMANDS)],
)
def test_the_cluster_accepts_the_command(elsewhere: dict[str, str], page: Path, command: str) -> None:
    result = subprocess.run(
        ["bash", "-c", f"{command} --dry-run=server"],
        cwd=CHECKOUT,
        env=elsewhere,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert result.returncode == 0, result.stderr
