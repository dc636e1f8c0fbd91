"""How tasks repeat: the rule as it is kept, when a task is due first, and the task that follows one that was done."""

import datetime as dt
import json
from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from todo_backend.core.errors import Invalid
from todo_backend.language.intents import TaskDraft
from todo_backend.language.occurrences import (
    existing,
    first_occurrence,
    next_occurrence,
    next_occurrences,
    wall_clock,
)
from todo_backend.language.reader import Reader
from todo_backend.language.recurrence import Frequency, Recurrence, parse_rule
from todo_backend.language.recurrence_words import in_words
from todo_backend.tasks.schemas import Occurrence, RecurrenceInput, TaskRecurrence

DUE = ("due_date", "due_time", "time_zone")


def read(given: RecurrenceInput, zone: str, now: dt.datetime) -> Recurrence:
    """What a client asks for, said at `now` in `zone`; raises Invalid, in words."""
    try:
        if given.rule is not None:
            recurrence = Recurrence(parse_rule(given.rule), given.after_completion)
        else:
            from todo_backend.language.repetition import read_recurrence  # of some hundreds of expressions

            said = read_recurrence(given.words or "", Reader(now.astimezone(ZoneInfo(zone))))
            recurrence = Recurrence(said.rule, said.after_completion or given.after_completion)
    except ValueError as error:
        raise Invalid(f"recurrence: {error}") from None
    until = recurrence.rule.until
    if until is not None and until < now.astimezone(ZoneInfo(zone)).date():
        raise Invalid(f"recurrence: ended on {until.isoformat()}")
    return recurrence


def kept(recurrence: Recurrence, usual: Mapping[str, Any] | None = None) -> str:
    """The recurrence as a task's row has it; `usual` is what the series has where this task is another."""
    return json.dumps(shown(recurrence).model_dump() | ({"usual": dict(usual)} if usual else {}))


def shown(recurrence: Recurrence) -> TaskRecurrence:
    """The recurrence as a task shows it."""
    return TaskRecurrence(
        rule=str(recurrence.rule), words=in_words(recurrence), after_completion=recurrence.after_completion
    )


def given(recurrence: Recurrence) -> RecurrenceInput:
    """The recurrence as a client gives it."""
    return RecurrenceInput(rule=str(recurrence.rule), words=None, after_completion=recurrence.after_completion)


def upcoming(draft: TaskDraft, zone: str, number: int) -> list[Occurrence]:
    """The dates after the first of a task that is not made yet."""
    if draft.recurrence is None or draft.due_date is None:
        return []
    found = next_occurrences(draft.recurrence.rule, wall_clock(draft.due_date, draft.due_time), number)
    dues = [_due(local, zone, has_time=draft.due_time is not None) for local in found]
    return [Occurrence(due_date=day, due_time=at) for day, at in dues]


def first_due(
    recurrence: Recurrence, at: dt.time | None, zone: str, now: dt.datetime
) -> tuple[dt.date, dt.time | None]:
    """When a task is due that has no date yet; raises Invalid for a rule that never comes."""
    local = now.astimezone(ZoneInfo(zone)).replace(tzinfo=None, second=0, microsecond=0)
    is_hourly = recurrence.rule.frequency is Frequency.HOURLY
    start = local if is_hourly and at is None else wall_clock(local.date(), at)
    if at is not None and start < local:
        start += dt.timedelta(days=1)
    found = first_occurrence(recurrence.rule, start)
    if found is None:
        raise Invalid("recurrence: never comes")
    return _due(found, zone, has_time=is_hourly or at is not None)


def following(task: Mapping[str, Any], done: dt.datetime) -> dict[str, Any] | None:
    """The due date and recurrence of the task after `task`, which was done at that moment; None if it was the last.

    From the due date on, what was missed is passed over: the next one is still to come.
    """
    recurrence, start, after = _counted(task, done)
    found = next_occurrence(recurrence.rule, start, after)
    if found is None:
        return None
    local, rule = found
    zone = _usual(task)["time_zone"]
    day, at = _due(local, zone, has_time=_has_time(task, recurrence))
    usual: dict[str, Any] = {}
    if at is not None and (day, at) != (local.date(), local.time()):  # a time that the clocks skip on this one day
        usual = {"due_date": local.date().isoformat(), "due_time": local.time().isoformat(), "time_zone": zone}
    return {
        "due_date": day.isoformat(),
        "due_time": at and at.isoformat(),
        "time_zone": zone,
        "recurrence": json.loads(kept(Recurrence(rule, recurrence.after_completion), usual)),
    }


def dates(task: Mapping[str, Any], number: int, now: dt.datetime) -> list[Occurrence]:
    """The dates that follow, so many at most, if each task is done on its day."""
    recurrence, start, after = _counted(task, now)
    found = next_occurrence(recurrence.rule, start, after)
    if found is None:
        return []
    first, rule = found
    zone, has_time = _usual(task)["time_zone"], _has_time(task, recurrence)
    later = next_occurrences(rule, first, number - 1)
    dues = [_due(local, zone, has_time=has_time) for local in (first, *later)]
    return [Occurrence(due_date=day, due_time=at) for day, at in dues]


def _counted(task: Mapping[str, Any], done: dt.datetime) -> tuple[Recurrence, dt.datetime, dt.datetime]:
    """The recurrence, from which date it counts, and after which one the next is looked for."""
    written = task["recurrence"]
    recurrence = Recurrence(parse_rule(written["rule"]), written["after_completion"])
    usual, due = _usual(task), task["due"]
    local = done.astimezone(ZoneInfo(usual["time_zone"])).replace(tzinfo=None)
    has_time = _has_time(task, recurrence)
    if recurrence.after_completion:
        is_hourly = recurrence.rule.frequency is Frequency.HOURLY
        start = local.replace(second=0, microsecond=0) if is_hourly else wall_clock(local.date(), _time(usual))
        return recurrence, start, start
    start = wall_clock(dt.date.fromisoformat(usual["due_date"]), _time(usual))
    this = wall_clock(dt.date.fromisoformat(due["due_date"]), _time(due))
    return recurrence, start, max(start, this, local if has_time else wall_clock(local.date(), None))


def _usual(task: Mapping[str, Any]) -> dict[str, Any]:
    """Date, time and zone that the series has for this task: its own unless it was moved."""
    usual: dict[str, Any] = task["recurrence"].get("usual", {})
    due: dict[str, Any] = task["due"]
    return usual if "due_date" in usual else due


def _has_time(task: Mapping[str, Any], recurrence: Recurrence) -> bool:
    return _usual(task)["due_time"] is not None or recurrence.rule.frequency is Frequency.HOURLY


def _time(due: Mapping[str, Any]) -> dt.time | None:
    return None if due["due_time"] is None else dt.time.fromisoformat(due["due_time"])


def _due(local: dt.datetime, zone: str, *, has_time: bool) -> tuple[dt.date, dt.time | None]:
    if not has_time:
        return local.date(), None
    there = existing(local, ZoneInfo(zone))
    return there.date(), there.time()
