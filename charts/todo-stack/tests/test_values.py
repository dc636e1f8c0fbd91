"""The values: a schema that refuses slips, a README that tells them all."""

import json

import pytest
import yaml
from conftest import CHART, EXISTING, Chart, Object
from values_table import documented, table

README = CHART / "README.md"


@pytest.mark.parametrize(
    ("option", "told"),
    [
        ("enviroment=local", "enviroment"),
        ("environment=staging", "environment"),
        ("backend.replica=3", "replica"),
        ("backend.replicas=1", "replicas"),
        ("backend.image.tga=x", "tga"),
        ("frontend.service.type=Nodeport", "type"),
        ("frontend.service.nodePort=70000", "nodePort"),
        ("secrets.values.DATABASE_URL=x", "DATABASE_URL"),
        ("assistant.provider=magic", "provider"),
        ("backend.resources.request.cpu=1", "request"),
        ("backend.env.BAD-NAME=x", "BAD-NAME"),
        ("backend.probes.readiness.timeout=1", "timeout"),
        ("database.demo.password=p@ss", "password"),
        ("backend.image.digest=sha256:abc", "digest"),
    ],
)
def test_a_slip_is_refused_by_name(chart: Chart, option: str, told: str) -> None:
    message = chart.refusal(EXISTING, "--set", option)
    assert "schema" in message
    assert told in message


def _objects(schema: Object, path: str = "") -> dict[str, Object]:
    """Every object of the schema with fixed properties, by its path."""
    found = {path: schema} if "properties" in schema else {}
    for group in ("properties", "definitions"):
        for name, part in schema.get(group, {}).items():
            found |= _objects(part, f"{path}/{name}")
    return found


def test_the_schema_is_closed() -> None:
    schema = json.loads((CHART / "values.schema.json").read_text())
    assert schema["$schema"] == "http://json-schema.org/draft-07/schema#"
    open_objects = [path for path, part in _objects(schema).items() if part.get("additionalProperties") is not False]
    assert not open_objects


def test_every_value_is_documented() -> None:
    values = yaml.safe_load((CHART / "values.yaml").read_text())
    told = {row.name for row in documented()}

    def leaves(value: object, path: str = "") -> set[str]:
        if path in told or not isinstance(value, dict):
            return {path}
        return {leaf for key, item in value.items() for leaf in leaves(item, f"{path}.{key}".lstrip("."))}

    assert leaves(values) == told


def test_the_readme_has_the_current_table() -> None:
    assert table() in README.read_text(), "run: python charts/todo-stack/tests/values_table.py"
