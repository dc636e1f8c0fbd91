"""For whom a tool runs. A door binds the actor before a call; no argument of a tool ever says it."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from todo_backend.auth.principal import Principal
from todo_backend.db.idempotency import IdempotentRequest


@dataclass(frozen=True, slots=True)
class Actor:
    """The verified user, and the IANA time zone in which "today" is meant.

    What `once` names is done once, however often it is asked for: a call of a turn that may be repeated.
    """

    principal: Principal
    time_zone: str = "UTC"
    once: IdempotentRequest | None = None

    def calling(self, tool: str, arguments: dict[str, Any]) -> "Actor":
        """For whom this call of a tool runs."""
        return self


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
    """The actor bound by the door; raises LookupError when there is none."""
    return _actor.get()
