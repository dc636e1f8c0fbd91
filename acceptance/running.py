"""Running checks: in order, within a time budget, each with its verdict and what was seen."""

import re
import time
import traceback
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from acceptance.inspection import Figure, Inspection
from acceptance.scratch_release import ScratchReleases
from acceptance.specification import CLAUSES, Clause
from acceptance.stack import Stack
from acceptance.verdicts import Failed, NotApplicable
from todo_cli.errors import Problem

Look = Callable[[Inspection], None]

WHOLE_RUN_SECONDS = 300.0
# Colours of programs that were asked; and what no report may hold, XML's least of all.
_ESCAPES = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-_])")
_UNPRINTABLE = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class Verdict(StrEnum):
    """What a check says of its clause."""

    PASS = "pass"  # noqa: S105 (a verdict)
    FAIL = "fail"
    NOT_APPLICABLE = "n/a"
    NOT_RUN = "not run"


@dataclass(frozen=True)
class Check:
    """How clauses are checked: by a function. A `quick` one neither disturbs nor installs nor builds."""

    numbers: tuple[str, ...]
    look: Look
    quick: bool

    @property
    def how(self) -> str:
        """What is looked at, in words."""
        return " ".join((self.look.__doc__ or "").split())


@dataclass(frozen=True)
class Finding:
    """What a check found of one clause."""

    clause: Clause
    verdict: Verdict
    how: str
    did: tuple[str, ...] = ()
    saw: tuple[str, ...] = ()
    figures: tuple[Figure, ...] = ()
    seconds: float = 0.0
    picture: str = ""

    def __post_init__(self) -> None:
        for name in ("did", "saw"):
            object.__setattr__(self, name, tuple(map(_printable, getattr(self, name))))


@dataclass(frozen=True)
class Report:
    """A whole run."""

    at: datetime
    seconds: float
    system: dict[str, str]
    findings: tuple[Finding, ...]

    def count(self, verdict: Verdict) -> int:
        """How many clauses have this verdict."""
        return sum(finding.verdict is verdict for finding in self.findings)

    @property
    def ok(self) -> bool:
        """Something holds, nothing failed, and nothing that was asked for was not run."""
        return self.count(Verdict.PASS) > 0 and not self.count(Verdict.FAIL) and not self.count(Verdict.NOT_RUN)

    @property
    def unknown(self) -> int:
        """How many clauses of the specification were not run, asked for or not."""
        return len(CLAUSES) - len(self.findings) + self.count(Verdict.NOT_RUN)

    @property
    def headline(self) -> str:
        """What the run says of the stack: that it meets the specification only when every clause was looked at."""
        if self.count(Verdict.FAIL):
            return "Todo Stack does not meet its specification"
        if self.ok and not self.unknown:
            return "Todo Stack meets its specification"
        return "A part of Todo Stack's specification was checked"

    @property
    def extent(self) -> str:
        """How much of the specification the run tells of."""
        counted = (
            (self.count(Verdict.FAIL), "fail"),
            (self.count(Verdict.NOT_APPLICABLE), "not applicable"),
            (self.unknown, "not run"),
        )
        holding = f"{self.count(Verdict.PASS)} of {len(CLAUSES)} clauses hold"
        return ", ".join([holding, *(f"{count} {what}" for count, what in counted if count)])

    @property
    def whole_run(self) -> Figure | None:
        """The time that all clauses took beside its limit; None where some were left out."""
        if len(self.findings) < len(CLAUSES) or self.count(Verdict.NOT_RUN):
            return None
        return Figure("the whole run", self.seconds, "s", WHOLE_RUN_SECONDS)


_CHECKS: list[Check] = []


def verifies(*numbers: str, quick: bool = True) -> Callable[[Look], Look]:
    """Register a function as the check of these clauses; its docstring tells what it looks at."""

    def register(look: Look) -> Look:
        _CHECKS.append(Check(numbers, look, quick))
        return look

    return register


def registered() -> list[Check]:
    """Every check, in the order of the specification."""
    order = {number: place for place, number in enumerate(CLAUSES)}
    return sorted(_CHECKS, key=lambda check: order[check.numbers[0]])


def run(
    stack: Stack,
    checks: Sequence[Check],
    *,
    budget: float | None = None,
    begin: Callable[[Check], None] = lambda _: None,
) -> Generator[Finding, None, None]:
    """Run the checks one after another, telling `begin` of each; those beyond `budget` seconds are not run.

    To be closed, which removes what the checks installed.
    """
    began = time.monotonic()
    scratch_releases = ScratchReleases(stack)
    try:
        for check in checks:
            if budget is not None and time.monotonic() - began > budget:
                yield from not_run(check, f"the time budget of {budget:.0f} s was used up before")
                continue
            begin(check)
            yield from examine(check, Inspection(stack, scratch_releases))
    finally:
        scratch_releases.close()


def not_run(check: Check, reason: str) -> list[Finding]:
    """The findings of a check that was not run."""
    return [Finding(CLAUSES[number], Verdict.NOT_RUN, check.how, saw=(reason,)) for number in check.numbers]


def examine(check: Check, inspection: Inspection) -> list[Finding]:
    """Run one check; an error in it is a failure, for it did not see what it asks for."""
    began = time.monotonic()
    verdict = Verdict.PASS
    try:
        check.look(inspection)
    except NotApplicable as reason:
        verdict = Verdict.NOT_APPLICABLE
        inspection.saw.append(str(reason))
    except Failed as reason:
        verdict = Verdict.FAIL
        inspection.saw.append(str(reason))
    except Problem as problem:
        verdict = Verdict.FAIL
        fix = f" (fix: {problem.fix})" if problem.fix else ""
        inspection.saw += [*problem.details, f"{problem.message}{fix}"]
    except Exception:
        verdict = Verdict.FAIL
        inspection.saw.append(f"the check itself broke: {traceback.format_exc(limit=-3)}")
    seconds = time.monotonic() - began
    if verdict is Verdict.PASS and not (inspection.saw or inspection.figures):
        verdict = Verdict.FAIL
        inspection.saw.append("the check looked at nothing")
    return [
        Finding(
            CLAUSES[number],
            verdict,
            check.how,
            tuple(inspection.did),
            tuple(inspection.saw),
            tuple(inspection.figures),
            seconds,
            inspection.picture,
        )
        for number in check.numbers
    ]


def started() -> datetime:
    """Now, for a report."""
    return datetime.now(UTC)


def _printable(text: str) -> str:
    return _UNPRINTABLE.sub("", _ESCAPES.sub("", text))
