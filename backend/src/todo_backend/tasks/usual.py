"""What a series has, where one task of it is changed: it stays in its `recurrence`, as `usual`, for the next one."""

from collections.abc import Mapping
from typing import Any, LiteralString

from todo_backend.tasks.columns import DUE_FIELDS
from todo_backend.tasks.schemas import Scope

# Of each field that may be changed: whether it becomes another, how the series has it then, and its names there.
_FIELDS: dict[str, tuple[LiteralString, LiteralString, LiteralString]] = {
    "title": ("title <> %(title)s", "'title', title", "'title'"),
    "description": ("description <> %(description)s", "'description', description", "'description'"),
    "priority": ("priority <> %(priority)s::task_priority", "'priority', priority", "'priority'"),
    "tags": ("tags <> %(tags)s", "'tags', tags", "'tags'"),
    "due_date": ("due_date <> %(due_date)s", DUE_FIELDS, "'due_date', 'due_time', 'time_zone'"),
    "due_time": ("due_time IS DISTINCT FROM %(due_time)s::time", DUE_FIELDS, "'due_date', 'due_time', 'time_zone'"),
    "add_tags": ("NOT tags @> %(add_tags)s::text[] OR tags && %(remove_tags)s::text[]", "'tags', tags", "'tags'"),
    "note": ("true", "'description', description", "'description'"),
    "postpone_days": ("%(postpone_days)s::int <> 0", DUE_FIELDS, "'due_date', 'due_time', 'time_zone'"),
    "zone": ("time_zone <> %(zone)s", DUE_FIELDS, "'due_date', 'due_time', 'time_zone'"),
}
_DUE = ("due_date", "due_time", "postpone_days", "zone")


def keeping_usual(changes: Mapping[str, Any]) -> list[LiteralString]:
    """The assignment that keeps what the `changes` make another for this task alone, if they make anything so.

    Without a `scope`, that is when it is due; the rest is for all from now on.
    """
    given = [name for name in _FIELDS if name in changes]
    of_this = [name for name in given if _scope(name, changes) is Scope.THIS]
    if not given:
        return []
    differs: LiteralString = " OR ".join([_FIELDS[name][0] for name in of_this] or ["false"])
    before: LiteralString = " || ".join(
        [
            "'{}'::jsonb",
            *(
                f"CASE WHEN {_FIELDS[name][0]} THEN jsonb_build_object({_FIELDS[name][1]}) ELSE '{{}}' END"
                for name in of_this
            ),
        ]
    )
    of_all: LiteralString = " || ".join(
        [
            "'{}'::text[]",
            *(
                f"CASE WHEN {_FIELDS[name][0]} THEN ARRAY[{_FIELDS[name][2]}] ELSE '{{}}' END"
                for name in given
                if name not in of_this
            ),
        ]
    )
    kept: LiteralString = f"{before} || coalesce(recurrence -> 'usual', '{{}}')"
    return [
        f"""
        recurrence = CASE WHEN {differs} OR recurrence ? 'usual'
            THEN recurrence || jsonb_build_object('usual', ({kept}) - ({of_all})) ELSE recurrence END
        """
    ]


def _scope(name: str, changes: Mapping[str, Any]) -> Scope:
    return changes.get("scope") or (Scope.THIS if name in _DUE else Scope.ALL)
