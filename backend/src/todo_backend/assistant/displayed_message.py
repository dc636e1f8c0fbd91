"""A message of a model that knows how a page shows it."""

from openai.types.responses import ResponseOutputMessage

from todo_backend.assistant.display import Display


class DisplayedMessage(ResponseOutputMessage):
    """Made in this process alone: what a server sends never becomes one."""

    display: Display
