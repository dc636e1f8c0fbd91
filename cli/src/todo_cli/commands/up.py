"""`todo up`: bring the stack up."""

from enum import StrEnum
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from todo_cli.commands.logs import show_logs
from todo_cli.engines.base import EngineName
from todo_cli.engines.choose import UpOptions, engine_for_up
from todo_cli.layout import Layout, find_layout
from todo_cli.progress import Steps, busy, make_console
from todo_cli.settings import Settings, load_settings
from todo_cli.settings_check import check_settings
from todo_cli.state import exclusive


class EngineChoice(StrEnum):
    """What can carry the stack."""

    minikube = "minikube"
    kubernetes = "kubernetes"
    process = "process"


class ChartEnvironment(StrEnum):
    """The chart's `environment` value."""

    local = "local"
    production = "production"


def up(
    engine: Annotated[
        EngineChoice | None,
        typer.Option(
            help="Default: minikube when docker, minikube and kubectl answer, else process.", show_default=False
        ),
    ] = None,
    chart_environment: Annotated[
        ChartEnvironment | None,
        typer.Option("--environment", help="The chart's environment (cluster engines only).", show_default="local"),
    ] = None,
    detach: Annotated[bool, typer.Option(help="--no-detach: show the logs, and take it down on Ctrl-C.")] = True,
    context: Annotated[
        str | None, typer.Option(help="kubectl context for --engine kubernetes.", show_default="the current one")
    ] = None,
    namespace: Annotated[str | None, typer.Option(help="Kubernetes namespace.", show_default="todo-stack")] = None,
    profile: Annotated[
        str | None,
        typer.Option(help="A Minikube profile of yours that already runs.", show_default="our own, todo-stack"),
    ] = None,
    registry: Annotated[
        str | None,
        typer.Option(
            metavar="HOST/PATH",
            help="For --engine kubernetes: push the images there, for the cluster to pull them (or TODO_REGISTRY).",
            show_default=False,
        ),
    ] = None,
    load_command: Annotated[
        str | None,
        typer.Option(
            help="For --engine kubernetes: a shell command that brings {image} from Docker into the cluster, such as "
            "'docker save {image} | sudo k3s ctr images import -' (or TODO_LOAD_COMMAND). Minikube, kind, k3d and "
            "Docker Desktop need none.",
            show_default=False,
        ),
    ] = None,
    values: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            metavar="PATH=VALUE",
            help="A value of the chart, such as backend.resources.requests.cpu=200m; kept until down, forgotten when "
            "empty. May be repeated.",
            show_default=False,
        ),
    ] = None,
    timeout: Annotated[int, typer.Option(help="Seconds to wait for the pods.")] = 300,
) -> None:
    """Bring the whole stack up; run again, it changes only what changed.

    Examples: ./todo up; ./todo up --engine process; ./todo up --engine kubernetes --context kind-dev;
    ./todo up --engine kubernetes --registry ghcr.io/me
    """
    layout = find_layout()
    settings = load_settings(layout)
    console = make_console()
    steps = Steps(console)
    check_settings(layout, settings, steps)
    for warning in settings.warnings():
        console.print(Text.assemble(("warning:", "yellow"), f" {warning}"), soft_wrap=True)
    chosen: EngineName | None = None if engine is None else engine.value
    options = UpOptions(
        engine=chosen,
        chart_environment=None if chart_environment is None else chart_environment.value,
        context=context,
        namespace=namespace,
        profile=profile,
        registry=registry,
        load_command=load_command,
        values=tuple(values or ()),
        timeout=timeout,
    )
    with exclusive(layout):
        with busy("looking at this machine"):
            carrier, why = engine_for_up(layout, settings, options)
        console.print(why, soft_wrap=True)
        remarks = carrier.up(steps)
        _print_closing(layout, settings, steps, remarks)
        if detach:
            return
        try:
            show_logs(carrier, follow=True)
        finally:
            carrier.down(steps, data=False)


def _print_closing(layout: Layout, settings: Settings, steps: Steps, remarks: list[str]) -> None:
    console = steps.console
    table = Table(box=None, pad_edge=False, show_header=False)
    table.add_column()
    table.add_column(justify="right")
    for title, seconds in steps.times:
        table.add_row(title, f"{seconds:.1f} s")
    table.add_row("In all", f"{steps.seconds:.1f} s", style="bold")
    console.print()
    console.print(table)
    console.print()
    is_confirmed = "SMTP_URL" in settings.values and settings.values.get("SIGN_UP") != "open"
    address = "an e-mail address that gets mail" if is_confirmed else "any e-mail address"
    lines = [
        f"Todo Stack is up: {layout.address}",
        f'Sign in: open the page and choose "Create an account"; {address} and a password of 8 characters do.',
    ]
    if settings.assistant == "builtin":
        lines.append(
            "The built-in assistant answers; put OPENAI_API_KEY into .env for OpenAI or any compatible server."
        )
    lines += [*remarks, "Look: ./todo status   Logs: ./todo logs   Take down: ./todo down"]
    for line in lines:
        console.print(Text(line), soft_wrap=True)
