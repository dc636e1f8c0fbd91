"""What is said before an install whose pods cannot all find a place; the nodes are made up here."""

import shutil
from pathlib import Path

import pytest
import yaml
from conftest import CHART, DEMO, EXISTING, Chart, Object, merged

CORE, MEBIBYTE = 1000, 1000 * 2**20
PROBE = """
kind: Probe
said: {{ include "todo-stack.lackOf" (dict "resource" .Values.global.resource "free" .Values.global.free
  "asked" (include "todo-stack.asked" (dict "root" . "resource" .Values.global.resource) | fromYamlArray)) | quote }}
amounts: {{ range .Values.global.amounts }}{{ include "todo-stack.thousandths" . }} {{ end }}
"""


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The chart with a template that lets its helpers speak."""
    folder = tmp_path_factory.mktemp("capacity") / CHART.name
    shutil.copytree(CHART, folder)
    (folder / "templates/probe.yaml").write_text(PROBE)
    return folder


def _probe(chart: Chart, copy: Path, values: Object, **given: object) -> Object:
    values = merged(values, {"global": {"resource": "cpu", "free": [], "amounts": []} | given})
    result = chart.run("template", "t", str(copy), "-f", "-", "-s", "templates/probe.yaml", values=values)
    assert result.returncode == 0, result.stderr
    found: Object = yaml.safe_load(result.stdout)
    return found


def _asking(cpu: str, **frontend: str) -> Object:
    return merged(EXISTING, {"backend": {"resources": {"requests": {"cpu": cpu}}}}, frontend)


@pytest.mark.parametrize(
    ("values", "free", "fits"),
    [
        (_asking("100m"), [300], True),
        (_asking("100m"), [299], False),
        (_asking("1200m"), [2 * CORE], False),
        (_asking("1200m"), [2 * CORE, 2 * CORE], True),
        (_asking("1.2"), [1300, 1300, 50], True),  # the frontend fits beside one of them
        (_asking("1200m"), [2600, 50], True),
        (_asking("1200m"), [1100, 1100, 1100], False),  # enough together, and no place for any
        (_asking("0"), [100], True),
        (DEMO, [400], True),
        (DEMO, [399], False),  # the demo database asks too
    ],
)
def test_what_fits(chart: Chart, copy: Path, values: Object, free: list[int], fits: bool) -> None:
    said = _probe(chart, copy, values, free=free)["said"]
    assert bool(said) != fits, said


@pytest.mark.parametrize(
    ("resource", "free", "told", "value"),
    [
        ("cpu", [1150], "the pods ask 2 x 1200m (backend), 1 x 100m (frontend); the nodes have free 1150m.", "350m"),
        ("cpu", [1150, 800], "the nodes have free 1150m, 800m.", "350m"),
        (
            "memory",
            [2048 * MEBIBYTE],
            "2 x 1536Mi (backend), 1 x 128Mi (frontend); the nodes have free 2048Mi",
            "640Mi",
        ),
    ],
)
def test_the_resource_and_the_value_to_change_are_named(
    chart: Chart, copy: Path, resource: str, free: list[int], told: str, value: str
) -> None:
    asked = {"backend": {"resources": {"requests": {"cpu": "1200m", "memory": "1.5Gi"}}}}
    values = merged(EXISTING, asked)
    said = _probe(chart, copy, values, resource=resource, free=free)["said"]
    assert told in said
    name = f"backend.resources.requests.{resource}"
    assert f"--set {name}={value}" in said
    changed = merged(values, {"backend": {"resources": {"requests": {resource: value}}}})
    assert not _probe(chart, copy, changed, resource=resource, free=free)["said"]
    three = merged(changed, {"backend": {"replicas": 3}})
    assert not _probe(chart, copy, three, resource=resource, free=free)["said"], "a rollout runs one pod more"


@pytest.mark.parametrize(("resource", "free"), [("cpu", 110), ("memory", 300 * MEBIBYTE)])
def test_no_value_is_proposed_that_is_too_little_to_run_with(
    chart: Chart, copy: Path, resource: str, free: int
) -> None:
    said = _probe(chart, copy, _asking("1200m"), resource=resource, free=[free])["said"]
    assert f"Make room, or lower backend.resources.requests.{resource}" in said
    assert "--set" not in said


@pytest.mark.parametrize(
    ("quantity", "thousandths"),
    [("250m", 250), ("1", 1000), ("0.5", 500), (2, 2000), ("192Mi", 192 * MEBIBYTE), ("1.5Gi", 1536 * MEBIBYTE),
     ("129M", 129 * 10**9), ("24607360Ki", 24607360 * 1024 * 1000), (134217728, 134217728000), ("1e3", 10**6), ("?", 0)],
)  # fmt: skip
def test_quantities(chart: Chart, copy: Path, quantity: object, thousandths: int) -> None:
    assert str(_probe(chart, copy, EXISTING, amounts=[quantity])["amounts"]).strip() == str(thousandths)


def test_without_a_cluster_nothing_is_refused(chart: Chart) -> None:
    chart.render(_asking("1000"), "--set", "capacityCheck=on")
