"""The launcher: which Python it takes, when it makes its environment again, what it says when it cannot."""

import shutil
import subprocess
from pathlib import Path

import pytest

LAUNCHER = Path(__file__).parents[2] / "todo"
TOOLS = ("sh", "dirname", "readlink", "cmp", "cat", "cp", "mv", "rm", "mkdir", "tail", "printf", "env", "chmod")

# A Python as the launcher asks it: its version, what modules it has, and making an environment.
PYTHON = """#!/bin/sh
case "$*" in
  *sys.version_info*) exit {old} ;;
  *ensurepip*) exit {no_ensurepip} ;;
  --version) echo "Python 3.13.1" ;;
  "-m pip --version" | "-m virtualenv --version") exit 1 ;;
  "-m venv "*) mkdir -p "$3/bin"; cp "$0" "$3/bin/python" ;;
  "-m pip install"*) echo installed >>"$(dirname "$0")/installs"; exit {pip_fails} ;;
  "-m todo_cli"*) shift 2; echo "path=$PYTHONPATH arguments=$*" ;;
esac
"""


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    root = tmp_path / "the checkout"
    (root / "cli" / "src").mkdir(parents=True)
    (root / "cli" / "requirements.lock").write_text("rich==15.0.0\n")
    shutil.copy(LAUNCHER, root / "todo")
    programs = tmp_path / "bin"
    programs.mkdir()
    for name in TOOLS:
        if found := shutil.which(name):
            (programs / name).symlink_to(found)
    return root


def add_python(checkout: Path, *, old: bool = False, no_ensurepip: bool = False, pip_fails: bool = False) -> None:
    python = checkout.parent / "bin" / "python3"
    python.write_text(PYTHON.format(old=int(old), no_ensurepip=int(no_ensurepip), pip_fails=int(pip_fails)))
    python.chmod(0o755)


def run(checkout: Path, *arguments: str, program: Path | None = None, cwd: Path | None = None):  # type: ignore[no-untyped-def]
    env = {"PATH": str(checkout.parent / "bin"), "HOME": str(checkout.parent)}
    return subprocess.run([program or checkout / "todo", *arguments], env=env, cwd=cwd, capture_output=True, text=True)


def test_makes_its_environment_once(checkout: Path) -> None:
    add_python(checkout)
    first, second = run(checkout, "status", "--json"), run(checkout, "status")
    assert first.stdout == f"path={checkout}/cli/src arguments=status --json\n"
    assert "Preparing" in first.stderr
    assert second.stderr == ""
    assert (checkout / ".todo/venv/bin/installs").read_text() == "installed\n"


def test_makes_it_again_when_the_lock_changed(checkout: Path) -> None:
    add_python(checkout)
    run(checkout)
    (checkout / "cli" / "requirements.lock").write_text("rich==15.0.1\n")
    assert "Preparing" in run(checkout).stderr
    assert run(checkout).stderr == ""


def test_works_through_a_symbolic_link_from_another_folder(checkout: Path) -> None:
    add_python(checkout)
    elsewhere = checkout.parent / "elsewhere"
    elsewhere.mkdir()
    (checkout.parent / "link").symlink_to("the checkout/todo")
    (elsewhere / "todo").symlink_to("../link")
    answer = run(checkout, "up", program=elsewhere / "todo", cwd=elsewhere)
    assert answer.stdout == f"path={checkout}/cli/src arguments=up\n"


@pytest.mark.parametrize("old", [None, True])
def test_says_what_to_install_without_a_python_that_is_new_enough(checkout: Path, old: bool | None) -> None:
    if old:
        add_python(checkout, old=True)
    answer = run(checkout, "up")
    assert answer.returncode == 1
    assert "error: no Python 3.11 or newer is here" in answer.stderr
    assert "apt install python3" in answer.stderr


def test_says_what_to_install_without_venv_and_pip(checkout: Path) -> None:
    add_python(checkout, no_ensurepip=True)
    answer = run(checkout, "up")
    assert answer.returncode == 1
    assert "sudo apt install python3-venv" in answer.stderr
    assert not (checkout / ".todo" / "venv").exists()


def test_leaves_nothing_half_made_without_a_network(checkout: Path) -> None:
    add_python(checkout, pip_fails=True)
    answer = run(checkout, "up")
    assert answer.returncode == 1
    assert "check the network" in answer.stderr
    assert [path.name for path in (checkout / ".todo").iterdir()] == ["setup.log"]
    add_python(checkout)
    assert run(checkout, "up").returncode == 0
