"""The scenarios in `ci/`: each renders, is linted, and has no field that a supported Kubernetes does not know."""

import subprocess
from pathlib import Path

import kubernetes_validate
import pytest
from conftest import CHART, EVERYTHING, Chart, Rendered, assert_known, program

SCENARIOS = sorted(CHART.glob("ci/*-values.yaml"))
EXAMPLES = [CHART / "values-local.yaml", CHART / "values-production.yaml"]
SECRET = "--set-string=secrets.values.betterAuthSecret=a-secret-of-at-least-thirty-two-characters"
SCHEMAS = Path(kubernetes_validate.__file__).parent / "kubernetes-json-schema"
#: Every Kubernetes from 1.28 whose schema is here, oldest first.
VERSIONS = [
    f"1.{minor}"
    for minor in sorted(int(folder.name.split(".")[1]) for folder in SCHEMAS.glob("v1.*-local-strict"))
    if minor >= 28
]


#: What kube-score asks for and the chart does not do, with the reason.
KUBE_SCORE_EXCEPTIONS = {
    "container-image-pull-policy": "`environment` decides: local images are loaded into the node",
    "container-ephemeral-storage-request-and-limit": "the root is read-only, and each emptyDir has its own limit",
    "container-security-context-user-group-id": "999 is the user of the PostgreSQL image",
    "pod-networkpolicy": "off by default: not every network enforces them, and the database's address is the user's",
    "deployment-has-host-podantiaffinity": "topology spread does it, in a way that one node can satisfy",
    "deployment-replicas": "one demo database by nature; one frontend by default, more by a value",
    "deployment-strategy": "two demo databases at once would each have half of the data",
    "pod-probes-identical": "the demo database is alive when it answers, and then it is ready",
    "service-type": "the way into a local cluster is a node port",
}


def _render(chart: Chart, file: Path, *options: str) -> Rendered:
    extra = [SECRET] if file in EXAMPLES else []
    return chart.render({}, "-f", str(file), *extra, *options)


@pytest.mark.parametrize("file", SCENARIOS, ids=lambda file: file.stem)
def test_helm_lints_it(chart: Chart, file: Path) -> None:
    result = chart.run("lint", "--strict", str(CHART), "-f", str(file))
    assert result.returncode == 0, result.stdout + result.stderr
    assert "[WARNING]" not in result.stdout


@pytest.mark.parametrize("file", [*SCENARIOS, *EXAMPLES], ids=lambda file: file.stem)
def test_helm_4_lints_it_and_renders_the_same(chart: Chart, helm_4: Chart, file: Path) -> None:
    extra = [SECRET] if file in EXAMPLES else []
    result = helm_4.run("lint", "--strict", str(CHART), "-f", str(file), *extra)
    assert result.returncode == 0, result.stdout + result.stderr
    assert "[WARNING]" not in result.stdout
    assert list(_render(helm_4, file)) == list(_render(chart, file))


def test_helm_4_refuses_in_the_same_words(chart: Chart, helm_4: Chart) -> None:
    assert (
        helm_4.refusal({}).partition("without its secrets")[2] == chart.refusal({}).partition("without its secrets")[2]
    )


@pytest.mark.parametrize("file", [*SCENARIOS, *EXAMPLES], ids=lambda file: file.stem)
def test_the_oldest_and_the_newest_kubernetes_know_every_field(chart: Chart, file: Path) -> None:
    for version in (VERSIONS[0], VERSIONS[-1]):
        for item in _render(chart, file, "--kube-version", version):
            assert_known(item, version)


@pytest.mark.parametrize("version", VERSIONS)
def test_every_kubernetes_knows_every_field(chart: Chart, version: str) -> None:
    for item in chart.render(EVERYTHING, "--kube-version", version):
        assert_known(item, version)


def test_schemas_of_all_versions_are_here() -> None:
    assert VERSIONS[0] == "1.28"
    assert len(VERSIONS) >= 10


@pytest.mark.parametrize("file", SCENARIOS, ids=lambda file: file.stem)
def test_kube_score_is_content(chart: Chart, file: Path) -> None:
    kube_score = program("KUBE_SCORE", "go install github.com/zegl/kube-score/cmd/kube-score@v1.20.0")
    result = chart.template({}, "-f", str(file))
    ignored = [option for check in KUBE_SCORE_EXCEPTIONS for option in ("--ignore-test", check)]
    score = subprocess.run(
        # A CPU limit only slows starting pods down.
        [kube_score, "score", "-", "--output-format", "ci", "--ignore-container-cpu-limit", *ignored],
        input=result.stdout, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert score.stdout, score.stderr
    bad = [line for line in score.stdout.splitlines() if line.startswith(("[CRITICAL]", "[WARNING]"))]
    assert not bad, "\n".join(bad)


@pytest.mark.parametrize(("name", "annotation"), [("nginx", "nginx.ingress.kubernetes.io/"), ("traefik", "traefik.")])
def test_ingress_examples_let_streams_pass(chart: Chart, name: str, annotation: str) -> None:
    ingress = _render(chart, CHART / f"ci/ingress-{name}-values.yaml").one("Ingress", "todo-stack-frontend")
    annotations = {k: v for k, v in ingress["metadata"]["annotations"].items() if k.startswith(annotation)}
    assert annotations
    if name == "nginx":
        assert annotations["nginx.ingress.kubernetes.io/proxy-buffering"] == "off"
        assert int(annotations["nginx.ingress.kubernetes.io/proxy-read-timeout"]) >= 600
    readme = (CHART / "README.md").read_text()
    assert all(key in readme for key in annotations), "the README shows the same annotations"
