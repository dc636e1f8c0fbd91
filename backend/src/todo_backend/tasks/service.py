"""What can be done with tasks. REST, chat, ChatKit and MCP come here and nowhere else."""

import datetime as dt
from collections.abc import Awaitable, Callable, Sequence
from typing import Any
from uuid import UUID

from todo_backend.auth.principal import Principal
from todo_backend.core.errors import Invalid, NotFound
from todo_backend.db.idempotency import IdempotentRequest
from todo_backend.db.pool import Connection, Connections, SameConnection, transaction
from todo_backend.tasks import cursor, history_repository, repository
from todo_backend.tasks.changes import Change, Changed, ChangeFilter, ChangePage
from todo_backend.tasks.conflicts import ChangedSince, NothingToRedo, NothingToUndo, OtherCount
from todo_backend.tasks.history_repository import Direction
from todo_backend.tasks.origin import Origin
from todo_backend.tasks.schemas import (
    DeleteMany,
    TaskCreate,
    TaskDocument,
    TaskFilter,
    TaskPatch,
    TaskReplace,
    TasksWhere,
    TheseTasks,
    UpdateMany,
)

_LEASE = dt.timedelta(seconds=60)


class TaskService:
    """Tasks of the principal that each call names; other users' tasks do not exist for it.

    Every change is noted in the journal, with its origin.

    Tasks come back as the JSON text that PostgreSQL built: `Task.model_validate_json` reads one. A `request` that was
    done before is not done again: its task comes back as it was then.
    """

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    def within(self, connection: Connection) -> "TaskService":
        """The same service, as part of the transaction that is open on `connection`."""
        return TaskService(SameConnection(connection))

    async def list(self, principal: Principal, wanted: TaskFilter) -> str:
        """A TaskPage as JSON text.

        Raises Invalid for a cursor that is not this list's.
        """
        order = repository.order_of(wanted)
        after = cursor.decode(wanted.cursor, wanted.sort, order) if wanted.cursor else None
        page = await repository.find(self._connections, principal, wanted, after, dt.datetime.now(dt.UTC))
        following = "null" if page.last is None else f'"{cursor.encode(wanted.sort, order, page.last)}"'
        return f'{{"items":{page.items},"next_cursor":{following}}}'

    async def get(self, principal: Principal, task_id: int) -> TaskDocument:
        """The task; raises NotFound."""
        async with self._connections.connection() as connection:
            return _found(await repository.get(connection, principal, task_id), task_id)

    async def create(
        self, principal: Principal, origin: Origin, draft: TaskCreate, request: IdempotentRequest | None = None
    ) -> TaskDocument:
        """A new task."""
        made = await self._once(principal, request, lambda on: repository.insert(on, principal, origin, draft))
        return TaskDocument(made)

    async def replace(
        self,
        principal: Principal,
        origin: Origin,
        task_id: int,
        content: TaskReplace,
        request: IdempotentRequest | None = None,
        *,
        default_zone: str | None = None,
    ) -> TaskDocument:
        """The task with all of its content replaced; raises NotFound."""
        given = {name: getattr(content, name) for name in TaskReplace.model_fields}
        changes = _dated(given | {"time_zone": content.time_zone or default_zone or "UTC"}, default_zone)
        return await self._change(
            principal, task_id, request, lambda on: repository.update(on, principal, origin, task_id, changes)
        )

    async def update(
        self,
        principal: Principal,
        origin: Origin,
        task_id: int,
        patch: TaskPatch,
        request: IdempotentRequest | None = None,
        *,
        default_zone: str | None = None,
    ) -> TaskDocument:
        """The task with what `patch` gives changed; raises NotFound, Invalid for a time without a date.

        A due date is meant in the patch's zone, else in the task's own, else in `default_zone`, else in UTC.
        """
        changes = _dated(patch.changes(), default_zone)
        return await self._change(
            principal,
            task_id,
            request,
            lambda on: (
                repository.update(on, principal, origin, task_id, changes)
                if changes
                else repository.get(on, principal, task_id)
            ),
        )

    async def toggle(
        self, principal: Principal, origin: Origin, task_id: int, request: IdempotentRequest | None = None
    ) -> TaskDocument:
        """A pending task completed, a completed one reopened; raises NotFound."""
        return await self._change(
            principal, task_id, request, lambda on: repository.toggle(on, principal, origin, task_id)
        )

    async def set_completed(
        self,
        principal: Principal,
        origin: Origin,
        task_id: int,
        completed: bool,
        request: IdempotentRequest | None = None,
    ) -> TaskDocument:
        """The task completed or pending, whatever it was; raises NotFound."""
        changes = {"completed": completed}
        return await self._change(
            principal, task_id, request, lambda on: repository.update(on, principal, origin, task_id, changes)
        )

    async def delete(
        self, principal: Principal, origin: Origin, task_id: int, request: IdempotentRequest | None = None
    ) -> TaskDocument:
        """The task as it was when it was taken away; raises NotFound."""
        return await self._change(
            principal, task_id, request, lambda on: repository.delete(on, principal, origin, task_id)
        )

    async def restore(
        self, principal: Principal, origin: Origin, task_id: int, request: IdempotentRequest | None = None
    ) -> TaskDocument:
        """A deleted task, back on the lists; raises NotFound."""
        return await self._change(
            principal, task_id, request, lambda on: repository.restore(on, principal, origin, task_id)
        )

    async def change_many(
        self,
        principal: Principal,
        origin: Origin,
        wanted: UpdateMany | DeleteMany,
        request: IdempotentRequest | None = None,
        *,
        default_zone: str | None = None,
    ) -> Changed:
        """All of these tasks changed or deleted at once, as one change.

        Raises NotFound for an id that is no task's, OtherCount where they are not as many as expected; nothing is
        changed then.
        """
        changes = _dated(wanted.changes.changes(), default_zone) if isinstance(wanted, UpdateMany) else None
        ids = list(dict.fromkeys(wanted.which.ids)) if isinstance(wanted.which, TheseTasks) else None
        which = wanted.which.filter if isinstance(wanted.which, TasksWhere) else ids or ()
        expected = wanted.expected if ids is None else len(ids)

        async def change(connection: Connection) -> str:
            done = await repository.update_many(
                connection, principal, origin, which, changes, expected=expected, now=dt.datetime.now(dt.UTC)
            )
            if ids is not None and done.found < len(ids):
                raise NotFound(f"{len(ids) - done.found} of these tasks were not found. Nothing was changed.")
            if wanted.expected not in (None, done.found):
                raise OtherCount(done.found, wanted.expected)
            return _changed(done.change, done.tasks)

        return Changed.model_validate_json(await self._once(principal, request, change))

    async def changes(self, principal: Principal, wanted: ChangeFilter) -> ChangePage:
        """A part of the journal."""
        before = int(wanted.cursor) if wanted.cursor else history_repository.NEWEST
        found = await history_repository.find(
            self._connections, principal, before=before, limit=wanted.limit + 1, entry_point=wanted.entry_point
        )
        page = found[: wanted.limit]
        following = str(page[-1]["place"]) if len(found) > len(page) else None
        return ChangePage(items=[Change.read(change) for change in page], next_cursor=following)

    async def undo(
        self,
        principal: Principal,
        origin: Origin,
        change_id: UUID | None = None,
        request: IdempotentRequest | None = None,
    ) -> Changed:
        """The last change that is not undone, or the one of that id, taken back as a whole.

        Raises NothingToUndo; ChangedSince where a task is not as the change left it, and nothing is done then.
        """
        return await self._reverse(principal, origin, Direction.UNDO, change_id, request)

    async def redo(self, principal: Principal, origin: Origin, request: IdempotentRequest | None = None) -> Changed:
        """What was undone last, done again; raises NothingToRedo, also once something else was changed."""
        return await self._reverse(principal, origin, Direction.REDO, None, request)

    async def _reverse(
        self,
        principal: Principal,
        origin: Origin,
        direction: Direction,
        change_id: UUID | None,
        request: IdempotentRequest | None,
    ) -> Changed:
        apart = origin.as_batch_of_its_own()

        async def reverse(connection: Connection) -> str:
            done = await history_repository.reverse(connection, principal, apart, direction, change_id)
            if done.change["subject"] is None:
                raise NothingToUndo if direction is Direction.UNDO else NothingToRedo
            if done.conflicts:
                raise ChangedSince(done.conflicts, done.conflict_count)
            return _changed(done.change, done.tasks)

        return Changed.model_validate_json(await self._once(principal, request, reverse))

    async def _change(
        self,
        principal: Principal,
        task_id: int,
        request: IdempotentRequest | None,
        change: Callable[[Connection], Awaitable[TaskDocument | None]],
    ) -> TaskDocument:
        """`change` of one task, once for a `request`; raises NotFound, which is not remembered."""

        async def changed(connection: Connection) -> TaskDocument:
            return _found(await change(connection), task_id)

        return TaskDocument(await self._once(principal, request, changed))

    async def _once(
        self,
        principal: Principal,
        request: IdempotentRequest | None,
        write: Callable[[Connection], Awaitable[str]],
    ) -> str:
        """What `write` answers; for a `request` in one transaction with its key, so that both are kept or neither."""
        if request is None:
            async with self._connections.connection() as connection:
                return await write(connection)
        async with transaction(self._connections) as connection:
            if (known := await request.claim(connection, principal, lease=_LEASE)) is not None:
                return known
            document = await write(connection)
            request.answer(connection, principal, document)
            return document


def _dated(changes: dict[str, Any], default_zone: str | None) -> dict[str, Any]:
    """`changes` with date, time and zone made consistent: none of them without a date."""
    changes = dict(changes)
    zone = changes.pop("time_zone", None)
    if "due_date" not in changes:
        return changes if zone is None else changes | {"zone": zone}
    if changes["due_date"] is not None:
        return changes | {"time_zone": zone, "default_zone": default_zone or "UTC"}
    if changes.get("due_time") is not None:
        raise Invalid("due_time: needs a due_date")
    return {name: value for name, value in changes.items() if not name.startswith("due_")} | {"undated": True}


def _changed(change: dict[str, Any], tasks: Sequence[dict[str, Any]]) -> str:
    return Changed.model_validate({"change": Change.read(change), "tasks": tasks}).model_dump_json()


def _found(document: TaskDocument | None, task_id: int) -> TaskDocument:
    if document is None:
        raise NotFound(f"Task {task_id} was not found.")
    return document
