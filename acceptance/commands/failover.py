"""`todo failover`: what clients notice when a backend replica is lost."""

import json
from collections.abc import Callable
from dataclasses import asdict, replace
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from acceptance.deployed import stack_on_cluster
from todo_cli.errors import EXIT_FAILED, Problem
from todo_cli.layout import find_layout
from todo_cli.progress import Steps, make_console
from todo_cli.state import exclusive

if TYPE_CHECKING:
    from acceptance.failover import Outcome

UNKNOWN = "not counted"
ROWS: "tuple[tuple[str, Callable[[Outcome], str | Text]], ...]" = (
    ("requests sent", lambda one: str(one.sent)),
    ("failed", lambda one: _count(one.failed)),
    ("repeated", lambda one: str(one.retried)),
    ("slowest", lambda one: f"{one.slowest:.1f} s"),
    ("machine busy", lambda one: f"{one.contention:.1f} times"),
    ("all replicas serve again", lambda one: _seconds(one)),
    ("tasks written", lambda one: str(one.audit.written) if one.audit else UNKNOWN),
    ("tasks found", lambda one: str(one.audit.found) if one.audit else UNKNOWN),
    ("tasks lost", lambda one: _count(one.audit.lost) if one.audit else UNKNOWN),
    ("tasks doubled", lambda one: _count(one.audit.doubled) if one.audit else UNKNOWN),
    ("stream open at failure", lambda one: "yes" if one.stream_open else "no"),
    ("streams whole", lambda one: str(one.streams_whole)),
    ("streams cut", lambda one: str(one.streams_cut)),
    ("turns repeated", lambda one: str(one.turns_repeated)),
)


class Kind(StrEnum):
    """How a replica is lost."""

    kill = "kill"
    delete = "delete"
    drain = "drain"
    hang = "hang"
    roll = "roll"


def failover(
    only: Annotated[
        list[Kind] | None,
        typer.Option("--only", metavar="KIND", help="kill, delete, drain, hang or roll; may be repeated."),
    ] = None,
    seconds: Annotated[float, typer.Option(min=1, help="How long the load goes on after each failure, at least.")] = 15,
    json_file: Annotated[Path | None, typer.Option("--json", metavar="FILE", help="Write a JSON report.")] = None,
) -> None:
    """Lose a backend replica of the stack that is up, in five ways, under load, and count what clients noticed.

    kill: a pod's processes get SIGKILL; delete: the pod is deleted by force, as one whose node is lost; drain: it is
    asked to go; hang: its processes stop answering; roll: every pod is replaced. A fault is injected while
    the pod streams an answer; kill and hang need a pod that may see the node's processes.

    The load reads, makes tasks (with an Idempotency-Key) and chats, streamed and not, with an account of its own that
    is removed again. With a model server of yours in .env its turns cost what they cost there.

    Exit code 0: nothing failed, was lost or doubled, and all replicas serve again; 1: not so.

    Examples: ./todo failover; ./todo failover --only kill --seconds 30; ./todo failover --json failover.json
    """
    layout = find_layout()
    if json_file is not None and not json_file.absolute().parent.is_dir():
        raise Problem(f"{json_file} cannot be written: there is no folder {json_file.absolute().parent}")
    found = stack_on_cluster(layout, "replicas are lost on a cluster")
    from acceptance.api_server import reading
    from acceptance.failover import Experiment, replicas

    console = make_console()
    steps = Steps(console)
    outcomes: list[Outcome] = []
    with exclusive(layout), reading(found.cluster) as cluster:  # an `up` meanwhile would be counted as failures
        stack = replace(found, cluster=cluster)
        replicas(stack)
        try:
            for kind in only or list(Kind):
                with steps.step(kind.value) as step:
                    experiment = Experiment(stack, kind.value, seconds, step)
                    try:
                        outcomes.append(outcome := experiment.conduct())
                    except BaseException:
                        outcomes.append(experiment.outcome(error="interrupted"))
                        raise
                    if outcome.problems:
                        step.fail("; ".join(outcome.problems))
                    else:
                        step.done(
                            f"not run: {outcome.not_run}" if outcome.not_run else "nothing failed, lost or doubled"
                        )
        finally:  # after Ctrl-C, too: what was seen until then
            print_table(console, outcomes)
            if json_file is not None:
                json_file.write_text(as_json(stack.address, outcomes), encoding="utf-8")
                console.print(f"written: {json_file}")
    raise typer.Exit(0 if passed(outcomes) else EXIT_FAILED)


def passed(outcomes: "list[Outcome]") -> bool:
    """Something was tried, and clients noticed nothing but repetitions."""
    tried = [outcome for outcome in outcomes if not outcome.not_run]
    return bool(tried) and not any(outcome.problems for outcome in tried)


def as_json(address: str, outcomes: "list[Outcome]") -> str:
    """The report for programs."""
    found = [asdict(outcome) | {"problems": outcome.problems} for outcome in outcomes]
    report = {"at": datetime.now(UTC).isoformat(), "address": address, "ok": passed(outcomes), "failures": found}
    return json.dumps(report, indent=2) + "\n"


def print_table(console: Console, outcomes: "list[Outcome]") -> None:
    """A column for each kind, and what went wrong."""
    table = Table(box=None, pad_edge=False)
    table.add_column("")
    for one in outcomes:
        table.add_column(one.kind, justify="right")
    for title, cell in ROWS:
        table.add_row(title, *(Text("not run", style="yellow") if one.not_run else cell(one) for one in outcomes))
    console.print()
    console.print(table)
    for one in outcomes:
        for line in (*([f"not run: {one.not_run}"] if one.not_run else []), *one.problems, *one.remarks, *one.errors):
            console.print(Text(f"{one.kind}: {line}"), soft_wrap=True)


def _seconds(one: "Outcome") -> str:
    if one.recovered is not None:
        return f"{one.recovered:.1f} s"
    return "never" if one.injections else "not seen"


def _count(number: int) -> Text:
    return Text(str(number), style="red" if number else "green")
