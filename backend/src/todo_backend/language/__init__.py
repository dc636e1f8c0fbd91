"""The built-in assistant: understands everyday sentences about tasks, offline and deterministically.

`understand` and `parse_quick_add` are pure functions of a text and a moment: no clock, no network, no state.
`model.BuiltinModel` puts them behind the OpenAI Agents SDK, so that the same runner and the same MCP tools serve
with and without a language model. Everything that knows English lives in `english/`; another language is another
such package with the same three functions (`understand`, `parse_quick_add`, and the sentences of `replies`).

The date rules are our own rather than a library's: dateparser 1.5 reads "may", "sat" or "24/7" in a title as dates,
takes "friday" for the last one, and brings 11 MB.
"""

from todo_backend.assistant.builtin.english import parse_quick_add, understand
from todo_backend.assistant.builtin.intents import Intent, TaskDraft

__all__ = ["Intent", "TaskDraft", "parse_quick_add", "understand"]
