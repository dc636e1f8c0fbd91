"""A task's columns, as statements write them."""

from typing import LiteralString

# Most tasks do not repeat: to look is cheaper than to take `usual` out of nothing.
PUBLIC: LiteralString = """
    id, user_id, title, description, completed, priority, due_date, left(due_time::text, 5) AS due_time,
    time_zone, due_at, tags, CASE WHEN recurrence IS NOT NULL THEN recurrence - 'usual' END AS recurrence, parent_id,
    created_at, updated_at, completed_at
"""
# The JSON text of a `task` that has the columns `PUBLIC`, of the user that the parameter names; with what is to be told
# of one that has subtasks or is one. Most people have none at all: that is looked up once, not for each task.
TASK_AS_JSON: LiteralString = """
    CASE WHEN task.parent_id IS NOT NULL
           OR (SELECT EXISTS (SELECT FROM tasks WHERE user_id = %(user_id)s AND parent_id IS NOT NULL))
         THEN left(row_to_json(task)::text, -1) || task_family(task.user_id, task.id, task.parent_id) || '}'
         ELSE row_to_json(task)::text END
"""
# The same of a row of `tasks`; in a statement that changes tasks, with the subtasks as they were before it.
AS_JSON: LiteralString = f"(SELECT {TASK_AS_JSON} FROM (SELECT {PUBLIC}) AS task)"

DUE_FIELDS: LiteralString = "'due_date', due_date, 'due_time', due_time, 'time_zone', time_zone"
# What the journal keeps of a task. Date, time and zone are one thing: none of them means much without the others.
STATE: LiteralString = f"""
    jsonb_build_object(
        'title', title, 'description', description, 'priority', priority, 'tags', tags,
        'due', jsonb_build_object({DUE_FIELDS}),
        'recurrence', recurrence, 'parent_id', parent_id, 'rank', rank, 'completed_at', completed_at,
        'deleted_at', deleted_at)
"""
# `wanted` is a task as it is to be. What goes to the trash goes there now, whenever it was there before.
SET_STATE: LiteralString = """
    title = (wanted).title, description = (wanted).description, priority = (wanted).priority, tags = (wanted).tags,
    due_date = (wanted).due_date, due_time = (wanted).due_time, time_zone = (wanted).time_zone,
    recurrence = (wanted).recurrence, parent_id = (wanted).parent_id, rank = (wanted).rank,
    completed_at = (wanted).completed_at,
    deleted_at = CASE WHEN (wanted).deleted_at IS NOT NULL THEN now() END,
    updated_at = now()
"""


def with_state(state: LiteralString) -> LiteralString:
    """The row of `tasks` with what `state` has, some of `STATE`."""
    return f"jsonb_populate_record(tasks, ({state}) - 'due' || coalesce(({state}) -> 'due', '{{}}'))"
