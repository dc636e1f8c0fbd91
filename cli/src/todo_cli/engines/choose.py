"""Which engine carries the stack: as asked, as it runs already, or the best that this machine can."""

import os
import shutil
from dataclasses import dataclass, replace

from todo_cli.cluster.chart_values import kept, lay_over
from todo_cli.engines.base import WITHOUT_CLUSTER, Engine, EngineName
from todo_cli.engines.cluster import ClusterEngine, Target
from todo_cli.engines.kubernetes import KubernetesTarget
from todo_cli.engines.minikube import MinikubeTarget, own_profile
from todo_cli.engines.process import ProcessEngine
from todo_cli.engines.registry import checked
from todo_cli.errors import Problem
from todo_cli.kube.cluster import Json
from todo_cli.kube.docker import docker_problem
from todo_cli.kube.minikube import MINIKUBE_PAGE
from todo_cli.layout import Layout
from todo_cli.settings import Settings, load_settings, no_settings
from todo_cli.state import RunState, load_state

DEFAULT_NAMESPACE = "todo-stack"
REGISTRY, LOAD_COMMAND = "TODO_REGISTRY", "TODO_LOAD_COMMAND"


@dataclass(frozen=True)
class UpOptions:
    """What the user asked of `up`."""

    engine: EngineName | None = None
    chart_environment: str | None = None
    context: str | None = None
    namespace: str | None = None
    profile: str | None = None
    registry: str | None = None
    load_command: str | None = None
    values: tuple[str, ...] = ()
    timeout: int = 300


def engine_for_up(layout: Layout, settings: Settings, options: UpOptions) -> tuple[Engine, str]:
    """The engine for `up`, and in words why that one.

    Raises Problem when the stack is up on another one, or elsewhere on this one.
    """
    state = load_state(layout)
    name, why = choose_name(state, options)
    _require_same_place(state, name, options)
    if name != "kubernetes" and (options.registry or options.load_command):
        raise Problem(
            f"--registry and --load-command are for the kubernetes engine, and this is {name}",
            fix="./todo up without them, or with --engine kubernetes",
        )
    if name == "process":
        if options.values:
            raise Problem(
                "--set gives values of the chart, which processes have not", fix="./todo up --engine minikube"
            )
        return ProcessEngine(layout, settings), why
    # What was asked for the first time holds until `down`.
    before = state if state.is_up else RunState()
    namespace = options.namespace or before.namespace or DEFAULT_NAMESPACE
    target: Target
    registry: str | None = None
    if name == "minikube":
        _require_minikube("" if state.is_up else WITHOUT_CLUSTER)
        profile = options.profile or before.profile or own_profile()
        ours = before.profile_is_ours if before.profile else profile == own_profile()
        target = MinikubeTarget(layout, profile, ours, namespace)
    else:
        registry, load_command = _way_of_images(before, options)
        target = KubernetesTarget(layout, options.context or before.context, namespace, load_command)
    chart_environment = options.chart_environment or before.chart_environment or "local"
    engine = ClusterEngine(
        layout,
        settings,
        target,
        chart_environment=chart_environment,
        registry=registry and checked(registry),
        timeout=options.timeout,
    )
    engine.chart_values = kept(before.chart_values, options.values)
    return engine, why


def choose_name(state: RunState, options: UpOptions) -> tuple[EngineName, str]:
    """The engine's name, and in words why that one."""
    if options.engine:
        return options.engine, f"Engine: {options.engine}, as asked."
    if options.profile:
        return "minikube", f"Engine: minikube, for the profile {options.profile}."
    if options.context or options.registry or options.load_command:
        return "kubernetes", f"Engine: kubernetes, for the context {options.context or '(current)'}."
    if state.is_up and state.engine in ("minikube", "kubernetes", "process"):
        engine: EngineName = "process" if state.engine == "process" else "kubernetes"
        if state.engine == "minikube":
            engine = "minikube"
        return engine, f"Engine: {engine}, where the stack is up already."
    if missing := missing_for_minikube():
        return "process", f"Engine: process ({missing})."
    return "minikube", "Engine: minikube (docker, minikube and kubectl answer)."


