"""What only a cluster can tell: secrets that are there already, and admission to a restricted namespace.

Nothing is started. It makes a namespace in the current context, so it asks to be wanted: CHART_TEST_CLUSTER=1.
"""

import json
import os
import subprocess
import uuid
from collections.abc import Iterator

import pytest
import yaml
from conftest import AUTH_SECRET, CHART, DEMO, EXISTING, Chart, Object, merged

pytestmark = pytest.mark.skipif(
    os.environ.get("CHART_TEST_CLUSTER") != "1", reason="needs a cluster: CHART_TEST_CLUSTER=1 uses the current context"
)


def _kubectl(*arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(["kubectl", *arguments], input=stdin, capture_output=True, text=True, check=True)


@pytest.fixture
def namespace() -> Iterator[str]:
    """An empty namespace that enforces the `restricted` pod security standard."""
    name = f"chart-test-{uuid.uuid4().hex[:8]}"
    levels = {f"pod-security.kubernetes.io/{mode}": "restricted" for mode in ("enforce", "warn")}
    metadata = {"name": name, "labels": levels}
    _kubectl("apply", "-f", "-", stdin=json.dumps({"apiVersion": "v1", "kind": "Namespace", "metadata": metadata}))
    yield name
    _kubectl("delete", "namespace", name, "--wait=false")


def _secret(namespace: str, name: str, **values: str) -> None:
    """Make a Secret, marked as the release's, as one that an earlier install made."""
    owner = {"meta.helm.sh/release-name": "todo-stack", "meta.helm.sh/release-namespace": namespace}
    labels = {"app.kubernetes.io/managed-by": "Helm"}
    metadata = {"name": name, "namespace": namespace, "annotations": owner, "labels": labels}
    secret = {"apiVersion": "v1", "kind": "Secret", "metadata": metadata, "stringData": values}
    _kubectl("apply", "-f", "-", stdin=json.dumps(secret))


def _install(chart: Chart, namespace: str, values: Object) -> subprocess.CompletedProcess[str]:
    """What `helm install` would do, asking the cluster."""
    options = ["--dry-run=server", "-n", namespace, "-f", "-"]
    return chart.run("template", "todo-stack", str(CHART), *options, values=values)


def test_an_existing_secret_that_cannot_work_is_refused_by_name(chart: Chart, namespace: str) -> None:
    _secret(namespace, "keys", DATABASE_URL="mysql://hunter2", BETTER_AUTH_SECRET="hunter2")
    result = _install(chart, namespace, EXISTING)
    assert result.returncode != 0
    for problem in ("DATABASE_URL is malformed", "OPENAI_API_KEY is missing", "BETTER_AUTH_SECRET is too short"):
        assert problem in result.stderr
    assert f"kubectl -n {namespace} patch secret keys" in result.stderr
    assert "hunter2" not in result.stderr


def test_an_existing_secret_may_be_right_or_come_later(chart: Chart, namespace: str) -> None:
    assert _install(chart, namespace, EXISTING).returncode == 0
    values = {"DATABASE_URL": "postgresql://u:p@h/d", "OPENAI_API_KEY": "sk-1", "BETTER_AUTH_SECRET": AUTH_SECRET}
    _secret(namespace, "keys", **values)
    assert _install(chart, namespace, EXISTING).returncode == 0


def test_the_demo_password_is_kept(chart: Chart, namespace: str) -> None:
    _secret(namespace, "todo-stack-database", POSTGRES_PASSWORD="kept")
    rendered = yaml.safe_load_all(_install(chart, namespace, DEMO).stdout)
    (data,) = [o["data"] for o in rendered if o and o["metadata"]["name"] == "todo-stack-database" and "data" in o]
    assert data["POSTGRES_PASSWORD"] == "a2VwdA=="


def test_a_restricted_namespace_admits_every_object(chart: Chart, namespace: str) -> None:
    everything = {
        "ingress": {"enabled": True},
        "networkPolicy": {"enabled": True},
        "frontend": {"service": {"nodePort": 0}},
    }
    manifests = _install(chart, namespace, merged(DEMO, everything)).stdout
    result = _kubectl("apply", "--dry-run=server", "-n", namespace, "-f", "-", stdin=manifests)
    assert result.stdout.count("created (server dry run)") == 12
    assert "Warning" not in result.stderr, result.stderr
