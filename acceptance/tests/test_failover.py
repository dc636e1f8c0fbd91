"""What `./todo failover` makes of a run: when replicas count as back, what is a problem, what the report says."""

import io
import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from acceptance import failover, load, replicas
from acceptance.clients import Stream, Streams, Tally
from acceptance.commands import failover as command
from acceptance.commands.failover import as_json, passed, print_table
from acceptance.failover import Experiment, FaultInjection, Outcome, fail
from acceptance.load import WriteAudit
from acceptance.replicas import Recovery
from acceptance.signals import CannotSignal
from acceptance.stack import Stack
from acceptance.tests.small_app import SmallApp, small_app
from rich.console import Console

from todo_cli.errors import Problem
from todo_cli.kube.cluster import Cluster, Json
from todo_cli.layout import Layout
from todo_cli.progress import silent_step

GOOD = Outcome(
    "kill",
    sent=100,
    slowest=0.5,
    injections=1,
    stream_open=True,
    recovered=8.0,
    audit=WriteAudit(20, 20, 0, 0),
    streams_whole=5,
)


def pod(name: str, *, ready: bool = True, leaving: bool = False) -> Json:
    """A pod as kubectl shows it."""
    conditions = [{"type": "Ready", "status": str(ready)}]
    status = {"conditions": conditions, "containerStatuses": [{"restartCount": 0}]}
    return {"metadata": {"name": name, **({"deletionTimestamp": "now"} if leaving else {})}, "status": status}


@pytest.fixture
def stack(tmp_path: Path) -> Stack:
    """One that nothing is asked of."""
    return Stack(Cluster("kubectl", "helm", "nowhere", "nothing"), "http://localhost:1", tmp_path)


def recovery(
    monkeypatch: pytest.MonkeyPatch, stack: Stack, looks: list[list[Json]], tally: Tally, limit: float = 0.5
) -> float | None:
    """What waiting finds when the pods are as in `looks`, one after another; the last one stays."""
    remaining = iter(looks)
    last: list[list[Json]] = []

    def pods(_: Stack) -> list[Json]:
        last[:] = [next(remaining, last[0] if last else [])]
        return last[0]

    monkeypatch.setattr(replicas, "pods", pods)
    monkeypatch.setattr(replicas, "POLL_SECONDS", 0.02)
    waiting = Recovery(stack, tally, 2, lambda found: "old" not in [one["metadata"]["name"] for one in found])
    return waiting.wait(lambda _: None, time.monotonic(), limit)


class AlwaysSeen(dict[str, float]):
    """Every pod answers all the time."""

    def get(self, *_: Any) -> Any:
        return time.monotonic() + 0.001


def test_replicas_are_back_when_they_are_ready_other_ones_and_answer(
    monkeypatch: pytest.MonkeyPatch, stack: Stack
) -> None:
    looks = [[pod("a"), pod("old")], [pod("a")], [pod("a"), pod("b", ready=False)], [pod("a"), pod("b")]]
    seconds = recovery(monkeypatch, stack, looks, Tally(seen_at=AlwaysSeen()), limit=60)
    assert seconds is not None
    assert seconds > 0.05


@pytest.mark.parametrize(
    "last", [[pod("a"), pod("old")], [pod("a")], [pod("a"), pod("b", ready=False)], [pod("a"), pod("b", leaving=True)]]
)
def test_too_few_or_the_former_ones_are_not_back(
    monkeypatch: pytest.MonkeyPatch, stack: Stack, last: list[Json]
) -> None:
    assert recovery(monkeypatch, stack, [last], Tally(seen_at=AlwaysSeen())) is None


def test_a_replica_that_no_request_reaches_is_not_back(monkeypatch: pytest.MonkeyPatch, stack: Stack) -> None:
    now = time.monotonic()
    assert recovery(monkeypatch, stack, [[pod("a"), pod("b")]], Tally(seen_at={"a": now + 60, "b": now - 1})) is None


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"failed": 2}, "2 of 100 requests failed"),
        ({"audit": WriteAudit(20, 19, 1, 0)}, "1 tasks were lost"),
        ({"audit": WriteAudit(20, 21, 0, 1)}, "1 tasks are there twice"),
        ({"recovered": None}, "not all replicas"),
        ({"slowest": 15.7}, "an answer took 15.7 s"),
        ({"kind": "hang", "slowest": 22.3}, "an answer took 22.3 s"),
        ({"streams_whole": 0}, "no streamed answer"),
        ({"error": "the tasks cannot be listed", "audit": None}, "the tasks cannot be listed"),
    ],
)
def test_what_people_would_notice_fails(changes: dict[str, Any], words: str) -> None:
    bad = Outcome(**{**vars(GOOD), **changes})
    assert not passed([GOOD, bad])
    assert words in "".join(bad.problems)
    assert words in json.loads(as_json("http://x", [bad]))["failures"][0]["problems"][0]
    assert words in printed([bad])


