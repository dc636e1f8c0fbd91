"""For whom a tool runs. An entry point binds the actor before a call; no argument of a tool ever says it."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

from todo_backend.auth.principal import Principal
from todo_backend.db.pool import Connection
from todo_backend.tasks.origin import EntryPoint, Origin


def _a_call() -> Origin:
    return Origin(EntryPoint.MCP)


@dataclass(frozen=True, slots=True)
class Actor:
    """The verified user, the IANA time zone in which "today" is meant, and the locale of what they write.

    With a `connection`, a call is part of the transaction that is open on it. `origin` is what the journal notes.
    """

    principal: Principal
    time_zone: str = "UTC"
    connection: Connection | None = None
    locale: str = ""
    origin: Origin = field(default_factory=_a_call)


_actor: ContextVar[Actor] = ContextVar("actor")  # without a default: a call nobody vouches for fails


@contextmanager
def acting_for(actor: Actor) -> Iterator[None]:
    """Bind `actor` to the tool calls of this block, also to those in tasks that it starts."""
    token = _actor.set(actor)
    try:
        yield
    finally:
        _actor.reset(token)


def current_actor() -> Actor:
    """The actor bound by the entry point; raises LookupError when there is none."""
    return _actor.get()
