"""Watching sources: what counts as a change, and when it is reported."""

import os
from pathlib import Path

import pytest

from todo_cli.watch import Watch


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    (tmp_path / "package" / "__pycache__").mkdir(parents=True)
    (tmp_path / "package" / "old.py").write_text("a = 1\n")
    return tmp_path


def settled(watch: Watch) -> list[str]:
    """What is reported once nothing changes any more."""
    assert watch.changed() == [], "reported while it may still be changing"
    return [path.name for path in watch.changed()]


def test_changed_new_and_removed_files_are_told_once(sources: Path) -> None:
    watch = Watch(sources)
    (sources / "package" / "old.py").write_text("a = 12\n")
    (sources / "package" / "new.py").touch()
    assert settled(watch) == ["new.py", "old.py"]
    assert settled(watch) == []
    (sources / "package" / "new.py").unlink()
    assert settled(watch) == ["new.py"]


def test_a_change_of_the_same_length_and_an_older_file_put_back_are_changes(sources: Path) -> None:
    watch = Watch(sources)
    (sources / "package" / "old.py").write_text("a = 2\n")
    os.utime(sources / "package" / "old.py", (1, 1))
    assert settled(watch) == ["old.py"]


def test_what_is_being_written_is_told_when_it_is_whole(sources: Path) -> None:
    watch = Watch(sources)
    for number in range(3):
        (sources / "package" / f"new{number}.py").touch()
        assert watch.changed() == []
    assert [path.name for path in watch.changed()] == ["new0.py", "new1.py", "new2.py"]


def test_what_was_saved_and_taken_back_is_no_change(sources: Path) -> None:
    watch = Watch(sources)
    (sources / "package" / "new.py").touch()
    watch.changed()
    (sources / "package" / "new.py").unlink()
    assert settled(watch) == []


def test_editors_files_and_compiled_ones_are_no_sources(sources: Path) -> None:
    watch = Watch(sources)
    (sources / "package" / ".#old.py").symlink_to("nowhere")
    (sources / "package" / ".old.py.swp").touch()
    (sources / "package" / "old.py~").touch()
    (sources / "package" / "__pycache__" / "old.cpython-311.pyc").touch()
    assert settled(watch) == []
