"""What clients notice when the stack loses a backend replica: five ways to lose it, each under a steady load.

A fault is injected while the replica sends a streamed answer: that is what a client could notice first.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from acceptance.clients import Stream, Tally
from acceptance.contention import Contention
from acceptance.load import Load, WriteAudit, account
from acceptance.replicas import LIMIT_SECONDS, Recovery, deployment, name_of, pods, ready, restarts_of
from acceptance.signals import CannotSignal, signal_target, thawed_at_the_end
from acceptance.stack import Stack
from todo_cli.errors import Problem
from todo_cli.kube.cluster import Json
from todo_cli.progress import Step

BEFORE_SECONDS = 3.0
STREAM_SECONDS = 100.0  # for a stream from the pod to begin
SETTLE_SECONDS = 0.5  # what was on its way when the fault was injected has arrived by then
INJECTIONS = 4  # until one meets an open stream
# No answer takes 5 s on a machine with time to spare; three times that for any other, and as much more as it is busy.
SLOWEST_SECONDS = {"kill": 15.0, "hang": 15.0}
DELETE = ("delete", "pod", "--wait=false")

Renewed = Callable[[list[Json]], bool]


@dataclass(frozen=True)
class FaultInjection:
    """A pod to be lost: which one ("" for all), how, and how one sees that it has been replaced.

    `at_once`: nothing of what it was sending comes any more, so that a stream that was open does not end whole.
    """

    pod: str
    act: Callable[[], object]
    renewed: Renewed
    at_once: bool = False

    def met(self, stream: Stream | None, done: float) -> bool:
        """Was the stream open when the fault was injected, which was `done` (time.monotonic()) some moments ago?"""
        if stream is None or stream.ended_at is None:
            return stream is not None
        return not stream.whole if self.at_once else stream.ended_at > done


@dataclass(frozen=True)
class Outcome:
    """What one kind of failure did, as clients saw it. `not_run` says why it could not be made here.

    `recovered`: seconds until all replicas served again, the longest where there were more `injections` than one.
    `stream_open`: the pod was sending a streamed answer at that moment. `error`: what kept this from being whole.
    `contention`: how many times as long as alone everything took on this machine meanwhile.
    """

    kind: str
    not_run: str = ""
    error: str = ""
    sent: int = 0
    failed: int = 0
    retried: int = 0
    slowest: float = 0.0
    injections: int = 0
    stream_open: bool = False
    recovered: float | None = None
    audit: WriteAudit | None = None
    streams_whole: int = 0
    streams_cut: int = 0
    turns_repeated: int = 0
    errors: tuple[str, ...] = ()
    contention: float = 1.0

    @property
    def problems(self) -> list[str]:
        """What should not have been, in words."""
        if self.not_run:
            return []
        limit = SLOWEST_SECONDS.get(self.kind, float("inf")) * max(1.0, self.contention)
        found = [
            self.error,
            f"{self.failed} of {self.sent} requests failed" if self.failed else "",
            f"{self.audit.lost} tasks were lost: {'; '.join(self.audit.traces)}"
            if self.audit and self.audit.lost
            else "",
            f"{self.audit.doubled} tasks are there twice" if self.audit and self.audit.doubled else "",
            f"not all replicas served again within {LIMIT_SECONDS:.0f} s" if self._is_lost else "",
            f"an answer took {self.slowest:.1f} s of at most {limit:.0f}" if self.slowest > limit else "",
            "" if self.streams_whole or self.error else "no streamed answer came whole",
        ]
        return [problem for problem in found if problem]

    @property
    def remarks(self) -> list[str]:
        """What the figures leave open, in words."""
        if not self.injections or self.stream_open:
            return []
        return [
            f"no stream was open on the pod at any of {self.injections} injections: what becomes of one was not seen"
        ]

    @property
    def _is_lost(self) -> bool:
        return bool(self.injections) and self.recovered is None and not self.error


@contextmanager
def killed(stack: Stack, victim: Json) -> Iterator[FaultInjection]:
    """A pod's processes ended by SIGKILL, as when the node has no memory left: without notice, and started again."""
    with signal_target(stack.cluster, victim) as target:
        yield FaultInjection(name_of(victim), lambda: target.send("SIGKILL"), _restarted(victim), at_once=True)


@contextmanager
def deleted(stack: Stack, victim: Json) -> Iterator[FaultInjection]:
    """A pod deleted by force, as one whose node is lost: the cluster forgets it before it has ended."""
    name = name_of(victim)
    yield FaultInjection(
        name,
        lambda: stack.cluster.kubectl(*DELETE, name, "--grace-period=0", "--force"),
        lambda found: name not in map(name_of, found),
    )


@contextmanager
def drained(stack: Stack, victim: Json) -> Iterator[FaultInjection]:
    """A pod deleted as `kubectl drain` does: asked to end."""
    name = name_of(victim)
    yield FaultInjection(
        name, lambda: stack.cluster.kubectl(*DELETE, name), lambda found: name not in map(name_of, ready(found))
    )


@contextmanager
def hung(stack: Stack, victim: Json) -> Iterator[FaultInjection]:
    """A pod's processes frozen: it takes connections and answers none."""
    with signal_target(stack.cluster, victim) as target, thawed_at_the_end(target):
        yield FaultInjection(name_of(victim), lambda: target.send("SIGSTOP"), _restarted(victim), at_once=True)


