"""What can be done with tasks. REST, chat, ChatKit and MCP come here and nowhere else."""

import asyncio
import datetime as dt
import json
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

from todo_backend.auth.principal import Principal
from todo_backend.core.errors import Invalid, NotFound
from todo_backend.db.idempotency import IdempotentRequest
from todo_backend.db.pool import Connection, Connections, SameConnection, as_one, transaction
from todo_backend.language.fields import OpenSubtasksAre
from todo_backend.tasks import (
    count_repository,
    cursor,
    history_repository,
    import_repository,
    list_repository,
    recurrence,
    repository,
    series_repository,
    subtask_repository,
    trash_repository,
)
from todo_backend.tasks.changes import Change, Changed, ChangeFilter, ChangePage
from todo_backend.tasks.conflicts import (
    ChangedSince,
    NoRoom,
    NothingToRedo,
    NothingToSkip,
    NothingToUndo,
    OpenSubtasks,
    OtherCount,
)
from todo_backend.tasks.history_repository import Direction
from todo_backend.tasks.imported import MOST_TOLD, Imported, ImportRequest, judge
from todo_backend.tasks.origin import Origin
from todo_backend.tasks.schemas import (
    DeleteMany,
    Move,
    Occurrences,
    RecurrenceInput,
    Task,
    TaskConditions,
    TaskCreate,
    TaskDocument,
    TaskFilter,
    TaskPatch,
    TaskReplace,
    TasksWhere,
    TheseTasks,
    UpdateMany,
)
from todo_backend.tasks.subtasks import hold_parent
from todo_backend.tasks.trash import RestoreMany, TrashFilter

Found = TypeVar("Found")
_LEASE = dt.timedelta(seconds=60)
_CAN_BE_NOTHING = ("due_date", "due_time", "recurrence", "parent_id")
_AT_ONCE = 500  # series that are gone on with, before the database hears of this process again


