"""What `doctor` finds, over stand-ins that answer as the real programs do, and real servers on this machine."""

import json
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from conftest import CHART_VALUES, Machine, node, placed
from todo_cli import health, supervisor
from todo_cli.checks import Diagnosis, Verdict, database, model, run_checks, runtimes
from todo_cli.checks import machine as machine_checks
from todo_cli.cluster.causes import REMEDIES
from todo_cli.engines.choose import UpOptions
from todo_cli.images import images_of
from todo_cli.layout import Layout
from todo_cli.programs import Result
from todo_cli.settings import Settings
from todo_cli.state import ProcessRecord, RunState, load_state, save_state

PROFILE = {
    "Driver": "docker",
    "CPUs": 2,
    "Memory": 4096,
    "KubernetesConfig": {"KubernetesVersion": "v1.34.4", "ContainerRuntime": "containerd"},
}


def found(layout: Layout, **asked: Any) -> dict[str, list[Diagnosis]]:
    """All findings by the name of what was looked at, for an `up` with these options."""
    by_name: dict[str, list[Diagnosis]] = {}
    for check in run_checks(layout, UpOptions(**asked)):
        by_name.setdefault(check.name, []).append(check)
    return by_name


def published(layout: Layout) -> list[str]:
    port = layout.port if 30000 <= layout.port < 32768 else 30080
    return [f"127.0.0.1:{layout.port}:{port}"]


