"""The agent's tools are bound to one person in each turn; its instructions know their time."""

import asyncio
import contextlib
import copy
import datetime as dt
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import fields
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from agents import FunctionTool, Model
from agents.mcp import MCPServerStreamableHttp, MCPUtil
from agents.testing import ModelStep, ScriptedModel, assistant_message, function_call

from todo_backend.assistant.assistant import Assistant
from todo_backend.assistant.bounded_model import REFUSED
from todo_backend.assistant.calls import Calls, OpenCall
from todo_backend.assistant.events import AssistantEvent, MessageFinished, ToolCall, ToolFinished, ToolStarted
from todo_backend.assistant.prompts import instructions
from todo_backend.assistant.tools import ToolCaller
from todo_backend.core.errors import NotFound
from todo_backend.core.lazily import Lazily
from todo_backend.db.pool import Pool
from todo_backend.mcp_server.identity import Actor, acting_for
from todo_backend.mcp_server.server import ToolServer, create_tool_server


@pytest.fixture(scope="module")
def server(resources):
    return create_tool_server(resources.tasks)


class Unrecorded:
    """Calls of which no record is kept."""

    def __init__(self, pool: Pool) -> None:
        self.pool = pool

    @contextlib.asynccontextmanager
    async def open(self, call_id: str, tool: str, arguments: dict[str, Any]) -> AsyncIterator[OpenCall]:
        async with self.pool.connection() as connection:
            yield OpenCall(connection)


class ToolsOfPerson:
    """The tools as they are called in a turn of a person."""

    def __init__(self, server: ToolServer, user: Any, pool: Pool) -> None:
        self.server, self.caller = server, ToolCaller(Actor(user.principal), Unrecorded(pool))

    async def call(self, tool: str, **arguments: Any) -> str:
        return await self.caller.call(self.server, tool, arguments)


@pytest.fixture
def tools_of(server, resources) -> Callable[[Any], ToolsOfPerson]:
    """The tools, for a person."""
    return lambda user: ToolsOfPerson(server, user, resources.pool)


async def test_tools_work_for_their_person_only_however_calls_interleave(tools_of, new_user) -> None:
    users = [new_user() for _ in range(10)]
    pairs = [(user, tools_of(user)) for user in users]
    calls = [tools.call("add_task", title=f"{user.id} {n}") for n in range(5) for user, tools in pairs]
    await asyncio.gather(*calls)
    for user, tools in pairs:
        listed = json.loads(await tools.call("list_tasks"))["tasks"]
        assert sorted(task["title"] for task in listed) == [f"{user.id} {n}" for n in range(5)]


async def test_tools_are_not_moved_by_who_calls_or_what_the_arguments_say(tools_of, user, other_user) -> None:
    tools = tools_of(user)
    with acting_for(Actor(other_user.principal)):
        await tools.call("add_task", title="Mine")
    stolen = await tools_of(other_user).call("list_tasks", user_id=user.id)
    assert stolen == "user_id: leave it out; tools work on the tasks of the signed-in person only."
    assert (await other_user.http.get("/api/me/tasks")).json()["items"] == []
    assert [task["title"] for task in (await user.http.get("/api/me/tasks")).json()["items"]] == ["Mine"]


async def test_without_a_person_nothing_works(server) -> None:
    with pytest.raises(LookupError):
        await server.call_tool("list_tasks", {})


@pytest.fixture
def assistant_of(server) -> Callable[[Model], Assistant]:
    """An assistant with this model, and the tools."""
    return lambda model: Assistant(Lazily(lambda: server), lambda now: model, built_in=False, turn_seconds=300)


async def answered(assistant: Assistant, user: Any, calls: Calls) -> list[AssistantEvent]:
    return [
        event async for event in assistant.answer(Actor(user.principal), [{"role": "user", "content": "go"}], calls)
    ]


async def test_turns_of_many_people_at_once_stay_apart(assistant_of, resources, new_user) -> None:
    """Turns wait for each other in the middle, so that all of them are open at the same time."""
    users = [new_user() for _ in range(20)]
    everyone = asyncio.Barrier(len(users))

    async def turn(user) -> list[str]:
        async def together(_):
            await everyone.wait()
            return [function_call("add_task", {"title": f"Of {user.id}"}, call_id="c1")]

        model = ScriptedModel(
            [ModelStep.respond(together), [function_call("list_tasks", {}, call_id="c2")], [assistant_message("Ok")]]
        )
        events = await answered(assistant_of(model), user, Unrecorded(resources.pool))
        listed = next(
            event.call for event in events if getattr(getattr(event, "call", None), "name", "") == "list_tasks"
        )
        return [task["title"] for task in json.loads(listed.output)["tasks"]]

    lists = await asyncio.gather(*(turn(user) for user in users))
    assert lists == [[f"Of {user.id}"] for user in users]


