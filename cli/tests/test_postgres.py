"""The embedded PostgreSQL takes in whoever reaches its socket: so nobody else may own the way to it."""

import os
from dataclasses import replace
from pathlib import Path

import pytest

from todo_cli.engines import postgres as module
from todo_cli.engines.postgres import Account, Postgres, socket_folder
from todo_cli.engines.process import ProcessEngine
from todo_cli.errors import Problem
from todo_cli.layout import Layout
from todo_cli.progress import Steps
from todo_cli.settings import no_settings
from todo_cli.state import RunState, save_state

ME = Account("me", None, None)


@pytest.fixture
def database(tmp_path: Path) -> Postgres:
    """One whose data folder is made already."""
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "PG_VERSION").touch()
    return Postgres(tmp_path, tmp_path / "data", tmp_path / "sockets", tmp_path / "log", ME)


def test_the_folder_of_its_socket_is_made_private(database: Postgres) -> None:
    database.prepare()
    assert database.sockets.stat().st_mode & 0o777 == 0o700
    database.sockets.chmod(0o777)
    database.prepare()
    assert database.sockets.stat().st_mode & 0o777 == 0o700


def test_a_folder_that_another_user_made_first_is_refused(database: Postgres, monkeypatch: pytest.MonkeyPatch) -> None:
    database.sockets.mkdir(mode=0o700)
    owner = database.sockets.stat().st_uid
    monkeypatch.setattr(os, "geteuid", lambda: owner + 1)
    with pytest.raises(Problem, match="belongs to another user") as caught:
        database.prepare()
    assert caught.value.fix == f"sudo rm -r {database.sockets}"


def test_a_link_in_its_place_is_refused(database: Postgres, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    database.sockets.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(Problem, match="is no folder") as caught:
        database.prepare()
    assert caught.value.fix == f"rm {database.sockets}"


@pytest.mark.parametrize("name", ["\N{SNOWMAN}" * 29, "one, two"])
def test_a_path_that_no_socket_can_have_is_not_taken(layout: Layout, name: str) -> None:
    """The kernel counts bytes, and a comma parts two addresses."""
    assert socket_folder(replace(layout, home=Path("/") / name)).parent == Path("/tmp")


def test_a_data_folder_whose_making_was_cut_off_is_made_again(tmp_path: Path) -> None:
    programs = tmp_path / "programs"
    programs.mkdir()
    initdb = programs / "initdb"  # like the real one it refuses a folder that is not empty
    initdb.write_text('#!/bin/sh\n[ -z "$(ls "$2")" ] && touch "$2/PG_VERSION" && kill -9 $$\n')
    initdb.chmod(0o755)
    database = Postgres(programs, tmp_path / "data", tmp_path / "sockets", tmp_path / "log", ME)
    with pytest.raises(Problem, match="initdb"):
        database.prepare()
    initdb.write_text(initdb.read_text().replace("kill -9 $$", 'touch "$2/whole"'))
    assert database.prepare()
    assert (database.data / "whole").exists()
    assert not database.prepare()


def test_one_outside_of_the_state_goes_with_the_data(layout: Layout, steps: Steps) -> None:
    deep = replace(layout, home=layout.home / "x" / ("y" * module.SOCKET_PATH_LIMIT))
    folder = socket_folder(deep)
    assert folder.parent == Path("/tmp")
    folder.mkdir(mode=0o700)
    save_state(deep, RunState(engine="process"))
    engine = ProcessEngine(deep, no_settings(deep))
    engine.down(steps, data=False)
    assert folder.exists()
    engine.down(steps, data=True)
    assert not folder.exists()