class TestDocker:
    def test_absent_is_a_warning_for_processes_do_without(
        self, machine: Machine, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        machine.remove("docker")
        monkeypatch.setenv("PATH", str(machine.folder / "bin"))
        (check,) = runtimes.docker(RunState())
        assert (check.verdict, check.finding) == (Verdict.WARN, "Docker is not installed")
        assert "docs.docker.com/get-docker" in str(check.fix)

    def test_stopped_fails_where_the_stack_is_on_a_cluster(self, machine: Machine) -> None:
        machine.set(docker=False)
        (check,) = runtimes.docker(RunState(engine="minikube", is_up=True))
        assert check.verdict is Verdict.FAIL
        assert "sudo systemctl start docker" in str(check.fix)

    def test_refusing_this_user_is_another_finding(self, machine: Machine) -> None:
        machine.set(docker_refuses=True)
        (check,) = runtimes.docker(RunState())
        assert check.finding == "Docker refuses this user"
        assert "usermod -aG docker" in str(check.fix)

    @pytest.mark.usefixtures("machine")
    def test_what_it_has_to_give_is_told(self) -> None:
        (check,) = runtimes.docker(RunState())
        assert check.finding == "engine 27.5.1 answers; 4 CPUs, 8.0 GB memory"

    @pytest.mark.parametrize(("cpus", "memory"), [(1, 8 * 2**30), (4, 2 * 10**9)])
    def test_too_little_to_give_is_told(self, machine: Machine, cpus: int, memory: int) -> None:
        machine.set(docker_cpus=cpus, docker_memory=memory)
        (check,) = runtimes.docker(RunState(), UpOptions(engine="minikube"))
        assert check.verdict is Verdict.FAIL
        assert "a node needs 2 CPUs and 2200 MB" in check.finding
        assert "./todo up --engine process" in str(check.fix)

    def test_one_that_cannot_build_is_told_with_its_fix(self, machine: Machine) -> None:
        machine.set(no_buildx=True)
        for state, verdict in (
            (RunState(), Verdict.FAIL),
            (RunState(engine="minikube", is_up=True), Verdict.FAIL),
            (RunState(engine="process", is_up=True), Verdict.WARN),
        ):
            engine, buildx = runtimes.docker(state)
            assert (engine.name, engine.verdict) == ("Docker", Verdict.PASS)
            assert (buildx.name, buildx.verdict) == ("Docker buildx", verdict)
            assert "buildx" in buildx.finding
            assert str(buildx.fix).startswith("https://docs.docker.com/go/buildx/")
            assert ("--engine process" in str(buildx.fix)) is not state.is_up

    def test_asking_for_a_cluster_needs_it(self, machine: Machine) -> None:
        machine.set(docker=False)
        (check,) = runtimes.docker(RunState(), UpOptions(engine="kubernetes"))
        assert check.verdict is Verdict.FAIL


class TestProfile:
    def test_a_good_one_is_described(self, layout: Layout, machine: Machine) -> None:
        machine.set(minikube="running", profile=PROFILE | {"ExposedPorts": published(layout)})
        (check,) = found(layout)["Profile todo-stack"]
        words = "running, driver docker, 2 CPUs, 4096 MB, runtime containerd, Kubernetes v1.34.4, publishes "
        words += published(layout)[0]
        assert (check.verdict, check.finding) == (Verdict.PASS, words)

    @pytest.mark.parametrize(
        ("change", "said"),
        [
            ({}, "publishes no port"),
            ({"Driver": "kvm2"}, "the driver kvm2 publishes no port"),
            ({"CPUs": 1, "Memory": 2048}, "has 1 CPUs and 2048 MB; the stack wants 2 and 2200"),
        ],
    )
    def test_what_is_short_is_told_with_the_way_to_another(
        self, layout: Layout, machine: Machine, change: dict[str, Any], said: str
    ) -> None:
        ports = {} if not change else {"ExposedPorts": published(layout)}
        machine.set(minikube="running", profile=PROFILE | ports | change)
        check = found(layout)["Profile todo-stack"][-1]
        assert check.verdict is Verdict.WARN
        assert check.finding.startswith(said)
        assert "minikube delete -p todo-stack && ./todo up" in str(check.fix)

    def test_a_paused_one_is_told(self, layout: Layout, machine: Machine) -> None:
        machine.set(minikube="paused", profile=PROFILE | {"ExposedPorts": published(layout)})
        assert found(layout)["Profile todo-stack"][0].fix == "minikube unpause -p todo-stack, or ./todo up"

    @pytest.mark.usefixtures("machine")
    def test_one_deleted_under_the_stack_fails(self, layout: Layout) -> None:
        save_state(layout, RunState(engine="minikube", is_up=True, profile="todo-stack", profile_is_ours=True))
        by_name = found(layout)
        assert by_name["Profile todo-stack"][0].fix == "./todo up makes it again"
        assert by_name["Cluster"][0].verdict is Verdict.FAIL


@pytest.mark.usefixtures("machine")
class TestBeforeAnythingRuns:
    """Asked as `up` is, doctor tells what `up` would meet."""

    def test_a_context_that_kubectl_does_not_know(self, layout: Layout, machine: Machine) -> None:
        machine.set(minikube="running", context="dev", contexts=["prod", "kind-x"])
        (check,) = found(layout, context="dev")["Cluster"]
        assert (check.verdict, check.finding) == (Verdict.FAIL, "kubectl knows no context dev; it knows: prod, kind-x")
        assert check.fix == "./todo up --context NAME"

    def test_one_that_does_not_answer(self, layout: Layout, machine: Machine) -> None:
        machine.set(minikube="stopped", context="dev")
        (check,) = found(layout, engine="kubernetes")["Cluster"]
        assert check.verdict is Verdict.FAIL
        assert "The connection to the server was refused" in check.finding
        assert check.fix == "kubectl --context dev cluster-info"

    def test_one_that_answers(self, layout: Layout, machine: Machine) -> None:
        machine.set(minikube="running", context="dev")
        (check,) = found(layout, engine="kubernetes")["Cluster"]
        assert check.verdict is Verdict.PASS
        assert check.finding.startswith("Kubernetes context dev runs Kubernetes v1.34.4")

    def test_no_current_context(self, layout: Layout, machine: Machine) -> None:
        machine.set(context=None)
        (check,) = found(layout, engine="kubernetes")["Cluster"]
        assert (check.verdict, check.finding) == (Verdict.FAIL, "kubectl has no current context")

    def test_a_profile_of_the_users(self, layout: Layout, machine: Machine) -> None:
        machine.set(context="mine", minikube="stopped", profile=PROFILE)
        checks = found(layout, profile="mine")
        assert (checks["Cluster"][0].verdict, checks["Cluster"][0].fix) == (Verdict.FAIL, "minikube start -p mine")
        machine.set(minikube="running")
        assert found(layout, profile="mine")["Cluster"][0].verdict is Verdict.PASS
        assert found(layout, profile="typo")["Profile typo"][0].verdict is Verdict.FAIL

    def test_our_own_profile_is_started_by_up(self, layout: Layout, machine: Machine) -> None:
        machine.set(minikube="stopped", profile=PROFILE)
        assert "Cluster" not in found(layout)

    @pytest.mark.parametrize("status", ["stopped", "paused", "broken"])
    def test_our_own_profile_that_does_not_run_is_no_failure(
        self, layout: Layout, machine: Machine, status: str
    ) -> None:
        """Also where the stack is on it: `up` works."""
        machine.set(minikube=status, profile=PROFILE | {"ExposedPorts": published(layout)})
        save_state(layout, RunState(engine="minikube", is_up=True, profile="todo-stack", profile_is_ours=True))
        checks = found(layout)
        (check,) = checks["Cluster"]
        assert (check.verdict, str(check.fix).startswith("./todo up")) == (Verdict.WARN, True)
        assert Verdict.FAIL not in [one.verdict for one in checks["Profile todo-stack"]]

    def test_an_engine_that_is_missing(self, layout: Layout, machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
        machine.remove("minikube")
        monkeypatch.setenv("PATH", str(machine.folder / "bin"))
        checks = found(layout, engine="minikube")
        assert checks["Minikube"][0].verdict is Verdict.FAIL
        assert found(layout)["Minikube"][0].verdict is Verdict.WARN

    def test_a_stack_that_is_up_elsewhere(self, layout: Layout) -> None:
        save_state(layout, RunState(engine="process", is_up=True))
        (check,) = found(layout, engine="minikube")["Engine"]
        assert (check.verdict, check.fix) == (Verdict.FAIL, "./todo down")

    def test_the_port_of_the_backend(self, layout: Layout) -> None:
        assert f"Port {layout.backend_port}" in found(layout, engine="process")
        assert f"Port {layout.backend_port}" not in found(layout, engine="kubernetes")


@pytest.mark.usefixtures("machine")
class TestPorts:
    """What holds the port is ours by the record or the profile, whether the page is well or not."""

    @pytest.fixture(autouse=True)
    def impatient(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """What holds the port never answers: no reason to ask it for long."""
        monkeypatch.setattr(health, "get", partial(health.get, timeout=0.1))

    def serve(self, layout: Layout) -> subprocess.Popen[bytes]:
        """A process that holds the public port and answers nothing, in a session of its own."""
        script = "import socket, sys; s = socket.create_server(('127.0.0.1', int(sys.argv[1]))); print('up', flush=True); held = [s.accept() for _ in range(99)]"
        command = [sys.executable, "-c", script, str(layout.port)]
        server = subprocess.Popen(command, stdout=subprocess.PIPE, start_new_session=True)
        assert server.stdout is not None
        assert server.stdout.readline()
        return server

    @pytest.mark.parametrize(("engine", "name"), [("process", "frontend"), ("kubernetes", "port-forward")])
    def test_a_process_of_the_stack(self, layout: Layout, engine: str, name: str) -> None:
        server = self.serve(layout)
        try:
            mark = supervisor.start_mark(server.pid) or ""
            record = ProcessRecord(name, server.pid, mark, "", str(layout.logs / "x.log"), 15)
            save_state(layout, RunState(engine=engine, is_up=True, processes={name: record}))
            (check,) = machine_checks.port(layout, load_state(layout), layout.port, UpOptions())
            assert (check.verdict, "held by the stack" in check.finding) == (Verdict.PASS, True)
            save_state(layout, RunState(engine=engine, is_up=True))
            (check,) = machine_checks.port(layout, load_state(layout), layout.port, UpOptions())
            assert (check.verdict, f"kill {server.pid}" in str(check.fix)) == (Verdict.FAIL, True)
        finally:
            server.kill()
            server.wait()

    def test_the_profiles_published_port(self, layout: Layout, machine: Machine) -> None:
        machine.set(minikube="running", profile=PROFILE | {"ExposedPorts": published(layout)})
        state = RunState(engine="minikube", is_up=True, profile="todo-stack", profile_is_ours=True)
        with socket.create_server(("127.0.0.1", layout.port)):
            (check,) = machine_checks.port(layout, state, layout.port, UpOptions())
            assert (check.verdict, "published by the profile" in check.finding) == (Verdict.PASS, True)
            (check,) = machine_checks.port(layout, RunState(), layout.port, UpOptions(engine="process"))
            assert check.verdict is Verdict.FAIL
            machine.set(profile=PROFILE)
            (check,) = machine_checks.port(layout, state, layout.port, UpOptions())
            assert check.verdict is Verdict.FAIL


class TestCluster:
    @pytest.fixture(autouse=True)
    def up(self, layout: Layout, machine: Machine) -> None:
        machine.set(minikube="running", release={"status": "deployed", "description": ""})
        save_state(layout, RunState(engine="minikube", is_up=True, profile="todo-stack", profile_is_ours=True))

    def test_versions_that_go_together(self, layout: Layout) -> None:
        (check,) = found(layout)["Cluster"]
        assert check.verdict is Verdict.PASS
        assert "runs Kubernetes v1.34.4, kubectl is v1.34.1" in check.finding

    @pytest.mark.parametrize("server", ["v1.32.0", "v1.36.1-gke.100"])
    def test_a_kubectl_too_far_from_it(self, layout: Layout, machine: Machine, server: str) -> None:
        machine.set(server=server)
        (check,) = found(layout)["Cluster"]
        assert check.verdict is Verdict.WARN
        assert f"install kubectl {server}" in str(check.fix)
        assert f"https://dl.k8s.io/release/{server.partition('-')[0]}/bin/" in str(check.fix)

    def test_a_server_too_old_for_the_chart_fails(self, layout: Layout, machine: Machine) -> None:
        machine.set(server="v1.27.9")
        (check,) = found(layout)["Cluster"]
        assert (check.verdict, check.fix) == (Verdict.FAIL, "minikube delete -p todo-stack && ./todo up")
        assert "the chart needs 1.28 or newer" in check.finding

    def test_room_for_all_pods(self, layout: Layout, machine: Machine) -> None:
        (check,) = found(layout)["Capacity"]
        assert (check.verdict, check.finding.partition(":")[0]) == (Verdict.PASS, "unknown")
        machine.set(nodes=[node(cpu="400m", memory="1Gi")], pods=[placed("other", cpu="0")], chart_values=CHART_VALUES)
        (check,) = found(layout)["Capacity"]
        assert (check.verdict, check.finding) == (Verdict.PASS, "the nodes have room for all pods")

    def test_too_little_room_is_told_with_the_value_that_fits(self, layout: Layout, machine: Machine) -> None:
        machine.set(nodes=[node(cpu="2", memory="4Gi")], pods=[placed("other", cpu="750m")], chart_values=CHART_VALUES)
        (check,) = found(layout, values=("backend.resources.requests.cpu=1200m",))["Capacity"]
        assert check.verdict is Verdict.FAIL
        asked = "2 x 1200m (backend), 1 x 100m (frontend), 1 x 100m (database.demo)"
        assert check.finding == (
            f"cpu: the pods request {asked}, and the nodes have 1250m free; lower backend.resources.requests.cpu"
        )
        assert check.fix == "./todo up --set backend.resources.requests.cpu=350m"
        (check,) = found(layout, values=("backend.resources.requests.cpu=350m",))["Capacity"]
        assert check.verdict is Verdict.PASS

    def test_too_little_room_where_nodes_may_be_added_is_a_warning(self, layout: Layout, machine: Machine) -> None:
        save_state(layout, RunState(engine="kubernetes", is_up=True, context="todo-stack", backend_replicas=5))
        machine.set(nodes=[node(cpu="600m", memory="4Gi")], pods=[placed("other", cpu="0")], chart_values=CHART_VALUES)
        (check,) = found(layout)["Capacity"]
        assert check.verdict is Verdict.WARN
        assert "5 x 100m (backend)" in check.finding

    def test_images_built_and_in_the_node(self, layout: Layout, machine: Machine) -> None:
        backend, frontend = (image.reference for image in images_of(layout))
        assert "not built yet" in found(layout)["Backend image"][0].finding
        machine.set(docker_images=[backend, frontend], node_images=[f"docker.io/library/{frontend}"])
        by_name = found(layout)
        assert (by_name["Backend image"][0].verdict, by_name["Backend image"][0].fix) == (Verdict.WARN, "./todo up")
        assert "built, and in the cluster" in by_name["Frontend image"][0].finding

    @pytest.mark.parametrize("place", ["localhost:1/todo", "/todo?host=127.0.0.1"])
    def test_addresses_that_are_elsewhere_in_a_pod(self, layout: Layout, place: str) -> None:
        layout.env_file.write_text(f"DATABASE_URL=postgresql://u:hunter2@{place}\n")
        checks = found(layout)["DATABASE_URL"]
        assert (checks[0].verdict, "another place inside a pod" in checks[0].finding) == (Verdict.FAIL, True)
        assert "hunter2" not in str(checks)


@pytest.mark.usefixtures("machine")
class TestSettings:
    def test_a_file_that_others_can_read(self, layout: Layout) -> None:
        layout.env_file.write_text(f"BETTER_AUTH_SECRET={'s' * 40}\n")
        layout.env_file.chmod(0o644)
        assert found(layout)[".env"][0].fix == f"chmod 600 {layout.env_file}"
        layout.env_file.chmod(0o600)
        assert Verdict.FAIL not in [check.verdict for check in found(layout)[".env"]]

    @pytest.mark.usefixtures("real_node")
    def test_what_its_tiers_take_is_well_formed(self, layout: Layout) -> None:
        layout.env_file.write_text(f"BETTER_AUTH_SECRET={'s' * 40}\nCHAT_UI=builtin\n")
        layout.env_file.chmod(0o600)
        (check,) = found(layout)[".env"]
        assert (check.verdict, check.finding) == (
            Verdict.PASS, "2 settings, well-formed; secrets: BETTER_AUTH_SECRET",
        )  # fmt: skip

    @pytest.mark.usefixtures("real_node")
    def test_a_tier_that_cannot_judge_yet_is_told(self, layout: Layout) -> None:
        layout.env_file.write_text("LOG_LEVEL=loud\n")
        layout.env_file.chmod(0o600)
        not_asked, given = found(layout)[".env"]
        assert (not_asked.verdict, not_asked.finding) == (
            Verdict.WARN,
            "the backend has not judged its settings: neither its Python packages nor its image are here yet",
        )
        assert (given.verdict, given.finding) == (Verdict.PASS, "1 settings; secrets: none")

    def test_a_file_in_another_place_is_told_by_its_path(self, layout: Layout) -> None:
        assert [check.verdict for check in found(replace(layout, env_file=Path(os.devnull)))[os.devnull]] == [
            Verdict.PASS
        ]

    @pytest.mark.usefixtures("real_node")
    def test_every_line_names_its_setting_and_none_its_value(self, layout: Layout) -> None:
        layout.env_file.write_text("BETTER_AUTH_SECRET=hunter2\nDATABSE_URL=hunter2\nCHAT_UI=hunter2\n")
        by_name = found(layout)
        verdicts = {name: by_name[name][0].verdict for name in ("BETTER_AUTH_SECRET", "DATABSE_URL", "CHAT_UI")}
        assert list(verdicts.values()) == [Verdict.FAIL, Verdict.WARN, Verdict.FAIL]
        assert "hunter2" not in str(by_name)


class TestDatabase:
    def login(self, answer: dict[str, object], layout: Layout, monkeypatch: pytest.MonkeyPatch) -> Diagnosis:
        """The finding when the program in the backend's environment answers so."""
        given: list[object] = []

        def run(command: list[object], stdin: str, **_options: object) -> Result:
            given.extend([command, stdin])
            return Result(0, json.dumps(answer) + "\n", "")

        monkeypatch.setattr(database, "prepared_python", lambda *_arguments: "python")
        monkeypatch.setattr(database, "capture", run)
        check = database.check(layout, "postgresql://u:hunter2@h/d")
        assert given[1] == "postgresql://u:hunter2@h/d"
        assert "hunter2" not in str(given[0]), "a command line can be read by everybody"
        return check

    def test_its_latency_is_told(self, layout: Layout, monkeypatch: pytest.MonkeyPatch) -> None:
        near = self.login({"version": 17, "login": 31.2, "query": 0.43}, layout, monkeypatch)
        assert (near.verdict, near.finding) == (Verdict.PASS, "PostgreSQL 17: connected in 31 ms, a query takes 0.4 ms")
        assert self.login({"version": 17, "login": 900, "query": 180}, layout, monkeypatch).verdict is Verdict.WARN

    def test_a_refusal_is_told_with_its_cause(self, layout: Layout, monkeypatch: pytest.MonkeyPatch) -> None:
        check = self.login({"problem": "wrong password for user u", "code": "database_login"}, layout, monkeypatch)
        assert (check.verdict, check.finding) == (Verdict.FAIL, "wrong password for user u")
        assert check.fix == f"correct DATABASE_URL in {layout.env_file}"

    @pytest.mark.parametrize("code", [code for code in REMEDIES if code.startswith("database")])
    def test_each_cause_has_its_own_fix(self, layout: Layout, monkeypatch: pytest.MonkeyPatch, code: str) -> None:
        check = self.login({"problem": "in words", "code": code}, layout, monkeypatch)
        assert (check.verdict, check.finding) == (Verdict.FAIL, "in words")
        assert check.fix
        address_is_right = {"database_full", "database_disk_full", "database_starting"}
        assert ("correct DATABASE_URL" in check.fix) == (code not in address_is_right)

    def test_the_program_that_signs_in_is_python(self) -> None:
        compile(database.LOGIN, "login", "exec")


class TestDisk:
    @pytest.mark.usefixtures("machine")
    @pytest.mark.parametrize(("free", "verdict"), [(1, Verdict.FAIL), (4, Verdict.WARN), (50, Verdict.PASS)])
    def test_what_is_free(self, layout: Layout, monkeypatch: pytest.MonkeyPatch, free: int, verdict: Verdict) -> None:
        class Usage:
            def __init__(self) -> None:
                self.free = free * 2**30

        monkeypatch.setattr(machine_checks.shutil, "disk_usage", lambda _path: Usage())
        check = next(iter(machine_checks.resources(layout)))
        assert check.verdict is verdict
        assert (check.fix is None) == (verdict is Verdict.PASS)


@contextmanager
def api(status: int, body: str = "{}", **headers: str) -> Iterator[tuple[str, list[str | None]]]:
    """A model's API that answers so, and the keys that it was shown."""
    keys: list[str | None] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            keys.append(self.headers["Authorization"])
            self.send_response(status if self.path == "/v1/models" else 404)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *_arguments: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/v1", keys
    finally:
        server.shutdown()
        server.server_close()


class TestModel:
    def ask(self, layout: Layout, base: str, **more: str) -> list[Diagnosis]:
        values = {"OPENAI_API_KEY": "sk-hunter2", "OPENAI_BASE_URL": base} | more
        checks = list(model.check(Settings(layout.env_file, True, values)))
        assert "hunter2" not in str(checks)
        return checks

    def test_a_key_that_is_taken(self, layout: Layout) -> None:
        with api(200, json.dumps({"data": [{"id": "small"}]})) as (base, keys):
            (check,) = self.ask(layout, base, OPENAI_MODEL="small")
            assert (check.verdict, keys) == (Verdict.PASS, ["Bearer sk-hunter2"])
            assert self.ask(layout, base, OPENAI_MODEL="large")[1].finding == "the API lists no such model"

    @pytest.mark.parametrize(
        ("status", "verdict", "said"),
        [
            (401, Verdict.FAIL, "refuses OPENAI_API_KEY"),
            (403, Verdict.FAIL, "may not use it"),
            (404, Verdict.WARN, "has no /models"),
            (429, Verdict.WARN, "no quota left"),
            (503, Verdict.WARN, "answers 503"),
        ],
    )
    def test_what_it_refuses_is_told_apart(self, layout: Layout, status: int, verdict: Verdict, said: str) -> None:
        with api(status, "sk-hunter2 is no key") as (base, _):
            (check,) = self.ask(layout, base)
        assert (check.verdict, said in check.finding, bool(check.fix)) == (verdict, True, True)

    def test_the_key_goes_nowhere_else(self, layout: Layout) -> None:
        with api(200) as (other, keys), api(302, Location=f"{other}/models") as (base, _):
            assert self.ask(layout, base)[0].verdict is Verdict.WARN
        assert keys == []

    def test_nothing_there(self, layout: Layout) -> None:
        (check,) = self.ask(layout, "http://127.0.0.1:1/v1")
        assert (check.verdict, check.finding) == (Verdict.FAIL, "does not answer: Connection refused")
