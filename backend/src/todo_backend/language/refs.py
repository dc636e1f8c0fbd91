"""Which task a phrase names: "task 3", "the meeting task", "it", "the second one", "all completed tasks"."""

import re
from dataclasses import replace

from todo_backend.language.filters import read_filters
from todo_backend.language.intents import ById, ByPhrase, Filters, Matching, Mentioned, Ordinal, TaskRef
from todo_backend.language.phrase import QUOTED, Phrase, clean, unquote
from todo_backend.language.reader import Reader
from todo_backend.language.words import NUMBER_WORDS, ORDINALS, TASK_NOUN, alternatives

_ID_LIST = re.compile(
    rf"(?:the )?(?:{TASK_NOUN} ?)?(?:with )?(?:the )?(?:ids? |numbers? |nos?\.? ?)?(?P<ids>#?[0-9]{{1,9}}"
    rf"(?:(?:,? and |, ?| & |,? then | )(?:the )?(?:{TASK_NOUN} )?(?:number )?#?[0-9]{{1,9}}){{0,49}})(?:"
    rf" {TASK_NOUN})?"
)
_RANGE = re.compile(
    rf"(?:the )?(?:{TASK_NOUN} )?#?(?P<first>[0-9]{{1,9}}) ?(?:-|to|through)"
    rf" ?#?(?P<last>[0-9]{{1,9}})"
)
_WORD_ID = re.compile(
    rf"(?:the )?(?:{TASK_NOUN}(?: number| no\.?)?|number|no\.) (?P<word>{alternatives(NUMBER_WORDS)})"
)
_ONE_MENTIONED = re.compile(
    rf"(?:it|that|this|(?:that|this|the same)(?: last)? (?:one|{TASK_NOUN})|the task you just (?:added|created)"
    rf"|the one i just (?:added|created))"
)
_MANY_MENTIONED = re.compile(
    rf"(?:them|those|these|both|all of them|them all|both of them|(?:those|these|both) (?:ones|{TASK_NOUN}))"
)
_ORDINAL = re.compile(
    rf"(?:the |my )?(?P<word>{alternatives(ORDINALS)}|latest|newest|most recent)(?: (?:one|{TASK_NOUN}))?"
)
_FIRST_OR_LAST = re.compile(
    rf"(?:the |my )?(?P<end>first|last) (?P<count>[2-9]|{alternatives(NUMBER_WORDS)})(?: (?:ones|{TASK_NOUN}))?"
)
_PIECE = re.compile(",? and |, ")
_CALLED = re.compile(
    rf"^(?:the |my |a |this |that )?(?:{TASK_NOUN}|one) (?:called|named|titled|about|to|for|that says|saying|with"
    rf" the title|:)[ :]*"
)
_ARTICLE = re.compile(r"^(?:the|my|that|this|our|a|an) ")
_NOUN_AFTER = re.compile(rf" (?:{TASK_NOUN}|one|thing)$")
_NOUN_BEFORE = re.compile(rf"^{TASK_NOUN}:? (?={QUOTED}|\w)")
_ALL = re.compile(r"\b(?:all|every|everything|each)\b")
_PLURAL = re.compile(
    r"(?:\btasks|\bto-?dos|\bitems|\breminders|\bthings|\bones|everything|every (?:single )?(?:task|one|item)"
    r"|\ball|\bcompleted|\bdone|\bfinished)$"
)
_ALL_OF_A_KIND = re.compile(
    rf"(?:all|every|each) (?:of )?(?:my |the )?(?:[\w'-]+ ){{1,3}}(?:{TASK_NOUN}|ones)"
    r"|(?:the|my) (?:[\w'-]+ ){1,2}(?:ones|tasks|to-?dos)"
)
# "All meetings", "both meetings", "the two meetings"
_ALL_NAMED = re.compile(
    rf"(?:all|both|(?:all )?(?:the|my|these|those) (?:[2-9]|{alternatives(NUMBER_WORDS)})) (?:of )?(?:my |the )?"
    r"(?P<kind>[\w'-]+(?: [\w'-]+)?)"
)
_EXCEPT = re.compile(
    r"(?P<all>(?:all|every|everything|each)\b.*?|(?:the|my) [\w'#-]+(?: [\w'-]+)? (?:tasks|to-?dos|ones))"
    r",? (?:except(?: for)?|but(?: not)?|apart from|other than|excluding)"
    r" (?P<excepted>.+)"
)
_THOSE_THAT = re.compile(
    r"(?:the |my )?(?:tasks|to-?dos|items|reminders)"
    r" (?:tagged|labell?ed|due|with|without|from|before|after|until|by|on|for)\b"
)