def test_a_slow_machine_is_no_failure() -> None:
    calm, rolled = {"slowest": 12.0}, {"kind": "roll", "slowest": 20.0}
    busy = {"slowest": 40.0, "contention": 3.0}
    assert passed([Outcome(**{**vars(GOOD), **changes}) for changes in (calm, rolled, busy)])
    assert not passed([Outcome(**{**vars(GOOD), **busy, "slowest": 46.0})])


def test_repetitions_are_told_and_no_failure() -> None:
    assert passed([Outcome(**{**vars(GOOD), "retried": 3, "streams_cut": 1, "turns_repeated": 1})])


def test_a_stream_that_was_not_met_is_told() -> None:
    assert "no stream was open" in printed([Outcome(**{**vars(GOOD), "stream_open": False, "injections": 4})])
    assert "no stream was open" not in printed([GOOD])


@pytest.mark.parametrize(
    ("stream", "at_once", "met"),
    [
        (None, True, False),
        (Stream("pod-1"), True, True),
        (Stream("pod-1"), False, True),
        (Stream("pod-1", ended_at=11.0), True, True),
        (Stream("pod-1", ended_at=11.0, whole=True), True, False),
        (Stream("pod-1", ended_at=9.0, whole=True), False, False),
        (Stream("pod-1", ended_at=11.0, whole=True), False, True),
    ],
)
def test_a_stream_counts_as_open_when_its_pod_was_lost_before_its_end(
    stream: Stream | None, at_once: bool, met: bool
) -> None:
    fault = FaultInjection("pod-1", lambda: None, lambda _: True, at_once=at_once)
    assert fault.met(stream, done=10.0) is met


def test_what_could_not_be_made_is_not_passed() -> None:
    not_run = Outcome("hang", not_run="no pod may see the node's processes")
    assert not passed([not_run])
    assert passed([GOOD, not_run])
    assert "not run: no pod may see" in printed([GOOD, not_run])


def printed(outcomes: list[Outcome]) -> str:
    """The table as it is piped."""
    out = io.StringIO()
    print_table(Console(file=out, width=200), outcomes)
    return out.getvalue()


@pytest.fixture
def app(monkeypatch: pytest.MonkeyPatch) -> Iterator[SmallApp]:
    """A small application as the stack, with one pod that stays."""
    monkeypatch.setattr(failover, "BEFORE_SECONDS", 0.1)
    monkeypatch.setattr(failover, "replicas", lambda _: 1)
    for module in (failover, replicas):
        monkeypatch.setattr(module, "pods", lambda _: [pod("pod-1")])
    with small_app() as made:
        yield made


def until(true: Callable[[], object]) -> None:
    """Wait for what comes soon."""
    deadline = time.monotonic() + 60
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def answered(app: SmallApp) -> bool:
    """Has the load had an answer? Of its clients, seven at most have a request open."""
    return sum(count for request, count in app.requests.items() if "/api/auth/" not in request) > 7


def with_kind(monkeypatch: pytest.MonkeyPatch, act: Callable[[], None], *, at_once: bool = False) -> None:
    """A kind of failure of the test's own."""

    @contextmanager
    def kind(*_: Any) -> Iterator[FaultInjection]:
        yield FaultInjection("pod-1", act, lambda _found: True, at_once=at_once)

    monkeypatch.setitem(failover.KINDS, "kind", kind)


def experiment(app: SmallApp, stack: Stack) -> Experiment:
    """Of the kind that `with_kind` made."""
    return Experiment(Stack(stack.cluster, app.address, stack.root), "kind", 0.5, silent_step())


def raising(error: BaseException) -> Callable[[], None]:
    """Something that cannot be done."""

    def act() -> None:
        raise error

    return act


