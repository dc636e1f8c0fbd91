"""The ChatKit protocol's server: the assistant's turns as thread events."""

import json
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, suppress
from typing import Any

import anyio
from chatkit.actions import Action
from chatkit.errors import CustomStreamError
from chatkit.server import ChatKitServer, NonStreamingResult, StreamingResult
from chatkit.store import NotFoundError
from chatkit.types import (
    AssistantMessageContent,
    AssistantMessageContentPartAdded,
    AssistantMessageContentPartDone,
    AssistantMessageContentPartTextDelta,
    ChatKitReq,
    ClientEffectEvent,
    FeedbackKind,
    ProgressUpdateEvent,
    StreamingReq,
    SyncCustomActionResponse,
    Thread,
    ThreadCreatedEvent,
    ThreadItem,
    ThreadItemAddedEvent,
    ThreadItemDoneEvent,
    ThreadItemUpdatedEvent,
    ThreadMetadata,
    ThreadRetryAfterItemParams,
    ThreadsAddUserMessageReq,
    ThreadsCreateReq,
    ThreadsRetryAfterItemReq,
    ThreadStreamEvent,
    UserMessageItem,
    WidgetItem,
    is_streaming_req,
)

from todo_backend.assistant.agent import Assistant
from todo_backend.assistant.failures import AssistantFailed
from todo_backend.assistant.turn import (
    MessageDelta,
    MessageFinished,
    MessageStarted,
    ToolFinished,
    ToolStarted,
    TurnEvent,
)
from todo_backend.chat.items import (
    HISTORY_ITEMS,
    assistant_message,
    model_input,
    new_id,
    text_of,
    title_of,
    tool_record,
    utc,
)
from todo_backend.chat.progress import THINKING, changes_tasks, working_on
from todo_backend.chat.store import ConversationStore
from todo_backend.chat.turn_key import KeyedActor, TurnKey, TurnLost, check_is_last
from todo_backend.core.errors import Invalid
from todo_backend.mcp_server.identity import Actor

TASKS_CHANGED = "tasks_changed"
_SAVE_SECONDS = 5.0
_NO_ACTIONS = "This app has no actions of that kind."

# What a turn leaves behind: enough to show the whole of it again.
_LASTING = {"thread.created", "thread.updated", "thread.item.done", "client_effect"}


