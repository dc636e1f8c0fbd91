"""Programs that are compiled where the machine has Go; here a stand-in compiles them."""

from pathlib import Path

import pytest

from todo_cli import tools
from todo_cli.errors import Problem
from todo_cli.layout import Layout
from todo_cli.progress import Step, make_console
from todo_cli.tools import GoProgram, find_go_program

PROGRAM = GoProgram("linter", "example.com/linter/cmd/linter", "v1.2.3")
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
    go = folder / "go"
    go.write_text(f"#!/bin/sh\n{script}\n")
    go.chmod(0o755)


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
    write_go(path, "echo go: downloading; sleep 20")
    with pytest.raises(Problem, match="did not end in time"):
        find_go_program(layout, PROGRAM, step)


def test_without_go_the_reason_is_told(
    layout: Layout, step: Step, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(Problem, match="no Go to compile linter"):
        find_go_program(layout, PROGRAM, step)
