"""What a plan is, and what it knows of the conversation before."""

from collections.abc import Generator
from dataclasses import dataclass
from typing import TypeAlias

from todo_backend.assistant.offline.answer import Answer
from todo_backend.assistant.offline.results import Deed
from todo_backend.assistant.offline.transcript import Call
from todo_backend.language.intents import CompleteTasks, DeleteTasks, ReopenTasks, UpdateTasks
from todo_backend.mcp_server.schemas import ToolTask

Plan: TypeAlias = Generator[list[Call], list[str], Answer]
Commands: TypeAlias = CompleteTasks | ReopenTasks | DeleteTasks | UpdateTasks


@dataclass(frozen=True, slots=True)
class Memory:
    """What the conversation lately showed, spoke of and did, the latest turn first."""

    shown: tuple[tuple[ToolTask, ...], ...] = ()
    mentioned: tuple[tuple[ToolTask, ...] | None, ...] = ()
    done: tuple[tuple[tuple[Deed, ToolTask], ...], ...] = ()
    asked: bool = False  # the latest turn ended with a question
