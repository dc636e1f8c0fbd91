"""Tasks as a spreadsheet reads them: CSV as RFC 4180 has it, each cell quoted. Pure functions."""

import csv
import io
import json
import re
from collections.abc import Sequence
from typing import Any

from todo_backend.core.text import BLANK

COLUMNS = (
    "id",
    "parent_id",
    "title",
    "description",
    "priority",
    "due_date",
    "due_time",
    "time_zone",
    "tags",
    "recurrence",
    "created_at",
    "updated_at",
    "completed_at",
    "deleted_at",
)
# Spreadsheets that see no byte order mark take UTF-8 for something else.
BEGINNING = "\ufeff" + ",".join(f'"{column}"' for column in COLUMNS) + "\r\n"

# What a spreadsheet may take for a formula, after what it may pass over (OWASP, CSV Injection).
_FORMULA = re.compile(rf"[{BLANK}]*[=+\-@＝＋－＠]|[\t\r\n]")


def rows(tasks: Sequence[str]) -> str:
    """Tasks, each the JSON of an `ExportedTask`, as a row each."""
    text = io.StringIO()
    csv.writer(text, quoting=csv.QUOTE_ALL).writerows(map(_cells, map(json.loads, tasks)))
    return text.getvalue()


def _cells(task: dict[str, Any]) -> list[str]:
    words = {"tags": " ".join(task["tags"]), "recurrence": task["recurrence"] and task["recurrence"]["words"]}
    return [_cell((task | words)[column]) for column in COLUMNS]


def _cell(value: object) -> str:
    """A value that is shown, and never reckoned: an apostrophe stands before what begins as a formula does."""
    text = "" if value is None else str(value)
    return f"'{text}" if _FORMULA.match(text) else text
