"""`todo bench`: the benchmarks, each a program in `bench/`, run in the backend's development environment."""

import os
import sys
from typing import Annotated

import typer

from todo_cli.errors import Problem
from todo_cli.layout import find_layout
from todo_cli.process_environment import clean_environment
from todo_cli.progress import Steps, make_console
from todo_cli.tools import python_environment


def bench(
    arguments: Annotated[
        list[str] | None, typer.Argument(help="A benchmark's name and what it takes.", show_default=False)
    ] = None,
) -> None:
    """Run a benchmark: ./todo bench api. What follows the name goes to the benchmark (try: --help)."""
    layout = find_layout()
    folder = layout.root / "bench"
    known = sorted(path.stem for path in folder.glob("*.py"))
    name, *rest = arguments or ["--help"]
    if name not in known:
        if name in ("-h", "--help"):
            typer.echo(f"Usage: ./todo bench NAME [ARGUMENTS]\n\nBenchmarks: {', '.join(known) or 'none'}")
            return
        raise Problem(f"there is no benchmark {name}", fix=f"one of: {', '.join(known)}")
    with Steps(make_console(stderr=True)).step("Backend development environment") as step:
        python = python_environment(layout, "backend-dev", layout.backend / "requirements-dev.lock", step)
    sys.stdout.flush()
    env = clean_environment(PYTHONPATH=os.pathsep.join(map(str, (folder, layout.backend / "src"))))
    os.chdir(layout.root)
    os.execve(python, [str(python), str(folder / f"{name}.py"), *rest], env)  # noqa: S606
