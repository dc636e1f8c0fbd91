"""Programs that are taken from the PATH, or compiled where the machine has Go; here a stand-in compiles them."""

from pathlib import Path

import pytest

from todo_cli import tools
from todo_cli.errors import Problem
from todo_cli.layout import Layout
from todo_cli.progress import Step, make_console
from todo_cli.tools import GoProgram, find_go_program

PROGRAM = GoProgram("linter", "example.com/linter/cmd/linter", "v1.2.3", ("linter1", "linter"))
COMPILES = 'mkdir -p "$GOBIN"; printf "#!/bin/sh\\necho %s\\n" "$*" > "$GOBIN/linter"'


@pytest.fixture
def step() -> Step:
    return Step("Test chart", make_console())


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The machine's only folder of programs, but for the shell's."""
    folder = tmp_path / "programs"
    folder.mkdir()
    monkeypatch.setenv("PATH", f"{folder}:/bin:/usr/bin")
    return folder


def write_go(folder: Path, script: str) -> None:
    write_program(folder / "go", script)


def write_program(file: Path, script: str) -> None:
    file.write_text(f"#!/bin/sh\n{script}\n")
    file.chmod(0o755)


def test_it_is_compiled_once_at_its_version(layout: Layout, step: Step, path: Path) -> None:
    write_go(path, COMPILES)
    found = Path(find_go_program(layout, PROGRAM, step))
    assert found.is_relative_to(layout.cache / "tools")
    assert "install example.com/linter/cmd/linter@v1.2.3" in found.read_text()
    write_go(path, "exit 1")
    assert find_go_program(layout, PROGRAM, step) == str(found)


def test_what_cannot_be_compiled_is_told_by_its_last_line_and_leaves_nothing(
    layout: Layout, step: Step, path: Path
) -> None:
    write_go(path, f"{COMPILES}; echo go: downloading; echo go: no route to host; exit 1")
    with pytest.raises(Problem, match=r"linter v1\.2\.3 could not be compiled: go: no route to host"):
        find_go_program(layout, PROGRAM, step)
    assert not list((layout.cache / "tools").iterdir())


def test_compiling_ends_in_time(layout: Layout, step: Step, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tools, "COMPILING_SECONDS", 0.2)
    write_go(path, "echo go: downloading; sleep 600")
    with pytest.raises(Problem, match="did not end in time"):
        find_go_program(layout, PROGRAM, step)


def test_without_go_the_reason_is_told(
    layout: Layout, step: Step, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(Problem, match="no Go to compile linter"):
        find_go_program(layout, PROGRAM, step)


@pytest.mark.parametrize("says", ["linter version: v1.2.3, commit: 0", "v1.2", "version: development, built: N/A"])
@pytest.mark.parametrize("name", ["linter1", "linter"])
def test_one_of_that_version_on_the_path_is_taken(layout: Layout, step: Step, path: Path, name: str, says: str) -> None:
    write_program(path / name, f"echo '{says}'")
    assert find_go_program(layout, PROGRAM, step) == str(path / name)


@pytest.mark.parametrize("script", ["echo v1.2.4", "echo 1.20", "echo v2", "exit 1", "true"])
def test_another_one_on_the_path_is_passed_over(layout: Layout, step: Step, path: Path, script: str) -> None:
    write_program(path / "linter1", script)
    write_go(path, COMPILES)
    assert Path(find_go_program(layout, PROGRAM, step)).is_relative_to(layout.cache / "tools")
