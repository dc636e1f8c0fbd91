"""The parts of `todo test`, in the order in which they run."""

import os
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from todo_cli import ports
from todo_cli.browser import find_browser
from todo_cli.engines.choose import missing_for_minikube
from todo_cli.engines.frontend_build import install_packages
from todo_cli.engines.minikube import TEST_PROFILE
from todo_cli.engines.postgres import open_the_way
from todo_cli.environment import clean_environment, write_private
from todo_cli.errors import Problem
from todo_cli.layout import Layout
from todo_cli.programs import Command, ProgramFailed, capture, stream
from todo_cli.state import load_state
from todo_cli.testing.counts import seconds_of
from todo_cli.testing.runner import PartRun
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
JOURNEY_SECONDS = 1200
VERIFY_SECONDS = 300.0
CLEANING_SECONDS = 60  # for a suite that was interrupted to remove what it made on a cluster


class CannotRun(Exception):  # noqa: N818 - it is no error: the part is skipped, with this reason
    """This machine cannot run the part; the text says why."""


def backend(run: PartRun) -> None:
    """Lint, types and tests of the backend, over an embedded PostgreSQL."""
    _python_part(run, "backend", run.layout.backend)


def cli(run: PartRun) -> None:
    """Lint, types and tests of this command, and of the acceptance checks that it runs."""
    _python_part(run, "cli", run.layout.root / "cli", run.layout.root / "acceptance")


def frontend(run: PartRun) -> None:
    """Lint, types, format and unit tests of the frontend."""
    node = _node_with_packages(run)
    env = node.on_path(clean_environment(NEXT_TELEMETRY_DISABLED="1", CI="1"))
    folder = run.layout.frontend
    for name, script in (("eslint", "lint"), ("types", "typecheck"), ("prettier", "format:check")):
        run.check(name, [node.npm, "run", script], cwd=folder, env=env)
    report = run.report("vitest")
    postgres = find_postgres(run.layout, run.step)
    if os.geteuid() == 0:  # root's PostgreSQL runs under another account
        open_the_way(postgres / "initdb")
    env["POSTGRES_BIN"] = str(postgres)
    reporters = ["--reporter=default", "--reporter=junit", f"--outputFile.junit={report}"]
    run.suite("vitest", [node.npm, "test", "--", *reporters], report, cwd=folder, env=env)


def chart(run: PartRun) -> None:
    """`helm lint` and the chart's own tests, but for those that ask a cluster.

    checkov, by hand with `.checkov.yaml`, is not among them: 200 packages for what kube-score and the tests say too.
    """
    helm = find_helm(run.layout, run.step)
    tests = run.layout.chart / "tests"
    env = _with_programs(helm) | _compiled(run, "HELM_4", HELM_4) | _compiled(run, "KUBE_SCORE", KUBE_SCORE)
    sample = ["--set", "database.demo.enabled=true", "--set", "assistant.provider=builtin"]
    sample += ["--set", f"secrets.values.betterAuthSecret={'x' * 32}"]
    run.check("helm lint", [helm, "lint", "--strict", run.layout.chart, *sample], cwd=run.layout.root, env=env)
    _chart_tests(run, env, f"--ignore={tests / CHART_CLUSTER_TESTS}")


def e2e(run: PartRun) -> None:
    """The browser journey against the process engine, in a state folder, ports and data of its own."""
    node = _node_with_packages(run)
    browser = find_browser(run.layout, node, run.step)
    stack = _stack_environment(run.layout.home / "test-e2e", ports.any_free())
    try:
        _todo(run, "up", "--engine", "process", env=stack)
        _journey(run, node, browser, stack)
        _checks(run, "process", stack)
    finally:
        _todo(run, "down", "--data", env=stack)


def cluster(run: PartRun) -> None:
    """The same journey and the cluster's own checks against a deployment on Kubernetes."""
    up = _cluster_options()
    node = _node_with_packages(run)
    browser = find_browser(run.layout, node, run.step)
    port = int(os.environ.get("TODO_TEST_PORT") or 30090)
    layout = replace(run.layout, home=run.layout.home / "test-cluster")
    stack = _stack_environment(layout.home, port) | {"TODO_PROFILE": TEST_PROFILE}
    try:
        _todo(run, "up", *up, env=stack)
        _journey(run, node, browser, stack)
        kubectl, helm = find_kubectl(run.layout, run.step), find_helm(run.layout, run.step)
        _checks(run, "cluster", stack | {"KUBECTL": kubectl, "HELM": helm})
        _specification(run, stack)
        asking = {
            "CHART_TEST_CLUSTER": "1",
            "KUBECONFIG": str(_kubeconfig(layout, kubectl)),
            "TODO_CHART_IMAGES": _deployed_images(layout, kubectl),
        }
        _chart_tests(run, _with_programs(kubectl, helm) | asking, "-k", Path(CHART_CLUSTER_TESTS).stem)
    finally:
        _todo(run, "down", "--data", env=stack)


PARTS: dict[str, Callable[[PartRun], None]] = {
    "cli": cli,
    "chart": chart,
    "backend": backend,
    "frontend": frontend,
    "e2e": e2e,
    "cluster": cluster,
}


