"""The frontend as the process engine runs it: built once for each content of its folder."""

import os
import shutil
from pathlib import Path

from todo_cli.content import content_hash, text_hash
from todo_cli.errors import Problem
from todo_cli.layout import Layout
from todo_cli.locks import locked
from todo_cli.process_environment import clean_environment
from todo_cli.programs import Command, stream
from todo_cli.progress import Step
from todo_cli.tools import Node

BUILDS_KEPT = 3


def built_frontend(layout: Layout, node: Node, step: Step) -> tuple[Path, bool]:
    """The folder with `server.js` for the frontend's present content, and whether it had to be built."""
    with locked(layout, "frontend"):
        return _built(layout, node, step)


def _built(layout: Layout, node: Node, step: Step) -> tuple[Path, bool]:
    build = layout.cache / "frontend" / content_hash(layout.frontend, node.version.split(".")[0])
    if (build / "server.js").is_file():
        build.touch()
        return build, False
    install_packages(layout, node, step, for_tests=False)
    step.note("next build")
    log = layout.logs / "frontend-build.log"
    env = node.on_path(clean_environment(NEXT_TELEMETRY_DISABLED="1", NODE_ENV="production"))
    stream(
        [node.npm, "run", "build"],
        cwd=layout.frontend,
        log=log,
        env=env,
        on_line=step.output,
        fix=f"the whole output is in {log}",
    )
    _keep(layout.frontend, build)
    _prune(build.parent)
    return build, True


def install_packages(layout: Layout, node: Node, step: Step, *, for_tests: bool) -> None:
    """`npm ci`, when the lock or the Node.js changed since the last one, or it left out what only tests need."""
    lock = layout.frontend / "package-lock.json"
    if not lock.is_file():
        raise Problem("frontend/package-lock.json is missing", fix="git checkout frontend/package-lock.json")
    stamp = layout.frontend / "node_modules" / ".todo-lock"
    locked_packages = text_hash(lock.read_text(), node.version.split(".")[0])
    with_tests = f"{locked_packages} with those of tests"
    enough = {with_tests} if for_tests else {with_tests, locked_packages}
    with locked(layout, "node_modules"):
        if stamp.is_file() and stamp.read_text() in enough:
            return
        step.note("npm ci")
        _npm_ci(layout, node, step, "--include=dev" if for_tests else "--omit=dev")
        stamp.write_text(with_tests if for_tests else locked_packages)


def _npm_ci(layout: Layout, node: Node, step: Step, which: str) -> None:
    """Install in a folder of its own, by a lock that names addresses; the former packages stay until it is done."""
    folder = layout.cache / "npm-ci"
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "node_modules").mkdir(parents=True)
    for name in ("package.json", "package-lock.json", ".npmrc"):
        shutil.copyfile(layout.frontend / name, folder / name)
    log = layout.logs / "install.log"
    commands: list[Command] = [
        [node.node, layout.frontend / "scripts" / "locked-addresses.mjs"],
        [node.npm, "ci", "--no-audit", "--no-fund", which],
    ]
    for command in commands:
        stream(
            command,
            cwd=folder,
            log=log,
            env=node.on_path(clean_environment()),
            on_line=step.output,
            fix=f"check the network and the npm registry; the whole output is in {log}",
        )
    modules = layout.frontend / "node_modules"
    if modules.exists():
        shutil.rmtree(modules)
    shutil.move(folder / "node_modules", modules)
    shutil.rmtree(folder)


def _keep(frontend: Path, build: Path) -> None:
    """Copy what the server needs out of the source folder, whole or not at all."""
    standalone = frontend / ".next" / "standalone"
    if not (standalone / "server.js").is_file():
        raise Problem("`next build` left no standalone server", fix='next.config needs output: "standalone"')
    part = build.with_name(f".{build.name}.{os.getpid()}")
    shutil.rmtree(part, ignore_errors=True)
    shutil.copytree(standalone, part, symlinks=True)
    shutil.copytree(frontend / ".next" / "static", part / ".next" / "static", dirs_exist_ok=True)
    if (frontend / "public").is_dir():
        shutil.copytree(frontend / "public", part / "public", dirs_exist_ok=True)
    shutil.rmtree(build, ignore_errors=True)
    part.rename(build)


def _prune(builds: Path) -> None:
    """Keep the newest builds; a running server has loaded what it needs of an older one."""
    by_age = sorted((path for path in builds.iterdir() if path.is_dir()), key=lambda path: path.stat().st_mtime)
    for path in by_age[:-BUILDS_KEPT]:
        shutil.rmtree(path, ignore_errors=True)
