"""Values of the chart: its own, and those that the user gives `up` beside them."""

import copy
import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from todo_cli.errors import EXIT_USAGE, Problem
from todo_cli.kube.cluster import Cluster, Json

KEY = r"(?:\\.|[^.\\])+"  # a dot that belongs to a key has a backslash in front, as for Helm


def kept(before: Mapping[str, str], assignments: Iterable[str]) -> dict[str, str]:
    """The values by their path: those from before, and over them `PATH=VALUE`; an empty value is forgotten."""
    values = dict(before)
    for assignment in assignments:
        path, equals, text = assignment.partition("=")
        if not equals or not re.fullmatch(rf"{KEY}(\.{KEY})*", path):
            example = "./todo up --set backend.resources.requests.cpu=200m"
            raise Problem(f"--set takes PATH=VALUE, not {assignment}", fix=example, exit_code=EXIT_USAGE)
        if path == "backend.replicas":
            raise Problem("the replicas are kept by scale", fix=f"./todo scale {text or 2}", exit_code=EXIT_USAGE)
        values[path] = text
    return {path: text for path, text in values.items() if text}


def lay_over(values: Json, given: Mapping[str, str]) -> Json:
    """The chart's values with the given ones over them; each is JSON, or else a text."""
    laid = copy.deepcopy(values)
    for path, text in given.items():
        *folders, last = [re.sub(r"\\(.)", r"\1", key) for key in re.findall(KEY, path)]
        place = laid
        for folder in folders:
            if not isinstance(place.get(folder), dict):
                place[folder] = {}
            place = place[folder]
        place[last] = _value(text)
    return laid


def with_defaults(cluster: Cluster, chart: Path, values: Json) -> Json:
    """The values, and the chart's own for the rest."""
    return _merged(json.loads(cluster.helm("show", "values", str(chart), "--jsonpath", "{}").stdout), values)


def _merged(values: Json, over: Json) -> Json:
    merged = dict(values)
    for key, value in over.items():
        below = merged.get(key)
        merged[key] = _merged(below, value) if isinstance(below, dict) and isinstance(value, dict) else value
    return merged


def _value(text: str) -> object:
    try:
        return json.loads(text)
    except ValueError:
        return text
