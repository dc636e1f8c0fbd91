"""Why tasks cannot be changed, or a change undone or done again; nothing is done then."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from todo_backend.core.errors import Conflict
from todo_backend.language.fields import MAX_DESCRIPTION, MAX_TAGS


class _Final(Conflict):
    """A conflict that does not go away by itself."""

    headers: ClassVar[Mapping[str, str] | None] = None


class NothingToUndo(_Final):
    """There is no change, or it is undone already."""

    code = "nothing_to_undo"

    def __init__(self) -> None:
        super().__init__("There is no change to undo: nothing was changed in the last 30 days, or all of it is undone.")


class NothingToRedo(_Final):
    """Nothing was undone, or something was changed since."""

    code = "nothing_to_redo"

    def __init__(self) -> None:
        super().__init__("There is nothing to redo: nothing was undone since the last change.")


class ChangedSince(_Final):
    """Tasks are not as the change left them."""

    code = "changed_since"

    def __init__(self, tasks: Sequence[Mapping[str, Any]], count: int) -> None:
        were = "was" if count == 1 else "were"
        super().__init__(f"{_named(tasks, count)} {were} changed since. Nothing was done.", errors=tasks)


class NoRoom(_Final):
    """Tasks cannot take what would be added to each."""

    code = "no_room"

    def __init__(self, tasks: Sequence[Mapping[str, Any]], count: int) -> None:
        super().__init__(
            f"{_named(tasks, count)} cannot take more: a task has at most {MAX_TAGS} tags and {MAX_DESCRIPTION}"
            " characters of description. Nothing was changed.",
            errors=tasks,
        )


class NothingToSkip(_Final):
    """A task does not repeat, or this is its last time."""

    code = "nothing_to_skip"

    def __init__(self, *, repeats: bool) -> None:
        last = "No date follows this one: complete or delete the task."
        super().__init__(last if repeats else "This task does not repeat: there is nothing to skip.")


class CannotNest(_Final):
    """A task cannot be a subtask of another one."""

    code = "cannot_nest"


class OpenSubtasks(_Final):
    """Tasks would be completed, and subtasks of theirs left open, and nothing says that this is meant."""

    code = "open_subtasks"

    def __init__(self, title: str | None, count: int, tasks: Sequence[Mapping[str, Any]] = ()) -> None:
        whose = "These tasks have" if title is None else f"“{title}” has"
        subtasks, them = ("1 open subtask", "it") if count == 1 else (f"{count} open subtasks", "them")
        super().__init__(
            f"{whose} {subtasks}. Nothing was changed: give open_subtasks=complete to complete {them}, too, or"
            f" open_subtasks=leave to leave {them} open.",
            errors=tasks or None,
        )


class OtherCount(_Final):
    """A bulk change was meant for another number of tasks."""

    code = "other_count"

    def __init__(self, found: int, expected: int) -> None:
        super().__init__(f"There are {found} such tasks, not {expected}. Nothing was changed.")


def _named(tasks: Sequence[Mapping[str, Any]], count: int) -> str:
    """The first of so many tasks by title and number, and how many more there are."""
    names = ", ".join(f"“{task['title']}” (#{task['task_id']})" for task in tasks)
    return f"{names} and {count - len(tasks)} more" if count > len(tasks) else names