def missing_for_minikube() -> str | None:
    """None when docker, minikube and kubectl answer, else what does not."""
    for program in ("minikube", "docker", "kubectl"):
        if shutil.which(program) is None:
            return f"{program} is not here"
    if problem := docker_problem():
        return problem.message
    return None


def running_engine(layout: Layout, *, leftovers: bool = False) -> Engine | None:
    """The engine that carries the stack now; with `leftovers`, also the one that did last."""
    state = load_state(layout)
    if state.engine is None or not (state.is_up or leftovers):
        return None
    settings = no_settings(layout)  # only `up` needs them, and a broken file must keep nobody from `down`
    if state.engine == "process":
        return ProcessEngine(layout, settings)
    return ClusterEngine(layout, settings, _recorded_target(layout, state))


def cluster_engine(layout: Layout, why: str) -> ClusterEngine:
    """The engine of the stack that is up. Raises Problem, with `why`, where it is not on a cluster."""
    engine = running_engine(layout)
    if engine is None:
        raise Problem("nothing is deployed", fix="./todo up")
    if not isinstance(engine, ClusterEngine):
        raise Problem(
            f"{why}, and the stack runs as plain processes", fix="./todo down, then ./todo up --engine minikube"
        )
    return engine


def planned_target(layout: Layout, state: RunState, options: UpOptions) -> Target | None:
    """The cluster that `up` would use with these options; None for the process engine."""
    name, _ = choose_name(state, options)
    if name == "process":
        return None
    before = state if state.is_up and state.engine == name else RunState()
    profile = options.profile or before.profile or own_profile()
    ours = before.profile_is_ours if profile == before.profile else profile == own_profile()
    context = options.context or before.context
    planned = replace(before, engine=name, context=context, profile=profile, profile_is_ours=ours)
    return _recorded_target(layout, planned)


def planned_values(layout: Layout, state: RunState, options: UpOptions) -> Json:
    """The chart's values on which depends how much room its pods need, as `up` would give them with these options."""
    try:
        brings_a_database = bool(load_settings(layout).get("DATABASE_URL"))
    except Problem:  # which `up` ends with, too
        brings_a_database = False
    before = state if state.is_up else RunState()
    values: Json = {"database": {"demo": {"enabled": not brings_a_database}}}
    if before.backend_replicas is not None:
        values["backend"] = {"replicas": before.backend_replicas}
    return lay_over(values, kept(before.chart_values, options.values))


def _recorded_target(layout: Layout, state: RunState) -> Target:
    namespace = state.namespace or DEFAULT_NAMESPACE
    if state.engine == "minikube":
        return MinikubeTarget(layout, state.profile or own_profile(), state.profile_is_ours, namespace)
    return KubernetesTarget(layout, state.context, namespace, state.load_command)


def _require_same_place(state: RunState, name: EngineName, options: UpOptions) -> None:
    """Refuse what would leave the release that is up behind, with nothing that knows of it."""
    if not state.is_up:
        return
    if state.engine != name:
        raise Problem(f"the stack is up on the {state.engine} engine", fix="./todo down, then up again")
    for what, asked, now in (
        ("context", options.context, state.context if name == "kubernetes" else None),
        ("namespace", options.namespace, state.namespace),
        ("profile", options.profile, state.profile),
    ):
        if asked and now and asked != now:
            raise Problem(f"the stack is up in the {what} {now}", fix=f"./todo down, then up again with {asked}")


def _way_of_images(before: RunState, options: UpOptions) -> tuple[str | None, str | None]:
    """Registry and load command, one of them at most: as asked, as exported, or as before. Raises Problem for both."""
    for registry, load_command in (
        (options.registry, options.load_command),
        (os.environ.get(REGISTRY), os.environ.get(LOAD_COMMAND)),
    ):
        if registry and load_command:
            raise Problem(
                "images go through a registry or a load command, not both",
                fix=f"leave one away: --registry ({REGISTRY}) or --load-command ({LOAD_COMMAND})",
            )
        if registry or load_command:
            return registry or None, load_command or None
    return before.registry, before.load_command


def _require_minikube(otherwise: str) -> None:
    if shutil.which("minikube") is None:
        raise Problem("minikube is not installed", fix="; or ".join(filter(None, (MINIKUBE_PAGE, otherwise))))
    if problem := docker_problem(otherwise):
        raise problem
