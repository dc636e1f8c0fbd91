"""Sentences about subtasks: "add eggs under groceries", "make eggs a subtask of groceries", "subtasks of groceries"."""

import re
from dataclasses import replace

from todo_backend.language import changing
from todo_backend.language.adding import read_drafts
from todo_backend.language.fields import OpenSubtasksAre
from todo_backend.language.intents import (
    AddSubtasks,
    AddTasks,
    CompleteTasks,
    Intent,
    ListSubtasks,
    Matching,
    MoveTasks,
    TaskDraft,
    TaskRef,
)
from todo_backend.language.phrase import Phrase, Span, clean
from todo_backend.language.reader import Reader
from todo_backend.language.refs import read_refs

_SUB = r"sub-?(?:tasks?|items?|to-?dos?)"
_NAMED = rf"(?P<noun>{_SUB})"
_A = r"(?:an? |another |the |one more |these |some |two |three )?(?:new )?"
_CALLED = r"(?:,? (?:called|named|titled))?(?: ?: ?| )"
_UNDER = r"(?:under|underneath|below|beneath)"
# Where no subtask is said, "below" is a place in the list, and so is "right under".
_INTO = r"(?<! right)(?<! just)(?<! directly)(?<! immediately) (?:under|underneath|beneath)"
# Of several prepositions the last one leads to the parent: "add subtask reply to Bob to mails".
_ADD = tuple(
    re.compile(pattern, re.DOTALL)
    for pattern in (
        rf"(?:add|create|put|insert|new) (?P<what>.+?),? as {_A}{_NAMED} (?:to|{_UNDER}|of|for|in|on) (?P<parent>.+)",
        rf"(?:(?:add|create|make|put|insert) )?{_A}{_NAMED}{_CALLED}(?P<what>.+) {_UNDER} (?P<parent>.+)",
        rf"(?:(?:add|create|make|put|insert) )?{_A}{_NAMED}{_CALLED}(?P<what>.+) to (?P<parent>.+)",
        rf"(?:add|create|make|put|insert) {_A}{_NAMED}{_CALLED}(?P<what>.+) (?:of|for|in|on) (?P<parent>.+)",
        rf"(?:add|give)(?: to)? (?P<parent>.+?) {_A}{_NAMED}{_CALLED}(?P<what>.+)",
    )
)
_ADD_UNDER = re.compile(rf"(?:add|put|create|insert) (?P<what>.+){_INTO} (?P<parent>.+)", re.DOTALL)
_MOVE_UNDER = (
    re.compile(rf"(?:move|drag|nest|shift) (?P<ref>.+){_INTO} (?P<parent>.+)"),
    re.compile(rf"(?:move|add) (?P<ref>.+) (?:to|into) (?:the )?{_SUB} (?:of|in) (?P<parent>.+)"),
    re.compile(
        rf"(?:make|turn|set|mark) (?P<ref>.+?) (?:into |as )?{_A}{_SUB} (?:of|to|{_UNDER}|for|in) (?P<parent>.+)"
    ),
)
_MOVE_OUT = (
    re.compile(r"(?:move|pull|drag) (?P<ref>.+?) out(?: (?:of|from) .+)?"),
    re.compile(r"move (?P<ref>.+?) to (?:the )?top[ -]level"),
    re.compile(
        r"(?:make|turn) (?P<ref>.+?) (?:into )?(?:an? (?:task (?:of its own|by itself)|(?:own|normal|regular|separate"
        r"|top[ -]?level|main) task)|independent|top[ -]?level)(?: again)?"
    ),
    re.compile(rf"(?:make|turn) (?P<ref>.+?) no (?:longer )?(?:an? )?{_SUB}(?: any ?more)?"),
)
_LIST = (
    re.compile(
        r"(?:(?:show|list|see|view|display|what are|give)(?: me)? )?(?:the |all |my |of )*(?:open |pending )?"
        rf"{_SUB} (?:of|{_UNDER}|for|in|from) (?P<ref>.+)"
    ),
    re.compile(rf"(?:what(?:'s|s| is)|show(?: me)?(?: what(?:'s| is)| everything)?|list) {_UNDER} (?P<ref>.+)"),
)
_ITS = r"(?:all )?(?:of )?(?:its|the|their|all|all its)"
_COMPLETE_WITH = re.compile(
    rf"(?P<rest>.+?),? (?:(?:and|with|including|plus|together with) {_ITS} {_SUB}"
    rf"|(?P<leave>without {_ITS} {_SUB}|(?:and |but )?(?:leave|keep) {_ITS} {_SUB}(?: open| as they are)?))(?P<end>.*)"
)
_LEAVE_OPEN = re.compile(
    r"(?:no,? )?(?:just|only) (?:the |that |this |it)?(?:parent|main|task|one)?(?: ?tasks?)?(?: itself| alone)?"
    rf"|(?:no,? )?(?:leave|keep) (?:them|it|those|{_ITS} {_SUB}|the rest|the others) open"
    rf"|(?:no,? )?(?:not|without) (?:the |its )?{_SUB}"
)


