"""Text that everything behind us can keep, and that somebody can see.

PostgreSQL has no NUL, and UTF-8 no halves of surrogate pairs.
"""

import re

REPLACEMENT = "\ufffd"

# Written out, as neither JSON Schema nor Python's `re` knows Unicode's properties. The last of each is one of them.
_INVISIBLE = (
    (0x0000, 0x0020), (0x007F, 0x00A0), (0x00AD, 0x00AD),  # control characters, spaces, the soft hyphen
    (0x0300, 0x036F), (0x1AB0, 0x1AFF), (0x1DC0, 0x1DFF), (0x20D0, 0x20FF), (0xFE20, 0xFE2F),  # marks on a letter
    (0x061C, 0x061C), (0x2000, 0x200F), (0x2028, 0x202F), (0x205F, 0x206F),  # spaces, joiners, directions
    (0x115F, 0x1160), (0x3164, 0x3164), (0xFFA0, 0xFFA0), (0x17B4, 0x17B5),  # letters that only fill a place
    (0x1680, 0x1680), (0x2800, 0x2800), (0x3000, 0x3000),  # more that look like a space
    (0x180B, 0x180F), (0xFE00, 0xFE0F), (0xE0000, 0xE0FFF),  # what selects a variant, and tags
    (0xFEFF, 0xFEFF), (0xFFF0, 0xFFFB),  # the byte order mark, annotations
    (0x1BCA0, 0x1BCA3), (0x1D159, 0x1D159), (0x1D173, 0x1D17A),  # shorthand and music
)  # fmt: skip


def _escaped(code: int) -> str:
    return f"\\u{code:04x}" if code <= 0xFFFF else chr(code)  # JSON Schema has no escape for the others


BLANK = "".join(f"{_escaped(first)}-{_escaped(last)}" for first, last in _INVISIBLE)
"""What nobody can see where it stands alone, for a class of a regular expression."""

_SEEN = re.compile(f"[^{BLANK}]")

_ESCAPES = re.compile(
    r"""
    \\\\                                                            # a backslash: what follows it is no escape
    | \\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}    # a whole pair
    | (?P<bad> \\u0000 | \\u[dD][89a-fA-F][0-9a-fA-F]{2} )          # NUL, and half of a pair
    """,
    re.VERBOSE,
)


def is_blank(text: str) -> bool:
    """Whether nothing of `text` can be seen, whatever is in it."""
    return _SEEN.search(text) is None


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
