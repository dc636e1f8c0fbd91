"""`null`, Helm's way to drop a default: each value of the schema is then as if it were not given, or is asked for by name."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
import yaml
from conftest import CHART, EVERYTHING, GIVEN, Chart, Object, Rendered, assert_known, merged

SCHEMA: Object = json.loads((CHART / "values.schema.json").read_text())
DEFAULTS: Object = yaml.safe_load((CHART / "values.yaml").read_text())
#: Every object that the chart can make, and no value whose loss makes another one necessary.
WITHOUT_NEEDS = merged(EVERYTHING, GIVEN)
#: What the chart cannot do without, so that it asks for it. Whatever else is dropped is left out of the objects.
NEEDED = {
    "environment",
    *(
        f"{tier}{value}"
        for tier in ("backend", "frontend")
        for value in ("", ".replicas", ".image", ".image.repository", ".service", ".service.port", ".drainSeconds",
                      ".shutdownTimeoutSeconds")
    ),
    "database.demo.image", "database.demo.image.repository",
    "podDisruptionBudget.maxUnavailable",
    "networkPolicy.database", "networkPolicy.database.port", "networkPolicy.mail", "networkPolicy.mail.port",
    "aiops.kagent.namespace",
}  # fmt: skip
#: The keys of the application: the chart names those that are missing, and how to set them.
KEYS = {"secrets", "secrets.values", "secrets.values.betterAuthSecret"}
RAW = re.compile(r"error calling|nil pointer|YAML parse error|executing \"|interface \{\}|wrong type|<nil>")


def _resolved(part: Object) -> Object:
    reference = part.get("$ref", "").rpartition("/")[2]
    return SCHEMA["definitions"][reference] if reference else part


def _paths(part: Object, above: tuple[str, ...] = ()) -> Iterator[str]:
    """Every value that the schema names, groups too."""
    for name, below in _resolved(part).get("properties", {}).items():
        yield ".".join((*above, name))
        yield from _paths(below, (*above, name))


def _maps(part: Object, above: tuple[str, ...] = ()) -> Iterator[str]:
    """Every map of the schema whose keys are the user's."""
    part = _resolved(part)
    if isinstance(part.get("additionalProperties"), dict):
        yield ".".join(above)
    for name, below in part.get("properties", {}).items():
        yield from _maps(below, (*above, name))


def _nested(path: str, value: object) -> Object:
    for key in reversed(path.split(".")):
        value = {key: value}
    assert isinstance(value, dict)
    return value


def _value(values: Object, path: str) -> object:
    found: Any = values
    for key in path.split("."):
        found = found.get(key) if isinstance(found, dict) else None
    return found


def _says_something(value: object) -> bool:
    """Is a default more than an empty one, or a group of empty ones?"""
    return any(map(_says_something, value.values())) if isinstance(value, dict) else bool(value)


def _nulls(value: object) -> bool:
    if isinstance(value, dict | list):
        return any(_nulls(inner) for inner in (value.values() if isinstance(value, dict) else value))
    return value is None


@pytest.fixture(scope="module")
def usual(chart: Chart) -> Rendered:
    return chart.render(WITHOUT_NEEDS)


PATHS = sorted(_paths(SCHEMA))
#: Single values that are empty anyway. The templates go the same way without one, as they only ask whether it is: none
#: hides another, and one render without all of them is that without each.
EMPTY = [
    path
    for path in PATHS
    if not any(other.startswith(f"{path}.") for other in PATHS)
    and not any(_value(merged(DEFAULTS, values), path) for values in (WITHOUT_NEEDS, GIVEN))
]


def _without(path: str, values: Object) -> Object:
    return merged(values, *(_nested(dropped, None) for dropped in (EMPTY if path in EMPTY else [path])))


@pytest.mark.parametrize("path", [path for path in PATHS if path not in NEEDED | KEYS])
def test_a_dropped_default_is_gone(chart: Chart, usual: Rendered, path: str) -> None:
    values = WITHOUT_NEEDS
    if path == "ingress.host":  # a certificate belongs to one
        values = merged(values, {"ingress": {"tlsSecretName": ""}})
    made = chart.render(_without(path, values))
    changed = [item for item in made if item not in usual]
    assert not _nulls(changed)
    for item in changed:
        assert_known(item, "1.34")
    if _says_something(_value(DEFAULTS, path)) and not path.startswith("secrets"):
        assert list(made) != list(usual), f"{_value(DEFAULTS, path)} is still there"


@pytest.mark.parametrize("path", sorted(NEEDED))
def test_what_is_needed_is_asked_for_by_name(chart: Chart, path: str) -> None:
    said = chart.refusal(merged(WITHOUT_NEEDS, _nested(path, None)))
    assert f"{path.rpartition('.')[2]} is required" in said
    assert path.rpartition(".")[0] in said
    assert not RAW.search(said)


@pytest.mark.parametrize("path", sorted(KEYS))
def test_keys_that_are_dropped_are_missing_keys(chart: Chart, path: str) -> None:
    said = chart.refusal(merged(WITHOUT_NEEDS, _nested(path, None)))
    assert "BETTER_AUTH_SECRET is missing" in said
    assert not RAW.search(said)


@pytest.mark.parametrize("path", PATHS)
def test_no_dropped_default_ends_in_an_error_of_the_templates(chart: Chart, path: str) -> None:
    """On the least that installs, where other values are needed than with every object."""
    result = chart.template(_without(path, GIVEN))
    assert not RAW.search(result.stdout + result.stderr)


def test_the_needed_values_are_values() -> None:
    assert set(PATHS) >= NEEDED | KEYS
    assert len(PATHS) > 150, "the test reads another schema"
    assert len(EMPTY) > 50, "the test reads other values"


@pytest.mark.parametrize("path", sorted(_maps(SCHEMA)))
def test_a_dropped_key_of_a_map_is_as_if_it_were_never_there(chart: Chart, usual: Rendered, path: str) -> None:
    """One values file sets a variable or a label, a later one drops it."""
    name = "EXAMPLE" if path.endswith(".env") else "example.com/key"
    made = chart.render(merged(WITHOUT_NEEDS, _nested(path, {name: None})))
    assert list(made) == list(usual)
