"""Where a new task goes in the order made by hand: "to the top of my list", "as the last one", "below buy bread"."""

import re
from dataclasses import dataclass, replace
from typing import Literal

from todo_backend.language.changing import read_attributes
from todo_backend.language.due import read_when
from todo_backend.language.intents import AddTasks, ById, ByPhrase, Matching, Mentioned, Place
from todo_backend.language.list_ends import AND_PUT_IT, LIST, OF_A_LIST
from todo_backend.language.phrase import QUOTED, Phrase, Span, fold
from todo_backend.language.reader import Reader
from todo_backend.language.refs import names_a_task, read_refs
from todo_backend.language.words import TASK_NOUN

_REST = r"(?P<rest>(?:(?:, |:| ).+)?)$"
_OF_A_LIST = re.compile(rf"{AND_PUT_IT}{OF_A_LIST}(?P<rest>.*)", re.DOTALL)
_AS_ONE = re.compile(
    rf",? as (?:the |my )?(?:very )?(?:(?P<first>first|top|topmost)|last)(?: (?:{TASK_NOUN}|one|thing))?"
    rf"(?: (?:on|of|in) {LIST})?{_REST}"
)
_TO_AN_END = re.compile(
    rf"{AND_PUT_IT}(?:to|at) the (?:very )?(?:(?P<first>top|beginning|start|front)|end|bottom){_REST}"
)
# "Climb to the top", "sign at the bottom": no list is said, and these go there themselves.
_GOES_THERE = re.compile(
    r"\b(?:climb|walk|run|hike|go|drive|ride|swim|get|race|jog|cycle|read|watch|listen|stay|wait|scroll|skip|sing|push"
    r"|write|play|follow|meet|stand|sit|look|sign|stop|start|begin|bring|come|work)\b"
)
_RIGHT = r"(?:right|just|directly|immediately) "
_JOINT = (
    rf"(?:(?P<before>(?:{_RIGHT})?above|(?P<early>(?:{_RIGHT})?(?:before|ahead of|in front of)))"
    rf"|(?:{_RIGHT})?below|{_RIGHT}(?:under|underneath|beneath)|(?P<late>(?:{_RIGHT})?(?:after|behind)))"
)
_BESIDE = re.compile(rf"(?P<what>.+(?<! right)(?<! just)(?<! directly)(?<! immediately)) {_JOINT} (?P<other>.+)")
_ANY_JOINT = re.compile(rf" {_JOINT} ")
_OUTRIGHT = re.compile(rf"\b(?:one|{TASK_NOUN})\b|#[0-9]|{QUOTED}")


def cut_end(words: str, reader: Reader, *, of_a_list: bool) -> tuple[str, Place] | None:
    """A sentence without the words that put a new task to an end of the list, and which; None if there are none.

    With `of_a_list`, only words that name the list are such ones.
    """
    view = Phrase(words).view
    for pattern in (_OF_A_LIST,) if of_a_list else (_OF_A_LIST, _AS_ONE, _TO_AN_END):
        match = pattern.search(view)
        if match is None or not view[: match.start()].strip():
            continue
        rest = words[match.start("rest") :]
        says_list = pattern is _OF_A_LIST
        follows = (
            not rest.strip(" .,!") or rest.startswith(":") or read_attributes(rest.strip(" ,"), reader) is not None
        )
        is_meant = pattern is _AS_ONE or not _GOES_THERE.search(view[: match.start()])
        if says_list or (follows and is_meant):
            on_list = f" on my {match['tag']} list" if says_list and match["tag"] else ""
            return words[: match.start()] + on_list + rest, Place("first" if match["first"] else "last")
    return None


def beside_another(words: str, adding: AddTasks, reader: Reader) -> AddTasks | None:
    """The same tasks beside the one that the last title names: "milk below buy bread"; None if it names none.

    "After" and "before" may be matters of time: only a task of just that title is meant, or one that is named as one.
    """
    if not adding.drafts or len(_ANY_JOINT.findall(Phrase(words).view)) != len(_ANY_JOINT.findall(fold(words))):
        return None  # words in quotes are never read
    *earlier, last = adding.drafts
    match = _BESIDE.fullmatch(Phrase(last.title).view)
    if match is None:
        return None
    named = last.title[match.start("other") :]
    refs = read_refs(named, reader)
    is_time = bool(match["early"] or match["late"])
    outright = names_a_task(named) and (not is_time or _OUTRIGHT.search(Phrase(named).view) is not None)
    if len(refs) != 1 or isinstance(refs[0], Matching) or read_when(named, reader) is not None:
        return None
    if isinstance(refs[0], ById | Mentioned) and not (outright and _OUTRIGHT.search(Phrase(named).view)):
        return None  # "below 5", "after that"
    otherwise = () if outright else adding.drafts
    place = Place("before" if match["before"] else "after", refs[0], is_time and not outright, otherwise)
    return replace(adding, drafts=(*earlier, replace(last, title=last.title[: match.end("what")])), place=place)


@dataclass(frozen=True, slots=True)
class Beside:
    """What a title such as "Milk below buy bread" says of a place, and the words (`joint`) that say it."""

    where: Literal["before", "after"]
    named: str
    number: int | None
    joint: str


def place_span(text: str, beside: Beside) -> Span | None:
    """The last characters of a line that put a task beside another one, if they stand together."""
    words = r"\s+".join(map(re.escape, beside.joint.split()))
    found = list(re.finditer(rf"(?<!\w){words}(?!\w)", text, re.IGNORECASE))
    return found[-1].span() if found else None


def split_beside(title: str, reader: Reader) -> Beside | None:
    """The task beside which a title puts its own one, if that is how it reads and those are no words of time."""
    match = _BESIDE.fullmatch(Phrase(title).view)
    if match is None or read_when(title[match.start("other") :], reader) is not None:
        return None
    [ref, *others] = read_refs(title[match.start("other") :], reader) or (Mentioned(),)
    if (
        others
        or not isinstance(ref, ById | ByPhrase)
        or (isinstance(ref, ById) and title[match.start("other") :].isdigit())
    ):
        return None
    return Beside(
        "before" if match["before"] else "after",
        ref.text if isinstance(ref, ByPhrase) else "",
        ref.task_id if isinstance(ref, ById) else None,
        title[match.end("what") :].strip(),
    )
