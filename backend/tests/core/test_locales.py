"""Which language a request asks for."""

import pytest

from todo_backend.core.locales import preferred_locale


@pytest.mark.parametrize(
    ("header", "locale"),
    [
        (None, ""),
        ("", ""),
        ("*", ""),
        ("en-US", "en-US"),
        ("en-GB,en;q=0.9", "en-GB"),
        ("fr;q=0.5, de-AT;q=0.8, *;q=0.1", "de-AT"),
        ("de;q=0", ""),
        ("zh-Hant-TW , en;q=0.7", "zh-Hant-TW"),
        ("nonsense!, ;;;, en_US, ur;q=x, ur-PK;q=0.2", "ur-PK"),
    ],
)
def test_the_preferred_language(header: str | None, locale: str) -> None:
    assert preferred_locale(header) == locale
