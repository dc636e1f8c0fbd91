"""The suites of `todo test`, in the order of their worth, and what each runs."""

import os
import sys
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path

from todo_cli import ports
from todo_cli.browser import find_browser
from todo_cli.engines.choose import missing_for_minikube
from todo_cli.engines.minikube import TEST_PROFILE
from todo_cli.engines.postgres import make_traversable
from todo_cli.errors import Problem
from todo_cli.frontend_build import install_packages
from todo_cli.layout import Layout
from todo_cli.process_environment import clean_environment
from todo_cli.programs import Command, capture
from todo_cli.settings import write_private
from todo_cli.state import load_state
from todo_cli.testing.runner import PAGE_TAG, SuiteRun
from todo_cli.testing.schedule import Suite
from todo_cli.tools import (
    HELM_4,
    KUBE_SCORE,
    GoProgram,
    Node,
    find_go_program,
    find_helm,
    find_kubectl,
    find_node,
    find_postgres,
    python_environment,
)

CHART_CLUSTER_TESTS = "test_cluster.py"
CLEANING_SECONDS = 60  # for a suite that was interrupted to remove what it made on a cluster
WAITING_TESTS = ("tests/attack", "tests/chat", "tests/ops")  # of the backend: for half their time, for a clock
SOURCES_TEST = "tests/process/test_dev.py"  # it needs no stack: it runs one of its own
UP = "cluster: up"
FRONTEND = "frontend: unit tests"  # which must not see `next build` at work
# What suites hold: those that disturb the stack, or count what a disturbance would change; those that need room for a
# whole release on the nodes, or leave none.
STACK, ROOM = "the stack on the cluster", "room on its nodes"
# For programs in Go: helm and kubectl end before they would have to collect garbage. One that stays does at this size.
SHORT_LIVED = {"GOGC": "off", "GOMEMLIMIT": "200MiB"}


class CannotRun(Exception):  # noqa: N818 - it is no error: the suite is skipped, with this reason
    """This machine cannot run the suite; the text says why."""


Runs = Callable[[SuiteRun, ExitStack], None]


@dataclass(frozen=True)
class _Registered:
    suite: Suite
    runs: Runs


_SUITES: list[_Registered] = []


def suites(parts: list[str]) -> list[Suite]:
    """The suites of these parts, in the order of their worth."""
    return [one.suite for one in _SUITES if one.suite.part in parts]


def run_suite(suite: Suite, run: SuiteRun, closing: ExitStack) -> None:
    """Run a suite. What others need of it stays until `closing`.

    Raises CannotRun, SetupFailed or Problem where it could not run.
    """
    next(one.runs for one in _SUITES if one.suite.title == suite.title)(run, closing)


def _suite(
    part: str, name: str, seconds: float, *, after: tuple[str, ...] = (), holds: tuple[str, ...] = ()
) -> Callable[[Runs], Runs]:
    """Register a function as what a suite runs, the less telling ones later."""

    def register(runs: Runs) -> Runs:
        _SUITES.append(_Registered(Suite(part, name, seconds, after, frozenset(holds)), runs))
        return runs

    return register


@_suite("frontend", "unit tests", 120)
def frontend(run: SuiteRun, _: ExitStack) -> None:
    """Lint, types, format and unit tests of the frontend."""
    node = _node_with_packages(run)
    env = node.on_path(clean_environment(NEXT_TELEMETRY_DISABLED="1", CI="1"))
    folder = run.layout.frontend
    checks = env | {"GOGC": "off"}  # for tsc, in Go: it ends before it would have to collect garbage
    for name, script in (("eslint", "lint"), ("types", "typecheck"), ("prettier", "format:check")):
        run.check(name, [node.npm, "run", script], cwd=folder, env=checks)
    with run.preparing():
        postgres = find_postgres(run.layout, run.step)
    if os.geteuid() == 0:  # root's PostgreSQL runs under another account
        make_traversable(postgres / "initdb")
    run.vitest(node.npm, cwd=folder, env=env | {"POSTGRES_BIN": str(postgres)})


