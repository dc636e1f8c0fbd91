"""SQL of lists: filtered, in an order that an index has, in pages. PostgreSQL builds the JSON."""

import datetime as dt
from functools import lru_cache
from typing import Any, LiteralString, NamedTuple

from todo_backend.auth.principal import Principal
from todo_backend.db.pool import Connections, as_one, fetch_one
from todo_backend.language.fields import Order, Priority, Sort, Status
from todo_backend.tasks.columns import PUBLIC, TASK_AS_JSON
from todo_backend.tasks.conditions import OF_STATUS, conditions_of
from todo_backend.tasks.cursor import Cursor
from todo_backend.tasks.schemas import TaskFilter
from todo_backend.tasks.spelling import all_of, as_query, spellings

# Where so many tasks in the list's order have no page full of those that are looked for, all that have the words are
# found by the index of words.
_LOOKED_AT: LiteralString = "2000"


class Page(NamedTuple):
    """A part of a list: the JSON array of its tasks, and where it ended if more follow.

    `similar`: no task has the words that were looked for, and these have some that are spelled almost so.
    """

    items: str
    last: Cursor | None
    similar: bool = False


class _SortKey(NamedTuple):
    columns: tuple[LiteralString, ...]  # as in the index of that order, which ends with the id
    casts: tuple[LiteralString, ...]
    default: Order
    falls: bool = False  # the index begins with what the order calls the highest


# What PostgreSQL compares in the index of priorities, from 1 for the highest on.
_PRIORITY_PLACE: LiteralString = "(CASE priority WHEN 'high' THEN 1 WHEN 'medium' THEN 2 WHEN 'low' THEN 3 ELSE 4 END)"
_PRIORITY_PLACES = {Priority.HIGH: 1, Priority.MEDIUM: 2, Priority.LOW: 3, Priority.NONE: 4}

_SORT_KEYS = {
    Sort.CREATED: _SortKey((), (), Order.DESC),
    Sort.DUE_DATE: _SortKey(("coalesce(due_at, 'infinity')",), ("timestamptz",), Order.ASC),
    Sort.PRIORITY: _SortKey(
        (_PRIORITY_PLACE, "coalesce(due_at, 'infinity')"),
        ("int", "timestamptz"),
        Order.DESC,
        falls=True,
    ),
    Sort.TITLE: _SortKey(("title_key",), ("text",), Order.ASC),
    Sort.MANUAL: _SortKey(("coalesce(rank, id)",), ("numeric",), Order.DESC),
}


def order_of(wanted: TaskFilter) -> Order:
    """The direction that `wanted` asks for, or its sort's natural one."""
    return wanted.order or _SORT_KEYS[wanted.sort].default


