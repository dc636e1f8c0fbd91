"""Scratch releases leave nothing behind, and are like the stack that they stand beside."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from acceptance import namespaces, scratch_release
from acceptance.scratch_release import merged
from acceptance.stack import Stack

from todo_cli.kube.cluster import Cluster
from todo_cli.programs import Result
from todo_cli.supervisor import start_mark


@dataclass(frozen=True)
class FakeCluster(Cluster):
    """Answers from a table, and writes down what it was asked."""

    answers: dict[str, Any] = field(default_factory=dict)
    asked: list[tuple[str, ...]] = field(default_factory=list)

    def kubectl(self, *arguments: str, **_: Any) -> Result:
        self.asked.append((self.namespace, *arguments))
        if arguments[0] == "create" and self.answers.get("cut off"):
            raise KeyboardInterrupt
        return Result(0, json.dumps(self.answers.get(arguments[1], {})), "")

    def helm(self, *_: str, **__: Any) -> Result:
        return Result(0, json.dumps(self.answers["values"]), "")


def fake(**answers: Any) -> FakeCluster:
    return FakeCluster("kubectl", "helm", "nowhere", "stack", answers=answers)


def test_a_namespace_goes_though_its_making_was_cut_off() -> None:
    cluster = fake(**{"cut off": True})
    with pytest.raises(KeyboardInterrupt), namespaces.temporary(cluster):
        pass
    created, deleted = cluster.asked
    assert created[1] == "create"
    assert deleted[1:3] == ("delete", "namespace")
    assert deleted[3] == deleted[0] == created[0]


def _namespace(process: str, age: timedelta = timedelta()) -> dict[str, Any]:
    made = datetime.now(UTC) - age
    return {
        "metadata": {
            "name": "verify-1",
            "creationTimestamp": made.isoformat(timespec="seconds").replace("+00:00", "Z"),
            "annotations": {namespaces.PROCESS: process},
        }
    }


def _ours(number: int, mark: str | None) -> str:
    return f"{socket.gethostname()}/{number}/{mark}"


@pytest.mark.parametrize(
    ("namespace", "abandoned"),
    [
        (lambda: _namespace(_ours(os.getpid(), start_mark(os.getpid()))), False),
        (lambda: _namespace(_ours(os.getpid(), "of an earlier process")), True),
        (lambda: _namespace("elsewhere/1/mark"), False),
        (lambda: _namespace("elsewhere/1/mark", timedelta(hours=2)), True),
        (lambda: _namespace("", timedelta(hours=2)), True),
    ],
)
def test_only_what_nobody_works_with_is_swept(namespace: Callable[[], dict[str, Any]], abandoned: bool) -> None:
    cluster = fake(namespaces={"items": [namespace()]})
    namespaces.sweep(cluster)
    assert any("delete" in asked for asked in cluster.asked) is abandoned


def test_a_way_in_ends_with_the_process_that_opened_it(tmp_path: Path) -> None:
    """Also when that one is killed, so that it cannot end anything."""
    pids = tmp_path / "pids"
    kubectl = tmp_path / "kubectl"
    kubectl.write_text(f"#!/bin/sh\necho $$ >>{pids}\nexec sleep 600\n")
    kubectl.chmod(0o755)
    program = f"""
import sys, time
sys.path[:0] = {sys.path!r}
from acceptance.scratch_release import forwarded
from todo_cli.kube.cluster import Cluster
Cluster.get = lambda *_: {{"spec": {{"ports": [{{"port": 3000}}]}}}}
with forwarded(Cluster({str(kubectl)!r}, "helm", "context", "namespace")):
    time.sleep(600)
"""
    with subprocess.Popen([sys.executable, "-c", program]) as parent:
        _until(lambda: pids.exists() and pids.read_text().strip())
        os.kill(parent.pid, signal.SIGKILL)
    forward = int(pids.read_text().split()[0])
    _until(lambda: start_mark(forward) is None)
    time.sleep(1)  # as long as it would take to start another one
    assert len(pids.read_text().split()) == 1


def _until(holds: Callable[[], object]) -> None:
    deadline = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_a_trial_runs_as_the_stack_does_but_for_what_is_bound_to_it(tmp_path: Path) -> None:
    values = {
        "environment": "production",
        "imagePullSecrets": [{"name": "login"}],
        "secrets": {"existingSecret": "keys", "values": {"openaiApiKey": "sk-real"}},
        "ingress": {"enabled": True, "host": "todo.example.com"},
        "backend": {
            "replicas": 5,
            "image": {"repository": "registry.example.com/backend", "digest": "sha256:1"},
            "nodeSelector": {"disk": "fast"},
            "tolerations": [{"key": "todo"}],
            "resources": {"limits": {"memory": "1Gi"}, "requests": {"cpu": "2"}},
            "env": {"FROM_THERE": {"valueFrom": {"configMapKeyRef": {"name": "settings", "key": "one"}}}},
        },
        "frontend": {"publicUrl": "https://todo.example.com", "service": {"nodePort": 30080}},
        "database": {"demo": {"password": "known", "image": {"repository": "registry.example.com/postgres"}}},
    }
    deployed = {"spec": {"template": {"spec": {"containers": [{"imagePullPolicy": "Always"}]}}}}
    cluster = fake(values=values, deployment=deployed)
    made = scratch_release.values(scratch_release._own_values(Stack(cluster, "http://localhost", tmp_path)), "verify-1")
    assert made["imagePullSecrets"] == values["imagePullSecrets"]
    assert made["backend"] == {
        "image": {"repository": "registry.example.com/backend", "digest": "sha256:1", "pullPolicy": "Always"},
        "nodeSelector": {"disk": "fast"},
        "tolerations": [{"key": "todo"}],
        "resources": {"limits": {"memory": "1Gi"}, "requests": {"cpu": scratch_release.LITTLE_CPU}},
    }
    assert made["environment"] == "local"
    assert "ingress" not in made
    assert made["frontend"]["service"] == {"nodePort": 0}
    assert "publicUrl" not in made["frontend"]
    assert made["database"]["demo"]["image"] == {"repository": "registry.example.com/postgres"}
    assert "sk-real" not in json.dumps(made)
    assert "known" not in json.dumps(made)


def test_values_are_merged_as_helm_does() -> None:
    assert merged({"a": {"b": 1, "c": [1]}}, {"a": {"c": [2]}, "d": 3}) == {"a": {"b": 1, "c": [2]}, "d": 3}