@_suite("backend", "unit tests", 500)
def backend(run: SuiteRun, _: ExitStack) -> None:
    """Lint, types and tests of the backend, over an embedded PostgreSQL."""
    folder = run.layout.backend
    _python_tests(run, "backend", folder, tests=[f"--ignore={tests}" for tests in WAITING_TESTS])


@_suite("cli", "unit tests", 480)
def cli(run: SuiteRun, _: ExitStack) -> None:
    """Lint, types, imports and tests of this command, and of the acceptance checks that plug into it."""
    _python_tests(run, "cli", run.layout.root / "cli", run.layout.root / "acceptance")


@_suite("chart", "unit tests", 110)
def chart(run: SuiteRun, _: ExitStack) -> None:
    """`helm lint` and the chart's own tests, but for those that ask a cluster.

    checkov, by hand with `.checkov.yaml`, is not among them: 200 packages for what kube-score and the tests say too.
    """
    with run.preparing():
        helm = find_helm(run.layout, run.step)
        env = _with_programs(helm) | _compiled(run, "HELM_4", HELM_4) | _compiled(run, "KUBE_SCORE", KUBE_SCORE)
    tests = run.layout.chart / "tests"
    sample = ["--set", "database.demo.enabled=true", "--set", "assistant.provider=builtin"]
    sample += ["--set", f"secrets.values.betterAuthSecret={'x' * 32}"]
    run.check("helm lint", [helm, "lint", "--strict", run.layout.chart, *sample], cwd=run.layout.root, env=env)
    _chart_tests(run, env, f"--ignore={tests / CHART_CLUSTER_TESTS}")


@_suite("e2e", "journey", 730, after=(FRONTEND,))
def e2e(run: SuiteRun, _: ExitStack) -> None:
    """The browser journey against the process engine, in a state folder, ports and data of its own."""
    stack = _stack_environment(run.layout.home / "test-e2e", ports.any_free())
    try:
        _todo(run, "up", "--engine", "process", env=stack)
        _journey(run, stack | {"BROWSERS": _browsers()})
        _checks(run, ["tests/process", f"--ignore={SOURCES_TEST}"], stack)
    finally:
        _down(run, stack)


@_suite("e2e", "from the sources", 30, after=(FRONTEND,))
def from_the_sources(run: SuiteRun, _: ExitStack) -> None:
    """`./todo dev`, on a copy of the sources, beside the browser."""
    _checks(run, [SOURCES_TEST], _python_path(run.layout.root / "cli"))


@_suite("cluster", "up", 60)
def cluster_up(run: SuiteRun, closing: ExitStack) -> None:
    """A stack on Kubernetes for the suites below; it is taken down after all of them."""
    options = _cluster_options()
    stack = _cluster_stack(run.layout)
    closing.callback(_down, run, stack)
    _todo(run, "up", *options, "--timeout", "1200", env=stack)


@_suite("cluster", "journey", 260, after=(UP,), holds=(STACK,))
def cluster_journey(run: SuiteRun, _: ExitStack) -> None:
    """The browser journey against the stack on Kubernetes, but for what the page does by itself."""
    _journey(run, _cluster_stack(run.layout), f"--grep-invert={PAGE_TAG}")


@_suite("cluster", "specification", 370, after=(UP,), holds=(STACK,))
def specification(run: SuiteRun, _: ExitStack) -> None:
    """Every clause of the specification on the stack that is up."""
    command: Command = [sys.executable, "-m", "todo_cli", "verify"]
    stack = _cluster_stack(run.layout) | SHORT_LIVED
    run.verify(command, cwd=run.layout.root, env=stack, grace=CLEANING_SECONDS)