def test_a_kind_that_is_impossible_is_told_as_not_run(
    app: SmallApp, stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_kind(monkeypatch, raising(CannotSignal("not here")))
    assert fail(Stack(stack.cluster, app.address, stack.root), "kind", 1, silent_step()).not_run == "not here"
    assert app.accounts == set()


def test_ctrl_c_leaves_no_account_and_the_figures_so_far(
    app: SmallApp, stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    def act() -> None:
        until(lambda: answered(app))
        raise KeyboardInterrupt

    with_kind(monkeypatch, act)
    interrupted = experiment(app, stack)
    with pytest.raises(KeyboardInterrupt):
        interrupted.conduct()
    assert app.accounts == set()
    outcome = interrupted.outcome(error="interrupted")
    assert outcome.sent > 0
    assert outcome.problems == ["interrupted"]


def test_what_keeps_the_account_from_being_whole_is_part_of_the_report(
    app: SmallApp, stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(failover, "SETTLE_SECONDS", 0.0)
    monkeypatch.setattr(load, "BUSY_WAITS", (0.0,))
    for error, words in ((Problem("kubectl exited 1"), "kubectl exited 1"), (None, "the tasks cannot be listed")):

        def act(error: Problem | None = error) -> None:
            until(lambda: answered(app))
            if error:
                raise error
            app.faults.update({"no list": 2})

        app.requests.clear()
        with_kind(monkeypatch, act)
        outcome = experiment(app, stack).conduct()
        assert words in "".join(outcome.problems)
        assert outcome.sent > 0
        assert outcome.audit is None
        assert words in printed([outcome])


def test_a_stack_that_did_not_recover_is_a_problem_of_the_next_kind(
    app: SmallApp, stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    def not_whole(_: Stack) -> int:
        raise Problem("1 of 2 backend replicas are Ready")

    monkeypatch.setattr(failover, "replicas", not_whole)
    assert experiment(app, stack).conduct().problems == ["1 of 2 backend replicas are Ready"]


@pytest.mark.parametrize("cut_at", [3, failover.INJECTIONS + 1])
def test_a_pod_is_struck_again_until_a_stream_was_open(
    app: SmallApp, stack: Stack, monkeypatch: pytest.MonkeyPatch, cut_at: int
) -> None:
    """Each stream is open until the fault is injected, and has ended, and its client has gone on, when that is done."""
    monkeypatch.setattr(failover, "SETTLE_SECONDS", 0.0)
    app.stream_seconds = 60
    injections: list[int] = []
    next_from = Streams.next_from

    def next_one(self: Streams, pod: str, seconds: float) -> Stream | None:
        until(lambda: app.open_streams)
        app.stream_ends.release()
        return next_from(self, pod, seconds)

    def act() -> None:
        injections.append(1)
        if len(injections) == cut_at:
            app.faults["cut at the end"] = 1
        if len(injections) == min(cut_at, failover.INJECTIONS):
            app.stream_seconds = 0
        asked = app.requests["POST /chatkit"]
        app.stream_ends.release()
        until(lambda: app.requests["POST /chatkit"] > asked)

    monkeypatch.setattr(Streams, "next_from", next_one)
    with_kind(monkeypatch, act, at_once=True)
    outcome = experiment(app, stack).conduct()
    assert (outcome.injections, outcome.stream_open) == (
        min(cut_at, failover.INJECTIONS),
        cut_at <= failover.INJECTIONS,
    )
    assert outcome.problems == []


def test_the_table_and_the_file_are_written_whatever_happens(
    stack: Stack, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    class Interrupted(Experiment):
        def conduct(self) -> Outcome:
            if self.kind == "drain":
                self.tally.done(0.1)
                raise KeyboardInterrupt
            return Outcome(**{**vars(GOOD), "kind": self.kind, "recovered": None})

    layout = Layout(root=tmp_path, home=tmp_path, cache=tmp_path, env_file=tmp_path / ".env", port=30080)
    monkeypatch.setattr(command, "find_layout", lambda: layout)
    monkeypatch.setattr(command, "stack_on_cluster", lambda *_: stack)
    monkeypatch.setattr(failover, "replicas", lambda _: 2)
    monkeypatch.setattr(failover, "Experiment", Interrupted)
    file = tmp_path / "failover.json"
    with pytest.raises(KeyboardInterrupt):
        command.failover(json_file=file)
    read = json.loads(file.read_text())
    assert [(one["kind"], one["problems"]) for one in read["failures"]] == [
        ("kill", [f"not all replicas served again within {replicas.LIMIT_SECONDS:.0f} s"]),
        ("delete", [f"not all replicas served again within {replicas.LIMIT_SECONDS:.0f} s"]),
        ("drain", ["interrupted"]),
    ]
    assert read["failures"][2]["sent"] == 1
    assert "drain: interrupted" in capsys.readouterr().out


@pytest.mark.parametrize(("wanted", "there", "words"), [(1, 1, "1 replica"), (2, 1, "1 of 2")])
def test_a_stack_that_is_not_whole_is_refused(
    stack: Stack, monkeypatch: pytest.MonkeyPatch, wanted: int, there: int, words: str
) -> None:
    monkeypatch.setattr(Cluster, "get", lambda *_, **__: {"spec": {"replicas": wanted}})
    monkeypatch.setattr(failover, "pods", lambda _: [pod(f"p{number}") for number in range(there)])
    with pytest.raises(Problem, match=words):
        failover.replicas(stack)
