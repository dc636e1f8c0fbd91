"""`invite` and `reset-password`: a link that a command of the frontend makes, wherever the frontend runs."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from conftest import Machine, Up
from small_stack import SERVER
from todo_cli import supervisor
from todo_cli.commands import account_links
from todo_cli.engines.choose import UpOptions
from todo_cli.engines.process import ProcessEngine
from todo_cli.engines.restarts import SUPERVISOR
from todo_cli.errors import Problem
from todo_cli.layout import Layout
from todo_cli.main import app
from todo_cli.progress import Steps
from todo_cli.settings import Settings
from todo_cli.state import RunState, load_state, save_state

LINK = "https://todo.example/reset-password#token=secret&email=ada%40example.org"
MADE = json.dumps({"link": LINK, "expires": "2026-11-30T12:00:00.000Z"})
NOISE = '{"time": "2026-11-29T12:00:00Z", "level": "warning", "message": "something"}'
# Prints, as a link, what it was started with: the frontend's own command where it runs.
COMMAND = """
if (process.argv[2]) {
  const { BETTER_AUTH_SECRET, POD_NAME } = process.env;
  console.log(JSON.stringify({ expires: "2026-11-30T12:00:00.000Z",
    link: [process.argv.slice(2).join(" "), process.cwd(), BETTER_AUTH_SECRET, POD_NAME].join("|") }));
  process.exit(0);
}
"""
COMMANDS = ["invite", "reset-password"]

Ask = Callable[..., Result]


@pytest.fixture
def ask(monkeypatch: pytest.MonkeyPatch) -> Callable[[Layout], Ask]:
    """The command line on a layout, as one types it."""

    def on(layout: Layout) -> Ask:
        monkeypatch.setattr(account_links, "find_layout", lambda: layout)
        return lambda *words: CliRunner().invoke(app, list(words))

    return on


@pytest.fixture
def on_cluster(layout: Layout, up: Up, ask: Callable[[Layout], Ask]) -> Ask:
    """The command line on a cluster of stand-ins."""
    up(UpOptions(engine="minikube", timeout=60))
    return ask(layout)


def refused(answer: Result) -> Problem:
    assert isinstance(answer.exception, Problem)
    return answer.exception


@pytest.mark.parametrize("command", COMMANDS)
class TestOnACluster:
    def test_the_pod_makes_it_and_standard_output_has_the_link_alone(
        self, on_cluster: Ask, machine: Machine, layout: Layout, command: str
    ) -> None:
        machine.set(frontend_says=[NOISE, MADE, NOISE])
        machine.forget_calls()
        answer = on_cluster(command, "ada@example.org")
        assert (answer.exit_code, answer.stdout) == (0, f"{LINK}\n")
        assert "2026-11-30 12:00 UTC" in answer.stderr
        assert machine.called(
            "kubectl", "exec deployment/todo-stack-frontend --container frontend -- node server.js",
            command, "ada@example.org", layout.address,
        ) == 1  # fmt: skip

    def test_what_opens_it_is_in_no_log_and_no_command_line(
        self, on_cluster: Ask, machine: Machine, layout: Layout, command: str
    ) -> None:
        machine.set(frontend_says=[MADE])
        machine.forget_calls()
        on_cluster(command, "ada@example.org")
        assert "secret" not in json.dumps([call["arguments"] for call in machine.calls])
        logs = [path.read_text() for path in layout.logs.glob("*")]
        assert not any("token=secret" in text for text in logs)

    def test_a_refusal_is_told_in_its_words(self, on_cluster: Ask, machine: Machine, command: str) -> None:
        machine.set(frontend_says=[json.dumps({"refusal": "no, because"})], frontend_exits=65)
        problem = refused(on_cluster(command, "ada@example.org"))
        assert problem.message == "no, because"
        assert "./todo " in str(problem.fix)

    def test_a_command_that_fails_shows_its_last_words(self, on_cluster: Ask, machine: Machine, command: str) -> None:
        machine.set(frontend_says=[], frontend_exits=1)
        problem = refused(on_cluster(command, "ada@example.org"))
        assert "the database is away" in " ".join(problem.details)
        assert problem.fix == "./todo status"

    def test_nothing_up(self, ask: Callable[[Layout], Ask], layout: Layout, command: str) -> None:
        problem = refused(ask(layout)(command, "ada@example.org"))
        assert (problem.message, problem.fix) == ("nothing is deployed", "./todo up")


class TestOfProcesses:
    def test_it_runs_as_the_frontend_does(self, stack: Layout, steps: Steps, ask: Callable[[Layout], Ask]) -> None:
        (stack.frontend / "server.src.js").write_text(COMMAND + SERVER)
        secret = "s" * 40
        ProcessEngine(stack, Settings(stack.env_file, True, {"BETTER_AUTH_SECRET": secret})).up(steps)
        answer = ask(stack)("reset-password", "ada@example.org")
        given, folder, *settings = answer.stdout.strip().split("|")
        assert given == f"reset-password ada@example.org {stack.address}"
        assert Path(folder).parent == stack.cache / "frontend"
        assert settings == [secret, "frontend"]

        for name in (SUPERVISOR, "frontend"):  # or it is started again
            supervisor.stop(load_state(stack).processes[name])
        problem = refused(ask(stack)("reset-password", "ada@example.org"))
        assert (problem.message, problem.fix) == ("the frontend does not run", "./todo up")

    def test_a_frontend_from_the_sources_makes_it_too(
        self, new_stack: Layout, ask: Callable[[Layout], Ask], real_node: Path
    ) -> None:
        """As `todo dev` starts it."""
        (new_stack.frontend / "scripts/dev.mjs").write_text(
            "console.log(JSON.stringify({ link: process.argv.slice(2).join(' '), expires: new Date(0) }));\n"
            "if (!process.argv[2]) setInterval(() => {}, 1000);\n"
        )
        spec = supervisor.ProcessSpec(
            name="frontend",
            command=[str(real_node), "scripts/dev.mjs"],
            settings={},
            cwd=new_stack.frontend,
            log=new_stack.logs / "frontend.log",
        )
        record = supervisor.start(spec)
        save_state(new_stack, RunState(engine="process", is_up=True, processes={"frontend": record}))
        answer = ask(new_stack)("reset-password", "ada@example.org")
        assert answer.stdout == f"reset-password ada@example.org {new_stack.address}\n"
