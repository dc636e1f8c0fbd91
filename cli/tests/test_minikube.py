"""The Minikube engine over stand-ins that answer as the real programs do."""

import json
import os
import socket
from pathlib import Path

import psutil
import pytest
from acceptance.rotation.changes import secret_values

from conftest import Machine, deployment, pod
from todo_cli import health
from todo_cli.cluster.demo_database import dump_file
from todo_cli.engines import cluster as cluster_engine
from todo_cli.engines.choose import UpOptions, engine_for_up, running_engine
from todo_cli.engines.cluster import ClusterEngine
from todo_cli.engines.minikube import MinikubeTarget
from todo_cli.errors import Problem
from todo_cli.layout import Layout
from todo_cli.progress import Steps, make_console
from todo_cli.settings import Settings
from todo_cli.state import RunState, load_state, save_state

NO_DATABASE_URL = json.dumps(
    {"code": "setting_missing", "setting": "DATABASE_URL", "detail": "DATABASE_URL: is missing"}
)


@pytest.fixture
def published(monkeypatch: pytest.MonkeyPatch) -> None:
    """The node port answers on localhost: a start of the profile has published it."""
    ready = health.Answer(200, {"x-frontend-served-by": "frontend-1"}, "{}")
    monkeypatch.setattr(health, "get", lambda *_args, **_kw: ready)
    monkeypatch.setattr(health, "check_page", lambda _address: "the page and the API answer")


def engine(layout: Layout, settings: Settings, *, ours: bool = True, timeout: int = 60) -> ClusterEngine:
    target = MinikubeTarget(layout, "todo-stack" if ours else "dev", ours, "todo-stack")
    return ClusterEngine(layout, settings, target, timeout=timeout)


