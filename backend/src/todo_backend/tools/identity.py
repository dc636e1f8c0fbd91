"""For whom a tool runs. A door binds the caller before a call; no argument of a tool ever says it."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from todo_backend.auth.principal import Principal


@dataclass(frozen=True, slots=True)
class Caller:
    """The verified user, and the IANA time zone in which "today" is meant."""

    principal: Principal
    time_zone: str = "UTC"


_caller: ContextVar[Caller] = ContextVar("caller")  # without a default: a call nobody vouches for fails


@contextmanager
def acting_for(caller: Caller) -> Iterator[None]:
    """Bind `caller` to the tool calls of this block, also to those in tasks that it starts."""
    token = _caller.set(caller)
    try:
        yield
    finally:
        _caller.reset(token)


def current_caller() -> Caller:
    """The caller bound by the door; raises LookupError when there is none."""
    return _caller.get()
