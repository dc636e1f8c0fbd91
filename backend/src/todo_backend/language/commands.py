"""A sentence into an intent.

The rules are tried in the order of `_RULES`; each looks at the beginning of the sentence, so that "remember to delete
the old photos" is a task to add and not one to delete. A rule that would change or delete a task on a guess does not
exist: a phrase becomes a command only with a command's words.
"""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import TypeAlias

from todo_backend.language import changing
from todo_backend.language.adding import read_add, read_likely_task
from todo_backend.language.corrections import corrected_in_one, instead_of
from todo_backend.language.due import read_when
from todo_backend.language.fields import DueWindow, Sort, Status
from todo_backend.language.filters import read_filters
from todo_backend.language.how_many import read_how_many
from todo_backend.language.intents import (
    Addition,
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
    ListChanges,
    ListTags,
    ListTasks,
    Matching,
    Mentioned,
    No,
    OrderTasks,
    Ordinal,
    Redo,
    ReopenTasks,
    ShowTask,
    Thanks,
    Undo,
    UndoneDeed,
    Unknown,
    UpdateTasks,
    Yes,
    either,
)
from todo_backend.language.ordering import read_ordering
from todo_backend.language.other_languages import read_other_language
from todo_backend.language.phrase import LONGEST_COMMAND, Phrase, clean
from todo_backend.language.reader import Reader
from todo_backend.language.refs import names_a_task, read_refs, singular
from todo_backend.language.repeating import read_repeating
from todo_backend.language.several import is_certain, read_several
from todo_backend.language.subtasks import read_subtasks
from todo_backend.language.trash import read_trash
from todo_backend.language.typos import with_its_verb
from todo_backend.language.words import ORDINALS, PAST, TASK_NOUN, TASK_VERBS, alternatives

_Rule: TypeAlias = Callable[[str, Reader], Intent | None]

_POLITE_START = re.compile(
    r"(?:no(?=,? (?:wait|sorry|actually|oh)\b)|hey|hi|hello|ok|okay|alright|right|well|so|now|also|and|then"
    r"|please|pls|plz|kindly|actually|just|quickly|sorry|wait|oh|oops"
    r"|great|cool|thanks|(?:good )?(?:morning|afternoon|evening)|hm+|um+|uh"
    r"|assistant|(?:can|could|would|will) (?:you|u)"
    r"(?: please| pls| kindly| just| also| maybe| perhaps| possibly| help me(?: to)?)*"
    r"|(?:can|could|shall) we"
    r"(?= (?:push|move|postpone|reschedule|delay|change|rename|delete|remove|mark|see|list|show) )"
    r"|would you mind|i'?d like you to|i would like you to|i want you to|i need you to|i'd appreciate if you could"
    r"|go ahead and|help me(?: to)?"
    r"|let'?s|(?:can|could|may) i(?= (?:see|view|get) )"
    r"|that (?:was|is) (?:wrong|not right|a mistake)|(?:the )?wrong (?:one|task)|my (?:mistake|bad)"
    r"|ups|whoops|do me a favou?r and|you can|you should)(?:[,!.]+ ?| )(?=\S)"
)
_POLITE_END = re.compile(
    r"[ ,](?:please|pls|plz|thanks|thank you|thx|for me|(?<!from )now|right away|right now|if you can|would you"
    r"|will you|ok|okay|instead)[ .!?]*$"
)
_INSTEAD = re.compile(r" instead[ .!]*$")
_STOP = " .!?,;:"
_WANT_TO = re.compile(
    r"i(?:'d| would)? (?:want|like|need|wish) to (?=(?:see|view|know|list|show|add an? |create an? |delete |remove"
    r" |mark |rename |change |update |undo|restore )\b)"
)

