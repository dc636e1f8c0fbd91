"""Counting tests, from the JUnit reports that every runner here can write."""

import re
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree import ElementTree

WHY_LENGTH = 300
_ERROR = re.compile(r"\w*Error: ")


@dataclass(frozen=True)
class Counts:
    """How many tests ended how; `failures` names the failed ones and says why, `reasons` why some were skipped."""

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
        if failed := [*case.iter("failure"), *case.iter("error")]:
            total += one_failed(": ".join(filter(None, (name, _why(failed[0], case.get("classname") or "")))))
        elif skipped is not None:
            total += one_skipped(f"{name}: {skipped.get('message') or (skipped.text or 'no reason given').strip()}")
        else:
            total += one_passed()
    if total == Counts():
        return one_failed(f"{report.stem}: no test ran")
    return total


def _why(failed: ElementTree.Element, where: str) -> str:
    """A failure on a line: its message, or, where that only repeats `where` it is, its text from the error on."""
    message, text = failed.get("message") or "", failed.text or ""
    if not message or (where and message.startswith(where)):
        found = _ERROR.search(text)
        message = text[found.start() if found else 0 :]
    line = " ".join(message.split())
    return line if len(line) <= WHY_LENGTH else line[: WHY_LENGTH - 3] + "..."
