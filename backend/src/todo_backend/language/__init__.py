"""What people write about their tasks: text and a moment in, structures out.

Sentences are read in English; in German and Urdu those that add, list, find, complete, reopen, delete and undo.
`phrasebooks` has the commands of a language, `vocabularies` its days and times.

Pure functions: no clock, no network, no state, and nothing of the other rooms. `read_line` reads a task from one line
and tells which characters mean what, `parse_quick_add` the task alone; `understand` reads what a sentence asks for.
`read_recurrence` reads how often something is to be done, and `in_words` says it.

The date rules are our own rather than a library's: dateparser 1.5 reads "may", "sat" or "24/7" in a title as dates,
takes "friday" for the last one, and brings 11 MB.
"""

from todo_backend.language.commands import read_addition, understand
from todo_backend.language.drafts import ReadLine, parse_quick_add, read_line
from todo_backend.language.intents import Intent, TaskDraft
from todo_backend.language.parts import Part, PartKind
from todo_backend.language.reader import Reader
from todo_backend.language.recurrence_words import in_words
from todo_backend.language.refs import split_enumeration
from todo_backend.language.repetition import read_recurrence
from todo_backend.language.subtasks import leaves_open, parent_span, split_parent

__all__ = [
    "Intent",
    "Part",
    "PartKind",
    "ReadLine",
    "Reader",
    "TaskDraft",
    "in_words",
    "leaves_open",
    "parent_span",
    "parse_quick_add",
    "read_addition",
    "read_line",
    "read_recurrence",
    "split_enumeration",
    "split_parent",
    "understand",
]
