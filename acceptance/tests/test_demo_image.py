"""A scratch release needs the demo database's image: looked for, loaded, or said to be missing, before any timing."""

import json
from typing import Any

import pytest
from acceptance import demo_image

from todo_cli.kube.cluster import Cluster
from todo_cli.programs import Result

VALUES = {"database": {"demo": {"image": {"tag": "17.2"}}}}
REFUSED = {"containerStatuses": [{"state": {"waiting": {"reason": "ErrImagePull", "message": "no such host"}}}]}


class Node(Cluster):
    """One that has the image once it was loaded."""

    loaded = False

    def kubectl(self, *_: str, **__: Any) -> Result:
        status = {"phase": "Succeeded"} if Node.loaded else REFUSED
        return Result(0, json.dumps({"status": status}), "")


def _node(image_command: str = "") -> Node:
    return Node("kubectl", "helm", "nowhere", "nothing", image_command=image_command)


@pytest.fixture
def commands(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is run to load it."""
    ran: list[str] = []

    def run(command: list[str], **_: Any) -> Result:
        ran.append(command[-1])
        Node.loaded = True
        return Result(0, "", "")

    monkeypatch.setattr(Node, "loaded", False)
    monkeypatch.setattr(demo_image, "capture", run)
    monkeypatch.setattr(demo_image, "in_docker", lambda _: True)
    return ran


def test_one_that_is_there_is_left_alone(monkeypatch: pytest.MonkeyPatch, commands: list[str]) -> None:
    monkeypatch.setattr(Node, "loaded", True)
    demo_image.bring(_node("load {image}"), VALUES)
    assert commands == []


def test_one_that_docker_has_is_loaded(commands: list[str]) -> None:
    demo_image.bring(_node("load {image}"), VALUES)
    assert commands == ["load postgres:17.2"]


def test_one_that_is_nowhere_to_be_had_is_told_with_the_command(
    monkeypatch: pytest.MonkeyPatch, commands: list[str]
) -> None:
    monkeypatch.setattr(demo_image, "in_docker", lambda _: False)
    with pytest.raises(pytest.skip.Exception, match=r"no such host.*docker pull postgres:17.2; load postgres:17.2"):
        demo_image.bring(_node("load {image}"), VALUES)
    assert commands == []
