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
# A task without a time is due on its date wherever the reader is; one with a time, on that moment's local date.
_LOCAL_DUE_DATE: LiteralString = (
    "CASE WHEN due_time IS NULL THEN due_date ELSE (due_at AT TIME ZONE %(reader_zone)s)::date END"
)
# The first and the last day of a window, counted from today.
_DAYS_AHEAD = {DueWindow.TODAY: (0, 0), DueWindow.TOMORROW: (1, 1), DueWindow.WEEK: (0, 6)}


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
    if wanted.due is None and wanted.due_from is None and wanted.due_to is None:
        return ""
    zone = ZoneInfo(wanted.time_zone or "UTC")
    parameters |= {"reader_zone": zone.key, "now": now}
    today = now.astimezone(zone).date()
    first, last = wanted.due_from, wanted.due_to
    conditions: LiteralString = ""
    match wanted.due:
        case DueWindow.NONE:
            conditions += " AND due_at IS NULL"
        case DueWindow.OVERDUE:
            parameters["today"] = today
            conditions += """ AND completed_at IS NULL AND due_at < %(now)s + interval '2 days'
                AND CASE WHEN due_time IS NULL THEN due_date < %(today)s ELSE due_at < %(now)s END"""
        case DueWindow.TODAY | DueWindow.TOMORROW | DueWindow.WEEK:
            begins, ends = (today + dt.timedelta(days=days) for days in _DAYS_AHEAD[wanted.due])
            first, last = max(first or begins, begins), min(last or ends, ends)
    # The dates decide; the moments, wide enough for every time zone, let the index on due_at find the place.
    if first is not None:
        conditions += f""" AND {_LOCAL_DUE_DATE} >= %(first)s
            AND coalesce(due_at, 'infinity') >= %(first)s::date - interval '1 day'"""
        parameters["first"] = first
    if last is not None:
        conditions += f""" AND {_LOCAL_DUE_DATE} <= %(last)s
            AND coalesce(due_at, 'infinity') < %(last)s::date + interval '3 days'"""
        parameters["last"] = last
    return conditions
