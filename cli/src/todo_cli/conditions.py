"""What our programs report for other programs: a code beside the words, from the table in `contracts/codes.json`."""

import json
from collections.abc import Iterable
from dataclasses import dataclass

OK, UNKNOWN = "ok", "unknown"


@dataclass(frozen=True)
class Condition:
    """How something is. Only `code` and `setting` (a variable's name) are read; `detail` is shown as it is.

    What others than our programs say has no code.
    """

    code: str
    detail: str
    setting: str = ""


def condition_of(fields: object) -> Condition | None:
    """The condition in the fields of a JSON object, as a check or a log line has them; None when there is none."""
    if not isinstance(fields, dict) or not isinstance(fields.get("code"), str):
        return None
    detail = fields.get("detail", fields.get("message", ""))
    return Condition(fields["code"], str(detail), str(fields.get("setting") or ""))


def last_conditions(lines: Iterable[str]) -> list[Condition]:
    """The conditions that a program reported last: those of its lines that no other line comes after."""
    found: list[Condition] = []
    for line in filter(str.strip, lines):
        condition = _of_line(line)
        found = [] if condition is None else [*found, condition]
    return found


def _of_line(line: str) -> Condition | None:
    try:
        return condition_of(json.loads(line))
    except ValueError:
        return None