_GREETING = re.compile(
    r"(?:hi|hello|hey|hiya|howdy|yo|greetings|salam|assalam[uo] ?alaikum|good (?:morning|afternoon|evening|day)"
    r"|what's up|whats up|sup|how are you(?: doing)?(?: today)?)"
    r"(?: there| everyone| assistant| again)*(?:[,!. ]+how are you(?: doing)?(?: today)?)?"
)
_THANKS = re.compile(
    r"(?:ok(?:ay)?,? |great,? |perfect,? |cool,? |awesome,? )?(?:(?:many )?thanks?(?: you| u)?|thx|ty|cheers"
    r"|much appreciated|appreciate it)"
    r"(?: so much| very much| a lot| a bunch| again| for (?:that|your help|the help))*"
    r"(?:,? that'?s (?:all|it))?|great(?: job)?|perfect"
    r"|awesome|nice(?: one| work)?|good job|well done|cool|you're (?:great|the best)"
)
_HELP = re.compile(
    r"(?:help(?: me)?(?: please)?|i need (?:some )?help|\?|commands?|what (?:can|do|could) (?:you|i) (?:do|say"
    r"|ask)(?: for me| here| you| with you)?"
    r"|how (?:do|does|can) (?:i|this|you|it)(?: use (?:this|you|it))? ?(?:works?)?|how (?:do|can) i (?:use|talk"
    r" to) .{1,30}|what are you(?: able to do)?|who are you"
    r"|what (?:are|is) your (?:features|abilities|capabilities|commands)|can you help(?: me)?|show(?: me)? (?:help"
    r"|the commands|what you can do)|instructions|menu)"
)
_YES = re.compile(
    r"(?:yes|y|yep|yeah|yup|sure|ok|okay|of course|do it|go ahead|confirm|confirmed|correct|absolutely|definitely"
    r"|please do|that's right|right|aye)(?:[, ]+(?:please|do it|go ahead|sure|delete (?:it|them)|add it|do that"
    r"|all of them))*"
)
_YES_AND = re.compile(r"(?:yes|yep|yeah|yup|sure|ok|okay)(?:[,.!]? (?:please|and|but|with)\b,?|[,.!])* (?=\S)")
_NO = re.compile(
    r"(?:no|n|nope|nah|don't|do not|stop|cancel|never ?mind|forget (?:it|about it)|not now|keep (?:it|them)|leave"
    r" (?:it|them)|no way|neither(?: of them)?|none|none of them)"
    r"(?:[, ]+(?:thanks|thank you|don't|do not|cancel|please|keep"
    r" (?:it|them)|stop|leave it))*"
)
_TIMES = (
    r"(?: (?:twice|both(?: of (?:them|those))?"
    r"|(?:the |my )?last (?:two|three|four|five|2|3|4|5) (?:changes|actions|things|steps)"
    r"|(?:two|three|four|five|2|3|4|5) times))?"
)
_UNDO = re.compile(
    r"(?:undo|revert|roll ?back|take (?:it|that) back|oops|go back"
    r"|put (?:it|that) back(?: (?:to )?(?:where|how|what|the way) it was)?)(?: (?:it|that|this|please"
    r"|the last (?:action|change|one|step|thing)(?: (?:you|i) (?:just )?did)?|last(?: (?:action|change|one))?"
    r"|my last (?:action|change)|what you (?:just )?did"
    rf"|the change))*{_TIMES}(?:[, ]+(?:and )?undo(?: that| it)?){{0,4}}"
)
_REDO = re.compile(
    r"(?:redo|re-do|undo (?:the|that|my|your) undo)(?: (?:it|that|this|please|the last (?:action|change|one|step"
    rf"|thing)|what you (?:just )?undid))*{_TIMES}(?:[, ]+(?:and )?redo(?: that| it)?){{0,4}}"
)
# "Undo the deletion": that, and nothing that was done since.
_DEEDS: dict[UndoneDeed, str] = {
    "deleted": r"delet(?:e|ion|ing)|removal|removing",
    "completed": r"complet(?:ion|ing)|check(?:ing)? off|tick(?:ing)? off",
    "created": r"add|adding|addition|creat(?:ion|ing)",
    "reopened": r"reopen(?:ing)?",
    "updated": r"renam(?:e|ing)|edit(?:ing)?|update|updating|move|moving|reschedul(?:e|ing)|postpon(?:e|ing|ement)"
    r"|tag(?:ging)?|(?:priority|date|title) change",
}
_UNDO_DEED = re.compile(
    r"(?:undo|revert|roll ?back|take back) (?:the |my |that |your |this )?(?:last |latest |previous )?"
    rf"(?:{'|'.join(f'(?P<{deed}>{words})' for deed, words in _DEEDS.items())})(?: please)?"
)
_NUMBERS = {"twice": 2, "both": 2, "two": 2, "three": 3, "four": 4, "five": 5}
_CHANGES = re.compile(
    r"what (?P<you>(?:did|have) (?:you|u) (?:just |recently |already )?(?:change|changed|do|done))"
    r"(?: (?:just now|recently|lately|today|so far|just|to my (?:tasks|list)))*"
    r"|what (?:has |have |was |were |all )*(?:just |recently )?(?:been )?changed(?: (?:recently|lately|today))?"
    r"|(?:(?:show|list|see|view|give)(?: me)? )?(?:the |my |your |all )*(?:recent |last |latest )?"
    r"(?:change ?log|change history|history(?: of changes)?|(?:recent|last|latest) changes)"
)
_CORRECTION = re.compile(r"(?:(?:no|nope|not that(?: one)?|i meant?|instead|rather)[,.!]* )+")
_DONE = re.compile(r"(?:done|finished|i'?m done|all done|i did it|done it)")

