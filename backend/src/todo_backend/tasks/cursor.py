"""Keyset cursors: where a page ended, so that the next one starts there whatever has changed since."""

import base64
import binascii
import datetime as dt
import json
from typing import NamedTuple

from todo_backend.core.errors import Invalid
from todo_backend.language.fields import Order, Priority, Sort
from todo_backend.tasks.schemas import MAX_ID


class Cursor(NamedTuple):
    """The last task of a page: its sort key (as text that PostgreSQL reads back) and its id."""

    key: str
    id: int


def encode(sort: Sort, order: Order, cursor: Cursor) -> str:
    """An opaque, URL-safe text that `decode` takes back for the same sort and order."""
    made = json.dumps([sort, order, *cursor], ensure_ascii=False)  # escapes would make long titles six times longer
    return base64.urlsafe_b64encode(made.encode()).decode().rstrip("=")


def decode(text: str, sort: Sort, order: Order) -> Cursor:
    """The cursor in `text`.

    Raises Invalid when it was not made by `encode`, or for a list in another order.
    """
    try:
        raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
        made_for, direction, key, last = json.loads(raw)
        if not (isinstance(key, str) and type(last) is int and 0 < last <= MAX_ID):
            raise ValueError
        _check_key(sort, key)
    except (ValueError, TypeError, binascii.Error, RecursionError):
        raise Invalid("cursor: is not one that this list gave; ask again without it") from None
    if (made_for, direction) != (sort, order):
        raise Invalid("cursor: belongs to a list in another order; ask again without it")
    return Cursor(key, last)


def _check_key(sort: Sort, key: str) -> None:
    """Refuse, by ValueError, a key that PostgreSQL would not read back."""
    if sort is Sort.PRIORITY:
        Priority(key)
    elif sort is Sort.DUE_DATE and key != "infinity":
        dt.datetime.fromisoformat(key)
    elif "\x00" in key:
        raise ValueError
    key.encode()  # a lone surrogate has no UTF-8
