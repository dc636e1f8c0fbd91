"""Sentences about how tasks repeat: make one repeat, end that, skip a time, ask for the next dates."""

import re
from dataclasses import replace

from todo_backend.language.due import extract_due
from todo_backend.language.fields import Status
from todo_backend.language.intents import Changes, Intent, Matching, ShowDates, SkipTasks, TaskRef, UpdateTasks
from todo_backend.language.phrase import Phrase, clean
from todo_backend.language.reader import Reader
from todo_backend.language.refs import names_a_task, read_refs
from todo_backend.language.repetition import extract_repetition
from todo_backend.language.words import TASK_NOUN

_REPEAT = r"(?:repeat(?:ed|ing|s)?|recur(?:ring|s)?)"
_NO_MORE = r"(?: any ?more| any longer| again)?"
_STOP = [
    re.compile(pattern)
    for pattern in (
        rf"(?:stop|end|cancel|quit) (?:the )?(?:{_REPEAT}|repetition|recurrence|series)(?: of| for)?"
        rf" (?P<ref>.+?){_NO_MORE}",
        rf"(?:stop|keep|prevent) (?P<ref>.+?) from {_REPEAT}{_NO_MORE}",
        r"(?:remove|delete|clear|drop|turn off|take) (?:the )?(?:repetition|recurrence|repeat(?:ing)?(?: rule)?)"
        r" (?:of|from|for|on|off) (?P<ref>.+)",
        rf"(?:do not|don'?t) {_REPEAT} (?P<ref>.+?){_NO_MORE}",
        rf"(?:make|have|let) (?P<ref>.+?) (?:not|no longer|stop) {_REPEAT}{_NO_MORE}",
        rf"(?P<ref>.+?) (?:should not|shouldn'?t|must not|mustn'?t|need not|should no longer|no longer|doesn'?t have to"
        rf"|doesn'?t need to) {_REPEAT}{_NO_MORE}",
    )
]
_SKIP = re.compile(
    r"skip (?:the next (?:occurrence|time|date|one|instance) (?:of|for) |(?:today's|this week's|the next) )?"
    r"(?P<ref>.+?)"
    r"(?: (?:this time|just this once|once|today|tomorrow|this (?:week|month|time)))?"
)
_DATES = re.compile(
    rf"(?:(?:what|when) (?:are|is|will be) the next (?:dates?|occurrences?|times?|due dates?) (?:of|for) (?P<of>.+)"
    rf"|(?:show|list|tell|give)(?: me)? the next (?:[0-9]+ )?(?:dates?|occurrences?|times?|due dates?) (?:of|for)"
    rf" (?P<shown>.+)"
    rf"|(?:when|how often) (?:does|do|will) (?P<does>.+?) (?:{_REPEAT}|come (?:up|back)|happen)(?: again| next)?)"
)
_MAKE = re.compile(
    rf"(?:make|set|have|let|schedule|change|get|i want|i'd like) (?P<ref>.+?) (?:to )?(?:be )?{_REPEAT}(?: it)?,?"
    r" (?P<value>.+)"
)
_SET = re.compile(
    r"(?:set|change|update|make) (?:the )?(?:repetition|recurrence|repeat|schedule|interval|frequency) (?:of|for|on)"
    r" (?P<ref>.+?) (?:to|as)[: ]+(?P<value>.+)"
)
_BECOMES = re.compile(
    r"(?:make|change|set|move|switch|turn|reschedule) (?P<ref>.+?)(?: to| into| on| for)? (?P<value>.+)"
)
_REPEATS = re.compile(
    rf"(?P<ref>.+?) (?:should |must |has to |needs to |is to |now )*(?:be )?(?:{_REPEAT}|happens?|is due) (?P<value>.+)"
)
_REPEAT_IT = re.compile(rf"{_REPEAT} (?P<rest>.+)")
_MOST_PLACES = 12