def read_subtasks(words: str, reader: Reader) -> Intent | None:
    """What a sentence asks about subtasks; None if it is about something else."""
    return _list(words, reader) or _complete(words, reader) or _move(words, reader) or _add(words, reader)


def leaves_open(text: str) -> bool:
    """Whether an answer says that a task alone is to be completed: "only the task", "leave them open"."""
    return _LEAVE_OPEN.fullmatch(Phrase(clean(text).strip(" .!")).view) is not None


def split_parent(title: str) -> tuple[str, str] | None:
    """The two parts of "Eggs under groceries", if that is how a title reads."""
    phrase = Phrase(title)
    match = re.fullmatch(rf"(?P<what>.+){_INTO} (?:the |my )?(?P<parent>.+)", phrase.view)
    if match is None:
        return None
    return title[: match.end("what")], title[match.start("parent") :]


def parent_span(text: str, parent: str) -> Span | None:
    """The last characters of a line that name its parent as `split_parent` does, if they stand together, unquoted."""
    if re.search(rf"{_INTO} ", Phrase(clean(text)).view) is None:
        return None
    words = r"\s+".join(map(re.escape, parent.split()))
    found = list(re.finditer(rf"\b(?:under|underneath|beneath)\s+(?:(?:the|my)\s+)?{words}(?!\w)", text, re.IGNORECASE))
    return found[-1].span() if found else None


def _list(words: str, reader: Reader) -> Intent | None:
    for pattern in _LIST:
        if (ref := _named(words, pattern, "ref", reader)) is not None:
            return ListSubtasks(ref)
    return None


def _complete(words: str, reader: Reader) -> Intent | None:
    """ "Complete groceries and its subtasks", "mark groceries, without its subtasks, as done"."""
    match = _COMPLETE_WITH.fullmatch(Phrase(words).view)
    if match is None:
        return None
    rest = words[: match.end("rest")] + words[match.start("end") :].replace(",", "", 1)
    intent = changing.read_complete(rest, reader)
    if not isinstance(intent, CompleteTasks):
        return None
    return replace(intent, subtasks=OpenSubtasksAre.LEAVE if match["leave"] else OpenSubtasksAre.COMPLETE)


def _move(words: str, reader: Reader) -> Intent | None:
    view = Phrase(words).view
    for pattern in _MOVE_UNDER:
        if (match := pattern.fullmatch(view)) is not None:
            parent = _named(words, pattern, "parent", reader)
            refs = read_refs(words[match.start("ref") : match.end("ref")], reader)
            return MoveTasks(refs, parent) if refs and parent is not None else None
    for pattern in _MOVE_OUT:
        if (match := pattern.fullmatch(view)) is not None:
            refs = read_refs(words[match.start("ref") : match.end("ref")], reader)
            return MoveTasks(refs, None) if refs else None
    return None


def _add(words: str, reader: Reader) -> Intent | None:
    view = Phrase(words).view
    for pattern in (*_ADD, _ADD_UNDER):
        if (match := pattern.fullmatch(view)) is None:
            continue
        what, parent = (words[match.start(group) : match.end(group)] for group in ("what", "parent"))
        are_several = match.groupdict().get("noun", "").endswith("s")
        # Read together: a date may stand behind the parent.
        adding = read_drafts(f"add {'tasks: ' if are_several else ''}{what} under {parent}", reader)
        if isinstance(adding, AddTasks) and (below := _below(adding.drafts, reader)) is not None:
            otherwise = read_drafts(words, reader) if pattern is _ADD_UNDER else None
            return replace(below, otherwise=otherwise if isinstance(otherwise, AddTasks) else None)
    return None


def _below(drafts: tuple[TaskDraft, ...], reader: Reader) -> AddSubtasks | None:
    """The drafts, the last of which names the parent of all."""
    parts = split_parent(drafts[-1].title) if drafts else None
    refs = read_refs(parts[1], reader) if parts else ()
    if parts is None or len(refs) != 1 or isinstance(refs[0], Matching):
        return None
    return AddSubtasks((*drafts[:-1], replace(drafts[-1], title=parts[0])), refs[0])


def _named(words: str, pattern: re.Pattern[str], group: str, reader: Reader) -> TaskRef | None:
    """The one task that a group of a pattern names."""
    match = pattern.fullmatch(Phrase(words).view)
    refs = read_refs(words[match.start(group) : match.end(group)], reader) if match else ()
    return refs[0] if len(refs) == 1 and not isinstance(refs[0], Matching) else None
