"""Running checks: in order, within a time budget, each with its verdict and what was seen."""

import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from acceptance.inspection import Failed, Figure, Inspection, NotApplicable
from acceptance.specification import CLAUSES, Clause
from acceptance.stack import Stack
from acceptance.trial import Trials
from todo_cli.errors import Problem

Look = Callable[[Inspection], None]


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


@dataclass(frozen=True)
class Report:
    """A whole run."""

    at: datetime
    seconds: float
    environment: dict[str, str]
    findings: tuple[Finding, ...]

    def count(self, verdict: Verdict) -> int:
        """How many clauses have this verdict."""
        return sum(finding.verdict is verdict for finding in self.findings)

    @property
    def ok(self) -> bool:
        """Something was looked at, nothing failed, and nothing was left out for lack of time."""
        return bool(self.findings) and not self.count(Verdict.FAIL) and not self.count(Verdict.NOT_RUN)


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


def run(stack: Stack, checks: Sequence[Check], *, budget: float | None = None) -> Iterator[Finding]:
    """Run the checks one after another; those that no longer fit into `budget` seconds are not run."""
    began = time.monotonic()
    trials = Trials(stack)
    try:
        for check in checks:
            if budget is not None and time.monotonic() - began > budget:
                for number in check.numbers:
                    seen = f"the time budget of {budget:.0f} s was used up before"
                    yield Finding(CLAUSES[number], Verdict.NOT_RUN, check.how, saw=(seen,))
                continue
            yield from examine(check, Inspection(stack, trials))
    finally:
        trials.close()


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
        inspection.saw += [problem.message, *problem.details]
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