@pytest.mark.usefixtures("published")
class TestUp:
    def test_makes_the_profile_with_its_port_published(
        self, layout: Layout, settings: Settings, machine: Machine, steps: Steps
    ) -> None:
        engine(layout, settings).up(steps)
        start = next(call["arguments"] for call in machine.calls if call["arguments"][:1] == ["start"])
        port = layout.port if 30000 <= layout.port < 32768 else 30080
        assert start[start.index("--ports") + 1] == f"127.0.0.1:{layout.port}:{port}"
        assert ("--force" in start) == (os.geteuid() == 0)
        assert load_state(layout).profile_is_ours

    def test_again_changes_nothing(self, layout: Layout, settings: Settings, machine: Machine, steps: Steps) -> None:
        engine(layout, settings).up(steps)
        machine.forget_calls()
        engine(layout, settings).up(steps)
        for program, words in (("docker", "build --progress"), ("minikube", "start"), ("minikube", "image load"),
                               ("helm", "upgrade"), ("kubectl", "apply")):  # fmt: skip
            assert machine.called(program, words) == 0, f"{program} {words} was run again"

    def test_a_changed_source_builds_and_loads_only_its_own_image(
        self, layout: Layout, settings: Settings, machine: Machine, steps: Steps
    ) -> None:
        engine(layout, settings).up(steps)
        machine.forget_calls()
        (layout.backend / "src" / "todo_backend" / "new.py").write_text("x = 1\n")
        engine(layout, settings).up(steps)
        assert machine.called("docker", "build --progress") == 1
        assert machine.called("minikube", "image load todo-backend:") == 1
        assert machine.called("minikube", "image load todo-frontend:") == 0
        assert machine.called("helm", "upgrade") == 1

    def test_an_image_that_did_not_arrive_is_noticed(
        self, layout: Layout, settings: Settings, machine: Machine, steps: Steps
    ) -> None:
        machine.set(load_fails=True)
        with pytest.raises(Problem, match="did not get into Minikube profile todo-stack") as caught:
            engine(layout, settings).up(steps)
        assert "unable to add it to cache" in caught.value.details[0]
        assert machine.get("installs") == 0

    def test_secrets_travel_by_stdin_only(self, layout: Layout, machine: Machine, steps: Steps) -> None:
        values = {
            "OPENAI_API_KEY": "sk-very-secret",
            "DATABASE_URL": "postgresql://u:pass-word@db.example.com/todo",
            "BETTER_AUTH_SECRET": "s" * 40,
            "SMTP_URL": "smtp://u:mail-word@mail.example.com",
        }
        others = {"MAIL_FROM": "Todo Stack <todo@example.com>", "PUBLIC_URL": "https://todo.example.com"}
        engine(layout, Settings(layout.env_file, True, values | others)).up(steps)
        typed = json.dumps([call["arguments"] for call in machine.calls])
        assert not [secret for secret in values.values() if secret in typed]
        assert secret_values(machine.get("secret")) == values
        given = machine.get("release")["values"]
        assert given["database"]["demo"]["enabled"] is False
        assert given["assistant"]["provider"] == "openai"
        assert [given["frontend"]["mailFrom"], given["frontend"]["publicUrl"]] == [*others.values()]
        assert not [secret for secret in values.values() if secret in json.dumps(given)]

    def test_without_settings_it_runs_the_demo_database_and_the_builtin_assistant(
        self, layout: Layout, settings: Settings, machine: Machine, steps: Steps
    ) -> None:
        engine(layout, settings).up(steps)
        given = machine.get("release")["values"]
        assert given["database"]["demo"]["enabled"] is True
        assert given["assistant"]["provider"] == "builtin"
        assert given["secrets"]["existingSecret"] == "todo-stack-secrets"
        assert (layout.home / "auth-secret").stat().st_mode & 0o777 == 0o600

    def test_an_upgrade_is_called_one(
        self, layout: Layout, settings: Settings, machine: Machine, capsys: pytest.CaptureFixture[str]
    ) -> None:
        told = []
        for given in (settings, Settings(layout.env_file, True, {"OPENAI_MODEL": "small"})):
            engine(layout, given).up(Steps(make_console()))
            told.append(capsys.readouterr().out)
        assert "Helm release: installed" in told[0]
        assert "Helm release: upgraded" in told[1]
        assert machine.get("installs") == 2

    def test_a_changed_secret_rolls_the_pods(
        self, layout: Layout, settings: Settings, machine: Machine, steps: Steps
    ) -> None:
        engine(layout, settings).up(steps)
        before = machine.get("release")["values"]["secrets"]["revision"]
        changed = Settings(layout.env_file, True, {"OPENAI_API_KEY": "sk-1"})
        engine(layout, changed).up(steps)
        assert machine.get("release")["values"]["secrets"]["revision"] != before

    @pytest.mark.parametrize("status", ["stopped", "broken"])
    def test_a_profile_that_does_not_run_is_started(
        self, layout: Layout, settings: Settings, machine: Machine, steps: Steps, status: str
    ) -> None:
        machine.set(minikube=status)
        engine(layout, settings).up(steps)
        assert machine.called("minikube", "start") == 1

    def test_a_paused_profile_is_unpaused(
        self, layout: Layout, settings: Settings, machine: Machine, steps: Steps
    ) -> None:
        machine.set(minikube="paused")
        engine(layout, settings).up(steps)
        assert (machine.called("minikube", "unpause"), machine.called("minikube", "start")) == (1, 0)

    def test_a_start_that_fails_shows_its_words_and_the_way_on(
        self, layout: Layout, settings: Settings, machine: Machine, steps: Steps
    ) -> None:
        machine.set(start_fails=True)
        with pytest.raises(Problem, match="minikube start exited 90") as caught:
            engine(layout, settings).up(steps)
        assert "RUNTIME_ENABLE" in caught.value.details[-1]
        assert "minikube delete -p todo-stack" in str(caught.value.fix)

    @pytest.mark.parametrize(
        ("code", "said", "fix"),
        [
            (14, "Error: unknown flag: --ports", "a newer Minikube, from https://minikube.sigs.k8s.io/docs/start/"),
            (80, "X Exiting due to GUEST_PROVISION: error provisioning guest", "minikube delete -p todo-stack"),
            (
                90,
                "X Exiting due to RUNTIME_ENABLE: Failed to enable container runtime",
                "minikube delete -p todo-stack",
            ),
            (109, "X Exiting due to K8S_INSTALL_FAILED", "minikube delete -p todo-stack"),
        ],
    )
    def test_each_way_of_a_start_to_fail_has_a_fix(
        self, layout: Layout, settings: Settings, machine: Machine, steps: Steps, code: int, said: str, fix: str
    ) -> None:
        machine.set(start_fails=True, start_exits=code, start_says=said)
        with pytest.raises(Problem, match=f"minikube start exited {code}") as caught:
            engine(layout, settings).up(steps)
        assert caught.value.details[-1] == said
        assert str(caught.value.fix).startswith(fix)
        assert "./todo up --engine process" in str(caught.value.fix)

    def test_the_node_is_no_larger_than_docker_s_engine(
        self, layout: Layout, settings: Settings, machine: Machine, steps: Steps
    ) -> None:
        machine.set(docker_cpus=2, docker_memory=7 * 2**30)
        engine(layout, settings).up(steps)
        start = next(call["arguments"] for call in machine.calls if call["arguments"][:1] == ["start"])
        assert start[start.index("--cpus") + 1] == "2"
        host = psutil.virtual_memory().total
        assert int(start[start.index("--memory") + 1]) == max(2200, min(7 * 1024, host // 2**20) // 3)

    def test_a_key_that_somebody_removed_from_the_secret_is_put_back(
        self, layout: Layout, settings: Settings, machine: Machine, steps: Steps
    ) -> None:
        engine(layout, settings).up(steps)
        whole = machine.get("secret")
        for broken in ({}, {"BETTER_AUTH_SECRET": "ZWRpdGVk"}):
            machine.forget_calls()
            machine.set(secret=whole | {"data": broken})
            engine(layout, settings).up(steps)
            assert machine.get("secret")["data"] == whole["data"]
            restarted = "rollout restart deployment/todo-stack-backend deployment/todo-stack-frontend"
            assert machine.called("kubectl", restarted) == 1, "pods may have started with the wrong one"

    def test_a_profile_of_the_users_must_run(
        self, layout: Layout, settings: Settings, machine: Machine, steps: Steps
    ) -> None:
        machine.set(minikube="stopped")
        with pytest.raises(Problem, match="is stopped") as caught:
            engine(layout, settings, ours=False).up(steps)
        assert caught.value.fix == "minikube start -p dev"
        assert machine.called("minikube", "start") == 0

    def test_a_failed_build_shows_its_last_lines(
        self, layout: Layout, settings: Settings, machine: Machine, steps: Steps
    ) -> None:
        machine.set(build_fails=True)
        with pytest.raises(Problem, match="docker build") as caught:
            engine(layout, settings).up(steps)
        assert "npm ci" in caught.value.details[-1]

    def test_an_install_that_was_cut_off_does_not_block(
        self, layout: Layout, settings: Settings, machine: Machine, steps: Steps
    ) -> None:
        machine.set(minikube="running", release={"status": "pending-install", "description": ""})
        save_state(layout, RunState(engine="minikube", is_up=True, helm_at_work=True))
        engine(layout, settings).up(steps)
        assert machine.called("helm", "uninstall") == 1
        assert machine.get("release")["status"] == "deployed"

    def test_a_down_that_was_cut_off_is_told_and_ended_by_the_next_one(
        self, layout: Layout, settings: Settings, machine: Machine, steps: Steps
    ) -> None:
        machine.set(minikube="running", release={"status": "uninstalling", "description": ""})
        with pytest.raises(Problem, match="is being uninstalled, or that was cut off") as caught:
            engine(layout, settings).up(steps)
        assert caught.value.fix == "./todo down ends it; then ./todo up"

    def test_pods_that_cannot_start_end_the_wait_with_the_reason(
        self, layout: Layout, settings: Settings, machine: Machine, steps: Steps
    ) -> None:
        crash = {"name": "backend", "restartCount": 4, "state": {"waiting": {"reason": "CrashLoopBackOff"}},
                 "lastState": {"terminated": {"exitCode": 78, "message": NO_DATABASE_URL}}}  # fmt: skip
        failing = pod("backend-1", "backend", conditions=[], containerStatuses=[crash])
        machine.set(objects=[deployment("backend", ready=0), failing])
        with pytest.raises(Problem, match="do not become ready") as caught:
            engine(layout, settings).up(steps)
        assert caught.value.details == ("backend: backend refuses its settings (5 times): DATABASE_URL: is missing",)
        assert caught.value.fix == "kubectl --context todo-stack -n todo-stack describe pod backend-1"

    def test_somebody_else_s_helm_at_work_is_told_and_left_alone(
        self, layout: Layout, settings: Settings, machine: Machine, steps: Steps
    ) -> None:
        machine.set(minikube="running", release={"status": "pending-upgrade", "description": ""})
        for _ in range(2):
            with pytest.raises(Problem, match="another helm operation is in progress") as caught:
                engine(layout, settings).up(steps)
        assert caught.value.fix == (
            "wait for it to end, then ./todo up; "
            "if it was killed: helm --kube-context todo-stack -n todo-stack rollback todo-stack"
        )
        assert machine.called("helm", "rollback") == 0
        assert machine.get("release")["status"] == "pending-upgrade"

    def test_a_database_on_localhost_is_refused(self, layout: Layout, machine: Machine, steps: Steps) -> None:
        values = {"DATABASE_URL": "postgresql://u:p@localhost/todo"}
        with pytest.raises(Problem, match="another place inside a pod"):
            engine(layout, Settings(layout.env_file, True, values)).up(steps)
        assert machine.calls == []


@pytest.mark.usefixtures("page")
def test_a_taken_port_is_told_with_its_holder(
    layout: Layout, settings: Settings, machine: Machine, steps: Steps
) -> None:
    with pytest.raises(Problem, match=f"port {layout.port} is taken by .*{os.getpid()}") as caught:
        engine(layout, settings).up(steps)
    assert f"kill {os.getpid()}" in str(caught.value.fix)
    assert machine.called("minikube", "start") == 0


def test_our_own_node_that_holds_the_port_is_started_again(
    layout: Layout, settings: Settings, machine: Machine, steps: Steps, page: None
) -> None:
    machine.set(minikube="broken", published=f"30080/tcp -> 127.0.0.1:{layout.port}")
    engine(layout, settings).up(steps)
    assert machine.called("minikube", "start") == 1
    assert machine.get("minikube") == "running"


def test_a_port_that_answers_late_is_waited_for(
    layout: Layout, settings: Settings, machine: Machine, steps: Steps, monkeypatch: pytest.MonkeyPatch
) -> None:
    """kube-proxy is later than the pods; Docker's proxy, which holds the port meanwhile, is no stranger."""
    answers = iter([None, None, health.Answer(200, {"x-frontend-served-by": "frontend-1"}, "{}")])
    monkeypatch.setattr(health, "get", lambda *_args, **_kw: next(answers))
    monkeypatch.setattr(health, "check_page", lambda _address: "")
    machine.set(minikube="running", published=f"30080/tcp -> 127.0.0.1:{layout.port}")
    with socket.create_server(("127.0.0.1", layout.port)):
        engine(layout, settings).up(steps)
    assert load_state(layout).processes == {}, "no port-forward is needed"


def test_a_published_port_where_nothing_answers_is_no_stranger_s(
    layout: Layout, settings: Settings, machine: Machine, steps: Steps, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster_engine, "PAGE_SECONDS", 0.1)
    monkeypatch.setattr(health, "get", lambda *_args, **_kw: None)
    machine.set(minikube="running", published=f"30080/tcp -> 127.0.0.1:{layout.port}")
    with pytest.raises(Problem, match=r"publishes port .* but the page does not answer") as caught:
        engine(layout, settings).up(steps)
    assert "kill" not in str(caught.value.fix)


def test_a_page_that_answers_late_is_waited_for(layout: Layout, monkeypatch: pytest.MonkeyPatch) -> None:
    found = iter(["nothing answers", "an API call does not reach a backend: 502", None])
    monkeypatch.setattr(health, "page_problem", lambda _address: next(found))
    assert health.check_page(layout.address) == "the page and the API answer"
    monkeypatch.setattr(health, "page_problem", lambda _address: "nothing answers")
    with pytest.raises(Problem, match="nothing answers"):
        health.check_page(layout.address, timeout=0.1)


def test_a_stopped_docker_is_told(layout: Layout, settings: Settings, machine: Machine, steps: Steps) -> None:
    machine.set(docker=False)
    with pytest.raises(Problem, match="Docker's engine does not answer"):
        engine(layout, settings).up(steps)


def test_where_no_node_port_reaches_localhost_a_port_forward_is_kept(
    layout: Layout, settings: Settings, machine: Machine, steps: Steps, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    monkeypatch.setattr(ClusterEngine, "_forward", lambda _self, cluster, _state, _step: asked.append(cluster.context))
    monkeypatch.setattr(cluster_engine.health, "check_page", lambda _address: "")
    monkeypatch.setattr(cluster_engine, "NODE_PORT_SECONDS", 0)
    machine.set(minikube="running", context="dev")
    engine(layout, settings, ours=False).up(steps)
    assert asked == ["dev"]


@pytest.mark.usefixtures("published")
class TestDown:
    def up(self, layout: Layout, steps: Steps, *, ours: bool = True) -> None:
        engine(layout, Settings(layout.env_file, False, {}), ours=ours).up(steps)

    def down(self, layout: Layout, steps: Steps, *, data: bool) -> list[str]:
        running = running_engine(layout)
        assert running is not None
        return running.down(steps, data=data)

    def test_stops_our_profile_and_keeps_what_is_in_it(self, layout: Layout, machine: Machine, steps: Steps) -> None:
        self.up(layout, steps)
        removed = self.down(layout, steps, data=False)
        assert machine.get("minikube") == "stopped"
        assert "stopped; its workloads are kept" in removed[-1]
        assert running_engine(layout) is None

    def test_with_data_deletes_our_profile(self, layout: Layout, machine: Machine, steps: Steps) -> None:
        self.up(layout, steps)
        self.down(layout, steps, data=True)
        assert machine.get("minikube") == "absent"

    def test_leaves_a_profile_of_the_users_running(self, layout: Layout, machine: Machine, steps: Steps) -> None:
        machine.set(minikube="running", context="dev", namespace="theirs")
        self.up(layout, steps, ours=False)
        self.down(layout, steps, data=True)
        assert (machine.get("minikube"), machine.get("release"), machine.get("secret")) == ("running", None, None)
        assert machine.get("namespace") == "theirs"

    def test_with_data_deletes_a_namespace_that_we_made(self, layout: Layout, machine: Machine, steps: Steps) -> None:
        machine.set(minikube="running", context="dev")
        self.up(layout, steps, ours=False)
        assert machine.get("namespace") == "ours"
        self.down(layout, steps, data=True)
        assert machine.get("namespace") is None

    def test_the_demo_database_comes_back(self, layout: Layout, machine: Machine, steps: Steps) -> None:
        machine.set(minikube="running", context="dev", database=0)
        self.up(layout, steps, ours=False)
        machine.set(database=3)
        self.down(layout, steps, data=False)
        assert machine.get("database") == 0
        assert dump_file(layout).stat().st_mode & 0o777 == 0o600
        self.up(layout, steps, ours=False)
        assert machine.get("database") == 3

    @pytest.mark.parametrize(
        ("says", "fix"),
        [
            ({"exec_says": "error: unable to upgrade connection"}, "or without what is in it: ./todo down --data"),
            ({"deployment_says": "Error from server (Timeout)"}, "./todo doctor"),
        ],
    )
    def test_what_cannot_be_saved_is_not_taken_down(
        self, layout: Layout, machine: Machine, steps: Steps, says: dict[str, str], fix: str
    ) -> None:
        machine.set(minikube="running", context="dev", database=0)
        self.up(layout, steps, ours=False)
        machine.set(database=1, **says)
        running = running_engine(layout)
        assert running is not None
        with pytest.raises(Problem) as caught:
            running.down(steps, data=False)
        assert fix in str(caught.value.fix)
        assert machine.get("release") is not None

    def test_a_demo_database_in_use_is_never_overwritten(self, layout: Layout, machine: Machine, steps: Steps) -> None:
        machine.set(minikube="running", context="dev", database=5)
        dump_file(layout).parent.mkdir(parents=True)
        dump_file(layout).write_text("-- 3 users\n")
        self.up(layout, steps, ours=False)
        assert machine.get("database") == 5

    def test_with_data_the_saved_copy_goes_too(self, layout: Layout, machine: Machine, steps: Steps) -> None:
        machine.set(minikube="running", context="dev", database=2)
        self.up(layout, steps, ours=False)
        dump_file(layout).parent.mkdir(parents=True, exist_ok=True)
        dump_file(layout).write_text("-- 3 users\n")
        self.down(layout, steps, data=True)
        assert not dump_file(layout).exists()


class TestChoice:
    def choose(self, layout: Layout, settings: Settings, **options: str) -> tuple[str, str]:
        chosen, why = engine_for_up(layout, settings, UpOptions(**options))  # type: ignore[arg-type]
        return type(chosen).__name__, why

    def test_minikube_when_all_three_answer(self, layout: Layout, settings: Settings, machine: Machine) -> None:
        assert self.choose(layout, settings)[0] == "ClusterEngine"
        assert machine.called("docker", "info") > 0

    @pytest.mark.parametrize("program", ["minikube", "docker"])
    def test_processes_when_one_is_missing(
        self, layout: Layout, settings: Settings, machine: Machine, program: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        machine.remove(program)
        monkeypatch.setenv("PATH", str(machine.folder / "bin"))
        assert self.choose(layout, settings) == ("ProcessEngine", f"Engine: process ({program} is not here).")

    def test_processes_when_docker_is_stopped(self, layout: Layout, settings: Settings, machine: Machine) -> None:
        machine.set(docker=False)
        name, why = self.choose(layout, settings)
        assert name == "ProcessEngine"
        assert "Docker's engine does not answer" in why

    def test_an_engine_asked_for_that_cannot_be_had_is_told(
        self, layout: Layout, settings: Settings, machine: Machine, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        machine.remove("minikube")
        monkeypatch.setenv("PATH", str(machine.folder / "bin"))
        with pytest.raises(Problem, match="minikube is not installed"):
            self.choose(layout, settings, engine="minikube")

    @pytest.mark.usefixtures("published")
    def test_no_second_engine_beside_one_that_is_up(
        self, layout: Layout, settings: Settings, machine: Machine, steps: Steps
    ) -> None:
        engine(layout, settings).up(steps)
        assert machine.get("minikube") == "running"
        with pytest.raises(Problem, match="is up on the minikube engine"):
            self.choose(layout, settings, engine="process")
        assert "up already" in self.choose(layout, settings)[1]

    @pytest.mark.parametrize(
        ("engine_name", "place"),
        [("minikube", "profile"), ("minikube", "namespace"), ("kubernetes", "context"), ("kubernetes", "namespace")],
    )
    @pytest.mark.usefixtures("machine")
    def test_no_second_place_beside_the_one_where_it_is_up(
        self, layout: Layout, settings: Settings, engine_name: str, place: str
    ) -> None:
        there = {"profile": "mine"} if engine_name == "minikube" else {"context": "mine"}
        save_state(layout, RunState(engine=engine_name, is_up=True, namespace="mine", **there))  # type: ignore[arg-type]
        assert self.choose(layout, settings, engine=engine_name, **{place: "mine"})[0] == "ClusterEngine"
        with pytest.raises(Problem, match=f"the stack is up in the {place} mine") as caught:
            self.choose(layout, settings, engine=engine_name, **{place: "other"})
        assert caught.value.fix == "./todo down, then up again with other"

    @pytest.mark.usefixtures("machine")
    def test_a_profile_stays_ours_when_the_variable_that_named_it_is_gone(
        self, layout: Layout, settings: Settings
    ) -> None:
        save_state(layout, RunState(engine="minikube", is_up=True, profile="named", profile_is_ours=True))
        chosen = engine_for_up(layout, settings, UpOptions())[0]
        assert isinstance(chosen, ClusterEngine)
        assert isinstance(chosen.target, MinikubeTarget)
        assert (chosen.target.profile, chosen.target.ours) == ("named", True)


@pytest.mark.usefixtures("published")
def test_what_was_asked_for_holds_until_down(
    layout: Layout, settings: Settings, machine: Machine, steps: Steps
) -> None:
    asked = UpOptions(engine="minikube", namespace="mine", chart_environment="production")
    machine.set(namespace_name="mine")
    engine_for_up(layout, settings, asked)[0].up(steps)
    before = machine.get("release")
    engine_for_up(layout, settings, UpOptions())[0].up(steps)
    assert machine.get("release") == before
    assert before["values"]["environment"] == "production"
    assert not [call for call in machine.calls if "todo-stack" in call["arguments"][3:4] and call["program"] == "helm"]


@pytest.mark.usefixtures("published")
def test_status_of_a_cluster_deleted_under_it(
    layout: Layout, settings: Settings, machine: Machine, steps: Steps
) -> None:
    engine(layout, settings).up(steps)
    machine.set(minikube="absent")
    running = running_engine(layout)
    assert running is not None
    found = running.status()
    assert not found.is_ready
    assert "was deleted" in found.components[0].reason


def test_the_stand_in_is_run_by_every_name(machine: Machine) -> None:
    assert sorted(path.name for path in Path(machine.folder / "bin").iterdir()) == [
        "docker",
        "helm",
        "kubectl",
        "minikube",
    ]