def read_refs(text: str, reader: Reader) -> tuple[TaskRef, ...]:
    """The tasks that a phrase names; none for an empty phrase."""
    text = clean(text).strip(" .,;:!?")
    phrase = Phrase(text)
    view = phrase.view.removesuffix(" please").strip()
    if not view:
        return ()
    if numbers := read_ids(view):
        return tuple(ById(number) for number in numbers)
    if _ONE_MENTIONED.fullmatch(view):
        return (Mentioned(),)
    if _MANY_MENTIONED.fullmatch(view):
        return (Mentioned(many=True),)
    if ordinal := _ORDINAL.fullmatch(view):
        return (Ordinal(ORDINALS.get(ordinal["word"], -1)),)
    ordinals = [found for piece in _PIECE.split(view) if (found := _ORDINAL.fullmatch(piece))]
    if len(ordinals) > len(_PIECE.findall(view)) > 0:
        return tuple(Ordinal(ORDINALS.get(ordinal["word"], -1)) for ordinal in ordinals)
    if several := _FIRST_OR_LAST.fullmatch(view):
        count = NUMBER_WORDS.get(several["count"]) or int(several["count"])
        places = range(1, count + 1) if several["end"] == "first" else range(-count, 0)
        return tuple(map(Ordinal, places))
    if excepted := _EXCEPT.fullmatch(view):
        every = read_refs(text[: excepted.end("all")], reader)
        refs = read_refs(text[excepted.start("excepted") :], reader)
        if any(isinstance(ref, Matching) for ref in every) and not any(isinstance(ref, Matching) for ref in refs):
            return tuple(replace(ref, excepted=refs) for ref in every if isinstance(ref, Matching))
    if (group := _read_group(text, view, reader)) is not None:
        return (group,)
    return _by_phrase(text)


def read_ids(view: str) -> list[int]:
    """The numbers in "task 3", "#3", "3, 5 and 7", "tasks 3 to 5"; none if the text is anything else."""
    if listed := _ID_LIST.fullmatch(view):
        return list(dict.fromkeys(int(number) for number in re.findall("[0-9]+", listed["ids"])))
    if (ranged := _RANGE.fullmatch(view)) and 0 < int(ranged["last"]) - int(ranged["first"]) < 50:
        return list(range(int(ranged["first"]), int(ranged["last"]) + 1))
    if worded := _WORD_ID.fullmatch(view):
        return [NUMBER_WORDS[worded["word"]]]
    return []


def split_enumeration(text: str) -> list[str]:
    """The pieces of "buy bread, the report and call Ana"."""
    phrase = Phrase(clean(text))
    joints = [match.span() for match in _PIECE.finditer(phrase.view)]
    starts, ends = [0, *(end for _, end in joints)], [*(start for start, _ in joints), len(phrase.text)]
    pieces = (phrase.text[start:end] for start, end in zip(starts, ends, strict=True))
    return [ref.text for piece in pieces for ref in _by_phrase(piece.strip()) if isinstance(ref, ByPhrase)]


def names_a_task(text: str) -> bool:
    """Whether the words say outright that they name a task: a number, a quote, "the ... task", "it"."""
    view = Phrase(clean(text).strip(" .,;:!?")).view
    return bool(
        read_ids(view)
        or _ONE_MENTIONED.fullmatch(view)
        or _MANY_MENTIONED.fullmatch(view)
        or _ORDINAL.fullmatch(view)
        or _FIRST_OR_LAST.fullmatch(view)
        or _CALLED.match(view)
        or _NOUN_AFTER.search(view)
        or _NOUN_BEFORE.match(view)
        or QUOTED in view
    )


def _read_group(text: str, view: str, reader: Reader) -> Matching | None:
    if (named := _ALL_NAMED.fullmatch(view)) and (kind := singular(named["kind"])):
        reading = read_filters(named["kind"], reader)
        if reading.leftover == named["kind"]:
            return Matching(Filters(query=kind))
    if not (_PLURAL.search(view) or _ALL.match(view) or _THOSE_THAT.match(view)):
        return None
    reading = read_filters(text, reader)
    if reading.leftover and _ALL_OF_A_KIND.fullmatch(view) and reading.filters.query is None:
        return Matching(reading.filters.narrowed(query=reading.leftover))
    if reading.leftover or not reading.says_anything:
        return None
    return Matching(reading.filters)


def singular(kind: str) -> str | None:
    """The word that both "meeting" and "meetings" begin with; None for what is no plural."""
    if re.search(r"(?:sh|ch|x|ss|z)es$", kind):
        return kind[:-2]
    return kind[:-1] if re.search(r"[^s'\W]s$", kind) else None


def _by_phrase(text: str) -> tuple[TaskRef, ...]:
    words = text
    for pattern in (_CALLED, _ARTICLE, _NOUN_BEFORE, _NOUN_AFTER):
        phrase = Phrase(words)
        if match := pattern.search(phrase.view):
            phrase.cut(*match.span())
            words = phrase.rest() or words
    words = unquote(words)
    return (ByPhrase(words),) if words else ()
