"""The journal: every change of a task is noted in the statement that makes it.

The statements take the parameters of `Origin`, and `user_id`.
"""

import datetime as dt
from typing import LiteralString

from todo_backend.tasks.columns import AS_JSON, STATE

CHANGES_ARE_KEPT = dt.timedelta(days=30)

# What an event did to its task.
ACTION: LiteralString = """
    CASE WHEN before IS NULL THEN 'created'
         WHEN after ? 'deleted_at' THEN CASE after -> 'deleted_at' WHEN 'null' THEN 'restored' ELSE 'deleted' END
         WHEN after ? 'completed_at' THEN CASE after -> 'completed_at' WHEN 'null' THEN 'reopened' ELSE 'completed' END
         ELSE 'updated' END
"""
ORIGIN: LiteralString = "%(user_id)s::text, %(batch)s::uuid, %(entry_point)s::text, %(source)s::text"
# The fields of `state_before` that are others in `state_after`, as they were and as they are.
DIFFERENCE: LiteralString = """
    (SELECT jsonb_object_agg(key, value) AS before, jsonb_object_agg(key, state_after -> key) AS after
     FROM jsonb_each(state_before) WHERE value <> state_after -> key) AS difference
"""


# Of the events that a statement notes.
NOTED: LiteralString = f"id, task_id, at, before, after, {ACTION} AS action"
SHOWN = 20  # tasks of a change that are told one by one
NAMED: LiteralString = "10"  # tasks that are named where nothing is done because of them


# The tasks that repeat and that a statement completed, with what they were; the rule passes on to the next ones.
CLOSED: LiteralString = """
    (SELECT coalesce(jsonb_agg(jsonb_build_object('id', id, 'recurrence', state_before -> 'recurrence',
                                                  'due', state_after -> 'due',
                                                  'completed_at', state_after -> 'completed_at') ORDER BY id), '[]')
     FROM changed WHERE state_before -> 'completed_at' = 'null' AND state_after -> 'completed_at' <> 'null'
                    AND state_before -> 'recurrence' <> 'null')
"""


def summary_of(events: LiteralString) -> LiteralString:
    """How many tasks the `events` of a batch are about, how many there are of each kind, and the first of them."""
    return f"""
        (SELECT count(DISTINCT task_id) AS count,
                (SELECT jsonb_object_agg(action, number) FROM (
                    SELECT action, count(*) AS number FROM {events} GROUP BY action) AS actions) AS actions,
                (SELECT jsonb_agg(row_to_json(shown)) FROM (
                    SELECT task_id, action, before, after, coalesce(before ->> 'title', after ->> 'title', (
                        SELECT title FROM tasks WHERE user_id = %(user_id)s AND tasks.id = task_id)) AS title
                    FROM (SELECT * FROM {events} ORDER BY id LIMIT {SHOWN}) AS event ORDER BY event.id
                ) AS shown) AS tasks
         FROM {events})
    """


def new_change(kind: LiteralString, subject: LiteralString) -> LiteralString:
    """What a statement `noted`, as a change."""
    return f"""
        (SELECT row_to_json(change) FROM (
            SELECT %(batch)s::uuid AS id, now() AS at, %(entry_point)s::text AS entry_point, %(source)s::text AS source,
                   {kind} AS kind, {subject} AS subject, false AS undone, summary.*
            FROM {summary_of("noted")} AS summary) AS change)
    """


def noting_new(insert: LiteralString) -> LiteralString:
    """Store new tasks by `insert`, which has no RETURNING; answers them as JSON."""
    return f"""
        WITH made AS ({insert} RETURNING id, {AS_JSON} AS document, {STATE} AS state_after),
        noted AS (
            INSERT INTO task_events (user_id, batch, entry_point, source, task_id, after)
            SELECT {ORIGIN}, id, state_after FROM made
        )
        SELECT document FROM made
    """


def noting_changes(assignments: LiteralString, which: LiteralString) -> LiteralString:
    """Set `assignments` in the task of the user that `which` describes; answers it as JSON.

    What stays as it was is not noted.
    """
    return f"{changing(assignments, which)} SELECT document FROM changed"


