"""What a person says instead of what they said: "no, I meant tomorrow", "not milk, bread", "friday, no, saturday"."""

import re
from dataclasses import dataclass, replace

from todo_backend.language.adding import read_add
from todo_backend.language.changing import read_attributes
from todo_backend.language.intents import (
    AddTasks,
    ById,
    ByPhrase,
    Changes,
    CompleteTasks,
    DeleteTasks,
    Intent,
    Matching,
    ReopenTasks,
    TaskDraft,
    TaskRef,
    UpdateTasks,
)
from todo_backend.language.phrase import Phrase
from todo_backend.language.reader import Reader
from todo_backend.language.refs import names_a_task, read_refs

_NO = r"(?:(?:no|nope|sorry|oops|wait|actually|hm+|ah|oh|not that(?: one)?)[,.! ]+)"
_MEANT = r"(?:i (?:actually |really )?meant?(?: to say)?|(?:it |that )?should(?: be|'ve been| have been)|rather)"
_CORRECTION = re.compile(rf"{_NO}*(?P<meant>{_MEANT})[,: ]+(?P<instead>.+)|{_NO}+(?P<other>.+)")
# "At 5", said of what was just added; "and 3", "and biscuits"; "what about tomorrow?"
_ADDITION = re.compile(r"(?:and )?(?P<instead>(?:at|in|by|on|due|every) .+)")
_ALSO = re.compile(r"(?:and|also|plus)(?: also| then)? (?P<also>.+?)(?: too| as well| also)?")
_ABOUT = re.compile(r"(?:and )?(?:what|how) about (?P<about>.+)|and (?P<and_about>.+)")
_NOT_BUT = re.compile(rf"{_NO}*not (?P<wrong>[^,]+?)(?:,(?: but)?| but) (?P<instead>.+)")
_IN_ONE_SENTENCE = re.compile(r",? (?:no,? wait|wait,? no|no,? sorry|oh,? no|scratch that|i mean)[, ]+(?=\S)")
_LONGEST = 100


@dataclass(frozen=True, slots=True)
class Correction:
    """The words of a correction, and the tasks or the changes that they name; no tasks unless they name them so."""

    words: str
    refs: tuple[TaskRef, ...] = ()
    changes: Changes | None = None


def read_correction(text: str, reader: Reader) -> Correction | None:
    """What a message says instead of the one before it; None if it corrects nothing."""
    text = text.strip(" .!?")
    view = Phrase(text).view
    if len(text) > _LONGEST or not (match := _NOT_BUT.fullmatch(view) or _CORRECTION.fullmatch(view)):
        return None
    group = "instead" if match["instead"] else "other"
    words = text[match.start(group) : match.end(group)]
    if (changes := read_attributes(words, reader)) is not None:
        return Correction(words, changes=changes)
    refs = read_refs(words, reader)
    named = group == "instead" or names_a_task(words)
    is_task = named and all(isinstance(ref, ById | ByPhrase) for ref in refs)
    return Correction(words, refs if is_task else ())


def read_addition_to_it(text: str, reader: Reader) -> Changes | None:
    """What "at 5" or "in 20 minutes" adds to a task that was just added; None for a question and anything else."""
    text = text.strip(" .!")
    match = None if text.endswith("?") else _ADDITION.fullmatch(Phrase(text).view)
    return read_attributes(text[match.start("instead") :], reader) if match else None


def read_also(text: str) -> str | None:
    """What "and 3 too" or "also coffee" speaks of."""
    text = text.strip(" .!")
    match = _ALSO.fullmatch(Phrase(text).view)
    return text[match.start("also") : match.end("also")] if match else None


def read_follow_up(text: str) -> str | None:
    """What "and tomorrow?" or "what about tomorrow?" asks about."""
    text = text.strip(" .!?")
    match = _ABOUT.fullmatch(Phrase(text).view)
    return text[match.start(match.lastgroup) :] if match and match.lastgroup else None


def corrected_in_one(text: str, reader: Reader) -> tuple[str, str] | None:
    """The two parts of "move it to friday, no wait, saturday"; None for a text that is not corrected."""
    match = _IN_ONE_SENTENCE.search(Phrase(text).view)
    return (text[: match.start()], text[match.end() :]) if match and match.start() else None


def instead_of(said: Intent, words: str, reader: Reader) -> Intent | None:
    """The command that was meant, where `words` say what is other in it than was said first."""
    changes = read_attributes(words, reader)
    match said:
        case AddTasks(drafts=(*earlier, last)) if changes is not None:
            return replace(said, drafts=(*earlier, _redrafted(last, changes)))
        case AddTasks(drafts=(_,)):
            instead = read_add(f"add {words}", reader)
            return replace(instead, sure=said.sure) if isinstance(instead, AddTasks) else None
        case UpdateTasks(refs) if changes is not None:
            return UpdateTasks(refs, changes)
        case CompleteTasks() | ReopenTasks() | DeleteTasks() | UpdateTasks():
            refs = read_refs(words, reader)
            return replace(said, refs=refs) if refs and not any(isinstance(ref, Matching) for ref in refs) else None
    return None


def _redrafted(draft: TaskDraft, changes: Changes) -> TaskDraft:
    return replace(
        draft,
        due_date=draft.due_date if changes.keeps_day and draft.due_date else changes.due_date or draft.due_date,
        due_time=changes.due_time or draft.due_time,
        priority=changes.priority or draft.priority,
        tags=tuple(dict.fromkeys([*draft.tags, *changes.add_tags])),
        recurrence=changes.recurrence or draft.recurrence,
    )
