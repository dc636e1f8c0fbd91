"""`todo down`: take the stack down."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from typing import Annotated

import typer

from todo_cli.engines.choose import DEFAULT_NAMESPACE, running_engine
from todo_cli.engines.cluster import ClusterEngine
from todo_cli.engines.minikube import TEST_PROFILE, MinikubeTarget, own_profile
from todo_cli.errors import Problem
from todo_cli.kube.minikube import profiles
from todo_cli.layout import Layout, find_layout
from todo_cli.progress import Steps, make_console
from todo_cli.state import exclusive


def down(
    data: Annotated[bool, typer.Option("--data", help="Delete the data too. There is no way back.")] = False,
    everything: Annotated[
        bool,
        typer.Option("--all", help="Every stack of this checkout, on any engine, and a Minikube profile left by one."),
    ] = False,
    forget: Annotated[
        bool,
        typer.Option("--forget", help="The cluster is lost for good: only take the stack off the record."),
    ] = False,
) -> None:
    """Take down what `up` started and keep the data.

    With --data the embedded or demo database is deleted as well. A database that .env names is never touched.
    With --all also what the tests left, and Minikube profiles of ours that nothing knows of any more.

    Examples: ./todo down; ./todo down --data; ./todo down --all; ./todo down --forget
    """
    if forget and (data or everything):
        raise typer.BadParameter("--forget goes alone: it touches neither data nor other stacks")
    layout = find_layout()
    console = make_console()
    steps = Steps(console)
    found, stuck = False, []
    for one in _layouts(layout) if everything else [layout]:
        try:
            with exclusive(one):
                lines = _down(one, steps, data=data, forget=forget)
        except Problem as problem:
            if not everything:
                raise
            stuck.append(f"{one.home}: {problem.message}" + (f"; fix: {problem.fix}" if problem.fix else ""))
            continue
        found = found or lines is not None
        for line in lines or []:
            console.print(f"  {line}", soft_wrap=True, markup=False)
    for profile in _profiles_left(data=data) if everything and shutil.which("minikube") else []:
        found = True
        target = MinikubeTarget(layout, profile, True, DEFAULT_NAMESPACE)
        try:
            lines = target.remove(steps, data=data)
        except Problem as problem:
            stuck.append(f"{problem.message}; fix: {problem.fix}")
            continue
        for line in lines or []:
            console.print(f"  {line}", soft_wrap=True, markup=False)
    if stuck:
        raise Problem(
            "not all of it is down",
            details=stuck,
            fix="fix these, then ./todo down --all again",
        )
    console.print("Down." if found else "Nothing is up.")


def _down(layout: Layout, steps: Steps, *, data: bool, forget: bool) -> list[str] | None:
    """What was removed or kept, in words; None when nothing was up."""
    engine = running_engine(layout, leftovers=data)
    if forget and isinstance(engine, ClusterEngine):
        return engine.forget()
    return None if engine is None else engine.down(steps, data=data)


def _layouts(layout: Layout) -> Iterator[Layout]:
    """This stack, and those that have their state in a folder beside its own: the tests'."""
    yield layout
    for record in sorted({*layout.cache.glob("run.json"), *layout.cache.glob("*/run.json")}):
        if record.parent != layout.home:
            yield replace(layout, home=record.parent)


def _profiles_left(*, data: bool) -> list[str]:
    """Our own Minikube profiles, the tests' too, that are there still: running, or, if their data is to go, at all."""
    found, ours = profiles(), dict.fromkeys((own_profile(), TEST_PROFILE))
    return [name for name in ours if name in found and (data or found[name].get("Status") != "Stopped")]
