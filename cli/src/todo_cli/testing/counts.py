"""Counting tests, from the JUnit reports that every runner here can write."""

from dataclasses import dataclass, field
from pathlib import Path
from xml.etree import ElementTree


@dataclass(frozen=True)
class Counts:
    """How many tests ended how; `failures` names the failed ones, `reasons` says why some were skipped."""

    passed: int = 0
    failed: int = 0
    skipped: int = 0
    failures: tuple[str, ...] = ()
    reasons: tuple[str, ...] = field(default=())

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(
            self.passed + other.passed,
            self.failed + other.failed,
            self.skipped + other.skipped,
            self.failures + other.failures,
            self.reasons + other.reasons,
        )

    def __str__(self) -> str:
        return f"{self.passed} passed, {self.failed} failed, {self.skipped} skipped"


def one_passed() -> Counts:
    """A check that is one test."""
    return Counts(passed=1)


def one_failed(name: str) -> Counts:
    """A check that is one test, failed."""
    return Counts(failed=1, failures=(name,))


def one_skipped(reason: str) -> Counts:
    """Something that could not run, and why."""
    return Counts(skipped=1, reasons=(reason,))


def read_junit(report: Path) -> Counts:
    """The counts of a JUnit report. A report that is missing or broken is a failure."""
    try:
        root = ElementTree.parse(report).getroot()  # noqa: S314
    except (OSError, ElementTree.ParseError):
        return one_failed(f"no readable report {report.name}")
    total = Counts()
    for case in root.iter("testcase"):
        name = "::".join(part for part in (case.get("classname"), case.get("name")) if part)
        skipped = case.find("skipped")
        if case.find("failure") is not None or case.find("error") is not None:
            total += one_failed(name)
        elif skipped is not None:
            total += one_skipped(f"{name}: {skipped.get('message') or (skipped.text or 'no reason given').strip()}")
        else:
            total += one_passed()
    if total == Counts():
        return one_failed(f"{report.stem}: no test ran")
    return total
