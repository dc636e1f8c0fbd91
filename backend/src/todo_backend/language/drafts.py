"""One line of text into a task: title, description, due date, priority and tags."""

import re
from datetime import datetime

from todo_backend.language.dates import extract_due
from todo_backend.language.fields import MAX_DESCRIPTION, MAX_TAG, MAX_TAGS, MAX_TITLE, Priority
from todo_backend.language.intents import TaskDraft
from todo_backend.language.phrase import CUT, LONGEST_COMMAND, QUOTED, Phrase, clean, unquote

_HASHTAG = re.compile(r"(?<![\w#&/])#(?=[\w-]*[^\W\d_])[\w-]+")
_TAG_WORD = rf"(?:#?[\w-]+|{QUOTED}+)"
_TAG_LIST = re.compile(
    r"(?:, ?)?\b(?:and )?"
    r"(?:(?:tag it|tagged|labell?ed)(?: (?:as|with))?|with (?:the )?(?:tags?|labels?)|tags?:):? "
    rf"(?P<tags>{_TAG_WORD}(?:(?:, and |, | and | or | & ){_TAG_WORD}){{0,9}})"
)
# Other lists than the one list there is: a tag holds what is on them.
NAMED_LIST = (
    r"(?:to|on|onto|in) (?:my|the|our) "
    r"(?P<list>shopping|grocery|groceries|packing|reading|watch|wish|bucket|errands?) list\b"
)
_NAMED_LIST = re.compile(rf"\b{NAMED_LIST}")
_TAG_SEPARATOR = re.compile(r", and |, | and | or | & ")

_LEVEL = r"(?P<level>very high|highest|high|top|urgent|medium|med|normal|lowest|low|no)"
_BEFORE_PRIORITY = (
    r"(?:(?:\b(?:and |, )?(?:make it|mark it as|set it to|set to|it's|it is|this is|that's|is)|with|at|as|of) )?"
    r"(?:an? |the )?"
)
_PRIORITIES = [
    re.compile(pattern)
    for pattern in (
        r"(?<![\w!])!(?P<level>high|medium|med|low|urgent|important|none)\b",
        r"(?:\bwith |\bas )?(?<![\w-])(?P<level>p[1-4])(?![\w-])(?: priority\b)?",
        rf"\b{_BEFORE_PRIORITY}{_LEVEL}[ -]prio(?:rity)?\b",
        r"(?:\b(?:with|and|set) )?\bpriority(?: (?:is|of|to)|[:=])? ?(?P<level>high|medium|low|none|urgent|normal"
        r"|p[1-4])\b",
        r" - ?(?P<level>high|medium|low)$",
        r"(?:(?:\band )?\b(?:it's|it is|this is|that's|make it|mark it as) )(?:very )?(?P<level>urgent|important"
        r"|critical)\b",
    )
]
_EDGE_PRIORITY = re.compile(r"\b(?:very )?(?P<level>urgent|urgently|important|critical|asap)\b(?:!+$)?")
_LEVELS = {
    **dict.fromkeys(
        ("very high", "highest", "high", "top", "urgent", "urgently", "important", "critical", "asap", "p1"),
        Priority.HIGH,
    ),
    **dict.fromkeys(("medium", "med", "normal", "p2"), Priority.MEDIUM),
    **dict.fromkeys(("lowest", "low", "p3"), Priority.LOW),
    **dict.fromkeys(("no", "none", "p4"), Priority.NONE),
}

_DESCRIPTION = re.compile(
    rf"(?:[,;-] ?|\band )?(?:\b(?:with|and) (?:the |a )?description(?: (?:of|saying|that says))?:? "
    rf"|\bwith (?:the |an? )?(?:notes?|details?)(?: (?:saying|that says)|:)? (?={QUOTED})"
    rf"|\bwith (?:the |an? )?(?:notes?|details?)(?: (?:saying|that says)|:) "
    rf"|\b(?:description|desc|notes?|details): )(?P<description>{QUOTED}+|.+)",
    re.DOTALL,
)
# What is left dangling when the end of a line is cut off: "buy milk and (make it high priority)".
_DANGLING = frozenset({"and", "with", "it's", "due", "by"})
_SPOKEN_START = re.compile(r"^(?:(?:that|for) )?(?:(?:i|we) (?:need|have) )?(?:to|that|for) (?=\S)", re.IGNORECASE)
_EDGES = " \n,;:-"


def parse_quick_add(text: str, now: datetime) -> TaskDraft:
    """Read a line such as "pay rent friday 5pm p1 #home".

    `now` is aware, in the person's zone, and date and time in the answer are local to it. What is in quotes stays
    in the title as it is. Raises ValueError for a text without any words.
    """
    draft = read_draft(text, now)
    if draft is None:
        raise ValueError("Write what is to be done, for example: pay rent friday 5pm")
    return draft


