"""How images get into a cluster that is not ours, and what is reported when they do not."""

import os
import pty
import sys
from pathlib import Path

import pytest

from conftest import Machine, Up
from todo_cli.engines.choose import UpOptions
from todo_cli.errors import FREE_DISK
from todo_cli.programs import stream


def on(context: str, load_command: str | None = None) -> UpOptions:
    return UpOptions(engine="kubernetes", context=context, load_command=load_command, timeout=60)


class TestMinikube:
    """The user's profile, by its context: `image load` exits 0 even when it fails."""

    def test_what_arrived_is_seen(self, up: Up, machine: Machine) -> None:
        machine.set(minikube="running", context="dev")
        up(on("dev"))
        assert machine.called("minikube", "image ls") > 0
        machine.forget_calls()
        up(on("dev"))
        assert machine.called("minikube", "image load") == 0

    def test_what_did_not_is_told(self, up: Up, machine: Machine) -> None:
        machine.set(minikube="running", context="dev", load_fails=True)
        problem = up.refused(on("dev"))
        assert "did not get into Minikube profile dev" in problem.message
        assert "minikube -p dev image load todo-backend:" in str(problem.fix)
        assert machine.get("release") is None

    def test_a_full_disk_is_told(self, up: Up, machine: Machine) -> None:
        said = "! Failed to save image: write /var/lib/minikube/images/todo: no space left on device"
        machine.set(minikube="running", context="dev", load_fails=True, load_says=said)
        problem = up.refused(on("dev"))
        assert (problem.fix, problem.details) == (FREE_DISK, (said,))

    @pytest.mark.parametrize("prefix", ["docker.io/library/", ""])
    def test_either_runtime_s_names_are_known(self, up: Up, machine: Machine, prefix: str) -> None:
        machine.set(minikube="running", context="dev")
        up(on("dev"))
        machine.set(
            node_images=[prefix + name.removeprefix("docker.io/library/") for name in machine.get("node_images")]
        )
        machine.forget_calls()
        up(on("dev"))
        assert machine.called("minikube", "image load") == 0


@pytest.mark.parametrize(
    ("program", "words"), [("kind", "load docker-image todo-backend:"), ("k3d", "image import todo-backend:")]
)
class TestClusterInDocker:
    @pytest.fixture(autouse=True)
    def cluster(self, machine: Machine, program: str) -> None:
        machine.set(minikube="running", context=f"{program}-dev", no_profile=True)

    def test_its_own_program_loads(self, up: Up, machine: Machine, program: str, words: str) -> None:
        machine.add(program)
        up(on(f"{program}-dev"))
        assert machine.called(program, words) == 1
        assert len(machine.get("node_images")) == 2

    def test_a_missing_program_is_named(
        self, up: Up, machine: Machine, monkeypatch: pytest.MonkeyPatch, program: str, words: str
    ) -> None:
        monkeypatch.setenv("PATH", f"{machine.folder / 'bin'}:/bin")
        problem = up.refused(on(f"{program}-dev"))
        assert problem.message == f"{program} is not installed, and it brings images into {program}-dev"
        assert str(problem.fix).startswith(f"install it (https://{program}")
        assert words not in str(problem.fix)

    def test_a_failure_is_told(self, up: Up, machine: Machine, program: str, words: str) -> None:
        machine.add(program)
        machine.set(load_says="ERROR: no nodes found for cluster")
        problem = up.refused(on(f"{program}-dev"))
        assert problem.details == ("ERROR: no nodes found for cluster",)
        assert f"{program} {words}" in str(problem.fix)

    def test_a_full_disk_is_told(self, up: Up, machine: Machine, program: str, words: str) -> None:
        machine.add(program)
        machine.set(load_says=f"{words} ctr: write: no space left on device")
        assert up.refused(on(f"{program}-dev")).fix == FREE_DISK


class TestOwnCommand:
    @pytest.fixture(autouse=True)
    def cluster(self, machine: Machine) -> None:
        machine.set(minikube="running", context="dev")

    def test_one_that_fails_is_to_be_corrected(self, up: Up) -> None:
        problem = up.refused(on("dev", "no-such-program {image}"))
        assert "exited 127" in problem.message
        assert "not found" in problem.details[-1]
        assert "--load-command" in str(problem.fix)

    def test_a_sudo_that_cannot_ask_gets_its_fix(self, up: Up) -> None:
        said = "sudo: a terminal is required to read the password"
        assert (
            up.refused(on("dev", f"echo {said} {{image}}; false")).fix
            == "sudo -v in this terminal, then ./todo up again"
        )

    def test_a_cluster_of_no_kind_asks_how(self, up: Up, machine: Machine) -> None:
        machine.set(no_profile=True)
        problem = up.refused(on("dev"))
        assert problem.message == "how do images get into dev?"
        assert "--registry HOST/PATH" in str(problem.fix)


def test_a_command_that_may_ask_has_the_terminal(tmp_path: Path) -> None:
    """As sudo does, it opens /dev/tty and reads there; another command has no terminal."""
    child, terminal = pty.fork()
    if child == 0:  # a process with a terminal of its own
        ask = f"{sys.executable} -c \"print(open('/dev/tty').readline())\""
        may = stream(["sh", "-c", ask], log=tmp_path / "log", timeout=120, check=False, may_ask=True)
        not_ = stream(["sh", "-c", ask], log=tmp_path / "log", timeout=120, check=False)
        os._exit(10 if "secret" in may.stdout and not not_.ok else 20)
    os.write(terminal, b"secret\n")
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 10


def test_one_that_may_ask_and_takes_too_long_is_ended(tmp_path: Path) -> None:
    assert stream(["sleep", "600"], log=tmp_path / "log", timeout=0.3, check=False, may_ask=True).code == 124