_WANT_TO_MOVE = re.compile(
    r"(?:i|we)(?:'d| would)? (?:need|have|want|like) to"
    r" (?=(?:move|reschedule|postpone|push|delay) .+ (?:to|until|till|by) )"
)
_NEGATED = re.compile(
    r"(?:do not|don'?t|never)(?: please| ever| yet)? (?:delete|remove|erase|complete|finish|mark|tick|check|move"
    r"|postpone|reschedule|push|change|rename|update|edit|tag|add|create|undo|redo|restore|reopen|set|touch|clear)\b.*"
)
_CONDITIONAL = re.compile(
    r"(?:(?:delete|remove|erase|complete|mark|tick|cross|check off|postpone|reschedule|snooze|restore|reopen) .+"
    rf"|(?:move|finish|push|skip|clear|undo) (?:{TASK_NOUN}|it|them|that|all|everything|#?[0-9]+|.+ {TASK_NOUN})\b.*)"
    r" (?:(?:if|unless|in case|provided(?: that)?|as long as) (?:it|they|that|this|he|she|i|you|we|the|my|there|nobody"
    r"|nothing|no one|task|not)|(?:when|once|as soon as|whenever) (?:it|they|that|this))\b.*"
)

_SHOW_ONE = re.compile(
    rf"(?:show|display|view|open|see|get|read|tell|describe|what is|what's|whats|give)(?: me)?(?: about)?(?:"
    rf" the)?(?: details?(?: of| for| about)?)? (?P<ref>(?:{TASK_NOUN} )?(?:number )?#?[0-9]{{1,9}})(?: details?|"
    rf" in detail| about)?"
    rf"|(?:when|what)(?: is|'?s) (?:the )?(?:due date|deadline|priority|status) (?:of|for) (?P<of>.+)|when(?: is|'?s)"
    rf" (?P<due>(?!(?:my |the )?next\b).+) due|when(?: is|'?s) (?P<at>(?:the|my) (?!next|first|last).+)"
    rf"|when (?:(?:do|must|should) i|i have|i need)(?: have| need)?(?: to)? (?P<do>.+)"
    r"|how (?:long|many days|much time)(?: is it| do i have| is left)? (?:until|till|to|before)"
    r" (?P<until>(?:the|my) .+)"
    r"|(?:show|display|view|open|what(?: is|'?s)|tell)(?: me)?(?: about)?"
    rf" (?P<place>(?:the |my )?(?:{alternatives(ORDINALS)}|latest|newest|most recent)"
    rf" (?:one|task|to-?do|reminder|item)|it|that|that (?:one|{TASK_NOUN}))(?: again)?"
    r"|(?:(?:give|show|tell|get)(?: me)? )?(?:the |more |some )*(?:details?|info(?:rmation)?) (?:of|for|about|on)"
    rf" (?P<info>.+)|tell me (?:more )?about (?P<about>.+"
    rf" {TASK_NOUN}|{TASK_NOUN} .+|it|that)"
)
_SHOW_NAMED = re.compile(r"(?:show|open|display|view)(?: me)? (?:the|my) (?P<ref>\w+(?: \w+){0,3})")
_TAGS = re.compile(
    r"(?:(?:what|which|show|list|see|view|are there)(?: me| are| any)* )?(?:all )?(?:my |the |of my )*(?:tags|labels)"
    r"(?: (?:do i have|do i use|have i got|are there|i have|there are))?"
)
_WHETHER = re.compile(
    r"(?:did|have) i (?:already )?"
    r"(?P<did>(?!any|every|all|do\b|have\b|done\b)[a-z]+ (?!any|every|all|it\b|that\b).+?)(?: yet| already)*"
    r"|is (?P<is>(?:the|my) .+?|task .+?)(?: already)? (?:done|finished|completed?)(?: yet| already)*"
    r"|do i (?:still |really |even )*(?:have|need) to (?P<must>(?!any|every|all|do\b|have\b)[a-z]+"
    r" (?!any|every|all|it\b|that\b).+?)(?: any ?more| still| yet)*"
)
_SEARCH = re.compile(
    rf"(?:(?:do i have|have i got|is there|are there) (?:an? |any )?{TASK_NOUN} (?:for|to)"
    r"|(?:is|are)(?: there)?(?: an?| any| the)?(?= .+ (?:on|in) (?:my|the) (?:to-?do |task )?(?:list|tasks)$)"
    r"|(?:find|search(?: for)?|look for|look up|where is|where's|locate)(?: me)?"
    rf"(?: (?:all )?(?:my |the |any |a )?{TASK_NOUN}(?: that (?:are|is|have|has|contain|mention))?)?"
    r"(?: (?:about|for|with|containing|related to|named|called|matching|like))?):? (?P<query>.+)"
)
_LIST_VERB = re.compile(
    r"(?:show|list|display|view|see|print|give|get|fetch|tell|read|check|review|pull up|bring up|open|look at|go"
    r" through|let me see|let me know|know|summari[sz]e|recap)"
    r"(?: me)?(?: out)?(?: to me)?(?=[ :]|$)"
)
# "Which shopping tasks are due today?"
_KIND = re.compile(
    r"\b(?:which|what|any|my|the|all|many|of) (?P<kind>(?!other |more |new |old |next )[\w'-]+(?: [\w'-]+)?)"
    rf" (?:{TASK_NOUN}|lists?)\b"
)
# "Show work and finance tasks"
_PAIR = re.compile(rf"\b(?P<one>[\w'-]+) (?:and|or) (?P<two>[\w'-]+) {TASK_NOUN}\b")
# "Which meetings are next week?"
_KINDS = re.compile(r"\b(?:which|what|any|many|my|the|all) (?P<kinds>[\w'-]+s)\b")
_EXCEPT = re.compile(r"\b(?:except|but|not|without|excluding|apart|other than|unless|neither|nor|[a-z]+n't)\b")
_FIRM_LIST_VERB = re.compile(r"(?:show|list|display|view|see|print|pull up|bring up|give me|get me|find|fetch)\b")
_SO_MANY = re.compile(r"(?:only |just )?(?:the |my )?(?:first|top|last|latest|newest|next) ")
_TO_DO_YET = re.compile(r"\b(?:next|should|must|(?:have|need|supposed) to)\b")
_PLAN = re.compile(
    r"(?P<day>(?:plan|organi[sz]e|prepare) (?:my|the) (?:day|today|(?P<tomorrow>tomorrow))|plan (?:for )?today"
    r"|how(?:'s| is| does| will) (?:my|the) (?:day|today)(?: look(?:ing)?)?(?: like)?"
    r"|what(?:'s| is) (?:on )?(?:my|the) (?:agenda|plan|schedule)(?: for(?: the day| today)?)?)"
    r"|what (?:should|shall|do|can|must) i (?:need to |have to )?(?:do|work on|start with|tackle)(?: now| first| next)+"
    r"|what now|what(?:'s| is) next|where (?:do|should) i (?:start|begin)"
    r"|what (?:needs|has) (?:to be done|doing|my attention)(?: now| first)*"
)
_COUNT = re.compile(r"\bhow (?:many|much)\b|\bnumber of\b|\bcount\b")
_QUESTION = re.compile(
    r"(?:whats?|which|when|where|who|whom|whose|why|how|is|are|was|were|do|does|did|am|can|could|would|will|should"
    r"|shall|may|have|has|any|isn't|aren't|don't|doesn't)\b"
)

