"""Every clause of the specification has one check, and a run tells what it found of each."""

import os
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pytest
from acceptance import scratch_release, verification
from acceptance.contention import Contention
from acceptance.findings import Figure, Finding, Report, Verdict
from acceptance.inspection import Measure
from acceptance.specification import CLAUSES
from acceptance.stack import Stack
from acceptance.tests.fake_checks import writing_checks
from acceptance.verification import Verification, given, run, session_fixtures

from todo_cli.errors import Problem
from todo_cli.kube.cluster import Cluster

Write = Callable[..., None]
chosen = cache(verification.chosen)  # several tests look at the same choice


@pytest.fixture
def stack(tmp_path: Path) -> Stack:
    """One that nothing is asked of."""
    return Stack(Cluster("kubectl", "helm", "nowhere", "nothing"), "http://localhost:1", tmp_path)


@pytest.fixture
def checks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Write:
    """Writes the checks that are run."""
    return writing_checks(tmp_path, monkeypatch)


def found(stack: Stack, *options: str, budget: float | None = None) -> list[Finding]:
    """What a run finds."""
    findings: list[Finding] = []
    run(Verification(budget=budget, found=findings.append), *options, plugins=[given(running=stack)])
    return findings


def test_the_specification_is_whole() -> None:
    kinds = Counter(clause.kind for clause in CLAUSES.values())
    assert list(kinds.values()) == [22, 14, 12, 8]


def test_each_clause_has_one_check_that_says_how() -> None:
    checks = chosen()
    covered = Counter(number for check in checks for number in check.numbers)
    assert covered == Counter(list(CLAUSES))
    assert all(len(check.how) > 20 for check in checks)