def spec(tool: FunctionTool) -> dict[str, Any]:
    """All that the SDK is told of a tool, but for how to call it."""
    told = {field.name: getattr(tool, field.name) for field in fields(tool) if not field.name.startswith("_")}
    del told["on_invoke_tool"]
    return copy.deepcopy(told)


async def test_a_model_is_given_the_tools_of_the_server_as_any_agent_is_and_the_same_in_each_turn(
    server, resources, assistant_of, user
) -> None:
    elsewhere = MCPServerStreamableHttp({"url": "http://elsewhere.test/mcp"})
    as_any_agent = [
        spec(MCPUtil.to_function_tool(tool, elsewhere, convert_schemas_to_strict=False))
        for tool in await server.list_tools()
    ]
    steps = [[function_call("list_tasks", {}, call_id="c")], [assistant_message("Ok")]]
    model = ScriptedModel(steps * 2)
    assistant = assistant_of(model)
    for _ in range(2):
        await answered(assistant, user, Unrecorded(resources.pool))
    assert [[spec(tool) for tool in call.tools] for call in model.calls] == [as_any_agent] * len(model.calls)
    assert len({id(tool) for call in model.calls for tool in call.tools}) == len(as_any_agent)  # made once


class Failing(Unrecorded):
    """Calls of which no record can be kept."""

    reason: Exception = RuntimeError("for a reason that nobody knows")

    @contextlib.asynccontextmanager
    async def open(self, call_id: str, tool: str, arguments: dict[str, Any]) -> AsyncIterator[OpenCall]:
        raise self.reason
        yield


class Deleted(Failing):
    """Calls in a conversation that was deleted meanwhile."""

    reason = NotFound("This conversation was not found.")


FAILED = "An error occurred while running the tool. Please try again."
NO_OBJECT = "The arguments were no JSON object, so nothing was done: write them as the tool describes them."


def texts(text: str) -> list[dict[str, str]]:
    return [{"type": "input_text", "text": text}]


@pytest.mark.parametrize(
    ("tool", "written", "calls", "told"),
    [
        ("count_tasks", '{"filter": {}}', Unrecorded, texts('{"count":0}')),
        ("list_trash", "", Unrecorded, texts('{"deleted":[],"count":0,"next_cursor":null}')),
        ("delete_tasks", "{}", Unrecorded, texts("Give either task_ids or filter. An empty filter means all tasks.")),
        ("count_tasks", '{"filter": {', Unrecorded, NO_OBJECT),
        ("count_tasks", "[]", Unrecorded, NO_OBJECT),
        ("count_tasks", "null", Unrecorded, NO_OBJECT),
        ("count_tasks", "1" * 5_000, Unrecorded, NO_OBJECT),
        ("count_tasks", json.dumps({REFUSED: "Not now."}), Unrecorded, texts("Not now.")),
        ("count_tasks", '{"filter": {}}', Failing, FAILED),
        ("count_tasks", '{"filter": {}}', Deleted, FAILED),
    ],
)
async def test_a_model_is_told_what_became_of_a_call_and_goes_on(
    resources, assistant_of, user, tool: str, written: str, calls: type[Unrecorded], told: Any
) -> None:
    model = ScriptedModel([[function_call(tool, written, call_id="c")], [assistant_message("Ok")]])
    events = await answered(assistant_of(model), user, calls(resources.pool))
    assert model.calls[1].input[-1]["output"] == told
    output = told if isinstance(told, str) else told[0]["text"]
    started, finished, *_, message = events
    assert started == ToolStarted(tool)
    assert finished == ToolFinished(ToolCall("c", tool, written, output))
    assert message == MessageFinished("Ok")


def test_the_instructions_say_when_and_where_it_is() -> None:
    now = dt.datetime(2026, 11, 23, 19, 5, tzinfo=dt.UTC)
    karachi = instructions(now.astimezone(ZoneInfo("Asia/Karachi")))
    assert "It is Tuesday, 2026-11-24, 00:05 in the person's time zone, Asia/Karachi." in karachi
    assert "Monday, 2026-11-23, 14:05" in instructions(now.astimezone(ZoneInfo("America/Lima")))
