"""Text that everything behind us can keep: PostgreSQL has no NUL, and UTF-8 no halves of surrogate pairs."""

import re

REPLACEMENT = "\ufffd"

_ESCAPES = re.compile(
    r"""
    \\\\                                                            # a backslash: what follows it is no escape
    | \\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}    # a whole pair
    | (?P<bad> \\u0000 | \\u[dD][89a-fA-F][0-9a-fA-F]{2} )          # NUL, and half of a pair
    """,
    re.VERBOSE,
)


def replace_unstorable(text: str) -> str:
    """`text` with a replacement character for each NUL and each half of a pair."""
    if not text.isascii():
        text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text.replace("\x00", REPLACEMENT)


def replace_unstorable_escapes(json_text: str) -> str:
    """The same for a text that JSON is read from: also where they are written as escapes."""
    text = replace_unstorable(json_text)
    return _ESCAPES.sub(_readable, text) if "\\u" in text else text


def _readable(escape: re.Match[str]) -> str:
    return r"\ufffd" if escape["bad"] else escape[0]
