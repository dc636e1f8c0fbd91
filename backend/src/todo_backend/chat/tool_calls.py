"""The calls of tools in a turn: what a call does and the record of it are kept in one transaction, or neither is.

So whoever goes on with the turn reads what was done, wherever it was cut.
"""

import json
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from itertools import count
from typing import Any

from chatkit.types import HiddenContextItem

from todo_backend.assistant.calls import OpenCall
from todo_backend.auth.principal import Principal
from todo_backend.chat import repository
from todo_backend.chat.items import TOOL, from_json, same_id, to_message, tool_record
from todo_backend.chat.repository import Conversation
from todo_backend.chat.turn_lease import TurnLease
from todo_backend.db.pool import SameConnection


class ToolCalls:
    """The calls of the turn that answers `message_id`; `recorded` are those of its earlier tries."""

    def __init__(
        self,
        lease: TurnLease,
        principal: Principal,
        conversation: Conversation,
        message_id: str,
        recorded: Iterable[HiddenContextItem],
    ) -> None:
        self._lease = lease
        self._principal = principal
        self._conversation = conversation
        self._message_id = message_id
        self._taken = {record.id for record in recorded}
        self._unsure: set[str] = set()
        self._records: dict[str, HiddenContextItem] = {}

    @asynccontextmanager
    async def open(self, call_id: str, tool: str, arguments: dict[str, Any]) -> AsyncIterator[OpenCall]:
        """A transaction for one call: what is done in it is kept together with its record.

        A call whose end nobody saw, because the connection broke, is answered from its record when it is made again.
        """
        record_id = self._take(tool, arguments)
        try:
            async with self._lease.transaction() as connection:
                within = SameConnection(connection)
                if record := await self._earlier(within, record_id):
                    yield OpenCall(connection, record.content["output"])
                else:
                    yield (call := OpenCall(connection))
                    assert call.output is not None  # noqa: S101 (a call without an answer raises)
                    thread_id = self._conversation.thread_id
                    record = tool_record(thread_id, record_id, tool, json.dumps(arguments), call.output)
                    await repository.add_record(connection, self._principal, self._conversation.id, to_message(record))
        except BaseException:
            self._taken.discard(record_id)
            self._unsure.add(record_id)
            raise
        self._records[call_id] = record

    async def _earlier(self, within: SameConnection, record_id: str) -> HiddenContextItem | None:
        """The record of a call that seemed to fail, and was done after all."""
        if record_id not in self._unsure:
            return None
        text = await repository.get_message(within, self._principal, self._conversation.thread_id, record_id)
        record = None if text is None else from_json(text)
        return record if isinstance(record, HiddenContextItem) else None

    def record_of(self, call_id: str) -> HiddenContextItem | None:
        """The record of a call that worked."""
        return self._records.pop(call_id, None)

    def _take(self, tool: str, arguments: dict[str, Any]) -> str:
        """The id for the record of a call: by the message, the kind of the call, and how many of its kind there are."""
        kind = f"{tool}\n{json.dumps(arguments, sort_keys=True)}"
        record_id = next(name for name in (self._name(kind, number) for number in count()) if name not in self._taken)
        self._taken.add(record_id)
        return record_id

    def _name(self, kind: str, number: int) -> str:
        return same_id(TOOL, self._conversation.id, self._message_id, number, kind)