class _Reading(NamedTuple):
    """A page of a list as statements write it."""

    key: _SortKey
    rises: bool
    limit: int
    status: Status
    conditions: LiteralString
    beyond: LiteralString  # the page before, if there was one

    @property
    def statuses(self) -> tuple[Status, ...]:
        """The statuses that the index of this order keeps apart: a list of both merges two ordered reads."""
        apart = self.status is Status.ALL and bool(self.key.columns)
        return (Status.PENDING, Status.COMPLETED) if apart else (self.status,)

    @property
    def keys(self) -> LiteralString:
        """What the list is sorted by, under the names by which it is sorted once more."""
        return "".join([f", {column} AS key_{place}" for place, column in enumerate(self.key.columns)])

    def sorted_by(self, columns: tuple[LiteralString, ...], task_id: LiteralString = "id") -> LiteralString:
        """ORDER BY these and the id."""
        direction: LiteralString = "ASC" if self.rises else "DESC"
        return "ORDER BY " + ", ".join([f"{column} {direction}" for column in (*columns, task_id)])

    @property
    def by_key(self) -> tuple[LiteralString, ...]:
        """The names of `keys`."""
        return tuple(f"key_{place}" for place in range(len(self.key.columns)))

    def tasks(self, select: LiteralString, status: Status, conditions: LiteralString) -> LiteralString:
        """Tasks of the list from where the page begins, in no order."""
        return f"""
            SELECT {select} FROM tasks
            WHERE user_id = %(user_id)s AND deleted_at IS NULL {OF_STATUS[status]} {conditions} {self.beyond}
        """

    def page(self) -> LiteralString:
        """The page, read from the index of its order."""
        one_more = f"LIMIT {self.limit:d} + 1"
        if len(self.statuses) == 1:
            return f"{self.tasks(PUBLIC, self.status, self.conditions)} {self.sorted_by(self.key.columns)} {one_more}"
        reads: LiteralString = " UNION ALL ".join(
            [
                f"({self.tasks(PUBLIC + self.keys, status, self.conditions)}"
                f" {self.sorted_by(self.key.columns)} {one_more})"
                for status in self.statuses
            ]
        )
        return f"SELECT {PUBLIC} FROM ({reads}) AS task {self.sorted_by(self.by_key)} {one_more}"

    def first_in_order(self) -> LiteralString:
        """The first tasks of the list whatever they say, and which of them are `wanted`."""
        return " UNION ALL ".join(
            [
                f"({self.tasks(f'id AS task_id, true {self.conditions} AS wanted {self.keys}', status, '')}"
                f" {self.sorted_by(self.key.columns)} LIMIT {_LOOKED_AT})"
                for status in self.statuses
            ]
        )

    def all_wanted(self) -> LiteralString:
        """All tasks that are wanted."""
        return self.tasks(f"id AS task_id, true AS wanted {self.keys}", self.status, self.conditions)

    def page_of(self, found: LiteralString) -> LiteralString:
        """The page, of tasks that were found."""
        return f"""
            SELECT {PUBLIC} FROM (
                SELECT * FROM {found} WHERE wanted {self.sorted_by(self.by_key, "task_id")} LIMIT {self.limit:d} + 1
            ) AS found JOIN tasks ON user_id = %(user_id)s AND id = task_id {self.sorted_by(self.by_key)}
        """

    def as_json(self, page: LiteralString) -> LiteralString:
        """What `_page` reads."""
        # A number in the text, not a parameter: PostgreSQL then keeps one plan instead of planning each time.
        limit = f"{self.limit:d}"
        last: LiteralString = f"(array_agg(task.id))[{limit}]"
        keys: LiteralString = "'{}'::text[]"
        if self.key.columns:
            columns: LiteralString = ", ".join([f"{column}::text" for column in self.key.columns])
            keys = f"(SELECT ARRAY[{columns}] FROM tasks WHERE user_id = %(user_id)s AND id = {last})"
        return f"""
            SELECT '[' || coalesce(array_to_string((array_agg({TASK_AS_JSON}))[:{limit}], ','), '') || ']',
                   count(*) > {limit}, {keys}, {last}
            FROM ({page}) AS task
        """


@lru_cache(256)
def _page_as_json(reading: _Reading) -> LiteralString:
    return reading.as_json(reading.page())


async def find(
    connections: Connections, principal: Principal, wanted: TaskFilter, after: Cursor | None, now: dt.datetime
) -> Page:
    """The tasks of `principal` that `wanted` describes, from `after` on; `now` decides what is overdue."""
    if after is None or not after.similar:
        page = await _find(connections, principal, wanted, after, now)
        if page.items != "[]" or after is not None or not wanted.q.split():
            return page
    spelled = await _find_spelled(connections, principal, wanted.q)
    if spelled is None:
        return Page("[]", None)
    page = await _find(connections, principal, wanted, after, now, spelled)
    last = page.last._replace(similar=True) if page.last else None
    return Page(page.items, last, similar=page.items != "[]")


async def _find(
    connections: Connections,
    principal: Principal,
    wanted: TaskFilter,
    after: Cursor | None,
    now: dt.datetime,
    spelled: str | None = None,
) -> Page:
    parameters: dict[str, Any] = {"user_id": principal.user_id}
    key = _SORT_KEYS[wanted.sort]
    rises = (order_of(wanted) is Order.ASC) != key.falls
    conditions = conditions_of(wanted, parameters, now, spelled)
    if wanted.id:
        conditions += " AND id = ANY(%(ids)s::bigint[])"
        parameters["ids"] = wanted.id
    if wanted.priority and wanted.sort is Sort.PRIORITY:
        conditions += f" AND {_PRIORITY_PLACE} = ANY(%(priority_places)s::int[])"
        parameters["priority_places"] = [_PRIORITY_PLACES[priority] for priority in wanted.priority]
    beyond = "" if after is None else _beyond(key, after, parameters, rises=rises)
    reading = _Reading(key, rises, wanted.limit, wanted.status, conditions, beyond)
    if not wanted.q.split():
        # Planned for these tags, if any: how many tasks have them decides what to read.
        prepare = False if wanted.tag or wanted.any_tag else None
        page, _ = await _read(connections, _page_as_json(reading), parameters, prepare=prepare)
        return page
    return await _search(connections, reading, parameters)


