"""A task's columns, as statements write them."""

from typing import LiteralString

# Most tasks do not repeat: to look is cheaper than to take `usual` out of nothing.
PUBLIC: LiteralString = """
    id, user_id, title, description, completed, priority, due_date, left(due_time::text, 5) AS due_time,
    time_zone, due_at, tags, CASE WHEN recurrence IS NOT NULL THEN recurrence - 'usual' END AS recurrence,
    created_at, updated_at, completed_at
"""
AS_JSON: LiteralString = f"(SELECT row_to_json(task) FROM (SELECT {PUBLIC}) AS task)"

DUE_FIELDS: LiteralString = "'due_date', due_date, 'due_time', due_time, 'time_zone', time_zone"
# What the journal keeps of a task. Date, time and zone are one thing: none of them means much without the others.
STATE: LiteralString = f"""
    jsonb_build_object(
        'title', title, 'description', description, 'priority', priority, 'tags', tags,
        'due', jsonb_build_object({DUE_FIELDS}),
        'recurrence', recurrence, 'rank', rank, 'completed_at', completed_at, 'deleted_at', deleted_at)
"""
# `wanted` is a task as it is to be. What goes to the trash goes there now, whenever it was there before.
SET_STATE: LiteralString = """
    title = (wanted).title, description = (wanted).description, priority = (wanted).priority, tags = (wanted).tags,
    due_date = (wanted).due_date, due_time = (wanted).due_time, time_zone = (wanted).time_zone,
    recurrence = (wanted).recurrence, rank = (wanted).rank, completed_at = (wanted).completed_at,
    deleted_at = CASE WHEN (wanted).deleted_at IS NOT NULL THEN now() END,
    updated_at = now()
"""


def with_state(state: LiteralString) -> LiteralString:
    """The row of `tasks` with what `state` has, some of `STATE`."""
    return f"jsonb_populate_record(tasks, ({state}) - 'due' || coalesce(({state}) -> 'due', '{{}}'))"
