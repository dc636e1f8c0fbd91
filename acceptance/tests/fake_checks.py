"""Checks of a test's own, which pytest runs as it runs those of the specification."""

from collections.abc import Callable
from pathlib import Path

import pytest
from acceptance import verification

HEAD = """
import pytest

from todo_cli.errors import Problem
"""
CHECK = '''

@pytest.mark.clause("FR-00{number}")
def test_{number}(stack, measure{fixtures}):
    """Something that is looked at closely."""
    {body}
'''


def writing_checks(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Has these be the checks: of the first clauses, with these bodies, each asking for `fixtures`, too."""
    monkeypatch.setattr(verification, "CHECKS", folder)

    def write(*bodies: str, fixtures: str = "") -> None:
        made = (CHECK.format(number=number, body=body, fixtures=fixtures) for number, body in enumerate(bodies, 1))
        (folder / "subject.py").write_text("".join([HEAD, *made]))

    return write