def read_repeating(words: str, reader: Reader) -> Intent | None:
    """What a sentence says of a task's repeating; None if it says nothing of it."""
    view = Phrase(words).view
    for pattern in _STOP:
        if match := pattern.fullmatch(view):
            return _updating(_no_longer(words, match, reader), Changes(clear=frozenset({"recurrence"})))
    if match := _SKIP.fullmatch(view):
        refs = _named(words, match, "ref", reader)
        return SkipTasks(refs) if refs else None
    if (match := _DATES.fullmatch(view)) and match.lastgroup:
        refs = _named(words, match, match.lastgroup, reader)
        return ShowDates(refs[0]) if len(refs) == 1 else None
    return _repeated(words, view, reader)


def read_recurring(text: str, reader: Reader) -> Changes | None:
    """The changes that "every monday at 9" makes, if the words say nothing else.

    A rule that names days moves the task to the first of them; another one counts from the date that it has.
    """
    phrase = Phrase(clean(text))
    repetition = extract_repetition(phrase, reader)
    if repetition is None:
        return None
    when = extract_due(phrase, reader, repeats=True)
    begun = repetition.begun(when, reader)
    if begun is None or phrase.rest().strip(" ,.;:!?-"):
        return None
    first, recurrence = begun
    rule = recurrence.rule
    names_days = bool(rule.weekdays or rule.month_days or rule.months or when.day or repetition.start)
    changes = Changes(recurrence=recurrence, due_time=first.at)
    return replace(changes, due_date=first.day) if names_days else replace(changes, due_date=first.day, keeps_day=True)


def _repeated(words: str, view: str, reader: Reader) -> Intent | None:
    for pattern in (_SET, _MAKE):
        if match := pattern.fullmatch(view):
            changes = read_recurring(_group(words, match, "value"), reader)
            return _updating(_named(words, match, "ref", reader), changes) if changes else None
    if match := _REPEAT_IT.fullmatch(view):
        return _split(words, match.start("rest"), reader, firm=True)
    if match := _BECOMES.fullmatch(view):
        return _split(words, match.start("ref"), reader, firm=False)
    if match := _REPEATS.fullmatch(view):
        named = _group(words, match, "ref")
        changes = read_recurring(_group(words, match, "value"), reader) if names_a_task(named) else None
        return _updating(read_refs(named, reader), changes) if changes else None
    return None


def _split(words: str, begin: int, reader: Reader, *, firm: bool) -> Intent | None:
    """ "Task 3 every monday" is a task, and how often; without "repeat", a task has to be named as one."""
    spaces = [match.start() for match in re.finditer(" ", words[begin:])][:_MOST_PLACES]
    for place in spaces:
        ref = re.sub(" (?:to|into|on|for)$", "", words[begin : begin + place])
        changes = read_recurring(words[begin + place + 1 :], reader)
        if changes is not None and (firm or names_a_task(ref)):
            return _updating(read_refs(ref, reader), changes)
    return None


def _named(words: str, match: re.Match[str], name: str, reader: Reader) -> tuple[TaskRef, ...]:
    named = re.sub(rf"(?: as an? {TASK_NOUN})$", "", _group(words, match, name))
    refs = read_refs(named, reader)
    return () if any(isinstance(ref, Matching) for ref in refs) else refs


def _no_longer(words: str, match: re.Match[str], reader: Reader) -> tuple[TaskRef, ...]:
    """The tasks that are to repeat no more; of a group, those that do."""
    refs = read_refs(_group(words, match, "ref"), reader)
    return tuple(
        Matching(ref.filters.narrowed(repeats=True, status=ref.filters.status or Status.PENDING))
        if isinstance(ref, Matching)
        else ref
        for ref in refs
    )


def _updating(refs: tuple[TaskRef, ...], changes: Changes | None) -> Intent | None:
    return UpdateTasks(refs, changes) if refs and changes is not None else None


def _group(words: str, match: re.Match[str], name: str) -> str:
    return words[match.start(name) : match.end(name)]
