"""Several commands in one message: "mark bread done, move milk to friday and add eggs".

Words that may belong to a title stay in it: after a command that ends with one ("add ...", "rename ... to ..."), only
what is a command without doubt is another. After a command that is whole without them, the verb of a command is
enough; if there is a task whose title is all of these words, that one is meant ("delete read mail and delete spam").
"""

import re
from collections.abc import Callable
from dataclasses import replace
from itertools import islice, pairwise
from typing import TypeAlias

from todo_backend.language.intents import (
    AddSubtasks,
    AddTasks,
    ByPhrase,
    CompleteTasks,
    DeleteTasks,
    Intent,
    ListTasks,
    Matching,
    Mentioned,
    MoveTasks,
    OrderTasks,
    Redo,
    ReopenTasks,
    RestoreTasks,
    Several,
    ShowTask,
    SkipTasks,
    TaskRef,
    Undo,
    Unknown,
    UpdateTasks,
)
from todo_backend.language.other_languages import read_other_language
from todo_backend.language.phrase import Phrase
from todo_backend.language.phrasebooks import PHRASEBOOKS
from todo_backend.language.reader import Reader
from todo_backend.language.words import TASK_NOUN, TASK_VERBS

ReadOne: TypeAlias = Callable[[str, Reader], Intent]

_THEN = r"(?:and|then|also|plus|but|after that|afterwards|please|finally|first|next|pls)\b,? "
_BETWEEN = rf"(?:[.;!]+ ?|\n|, |,? (?={_THEN}))(?:{_THEN})*"
# What begins no thing to do as it stands: a command, understood or not.
_FIRM = (
    rf"(?:add|create an?|mark|delete|remove|erase|complete (?:{TASK_NOUN}|#?[0-9])|rename|reschedule|postpone|remind me"
    rf"|reopen|untag|undo|move {TASK_NOUN}|(?:change|set|make|tag|finish) {TASK_NOUN}"
    rf"|show (?:me )?(?:my|all|the)|list (?:my|all|the)"
    r"|(?:move|tag|postpone|reschedule|make|set) (?:it|them|both)\b)\b"
)
# The same, where no title goes before it.
_PLAIN = r"(?:move|push|snooze|tag|skip|restore)\b"
_VERB = (
    r"(?:(?:complete|finish|tick|cross|check off|change|set|make|put|give|prioriti[sz]e|cancel|drop|get rid of|show"
    rf"|list|what|what's|which|how many|{TASK_NOUN} #?[0-9])\b|\w+(?: \w+){{0,2}}? (?:is |are )?done\b)"
)
# "Move milk to friday and bread to saturday": the verb stands once.
_ELIDED = r"[\w#'-]+(?: [\w'-]+){0,3}? (?:to|until|till) \w"
_JOINT = re.compile(rf"{_BETWEEN}(?=(?P<firm>{_FIRM})|(?P<plain>{_PLAIN})|{_VERB}|(?P<elided>{_ELIDED}))")
_MOST_JOINTS = 12
_SHOWS = re.compile(r"(?:show|list|display|view|see|what|which|when|how|is|are|do|does)\b")
_JOINT_AT_END = re.compile(r"[ ,.;]*(?:\b(?:and|then|also|after that|please|but|plus))*[ ,.;]*$", re.IGNORECASE)
_Commands: TypeAlias = (
    CompleteTasks | ReopenTasks | DeleteTasks | UpdateTasks | SkipTasks | MoveTasks | OrderTasks | RestoreTasks
)


def read_several(text: str, reader: Reader, one: ReadOne) -> Intent | None:
    """The commands of a message, if it has more than one; `one` reads a sentence."""
    return _in_english(text, reader, one) or _in_another_language(text, reader)


def is_certain(piece: str, intent: Intent) -> bool:
    """Whether words are a command without doubt, rather than a part of a title."""
    view = Phrase(piece).view
    if isinstance(intent, AddTasks):
        return intent.sure and bool(intent.drafts)
    if isinstance(intent, CompleteTasks | ReopenTasks | DeleteTasks | UpdateTasks):
        says_task = re.search(rf"\b{TASK_NOUN}\b", view) is not None
        return says_task or all(_reads_like_a_title(ref) for ref in intent.refs)
    if isinstance(intent, Undo | Redo):
        return True
    says_so = re.search(rf"\b{TASK_NOUN}\b", view) or _SHOWS.match(view)
    return isinstance(intent, ShowTask) or (isinstance(intent, ListTasks) and says_so is not None)


def _reads_like_a_title(ref: TaskRef) -> bool:
    """ "Delete buy milk" names a task, "delete spam" and "delete all old mails" may be one."""
    if isinstance(ref, Matching) and ref.filters.query:
        return False
    return not isinstance(ref, ByPhrase) or ref.text.split()[0].lower() in TASK_VERBS