def _python_part(run: PartRun, name: str, folder: Path, *more: Path) -> None:
    python = python_environment(run.layout, f"{name}-dev", _dev_lock(folder), run.step)
    env = clean_environment(PYTHONPATH=str(folder / "src"))
    run.check("ruff check", [python, "-m", "ruff", "check", ".", *more], cwd=folder, env=env)
    run.check("ruff format", [python, "-m", "ruff", "format", "--check", ".", *more], cwd=folder, env=env)
    run.check("mypy", [python, "-m", "mypy"], cwd=folder, env=env)
    report = run.report("pytest")
    command: Command = [python, "-m", "pytest", "-q", "-p", "no:cacheprovider", f"--junit-xml={report}"]
    run.suite("pytest", command, report, cwd=folder, env=env)


def _chart_tests(run: PartRun, env: dict[str, str], *which: str) -> None:
    tests = run.layout.chart / "tests"
    python = python_environment(run.layout, "chart-tests", tests / "requirements.txt", run.step)
    report = run.report("chart")
    command: Command = [python, "-m", "pytest", tests, *which, "-q", "-p", "no:cacheprovider", f"--junit-xml={report}"]
    run.suite("chart", command, report, cwd=run.layout.root, env=env)


def _compiled(run: PartRun, variable: str, program: GoProgram) -> dict[str, str]:
    """The variable that tells the chart's tests where the program is, or why there is none."""
    try:
        return {variable: find_go_program(run.layout, program, run.step)}
    except Problem as problem:
        return {f"NO_{variable}": problem.message}


def _with_programs(*programs: str) -> dict[str, str]:
    """An environment that finds these programs first."""
    folders = [str(Path(program).parent) for program in programs]
    return clean_environment(PATH=os.pathsep.join([*folders, os.environ.get("PATH", "")]))


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


def _dev_lock(folder: Path) -> Path:
    return folder / "requirements-dev.lock"


def _node_with_packages(run: PartRun) -> Node:
    node = find_node(run.layout, run.step)
    install_packages(run.layout, node, run.step)
    return node


def _journey(run: PartRun, node: Node, browser: str, stack: dict[str, str]) -> None:
    """What a person does, in a browser, against the stack's address."""
    report = run.report("playwright")
    env = node.on_path(
        clean_environment(
            BASE_URL=f"http://localhost:{stack['TODO_PORT']}",
            CHROMIUM_PATH=browser,
            PLAYWRIGHT_JUNIT_OUTPUT_NAME=str(report),
            CI="1",
        )
    )
    command = [node.npm, "run", "e2e", "--", "--reporter=list,junit"]
    run.suite("browser", command, report, cwd=run.layout.frontend, env=env, timeout=JOURNEY_SECONDS)


def _checks(run: PartRun, folder: str, stack: dict[str, str]) -> None:
    """The tests of this command that need a stack which is up."""
    cli_folder = run.layout.root / "cli"
    python = python_environment(run.layout, "cli-dev", _dev_lock(cli_folder), run.step)
    report = run.report("checks")
    tests = f"tests/{folder}"
    command: Command = [python, "-m", "pytest", tests, "-q", "-p", "no:cacheprovider", f"--junit-xml={report}"]
    run.suite("checks", command, report, cwd=cli_folder, env=stack, grace=CLEANING_SECONDS)


def _specification(run: PartRun, stack: dict[str, str]) -> None:
    """Every clause of the specification on the stack that is up; then its checks on a release that is broken."""
    report = run.report("verify")
    command: Command = [sys.executable, "-m", "todo_cli", "verify", "--junit", report]
    run.suite("verify", command, report, cwd=run.layout.root, env=stack, grace=CLEANING_SECONDS)
    if (seconds := seconds_of(report)) > VERIFY_SECONDS:
        run.fail(f"verify took {seconds:.0f} s, and may take {VERIFY_SECONDS:.0f}", "")
    cli_folder = run.layout.root / "cli"
    python = python_environment(run.layout, "cli-dev", _dev_lock(cli_folder), run.step)
    report = run.report("mutations")
    tests: Command = ["../acceptance/tests/cluster", "-c", "pyproject.toml", "--rootdir", "."]
    command = [python, "-m", "pytest", *tests, "-q", "-p", "no:cacheprovider", f"--junit-xml={report}"]
    run.suite("mutations", command, report, cwd=cli_folder, env=stack, grace=CLEANING_SECONDS)


def _stack_environment(home: Path, port: int) -> dict[str, str]:
    """A stack apart from the user's: own state and port, and none of the user's settings and keys."""
    return clean_environment(
        TODO_HOME=str(home),
        TODO_PORT=str(port),
        TODO_ENV_FILE=os.devnull,
        PYTHONPATH=str(Path(__file__).parents[2]),
    )


def _todo(run: PartRun, *arguments: str, env: dict[str, str]) -> None:
    command = " ".join(("todo", *arguments))
    run.step.note(command)
    try:
        stream([sys.executable, "-m", "todo_cli", *arguments], log=run.log, env=env, on_line=run.step.output)
    except ProgramFailed as error:
        run.fail(command, error.output)
        raise


def _cluster_options() -> list[str]:
    """What `up` is given for the cluster part: TODO_TEST_UP, else Minikube where it can be had.

    Raises CannotRun where there is no cluster to be had.
    """
    if given := os.environ.get("TODO_TEST_UP"):
        return given.split()
    if missing := missing_for_minikube():
        raise CannotRun(
            f"no cluster to be had: {missing}; for one of yours: TODO_TEST_UP='--engine kubernetes --context NAME'"
        )
    return ["--engine", "minikube"]
