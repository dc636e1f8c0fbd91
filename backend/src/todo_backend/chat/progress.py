"""What the panel shows while it waits."""

THINKING = "Thinking…"
STILL_WORKING = "Still working…"

_TOOLS = {
    "add_task": "Adding a task…",
    "list_tasks": "Looking at your tasks…",
    "get_task": "Reading a task…",
    "complete_task": "Completing a task…",
    "update_task": "Changing a task…",
    "delete_task": "Deleting a task…",
    "move_task": "Moving a task…",
    "count_tasks": "Counting your tasks…",
    "complete_tasks": "Completing tasks…",
    "update_tasks": "Changing tasks…",
    "delete_tasks": "Deleting tasks…",
    "skip_task": "Skipping one time…",
    "restore_task": "Bringing a task back…",
    "restore_tasks": "Bringing tasks back…",
    "list_trash": "Looking into the trash…",
    "undo": "Undoing the last change…",
    "redo": "Doing it again…",
    "list_changes": "Looking at what was changed…",
}
_ONLY_READING = {"list_tasks", "count_tasks", "get_task", "list_changes", "list_trash"}


def working_on(tool: str) -> str:
    """The tool's name in friendly words."""
    return _TOOLS.get(tool, THINKING)


def changes_tasks(tool: str) -> bool:
    """Whether lists that show tasks should look again after this tool."""
    return tool not in _ONLY_READING
