"""How a word may have been meant: the words that one slip of the finger makes of it. Pure functions."""

import hashlib
import re
from collections.abc import Iterator, Sequence

SHORTEST = 4  # letters; of fewer, one more or less makes another word
LONGEST = 16  # only so many of its first letters are doubted: each makes some fifty spellings
# What may have been typed instead: the letters of the alphabet of the word's own first letter.
_ALPHABETS = (
    "abcdefghijklmnopqrstuvwxyz",
    "αβγδεζηθικλμνξοπρστυφχψω",
    "абвгґдеєжзиіклмнопрстуфхцчшщъыьэюя",
    "אבגדהוזחטיךכלםמןנסעףפץצקרשת",
    "ابپتٹثجچحخدڈذرڑزژسشصضطظعغفقکگلمنںوهھءیے",
)


def spellings(word: str) -> Iterator[tuple[str, bool]]:
    """`word` and the spellings that are one letter away, each with whether longer words that begin so are meant, too.

    One letter left out, added or another, or two beside each other in the wrong order. Where the last letter is in
    doubt, only the whole word counts: else "bread" would mean all that begins with "brea".
    """
    yield word, True
    if not word.isalpha() or len(word) < SHORTEST:
        return
    letters = next((alphabet for alphabet in _ALPHABETS if word[0] in alphabet), "")
    for place in range(min(len(word), LONGEST)):
        before, letter, after = word[:place], word[place], word[place + 1 :]
        yield before + after, bool(after)
        if after and after[0] != letter:
            yield before + after[0] + letter + after[1:], True
        for other in letters:
            yield before + other + letter + after, True
            if other != letter:
                yield before + other + after, bool(after)


def as_query(user_id: str, word: str, *, begins: bool = True) -> str:
    """`word` as PostgreSQL's `tsquery` reads it: as `task_words` keeps it for this user, literally."""
    owner = hashlib.md5(user_id.encode(), usedforsecurity=False).hexdigest()[:6]
    quoted = re.sub(r"(['\\])", r"\1\1", owner + word)
    return f"'{quoted}'{':*' if begins else ''}"


def all_of(places: Sequence[Sequence[str]]) -> str | None:
    """The query for one of the words at each place; None where a place has none."""
    return " & ".join(f"({' | '.join(words)})" for words in places) if all(places) else None
