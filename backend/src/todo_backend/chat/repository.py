"""All SQL that touches conversations. Every statement is scoped by a Principal."""

import datetime as dt
from typing import Literal, LiteralString, NamedTuple

from todo_backend.auth.principal import Principal
from todo_backend.db.pool import Connection, Connections, fetch_one

Direction = Literal["asc", "desc"]

MAX_PAGE_BYTES = 1024 * 1024  # of the items of a page, unless one alone is larger


class Conversation(NamedTuple):
    """A conversation: a number for REST, a thread id for ChatKit."""

    id: int
    thread_id: str
    title: str | None
    created_at: dt.datetime


Role = Literal["user", "assistant"]


class Message(NamedTuple):
    """An item of a conversation; `item` is its JSON as ChatKit knows it."""

    item_id: str
    role: Role | None
    content: str
    item: str
    created_at: dt.datetime


class MessagePage(NamedTuple):
    """The JSON of some items of a conversation, and whether there are more."""

    items: list[str]
    has_more: bool


_CONVERSATION: LiteralString = "id, thread_id, title, created_at"
_THIS_ONE: LiteralString = "user_id = %(user_id)s AND thread_id = %(thread_id)s"
_IN_IT: LiteralString = f"conversation_id = (SELECT id FROM conversations WHERE {_THIS_ONE})"
_AFTER_IT: LiteralString = f"""
    sequence > (SELECT sequence FROM messages WHERE user_id = %(user_id)s AND {_IN_IT} AND item_id = %(item_id)s)
"""


def _size_so_far(order: LiteralString) -> LiteralString:
    """The column `size`: the bytes of an item and of those before it in this order."""
    return f"sum(octet_length(item::text)) OVER (ORDER BY sequence {order}) AS size"


async def begin_conversation(connections: Connections, principal: Principal, thread_id: str) -> Conversation | None:
    """A new conversation, or the one that has this thread id; it is locked as by `lock_conversation`."""
    row = await fetch_one(
        connections,
        f"""
        INSERT INTO conversations (thread_id, user_id) VALUES (%(thread_id)s, %(user_id)s)
        ON CONFLICT (thread_id) DO UPDATE SET title = conversations.title
        WHERE conversations.user_id = %(user_id)s
        RETURNING {_CONVERSATION}
        """,
        {"user_id": principal.user_id, "thread_id": thread_id},
    )
    return None if row is None else Conversation(*row)


async def lock_conversation(connections: Connections, principal: Principal, thread_id: str) -> Conversation | None:
    """The conversation with this thread id; nothing else begins or ends in it until the transaction ends."""
    row = await fetch_one(
        connections,
        f"SELECT {_CONVERSATION} FROM conversations WHERE {_THIS_ONE} FOR NO KEY UPDATE",
        {"user_id": principal.user_id, "thread_id": thread_id},
    )
    return None if row is None else Conversation(*row)


async def rename_conversation(
    connections: Connections, principal: Principal, thread_id: str, title: str
) -> Conversation | None:
    """Give a conversation another title."""
    row = await fetch_one(
        connections,
        f"UPDATE conversations SET title = %(title)s WHERE {_THIS_ONE} RETURNING {_CONVERSATION}",
        {"user_id": principal.user_id, "thread_id": thread_id, "title": title},
    )
    return None if row is None else Conversation(*row)


async def get_conversation(connections: Connections, principal: Principal, thread_id: str) -> Conversation | None:
    """The conversation with this thread id."""
    row = await fetch_one(
        connections,
        f"SELECT {_CONVERSATION} FROM conversations WHERE {_THIS_ONE}",
        {"user_id": principal.user_id, "thread_id": thread_id},
    )
    return None if row is None else Conversation(*row)


async def get_conversation_by_number(
    connections: Connections, principal: Principal, conversation_id: int
) -> Conversation | None:
    """The conversation with this number."""
    row = await fetch_one(
        connections,
        f"SELECT {_CONVERSATION} FROM conversations WHERE user_id = %(user_id)s AND id = %(id)s",
        {"user_id": principal.user_id, "id": conversation_id},
    )
    return None if row is None else Conversation(*row)


