"""What is added to a command that waits for an answer: "and make it high priority", "tomorrow"."""

from dataclasses import replace

from todo_backend.language.intents import AddTasks, Changes, Intent, TaskDraft, UpdateTasks


def amended(command: Intent, changes: Changes) -> Intent | None:
    """The command with the changes in it; None if it is of a kind that has none."""
    match command:
        case AddTasks():
            return replace(command, drafts=tuple(_draft(draft, changes) for draft in command.drafts))
        case UpdateTasks():
            return replace(command, changes=_both(command.changes, changes))
        case _:
            return None


def _draft(draft: TaskDraft, changes: Changes) -> TaskDraft:
    day = draft.due_date if changes.keeps_day and draft.due_date else changes.due_date or draft.due_date
    return TaskDraft(
        changes.title or draft.title,
        changes.description or changes.note or draft.description,
        day,
        changes.due_time or draft.due_time,
        changes.priority or draft.priority,
        (*draft.tags, *(tag for tag in changes.add_tags if tag not in draft.tags)),
        changes.recurrence or draft.recurrence,
    )


def _both(first: Changes, second: Changes) -> Changes:
    """The second wins where both say something."""
    keeps_day = second.keeps_day and first.due_date is None
    day = first.due_date if second.keeps_day and first.due_date else second.due_date or first.due_date
    return Changes(
        second.title or first.title,
        second.description or first.description,
        second.note or first.note,
        day,
        second.due_time or first.due_time,
        keeps_day or (first.keeps_day and second.due_date is None),
        second.postpone_days or first.postpone_days,
        second.priority or first.priority,
        (*first.add_tags, *second.add_tags),
        (*first.remove_tags, *second.remove_tags),
        first.clear | second.clear,
        second.recurrence or first.recurrence,
    )