def _in_english(text: str, reader: Reader, one: ReadOne) -> Intent | None:
    joints = list(islice(_JOINT.finditer(Phrase(text).view), _MOST_JOINTS + 1))
    if not joints or len(joints) > _MOST_JOINTS or isinstance(one(text, reader), Undo | Redo):
        return None  # "undo, undo" takes back two changes
    begin, certain = 0, True
    intents: list[Intent] = []
    last: Intent | None = None  # what stands before the joint, read when it is needed
    for place, joint in enumerate(joints):
        end = joints[place + 1].start() if place + 1 < len(joints) else len(text)
        before, piece = _without_joint(text[begin : joint.start()]), _without_joint(text[joint.end() : end])
        last = last or one(before, reader)
        following = one(piece, reader)
        if not (joint["firm"] or joint["plain"] or _is_command(following)):
            moved = _moved_along(before, last, piece, reader, one)
            following = moved or (Unknown() if joint["elided"] else following)
        is_asked = isinstance(following, ListTasks | ShowTask) and is_certain(piece, following)
        if _is_whole(last) and (
            isinstance(following, _Commands | AddTasks) or is_asked or joint["firm"] or joint["plain"]
        ):
            certain = certain and is_certain(before, last) and is_certain(piece, following)
            following = following if _is_command(following) else Unknown(piece)
        elif not (is_certain(before, last) and joint["firm"] and is_certain(piece, following)):
            last = None  # all of it may be one title
            continue
        intents.append(last)
        begin, last = joint.end(), following
    if not intents:
        return None
    final = last or one(text[begin:], reader)
    intents.append(Unknown(text[begin:]) if isinstance(final, Unknown) else final)
    several = _with_mentions(intents)
    return replace(several, whole=None if certain else _whole(one(text, reader))) if several else None


def _moved_along(before: str, said: Intent, piece: str, reader: Reader, one: ReadOne) -> Intent | None:
    """What "bread to saturday" says after "move milk to friday"."""
    moves = (
        isinstance(said, UpdateTasks) and said.changes.due_date and re.search(r" (?:to|until|till) ", before.lower())
    )
    moved = one(f"move {piece}", reader) if moves else None
    return moved if isinstance(moved, UpdateTasks) and moved.changes.due_date else None


def _is_command(intent: Intent) -> bool:
    sure = getattr(intent, "sure", True)
    is_read = isinstance(intent, _Commands | AddTasks | AddSubtasks | ListTasks | ShowTask | Undo | Redo)
    return is_read and (sure or not isinstance(intent, AddTasks))


def _is_whole(intent: Intent) -> bool:
    """Whether a command ends with no title: whatever follows is none of its words."""
    if isinstance(intent, Unknown):
        return bool(intent.said)
    if isinstance(intent, UpdateTasks):
        changes = intent.changes
        return not (changes.title or changes.description or changes.note or changes.add_tags)
    return isinstance(intent, _Commands)


def _whole(intent: Intent) -> Intent | None:
    """The message as one command about one task that it names by its title."""
    if not isinstance(intent, CompleteTasks | ReopenTasks | DeleteTasks | UpdateTasks):
        return None
    return intent if len(intent.refs) == 1 and isinstance(intent.refs[0], ByPhrase) else None


def _with_mentions(intents: list[Intent]) -> Several | None:
    """ "Tag 3 and 4 with food and move them to friday": "them" are those that the command before names."""
    for place, (before, intent) in enumerate(pairwise(intents), start=1):
        if not isinstance(intent, CompleteTasks | ReopenTasks | DeleteTasks | UpdateTasks) or not any(
            isinstance(ref, Mentioned) for ref in intent.refs
        ):
            continue
        if not isinstance(before, CompleteTasks | ReopenTasks | UpdateTasks):
            return None
        intents[place] = replace(intent, refs=before.refs)
    return Several(tuple(intents))


def _without_joint(piece: str) -> str:
    return _JOINT_AT_END.sub("", piece)


def _in_another_language(text: str, reader: Reader) -> Intent | None:
    """The same where each part is a command of that language."""
    for book in PHRASEBOOKS:
        view = Phrase(text).view
        if not re.search(book.script, view):
            continue
        intents: list[Intent] = []
        begin = 0
        ends = [joint.span() for joint in islice(re.finditer(book.then, view), _MOST_JOINTS)]
        for end, following in [*ends, (len(text), len(text))]:
            intent = read_other_language(text[begin:end], reader)
            if intent is None or not _is_command(intent) or isinstance(intent, ListTasks | Undo | Redo):
                continue
            if intents and isinstance(intents[-1], AddTasks) and ":" in view[:begin] and not is_certain("", intent):
                continue  # all of it may be one title
            intents.append(intent)
            begin = following
        if len(intents) > 1 and begin == len(text):
            return _with_mentions(intents)
    return None
