"""Amounts of a resource as Kubernetes writes them: `250m` of a core, `192Mi` of memory."""

import re

MEBIBYTE, GIBIBYTE = 2**20, 2**30
SUFFIXES = {
    "": 1.0, "m": 1e-3, "k": 1e3, "M": 1e6, "G": 1e9, "T": 1e12,
    "Ki": 2.0**10, "Mi": 2.0**20, "Gi": 2.0**30, "Ti": 2.0**40,
}  # fmt: skip


def quantity(text: str) -> float:
    """A Kubernetes quantity such as `250m` or `192Mi` as a number of cores or bytes."""
    # With an exponent or with a suffix, never both.
    found = re.fullmatch(r"([0-9.]+(?:[eE][+-]?[0-9]+(?![A-Za-z]))?)([A-Za-z]*)", text)
    if found is None or found[2] not in SUFFIXES:
        raise ValueError(f"no quantity: {text}")
    return float(found[1]) * SUFFIXES[found[2]]


def as_written(resource: str, amount: float) -> str:
    """An amount as one writes it in a manifest."""
    if resource == "cpu":
        return f"{round(amount * 1000)}m"
    return f"{int(amount / MEBIBYTE)}Mi"
