"""Commands in the languages of `phrasebooks`: add, list, find, complete, reopen, delete, undo, and answers.

A sentence is read as a whole by its pattern, and the tasks that it names by the words of the same language.
"""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import TypeVar

from todo_backend.language.drafts import cut_tags, read_draft
from todo_backend.language.fields import DueWindow, Sort, Status
from todo_backend.language.intents import (
    AddTasks,
    ById,
    ByPhrase,
    Choose,
    CompleteTasks,
    DeleteTasks,
    Filters,
    Greeting,
    Help,
    Intent,
    ListTasks,
    Matching,
    Mentioned,
    No,
    Ordinal,
    Place,
    Redo,
    ReopenTasks,
    TaskRef,
    Thanks,
    Undo,
    UndoneDeed,
    Yes,
    either,
)
from todo_backend.language.phrase import CUT, Phrase, clean, unquote
from todo_backend.language.phrasebook import Phrasebook
from todo_backend.language.phrasebooks import PHRASEBOOKS
from todo_backend.language.reader import Reader
from todo_backend.language.refs import read_ids
from todo_backend.language.windows import (
    Due,
    Mention,
    between_joints,
    combined,
    cut_dates,
    days_of,
    read_window,
    with_overdue,
)
from todo_backend.language.words import alternatives

_Value = TypeVar("_Value")
_STOP = " .!?,;:"


def read_other_language(text: str, reader: Reader) -> Intent | None:
    """What a sentence asks for in a language other than English; None if it is in none of them."""
    for book in PHRASEBOOKS:
        if re.search(book.script, Phrase(text).view) and (intent := _read(text, book, reader)) is not None:
            return intent
    return None


def _read(text: str, book: Phrasebook, reader: Reader) -> Intent | None:
    words = text[: len(Phrase(text).view.rstrip(_STOP))]
    plain = _without_politeness(words, book)
    return _social(words, book) or _social(plain, book) or _command(plain, book, reader)


def _social(words: str, book: Phrasebook) -> Intent | None:
    view = Phrase(words).view
    answers = (
        (book.undo, Undo(of_that=re.search(book.that, view) is not None, deed=_deed(view, book))),
        (book.redo, Redo()),
        (book.yes, Yes()),
        (book.no, No()),
        (book.not_to_do, No()),
        (book.greeting, Greeting()),
        (book.thanks, Thanks()),
        (book.help, Help()),
    )
    return next((intent for pattern, intent in answers if re.fullmatch(pattern, view)), None)


def _deed(view: str, book: Phrasebook) -> UndoneDeed | None:
    return next((deed for pattern, deed in book.undone.items() if re.search(pattern, view)), None)


def _without_politeness(words: str, book: Phrasebook) -> str:
    before, after = book.polite
    for _ in range(3):
        if match := re.match(rf"{before}(?=\S)", Phrase(words).view):
            words = words[match.end() :]
        if match := re.search(rf"{after}$", Phrase(words).view):
            words = words[: match.start()]
    return words


def _command(words: str, book: Phrasebook, reader: Reader) -> Intent | None:
    if re.match(book.noted, Phrase(words).view) and (noted := _add(words, book, reader)):
        return noted
    for patterns, command in ((book.reopen, ReopenTasks), (book.complete, CompleteTasks), (book.delete, DeleteTasks)):
        if (named := _group(words, patterns, "ref")) is not None and (refs := _refs(named, book, reader)):
            return command(refs)
    if query := _group(words, book.find, "query"):
        return ListTasks(Filters(query=unquote(query)))
    if (which := _group(words, book.show, "which")) is not None:
        return _list(which, book, reader)
    return _add(words, book, reader) or _asked(words, book, reader) or _choice(words, book, reader)


def _group(words: str, patterns: tuple[str, ...], name: str) -> str | None:
    """The words of the group of the first pattern that is the sentence."""
    for pattern in patterns:
        if match := re.fullmatch(pattern, Phrase(words).view):
            return words[match.start(name) : match.end(name)]
    return None


def _add(words: str, book: Phrasebook, reader: Reader) -> Intent | None:
    for pattern, place in ((book.first, Place("first")), (book.last, Place("last"))):
        if match := re.search(pattern, Phrase(words).view):
            adding = _drafted(words[: match.start()] + words[match.end() :], book, reader)
            return replace(adding, place=place) if adding else None
    return _drafted(words, book, reader)


def _drafted(words: str, book: Phrasebook, reader: Reader) -> AddTasks | None:
    for pattern in book.add:
        if match := re.fullmatch(pattern, Phrase(words).view):
            when = (match.groupdict().get("when") or "").strip()
            draft = read_draft(f"{words[match.start('title') : match.end('title')]} {when}", reader)
            return AddTasks((replace(draft, title=_title(draft.title, book)),)) if draft else None
    return None


def _title(title: str, book: Phrasebook) -> str:
    for ending, written in book.title_endings.items():
        title = re.sub(ending, written, title, flags=re.IGNORECASE)
    return title[:1].upper() + title[1:]


