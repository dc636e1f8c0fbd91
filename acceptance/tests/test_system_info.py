"""What a report tells of where it was made never keeps the report from being written."""

from pathlib import Path
from typing import Any

import pytest
from acceptance import system_info
from acceptance.stack import Stack
from acceptance.system_info import describe

from todo_cli.errors import Problem
from todo_cli.kube.cluster import Cluster


@pytest.fixture
def stack(tmp_path: Path) -> Stack:
    """One that is gone."""
    return Stack(Cluster("kubectl", "helm", "somewhere", "a-namespace"), "http://localhost:1", tmp_path)


def node(memory: str) -> dict[str, Any]:
    """A node as kubectl shows it."""
    info = {"osImage": "Debian", "containerRuntimeVersion": "containerd://2"}
    return {"status": {"nodeInfo": info, "capacity": {"cpu": "2", "memory": memory}}}


def test_what_is_gone_is_left_out(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(*_: object, **__: object) -> None:
        raise Problem("not found")

    for name in ("kubectl", "helm", "get"):
        monkeypatch.setattr(Cluster, name, gone)
    monkeypatch.setattr(system_info, "capture", gone)
    found = describe(stack)
    assert found["Context and namespace"] == "somewhere, a-namespace"
    assert found.keys() == {"Public address", "Context and namespace", "Machine"}


@pytest.mark.parametrize(
    ("memory", "reported"),
    [("25165824Ki", "24 GiB"), ("24Gi", "24 GiB"), ("25769803776", "24 GiB"), ("24e9m", "24e9m")],
)
def test_memory_is_told_whatever_its_unit(
    stack: Stack, monkeypatch: pytest.MonkeyPatch, memory: str, reported: str
) -> None:
    monkeypatch.setattr(Cluster, "items", lambda *_, **__: [node(memory)])
    monkeypatch.setattr(Cluster, "get", lambda *_, **__: {})
    for name in ("kubectl", "helm"):
        monkeypatch.setattr(Cluster, name, lambda *_, **__: (_ for _ in ()).throw(Problem("no")))
    assert describe(stack)["Nodes"].endswith(reported)