_MOST_WORDS_OF_A_DAY = 4


def understand(text: str, now: datetime, locale: str = "") -> Intent:
    """What a person asks for. Never raises; `Unknown` when in doubt.

    `now` is aware, in the person's zone; `locale` says how they write numeric dates.
    """
    text, reader = clean(text), Reader(now, locale)
    if len(text) > LONGEST_COMMAND:
        return read_add(strip_politeness(text), reader) or Unknown()
    intent = _read(text, reader)
    if isinstance(intent, Unknown) and (words := with_its_verb(strip_politeness(text))) is not None:
        return _read(words, reader)
    return intent


def _read(text: str, reader: Reader) -> Intent:
    return _corrected(text, reader) or read_several(text, reader, _one) or _one(text, reader)


def _corrected(text: str, reader: Reader) -> Intent | None:
    """ "Add buy milk, no wait, buy bread": the second of them, as far as it says a command or what is other in it."""
    parts = corrected_in_one(text, reader)
    if parts is None:
        return None
    said, words = parts
    meant = _one(words, reader)
    if isinstance(meant, AddTasks | CompleteTasks | ReopenTasks | DeleteTasks | UpdateTasks) and is_certain(
        words, meant
    ):
        return meant
    return instead_of(_one(said, reader), words, reader)


