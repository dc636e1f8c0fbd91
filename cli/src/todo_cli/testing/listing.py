"""Naming what a suite promises, without running it."""

import json
import os
import re
from dataclasses import dataclass, field
from pathlib import Path

from todo_cli.programs import GRACE_SECONDS, Command, capture
from todo_cli.testing.runner import PAGE_TAG, SuiteRun

ARROW = " \u203a "  # as Playwright joins a test's file and names
_PLACE_OR_TAG = re.compile(rf":\d+:\d+(?= )| {PAGE_TAG}$")


@dataclass
class SuiteListing(SuiteRun):
    """Names what a suite promises instead of running it: each test, and each tool that counts as one."""

    promises: list[str] = field(default_factory=list)

    def setup(self, name: str, command: Command, *, env: dict[str, str]) -> None:
        """Nothing: no stack is needed to name the tests on it."""

    def teardown(self, name: str, command: Command, *, env: dict[str, str]) -> None:
        """Nothing either."""

    def check(self, name: str, command: Command, *, cwd: Path, env: dict[str, str]) -> None:
        """Name the tool."""
        self.promises.append(name)

    def pytest(
        self, python: Path, *arguments: str | Path, cwd: Path, env: dict[str, str], grace: float = GRACE_SECONDS
    ) -> None:
        """Name the tests that pytest collects."""
        command = [python, "-m", "pytest", *arguments, "-p", "no:cacheprovider", "--collect-only", "--verbosity=-1"]
        collected = capture(command, cwd=cwd, env=env, timeout=600).stdout
        self.promises += [line for line in collected.splitlines() if "::" in line]

    def vitest(self, npm: str, *, cwd: Path, env: dict[str, str]) -> None:
        """Name the tests that vitest finds."""
        found = capture([npm, "exec", "vitest", "list"], cwd=cwd, env=env, timeout=600).stdout
        self.promises += [line for line in found.splitlines() if " > " in line]

    def playwright(self, npm: str, *arguments: str, cwd: Path, env: dict[str, str]) -> None:
        """Name the tests that Playwright finds."""
        command = [npm, "exec", "playwright", "--", "test", "--list", *arguments]
        found = capture(command, cwd=cwd, env=env, timeout=600).stdout
        self.promises += [_PLACE_OR_TAG.sub("", line.strip()) for line in found.splitlines() if ARROW in line]

    def verify(self, command: Command, *, cwd: Path, env: dict[str, str], grace: float) -> None:
        """Name the clauses of the specification."""
        program = "import json; from acceptance.specification import CLAUSES; print(json.dumps(list(CLAUSES)))"
        found = capture([command[0], "-c", program], cwd=cwd, env=env | {"PYTHONPATH": os.fspath(cwd)}).stdout
        self.promises += json.loads(found)
