"""The launcher: which Python it takes, when it makes its environment again, what it says when it cannot."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

LAUNCHER = Path(__file__).parents[2] / "todo"
TOOLS = ("sh", "dirname", "readlink", "cmp", "cat", "cp", "mv", "rm", "mkdir", "tail", "printf", "env", "chmod", "grep", "df",
         "sleep")  # fmt: skip

# A Python as the launcher asks it: its version, what modules it has, and making an environment.
PYTHON = """#!/bin/sh
case "$*" in
  *sys.version_info*) exit {old} ;;
  *ensurepip*) exit {no_ensurepip} ;;
  *"import rich"*) [ ! -e "$(dirname "$0")/became-another" ]; exit ;;
  --version) echo "Python 3.13.1" ;;
  "-m pip --version" | "-m virtualenv --version") exit 1 ;;
  "-m venv "*) mkdir -p "$3/bin"; cp "$0" "$3/bin/python" ;;
  "- "*) exec {real} "$@" ;;
  "-m pip install"*) echo installed >>"$(dirname "$0")/installs"; {meanwhile}; exit {pip_fails} ;;
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


def add_python(
    checkout: Path,
    program: str = "bin/python3",
    *,
    old: bool = False,
    no_ensurepip: bool = False,
    pip_fails: bool = False,
    meanwhile: str = ":",
) -> Path:
    """A Python beside the checkout; `meanwhile` is what else happens while it installs."""
    python = checkout.parent / program
    python.parent.mkdir(exist_ok=True)
    answers = {
        "old": int(old),
        "no_ensurepip": int(no_ensurepip),
        "pip_fails": int(pip_fails),
        "meanwhile": meanwhile,
        "real": sys.executable,
    }
    python.write_text(PYTHON.format(**answers))
    python.chmod(0o755)
    return python


def run(
    checkout: Path, *arguments: str, program: Path | None = None, cwd: Path | None = None, **variables: str
) -> "subprocess.CompletedProcess[str]":
    env = {"PATH": str(checkout.parent / "bin"), "HOME": str(checkout.parent)} | variables
    return subprocess.run([program or checkout / "todo", *arguments], env=env, cwd=cwd, capture_output=True, text=True)


def test_makes_it_again_when_its_python_has_become_another_version(checkout: Path) -> None:
    """The link python3 leads to it by an upgrade of the system, and the packages are the former one's."""
    add_python(checkout)
    run(checkout)
    (checkout / ".todo" / "venv" / "bin" / "became-another").touch()
    answer = run(checkout, "status")
    assert ("Preparing" in answer.stderr, answer.stdout) == (True, f"path={checkout}/cli/src arguments=status\n")
    assert run(checkout).stderr == ""


def test_a_git_of_windows_gives_it_the_line_ends_of_a_shell(checkout: Path) -> None:
    """As it is installed there, before WSL runs it."""
    shutil.copy(LAUNCHER.with_name(".gitattributes"), checkout)
    identity = ("-c", "user.name=t", "-c", "user.email=t@t")
    for command in (("init", "-q"), ("add", "."), (*identity, "commit", "-q", "-m", "all")):
        subprocess.run(["git", *command], cwd=checkout, check=True)
    clone = checkout.parent / "clone"
    subprocess.run(["git", "clone", "-q", "-c", "core.autocrlf=true", str(checkout), str(clone)], check=True)
    assert (clone / "todo").read_bytes() == LAUNCHER.read_bytes()


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


def test_what_a_git_hook_starts_is_not_bound_to_the_hook_s_repository(checkout: Path) -> None:
    """Git names it by variables, and every other git would take it for its own: the tests' too."""
    git = shutil.which("git")
    assert git is not None
    (checkout.parent / "bin" / "git").symlink_to(git)
    python = add_python(checkout)
    python.write_text(python.read_text().replace("arguments=$*", "repository=${GIT_DIR-}${GIT_INDEX_FILE-}"))
    answer = run(checkout, GIT_DIR="/elsewhere/.git", GIT_INDEX_FILE="/elsewhere/.git/index")
    assert answer.stdout == f"path={checkout}/cli/src repository=\n"