def read_addition(text: str, reader: Reader) -> Addition | None:
    """What an answer to a question about "it" adds: "and make it high priority", "yes, for tomorrow"."""
    text = clean(text)
    if len(text) > LONGEST_COMMAND:
        return None
    agreed = _YES_AND.match(Phrase(text).view)
    words = strip_politeness(text[agreed.end() :] if agreed else text)
    match changing.read_update(words, reader):
        case UpdateTasks(refs, changes) if all(isinstance(ref, Mentioned) for ref in refs):
            return Addition(changes, agreed is not None)
    attributes = changing.read_attributes(words, reader)
    return Addition(attributes, agreed is not None) if attributes else None


def _one(text: str, reader: Reader) -> Intent:
    for words in dict.fromkeys((text.rstrip(_STOP), strip_politeness(text))):
        if social := _social(words):
            return social
    words = strip_politeness(text)
    if not words:
        return Unknown()
    asks = text.endswith("?") and words == text.rstrip(_STOP)
    for rule in _RULES:
        if (intent := rule(words, reader)) is not None:
            return intent
    if (intent := read_other_language(text, reader)) is not None:
        return intent
    if asks or _QUESTION.match(Phrase(words).view):
        return Unknown()
    if _INSTEAD.search(Phrase(text).view) and (moved := changing.read_move_instead(words, reader)) is not None:
        return moved
    likely = read_likely_task(words, reader)
    if isinstance(likely, AddTasks) and any(_social(draft.title.lower()) for draft in likely.drafts):
        return Unknown()
    return likely or _with_leading_day(words, reader) or Unknown()