class ConversationServer(ChatKitServer[Actor]):
    """Serves ChatKit's requests for the actor given with each."""

    store: ConversationStore

    def __init__(self, store: ConversationStore, assistant: Assistant) -> None:
        super().__init__(store)
        self._assistant = assistant

    async def answer(
        self, request: ChatKitReq, actor: Actor, key: TurnKey | None = None
    ) -> StreamingResult | NonStreamingResult:
        """What `process` does, for a request that is parsed: it would build its parser anew for each one.

        A turn with a `key` that was finished before is shown again, not run again. Raises Invalid when the key
        stands for another request, Conflict while its turn is under way.
        """
        if not is_streaming_req(request):
            return NonStreamingResult(await self._process_non_streaming(request, actor))
        if key is None:
            return StreamingResult(self._process_streaming(request, actor))
        if (known := await key.claim()) is not None:
            return StreamingResult(_shown_again(known))
        return StreamingResult(self._once(request, actor, key))

    async def _once(self, request: StreamingReq, actor: Actor, key: TurnKey) -> AsyncGenerator[bytes]:
        """The frames of a turn whose key is claimed. One that failed or was cut gives the key back."""
        lasting: list[bytes] = []
        failed = False
        async with key.held():
            keyed = KeyedActor(actor.principal, actor.time_zone, key=key, begun=await self._begun(request, actor, key))
            async with aclosing(self._process_streaming(request, keyed)) as frames:
                async for frame in frames:
                    kind = json.loads(frame.removeprefix(b"data: "))["type"]
                    failed |= kind == "error"
                    if kind in _LASTING:
                        lasting.append(frame)
                    yield frame
            await (key.release() if failed else key.answer(b"".join(lasting).decode()))

    async def _process_streaming_impl(
        self, request: StreamingReq, context: Actor
    ) -> AsyncGenerator[ThreadStreamEvent, None]:
        if isinstance(context, KeyedActor) and context.begun is not None:
            # What the person said is there, the answer to it is still to give.
            thread, said = context.begun
            if isinstance(request, ThreadsCreateReq):
                yield ThreadCreatedEvent(thread=self._to_thread_response(thread))
            yield ThreadItemDoneEvent(item=said)
            request = ThreadsRetryAfterItemReq(params=ThreadRetryAfterItemParams(thread_id=thread.id, item_id=said.id))
        async with aclosing(super()._process_streaming_impl(request, context)) as events:
            async for event in events:
                yield event

    async def _begun(
        self, request: StreamingReq, actor: Actor, key: TurnKey
    ) -> tuple[ThreadMetadata, UserMessageItem] | None:
        """The thread and the message of a turn that began before; raises Invalid when more was said since."""
        match request:
            case ThreadsCreateReq():
                thread_id = key.make_id("thr")
            case ThreadsAddUserMessageReq():
                thread_id = request.params.thread_id
            case _:
                return None
        try:
            thread = await self.store.load_thread(thread_id, actor)
            said = await self.store.load_item(thread_id, key.make_id("msg"), actor)
        except NotFoundError:
            return None
        newest = await self.store.load_thread_items(thread_id, None, HISTORY_ITEMS, "desc", actor)
        check_is_last(newest.data, said.id)
        assert isinstance(said, UserMessageItem)  # noqa: S101 (nothing else has an id of this kind)
        return thread, said

    async def respond(
        self, thread: ThreadMetadata, input_user_message: UserMessageItem | None, context: Actor
    ) -> AsyncIterator[ThreadStreamEvent]:
        """The assistant's turn after the last message of `thread`."""
        if thread.title is None and input_user_message is not None:
            thread.title = title_of(text_of(input_user_message)) or None
        yield ProgressUpdateEvent(text=THINKING)
        newest = await self.store.load_thread_items(thread.id, None, HISTORY_ITEMS, "desc", context)
        if isinstance(context, KeyedActor):
            context.remember(newest.data)
        history = model_input(reversed(newest.data))
        try:
            async with aclosing(self._assistant.answer(context, history)) as turn:
                async for event in _thread_events(thread, turn):
                    yield event
        except AssistantFailed as failed:
            raise CustomStreamError(failed.detail, allow_retry=True) from failed

    async def handle_stream_cancelled(
        self, thread: ThreadMetadata, pending_items: list[ThreadItem], context: Actor
    ) -> None:
        """Keep what was said until the person stopped it; the request around this is being cancelled."""
        with anyio.move_on_after(_SAVE_SECONDS, shield=True), suppress(TurnLost):
            await super().handle_stream_cancelled(thread, pending_items, context)

    async def add_feedback(self, thread_id: str, item_ids: list[str], feedback: FeedbackKind, context: Actor) -> None:
        """Keep what the person thinks of the items."""
        await self.store.save_feedback(thread_id, item_ids, feedback, context)

    async def action(
        self, thread: ThreadMetadata, action: Action[str, Any], sender: WidgetItem | None, context: Actor
    ) -> AsyncIterator[ThreadStreamEvent]:
        """There are no widgets, hence no actions."""
        raise CustomStreamError(_NO_ACTIONS, allow_retry=False)
        yield

    async def sync_action(
        self, thread: ThreadMetadata, action: Action[str, Any], sender: WidgetItem | None, context: Actor
    ) -> SyncCustomActionResponse:
        """There are no widgets, hence no actions."""
        raise Invalid(_NO_ACTIONS)

    def _to_thread_response(self, thread: ThreadMetadata | Thread) -> Thread:
        response = super()._to_thread_response(thread)
        response.created_at = utc(response.created_at)
        return response


async def _shown_again(frames: str) -> AsyncGenerator[bytes]:
    yield frames.encode()


async def _thread_events(thread: ThreadMetadata, turn: AsyncIterator[TurnEvent]) -> AsyncIterator[ThreadStreamEvent]:
    """`turn` as ChatKit shows it. Ids are ours: those of many servers are the same for every message."""
    item_id = new_id("msg")
    async for event in turn:
        match event:
            case ToolStarted(name):
                yield ProgressUpdateEvent(text=working_on(name))
            case ToolFinished(call):
                yield ThreadItemDoneEvent(item=tool_record(thread.id, call))
                if changes_tasks(call.name):
                    yield ClientEffectEvent(name=TASKS_CHANGED)
            case MessageStarted():
                item_id = new_id("msg")
                yield ThreadItemAddedEvent(item=assistant_message(thread.id, "", item_id))
                yield _part_added(item_id)
            case MessageDelta(text):
                yield ThreadItemUpdatedEvent(
                    item_id=item_id, update=AssistantMessageContentPartTextDelta(content_index=0, delta=text)
                )
            case MessageFinished(text):
                item = assistant_message(thread.id, text, item_id)
                yield ThreadItemUpdatedEvent(
                    item_id=item_id,
                    update=AssistantMessageContentPartDone(content_index=0, content=AssistantMessageContent(text=text)),
                )
                yield ThreadItemDoneEvent(item=item)


def _part_added(item_id: str) -> ThreadItemUpdatedEvent:
    return ThreadItemUpdatedEvent(
        item_id=item_id,
        update=AssistantMessageContentPartAdded(content_index=0, content=AssistantMessageContent(text="")),
    )
