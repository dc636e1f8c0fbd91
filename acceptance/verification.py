"""Running the checks by pytest, within a time budget; a finding of each clause as soon as its check has ended."""

import os
import time
import traceback
from collections.abc import Callable, Generator, Sequence
from pathlib import Path
from types import ModuleType

import pytest

from acceptance.findings import Check, Finding, Verdict, not_run
from acceptance.fixtures import INSPECTION
from acceptance.pytest_plugin import check_of, figures_of
from acceptance.specification import CLAUSES
from todo_cli.errors import Problem

CHECKS = Path(__file__).with_name("checks")
SETTINGS = CHECKS / "pytest.ini"
PLUGINS = ("acceptance.fixtures", "acceptance.pytest_plugin")
# Nothing on the screen but our own, nothing written down, and the process left as it is: it may be a test's.
LEFT_OUT = (
    "terminal", "cacheprovider", "faulthandler", "logging", "threadexception", "unraisableexception", "warnings",
)  # fmt: skip
QUIET = ("--capture=no", "--assert=plain", *(f"-pno:{plugin}" for plugin in LEFT_OUT))


class Verification:
    """A plugin that tells `begin` of each check, and `found` of each clause; those beyond `budget` seconds are not run.

    `checks`: what was collected. `ended_by`: what ended the run before its end, if anything did.
    """

    def __init__(
        self,
        *,
        budget: float | None = None,
        begin: Callable[[Check], None] = lambda _: None,
        found: Callable[[Finding], None] = lambda _: None,
    ) -> None:
        self.checks: list[Check] = []
        self.ended_by: BaseException | None = None
        self._budget, self._begin, self._found = budget, begin, found
        self._began = time.monotonic()
        self._seconds = 0.0

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Keep what was chosen."""
        self.checks = [check_of(item) for item in session.items]

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> bool | None:
        """Begin a check, unless the time is used up."""
        check = check_of(item)
        if self._budget is not None and time.monotonic() - self._began > self._budget:
            self._tell(not_run(check, f"the time budget of {self._budget:.0f} s was used up before"))
            return True
        self._seconds = 0.0
        self._begin(check)
        return None

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Make the findings when the check has ended, unless the process is to end, or what was made cannot go."""
        report = yield
        self._seconds += call.duration
        error = call.excinfo.value if call.excinfo else None
        if error and (isinstance(error, SystemExit) or call.when == "teardown"):
            raise error
        if error or call.when == "call":
            self._tell(_findings(item, error, self._seconds))
        return report

    @pytest.hookimpl(wrapper=True)
    def pytest_runtestloop(self) -> Generator[None, object, object]:
        """Keep what ends the run, Ctrl-C above all: fixtures then end, and it is no error of pytest's."""
        try:
            return (yield)
        except BaseException as error:
            return self._end(error)

    def pytest_exception_interact(self, node: pytest.Item | pytest.Collector, call: pytest.CallInfo[object]) -> None:
        """Keep why checks could not be read."""
        if isinstance(node, pytest.Collector) and call.excinfo:
            self._end(call.excinfo.value)

    def pytest_keyboard_interrupt(self, excinfo: pytest.ExceptionInfo[BaseException]) -> None:
        """Keep what ended the run while checks were collected."""
        self._end(excinfo.value)

    def pytest_internalerror(self, excinfo: pytest.ExceptionInfo[BaseException]) -> bool:
        """Keep what is wrong with the run itself: whoever runs it shows it."""
        return self._end(excinfo.value)

    def _end(self, error: BaseException) -> bool:
        self.ended_by = self.ended_by or error
        return True

    def _tell(self, findings: Sequence[Finding]) -> None:
        for finding in findings:
            self._found(finding)


def run(verification: Verification, *options: str, plugins: Sequence[object] = ()) -> None:
    """Run the checks that pytest's options choose; raises what ended the run, once all is removed that checks made."""
    os.environ.pop("PYTEST_ADDOPTS", None)  # meant for somebody's tests
    arguments = [str(CHECKS), "-c", str(SETTINGS), *QUIET, *options]
    ended = pytest.main(arguments, [*PLUGINS, verification, *plugins])
    if verification.ended_by:
        raise verification.ended_by
    assert ended != pytest.ExitCode.USAGE_ERROR, f"pytest does not take {options}"


def chosen(*options: str) -> list[Check]:
    """The checks that pytest's options choose, in the order of the specification."""
    verification = Verification()
    run(verification, "--collect-only", *options)
    return verification.checks


def session_fixtures(**makers: Callable[[], object]) -> object:
    """A plugin: session fixtures of these names are made by these functions, instead of as they would be."""
    plugin = ModuleType("")  # nameless, for no two plugins may have one name
    for name, make in makers.items():
        setattr(plugin, name, pytest.fixture(scope="session")(make))
    return plugin


def given(**values: object) -> object:
    """A plugin: session fixtures of these names have these values."""
    return session_fixtures(**{name: lambda value=value: value for name, value in values.items()})


def _findings(item: pytest.Item, error: BaseException | None, seconds: float) -> list[Finding]:
    """What a check found of each of its clauses, and what it ended with."""
    check, inspection = check_of(item), item.stash.get(INSPECTION, None)
    verdict = Verdict.PASS if error is None else Verdict.FAIL
    if isinstance(error, pytest.skip.Exception):
        verdict = Verdict.NOT_APPLICABLE
    did, saw = (inspection.did, inspection.saw) if inspection else ([], [])
    evidence = (tuple(did), (*saw, *_said(error)), figures_of(item))
    picture = inspection.picture if inspection else ""
    return [Finding(CLAUSES[number], verdict, check.how, *evidence, seconds, picture) for number in check.numbers]


def _said(error: BaseException | None) -> list[str]:
    """How a check ended, in words; an error in it is a failure, for it did not see what it asks for."""
    match error:
        case None:
            return []
        case pytest.fail.Exception() | pytest.skip.Exception():
            return [str(error.msg)]
        case AssertionError() if str(error):
            return [str(error)]
        case Problem():
            fix = f" (fix: {error.fix})" if error.fix else ""
            return [*error.details, f"{error.message}{fix}"]
    return [f"the check itself broke: {''.join(traceback.format_exception(error, limit=-3))}"]