def _with_leading_day(words: str, reader: Reader) -> Intent | None:
    """ "Tomorrow I have to call the bank": what follows is read, with the day after it."""
    for space in list(re.finditer(",? ", words))[:_MOST_WORDS_OF_A_DAY]:
        day, rest = words[: space.start()], words[space.end() :]
        if read_when(day, reader) is not None and (found := read_add(strip_politeness(rest), reader)) is not None:
            return (
                read_add(f"{strip_politeness(rest)} {day}", reader)
                if isinstance(found, AddTasks) and found.drafts
                else None
            )
    return None


def strip_politeness(text: str) -> str:
    """The sentence without greetings, "could you please" and the like around it."""
    words = text
    for _ in range(6):
        view = Phrase(words).view
        match = _POLITE_START.match(view) or _WANT_TO.match(view)
        if match is None:
            break
        words = words[match.end() :]
    for _ in range(3):
        shorter = words.rstrip(_STOP)
        if match := _POLITE_END.search(Phrase(shorter).view):
            shorter = shorter[: match.start()]
        if shorter == words or not shorter:
            break
        words = shorter
    return words


def _social(words: str) -> Intent | None:
    view = Phrase(words).view
    for pattern, intent in (
        (_GREETING, Greeting()),
        (_HELP, Help()),
        (_THANKS, Thanks()),
        (_YES, Yes()),
        (_NO, No()),
    ):
        if pattern.fullmatch(view):
            return intent
    return _about_changes(view)


def _about_changes(view: str) -> Intent | None:
    """Undo, redo, and what was changed."""
    if _REDO.fullmatch(view):
        return Redo(_times(view, "redo"))
    if _UNDO.fullmatch(view):
        return Undo(_times(view, "undo"), of_that=re.search(r"\b(?:it|that|this)\b", view) is not None)
    if match := _UNDO_DEED.fullmatch(view):
        return Undo(deed=next(deed for deed in _DEEDS if match[deed]))
    if match := _CHANGES.fullmatch(view):
        return ListChanges(by_assistant=match["you"] is not None)
    return None


def _times(view: str, verb: str) -> int:
    """How many changes: "undo, undo", "undo twice", "undo the last 3 changes"."""
    for word in re.findall(r"\b(?:twice|both|two|three|four|five|[2-5])\b", view):
        return _NUMBERS.get(word) or int(word)
    return max(1, len(re.findall(rf"\b{verb}\b", view)))


def _ordering(words: str, reader: Reader) -> Intent | None:
    """ "Put milk at the top of my list" adds what is not there yet."""
    intent = read_ordering(words, reader)
    if re.match(rf"put (?:an?|another|the new) (?:new )?{TASK_NOUN}\b", Phrase(words).view):
        return None
    if not isinstance(intent, OrderTasks) or intent.other or not Phrase(words).view.startswith("put "):
        return intent
    adding = read_add(f"add {words[4:]}", reader)
    is_named = all(isinstance(ref, ByPhrase) for ref in intent.refs)
    return replace(intent, otherwise=adding) if isinstance(adding, AddTasks) and adding.place and is_named else intent


def _show_one(words: str, reader: Reader) -> Intent | None:
    match = _SHOW_ONE.fullmatch(Phrase(words).view)
    if match is None or match.lastgroup is None:
        return None
    refs = read_refs(words[match.start(match.lastgroup) : match.end(match.lastgroup)], reader)
    return ShowTask(refs[0]) if len(refs) == 1 and not isinstance(refs[0], Matching) else None


