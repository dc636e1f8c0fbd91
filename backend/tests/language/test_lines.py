"""Everyday lines, by kind: the day and the time that they set, and the title that remains."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from todo_backend.language.drafts import parse_quick_add

from .lines import KINDS, Line

SATURDAY_AFTERNOON = dt.datetime(2026, 11, 28, 16, 0, tzinfo=ZoneInfo("Europe/Berlin"))


@pytest.mark.parametrize(
    "line",
    [pytest.param(line, id=f"{kind}: {line.text} [{line.locale}]") for kind, lines in KINDS.items() for line in lines],
)
def test_a_line_means_what_its_words_say(line: Line) -> None:
    draft = parse_quick_add(line.text, SATURDAY_AFTERNOON, line.locale)
    due = draft.due_date.isoformat() if draft.due_date else ""
    due += f" {draft.due_time:%H:%M}" if draft.due_time else ""
    assert (draft.title, due) == (line.title, line.when)
