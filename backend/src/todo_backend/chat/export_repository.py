"""SQL that reads all conversations of a person, for a file."""

from collections.abc import AsyncGenerator
from typing import LiteralString

from todo_backend.auth.principal import Principal
from todo_backend.db.pool import Connection
from todo_backend.db.snapshot import parts

_CONVERSATIONS: LiteralString = """
    SELECT row_to_json(conversation)::text FROM (
        SELECT id, thread_id, title, created_at, updated_at
        FROM conversations WHERE user_id = %(user_id)s ORDER BY id
    ) AS conversation
"""
# By way of the conversations: messages have no index of whose they are.
_MESSAGES: LiteralString = """
    SELECT row_to_json(message)::text FROM (
        SELECT conversation_id, item_id AS id, role, feedback, messages.created_at, item
        FROM conversations JOIN messages ON conversation_id = conversations.id
        WHERE conversations.user_id = %(user_id)s AND messages.user_id = %(user_id)s
        ORDER BY conversations.id, sequence
    ) AS message
"""


def conversations(connection: Connection, principal: Principal) -> AsyncGenerator[list[str]]:
    """Each conversation as the JSON of an `ExportedConversation`, the oldest first."""
    return parts(connection, _CONVERSATIONS, {"user_id": principal.user_id})


def messages(connection: Connection, principal: Principal) -> AsyncGenerator[list[str]]:
    """All that was said and done in them, in its order, as the JSON of an `ExportedMessage`."""
    return parts(connection, _MESSAGES, {"user_id": principal.user_id})