def _asked(words: str, book: Phrasebook, reader: Reader) -> Intent | None:
    which = _group(words, book.ask, "which")
    return _list(which, book, reader) if which is not None else None


def _list(which: str, book: Phrasebook, reader: Reader) -> Intent | None:
    filters = _filters(which, book, reader)
    if filters is None:
        return None
    view = Phrase(which).view
    counts = re.search(book.how_many, view) is not None
    if filters.due == (DueWindow.TODAY,) and not counts and re.search(book.to_do, view):
        filters = replace(filters, due=(), between=(date.min, reader.today))
    return ListTasks(filters, counts)


def _filters(words: str, book: Phrasebook, reader: Reader) -> Filters | None:
    """Which tasks the words mean; None if there are words among them that nothing knows."""
    phrase = Phrase(clean(words))
    tags = cut_tags(phrase)
    status = _cut(phrase, book.statuses)
    priority = _cut(phrase, book.priorities)
    due = _cut_due(phrase, book, reader)
    if _cut(phrase, {book.all: True}) and status is None and not due:
        status = Status.ALL
    for match in list(re.finditer(book.filler, phrase.view)):
        phrase.cut(*match.span())
    if phrase.rest().strip(" .,;:?!-"):
        return None
    if status is None and (due or priority):
        status = Status.PENDING
    by_day = due and due != [Due((DueWindow.NONE,))] and status != Status.COMPLETED
    filters = Filters(status, priority, tuple(tags), sort=Sort.DUE_DATE if by_day else None)
    return either(with_overdue(filters, due, reader))


def _cut_due(phrase: Phrase, book: Phrasebook, reader: Reader) -> list[Due]:
    """Cut the words that say when tasks are due; nothing if they do not go together."""
    rest = phrase.only(0, len(phrase.text))
    found: list[Mention] = []
    for pattern, named in book.windows.items():
        for match in re.finditer(pattern, rest.view):
            window = named if isinstance(named, DueWindow) else read_window(named, reader)
            found += [Mention(*match.span(), window)] if window else []
            rest.cut(*match.span())
    found += cut_dates(rest, between_joints(re.finditer(book.joint, rest.view), len(rest.view)), reader)
    mentions = [_until(mention, phrase.view, book, reader) for mention in sorted(found, key=lambda each: each.start)]

    def is_or(gap: str) -> bool:
        joined = re.search(book.joint, gap) is not None
        return joined and not re.sub(rf"{book.joint}|{book.filler}|[ {CUT}]", "", f" {gap} ")

    due = combined(mentions, phrase.view, is_or, reader.today) if mentions else None
    gaps = phrase.view
    for one, other in zip(mentions, [*mentions[1:], None], strict=True) if due else ():
        phrase.cut(one.start, other.start if other and is_or(gaps[one.end : other.start]) else one.end)
    return due or []


def _until(mention: Mention, view: str, book: Phrasebook, reader: Reader) -> Mention:
    """ "Bis Freitag": all days until then."""
    before, behind = book.until
    days, named = days_of(mention.window, reader.today), view[mention.start : mention.end]
    leads = re.search(rf"{before} $", view[: mention.start])
    follows = re.match(behind, view[mention.end :])
    if days is None or not (leads or follows or re.match(before, named) or re.search(rf"{behind}$", named)):
        return mention
    start = leads.start() if leads else mention.start
    return Mention(start, mention.end + (follows.end() if follows else 0), (date.min, days[1]))


def _cut(phrase: Phrase, rules: Mapping[str, _Value]) -> _Value | None:
    for pattern, value in rules.items():
        if match := re.search(pattern, phrase.view):
            phrase.cut(*match.span())
            return value
    return None


def _choice(words: str, book: Phrasebook, reader: Reader) -> Intent | None:
    refs = _refs(words, book, reader)
    return Choose(refs) if refs and not any(isinstance(ref, ByPhrase | Matching) for ref in refs) else None


def _refs(text: str, book: Phrasebook, reader: Reader) -> tuple[TaskRef, ...]:
    """The tasks that the words name."""
    text = clean(text).strip(_STOP)
    view = Phrase(text).view
    numbers = re.sub(rf"^{book.noun} (?=#?[0-9])| {book.noun}$|^(?:nr\.?|nummer|نمبر) ", "", view)
    if ids := read_ids(re.sub(r" (?:und|اور) ", " and ", numbers)):
        return tuple(ById(number) for number in ids)
    if re.fullmatch(book.many, view):
        return (Mentioned(many=True),)
    if re.fullmatch(book.one, view):
        return (Mentioned(),)
    ordinal = rf"{book.before_name}(?P<word>{alternatives(book.ordinals)}){book.after_name}"
    if match := re.fullmatch(ordinal, view):
        return (Ordinal(book.ordinals[match["word"]]),)
    if re.search(book.all, view):
        filters = _filters(text, book, reader)
        return (Matching(filters),) if filters else ()
    named = re.fullmatch(rf"{book.before_name}(?P<name>.+?){book.after_name}", view)
    name = unquote(text[named.start("name") : named.end("name")]) if named else text
    return (ByPhrase(name),) if name else ()
