"""A new user's way through every error that can be provoked ends in a message that names the fix."""

import errno
import os
from dataclasses import replace
from pathlib import Path

import pytest
from typer import Typer
from typer.testing import CliRunner

from conftest import Machine, Up
from todo_cli import main as main_module
from todo_cli.commands import up as up_command
from todo_cli.engines.choose import UpOptions, running_engine
from todo_cli.engines.cluster import ClusterEngine
from todo_cli.errors import FREE_DISK, Problem
from todo_cli.images import images_of
from todo_cli.layout import Layout, find_layout
from todo_cli.main import app
from todo_cli.state import RunState, load_state, save_state

ON_DEV = UpOptions(engine="kubernetes", context="dev", load_command="true {image}", timeout=60)
MINIKUBE = UpOptions(engine="minikube", timeout=60)


def test_no_docker(up: Up, machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    machine.remove("docker")
    monkeypatch.setenv("PATH", str(machine.folder / "bin"))
    problem = up.refused(MINIKUBE)
    assert problem.message == "Docker is not installed"
    assert problem.fix == "https://docs.docker.com/get-docker/, or ./todo up --engine process"


def test_a_stopped_docker(up: Up, machine: Machine) -> None:
    machine.set(docker=False)
    problem = up.refused(MINIKUBE)
    assert problem.message == "Docker's engine does not answer"
    assert "sudo systemctl start docker" in str(problem.fix)


def test_a_docker_that_refuses_this_user(up: Up, machine: Machine) -> None:
    machine.set(docker_refuses=True)
    problem = up.refused(MINIKUBE)
    assert (problem.message, "usermod -aG docker" in str(problem.fix)) == ("Docker refuses this user", True)


def test_no_minikube(up: Up, machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    machine.remove("minikube")
    monkeypatch.setenv("PATH", str(machine.folder / "bin"))
    problem = up.refused(MINIKUBE)
    assert problem.message == "minikube is not installed"
    assert "https://minikube.sigs.k8s.io" in str(problem.fix)


def test_a_context_that_is_none(up: Up, machine: Machine) -> None:
    machine.set(minikube="running", context="dev", contexts=["prod", "kind-x"])
    problem = up.refused(ON_DEV)
    assert (problem.message, problem.details) == ("kubectl knows no context dev", ("it knows: prod, kind-x",))
    assert "--context NAME" in str(problem.fix)
    assert not load_state(up.layout).is_up


def test_a_context_with_a_space_in_its_name(up: Up, machine: Machine) -> None:
    machine.set(minikube="running", context="my dev", contexts=["my dev"])
    up(replace(ON_DEV, context="my dev"))
    machine.set(minikube="stopped")
    engine = running_engine(up.layout)
    assert engine is not None
    assert engine.status().components[0].fix == "kubectl --context 'my dev' cluster-info"


def test_a_context_that_does_not_answer(up: Up, machine: Machine) -> None:
    machine.set(minikube="stopped", context="dev")
    problem = up.refused(ON_DEV)
    assert problem.message == "Kubernetes context dev does not answer"
    assert problem.fix == "kubectl --context dev cluster-info"


def test_a_node_port_that_another_service_has(up: Up, machine: Machine) -> None:
    said = 'Service "x" is invalid: spec.ports[0].nodePort: Invalid value: 30080: provided port is already allocated'
    machine.set(helm_says=said)
    problem = up.refused(MINIKUBE)
    assert (problem.details[-1], "TODO_PORT=30180 ./todo up" in str(problem.fix)) == (said, True)


def test_a_namespace_that_is_on_its_way_out(up: Up, machine: Machine) -> None:
    said = (
        'Error from server (Forbidden): secrets "todo-stack-secrets" is forbidden: unable to create new content in '
        "namespace todo-stack because it is being terminated"
    )
    machine.set(apply_says=said, namespace="ours")
    problem = up.refused(MINIKUBE)
    wait = "kubectl --context todo-stack wait --for=delete namespace/todo-stack --timeout=5m"
    assert (problem.details, problem.fix) == ((said,), f"{wait}, then the same ./todo again")


def test_a_bad_settings_file(layout: Layout, monkeypatch: pytest.MonkeyPatch) -> None:
    layout.env_file.write_text("BETTER_AUTH_SECRET=hunter2\nASSISTANT_PROVIDER=openai\n")
    monkeypatch.setattr(up_command, "find_layout", lambda: layout)
    problem = CliRunner().invoke(app, ["up"]).exception
    assert isinstance(problem, Problem)
    assert (problem.message, problem.fix) == (".env has 2 problems", "./todo doctor")
    assert "openssl rand -base64 48" in problem.details[0]
    assert "hunter2" not in str(problem.details)


def test_a_typing_error_in_the_settings_is_told_by_up(
    layout: Layout, monkeypatch: pytest.MonkeyPatch, machine: Machine
) -> None:
    machine.set(docker=False)
    layout.env_file.write_text("DATABSE_URL=postgresql://u:hunter2@h/d\n")
    monkeypatch.setattr(up_command, "find_layout", lambda: layout)
    reported = CliRunner().invoke(app, ["up", "--engine", "minikube"])
    assert "warning: DATABSE_URL: no such setting; is DATABASE_URL meant?" in reported.output
    assert "hunter2" not in reported.output


class TestSettingsThatCannotBeRead:
    """Only `up` and `rotate` need them: whoever looks, or takes the stack down, does not."""

    @pytest.fixture(autouse=True)
    def stack(self, up: Up, monkeypatch: pytest.MonkeyPatch) -> None:
        up(MINIKUBE)
        up.layout.env_file.write_bytes("A=1\n".encode("utf-16"))
        for command in ("down", "status", "logs", "doctor"):
            monkeypatch.setattr(f"todo_cli.commands.{command}.find_layout", lambda: up.layout)

    @pytest.mark.parametrize("command", ["status", "logs", "down"])
    def test_it_works_without(self, machine: Machine, command: str) -> None:
        machine.set(logs=["[pod/b-1/backend] 2026-11-23T10:00:00.123456789Z up"])
        reported = CliRunner().invoke(app, [command])
        assert (reported.exit_code, reported.exception) == (0, None), reported.output

    def test_doctor_says_so_and_looks_at_all_the_rest(self) -> None:
        reported = CliRunner().invoke(app, ["doctor"])
        assert "fail  Settings: .env is UTF-16, not UTF-8 text" in reported.output
        assert "pass  Cluster: " in reported.output


def test_a_build_without_disk(up: Up, machine: Machine) -> None:
    machine.set(build_fails=True, build_says="#9 ERROR: write /app/x: no space left on device")
    problem = up.refused(MINIKUBE)
    assert problem.fix == FREE_DISK
    assert "no space left on device" in problem.details[-1]


def test_a_docker_that_cannot_build(up: Up, machine: Machine) -> None:
    """Said before a cluster is started, and not where there is nothing to build."""
    machine.set(no_buildx=True)
    problem = up.refused(MINIKUBE)
    assert problem.message == "docker's buildx, which builds images, is not installed or does not start"
    assert str(problem.fix).startswith("https://docs.docker.com/go/buildx/")
    assert machine.called("minikube", "start") == 0
    machine.set(docker_images=[image.reference for image in images_of(up.layout)])
    up(MINIKUBE)
    assert machine.called("docker", "build --progress") == 0


def test_a_minikube_without_disk(up: Up, machine: Machine) -> None:
    machine.set(start_fails=True, start_says="X Exiting due to RSRC_DOCKER_STORAGE: Docker is out of disk space!")
    assert up.refused(MINIKUBE).fix == FREE_DISK


def test_a_file_without_disk(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def full(**_options: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device", "/todo/run.json")

    monkeypatch.setattr(main_module, "app", full)
    with pytest.raises(SystemExit) as caught:
        main_module.main()
    said = capsys.readouterr().err
    assert caught.value.code == 1
    assert said == f"error: the disk is full: /todo/run.json cannot be written\nfix: {FREE_DISK}\n"


@pytest.mark.parametrize(
    ("number", "file", "said", "fix"),
    [
        (errno.EACCES, "{home}/logs/x.log", "{home}/logs/x.log is not this user's", "sudo chown -R $(id -un) {home}"),
        (errno.EPERM, "{cache}/tools/x", "{cache}/tools/x is not this user's", "sudo chown -R $(id -un) {cache}"),
        (errno.EACCES, "/etc/x", "/etc/x is not this user's", "sudo chown -R $(id -un) /etc/x"),
        (errno.EROFS, "{home}/lock", "{home}/lock is on a read-only file system",
         "cp -R {root} ~/todo-stack && cd ~/todo-stack && ./todo up"),
        (errno.ENOTDIR, "{file}/lock", "{file}/lock cannot be made: {file} is no folder", "mv {file} {file}.old"),
        (errno.EEXIST, "{file}", "{file} cannot be made: {file} is no folder", "mv {file} {file}.old"),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_used(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path,
    number: int, file: str, said: str, fix: str,
) -> None:  # fmt: skip
    monkeypatch.setenv("TODO_HOME", str(tmp_path / "home"))
    root = find_layout().root
    names = {"home": tmp_path / "home", "cache": root / ".todo", "root": root, "file": tmp_path / "file"}
    names["file"].touch()

    def refuse(**_options: object) -> None:
        raise OSError(number, os.strerror(number), file.format(**names))

    monkeypatch.setattr(main_module, "app", refuse)
    with pytest.raises(SystemExit) as caught:
        main_module.main()
    assert caught.value.code == 1
    assert capsys.readouterr().err == f"error: {said.format(**names)}\nfix: {fix.format(**names)}\n"


def test_what_is_no_matter_of_files_stays_a_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(**_options: object) -> None:
        raise ConnectionResetError(errno.ECONNRESET, "Connection reset by peer")

    monkeypatch.setattr(main_module, "app", fail)
    with pytest.raises(ConnectionResetError):
        main_module.main()


@pytest.mark.parametrize("options", [["--context", "dev"], ["--engine", "kubernetes"]])
def test_doctor_takes_the_options_of_up(
    layout: Layout, machine: Machine, monkeypatch: pytest.MonkeyPatch, options: list[str]
) -> None:
    machine.set(minikube="stopped", context="dev")
    monkeypatch.setattr("todo_cli.commands.doctor.find_layout", lambda: layout)
    reported = CliRunner().invoke(app, ["doctor", *options])
    assert reported.exit_code == 1
    assert "fail  Cluster: " in reported.output


@pytest.mark.parametrize(
    ("raised", "code", "words"),
    [
        (KeyboardInterrupt(), 130, "interrupted\nthe account is still there\n"),
        (SystemExit(143), 143, "the account is still there\n"),
    ],
)
def test_an_interrupted_command_tells_what_it_leaves(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], raised: BaseException, code: int, words: str
) -> None:
    raised.add_note("the account is still there")
    interrupted = Typer()

    @interrupted.command()
    def failover() -> None:
        raise raised

    monkeypatch.setattr(main_module, "app", lambda **_options: interrupted(args=[]))
    with pytest.raises(SystemExit) as caught:
        main_module.main()
    assert (caught.value.code, capsys.readouterr().err) == (code, words)


class TestClusterDeletedUnderIt:
    def test_minikube_is_made_again_by_up(self, up: Up, machine: Machine) -> None:
        up(MINIKUBE)
        machine.set(minikube="absent", node_images=[], release=None, secret=None)
        up(MINIKUBE)
        assert (machine.get("minikube"), machine.get("release")["status"]) == ("running", "deployed")

    def test_minikube_is_forgotten_by_down(self, up: Up, machine: Machine) -> None:
        up(MINIKUBE)
        machine.set(minikube="absent")
        running = running_engine(up.layout)
        assert running is not None
        running.down(up.steps, data=False)
        assert not load_state(up.layout).is_up

    def test_a_context_that_went_is_forgotten_only_when_asked(self, up: Up, machine: Machine) -> None:
        machine.set(minikube="running", context="dev")
        up(ON_DEV)
        machine.set(minikube="absent", contexts=["prod"])
        assert "if the cluster was deleted: ./todo down --forget" in str(up.refused(UpOptions()).fix)
        problem = down_refused(up)
        assert problem.details == ("kubectl knows no context dev; it knows: prod",)
        assert str(problem.fix).startswith("if the cluster was deleted: ./todo down --forget; else")
        assert load_state(up.layout).is_up
        forget(up)
        assert not load_state(up.layout).is_up

    def test_contexts_that_cannot_be_read_tell_nothing(self, up: Up, machine: Machine) -> None:
        machine.set(minikube="running", context="dev")
        up(ON_DEV)
        machine.set(minikube="stopped", kubeconfig_says="error: open /root/.kube/config: permission denied")
        problem = down_refused(up)
        assert problem.details[0].startswith("kubectl cannot read its contexts: ")
        assert "permission denied" in problem.details[0]
        assert load_state(up.layout).is_up

    def test_a_stopped_minikube_profile_that_took_its_context_along_is_not_forgotten(
        self, up: Up, machine: Machine
    ) -> None:
        machine.set(minikube="running", context="dev")
        up(ON_DEV)
        machine.set(minikube="stopped", contexts=[])
        problem = down_refused(up)
        assert problem.fix == "minikube start -p dev; then ./todo down again"
        assert load_state(up.layout).is_up

    def test_one_that_answers_is_never_forgotten(self, up: Up, machine: Machine) -> None:
        machine.set(minikube="running", context="dev")
        up(ON_DEV)
        with pytest.raises(Problem, match="answers, so there is nothing to forget"):
            forget(up)
        assert load_state(up.layout).is_up

    def test_one_that_only_stopped_is_not_forgotten(self, up: Up, machine: Machine) -> None:
        machine.set(minikube="running", context="dev")
        up(ON_DEV)
        machine.set(minikube="stopped")
        problem = down_refused(up)
        assert problem.message == "Kubernetes context dev does not answer"
        assert problem.fix == "kubectl --context dev cluster-info; then ./todo down again"
        assert load_state(up.layout).is_up

    def test_status_names_the_fix(self, up: Up, machine: Machine) -> None:
        up(MINIKUBE)
        machine.set(minikube="absent")
        running = running_engine(up.layout)
        assert running is not None
        (found,) = running.status().components
        assert (found.code, "./todo up makes it again" in found.fix) == ("cluster-gone", True)


class TestDownWithout:
    """What `down` needs may have gone since `up`: it says so, and keeps the record."""

    def test_docker(self, up: Up, machine: Machine) -> None:
        up(MINIKUBE)
        machine.set(docker=False)
        problem = down_refused(up)
        assert problem.message == "minikube -p todo-stack stop exited 82"
        assert str(problem.fix).startswith("Docker's engine does not answer: start Docker Desktop, or: sudo systemctl")
        assert load_state(up.layout).is_up

    def test_minikube(self, up: Up, machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
        up(MINIKUBE)
        machine.remove("minikube")
        monkeypatch.setenv("PATH", str(machine.folder / "bin"))
        problem = down_refused(up)
        assert problem.message == "minikube is no longer on the PATH"
        assert str(problem.fix).startswith("put its folder back on it, or install it again")
        assert "docker rm -f -v todo-stack, then ./todo down --forget" in str(problem.fix)
        assert load_state(up.layout).is_up
        forget(up)
        assert not load_state(up.layout).is_up


def down_refused(up: Up) -> Problem:
    """The problem that `./todo down` ends with."""
    running = running_engine(up.layout)
    assert running is not None
    with pytest.raises(Problem) as caught:
        running.down(up.steps, data=False)
    return caught.value


def forget(up: Up) -> None:
    """`./todo down --forget`."""
    running = running_engine(up.layout)
    assert isinstance(running, ClusterEngine)
    running.forget()


def test_a_release_that_could_not_be_looked_at_is_not_taken_for_none(up: Up, machine: Machine) -> None:
    """Else `down` would forget a stack that still runs."""
    machine.set(minikube="running", context="dev")
    up(ON_DEV)
    said = "Error: Kubernetes cluster unreachable: net/http: TLS handshake timeout"
    machine.set(helm_status_says=said)
    engine = running_engine(up.layout)
    assert engine is not None
    with pytest.raises(Problem) as caught:
        engine.down(up.steps, data=True)
    assert caught.value.details == (said,)
    assert load_state(up.layout).is_up


def test_a_broken_record_names_its_file(layout: Layout) -> None:
    save_state(layout, RunState())
    Path(layout.home / "run.json").write_text("{")
    with pytest.raises(Problem) as caught:
        load_state(layout)
    assert f"rm {layout.home / 'run.json'}" in str(caught.value.fix)