@_suite("backend", "time and attacks", 700)
def time_and_attacks(run: SuiteRun, _: ExitStack) -> None:
    """The backend's tests in which time passes: leases that end, clients that stall, processes that leave."""
    folder = run.layout.backend
    run.pytest(_python(run, "backend", folder), *WAITING_TESTS, cwd=folder, env=_python_path(folder))


@_suite("cluster", "edge cases: refusals", 220, after=(UP,))
def refusals(run: SuiteRun, _: ExitStack) -> None:
    """Releases that cannot become ready."""
    _checks(run, ["tests/cluster/test_edge_refusals.py"], _cluster_programs(run))


@_suite("cluster", "edge cases: recoveries", 350, after=(UP,))
def recoveries(run: SuiteRun, _: ExitStack) -> None:
    """A release that is broken again and again, and recovers; what operators' programs find of it."""
    files = ("aiops", "edge_hung", "edge_outages", "edge_rollouts", "edge_secret_edits")
    _checks(run, [f"tests/cluster/test_{name}.py" for name in files], _cluster_programs(run))


@_suite("cluster", "edge cases: capacity", 110, after=(UP,), holds=(ROOM,))
def capacity(run: SuiteRun, _: ExitStack) -> None:
    """A release that asks for more than the nodes have."""
    _checks(run, ["tests/cluster/test_edge_capacity.py"], _cluster_programs(run))


@_suite("cluster", "stack", 50, after=(UP,), holds=(STACK,))
def stack_at_work(run: SuiteRun, _: ExitStack) -> None:
    """The stack itself, and what the documentation does with it."""
    _checks(
        run, [f"tests/cluster/test_{name}.py" for name in ("deployment", "documented_commands")], _cluster_programs(run)
    )


@_suite("cluster", "images", 170, after=(UP, FRONTEND), holds=(ROOM,))
def images(run: SuiteRun, _: ExitStack) -> None:
    """The images that the stack runs, built again, pushed, and installed as the documentation says."""
    files = ("documented_install", "images", "registry", "secret")
    _checks(run, [f"tests/cluster/test_{name}.py" for name in files], _cluster_programs(run))


@_suite("cluster", "chart", 170, after=(UP,))
def chart_on_cluster(run: SuiteRun, _: ExitStack) -> None:
    """What the chart's tests ask a cluster."""
    layout, env = _cluster_layout(run.layout), _cluster_programs(run)
    kubectl, helm = env["KUBECTL"], env["HELM"]
    # Never the user's cluster: to be named, the tests need none.
    asking = {"CHART_TEST_CLUSTER": "1", "KUBECONFIG": os.devnull}
    if load_state(layout).context:
        asking["KUBECONFIG"] = str(_kubeconfig(layout, kubectl))
        asking["TODO_CHART_IMAGES"] = _deployed_images(layout, kubectl)
    _chart_tests(run, _with_programs(kubectl, helm) | asking, "-k", Path(CHART_CLUSTER_TESTS).stem)


@_suite("cluster", "lost replicas and rotated secrets", 210, after=(UP,), holds=(STACK,))
def stack_disturbed(run: SuiteRun, _: ExitStack) -> None:
    """Replicas of the stack lost under load, its secrets replaced."""
    _acceptance_tests(run, "test_failover.py", "test_rotate.py")


@_suite("cluster", "rotated secrets of outside services", 170, after=(UP,), holds=(ROOM,))
def outside_services(run: SuiteRun, _: ExitStack) -> None:
    """A release on a database and a model server of its own, whose secrets are replaced."""
    _acceptance_tests(run, "test_rotate_outside.py")


@_suite("cluster", "mutations of releases", 270, after=(UP,))
def mutations_of_releases(run: SuiteRun, _: ExitStack) -> None:
    """Releases that run, broken on purpose: the specification's checks see it."""
    _acceptance_tests(run, "test_live_mutations.py")