@contextmanager
def rolled(stack: Stack, victim: Json) -> Iterator[FaultInjection]:  # noqa: ARG001 (every pod goes)
    """All pods replaced, by `kubectl rollout restart`."""
    before = set(map(name_of, pods(stack)))
    yield FaultInjection(
        "",
        lambda: stack.cluster.kubectl("rollout", "restart", deployment(stack)),
        lambda found: not before & set(map(name_of, ready(found))),
    )


KINDS = {"kill": killed, "delete": deleted, "drain": drained, "hang": hung, "roll": rolled}


def _restarted(victim: Json) -> Renewed:
    before = restarts_of(victim)
    return lambda found: all(restarts_of(pod) > before for pod in found if name_of(pod) == name_of(victim))


def replicas(stack: Stack) -> int:
    """How many backend replicas there should be. Raises Problem unless two or more are there and Ready."""
    wanted = int(stack.cluster.get(deployment(stack))["spec"].get("replicas", 1))
    found = len(ready(pods(stack)))
    if wanted < 2:
        raise Problem(f"the backend has {wanted} replica: losing it is an outage", fix="./todo up")
    if found != wanted:
        raise Problem(f"{found} of {wanted} backend replicas are Ready", fix="./todo status")
    return wanted


@dataclass
class Experiment:
    """A replica lost in one way under load, for `seconds` at least and until all replicas serve again."""

    stack: Stack
    kind: str
    seconds: float
    step: Step
    tally: Tally = field(default_factory=Tally, init=False)
    _contention: Contention = field(default_factory=Contention, init=False)
    _audit: WriteAudit | None = field(default=None, init=False)
    _met: list[bool] = field(default_factory=list, init=False)
    _recovered: list[float | None] = field(default_factory=list, init=False)

    def conduct(self) -> Outcome:
        """Do it; what keeps it from being done or counted is reported in the outcome."""
        try:
            wanted = replicas(self.stack)
            with account(self.stack.address) as client:
                with Load(client, tally=self.tally) as load, self._contention:
                    self._run(wanted)
                self.step.note("counting tasks")
                self._audit = load.audit()
        except CannotSignal as why:
            return self.outcome(error=str(why)) if self._met else Outcome(self.kind, not_run=str(why))
        except Problem as problem:
            return self.outcome(error=problem.message)
        return self.outcome()

    def outcome(self, *, error: str = "") -> Outcome:
        """What was seen so far."""
        tally, recovered = self.tally, [seconds for seconds in self._recovered if seconds is not None]
        return Outcome(
            self.kind,
            error=error,
            sent=tally.sent,
            failed=tally.failed,
            retried=tally.retried,
            slowest=tally.slowest,
            injections=len(self._met),
            stream_open=any(self._met),
            recovered=max(recovered) if recovered and len(recovered) == len(self._met) else None,
            audit=self._audit,
            streams_whole=tally.streams.whole,
            streams_cut=tally.streams.cut,
            turns_repeated=tally.streams.repeated,
            errors=tuple(tally.errors),
            contention=self._contention.times,
        )

    def _run(self, wanted: int) -> None:
        self.step.note("load runs")
        self._wait(BEFORE_SECONDS)
        again = True
        while again:
            began = time.monotonic()
            again = self._inject(wanted) and not any(self._met) and len(self._met) < INJECTIONS
        self._wait(began + self.seconds - time.monotonic())

    def _inject(self, wanted: int) -> bool:
        """Lose a pod and wait until all serve again; may that be done again, for no stream was open?"""
        victim = _victim(self.stack, self.tally.seen_at)
        with KINDS[self.kind](self.stack, victim) as fault:
            self.step.note(f"{self.kind}: {fault.pod or 'all pods'}, as soon as it streams an answer")
            stream = self.tally.streams.next_from(fault.pod, STREAM_SECONDS)
            began = time.monotonic()
            fault.act()
            done = time.monotonic()
            time.sleep(SETTLE_SECONDS)
            self._met.append(fault.met(stream, done))
            self.step.note(f"{self.kind}: done, {'a' if self._met[-1] else 'no'} stream was open")
            self._recovered.append(Recovery(self.stack, self.tally, wanted, fault.renewed).wait(self._tell, began))
        return fault.at_once and self._recovered[-1] is not None

    def _wait(self, seconds: float) -> None:
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            self._tell(f"{left:.0f} s to go")
            time.sleep(min(left, 0.5))

    def _tell(self, text: str) -> None:
        tally = self.tally
        counts = f"{tally.sent} requests, {tally.failed} failed, {tally.retried} repeated"
        self.step.output(f"{text}; {counts}, {tally.streams.whole} streams whole")


def fail(stack: Stack, kind: str, seconds: float, step: Step) -> Outcome:
    """Lose a replica in one way under load, and tell what clients noticed."""
    return Experiment(stack, kind, seconds, step).conduct()


def _victim(stack: Stack, seen_at: dict[str, float]) -> Json:
    """The replica that answered last: it is at work."""
    return max(ready(pods(stack)), key=lambda pod: seen_at.get(name_of(pod), 0.0))
