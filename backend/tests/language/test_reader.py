"""How a person counts hours, by their language tag: as browsers do."""

import datetime as dt

import pytest

from todo_backend.language.reader import Reader

NOW = dt.datetime(2026, 11, 25, 10, 0, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("locale", "by_twelve"),
    [
        ("en", True),
        ("en-US", True),
        ("en-AU", True),
        ("en_CA", True),
        ("en-GB", False),
        ("en-IE", False),
        ("ur", True),
        ("hi-Latn-IN", True),
        ("es-MX", True),
        ("es-ES", False),
        ("zh-Hant-TW", True),
        ("zh-CN", False),
        ("de-AT", False),
        ("fr", False),
        ("", False),
    ],
)
def test_hours_are_counted_to_twelve_or_on(locale: str, by_twelve: bool) -> None:
    assert Reader(NOW, locale).by_twelve_hours is by_twelve
