"""A panel that speaks ChatKit, and models that do as they are told."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import httpx2
import psycopg
import pytest
from agents import Model

from todo_backend.app import Resources
from todo_backend.chat.tool_calls import ToolCalls


class Panel:
    """What the chat panel of the page does."""

    def __init__(self, http: httpx2.AsyncClient) -> None:
        self.http = http

    @staticmethod
    def message(text: str) -> dict[str, Any]:
        return {"content": [{"type": "input_text", "text": text}], "attachments": [], "inference_options": {}}

    @staticmethod
    def read(answer: httpx2.Response) -> list[dict[str, Any]]:
        """The events of a turn."""
        frames = answer.text.split("\n\n")
        return [json.loads(frame.removeprefix("data: ")) for frame in frames if frame.startswith("data: ")]

    @staticmethod
    def answer_in(events: list[dict[str, Any]]) -> str:
        """What the assistant said in a turn."""
        return "\n".join(
            event["item"]["content"][0]["text"]
            for event in events
            if event["type"] == "thread.item.done" and event["item"]["type"] == "assistant_message"
        )

    async def request(self, kind: str, /, **params: Any) -> httpx2.Response:
        return await self.http.post("/chatkit", json={"type": kind, "params": params})

    async def events(self, kind: str, /, **params: Any) -> list[dict[str, Any]]:
        answer = await self.request(kind, **params)
        assert answer.status_code == 200, answer.text
        assert answer.headers["content-type"].startswith("text/event-stream")
        return self.read(answer)

    async def begin(self, text: str) -> tuple[str, list[dict[str, Any]]]:
        """A new thread that begins with `text`: its id, and the events of the turn."""
        events = await self.events("threads.create", input=self.message(text))
        return events[0]["thread"]["id"], events

    async def say(self, thread_id: str, text: str) -> list[dict[str, Any]]:
        return await self.events("threads.add_user_message", thread_id=thread_id, input=self.message(text))

    async def items(self, thread_id: str) -> list[dict[str, Any]]:
        """All that the thread shows, oldest first."""
        answer = await self.request("items.list", thread_id=thread_id, order="asc", limit=100)
        assert answer.status_code == 200, answer.text
        return answer.json()["data"]

    async def talk(self, thread_id: str) -> list[tuple[str, str]]:
        """Who said what."""
        return [(item["type"].split("_")[0], item["content"][0]["text"]) for item in await self.items(thread_id)]


@pytest.fixture
def new_panel() -> type[Panel]:
    return Panel


@pytest.fixture
def panel(user) -> Panel:
    return Panel(user.http)


@pytest.fixture
def other_panel(other_user) -> Panel:
    return Panel(other_user.http)


@pytest.fixture(scope="session")
def turn_states(look_in: psycopg.Connection) -> None:
    """A table that keeps the last state of each turn: the rows of turns that have ended go with the next one."""
    look_in.execute("""
        CREATE TABLE turn_states (id bigint PRIMARY KEY, user_id text, state text);
        CREATE FUNCTION note_turn_state() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
            INSERT INTO turn_states VALUES (new.id, new.user_id, new.state)
            ON CONFLICT (id) DO UPDATE SET state = excluded.state;
            RETURN NULL;
        END $$;
        CREATE TRIGGER note_turn_state AFTER INSERT OR UPDATE ON turns FOR EACH ROW EXECUTE FUNCTION note_turn_state();
    """)


@pytest.fixture
def states(look_in: psycopg.Connection, turn_states: None) -> Callable[[Any], list[str]]:
    """The states of a user's turns, in the order of arrival."""

    def read(user: Any) -> list[str]:
        found = look_in.execute("SELECT state FROM turn_states WHERE user_id = %s ORDER BY id", [user.id])
        return [row[0] for row in found]

    return read


@pytest.fixture
def use_model(resources: Resources) -> Iterator[Callable[[Model], None]]:
    """Lets another model answer in this test."""
    before = resources.assistant.models

    def use(model: Model) -> None:
        resources.assistant.models = lambda now: model

    yield use
    resources.assistant.models = before


@pytest.fixture
def dies_after_its_first_call(monkeypatch: pytest.MonkeyPatch) -> None:
    """A turn ends right after its first tool's work, of which nobody heard, as when its process is killed."""
    record_of, dies = ToolCalls.record_of, iter([True])

    def record_or_die(self: ToolCalls, call_id: str) -> Any:
        if next(dies, False):
            raise OSError("gone")
        return record_of(self, call_id)

    monkeypatch.setattr(ToolCalls, "record_of", record_or_die)
