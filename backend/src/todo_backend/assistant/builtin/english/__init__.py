"""English: the words and sentences of the built-in assistant."""

from todo_backend.assistant.builtin.english.draft import parse_quick_add
from todo_backend.assistant.builtin.english.understanding import understand

__all__ = ["parse_quick_add", "understand"]
