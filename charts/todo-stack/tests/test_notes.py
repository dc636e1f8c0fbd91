"""What helm prints after an install: how to reach the application, for each way of publishing it."""

import shutil
from pathlib import Path

import pytest
import yaml
from conftest import CHART, DEMO, EXISTING, Chart, Object, merged

AS_OBJECT = """
kind: Notes
text: {{ tpl (.Files.Get "NOTES.txt") . | quote }}
"""


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The chart with its notes rendered as an object: without a cluster helm shows them in no other way."""
    folder = tmp_path_factory.mktemp("notes") / CHART.name
    shutil.copytree(CHART, folder, ignore=shutil.ignore_patterns("tests"))
    (folder / "templates/NOTES.txt").rename(folder / "NOTES.txt")
    (folder / "templates/notes.yaml").write_text(AS_OBJECT)
    return folder


def _notes(chart: Chart, copy: Path, values: Object) -> str:
    result = chart.run(
        "template", "todo-stack", str(copy), "-n", "space", "-f", "-", "-s", "templates/notes.yaml", values=values
    )
    assert result.returncode == 0, result.stderr
    text: str = yaml.safe_load(result.stdout)["text"]
    return text


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({}, ["environment local", "http://localhost:30080", "minikube ip"]),
        ({"frontend": {"service": {"nodePort": 0}}}, ["get service todo-stack-frontend"]),
        ({"environment": "production"}, ["environment production", "EXTERNAL-IP:3000", "minikube tunnel", "`helm --wait` waits until"]),
        ({"frontend": {"service": {"type": "ClusterIP"}}}, ["port-forward", "http://localhost:30080"]),
        ({"ingress": {"enabled": True, "host": "todo.example.com"}}, ["http://todo.example.com"]),
        (
            {"ingress": {"enabled": True, "host": "todo.example.com", "tlsSecretName": "cert"}},
            ["https://todo.example.com"],
        ),
    ],
)
def test_the_way_to_the_application(chart: Chart, copy: Path, values: Object, told: list[str]) -> None:
    notes = _notes(chart, copy, merged(EXISTING, values))
    for part in told:
        assert part in notes
    for step in ("rollout status", "helm -n space test todo-stack", "Sign up", "describe pods", "rollback"):
        assert step in notes
    assert "demo database" not in notes


@pytest.mark.parametrize(("kind", "said"), [("NodePort", True), ("ClusterIP", True), ("LoadBalancer", False)])
def test_what_an_upgrade_to_a_load_balancer_waits_for_is_said_before_it(
    chart: Chart, copy: Path, kind: str, said: bool
) -> None:
    notes = _notes(chart, copy, merged(EXISTING, {"frontend": {"service": {"type": kind}}}))
    assert ("Before an upgrade to environment=production with --wait, on Minikube:\n  minikube tunnel" in notes) is said


def test_the_readme_says_it_too() -> None:
    section = (CHART / "README.md").read_text().partition("## One switch")[2].partition("## Secrets")[0]
    assert "so start that before `helm upgrade --set\nenvironment=production --wait`" in section


def test_the_demo_database_warns_that_it_forgets(chart: Chart, copy: Path) -> None:
    notes = _notes(chart, copy, DEMO)
    assert "WARNING: the demo database is for trying out" in notes
    assert "built-in assistant" in notes
    assert notes.count("WARNING") == 1
    assert _notes(chart, copy, merged(DEMO, {"environment": "production"})).count("WARNING") == 2


def test_a_public_url_is_the_one_to_sign_in_at(chart: Chart, copy: Path) -> None:
    values = merged(EXISTING, {"frontend": {"publicUrl": "https://todo.example.com"}})
    assert "Sign-in works at https://todo.example.com" in _notes(chart, copy, values)