def read_draft(text: str, now: datetime, *, spoken: bool = False) -> TaskDraft | None:
    """The task that a text describes, or None if it has no words.

    With `spoken`, the text is what follows a command ("add a task ...") and a leading "to" is no part of the title.
    """
    whole = clean(text)
    phrase = Phrase(whole[:LONGEST_COMMAND])
    if not phrase.text.strip(_EDGES + ".!?'\""):
        return None
    if len(whole) > LONGEST_COMMAND:
        return _within_limits(TaskDraft(_capitalised(_tidy(whole, spoken) or whole)))
    description = _cut_description(phrase)
    tags = cut_tags(phrase)
    priority = cut_priority(phrase)
    when = extract_due(phrase, now)
    priority = priority or _cut_edge_priority(phrase)
    kept = phrase.rest()
    title = _tidy(_without_dangling(kept) if phrase.view.endswith(CUT) else kept, spoken)
    if not title:
        # Only a date or a tag: it is all there is to make a title of.
        return _within_limits(TaskDraft(title=_capitalised(_tidy(phrase.text, spoken) or phrase.text)))
    return _within_limits(
        TaskDraft(
            _capitalised(title), description, when.day, when.at, priority or Priority.NONE, tuple(tags[:MAX_TAGS])
        )
    )


def cut_tags(phrase: Phrase) -> list[str]:
    """Cut "#home", "tagged home and work" and "on my shopping list" out of the phrase; lower case, each once."""
    tags: list[str] = []
    if named := _NAMED_LIST.search(phrase.view):
        tags.append(named["list"])
        phrase.cut(*named.span())
    while match := _TAG_LIST.search(phrase.view):
        tags += split_tags(phrase.text[match.start("tags") : match.end("tags")])
        phrase.cut(*match.span())
    for match in list(_HASHTAG.finditer(phrase.view)):
        tags += split_tags(match[0])
        phrase.cut(*match.span())
    return list(dict.fromkeys(tags))


def split_tags(text: str) -> list[str]:
    """The tags in "home, #work and 'garden'"."""
    words = (unquote(word).strip("#'\" ").lower() for word in _TAG_SEPARATOR.split(text))
    return [word[:MAX_TAG] for word in words if word]


def cut_priority(phrase: Phrase) -> Priority | None:
    """Cut the words that set a priority out of the phrase."""
    for pattern in _PRIORITIES:
        if match := pattern.search(phrase.view):
            phrase.cut(*match.span())
            return _LEVELS[match["level"]]
    return None


def read_priority(text: str) -> Priority | None:
    """The priority that a whole text names: "high", "top priority", "p2", "urgent"."""
    words = clean(text).lower().strip(" .!").removesuffix("priority").removeprefix("very ").strip(" -")
    return _LEVELS.get(words)


def _cut_edge_priority(phrase: Phrase) -> Priority | None:
    """ "Urgent: call the bank" and "call the bank asap", but not "read the important letter"."""
    for match in list(_EDGE_PRIORITY.finditer(phrase.view)):
        leads = phrase.at_start(match.start()) and phrase.view[match.end() : match.end() + 1] in (":", "!", ",", " -")
        if leads or (phrase.at_end(match.end()) and not phrase.at_start(match.start())):
            phrase.cut(match.start(), match.end() + (1 if leads else 0))
            return _LEVELS[match["level"]]
    return None


def _cut_description(phrase: Phrase) -> str | None:
    match = _DESCRIPTION.search(phrase.view)
    if match is None or phrase.at_start(match.start()):
        return None
    description = unquote(phrase.text[match.start("description") : match.end("description")])
    phrase.cut(*match.span())
    return description[:MAX_DESCRIPTION] or None


def _tidy(title: str, spoken: bool) -> str:
    title = " ".join(title.split()).strip(_EDGES)
    if spoken:
        title = _SPOKEN_START.sub("", title)
    if title.endswith(".") and not title.endswith(".."):
        title = title[:-1].rstrip(_EDGES)
    return unquote(title)


def _without_dangling(kept: str) -> str:
    words = kept.rstrip(_EDGES).split(" ")
    while words and words[-1].strip(_EDGES).lower() in _DANGLING:
        words.pop()
    return " ".join(words)


def _capitalised(title: str) -> str:
    if title[1:2].isupper():
        return title  # "iPhone"
    return title[:1].upper() + title[1:]


def _within_limits(draft: TaskDraft) -> TaskDraft:
    """A title that is too long is cut at a word; the whole of it is kept in the description."""
    if len(draft.title) <= MAX_TITLE:
        return draft
    head = draft.title[: MAX_TITLE - 1]
    head = head.rsplit(" ", 1)[0] if " " in head[MAX_TITLE // 2 :] else head
    description = f"{draft.title}\n\n{draft.description}" if draft.description else draft.title
    return TaskDraft(
        f"{head.rstrip()}…", description[:MAX_DESCRIPTION], draft.due_date, draft.due_time, draft.priority, draft.tags
    )