async def list_conversations(
    connections: Connections, principal: Principal, *, after: str | None, limit: int, direction: Direction
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
    async with connections.connection() as connection:
        cursor = await connection.execute(
            f"""
            SELECT {_CONVERSATION} FROM conversations WHERE user_id = %(user_id)s {conditions}
            ORDER BY updated_at {order}, id {order} LIMIT %(limit)s
            """,
            {"user_id": principal.user_id, "after": after, "limit": limit},
        )
        return [Conversation(*row) async for row in cursor]


async def delete_conversation(connections: Connections, principal: Principal, thread_id: str) -> None:
    """Delete a conversation with all that was said in it."""
    async with connections.connection() as connection:
        await connection.execute(
            f"DELETE FROM conversations WHERE {_THIS_ONE}", {"user_id": principal.user_id, "thread_id": thread_id}
        )


async def add_record(connection: Connection, principal: Principal, conversation_id: int, record: Message) -> None:
    """Append what a tool did, with the end of the transaction."""
    connection.defer(
        """
        INSERT INTO messages (conversation_id, item_id, user_id, role, content, item, created_at)
        VALUES (%(conversation_id)s, %(item_id)s, %(user_id)s, %(role)s, %(content)s, %(item)s::jsonb, %(created_at)s)
        """,
        {"user_id": principal.user_id, "conversation_id": conversation_id, **record._asdict()},
    )


async def add_said(
    connections: Connections,
    principal: Principal,
    thread_id: str,
    message: Message,
    title: str | None,
    *,
    limit: int,
    size: int,
) -> list[str] | None:
    """Append what a person says, with a `title` for a conversation that has none; None when it is there already.

    Else the JSON of the newest items before it, `limit` and `size` bytes at the most.
    """
    row = await fetch_one(
        connections,
        f"""
        WITH used AS (
            UPDATE conversations SET updated_at = now(), title = coalesce(title, %(title)s)
            WHERE {_THIS_ONE} RETURNING id, user_id
        ), said AS (
            INSERT INTO messages (conversation_id, item_id, user_id, role, content, item, created_at)
            SELECT id, %(item_id)s, user_id, %(role)s, %(content)s, %(item)s::jsonb, %(created_at)s FROM used
            ON CONFLICT (conversation_id, item_id) DO NOTHING RETURNING sequence
        ), newest AS (
            SELECT sequence, messages.item FROM messages WHERE user_id = %(user_id)s AND {_IN_IT}
            ORDER BY sequence DESC LIMIT %(limit)s
        ), earlier AS (
            SELECT sequence, item, {_size_so_far("DESC")} FROM newest
        )
        SELECT ARRAY(SELECT item::text FROM earlier WHERE size <= %(size)s ORDER BY sequence) FROM said
        """,
        {
            "user_id": principal.user_id,
            "thread_id": thread_id,
            "title": title,
            "limit": limit,
            "size": size,
            **message._asdict(),
        },
    )
    return None if row is None else list(row[0])


async def said_since(connections: Connections, principal: Principal, thread_id: str, item_id: str) -> bool:
    """Whether the person said something after the item."""
    row = await fetch_one(
        connections,
        f"""
        SELECT FROM messages WHERE user_id = %(user_id)s AND {_IN_IT} AND role = 'user' AND {_AFTER_IT} LIMIT 1
        """,
        {"user_id": principal.user_id, "thread_id": thread_id, "item_id": item_id},
    )
    return row is not None


async def rewind(connections: Connections, principal: Principal, thread_id: str, item_id: str, keep: str) -> None:
    """Take away what came after a message: it goes on from there.

    What has an id that begins with `keep` stays, unless it belongs to a later message, which goes.
    """
    async with connections.connection() as connection:
        await connection.execute(
            f"""
            WITH used AS (UPDATE conversations SET updated_at = now() WHERE {_THIS_ONE})
            DELETE FROM messages
            WHERE user_id = %(user_id)s AND {_IN_IT} AND {_AFTER_IT} AND (
                NOT starts_with(item_id, %(keep)s)
                OR sequence > (SELECT min(sequence) FROM messages
                               WHERE user_id = %(user_id)s AND {_IN_IT} AND role = 'user' AND {_AFTER_IT})
            )
            """,
            {"user_id": principal.user_id, "thread_id": thread_id, "item_id": item_id, "keep": keep},
        )


async def list_history(
    connections: Connections, principal: Principal, thread_id: str, item_id: str, *, limit: int, size: int
) -> list[str]:
    """The JSON of the item and of those before it, `limit` in all and `size` bytes, and of all that came after it."""
    async with connections.connection() as connection:
        cursor = await connection.execute(
            f"""
            WITH newest AS (
                SELECT item_id, sequence, item FROM messages
                WHERE user_id = %(user_id)s AND {_IN_IT} AND NOT {_AFTER_IT} ORDER BY sequence DESC LIMIT %(limit)s
            ), earlier AS (
                SELECT *, {_size_so_far("DESC")} FROM newest
            )
            SELECT item::text FROM (
                SELECT sequence, item FROM earlier WHERE size <= %(size)s OR item_id = %(item_id)s
                UNION ALL
                SELECT sequence, item FROM messages WHERE user_id = %(user_id)s AND {_IN_IT} AND {_AFTER_IT}
            ) AS history ORDER BY sequence
            """,
            {"user_id": principal.user_id, "thread_id": thread_id, "item_id": item_id, "limit": limit, "size": size},
        )
        return [row[0] async for row in cursor]


async def get_message(connections: Connections, principal: Principal, thread_id: str, item_id: str) -> str | None:
    """The item's JSON."""
    row = await fetch_one(
        connections,
        f"SELECT item::text FROM messages WHERE user_id = %(user_id)s AND {_IN_IT} AND item_id = %(item_id)s",
        {"user_id": principal.user_id, "thread_id": thread_id, "item_id": item_id},
    )
    return None if row is None else str(row[0])


async def list_messages(
    connections: Connections,
    principal: Principal,
    thread_id: str,
    *,
    after: str | None,
    limit: int,
    direction: Direction,
) -> MessagePage:
    """What was said, in its order, after the item `after`: as many as fit into a page, one at least."""
    order: LiteralString = "ASC" if direction == "asc" else "DESC"
    beyond: LiteralString = ">" if direction == "asc" else "<"
    conditions: LiteralString = ""
    if after is not None:
        conditions = f"""
            AND sequence {beyond} (SELECT sequence FROM messages
                                   WHERE user_id = %(user_id)s AND {_IN_IT} AND item_id = %(after)s)
        """
    async with connections.connection() as connection:
        cursor = await connection.execute(
            f"""
            WITH following AS (
                SELECT sequence, item FROM messages
                WHERE user_id = %(user_id)s AND role IS NOT NULL AND {_IN_IT} {conditions}
                ORDER BY sequence {order} LIMIT %(limit)s + 1
            ), sized AS (
                SELECT *, count(*) OVER () AS found, row_number() OVER (ORDER BY sequence {order}) AS number,
                       {_size_so_far(order)}
                FROM following
            )
            SELECT item::text, found FROM sized
            WHERE number = 1 OR number <= %(limit)s AND size <= %(size)s ORDER BY sequence {order}
            """,
            {
                "user_id": principal.user_id,
                "thread_id": thread_id,
                "after": after,
                "limit": limit,
                "size": MAX_PAGE_BYTES,
            },
        )
        rows = await cursor.fetchall()
        return MessagePage([item for item, _ in rows], has_more=bool(rows) and rows[0][1] > len(rows))


async def set_feedback(
    connections: Connections, principal: Principal, thread_id: str, item_ids: list[str], feedback: str
) -> None:
    """Keep what the user thinks of these items: `positive` or `negative`."""
    async with connections.connection() as connection:
        await connection.execute(
            f"""
            UPDATE messages SET feedback = %(feedback)s
            WHERE user_id = %(user_id)s AND {_IN_IT} AND item_id = ANY(%(item_ids)s)
            """,
            {"user_id": principal.user_id, "thread_id": thread_id, "item_ids": item_ids, "feedback": feedback},
        )