@_suite("cluster", "mutations of upgrades", 250, after=(UP,))
def mutations_of_upgrades(run: SuiteRun, _: ExitStack) -> None:
    """Upgrades by charts that are broken on purpose: the checks that upgrade see it."""
    _acceptance_tests(run, "test_upgrade_mutations.py")


@_suite("cluster", "mutations of sources", 250, after=(UP,))
def mutations_of_sources(run: SuiteRun, _: ExitStack) -> None:
    """Charts, Dockerfiles and objects broken on purpose, and installs of them: the checks see it, too."""
    _acceptance_tests(run, "test_object_mutations.py", "test_static_mutations.py", "test_broken_installs.py")


def _python_tests(run: SuiteRun, name: str, folder: Path, *more: Path, tests: Sequence[str] = ()) -> None:
    python = _python(run, name, folder)
    env = _python_path(folder, *more)
    run.check("ruff check", [python, "-m", "ruff", "check", ".", *more], cwd=folder, env=env)
    run.check("ruff format", [python, "-m", "ruff", "format", "--check", ".", *more], cwd=folder, env=env)
    run.check("mypy", [python, "-m", "mypy"], cwd=folder, env=env)
    if "[tool.importlinter]" in (folder / "pyproject.toml").read_text():
        run.check("imports", [python.with_name("lint-imports"), "--no-cache"], cwd=folder, env=env)
    run.pytest(python, *tests, cwd=folder, env=env)


def _python_path(folder: Path, *more: Path) -> dict[str, str]:
    paths = [folder / "src", *(package.parent for package in more)]
    return clean_environment(PYTHONPATH=os.pathsep.join(map(str, paths)))


def _chart_tests(run: SuiteRun, env: dict[str, str], *which: str) -> None:
    tests = run.layout.chart / "tests"
    with run.preparing():
        python = python_environment(run.layout, "chart-tests", tests / "requirements.txt", run.step)
    run.pytest(python, tests, *which, cwd=run.layout.root, env=env)


def _checks(run: SuiteRun, tests: list[str], stack: dict[str, str]) -> None:
    """The tests of this command that need a stack which is up."""
    folder = run.layout.root / "cli"
    run.pytest(_python(run, "cli", folder), *tests, cwd=folder, env=stack, grace=CLEANING_SECONDS)


def _acceptance_tests(run: SuiteRun, *files: str) -> None:
    """Tests of the specification's checks, on the stack that is up."""
    folder = run.layout.root / "cli"
    tests = [f"../acceptance/tests/cluster/{file}" for file in files]
    own = ("-c", "pyproject.toml", "--rootdir", ".")
    stack = _cluster_programs(run)
    run.pytest(_python(run, "cli", folder), *tests, *own, cwd=folder, env=stack, grace=CLEANING_SECONDS)


def _journey(run: SuiteRun, stack: dict[str, str], *which: str) -> None:
    """What a person does, in a browser, against the stack's address."""
    node = _node_with_packages(run)
    with run.preparing():
        browser = find_browser(run.layout, node, run.step)
    address = f"http://localhost:{stack['TODO_PORT']}"
    # With the variables that lead `./todo` to the stack: a journey asks an operator for links.
    env = node.on_path(stack | {"BASE_URL": address, "CHROMIUM_PATH": browser, "CI": "1"})
    run.playwright(node.npm, *which, cwd=run.layout.frontend, env=env)


def _browsers() -> str:
    """How many at once: each waits for most of its time, which beside a cluster's suites others have work for."""
    try:
        _cluster_options()
    except CannotRun:
        return "3"
    return "1"


def _compiled(run: SuiteRun, variable: str, program: GoProgram) -> dict[str, str]:
    """The variable that tells the chart's tests where the program is, or why there is none."""
    try:
        return {variable: find_go_program(run.layout, program, run.step)}
    except Problem as problem:
        return {f"NO_{variable}": problem.message}


