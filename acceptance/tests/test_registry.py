"""Every clause of the specification has one check, and a run tells what it found of each."""

from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from acceptance.checks import chosen
from acceptance.inspection import Figure, Inspection
from acceptance.running import Check, Report, Verdict, examine, registered, run
from acceptance.scratch_release import ScratchReleases
from acceptance.specification import CLAUSES
from acceptance.stack import Stack
from acceptance.verdicts import Failed, NotApplicable

from todo_cli.errors import Problem
from todo_cli.kube.cluster import Cluster


@pytest.fixture
def inspection(tmp_path: Path) -> Inspection:
    """One of a stack that nothing is asked of."""
    stack = Stack(Cluster("kubectl", "helm", "nowhere", "nothing"), "http://localhost:1", tmp_path)
    return Inspection(stack, ScratchReleases(stack))


def test_the_specification_is_whole() -> None:
    kinds = Counter(clause.kind for clause in CLAUSES.values())
    assert list(kinds.values()) == [22, 14, 12, 8]


def test_each_clause_has_one_check_that_says_how() -> None:
    covered = Counter(number for check in registered() for number in check.numbers)
    assert covered == Counter(list(CLAUSES))
    assert all(len(check.how) > 20 for check in registered())


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
    assert [check.numbers for check in chosen(["US3-3"], quick=False)] == [("FR-009", "US3-3")]
    assert chosen(["SC-012"], quick=True) == []
    assert 0 < len(chosen([], quick=True)) < len(chosen([], quick=False))


def _raise(error: Exception) -> None:
    raise error


@pytest.mark.parametrize(
    ("look", "verdict", "seen"),
    [
        (lambda stack: stack.require(True, "it is so"), Verdict.PASS, "it is so"),
        (lambda stack: stack.require(False, "it is not so"), Verdict.FAIL, "it is not so"),
        (lambda _: _raise(NotApplicable("not here")), Verdict.NOT_APPLICABLE, "not here"),
        (lambda _: _raise(Problem("kubectl failed", details=["no"])), Verdict.FAIL, "no\nkubectl failed"),
        (lambda _: _raise(Problem("it is gone", fix="./todo up")), Verdict.FAIL, "it is gone (fix: ./todo up)"),
        (lambda _: _raise(KeyError("spec")), Verdict.FAIL, "the check itself broke"),
        (lambda _: None, Verdict.FAIL, "looked at nothing"),
    ],
)
def test_a_check_ends_with_what_it_saw(
    inspection: Inspection, look: Callable[[Inspection], None], verdict: Verdict, seen: str
) -> None:
    [finding] = examine(Check(("FR-001",), look, quick=True), inspection)
    assert finding.verdict is verdict
    assert seen in "\n".join(finding.saw)


def test_a_figure_beyond_its_limit_fails_and_is_kept(inspection: Inspection) -> None:
    inspection.measure("seconds", 1.0, "s", at_most=2)
    inspection.measure("pods", 2, "pods", at_least=2)
    with pytest.raises(Failed, match="at most 2"):
        inspection.measure("seconds", 3.0, "s", at_most=2)
    assert [figure.ok for figure in inspection.figures] == [True, True, False]
    assert str(Figure("pods", 1, "pods", 2, at_least=True)) == "pods: 1 pods (at least 2)"


def test_what_does_not_fit_into_the_budget_is_told_and_not_passed(inspection: Inspection) -> None:
    checks = [Check(("FR-001",), lambda stack: stack.require(True, "looked at"), quick=True)]
    [finding] = run(inspection.stack, checks, budget=-1)
    assert finding.verdict is Verdict.NOT_RUN


def test_a_run_that_looked_at_nothing_is_not_well() -> None:
    assert not Report(datetime.now(UTC), 0.0, {}, ()).ok
