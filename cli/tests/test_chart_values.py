"""Values of the chart that the user gives `up`: laid over its own, kept until `down`, and what fixes propose."""

import dataclasses
from pathlib import Path

import pytest
from typer.testing import CliRunner

from conftest import Machine
from todo_cli import health
from todo_cli.cluster import fixes
from todo_cli.cluster.chart_values import kept, lay_over
from todo_cli.commands import up as up_command
from todo_cli.engines.choose import UpOptions, engine_for_up, running_engine
from todo_cli.errors import Problem
from todo_cli.kube.cluster import Cluster
from todo_cli.layout import Layout
from todo_cli.main import app
from todo_cli.progress import Steps
from todo_cli.settings import no_settings
from todo_cli.state import load_state

CPU = "backend.resources.requests.cpu"


@pytest.mark.parametrize(
    ("assignment", "found"),
    [
        (f"{CPU}=200m", {"backend": {"resources": {"requests": {"cpu": "200m"}}}}),
        ("backend.probes.period=3", {"backend": {"probes": {"period": 3}}}),
        ("networkPolicy.enabled=true", {"networkPolicy": {"enabled": True}}),
        ("imagePullSecrets=[{\"name\": \"login\"}]", {"imagePullSecrets": [{"name": "login"}]}),
        (r"frontend.service.annotations.example\.com/x=a=b", {"frontend": {"service": {"annotations": {"example.com/x": "a=b"}}}}),
    ],
)  # fmt: skip
def test_a_value_is_json_or_else_a_text(assignment: str, found: object) -> None:
    assert lay_over({}, kept({}, [assignment])) == found


def test_the_rest_stays_and_an_empty_one_is_forgotten() -> None:
    values = {"backend": {"replicas": 2, "resources": {"requests": {"cpu": "100m", "memory": "1Gi"}}}}
    given = kept({}, [f"{CPU}=200m"])
    laid = lay_over(values, given)
    assert laid["backend"] == {"replicas": 2, "resources": {"requests": {"cpu": "200m", "memory": "1Gi"}}}
    assert values["backend"]["resources"] == {"requests": {"cpu": "100m", "memory": "1Gi"}}, "it was changed in place"
    assert kept(given, [f"{CPU}="]) == {}


@pytest.mark.parametrize("assignment", ["backend", "=3", "a..b=1"])
def test_what_is_no_value_is_refused(assignment: str) -> None:
    with pytest.raises(Problem) as caught:
        kept({}, [assignment])
    assert (caught.value.exit_code, caught.value.fix) == (2, f"./todo up --set {CPU}=200m")


def test_the_replicas_are_for_scale() -> None:
    with pytest.raises(Problem) as caught:
        kept({}, ["backend.replicas=3"])
    assert caught.value.fix == "./todo scale 3"


@pytest.fixture
def up(layout: Layout, machine: Machine, monkeypatch: pytest.MonkeyPatch) -> Layout:
    ready = health.Answer(200, {"x-frontend-served-by": "frontend-1"}, "{}")
    monkeypatch.setattr(health, "get", lambda *_args, **_kw: ready)
    monkeypatch.setattr(health, "check_page", lambda _address: "")
    monkeypatch.setattr(up_command, "find_layout", lambda: layout)
    return layout


def run(*options: str) -> None:
    answer = CliRunner().invoke(app, ["up", "--engine", "minikube", *options])
    assert (answer.exit_code, answer.exception) == (0, None), answer.output


class TestUp:
    def test_it_is_kept_by_the_next_up_and_forgotten_by_down(self, up: Layout, machine: Machine, steps: Steps) -> None:
        run("--set", f"{CPU}=200m")
        before = machine.get("release")
        assert before["values"]["backend"]["resources"]["requests"]["cpu"] == "200m"
        run()
        assert machine.get("release") == before, "the next up undid it, or upgraded for nothing"
        run("--set", f"{CPU}=")
        assert "resources" not in machine.get("release")["values"]["backend"]
        run("--set", f"{CPU}=200m")
        running = running_engine(up)
        assert running is not None
        running.down(steps, data=False)
        assert load_state(up).chart_values == {}

    @pytest.mark.usefixtures("up")
    def test_one_that_the_chart_refuses_is_not_kept(self, machine: Machine) -> None:
        machine.set(helm_says="Error: values don't meet the specifications of the schema(s): backend: nonsense")
        answer = CliRunner().invoke(app, ["up", "--engine", "minikube", "--set", "backend.nonsense=1"])
        assert isinstance(answer.exception, Problem)
        assert "nonsense" in str(answer.exception.details)
        machine.set(helm_says=None)
        run()

    def test_processes_have_none(self, layout: Layout) -> None:
        options = UpOptions(engine="process", values=(f"{CPU}=200m",))
        with pytest.raises(Problem, match="values of the chart") as caught:
            engine_for_up(layout, no_settings(layout), options)
        assert "--engine minikube" in str(caught.value.fix)


class TestFixes:
    @pytest.mark.usefixtures("up")
    def test_a_release_that_up_made_is_changed_by_up(self) -> None:
        run()
        ours = Cluster("kubectl", "helm", "todo-stack", "todo-stack")
        assert fixes.upgrade(ours, {CPU: "200m"}) == f"./todo up --set {CPU}=200m"
        assert fixes.upgrade(ours) == "./todo up"
        run("--set", f"{CPU}=200m")

    def test_any_other_by_helm_as_it_is_run_here(
        self, machine: Machine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        own = Cluster("/opt/my tools/kubectl", "/opt/my tools/helm", "todo-stack", "todo-stack")
        monkeypatch.chdir(tmp_path)
        assert own.kubectl_line("get pods").startswith("'/opt/my tools/kubectl' --context todo-stack ")
        assert fixes.upgrade(own, {CPU: "1"}).startswith("'/opt/my tools/helm' --kube-context todo-stack ")
        chart = Path(__file__).parents[2] / "charts" / "todo-stack"
        assert f" {chart} " in fixes.upgrade(own, {CPU: "1"})
        monkeypatch.chdir(chart.parents[1])
        assert " charts/todo-stack " in fixes.upgrade(own, {CPU: "1"})
        on_path = dataclasses.replace(own, helm_program=str(machine.folder / "bin" / "helm"))
        assert fixes.upgrade(on_path, {CPU: "1"}).startswith("helm --kube-context")