def _with_programs(*programs: str) -> dict[str, str]:
    """An environment that finds these programs first."""
    folders = [str(Path(program).parent) for program in programs]
    return clean_environment(PATH=os.pathsep.join([*folders, os.environ.get("PATH", "")]), **SHORT_LIVED)


def _python(run: SuiteRun, name: str, folder: Path) -> Path:
    with run.preparing():
        return python_environment(run.layout, f"{name}-dev", folder / "requirements-dev.lock", run.step)


def _node_with_packages(run: SuiteRun) -> Node:
    with run.preparing():
        node = find_node(run.layout, run.step)
        install_packages(run.layout, node, run.step, for_tests=True)
    return node


def _kubeconfig(layout: Layout, kubectl: str) -> Path:
    """A kubeconfig that knows the stack's cluster alone, whatever the user's current context is."""
    context = load_state(layout).context
    assert context, "the stack is not on a cluster"
    command: Command = [kubectl, "config", "view", "--raw", "--flatten", "--minify", "--context", context]
    file = layout.home / "kubeconfig"
    write_private(file, capture(command).stdout)
    return file


def _deployed_images(layout: Layout, kubectl: str) -> str:
    """The images that the stack runs, as `backend=REFERENCE,frontend=REFERENCE`."""
    state = load_state(layout)
    assert state.context and state.namespace, "the stack is not on a cluster"
    template = "{.spec.template.spec.containers[0].image}"
    command: Command = [kubectl, "--context", state.context, "--namespace", state.namespace, "get", "deployment"]
    images = {
        tier: capture([*command, f"todo-stack-{tier}", "-o", f"jsonpath={template}"]).stdout
        for tier in ("backend", "frontend")
    }
    return ",".join(f"{tier}={image}" for tier, image in images.items())


def _stack_environment(home: Path, port: int) -> dict[str, str]:
    """A stack apart from the user's: own state and port, and none of the user's settings and keys."""
    return clean_environment(
        TODO_HOME=str(home),
        TODO_PORT=str(port),
        TODO_ENV_FILE=os.devnull,
        PYTHONPATH=str(Path(__file__).parents[2]),
    )


def _cluster_layout(layout: Layout) -> Layout:
    """Where the stack of the cluster's suites keeps its state."""
    return replace(layout, home=layout.home / "test-cluster")


def _cluster_stack(layout: Layout) -> dict[str, str]:
    """The environment that leads to the stack of the cluster's suites."""
    port = int(os.environ.get("TODO_TEST_PORT") or 30090)
    return _stack_environment(_cluster_layout(layout).home, port) | {"TODO_PROFILE": TEST_PROFILE}


def _cluster_programs(run: SuiteRun) -> dict[str, str]:
    """The same, with the programs that the tests on the cluster use."""
    with run.preparing():
        kubectl, helm = find_kubectl(run.layout, run.step), find_helm(run.layout, run.step)
    return _cluster_stack(run.layout) | SHORT_LIVED | {"KUBECTL": kubectl, "HELM": helm}


def _todo(run: SuiteRun, *arguments: str, env: dict[str, str]) -> None:
    """This command, on a stack of the tests."""
    run.setup(" ".join(("todo", *arguments)), [sys.executable, "-m", "todo_cli", *arguments], env=env)


def _down(run: SuiteRun, stack: dict[str, str]) -> None:
    """Take a stack of the tests down."""
    run.teardown("todo down --data", [sys.executable, "-m", "todo_cli", "down", "--data"], env=stack)


def _cluster_options() -> list[str]:
    """What `up` is given for the cluster's suites: TODO_TEST_UP, else Minikube where it can be had.

    Raises CannotRun where there is no cluster to be had.
    """
    if given := os.environ.get("TODO_TEST_UP"):
        return given.split()
    if missing := missing_for_minikube():
        raise CannotRun(
            f"no cluster to be had: {missing}; for one of yours: TODO_TEST_UP='--engine kubernetes --context NAME'"
        )
    return ["--engine", "minikube"]
