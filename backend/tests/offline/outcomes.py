"""What a message to the assistant should lead to, and what it led to."""

import re
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from .conftest import Shelf

Tasks = dict[int, dict[str, Any]]


@dataclass(frozen=True)
class Outcome:
    """The fields of the tasks that were added, those that were changed, what was deleted, and what the answer shows.

    `shown` are the numbers in the answer, in order; None where they do not matter. `asks` is whether it ends with a
    question, `says` what stands in it.
    """

    added: tuple[dict[str, Any], ...] = ()
    changed: dict[int, dict[str, Any]] = field(default_factory=dict)
    deleted: frozenset[int] = frozenset()
    shown: tuple[int, ...] | None = None
    asks: bool = False
    says: str = ""

    def __add__(self, other: "Outcome") -> "Outcome":
        return Outcome(
            self.added + other.added,
            self.changed | other.changed,
            self.deleted | other.deleted,
            asks=self.asks or other.asks,
            says=self.says or other.says,
        )

    @property
    def touched(self) -> set[int]:
        return {*self.changed, *self.deleted}


class Case(NamedTuple):
    kind: str
    said: tuple[str, ...]
    right: Outcome
    locale: str = ""


def add(title: str, when: str = "", **fields: Any) -> Outcome:
    return Outcome(added=({"title": title, **_due(when), **fields},))


def change(*ids: int, when: str | None = None, **fields: Any) -> Outcome:
    values = fields | (_due(when) if when is not None else {})
    return Outcome(changed=dict.fromkeys(ids, values))


def done(*ids: int) -> Outcome:
    return change(*ids, completed=True)


def reopened(*ids: int) -> Outcome:
    return change(*ids, completed=False)


def gone(*ids: int) -> Outcome:
    return Outcome(deleted=frozenset(ids))


def shows(*ids: int) -> Outcome:
    return Outcome(shown=ids)


def asks(*ids: int, says: str = "") -> Outcome:
    """A question, about these tasks if there are any."""
    return Outcome(shown=ids or None, asks=True, says=says)


def says(words: str) -> Outcome:
    return Outcome(says=words)


def _due(when: str) -> dict[str, Any]:
    day, _, at = when.partition(" ")
    return ({"due_date": day} if day else {}) | ({"due_time": at} if at else {})


_IGNORED = ("completed_at", "created_at", "time_zone", "id")


def observed(before: Tasks, shelf: Shelf, answer: str) -> Outcome:
    """What happened between `before` and now."""
    added = tuple(_without_defaults(task) for key, task in shelf.tasks.items() if key not in before)
    changed = {
        key: {
            name: _shown(value) for name, value in task.items() if value != before[key][name] and name not in _IGNORED
        }
        for key, task in shelf.tasks.items()
        if key in before
    }
    return Outcome(
        added,
        {key: fields for key, fields in changed.items() if fields},
        frozenset(before) - frozenset(shelf.tasks),
        tuple(map(int, re.findall(r"\(#(\d+)", answer))),
        answer.endswith("?"),
        answer,
    )


def is_right(seen: Outcome, right: Outcome) -> bool:
    same = (seen.added, seen.changed, seen.deleted, seen.asks) == (
        right.added,
        right.changed,
        right.deleted,
        right.asks,
    )
    return same and right.shown in (None, seen.shown) and right.says.lower() in seen.says.lower()


def _without_defaults(task: dict[str, Any]) -> dict[str, Any]:
    defaults = {
        "description": "",
        "completed": False,
        "priority": "none",
        "due_date": None,
        "due_time": None,
        "tags": [],
    }
    return {name: _shown(value) for name, value in task.items() if name not in _IGNORED and value != defaults.get(name)}


def _shown(value: Any) -> Any:
    """A recurrence as its rule, with a star if it counts from completion."""
    if isinstance(value, dict) and "rule" in value:
        return value["rule"] + (" *" if value["after_completion"] else "")
    return value
