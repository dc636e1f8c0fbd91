"""The checks as pytest has them: which clauses each is about, which are chosen, what a failed one did and saw."""

from collections.abc import Generator

import pytest

from acceptance.findings import Check, Figure
from acceptance.fixtures import INSPECTION
from acceptance.specification import CLAUSES


def check_of(item: pytest.Item) -> Check:
    """What a test checks, by its markers and its docstring."""
    assert isinstance(item, pytest.Function)
    numbers = [number for mark in item.iter_markers("clause") for number in mark.args]
    return Check(tuple(numbers), " ".join((item.function.__doc__ or "").split()))


def figures_of(item: pytest.Item) -> tuple[Figure, ...]:
    """The figures among a test's properties."""
    return tuple(value for _, value in item.user_properties if isinstance(value, Figure))


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let checks be chosen by their clauses, and by what they disturb."""
    group = parser.getgroup("specification")
    group.addoption("--only", action="append", default=[], metavar="NUMBER", help="this clause alone; may be repeated")
    group.addoption("--quick", action="store_true", help="only what disturbs nothing and installs nothing")


def pytest_configure(config: pytest.Config) -> None:
    """Refuse clauses that there are not."""
    if unknown := set(config.getoption("--only")) - set(CLAUSES):
        raise pytest.UsageError(f"the specification has no clause {', '.join(sorted(unknown))}")


def pytest_itemcollected(item: pytest.Item) -> None:
    """Let -k find a check by the numbers of its clauses."""
    item.extra_keyword_matches.update(check_of(item).numbers)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Keep the checks that are chosen, in the order of the specification."""
    only, order = set(config.getoption("--only")), list(CLAUSES)
    left_out = [item for item in items if not _is_chosen(item, only, quick=config.getoption("--quick"))]
    items[:] = [item for item in items if item not in left_out]
    items.sort(key=lambda item: order.index(check_of(item).numbers[0]))
    config.hook.pytest_deselected(items=left_out)


@pytest.hookimpl(wrapper=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> Generator[None, object, object]:
    """Fail a check that says it is well, and has neither seen nor measured anything."""
    called = yield
    inspection = pyfuncitem.stash.get(INSPECTION, None)
    if not (inspection and inspection.saw) and not figures_of(pyfuncitem):
        pytest.fail("the check looked at nothing")
    return called


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Show beside a failure what the check did and saw before."""
    report = yield
    inspection = item.stash.get(INSPECTION, None)
    if report.failed and inspection:
        report.sections += [("did", "\n".join(inspection.did)), ("saw", "\n".join(inspection.saw))]
    return report


def _is_chosen(item: pytest.Item, only: set[str], *, quick: bool) -> bool:
    if quick and item.get_closest_marker("slow"):
        return False
    return not only or bool(only & set(check_of(item).numbers))
