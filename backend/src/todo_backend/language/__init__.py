"""What people write about their tasks, in English: text and a moment in, structures out.

Pure functions: no clock, no network, no state, and nothing of the other rooms. `parse_quick_add` reads a task from one
line; `understand` reads what a sentence asks for.

The date rules are our own rather than a library's: dateparser 1.5 reads "may", "sat" or "24/7" in a title as dates,
takes "friday" for the last one, and brings 11 MB.
"""

from todo_backend.language.commands import understand
from todo_backend.language.drafts import parse_quick_add
from todo_backend.language.intents import Intent, TaskDraft

__all__ = ["Intent", "TaskDraft", "parse_quick_add", "understand"]
