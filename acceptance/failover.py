"""What clients notice when the stack loses a backend replica: four ways to lose it, each under a steady load."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from acceptance.freeze import frozen
from acceptance.load import Books, Load, account
from acceptance.replicas import LIMIT_SECONDS, Recovery, deployment, name_of, pods, ready, restarts_of
from acceptance.stack import Stack
from todo_cli.cluster.client import Json
from todo_cli.errors import Problem
from todo_cli.progress import Step

BEFORE_SECONDS = 3.0
DELETE = ("delete", "pod", "--wait=false")

Renewed = Callable[[list[Json]], bool]


class Impossible(Exception):  # noqa: N818 (a verdict)
    """This kind of failure cannot be made on this cluster; the text says why."""


@dataclass(frozen=True)
class Outcome:
    """What one kind of failure did, as clients saw it. `not_run` says why it could not be made here."""

    kind: str
    not_run: str = ""
    sent: int = 0
    failed: int = 0
    retried: int = 0
    slowest: float = 0.0
    recovered: float | None = None
    books: Books = field(default_factory=Books)
    streams_whole: int = 0
    streams_cut: int = 0
    turns_repeated: int = 0
    errors: tuple[str, ...] = ()

    @property
    def problems(self) -> list[str]:
        """What should not have been, in words."""
        if self.not_run:
            return []
        found = [
            f"{self.failed} of {self.sent} requests failed" if self.failed else "",
            f"{self.books.lost} tasks were lost" if self.books.lost else "",
            f"{self.books.doubled} tasks are there twice" if self.books.doubled else "",
            f"not all replicas served again within {LIMIT_SECONDS:.0f} s" if self.recovered is None else "",
            "" if self.streams_whole else "no streamed answer came whole",
        ]
        return [problem for problem in found if problem]


@contextmanager
def killed(stack: Stack, victim: Json) -> Iterator[Renewed]:
    """A pod killed at once, without notice."""
    stack.cluster.kubectl(*DELETE, name_of(victim), "--grace-period=0", "--force")
    yield lambda found: name_of(victim) not in map(name_of, found)


@contextmanager
def drained(stack: Stack, victim: Json) -> Iterator[Renewed]:
    """A pod deleted as `kubectl drain` does: asked to end."""
    stack.cluster.kubectl(*DELETE, name_of(victim))
    yield lambda found: name_of(victim) not in map(name_of, ready(found))


@contextmanager
def hung(stack: Stack, victim: Json) -> Iterator[Renewed]:
    """A pod's process frozen: it takes connections and answers none."""
    before = restarts_of(victim)
    with frozen(stack.cluster, name_of(victim)) as why:
        if why:
            raise Impossible(why)
        yield lambda found: all(restarts_of(pod) > before for pod in found if name_of(pod) == name_of(victim))


@contextmanager
def rolled(stack: Stack, victim: Json) -> Iterator[Renewed]:  # noqa: ARG001 (every pod goes)
    """All pods replaced, by `kubectl rollout restart`."""
    before = set(map(name_of, pods(stack)))
    stack.cluster.kubectl("rollout", "restart", deployment(stack))
    yield lambda found: not before & set(map(name_of, ready(found)))


KINDS = {"kill": killed, "drain": drained, "hang": hung, "roll": rolled}


def replicas(stack: Stack) -> int:
    """How many backend replicas there should be. Raises Problem unless two or more are there and Ready."""
    wanted = int(stack.cluster.get(deployment(stack))["spec"].get("replicas", 1))
    found = len(ready(pods(stack)))
    if wanted < 2:
        raise Problem(f"the backend has {wanted} replica: losing it is an outage", fix="./todo up")
    if found != wanted:
        raise Problem(f"{found} of {wanted} backend replicas are Ready", fix="./todo status")
    return wanted


def fail(stack: Stack, kind: str, seconds: float, step: Step) -> Outcome:
    """Lose a replica in one way under load, for `seconds` at least and until all replicas serve again."""
    wanted = replicas(stack)
    with account(stack.address) as visitor:
        recovered = None
        try:
            with Load(visitor) as load:
                tally = load.tally

                def tell(text: str) -> None:
                    counts = f"{tally.sent} requests, {tally.failed} failed, {tally.retried} repeated"
                    step.output(f"{text}; {counts}, {tally.streams.whole} streams whole")

                step.note("load runs")
                _wait(BEFORE_SECONDS, tell)
                victim = _victim(stack, tally.seen_at)
                began = time.monotonic()
                with KINDS[kind](stack, victim) as renewed:
                    step.note(f"{kind}: {'all pods' if kind == 'roll' else name_of(victim)}")
                    recovered = Recovery(stack, tally, wanted, renewed).wait(tell, began)
                _wait(began + seconds - time.monotonic(), tell)
        except Impossible as why:
            return Outcome(kind, not_run=str(why))
        step.note("counting tasks")
        return Outcome(
            kind,
            sent=tally.sent,
            failed=tally.failed,
            retried=tally.retried,
            slowest=tally.slowest,
            recovered=recovered,
            books=load.books(),
            streams_whole=tally.streams.whole,
            streams_cut=tally.streams.cut,
            turns_repeated=tally.streams.repeated,
            errors=tuple(tally.errors),
        )


def _victim(stack: Stack, seen_at: dict[str, float]) -> Json:
    """The replica that answered last: it is at work."""
    return max(ready(pods(stack)), key=lambda pod: seen_at.get(name_of(pod), 0.0))


def _wait(seconds: float, tell: Callable[[str], None]) -> None:
    end = time.monotonic() + seconds
    while (left := end - time.monotonic()) > 0:
        tell(f"{left:.0f} s to go")
        time.sleep(min(left, 0.5))