async def _search(connections: Connections, reading: _Reading, parameters: dict[str, Any]) -> Page:
    """A page of the tasks that have certain words: common ones are found on the way, rare ones by the index."""
    first = f"""
        WITH looked_at AS MATERIALIZED ({reading.first_in_order()}),
        page AS ({reading.as_json(reading.page_of("looked_at"))})
        SELECT page.*, (SELECT count(*) < {_LOOKED_AT} FROM looked_at) FROM page
    """
    page, is_whole = await _read(connections, first, parameters)
    if is_whole or page.last is not None:
        return page
    rest = f"""
        WITH found AS MATERIALIZED ({reading.all_wanted()})
        {reading.as_json(reading.page_of("found"))}
    """
    # Planned for these words: how many tasks have them decides what to read.
    page, _ = await _read(connections, rest, parameters, prepare=False)
    return page


async def _read(
    connections: Connections, statement: LiteralString, parameters: dict[str, Any], *, prepare: bool | None = None
) -> tuple[Page, bool]:
    """A page, and what the statement tells beside it, if it does."""
    row = await fetch_one(connections, statement, parameters, prepare=prepare)
    assert row is not None  # noqa: S101 (an aggregate always has one row)
    items, more, keys, last_id, *told = row
    return Page(items, Cursor(tuple(keys), last_id) if more else None), bool(told and told[0])


def _beyond(key: _SortKey, after: Cursor, parameters: dict[str, Any], *, rises: bool) -> LiteralString:
    parameters |= {f"key_{place}": value for place, value in enumerate(after.keys)} | {"last_id": after.id}
    values: LiteralString = "".join([f"%(key_{place})s::{cast}, " for place, cast in enumerate(key.casts)])
    columns: LiteralString = "".join([f"{column}, " for column in key.columns])
    return f" AND ({columns}id) {'>' if rises else '<'} ({values}%(last_id)s)"


# Neither the key of the table nor a look at all of it is of use here, and PostgreSQL does not know that. OFFSET 0 keeps
# it from a join, which would compare each spelling with all of a person's tasks: seconds, where the index needs one
# thousandth.
_SPELLED: LiteralString = """
    SELECT coalesce(json_agg(json_build_array(place, spelling)), '[]')
    FROM unnest(%(places)s::int[], %(spellings)s::text[]) AS tried (place, spelling)
    WHERE EXISTS (SELECT FROM tasks WHERE user_id || '' = %(user_id)s AND deleted_at IS NULL
                  AND search @@ spelling::tsquery OFFSET 0)
"""


async def _find_spelled(connections: Connections, principal: Principal, said: str) -> str | None:
    """The query for words that tasks have and that are one letter from those that were `said`, if there are any."""
    row = await fetch_one(connections, "SELECT task_terms(%(said)s)", {"said": said})
    assert row is not None  # noqa: S101 (a SELECT without FROM has one row)
    tried = {
        (place, as_query(principal.user_id, word, begins=begins))
        for place, term in enumerate(row[0])
        for word, begins in spellings(term)
    }
    places, queries = [place for place, _ in tried], [query for _, query in tried]
    async with connections.connection() as connection, as_one(connection) as on:
        on.defer("SET LOCAL enable_seqscan = off")
        parameters = {"user_id": principal.user_id, "places": places, "spellings": queries}
        found = await (await on.execute(_SPELLED, parameters)).fetchone()
        on.defer("SET LOCAL enable_seqscan TO DEFAULT")
    assert found is not None  # noqa: S101 (an aggregate always has one row)
    return all_of([[query for at, query in found[0] if at == place] for place in range(len(row[0]))])
