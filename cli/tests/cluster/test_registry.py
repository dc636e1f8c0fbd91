"""Docker pushes to a registry for real, and what it says when that fails is understood."""

import io
import secrets
import shutil
import subprocess
import tarfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from cluster.stack import PATIENCE
from todo_cli import ports
from todo_cli.engines.registry import push
from todo_cli.errors import Problem
from todo_cli.layout import Layout
from todo_cli.programs import capture
from todo_cli.progress import silent_step

PROGRAM = shutil.which("registry") or shutil.which("docker-registry")
IMAGE = f"todo-push-test:{secrets.token_hex(4)}"
CONFIG = """version: 0.1
storage: {{filesystem: {{rootdirectory: {folder}/images}}}}
http: {{addr: "127.0.0.1:{port}", secret: none}}
"""
LOGIN = """auth: {{htpasswd: {{realm: test, path: {folder}/htpasswd}}}}
"""

NOBODY = "nobody:$2y$05$" + "x" * 53 + "\n"


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    return Layout(root=tmp_path, home=tmp_path, cache=tmp_path, env_file=tmp_path / ".env", port=1)


@pytest.fixture
def image() -> Iterator[str]:
    """A small image in Docker; it goes with all the names that a push gave it."""
    layer = io.BytesIO()
    with tarfile.open(fileobj=layer, mode="w") as archive:
        archive.addfile(tarfile.TarInfo("nothing"))
    subprocess.run(["docker", "import", "-", IMAGE], input=layer.getvalue(), capture_output=True, check=True)
    yield IMAGE
    names = capture(["docker", "image", "ls", "--format", "{{.Repository}}:{{.Tag}}"]).stdout.split()
    capture(["docker", "image", "rm", *(name for name in names if name.endswith(IMAGE))], check=False)


@pytest.fixture
def registry(tmp_path: Path) -> Iterator[Callable[[str], str]]:
    """Starts a registry on this machine; Docker speaks plain HTTP to it, for it is on localhost."""
    if PROGRAM is None:
        pytest.skip("no registry to push to (Debian: apt install docker-registry)")
    started: list[subprocess.Popen[bytes]] = []

    def start(more: str = "") -> str:
        port = ports.any_free()
        (tmp_path / "htpasswd").write_text(NOBODY)
        config = tmp_path / "registry.yml"
        config.write_text((CONFIG + more).format(folder=tmp_path, port=port))
        with (tmp_path / "registry.log").open("w") as log:
            started.append(subprocess.Popen([PROGRAM, "serve", str(config)], stdout=log, stderr=log))
        deadline = time.monotonic() + 20 * PATIENCE
        while ports.free(port):
            assert time.monotonic() < deadline, (tmp_path / "registry.log").read_text()
            time.sleep(0.5)
        return f"127.0.0.1:{port}/todo"

    yield start
    for process in started:
        process.terminate()
        process.wait(10 * PATIENCE)


def test_what_is_pushed_is_there_and_is_not_sent_again(
    registry: Callable[[str], str], image: str, layout: Layout
) -> None:
    address = registry("")
    assert push(address, image, layout, silent_step())
    assert not push(address, image, layout, silent_step())
    capture(["docker", "image", "rm", f"{address}/{image}"])
    assert capture(["docker", "pull", f"{address}/{image}"], check=False).ok


def test_a_refused_login_is_told(registry: Callable[[str], str], image: str, layout: Layout) -> None:
    address = registry(LOGIN)
    with pytest.raises(Problem, match="refuses the push") as caught:
        push(address, image, layout, silent_step())
    assert f"docker login {address.partition('/')[0]}" in str(caught.value.fix)


@pytest.mark.parametrize("host", ["127.0.0.1:1", "no-such-registry.invalid"])
def test_an_unreachable_one_is_told(image: str, layout: Layout, host: str) -> None:
    with pytest.raises(Problem, match=f"the registry {host} cannot be reached"):
        push(f"{host}/todo", image, layout, silent_step())