@dataclass(frozen=True, slots=True)
class Completed:
    """A task that was completed, and the next of its series if there is one."""

    task: TaskDocument
    next: TaskDocument | None = None


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
        order = list_repository.order_of(wanted)
        after = cursor.decode(wanted.cursor, wanted.sort, order) if wanted.cursor else None
        page = await list_repository.find(self._connections, principal, wanted, after, dt.datetime.now(dt.UTC))
        following = "null" if page.last is None else f'"{cursor.encode(wanted.sort, order, page.last)}"'
        similar = "true" if page.similar else "false"
        return f'{{"items":{page.items},"next_cursor":{following},"similar":{similar}}}'

    async def get(self, principal: Principal, task_id: int) -> TaskDocument:
        """The task; raises NotFound."""
        async with self._connections.connection() as connection:
            return _found(await repository.get(connection, principal, task_id), task_id)

    async def create(
        self,
        principal: Principal,
        origin: Origin,
        draft: TaskCreate,
        request: IdempotentRequest | None = None,
        *,
        where: Move | None = None,
    ) -> TaskDocument:
        """A new task, at a place of the order that is made by hand if one is given.

        Raises Invalid for a recurrence that cannot be followed; NotFound for a parent that is not there, CannotNest for
        one that is a subtask.
        """
        if draft.recurrence is not None:
            return await self._create_repeating(principal, origin, draft, draft.recurrence, request, where)

        async def create(connection: Connection) -> str:
            if where is None:
                return await self._insert(connection, principal, origin, draft)
            async with as_one(connection) as on:
                return await _moved(on, principal, origin, await self._insert(on, principal, origin, draft), where)

        return TaskDocument(await self._once(principal, request, create))

    async def import_tasks(
        self, principal: Principal, origin: Origin, file: ImportRequest, request: IdempotentRequest | None = None
    ) -> str:
        """An Imported as JSON text: new tasks like those of the file, made as one change, and what was refused."""
        now = dt.datetime.now(dt.UTC)
        tasks, refused = await asyncio.to_thread(judge, file.tasks, now)

        async def make(connection: Connection) -> str:
            change = None
            if tasks:
                async with as_one(connection) as on:
                    await import_repository.insert(on, principal, origin, tasks, now)
                    change = Change.read(await history_repository.of_batch(on, principal, origin.batch))
            told = refused[:MOST_TOLD]
            done = Imported(change=change, made=len(tasks), refused_count=len(refused), refused=told)
            return done.model_dump_json()

        return await self._once(principal, request, make)

    async def parent_called(self, principal: Principal, title: str) -> int | None:
        """The one open task of that title that may have subtasks, if there is just one."""
        found = await subtask_repository.find_by_title(self._connections, principal, title)
        return found[0] if len(found) == 1 else None

    async def task_named(self, principal: Principal, name: str | int) -> int | None:
        """The task of that number, or the one open task of that title, if there is just one."""
        if isinstance(name, int):
            async with self._connections.connection() as connection:
                return name if await repository.get(connection, principal, name) else None
        found = await subtask_repository.find_by_title(self._connections, principal, name, top_level=False)
        return found[0] if len(found) == 1 else None

    async def _insert(
        self, connection: Connection, principal: Principal, origin: Origin, draft: TaskCreate
    ) -> TaskDocument:
        if draft.parent_id is None:
            return await repository.insert(connection, principal, origin, draft)
        async with as_one(connection) as on:
            await hold_parent(on, principal, draft.parent_id)
            return await repository.insert(on, principal, origin, draft)

    async def _create_repeating(
        self,
        principal: Principal,
        origin: Origin,
        draft: TaskCreate,
        wanted: RecurrenceInput,
        request: IdempotentRequest | None,
        where: Move | None,
    ) -> TaskDocument:
        """One that is completed already is completed as others are: the next one is there."""
        zone, now = draft.time_zone or "UTC", dt.datetime.now(dt.UTC)
        read = recurrence.read(wanted, zone, now)
        if draft.due_date is None:
            day, at = recurrence.first_due(read, draft.due_time, zone, now)
            draft = draft.model_copy(update={"due_date": day, "due_time": at})
        opened = draft.model_copy(update={"completed": False})

        async def create(connection: Connection) -> str:
            if not draft.completed and where is None:
                return await repository.insert(connection, principal, origin, opened, recurrence.kept(read))
            async with as_one(connection) as on:
                made = await repository.insert(on, principal, origin, opened, recurrence.kept(read))
                made = await _moved(on, principal, origin, made, where)
                if not draft.completed:
                    return made
                task_id = Task.model_validate_json(made).id
                return _found(await self._close(on, principal, origin, task_id, {"completed": True}), task_id).task

        return TaskDocument(await self._once(principal, request, create))

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
        """The task with all of its content replaced; raises NotFound, CannotNest, OpenSubtasks."""
        given = {name: getattr(content, name) for name in TaskCreate.model_fields}
        changes = _dated(given | {"time_zone": content.time_zone or default_zone or "UTC"}, default_zone)
        changes |= {"open_subtasks": content.open_subtasks}
        return await self._change(
            principal, task_id, request, lambda on: self._update(on, principal, origin, task_id, changes)
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
        """The task with what `patch` gives changed.

        Raises NotFound, also for a parent that is not there; Invalid for a time without a date; CannotNest for a second
        level; OpenSubtasks where it would be completed and subtasks left open, and nothing says what to do.

        A due date is meant in the patch's zone, else in the task's own, else in `default_zone`, else in UTC.
        """
        changes = _dated(patch.changes(), default_zone)
        changes |= patch.options() if changes else {}
        return await self._change(
            principal,
            task_id,
            request,
            lambda on: (
                self._update(on, principal, origin, task_id, changes)
                if changes
                else repository.get(on, principal, task_id)
            ),
        )

    async def toggle(
        self, principal: Principal, origin: Origin, task_id: int, request: IdempotentRequest | None = None
    ) -> TaskDocument:
        """A pending task completed, a completed one reopened; raises NotFound, OpenSubtasks.

        A task that repeats hands its recurrence on to the next one when it is completed: reopened, it is a task by
        itself, beside the next one.
        """

        async def toggle(connection: Connection) -> TaskDocument | None:
            if (document := await repository.toggle(connection, principal, origin, task_id)) is not None:
                return document
            done = await self._close(connection, principal, origin, task_id, {"completed": True})
            return done.task if done else None

        return await self._change(principal, task_id, request, toggle)

    async def complete(
        self, principal: Principal, origin: Origin, task_id: int, open_subtasks: OpenSubtasksAre | None = None
    ) -> Completed:
        """The task completed, and the next one of its series; raises NotFound, OpenSubtasks."""
        changes = {"completed": True, "open_subtasks": open_subtasks}
        async with self._connections.connection() as connection:
            document = await repository.update(connection, principal, origin, task_id, changes)
            if document is not None:
                return Completed(document)
            return _found(await self._close(connection, principal, origin, task_id, changes), task_id)

    async def set_completed(
        self,
        principal: Principal,
        origin: Origin,
        task_id: int,
        completed: bool,
        request: IdempotentRequest | None = None,
        open_subtasks: OpenSubtasksAre | None = None,
    ) -> TaskDocument:
        """The task completed or pending, whatever it was; raises NotFound, OpenSubtasks."""
        changes = {"completed": completed, "open_subtasks": open_subtasks}
        return await self._change(
            principal, task_id, request, lambda on: self._update(on, principal, origin, task_id, changes)
        )

    async def occurrences(self, principal: Principal, task_id: int, limit: int) -> Occurrences:
        """The dates that follow the task's own; none for one that does not repeat. Raises NotFound."""
        async with self._connections.connection() as connection:
            task = _found(await series_repository.get(connection, principal, task_id), task_id)
        repeats = task["recurrence"] is not None
        return Occurrences(items=recurrence.dates(task, limit, dt.datetime.now(dt.UTC)) if repeats else [])

    async def skip(
        self, principal: Principal, origin: Origin, task_id: int, request: IdempotentRequest | None = None
    ) -> TaskDocument:
        """The task moved on to the next date of its series; raises NotFound, NothingToSkip where there is none."""

        async def skip(connection: Connection) -> TaskDocument | None:
            async with as_one(connection) as on:
                task = _found(await series_repository.get(on, principal, task_id, lock=True), task_id)
                return await repository.update(on, principal, origin, task_id, _skipped(task))

        return await self._change(principal, task_id, request, skip)

    async def move(
        self, principal: Principal, origin: Origin, task_id: int, where: Move, request: IdempotentRequest | None = None
    ) -> TaskDocument:
        """The task at another place of the order that is made by hand; raises NotFound, also for the other one."""

        async def move(connection: Connection) -> TaskDocument | None:
            async with as_one(connection) as on:
                if where.to is None:
                    other = where.before or where.after or 0
                    _found(await repository.get(on, principal, other), other)
                    if other == task_id:
                        return await repository.get(on, principal, task_id)
                return await repository.move(on, principal, origin, task_id, where)

        return await self._change(principal, task_id, request, move)

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
        """A deleted task, back on the lists, with the subtasks that were deleted with it; raises NotFound."""

        async def restore(connection: Connection) -> TaskDocument | None:
            document, with_subtasks = _found(
                await trash_repository.restore(connection, principal, origin, task_id), task_id
            )
            return await repository.get(connection, principal, task_id) if with_subtasks else document

        return await self._change(principal, task_id, request, restore)

    async def trash(self, principal: Principal, wanted: TrashFilter) -> str:
        """A TrashPage as JSON text."""
        part = await trash_repository.find(
            self._connections, principal, q=wanted.q, limit=wanted.limit + 1, cursor=wanted.cursor
        )
        has_more = len(part.items) > wanted.limit
        following = f'"{part.places[wanted.limit - 1]}"' if has_more else "null"
        items = ",".join(part.items[: wanted.limit])
        return f'{{"items":[{items}],"count":{part.count},"next_cursor":{following}}}'

    async def restore_many(
        self, principal: Principal, origin: Origin, wanted: RestoreMany, request: IdempotentRequest | None = None
    ) -> Changed:
        """Several deleted tasks back on the lists, or all, as one change.

        Raises NotFound for an id that is not in the trash, OtherCount where they are not as many as expected; nothing
        is restored then.
        """
        ids = list(dict.fromkeys(wanted.which.ids)) if isinstance(wanted.which, TheseTasks) else None
        expected = wanted.expected if ids is None else len(ids)

        async def restore(connection: Connection) -> str:
            done = await trash_repository.restore_many(connection, principal, origin, ids, expected=expected)
            if ids is not None and done.found < len(ids):
                raise NotFound(f"{len(ids) - done.found} of these tasks are not in the trash. Nothing was restored.")
            if wanted.expected not in (None, done.found):
                raise OtherCount(done.found, wanted.expected)
            return await _changed(connection, principal, done.change)

        return Changed.model_validate_json(await self._once(principal, request, restore))

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

        Raises NotFound for an id that is no task's, OtherCount where they are not as many as expected, OpenSubtasks
        where subtasks would be left open, NoRoom where a task cannot take what is added; nothing is changed then.
        """
        changes = None
        if isinstance(wanted, UpdateMany):
            changes = _dated(_each_of_its_own(wanted.changes.changes(), default_zone), default_zone)
            changes |= wanted.changes.options()
        ids = list(dict.fromkeys(wanted.which.ids)) if isinstance(wanted.which, TheseTasks) else None
        which = wanted.which.filter if isinstance(wanted.which, TasksWhere) else ids or ()
        expected = wanted.expected if ids is None else len(ids)
        completes = changes is not None and changes.get("completed") is True

        async def change(connection: Connection) -> str:
            if changes is not None and changes.get("parent_id") is not None:
                await hold_parent(connection, principal, changes["parent_id"])
            done = await repository.update_many(
                connection, principal, origin, which, changes, expected=expected, now=dt.datetime.now(dt.UTC)
            )
            if ids is not None and done.found < len(ids):
                raise NotFound(f"{len(ids) - done.found} of these tasks were not found. Nothing was changed.")
            if wanted.expected not in (None, done.found):
                raise OtherCount(done.found, wanted.expected)
            if done.left_open:
                raise OpenSubtasks(None, done.left_open)
            if done.overfull:
                raise NoRoom(done.overfull, done.overfull_count)
            if changes is None or not completes:
                return await _changed(connection, principal, done.change)
            if changes.get("open_subtasks") is OpenSubtasksAre.COMPLETE:
                await subtask_repository.complete_left_open(connection, principal, origin)
            await self._go_on(connection, principal, origin, done.repeating, changes)
            whole = (
                await history_repository.of_batch(connection, principal, origin.batch) if done.change["count"] else {}
            )
            return await _changed(connection, principal, whole or done.change)

        async def change_as_one(connection: Connection) -> str:
            async with as_one(connection) as on:
                return await change(on)

        in_steps = completes or (changes is not None and changes.get("parent_id") is not None)
        return Changed.model_validate_json(await self._once(principal, request, change_as_one if in_steps else change))

    async def count(self, principal: Principal, wanted: TaskConditions) -> int:
        """How many tasks there are of which `wanted` is true."""
        async with self._connections.connection() as connection:
            return await repository.count(connection, principal, wanted, dt.datetime.now(dt.UTC))

    async def counts(self, principal: Principal, zone: str | None) -> str:
        """A TaskCounts as JSON text, for a reader in `zone`."""
        return await count_repository.find(self._connections, principal, zone, dt.datetime.now(dt.UTC))

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
            return await _changed(connection, principal, done.change)

        return Changed.model_validate_json(await self._once(principal, request, reverse))

    async def _update(
        self, connection: Connection, principal: Principal, origin: Origin, task_id: int, changes: dict[str, Any]
    ) -> TaskDocument | None:
        """A task changed. One that repeats or has open subtasks is completed in more than one statement.

        So is one moved that becomes a subtask; no other takes another one.
        """
        if (parent_id := changes.get("parent_id")) is not None:
            async with as_one(connection) as on:
                await hold_parent(on, principal, parent_id, task_id)
                return await self._update_held(on, principal, origin, task_id, changes)
        return await self._update_held(connection, principal, origin, task_id, changes)

    async def _update_held(
        self, connection: Connection, principal: Principal, origin: Origin, task_id: int, changes: dict[str, Any]
    ) -> TaskDocument | None:
        completes = changes.get("completed") is True
        if not (completes and changes.get("recurrence") is not None):
            document = await repository.update(connection, principal, origin, task_id, changes)
            if document is not None or not completes:
                return document
        done = await self._close(connection, principal, origin, task_id, changes)
        return done.task if done else None

    async def _close(
        self, connection: Connection, principal: Principal, origin: Origin, task_id: int, changes: dict[str, Any]
    ) -> Completed | None:
        """A task that repeats or has open subtasks completed, as the changes say, and the next one opened."""
        async with as_one(connection) as on:
            if changes.get("open_subtasks") is OpenSubtasksAre.COMPLETE:
                await subtask_repository.complete_open(on, principal, origin, [task_id])
            elif changes.get("open_subtasks") is None and (
                left := await subtask_repository.find_open(on, principal, task_id)
            ):
                title, tasks, count = left
                raise OpenSubtasks(title, count, tasks)
            if (closed := await series_repository.close(on, principal, origin, task_id, changes)) is None:
                return None
            opened = await self._go_on(on, principal, origin, closed.repeating, changes)
            return Completed(closed.document, next(iter(opened), None))

    async def _go_on(
        self,
        connection: Connection,
        principal: Principal,
        origin: Origin,
        closed: Sequence[dict[str, Any]],
        changes: dict[str, Any],
    ) -> Sequence[TaskDocument]:
        """The next tasks of the series whose tasks were completed; none where a change ends the recurrence.

        They have the same subtasks, all open.
        """
        if "recurrence" in changes:
            given = changes["recurrence"]
            closed = [task | {"recurrence": json.loads(given)} for task in closed] if given else []
        opened: list[TaskDocument] = []
        for start in range(0, len(closed), _AT_ONCE):
            following = await asyncio.to_thread(_following, closed[start : start + _AT_ONCE])
            if following:
                opened += await self._open_next(connection, principal, origin, following)
        return opened

    async def _open_next(
        self, connection: Connection, principal: Principal, origin: Origin, following: Sequence[dict[str, Any]]
    ) -> Sequence[TaskDocument]:
        opened = await series_repository.open_next(connection, principal, origin, following)
        old = sorted(task["id"] for task in following)
        new = sorted(json.loads(document)["id"] for document in opened)  # made in the order of the old ones
        if not await subtask_repository.copy_open(connection, principal, origin, old, new):
            return opened
        return [TaskDocument(json.dumps(task)) for task in await repository.documents(connection, principal, new)]

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


def _each_of_its_own(changes: dict[str, Any], default_zone: str | None) -> dict[str, Any]:
    """`changes` of many tasks, with what it takes to make each task's new fields of those that it has."""
    changes = {name: value for name, value in changes.items() if value is not None or name in _CAN_BE_NOTHING}
    zone = changes.get("time_zone") or default_zone or "UTC"
    if "add_tags" in changes or "remove_tags" in changes:
        changes = {"add_tags": [], "remove_tags": []} | changes
    if "postpone_days" in changes:
        changes |= {"counted_from": dt.datetime.now(ZoneInfo(zone)).date(), "default_zone": zone}
    if (day := changes.pop("default_due_date", None)) is not None:
        changes |= {"first_date": day, "first_zone": zone, "zone_given": None}
    return changes


def _dated(changes: dict[str, Any], default_zone: str | None) -> dict[str, Any]:
    """`changes` with date, time and zone made consistent: none of them without a date; and the recurrence as kept.

    Raises Invalid.
    """
    changes = dict(changes)
    zone = changes.pop("time_zone", None)
    if changes.get("recurrence") is not None:
        changes, zone = _repeated(changes, zone, default_zone)
    if "due_date" not in changes:
        return changes if zone is None else changes | {"zone": zone}
    if changes["due_date"] is not None:
        return changes | {"time_zone": zone, "default_zone": default_zone or "UTC"}
    if changes.get("due_time") is not None:
        raise Invalid("due_time: needs a due_date")
    return {name: value for name, value in changes.items() if not name.startswith("due_")} | {"undated": True}


def _repeated(changes: dict[str, Any], zone: str | None, default_zone: str | None) -> tuple[dict[str, Any], str | None]:
    """`changes` with the recurrence as it is kept; a task without a date gets the first that it has."""
    here, now = zone or default_zone or "UTC", dt.datetime.now(dt.UTC)
    read = recurrence.read(changes["recurrence"], here, now)
    changes = changes | {"recurrence": recurrence.kept(read)}
    if changes.get("due_date") is not None:
        return changes, zone
    day, at = recurrence.first_due(read, changes.get("due_time"), here, now)
    if "due_date" in changes:
        return changes | {"due_date": day, "due_time": at}, here
    first: dict[str, Any] = {"first_date": day, "first_zone": here, "zone_given": zone}
    if "due_time" not in changes and at is not None:
        first["first_time"] = at
    return changes | first, None


def _following(closed: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """What `open_next` needs of the tasks that were completed; sums alone."""
    found: list[dict[str, Any]] = []
    for task in closed:
        following = recurrence.following(task, dt.datetime.fromisoformat(task["completed_at"]))
        if following is not None:
            found.append({"id": task["id"], "usual": task["recurrence"].get("usual", {}), **following})
    return found


def _skipped(task: dict[str, Any]) -> dict[str, Any]:
    if task["recurrence"] is None:
        raise NothingToSkip(repeats=False)
    following = recurrence.following(task, dt.datetime.now(dt.UTC))
    if following is None:
        raise NothingToSkip(repeats=True)
    usual = {name: value for name, value in task["recurrence"].get("usual", {}).items() if name not in recurrence.DUE}
    kept = following["recurrence"]
    merged = usual | kept.get("usual", {})
    return following | {
        "recurrence": json.dumps(kept | ({"usual": merged} if merged else {})),
        "default_zone": following["time_zone"],
    }


async def _changed(connection: Connection, principal: Principal, change: dict[str, Any]) -> str:
    """A change, and the first of its tasks as they are now, each once."""
    ids = list(dict.fromkeys(task["task_id"] for task in change["tasks"] or ()))
    tasks = await repository.documents(connection, principal, ids)
    return Changed.model_validate({"change": Change.read(change), "tasks": tasks}).model_dump_json()


async def _moved(
    connection: Connection, principal: Principal, origin: Origin, made: TaskDocument, where: Move | None
) -> TaskDocument:
    """A task that was just made, at its place; where the other one is gone by now, where new tasks go."""
    if where is None:
        return made
    if where.to is None and await repository.get(connection, principal, where.before or where.after or 0) is None:
        return made
    task_id = Task.model_validate_json(made).id
    return await repository.move(connection, principal, origin, task_id, where) or made


def _found(found: Found | None, task_id: int) -> Found:
    if found is None:
        raise NotFound(f"Task {task_id} was not found.")
    return found
