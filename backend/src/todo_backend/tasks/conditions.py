"""Which tasks a filter means, as a condition of a statement."""

import datetime as dt
from typing import Any, LiteralString
from zoneinfo import ZoneInfo

from todo_backend.language.fields import DueWindow, Status
from todo_backend.tasks.schemas import TaskConditions

OF_STATUS: dict[Status, LiteralString] = {
    Status.ALL: "",
    Status.PENDING: "AND completed = false",
    Status.COMPLETED: "AND completed = true",
}
IS_OPEN: LiteralString = "completed_at IS NULL AND deleted_at IS NULL"
HAS_OPEN_SUBTASKS: LiteralString = f"""
    EXISTS (SELECT FROM tasks AS subtask
            WHERE subtask.user_id = %(user_id)s AND subtask.parent_id = tasks.id AND {IS_OPEN})
"""
# A task without a time is due on its date wherever the reader is; one with a time, on that moment's local date.
_LOCAL_DUE_DATE: LiteralString = (
    "CASE WHEN due_time IS NULL THEN due_date ELSE (due_at AT TIME ZONE %(reader_zone)s)::date END"
)


def conditions_of(
    wanted: TaskConditions, parameters: dict[str, Any], now: dt.datetime, spelled: str | None = None
) -> LiteralString:
    """All that `wanted` says but for the status, as `AND ...`; what it needs goes into `parameters`.

    With `spelled`, a query, words are looked for as it has them.
    """
    conditions: LiteralString = ""
    if wanted.priority:
        conditions += " AND priority = ANY(%(priorities)s::task_priority[])"
        parameters["priorities"] = [str(priority) for priority in wanted.priority]
    if wanted.parent_id is not None:
        conditions += " AND parent_id = %(of_parent)s"
        parameters["of_parent"] = wanted.parent_id
    if wanted.top_level:
        conditions += " AND parent_id IS NULL"
    if wanted.has_open_subtasks is not None:
        conditions += f" AND {HAS_OPEN_SUBTASKS}" if wanted.has_open_subtasks else f" AND NOT {HAS_OPEN_SUBTASKS}"
    if wanted.tag:
        conditions += " AND tags @> %(tag)s AND tags <> '{}'"
        parameters["tag"] = wanted.tag
    if wanted.any_tag:
        conditions += " AND tags && %(any_tag)s AND tags <> '{}'"
        parameters["any_tag"] = wanted.any_tag
    if wanted.repeats is not None:
        conditions += " AND recurrence IS NOT NULL" if wanted.repeats else " AND recurrence IS NULL"
    if spelled is not None:
        conditions += " AND search @@ %(spelled)s::tsquery"
        parameters["spelled"] = spelled
    elif wanted.q.split():
        conditions += " AND search @@ task_query(%(user_id)s, %(q)s)"
        parameters["q"] = wanted.q
    return conditions + _due_conditions(wanted, parameters, now)


def _due_conditions(wanted: TaskConditions, parameters: dict[str, Any], now: dt.datetime) -> LiteralString:
    if not wanted.due and wanted.due_from is None and wanted.due_to is None:
        return ""
    zone = ZoneInfo(wanted.time_zone or "UTC")
    parameters |= {"reader_zone": zone.key, "now": now, "today": now.astimezone(zone).date()}
    windows: LiteralString = " OR ".join([_IN_WINDOW[window] for window in dict.fromkeys(wanted.due)])
    conditions: LiteralString = f" AND ({windows})" if windows else ""
    if wanted.due_from is not None:
        conditions += f" AND {_from('%(due_from)s::date')}"
        parameters["due_from"] = wanted.due_from
    if wanted.due_to is not None:
        conditions += f" AND {_to('%(due_to)s::date')}"
        parameters["due_to"] = wanted.due_to
    return conditions


# As the indexes have it: tasks without a date come last.
_DUE: LiteralString = "coalesce(due_at, 'infinity')"


# The dates decide; the moments, wide enough for every time zone, let the index on due_at find the place.
def _from(day: LiteralString) -> LiteralString:
    return f"({_LOCAL_DUE_DATE} >= {day} AND {_DUE} >= {day} - interval '1 day' AND {_DUE} < 'infinity')"


def _to(day: LiteralString) -> LiteralString:
    return f"({_LOCAL_DUE_DATE} <= {day} AND {_DUE} < {day} + interval '3 days')"


def _days_ahead(first: LiteralString, last: LiteralString) -> LiteralString:
    return f"({_from(f'(%(today)s::date + {first})')} AND {_to(f'(%(today)s::date + {last})')})"


_IN_WINDOW: dict[DueWindow, LiteralString] = {
    DueWindow.NONE: f"{_DUE} = 'infinity'",
    DueWindow.OVERDUE: """(completed_at IS NULL AND due_at < %(now)s + interval '2 days'
        AND CASE WHEN due_time IS NULL THEN due_date < %(today)s ELSE due_at < %(now)s END)""",
    DueWindow.TODAY: _days_ahead("0", "0"),
    DueWindow.TOMORROW: _days_ahead("1", "1"),
    DueWindow.WEEK: _days_ahead("0", "6"),
}
