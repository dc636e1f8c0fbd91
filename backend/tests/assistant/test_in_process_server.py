"""The agent's tools are bound to one person; its instructions know their time."""

import asyncio
import contextlib
import datetime as dt
import json
from collections.abc import AsyncIterator, Callable
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from agents.testing import ModelStep, ScriptedModel, assistant_message, function_call

from todo_backend.assistant.assistant import Assistant
from todo_backend.assistant.calls import OpenCall
from todo_backend.assistant.in_process_server import InProcessMCPServer
from todo_backend.assistant.prompts import instructions
from todo_backend.core.lazily import Lazily
from todo_backend.db.pool import Pool
from todo_backend.mcp_server.identity import Actor, acting_for
from todo_backend.mcp_server.server import create_tool_server


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


@pytest.fixture
def tools_of(server, resources) -> Callable[[Any], InProcessMCPServer]:
    """The tools as an agent has them, for a person."""
    return lambda user: InProcessMCPServer(server, Actor(user.principal), Unrecorded(resources.pool))


def tasks_in(result) -> list[dict[str, Any]]:
    return json.loads(result.content[0].text)["tasks"]


async def test_tools_work_for_their_person_only_however_calls_interleave(tools_of, new_user) -> None:
    users = [new_user() for _ in range(10)]
    pairs = [(user, tools_of(user)) for user in users]
    calls = [tools.call_tool("add_task", {"title": f"{user.id} {n}"}) for n in range(5) for user, tools in pairs]
    await asyncio.gather(*calls)
    for user, tools in pairs:
        listed = tasks_in(await tools.call_tool("list_tasks", {}))
        assert sorted(task["title"] for task in listed) == [f"{user.id} {n}" for n in range(5)]


async def test_tools_are_not_moved_by_who_calls_or_what_the_arguments_say(tools_of, user, other_user) -> None:
    tools = tools_of(user)
    with acting_for(Actor(other_user.principal)):
        await tools.call_tool("add_task", {"title": "Mine"})
    stolen = await tools_of(other_user).call_tool("list_tasks", {"user_id": user.id})
    assert stolen.is_error
    assert "Mine" not in json.dumps(stolen.model_dump())
    assert (await other_user.http.get("/api/me/tasks")).json()["items"] == []
    assert [task["title"] for task in (await user.http.get("/api/me/tasks")).json()["items"]] == ["Mine"]


async def test_without_a_person_nothing_works(server) -> None:
    with pytest.raises(LookupError):
        await server.call_tool("list_tasks", {})


async def test_turns_of_many_people_at_once_stay_apart(server, resources, new_user) -> None:
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
        assistant = Assistant(Lazily(lambda: server), lambda now: model, built_in=False, turn_seconds=300)
        history: Any = [{"role": "user", "content": "go"}]
        answer = assistant.answer(Actor(user.principal), history, Unrecorded(resources.pool))
        events = [event async for event in answer]
        listed = next(
            event.call for event in events if getattr(getattr(event, "call", None), "name", "") == "list_tasks"
        )
        return [task["title"] for task in json.loads(listed.output)["tasks"]]

    lists = await asyncio.gather(*(turn(user) for user in users))
    assert lists == [[f"Of {user.id}"] for user in users]


def test_the_instructions_say_when_and_where_it_is() -> None:
    now = dt.datetime(2026, 11, 23, 19, 5, tzinfo=dt.UTC)
    karachi = instructions(now.astimezone(ZoneInfo("Asia/Karachi")))
    assert "It is Tuesday, 2026-11-24, 00:05 in the person's time zone, Asia/Karachi." in karachi
    assert "Monday, 2026-11-23, 14:05" in instructions(now.astimezone(ZoneInfo("America/Lima")))