def _show_named(words: str, reader: Reader) -> Intent | None:
    """ "Show the report": what no rule for lists knows is a task's name."""
    match = _SHOW_NAMED.fullmatch(Phrase(words).view)
    return ShowTask(ByPhrase(words[match.start("ref") :])) if match else None


def _asked_whether(words: str, reader: Reader) -> Intent | None:
    """ "Did I pay the rent?", "is the report done?": the task tells."""
    match = _WHETHER.fullmatch(Phrase(words).view)
    if match is None or match.lastgroup is None:
        return None
    named = words[match.start(match.lastgroup) : match.end(match.lastgroup)]
    if match["did"] or match["must"]:
        verb, _, rest = named.partition(" ")
        verb = PAST.get(verb.lower(), verb.lower())
        if verb not in TASK_VERBS:
            return None
        named = re.sub("^(?:the|my|our) ", "", rest, flags=re.IGNORECASE)
        return ShowTask(ByPhrase(named if verb == "finish" else f"{verb} {named}")) if named else None
    refs = read_refs(named, reader)
    return ShowTask(refs[0]) if len(refs) == 1 and not isinstance(refs[0], Matching) else None


def _search(words: str, reader: Reader) -> Intent | None:
    match = _SEARCH.fullmatch(Phrase(words).view)
    if match is None:
        return None
    found = words[match.start("query") : match.end("query")]
    found = re.sub(r"(?: still| already)? (?:on|in) (?:my|the) (?:to-?do |task )?(?:list|tasks)$", "", found)
    reading = read_filters(found, reader)
    if not reading.leftover and reading.says_anything:
        return ListTasks(reading.filters)
    query = re.sub(rf"^(?:my|the|a|an) | {TASK_NOUN}$", "", found, flags=re.IGNORECASE).strip(" '\"")
    return ListTasks(Filters(query=query)) if query else None


def _list_tags(words: str, reader: Reader) -> Intent | None:
    return ListTags() if _TAGS.fullmatch(Phrase(words).view) else None


def _list(words: str, reader: Reader) -> Intent | None:
    """ "Show the first three tasks due today": all that are meant, and how many of them."""
    view = Phrase(words).view
    lists = _LIST_VERB.match(view) or _QUESTION.match(view) or _SO_MANY.match(view)
    wanted = read_how_many(words) if lists else None
    if wanted is None or _COUNT.search(view):
        return _list_all(words, reader)
    intent = _list_all(wanted.words, reader)
    if not isinstance(intent, ListTasks):
        return None
    filters = intent.filters.narrowed(sort=wanted.sort) if wanted.sort else intent.filters
    if wanted.sort in (Sort.DUE_DATE, Sort.PRIORITY) and filters.status is None:
        filters = filters.narrowed(status=Status.PENDING)
    return ListTasks(filters, most=wanted.number)


