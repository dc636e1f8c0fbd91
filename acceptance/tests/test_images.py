"""An image is weighed above the base that its labels name; where Docker cannot tell, that is said with the command."""

import json
from pathlib import Path
from typing import Any

import pytest
from acceptance.checks import images
from acceptance.contention import Contention
from acceptance.findings import Figure
from acceptance.inspection import Inspection, Measure
from acceptance.stack import Stack

from todo_cli.errors import Problem
from todo_cli.kube.cluster import Cluster
from todo_cli.programs import ProgramFailed

BASE, OWN = ["sha256:base"], ["sha256:base", "sha256:own"]
MIRRORED = "registry.example.com/library/python:3.13-slim"
MEASURE = Measure(lambda *_: None)


class Docker:
    """Knows images by name: labels, layers, and the sizes of these."""

    def __init__(self, **labels: str) -> None:
        self.labels = {f"org.opencontainers.image.base.{name}": value for name, value in labels.items()}
        self.layers = {"image": OWN}
        self.builds: list[tuple[str, ...]] = []
        self.slow = False

    def __call__(self, *words: str, **_: Any) -> str:
        if words[0] == "build":
            self.builds.append(words)
            if self.slow and len(self.builds) == 2:
                raise ProgramFailed(["docker", *words], None, "")
            return ""
        image = words[-1]
        if "Labels" in " ".join(words):
            return json.dumps(self.labels)
        if words[0] == "history":
            return "\n".join(["100000000"] * len(self.layers[image]))
        return json.dumps(self.layers[image])


@pytest.fixture
def inspection(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Inspection:
    monkeypatch.setattr(images, "local_image", lambda *_: "image")
    monkeypatch.setattr(images, "docker_problem", lambda: None)
    (tmp_path / "backend" / "src" / "todo_backend").mkdir(parents=True)
    stack = Stack(Cluster("kubectl", "helm", "nowhere", "nothing"), "http://localhost:1", tmp_path)
    return Inspection(stack)


def _use(monkeypatch: pytest.MonkeyPatch, inspection: Inspection, docker: Docker) -> None:
    monkeypatch.setattr(inspection, "docker", docker)
    monkeypatch.setattr(images, "in_docker", lambda name: name in docker.layers)


@pytest.mark.parametrize(
    ("labels", "base"),
    [
        ({}, "python:3.13-slim"),
        ({"name": "python:3.13-slim"}, "python:3.13-slim"),
        ({"name": MIRRORED}, MIRRORED),
        ({"name": f"{MIRRORED}@sha256:1", "digest": "sha256:1"}, f"{MIRRORED}@sha256:1"),
    ],
)
def test_only_what_is_above_the_base_counts(
    inspection: Inspection, monkeypatch: pytest.MonkeyPatch, labels: dict[str, str], base: str
) -> None:
    docker = Docker(**labels)
    docker.layers[base] = BASE
    _use(monkeypatch, inspection, docker)
    measured: list[object] = []
    images._size(inspection, Measure(lambda _, figure: measured.append(figure)), "backend")
    assert measured == [Figure(f"backend above {base}", 100, "MB", 200)]


def test_an_image_on_another_base_fails(inspection: Inspection, monkeypatch: pytest.MonkeyPatch) -> None:
    _use(monkeypatch, inspection, Docker(name="python:3.12"))
    with pytest.raises(pytest.fail.Exception, match=r"rests on python:3\.12"):
        images._size(inspection, MEASURE, "backend")


def test_a_base_that_docker_does_not_have(inspection: Inspection, monkeypatch: pytest.MonkeyPatch) -> None:
    _use(monkeypatch, inspection, Docker(name="python:3.13-slim"))
    with pytest.raises(pytest.skip.Exception, match=r"docker pull python:3\.13-slim"):
        images._size(inspection, MEASURE, "backend")


def test_a_base_that_is_another_one_now(inspection: Inspection, monkeypatch: pytest.MonkeyPatch) -> None:
    docker = Docker()
    docker.layers["python:3.13-slim"] = ["sha256:newer"]
    _use(monkeypatch, inspection, docker)
    with pytest.raises(pytest.skip.Exception, match=r"another python:3.13-slim .* then ./todo up"):
        images._size(inspection, MEASURE, "backend")


@pytest.mark.parametrize(
    ("slow", "contention", "ends"),
    [(False, 1.0, None), (False, 9.0, None), (True, 2.0, pytest.fail.Exception), (True, 4.04, pytest.skip.Exception)],
)
def test_what_is_built_to_be_timed_takes_the_users_options_and_goes(
    inspection: Inspection,
    monkeypatch: pytest.MonkeyPatch,
    slow: bool,
    contention: float,
    ends: type[BaseException] | None,
) -> None:
    docker, removed = Docker(), list[str]()
    docker.slow = slow
    monkeypatch.setattr(Contention, "times", contention)
    _use(monkeypatch, inspection, docker)
    monkeypatch.setattr(images, "capture", lambda command, **_: removed.extend(command[-2:]))
    monkeypatch.setenv("TODO_BUILD_OPTIONS", "--build-arg UV_DEFAULT_INDEX=https://mirror.example.com")
    if ends:
        with pytest.raises(ends, match="not built again within 180 s" + ("$" if contention < 3 else ".* 4.0 times")):
            images._warm_build(inspection, MEASURE, "backend")
    else:
        images._warm_build(inspection, MEASURE, "backend")
    assert all("UV_DEFAULT_INDEX=https://mirror.example.com" in build for build in docker.builds)
    assert removed == [build[-2] for build in docker.builds]
    assert len(set(removed)) == 2, "the second build would take the name of the first, which stays without one"


def test_a_build_that_fails_is_no_slow_one(inspection: Inspection, monkeypatch: pytest.MonkeyPatch) -> None:
    docker, removed = Docker(), list[str]()
    _use(monkeypatch, inspection, docker)
    monkeypatch.setattr(images, "capture", lambda command, **_: removed.extend(command[-2:]))

    def fail(*words: str, **_: Any) -> str:
        raise ProgramFailed(["docker", *words], 1, "no such step")

    monkeypatch.setattr(inspection, "docker", fail)
    with pytest.raises(Problem, match="exited 1"):
        images._warm_build(inspection, MEASURE, "backend")
    assert len(removed) == 2
