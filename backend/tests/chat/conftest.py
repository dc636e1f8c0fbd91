"""What became of turns, and models that do as they are told."""

from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest
from agents import Model

from todo_backend.app import Resources
from todo_backend.chat.tool_calls import ToolCalls


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
