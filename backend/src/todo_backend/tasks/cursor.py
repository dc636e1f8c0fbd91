"""Keyset cursors: where a page ended, so that the next one starts there whatever has changed since."""

import base64
import binascii
import datetime as dt
import json
import re
from collections.abc import Callable
from typing import NamedTuple

from todo_backend.core.errors import Invalid
from todo_backend.language.fields import Order, Sort
from todo_backend.tasks.schemas import MAX_ID


class Cursor(NamedTuple):
    """The last task of a page: what it is sorted by (as texts that PostgreSQL reads back) and its id.

    `similar`: the list has tasks whose words are spelled almost as those that are looked for.
    """

    keys: tuple[str, ...]
    id: int
    similar: bool = False


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
        made_for, direction, keys, last, similar = json.loads(raw)
        if not (isinstance(keys, list) and type(last) is int and 0 < last <= MAX_ID and type(similar) is bool):
            raise ValueError
        _check_keys(sort, keys)
    except (ValueError, TypeError, binascii.Error, RecursionError):
        raise Invalid("cursor: is not one that this list gave; ask again without it") from None
    if (made_for, direction) != (sort, order):
        raise Invalid("cursor: belongs to a list in another order; ask again without it")
    return Cursor(tuple(keys), last, similar)


def _check_keys(sort: Sort, keys: list[object]) -> None:
    """Refuse, by ValueError, keys that PostgreSQL would not read back."""
    checks = _CHECKS[sort]
    if len(keys) != len(checks):
        raise ValueError
    for check, key in zip(checks, keys, strict=True):
        if not isinstance(key, str):
            raise ValueError
        check(key)


def _moment(key: str) -> None:
    if key != "infinity":
        dt.datetime.fromisoformat(key)


def _urgency(key: str) -> None:
    if key not in ("1", "2", "3", "4"):
        raise ValueError


def _number(key: str) -> None:
    if not re.fullmatch(r"-?[0-9]{1,1000}(\.[0-9]{1,1000})?", key):
        raise ValueError


def _text(key: str) -> None:
    if "\x00" in key:
        raise ValueError
    key.encode()  # a lone surrogate has no UTF-8


_CHECKS: dict[Sort, tuple[Callable[[str], None], ...]] = {
    Sort.CREATED: (),
    Sort.DUE_DATE: (_moment,),
    Sort.PRIORITY: (_urgency, _moment),
    Sort.TITLE: (_text,),
    Sort.MANUAL: (_number,),
}