def _list_all(words: str, reader: Reader) -> Intent | None:
    view = Phrase(words).view
    verb = _LIST_VERB.match(view)
    asked = words[verb.end() :] if verb else words
    count_only = _COUNT.search(view) is not None
    if verb and not asked.strip(" :"):
        return ListTasks(Filters(status=Status.ALL)) if view in ("list", "show") else None
    reading = read_filters(asked, reader)
    question = _QUESTION.match(view) is not None
    names_tasks = reading.says_tasks or reading.filters != Filters(query=reading.filters.query)
    if not (verb or question or names_tasks):
        return None  # "called mom"
    if not reading.leftover:
        if reading.says_anything or (question and _asks_what_to_do(view)):
            filters = reading.filters
            if question and filters.status is None and _TO_DO_YET.search(view):
                filters = filters.narrowed(status=Status.PENDING)
            if not count_only and filters.due == (DueWindow.TODAY,) and _asks_what_to_do(view):
                filters = replace(filters, due=(), between=(date.min, reader.today))
            return ListTasks(filters, count_only)
        return None
    if _EXCEPT.search(reading.leftover.lower()):
        return None
    if (pair := _PAIR.search(view)) and set(reading.leftover.lower().split()) - {"or"} == {pair["one"], pair["two"]}:
        parts = [reading.filters.narrowed(query=pair[name]) for name in ("one", "two")]
        return ListTasks(either([part for filters in parts for part in filters.parts]), count_only)
    if verb and _FIRM_LIST_VERB.match(view) and reading.says_tasks and len(reading.leftover.split()) <= 5:
        return ListTasks(reading.filters.narrowed(query=re.sub(r"'s$", "", reading.leftover)))
    if (verb or question or count_only) and (kind := _KIND.search(view)) and kind["kind"] == reading.leftover.lower():
        return ListTasks(reading.filters.narrowed(query=reading.leftover), count_only)
    if (verb or question) and (kinds := _KINDS.search(view)) and kinds["kinds"] == reading.leftover.lower():
        query = singular(kinds["kinds"]) if reading.says_anything else None
        return ListTasks(reading.filters.narrowed(query=query), count_only) if query else None
    if verb and re.match(r"(?:show|display|view)\b", view) and names_a_task(asked):
        return ListTasks(Filters(query=reading.leftover))
    return None


def _asks_what_to_do(view: str) -> bool:
    if re.match(r"(?:do i have |is there )?anything (?:left |else |still )*to do\b", view):
        return True
    return re.match(r"what(?:'s|s| is)? .*\b(?:do|next|have|needs?|must|should|on|up|left)\b", view) is not None


def _plan(words: str, reader: Reader) -> Intent | None:
    """ "Plan my day", "what should I do next?": begins with what is overdue."""
    match = _PLAN.fullmatch(Phrase(words).view)
    if match is None:
        return None
    last = reader.today + timedelta(days=1 if match["tomorrow"] and reader.today < date.max else 0)
    between = (date.min, last) if match["day"] else None
    return ListTasks(Filters(Status.PENDING, between=between, sort=Sort.DUE_DATE))


def _wanted_move(words: str, reader: Reader) -> Intent | None:
    """ "I need to move the dentist to friday": a task there is, rather than a thing to do."""
    wanted = _WANT_TO_MOVE.match(Phrase(words).view)
    moved = changing.read_update(words[wanted.end() :], reader) if wanted else None
    return moved if isinstance(moved, UpdateTasks) else None


def _negated(words: str, reader: Reader) -> Intent | None:
    """ "Don't delete milk": nothing is done."""
    return No() if _NEGATED.fullmatch(Phrase(words).view) else None


def _conditional(words: str, reader: Reader) -> Intent | None:
    """ "Delete task 3 if it is overdue": nobody watches for that."""
    return Unknown() if _CONDITIONAL.fullmatch(Phrase(words).view) else None


def _done(words: str, reader: Reader) -> Intent | None:
    return CompleteTasks((Mentioned(),)) if _DONE.fullmatch(Phrase(words).view) else None


def _choice(words: str, reader: Reader) -> Intent | None:
    corrected = _CORRECTION.match(Phrase(words).view)
    refs = read_refs(words[corrected.end() :] if corrected else words, reader)
    if refs and all(isinstance(ref, ById | Ordinal | Mentioned) for ref in refs):
        return Choose(refs)
    return None


_RULES: tuple[_Rule, ...] = (
    _done,
    read_trash,
    _conditional,
    read_repeating,
    _negated,
    _wanted_move,
    _ordering,
    read_subtasks,
    changing.read_statement,
    changing.read_update,
    changing.read_reopen,
    changing.read_complete,
    _choice,
    _show_one,
    _list_tags,
    _plan,
    _list,
    _show_named,
    _asked_whether,
    _search,
    changing.read_delete,
    read_add,
)
