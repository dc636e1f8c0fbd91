"""Which tasks may be subtasks of which: one level, and what is said of anything else."""

from todo_backend.auth.principal import Principal
from todo_backend.core.errors import NotFound
from todo_backend.db.pool import Connection
from todo_backend.tasks import subtask_repository
from todo_backend.tasks.conflicts import CannotNest


async def hold_parent(connection: Connection, principal: Principal, parent_id: int, task_id: int | None = None) -> None:
    """Make sure, until the transaction ends, that the parent may have a subtask: a new one, or the task of that id.

    Raises NotFound for a parent that is not there, CannotNest for a second level.
    """
    if parent_id == task_id:
        raise CannotNest("A task cannot be its own subtask.")
    there = await subtask_repository.hold(
        connection, principal, [parent_id] if task_id is None else [parent_id, task_id]
    )
    if (parent := there.get(parent_id)) is None:
        raise NotFound(f"parent_id: task {parent_id} was not found.")
    if parent["is_subtask"]:
        raise CannotNest(
            f"“{parent['title']}” (#{parent_id}) is a subtask itself, and a subtask cannot have subtasks."
            " Name its parent instead, or move it out first."
        )
    if task_id is not None and (task := there.get(task_id)) and task["has_subtasks"]:
        raise CannotNest(
            f"“{task['title']}” (#{task_id}) has subtasks, so it cannot become a subtask. Move them out first."
        )