def noting_changes_of_family(assignments: LiteralString, which: LiteralString, along: LiteralString) -> LiteralString:
    """The same, and in those of its subtasks of which `along` is true.

    Answers the task with `id`, and whether others were changed with it.
    """
    return f"""
        WITH {_held(which)}, {_with_subtasks(along)}, {_changed(assignments, held="family")}, noted AS ({_NOTING})
        SELECT document, (SELECT count(*) FROM changed) > 1 FROM changed WHERE id = %(id)s
    """


def changing(assignments: LiteralString, which: LiteralString) -> LiteralString:
    """The same without its SELECT, which may be about what it `changed`."""
    return f"WITH {_held(which)}, {_changed(assignments)}, noted AS ({_NOTING})"


def noting_many_changes(
    assignments: LiteralString,
    which: LiteralString,
    along: LiteralString = "false",
    unless: LiteralString = "false",
    overfull: LiteralString = "false",
) -> LiteralString:
    """The same of all tasks that `which` describes, if they are as many as `expected`, unless that is null.

    Subtasks of theirs of which `along` is true are changed with them; where there is one of which `unless` is true and
    which is not among them, nothing is done; nor where `overfull` is true of a task, by its `state_before`. Answers how
    many there are, the change, the tasks that repeat and were completed, how many subtasks stand in the way, and the
    first tasks that are overfull with their number.
    """
    free: LiteralString = "NOT EXISTS (SELECT FROM in_the_way) AND NOT EXISTS (SELECT FROM without_room)"
    as_many: LiteralString = "(SELECT count(*) FROM held) = coalesce(%(expected)s::bigint, (SELECT count(*) FROM held))"
    return f"""
        WITH {_held(which)}, {_with_subtasks(along)},
        in_the_way AS ({_subtasks(unless)}),
        without_room AS (SELECT task_id, state_before ->> 'title' AS title FROM held WHERE {overfull}),
        {_changed(assignments, f"{as_many} AND {free}", "family", answered="")},
        noted AS ({_NOTING} RETURNING {NOTED})
        SELECT (SELECT count(*) FROM held), {new_change("'change'", "NULL::uuid")}, {CLOSED},
               (SELECT count(*) FROM in_the_way),
               (SELECT coalesce(jsonb_agg(row_to_json(task)), '[]') FROM (
                   SELECT * FROM without_room ORDER BY task_id LIMIT {NAMED}) AS task),
               (SELECT count(*) FROM without_room)
    """


def _held(which: LiteralString) -> LiteralString:
    # With its `owner`, a task is found by both columns of its key: of a new user PostgreSQL expects a task or two, and
    # would look through all of them for each.
    return f"""
        held AS (
            SELECT user_id AS owner, id AS task_id, {STATE} AS state_before
            FROM tasks WHERE user_id = %(user_id)s AND {which}
            ORDER BY id FOR NO KEY UPDATE)
    """


def _with_subtasks(along: LiteralString) -> LiteralString:
    """What is `held`, and those of its subtasks of which `along` is true, as a `family`."""
    return f"""
        subtasks AS ({_subtasks(along)} ORDER BY id FOR NO KEY UPDATE OF tasks),
        family AS (SELECT * FROM held UNION ALL SELECT * FROM subtasks)
    """


def _subtasks(which: LiteralString) -> LiteralString:
    """The subtasks of what is `held` of which `which` is true, as far as they are not held themselves.

    `NOT IN`, as PostgreSQL then looks each of them up: it takes what is held for one row, and a join would compare each
    with each.
    """
    return f"""
        SELECT user_id AS owner, id AS task_id, {STATE} AS state_before
        FROM tasks JOIN held AS parent ON user_id = parent.owner AND parent_id = parent.task_id
        WHERE {which} AND id NOT IN (SELECT task_id FROM held)
    """


def _changed(
    assignments: LiteralString,
    condition: LiteralString = "true",
    held: LiteralString = "held",
    answered: LiteralString = f", {AS_JSON} AS document",
) -> LiteralString:
    return f"""
        changed AS (
            UPDATE tasks SET {assignments} FROM {held} AS held WHERE user_id = owner AND id = task_id AND {condition}
            RETURNING id{answered}, state_before, {STATE} AS state_after)
    """


_NOTING: LiteralString = f"""
    INSERT INTO task_events (user_id, batch, entry_point, source, task_id, before, after)
    SELECT {ORIGIN}, id, before, after FROM changed CROSS JOIN LATERAL {DIFFERENCE} WHERE before IS NOT NULL
"""
