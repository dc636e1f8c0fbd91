"""A line of text that rules read and cut pieces out of; what no rule cuts is the title."""

import re
from collections.abc import Sequence
from functools import lru_cache

from todo_backend.language.parts import Part, PartKind

_SAME_LENGTH = str.maketrans(
    {"‘": "'", "’": "'", "‛": "'", "“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "–": "-", "—": "-"}
    | {"،": ",", "۔": ".", "؟": "?", "؛": ";"}
    # Arabic letters as Urdu keyboards write them.
    | {"ك": "ک", "ي": "ی", "ى": "ی", "ه": "ہ", "ة": "ہ", "ۃ": "ہ"}
    | {digit: str(value) for digits in ("٠١٢٣٤٥٦٧٨٩", "۰۱۲۳۴۵۶۷۸۹") for value, digit in enumerate(digits)}
)
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ufffb-\ufffd]")
_SPACES = re.compile(r"\s+")
_ADDRESS = re.compile(r"\bhttps?://\S+")

# No command is longer, and the rules' time grows faster than the text.
LONGEST_COMMAND = 500

REFUSED = "\ufffb"
QUOTED = "\ufffc"
CUT = "\ufffd"
Span = tuple[int, int]
_UNCUT = re.compile(f"[^{CUT}]+")
_EDGES = " ,;\n"
_OPENS_AFTER = " \n([{:,;-"
_CLOSES_BEFORE = " \n)]}:,;.!?"


def clean(text: str) -> str:
    """The text with control characters gone and runs of white space made one space (or one line break)."""
    return _SPACES.sub(lambda run: _one(run[0]), _CONTROL.sub(" ", text)).strip()


def places(text: str) -> list[int]:
    """Where each character of the cleaned text stands in the text itself."""
    text = _CONTROL.sub(" ", text)
    begin = len(text) - len(text.lstrip())
    found: list[int] = []
    for run in _SPACES.finditer(text := text.rstrip(), begin):
        found += [*range(begin, run.start()), run.start()]
        begin = run.end()
    return [*found, *range(begin, len(text))]


def _one(spaces: str) -> str:
    return "\n" if "\n" in spaces else " "


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

    In the view, letters and digits are folded; quoted parts, web addresses and what the person refused to have read
    are masked so that no rule reads into them, and what has been cut is masked too. `parts` are those understood.
    """

    def __init__(self, text: str, refused: Sequence[Span] = ()) -> None:
        self.text = text
        self.view = _view(text)
        self.parts: list[Part] = []
        for start, end in refused:
            self.view = self.view[:start] + REFUSED * len(self.view[start:end]) + self.view[end:]

    def only(self, start: int, end: int) -> "Phrase":
        """A phrase of its own of which no more is left than this piece; the places stay."""
        piece = Phrase(self.text)
        piece.view = CUT * start + self.view[start:end] + CUT * (len(self.view) - end)
        return piece

    def cut(self, start: int, end: int) -> None:
        """Take a piece out."""
        self.view = self.view[:start] + CUT * (end - start) + self.view[end:]
        self._cut_empty_brackets(start, end)

    def take(self, kind: PartKind, start: int, end: int, *, kept: bool = False) -> None:
        """Take a piece out because it has been understood, or mark it as understood and have it `kept`."""
        for run in _UNCUT.finditer(self.view, start, end):  # "by #home friday" is two pieces of one date
            begin = run.end() - len(self.text[run.start() : run.end()].lstrip(_EDGES))
            stop = len(self.text[: run.end()].rstrip(_EDGES))
            if begin < stop:
                self.parts.append(Part(kind, begin, stop, kept))
        if not kept:
            self.cut(start, end)

    def take_before(self, start: int) -> None:
        """Have the next piece that was taken begin here: words that lead to it and mean nothing without it."""
        later = [part for part in self.parts if part.start >= start]
        if not later:
            return
        following = min(later, key=lambda part: part.start)
        self.parts[self.parts.index(following)] = Part(following.kind, start, following.end, following.kept)
        self.cut(start, following.start)

    def written(self) -> str:
        """The view with what was refused as it was written."""
        whole = fold(self.text)
        return "".join(was if seen == REFUSED else seen for was, seen in zip(whole, self.view, strict=True))

    def at_start(self, place: int) -> bool:
        """Whether nothing but cut pieces and punctuation stands before the place."""
        return not self.view[:place].strip(CUT + " ,;:-([")

    def at_end(self, place: int) -> bool:
        """Whether nothing but cut pieces and punctuation stands from the place on."""
        return not self.view[place:].strip(CUT + " ,;:.!?-)]")

    def rest(self) -> str:
        """What has not been cut, as written."""
        kept = "".join(" " if seen == CUT else char for char, seen in zip(self.text, self.view, strict=True))
        return clean(kept)

    def _cut_empty_brackets(self, start: int, end: int) -> None:
        before, after = self.view[:start].rstrip(CUT + " "), self.view[end:].lstrip(CUT + " ")
        if before[-1:] + after[:1] in ("()", "[]"):
            begin, stop = len(before) - 1, len(self.view) - len(after) + 1
            self.view = self.view[:begin] + CUT * (stop - begin) + self.view[stop:]
