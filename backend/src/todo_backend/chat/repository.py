"""All SQL that touches conversations. Every statement is scoped by a Principal."""

import datetime as dt
import json
from typing import Any, Literal, LiteralString, NamedTuple

from todo_backend.auth.principal import Principal
from todo_backend.db.pool import Pool, fetch_one

Direction = Literal["asc", "desc"]


class Conversation(NamedTuple):
    """A conversation: a number for REST, a thread id for ChatKit."""

    id: int
    thread_id: str
    title: str | None
    metadata: dict[str, Any]
    created_at: dt.datetime


Role = Literal["user", "assistant"]


class Message(NamedTuple):
    """An item of a conversation; `item` is its JSON as ChatKit knows it."""

    item_id: str
    role: Role | None
    content: str
    item: str
    created_at: dt.datetime


_CONVERSATION: LiteralString = "id, thread_id, title, metadata, created_at"
_THIS_ONE: LiteralString = "user_id = %(user_id)s AND thread_id = %(thread_id)s"
_IN_IT: LiteralString = f"conversation_id = (SELECT id FROM conversations WHERE {_THIS_ONE})"


async def save_conversation(
    pool: Pool,
    principal: Principal,
    thread_id: str,
    *,
    title: str | None,
    metadata: dict[str, Any],
    created_at: dt.datetime,
) -> Conversation | None:
    """Create or change a conversation; None when the thread id is another user's."""
    row = await fetch_one(
        pool,
        f"""
        INSERT INTO conversations AS held (thread_id, user_id, title, metadata, created_at)
        VALUES (%(thread_id)s, %(user_id)s, %(title)s, %(metadata)s::jsonb, %(created_at)s)
        ON CONFLICT (thread_id) DO UPDATE SET title = excluded.title, metadata = excluded.metadata
        WHERE held.user_id = excluded.user_id
        RETURNING {_CONVERSATION}
        """,
        {
            "thread_id": thread_id,
            "user_id": principal.user_id,
            "title": title,
            "metadata": json.dumps(metadata),
            "created_at": created_at,
        },
    )
    return None if row is None else Conversation(*row)


async def get_conversation(pool: Pool, principal: Principal, thread_id: str) -> Conversation | None:
    """The conversation with this thread id."""
    row = await fetch_one(
        pool,
        f"SELECT {_CONVERSATION} FROM conversations WHERE {_THIS_ONE}",
        {"user_id": principal.user_id, "thread_id": thread_id},
    )
    return None if row is None else Conversation(*row)


async def get_conversation_by_number(pool: Pool, principal: Principal, conversation_id: int) -> Conversation | None:
    """The conversation with this number."""
    row = await fetch_one(
        pool,
        f"SELECT {_CONVERSATION} FROM conversations WHERE user_id = %(user_id)s AND id = %(id)s",
        {"user_id": principal.user_id, "id": conversation_id},
    )
    return None if row is None else Conversation(*row)


async def list_conversations(
    pool: Pool, principal: Principal, *, after: str | None, limit: int, direction: Direction
) -> list[Conversation]:
    """Conversations by their last use, those after the thread `after`."""
    order: LiteralString = "ASC" if direction == "asc" else "DESC"
    beyond: LiteralString = ">" if direction == "asc" else "<"
    conditions: LiteralString = ""
    if after is not None:
        conditions = f"""
            AND (updated_at, id) {beyond} (SELECT updated_at, id FROM conversations
                                           WHERE user_id = %(user_id)s AND thread_id = %(after)s)
        """
    async with pool.connection() as connection:
        cursor = await connection.execute(
            f"""
            SELECT {_CONVERSATION} FROM conversations WHERE user_id = %(user_id)s {conditions}
            ORDER BY updated_at {order}, id {order} LIMIT %(limit)s
            """,
            {"user_id": principal.user_id, "after": after, "limit": limit},
        )
        return [Conversation(*row) async for row in cursor]


async def delete_conversation(pool: Pool, principal: Principal, thread_id: str) -> None:
    """Delete a conversation with all that was said in it."""
    async with pool.connection() as connection:
        await connection.execute(
            f"DELETE FROM conversations WHERE {_THIS_ONE}", {"user_id": principal.user_id, "thread_id": thread_id}
        )


async def save_message(pool: Pool, principal: Principal, thread_id: str, message: Message) -> bool:
    """Append a message, or change the one with its id; False when there is no such conversation."""
    row = await fetch_one(
        pool,
        f"""
        WITH used AS (UPDATE conversations SET updated_at = now() WHERE {_THIS_ONE} RETURNING id, user_id)
        INSERT INTO messages (conversation_id, item_id, user_id, role, content, item, created_at)
        SELECT id, %(item_id)s, user_id, %(role)s, %(content)s, %(item)s::jsonb, %(created_at)s FROM used
        ON CONFLICT (conversation_id, item_id)
        DO UPDATE SET role = excluded.role, content = excluded.content, item = excluded.item
        RETURNING sequence
        """,
        {"user_id": principal.user_id, "thread_id": thread_id, **message._asdict()},
    )
    return row is not None


async def get_message(pool: Pool, principal: Principal, thread_id: str, item_id: str) -> str | None:
    """The item's JSON."""
    row = await fetch_one(
        pool,
        f"SELECT item::text FROM messages WHERE user_id = %(user_id)s AND {_IN_IT} AND item_id = %(item_id)s",
        {"user_id": principal.user_id, "thread_id": thread_id, "item_id": item_id},
    )
    return None if row is None else str(row[0])


async def list_messages(
    pool: Pool, principal: Principal, thread_id: str, *, after: str | None, limit: int, direction: Direction
) -> list[str]:
    """The JSON of items in the order they were said, those after the item `after`."""
    order: LiteralString = "ASC" if direction == "asc" else "DESC"
    beyond: LiteralString = ">" if direction == "asc" else "<"
    conditions: LiteralString = ""
    if after is not None:
        conditions = f"""
            AND sequence {beyond} (SELECT sequence FROM messages
                                   WHERE user_id = %(user_id)s AND {_IN_IT} AND item_id = %(after)s)
        """
    async with pool.connection() as connection:
        cursor = await connection.execute(
            f"""
            SELECT item::text FROM messages WHERE user_id = %(user_id)s AND {_IN_IT} {conditions}
            ORDER BY sequence {order} LIMIT %(limit)s
            """,
            {"user_id": principal.user_id, "thread_id": thread_id, "after": after, "limit": limit},
        )
        return [row[0] async for row in cursor]


async def delete_message(pool: Pool, principal: Principal, thread_id: str, item_id: str) -> None:
    """Take an item out of its conversation."""
    async with pool.connection() as connection:
        await connection.execute(
            f"DELETE FROM messages WHERE user_id = %(user_id)s AND {_IN_IT} AND item_id = %(item_id)s",
            {"user_id": principal.user_id, "thread_id": thread_id, "item_id": item_id},
        )


async def set_feedback(pool: Pool, principal: Principal, thread_id: str, item_ids: list[str], feedback: str) -> None:
    """Keep what the user thinks of these items: `positive` or `negative`."""
    async with pool.connection() as connection:
        await connection.execute(
            f"""
            UPDATE messages SET feedback = %(feedback)s
            WHERE user_id = %(user_id)s AND {_IN_IT} AND item_id = ANY(%(item_ids)s)
            """,
            {"user_id": principal.user_id, "thread_id": thread_id, "item_ids": item_ids, "feedback": feedback},
        )
