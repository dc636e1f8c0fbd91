"""A line of text that rules read and cut pieces out of; what no rule cuts is the title."""

import re
from functools import lru_cache

_SAME_LENGTH = str.maketrans(
    {"‘": "'", "’": "'", "‛": "'", "“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "–": "-", "—": "-"}
)
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ufffc\ufffd]")
_SPACES = re.compile(r"[^\S\n]+")
_ADDRESS = re.compile(r"\bhttps?://\S+")
_BLANK_LINES = re.compile(r" ?\n[ \n]*")

# No command is longer, and the rules' time grows faster than the text.
LONGEST_COMMAND = 500

QUOTED = "\ufffc"
CUT = "\ufffd"
_OPENS_AFTER = " \n([{:,;-"
_CLOSES_BEFORE = " \n)]}:,;.!?"


def clean(text: str) -> str:
    """The text with control characters gone and runs of white space made one space (or one line break)."""
    return _BLANK_LINES.sub("\n", _SPACES.sub(" ", _CONTROL.sub(" ", text))).strip()


def fold(text: str) -> str:
    """Lower case with plain quotes and dashes, position for position: the length never changes."""
    plain = text.translate(_SAME_LENGTH)
    lowered = plain.lower()
    if len(lowered) == len(plain):
        return lowered
    return "".join(low if len(low := char.lower()) == 1 else char for char in plain)


def quoted_spans(folded: str) -> list[tuple[int, int]]:
    """Where quoted parts are, quotes included. An apostrophe inside a word opens and closes nothing."""
    spans: list[tuple[int, int]] = []
    opened: int | None = None
    for place, char in enumerate(folded):
        if opened is None:
            if char in "'\"" and (place == 0 or folded[place - 1] in _OPENS_AFTER):
                opened = place
        elif char == folded[opened] and (place + 1 == len(folded) or folded[place + 1] in _CLOSES_BEFORE):
            if place - opened > 1:
                spans.append((opened, place + 1))
            opened = None
    return spans


def unquote(text: str) -> str:
    """The text without the quotes around it, if they are around all of it."""
    text = text.strip()
    if quoted_spans(fold(text)) == [(0, len(text))]:
        return text[1:-1].strip()
    return text


@lru_cache(maxsize=64)
def _view(text: str) -> str:
    """The text as rules see it. The rules look at the same few texts many times."""
    view = fold(text)
    for start, end in [*quoted_spans(view), *(address.span() for address in _ADDRESS.finditer(view))]:
        view = view[:start] + QUOTED * (end - start) + view[end:]
    return view


class Phrase:
    """A cleaned text, as written (`text`) and as rules see it (`view`, of the same length).

    In the view, letters are folded, quoted parts and web addresses are masked so that no rule reads into them, and
    what has been cut is masked too.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.view = _view(text)

    def cut(self, start: int, end: int) -> None:
        """Take a piece out."""
        self.view = self.view[:start] + CUT * (end - start) + self.view[end:]

    def at_start(self, place: int) -> bool:
        """Whether nothing but cut pieces and punctuation stands before the place."""
        return not self.view[:place].strip(CUT + " ,;:-")

    def at_end(self, place: int) -> bool:
        """Whether nothing but cut pieces and punctuation stands from the place on."""
        return not self.view[place:].strip(CUT + " ,;:.!?-")

    def rest(self) -> str:
        """What has not been cut, as written."""
        kept = "".join(" " if seen == CUT else char for char, seen in zip(self.text, self.view, strict=True))
        return clean(kept)