def test_text_is_utf_8_whatever_the_terminal_s_is(checkout: Path) -> None:
    """Else what a program says in UTF-8, such as the copy of a database, comes back as other letters."""
    python = add_python(checkout)
    python.write_text(python.read_text().replace("arguments=$*", "utf8=${PYTHONUTF8-}"))
    assert run(checkout, LC_ALL="de_DE.ISO-8859-1").stdout == f"path={checkout}/cli/src utf8=1\n"


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


@pytest.mark.parametrize("space", ["in the log", "by df"])
def test_a_full_disk_is_told_as_one(checkout: Path, space: str) -> None:
    if space == "by df":
        (checkout.parent / "bin" / "df").unlink()
        (checkout.parent / "bin" / "df").write_text(
            "#!/bin/sh\nprintf 'Filesystem 1024-blocks\n/dev/a 9 9 0 100%% /\n'\n"
        )
        (checkout.parent / "bin" / "df").chmod(0o755)
        add_python(checkout, pip_fails=True)
    else:
        add_python(checkout, pip_fails=True, meanwhile="echo 'OSError: [Errno 28] No space left on device'")
    answer = run(checkout, "up")
    assert answer.returncode == 1
    assert "error: the disk is full" in answer.stderr
    assert "fix: free space" in answer.stderr
    assert "network" not in answer.stderr
    assert [path.name for path in (checkout / ".todo").iterdir()] == ["setup.log"]


def test_a_python_that_is_named_may_have_spaces_in_its_path(checkout: Path) -> None:
    python = add_python(checkout, "my python/python3")
    answer = run(checkout, "up", TODO_PYTHON=str(python))
    assert answer.stdout == f"path={checkout}/cli/src arguments=up\n", answer.stderr


def test_a_python_that_is_named_and_too_old_is_told(checkout: Path) -> None:
    add_python(checkout)
    old = add_python(checkout, "old/python3", old=True)
    answer = run(checkout, "up", TODO_PYTHON=str(old))
    assert answer.returncode == 1
    assert f"error: TODO_PYTHON is no Python 3.11 or newer: {old}" in answer.stderr


@pytest.mark.parametrize("before", [False, True])
def test_an_environment_that_another_start_made_meanwhile_is_taken_as_it_is(checkout: Path, before: bool) -> None:
    venv = checkout / ".todo" / "venv"
    if before:
        add_python(checkout)
        run(checkout)
        (checkout / "cli" / "requirements.lock").write_text("rich==15.0.1\n")
    other = f"cd '{checkout}' && mkdir -p .todo/venv/bin && cp cli/requirements.lock .todo/venv/requirements.lock && "
    other += 'cp "$0" .todo/venv/bin/python && echo >.todo/venv/of-the-other'
    add_python(checkout, meanwhile=other)
    assert run(checkout, "up").returncode == 0
    assert (venv / "of-the-other").exists()
    assert sorted(path.name for path in venv.parent.iterdir()) == ["setup.log", "venv"]


@pytest.mark.parametrize("before", [False, True])
def test_many_starts_at_once_all_work_and_leave_one_environment(checkout: Path, before: bool) -> None:
    add_python(checkout, meanwhile="sleep 0.3")
    if before:
        run(checkout)
        (checkout / "cli" / "requirements.lock").write_text("rich==15.0.1\n")
    env = {"PATH": str(checkout.parent / "bin"), "HOME": str(checkout.parent)}
    starts = [subprocess.Popen([checkout / "todo", "up"], env=env, stdout=subprocess.PIPE, text=True) for _ in range(6)]
    assert [start.communicate()[0] for start in starts] == [f"path={checkout}/cli/src arguments=up\n"] * 6
    assert sorted(path.name for path in (checkout / ".todo").iterdir()) == ["setup.log", "venv"]
    assert sorted(path.name for path in (checkout / ".todo/venv").iterdir()) == ["bin", "requirements.lock"]
