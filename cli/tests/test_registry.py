"""`./todo up --engine kubernetes --registry HOST/PATH`: images go to a registry, for the cluster to pull them."""

from dataclasses import replace

import pytest

from conftest import Machine, Up
from todo_cli.engines.choose import UpOptions, engine_for_up
from todo_cli.engines.registry import checked
from todo_cli.errors import Problem
from todo_cli.settings import Settings
from todo_cli.state import load_state

REGISTRY = "registry.example:5000/me"
BY_REGISTRY = UpOptions(engine="kubernetes", context="dev", registry=REGISTRY, timeout=60)


@pytest.fixture(autouse=True)
def cluster(machine: Machine) -> None:
    machine.set(minikube="running", context="dev")


def images(machine: Machine) -> dict[str, dict[str, str]]:
    """The images that the release was given."""
    values = machine.get("release")["values"]
    return {tier: values[tier]["image"] for tier in ("backend", "frontend")}


def test_both_images_are_pushed_and_pulled_from_there(
    up: Up, machine: Machine, capsys: pytest.CaptureFixture[str]
) -> None:
    up(BY_REGISTRY)
    given, said = images(machine), capsys.readouterr().out
    for tier in ("backend", "frontend"):
        assert given[tier]["repository"] == f"{REGISTRY}/todo-{tier}"
        assert given[tier]["pullPolicy"] == "IfNotPresent"
        name = f"{REGISTRY}/todo-{tier}:{given[tier]['tag']}"
        assert name in machine.get("registry")
        assert f"pushing {name}" in said
        assert f"{name} built and pushed" in said
    assert machine.get("node_images") == [], "nothing is loaded besides"


def test_a_later_up_goes_on_with_it_and_pushes_nothing_twice(
    up: Up, machine: Machine, capsys: pytest.CaptureFixture[str]
) -> None:
    up(BY_REGISTRY)
    before = machine.get("release")
    capsys.readouterr()
    up(UpOptions(timeout=60))
    assert (machine.get("release"), machine.get("installs")) == (before, 1)
    assert f"{images(machine)['backend']['tag']} unchanged" in capsys.readouterr().out


def test_images_that_the_registry_lost_are_pushed_again(up: Up, machine: Machine) -> None:
    up(BY_REGISTRY)
    machine.set(registry=[])
    up(UpOptions(timeout=60))
    assert len(machine.get("registry")) == 2


def test_it_is_left_for_a_load_command(up: Up, machine: Machine) -> None:
    up(BY_REGISTRY)
    up(UpOptions(load_command="true {image}", timeout=60))
    assert images(machine)["backend"]["repository"] == "todo-backend"
    assert load_state(up.layout).registry is None


def test_the_variable_names_it_too(up: Up, machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TODO_REGISTRY", f"{REGISTRY}/")
    up(replace(BY_REGISTRY, registry=None))
    assert images(machine)["frontend"]["repository"] == f"{REGISTRY}/todo-frontend"


@pytest.mark.parametrize(
    ("said", "message", "fix"),
    [
        ("denied: requested access to the resource is denied", "registry.example:5000 refuses the push",
         "docker login registry.example:5000"),
        ("unauthorized: authentication required", "registry.example:5000 refuses the push",
         "docker login registry.example:5000"),
        ('Get "https://registry.example:5000/v2/": dial tcp: lookup registry.example: no such host',
         "the registry registry.example:5000 cannot be reached", "curl -sS https://registry.example:5000/v2/"),
        ('Get "https://registry.example:5000/v2/": dial tcp 10.0.0.1:5000: connect: connection refused',
         "the registry registry.example:5000 cannot be reached", "curl -sS https://registry.example:5000/v2/"),
        ('Get "https://registry.example:5000/v2/": http: server gave HTTP response to HTTPS client',
         "registry.example:5000 speaks plain HTTP", '"insecure-registries": ["registry.example:5000"]'),
        ('Get "https://registry.example:5000/v2/": x509: certificate signed by unknown authority',
         "Docker does not trust the certificate", "/etc/docker/certs.d/registry.example:5000/ca.crt"),
        ("name unknown: The repository with name 'todo-backend' does not exist in the registry",
         f"registry.example:5000 has no repository {REGISTRY}/todo-backend", "make it there"),
        ("blob upload unknown", f"{REGISTRY}/todo-backend:", "push.log"),
    ],
)  # fmt: skip
def test_a_push_that_fails_names_what_mends_it(up: Up, machine: Machine, said: str, message: str, fix: str) -> None:
    machine.set(push_says=said)
    problem = up.refused(BY_REGISTRY)
    assert problem.message.startswith(message)
    assert fix in str(problem.fix)
    assert said in problem.details
    assert machine.get("release") is None


@pytest.mark.parametrize("name", ["ghcr.io/me", "docker.io/me", "localhost:5000", "127.0.0.1:5000/a/b-c", "r.example"])
def test_what_is_a_registry(name: str) -> None:
    assert checked(name) == name


@pytest.mark.parametrize("name", ["me", "https://ghcr.io/me", "ghcr.io/Me", "ghcr.io//me", "ghcr.io/me:latest", "/me"])
def test_what_is_none(name: str) -> None:
    with pytest.raises(Problem, match="is no registry") as caught:
        checked(name)
    assert "--registry HOST/PATH" in str(caught.value.fix)


class TestChoice:
    def refused(self, up: Up, options: UpOptions) -> str:
        with pytest.raises(Problem) as caught:
            engine_for_up(up.layout, Settings(up.layout.env_file, False, {}), options)
        return caught.value.message

    def test_a_registry_asked_for_means_a_cluster_of_the_users(self, up: Up) -> None:
        assert (
            "Engine: kubernetes"
            in engine_for_up(up.layout, Settings(up.layout.env_file, False, {}), UpOptions(registry=REGISTRY))[1]
        )

    @pytest.mark.parametrize("variable", ["TODO_REGISTRY", "TODO_LOAD_COMMAND"])
    def test_a_variable_chooses_no_engine(self, up: Up, monkeypatch: pytest.MonkeyPatch, variable: str) -> None:
        monkeypatch.setenv(variable, "registry.example/{image}")
        why = engine_for_up(up.layout, Settings(up.layout.env_file, False, {}), UpOptions())[1]
        assert why.startswith("Engine: minikube")

    def test_other_engines_have_no_use_for_it(self, up: Up) -> None:
        for engine in ("minikube", "process"):
            message = self.refused(up, UpOptions(engine=engine, registry=REGISTRY))  # type: ignore[arg-type]
            assert "are for the kubernetes engine" in message

    def test_both_ways_at_once_are_refused(self, up: Up) -> None:
        asked = UpOptions(engine="kubernetes", registry=REGISTRY, load_command="true {image}")
        assert "not both" in self.refused(up, asked)