class Breaking:
    """Collects which clauses the tests break on purpose."""

    def __init__(self) -> None:
        self.numbers: set[str] = set()

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Note what the collected tests say of themselves."""
        marks = [mark for item in session.items for mark in item.iter_markers("breaks")]
        self.numbers = {number for mark in marks for number in mark.args}


def test_each_clause_has_a_test_that_breaks_it() -> None:
    """Which it sees fail on a cluster, as `examiner` makes sure."""
    folder, cli, breaking = Path(__file__).parent / "cluster", Path(__file__).parents[2] / "cli", Breaking()
    options = ["--collect-only", "-qq", "-p", "no:cacheprovider", "-c", str(cli / "pyproject.toml"), f"--rootdir={cli}"]
    assert pytest.main([*options, str(folder)], [breaking]) == pytest.ExitCode.OK
    assert breaking.numbers == set(CLAUSES)


def test_checks_are_chosen_by_number_and_by_what_they_disturb() -> None:
    assert [check.numbers for check in chosen("--only=US3-3")] == [("FR-009", "US3-3")]
    assert chosen("--only=SC-012", "--quick") == []
    assert 0 < len(chosen("--quick")) < len(chosen())


def test_pytests_own_options_choose_by_clause_too() -> None:
    assert [check.numbers for check in chosen("-k", "EC-1 or US3-3")] == [("FR-009", "US3-3"), ("EC-1",)]
    assert chosen("-m", "not slow") == chosen("--quick")


def test_checks_stand_in_the_order_of_the_specification() -> None:
    order = list(CLAUSES)
    places = [order.index(check.numbers[0]) for check in chosen()]
    assert places == sorted(places)


def test_a_clause_that_there_is_not_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(AssertionError, match="pytest does not take"):
        chosen("--only=FR-999")
    assert "the specification has no clause FR-999" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("body", "verdict", "seen"),
    [
        ("stack.require(True, 'it is so')", Verdict.PASS, "it is so"),
        ("stack.require(False, 'it is not so')", Verdict.FAIL, "it is not so"),
        ("assert 1 == 2, 'they differ'", Verdict.FAIL, "they differ"),
        ("pytest.skip('not here')", Verdict.NOT_APPLICABLE, "not here"),
        ("raise Problem('kubectl failed', details=['no'])", Verdict.FAIL, "no\nkubectl failed"),
        ("raise Problem('it is gone', fix='./todo up')", Verdict.FAIL, "it is gone (fix: ./todo up)"),
        ("raise KeyError('spec')", Verdict.FAIL, "the check itself broke"),
        ("pass", Verdict.FAIL, "looked at nothing"),
    ],
)
def test_a_check_ends_with_what_it_saw(stack: Stack, checks: Write, body: str, verdict: Verdict, seen: str) -> None:
    checks(body)
    [finding] = found(stack)
    assert finding.verdict is verdict
    assert seen in "\n".join(finding.saw)
    assert finding.how == "Something that is looked at closely."


def test_a_finding_has_all_that_was_done_seen_and_measured(
    stack: Stack, checks: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Contention, "now", lambda: 1.0)
    checks("stack.note('helm', 'version'); stack.saw.append('v4'); measure('took', 3.0, 's', at_most=2)")
    [finding] = found(stack)
    assert (finding.did, finding.saw) == (("helm version",), ("v4", "took: 3 s (at most 2)"))
    assert finding.figures == (Figure("took", 3.0, "s", 2),)
    assert finding.seconds > 0


def test_a_figure_beyond_its_limit_fails_and_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Contention, "now", lambda: 1.0)
    kept: list[Figure] = []
    measure = Measure(lambda _, figure: kept.append(figure))  # type: ignore[arg-type]
    measure("seconds", 1.0, "s", at_most=2)
    measure("pods", 2, "pods", at_least=2)
    with pytest.raises(pytest.fail.Exception, match="at most 2"):
        measure("seconds", 3.0, "s", at_most=2)
    assert [figure.ok for figure in kept] == [True, True, False]
    assert str(Figure("pods", 1, "pods", 2, at_least=True)) == "pods: 1 pods (at least 2)"


@pytest.mark.parametrize(
    ("unit", "contention", "ends"),
    [("s", 2.9, pytest.fail.Exception), ("s", 3.1, pytest.skip.Exception), ("pods", 9.0, pytest.fail.Exception)],
)
def test_a_time_says_little_on_a_busy_machine_and_a_number_as_much_as_ever(
    monkeypatch: pytest.MonkeyPatch, unit: str, contention: float, ends: type[BaseException]
) -> None:
    monkeypatch.setattr(Contention, "now", lambda: contention)
    with pytest.raises(ends, match="took: 3"):
        Measure(lambda *_: None)("took", 3, unit, at_most=2)


@pytest.mark.parametrize("error", ["", "it does not go"])
def test_a_release_is_made_once_and_what_failed_is_not_tried_again(
    stack: Stack, checks: Write, monkeypatch: pytest.MonkeyPatch, error: str
) -> None:
    tries: list[Stack] = []

    @contextmanager
    def make(of: Stack) -> Iterator[str]:
        tries.append(of)
        if error:
            raise Problem(error)
        yield "a release"

    monkeypatch.setattr(scratch_release, "healthy_release", make)
    checks(*["stack.saw.append(healthy_release)"] * 3, fixtures=", healthy_release")
    assert [finding.saw[-1] for finding in found(stack)] == [error or "a release"] * 3
    assert tries == [stack]


def test_a_run_has_the_releases_that_it_is_given_and_makes_others_only_when_asked(stack: Stack, checks: Write) -> None:
    life: list[str] = []

    def make() -> Iterator[str]:
        life.append("made")
        yield "its own"
        life.append("removed")

    checks(*["stack.saw.append(healthy_release)"] * 2, fixtures=", healthy_release")
    for plugins, seen in (
        ([session_fixtures(healthy_release=make)], "its own"),
        ([session_fixtures(healthy_release=make), given(healthy_release="the last one")], "the last one"),
    ):
        findings: list[Finding] = []
        run(Verification(found=findings.append), plugins=[given(running=stack), *plugins])
        assert [finding.saw for finding in findings] == [(seen,)] * 2
    assert life == ["made", "removed"]


def test_what_does_not_fit_into_the_budget_is_told_and_not_passed(stack: Stack, checks: Write) -> None:
    checks("stack.require(True, 'looked at')")
    [finding] = found(stack, budget=-1)
    assert finding.verdict is Verdict.NOT_RUN


@pytest.mark.parametrize("ending", ["KeyboardInterrupt", "SystemExit(143)"])
def test_what_ends_a_run_is_raised_when_all_is_removed(
    stack: Stack, checks: Write, monkeypatch: pytest.MonkeyPatch, ending: str
) -> None:
    removed: list[str] = []

    @contextmanager
    def make(_: Stack) -> Iterator[str]:
        yield "a release"
        removed.append("it")

    monkeypatch.setattr(scratch_release, "healthy_release", make)
    checks("stack.saw.append('well')", f"raise {ending}", "pass", fixtures=", healthy_release")
    findings: list[Finding] = []
    with pytest.raises((KeyboardInterrupt, SystemExit)) as ended:
        run(Verification(found=findings.append), plugins=[given(running=stack)])
    assert repr(ended.value).startswith(ending.removesuffix(")"))
    assert [finding.verdict for finding in findings] == [Verdict.PASS]
    assert removed == ["it"]


def test_what_cannot_be_removed_is_told(stack: Stack, checks: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    @contextmanager
    def make(_: Stack) -> Iterator[str]:
        yield "a release"
        raise Problem("its namespace stays")

    monkeypatch.setattr(scratch_release, "healthy_release", make)
    checks("stack.saw.append('well')", fixtures=", healthy_release")
    with pytest.raises(Problem, match="its namespace stays"):
        found(stack)


def test_checks_that_cannot_be_read_are_no_run_without_checks(stack: Stack, tmp_path: Path, checks: Write) -> None:
    checks("pass")
    (tmp_path / "subject.py").write_text("import nowhere_to_be_found")
    with pytest.raises(Exception, match="nowhere_to_be_found"):
        found(stack)


def test_pytest_alone_runs_the_checks() -> None:
    """With nothing in its environment, and its own output."""
    checkout = Path(__file__).parents[2]
    command = [sys.executable, "-m", "pytest", "acceptance/checks", "--collect-only", "-q", "-k", "FR-001 or EC-1"]
    env = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "PYTEST"))}
    collected = subprocess.run(
        [*command, "-p", "no:cacheprovider"], cwd=checkout, env=env, capture_output=True, text=True, check=True
    )
    tests = [line for line in collected.stdout.splitlines() if "::" in line]
    assert tests == ["images.py::test_dockerfiles_have_stages", "edge_cases.py::test_too_little_cpu"]


def test_a_run_that_looked_at_nothing_is_not_well() -> None:
    assert not Report(datetime.now(UTC), 0.0, {}, ()).ok
