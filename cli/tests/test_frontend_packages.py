"""The frontend's packages: installed once for each lock, with those of tests when tests need them."""

from pathlib import Path

import pytest

from todo_cli.errors import Problem
from todo_cli.frontend_build import install_packages
from todo_cli.layout import Layout, find_layout
from todo_cli.progress import silent_step
from todo_cli.tools import Node

# Stand-ins: `node` runs the script that fills the lock, `npm` installs what it was asked for.
NODE = "#!/bin/sh\necho filled >package-lock.json\n"
NPM = """#!/bin/sh
test ! -f ../refuses || exit 1
echo "$@" >node_modules/asked && cp package-lock.json node_modules/lock
"""


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    frontend = tmp_path / "frontend"
    frontend.mkdir()
    for name in ("package.json", "package-lock.json", ".npmrc"):
        (frontend / name).write_text("{}")
    found = find_layout()
    return Layout(tmp_path, tmp_path / "home", tmp_path / "cache", found.env_file, found.port)


@pytest.fixture
def node(tmp_path: Path) -> Node:
    folder = tmp_path / "bin"
    folder.mkdir()
    for name, script in (("node", NODE), ("npm", NPM)):
        (folder / name).write_text(script)
        (folder / name).chmod(0o755)
    return Node(folder, "20.20.2")


def installed(layout: Layout, name: str = "asked") -> str:
    return (layout.frontend / "node_modules" / name).read_text().strip()


def test_what_tests_need_is_installed_when_they_need_it_and_kept(layout: Layout, node: Node) -> None:
    install_packages(layout, node, silent_step(), for_tests=False)
    assert installed(layout).endswith("--omit=dev")
    install_packages(layout, node, silent_step(), for_tests=True)
    assert installed(layout).endswith("--include=dev")
    install_packages(layout, node, silent_step(), for_tests=False)
    assert installed(layout).endswith("--include=dev"), "what is there is enough for a build"
    (layout.frontend / "package-lock.json").write_text('{"changed": true}')
    install_packages(layout, node, silent_step(), for_tests=False)
    assert installed(layout).endswith("--omit=dev")


def test_the_lock_of_the_checkout_stays_as_it_is(layout: Layout, node: Node) -> None:
    install_packages(layout, node, silent_step(), for_tests=False)
    assert installed(layout, "lock") == "filled"
    assert (layout.frontend / "package-lock.json").read_text() == "{}"


def test_what_was_installed_stays_when_npm_fails(layout: Layout, node: Node) -> None:
    install_packages(layout, node, silent_step(), for_tests=False)
    (layout.cache / "refuses").touch()
    with pytest.raises(Problem):
        install_packages(layout, node, silent_step(), for_tests=True)
    assert installed(layout).endswith("--omit=dev")
