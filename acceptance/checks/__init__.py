"""One function for each clause, by subject. Importing this package registers them all."""

from collections.abc import Sequence

from acceptance.checks import (
    availability,
    chart,
    deployment,
    edge_cases,
    exposure,
    images,
    objects,
    secret_changes,
    secret_sources,
    values,
)
from acceptance.running import Check, registered

__all__ = [
    "availability",
    "chart",
    "chosen",
    "deployment",
    "edge_cases",
    "exposure",
    "images",
    "objects",
    "secret_changes",
    "secret_sources",
    "values",
]


def chosen(only: Sequence[str], *, quick: bool) -> list[Check]:
    """The checks of the clauses `only` (all when empty); `quick`: the quick ones alone."""
    found = [check for check in registered() if check.quick or not quick]
    return [check for check in found if not only or set(check.numbers) & set(only)]
