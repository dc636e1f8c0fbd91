"""Sentences that change tasks there are: complete, reopen, delete, rename, move, tag and the like."""

import re
from dataclasses import replace

from todo_backend.language.drafts import cut_priority, cut_tags, read_draft, read_priority, split_tags
from todo_backend.language.due import When, extract_due, read_when
from todo_backend.language.fields import MAX_DESCRIPTION, MAX_TITLE, Priority, Status
from todo_backend.language.filters import read_filters
from todo_backend.language.intents import (
    AddTasks,
    ByPhrase,
    Changes,
    CompleteTasks,
    DeleteTasks,
    Filters,
    Intent,
    Matching,
    ReopenTasks,
    TaskRef,
    UpdateTasks,
)
from todo_backend.language.phrase import QUOTED, Phrase, clean, unquote
from todo_backend.language.reader import Reader
from todo_backend.language.refs import names_a_task, read_refs
from todo_backend.language.repeating import read_recurring
from todo_backend.language.words import GERUNDS, NUMBERS, ORDINALS, PAST, TASK_NOUN, TASK_VERBS, alternatives

_DONE = r"(?:done|complete|completed|finished|closed|resolved)"
_NOT_DONE = (
    r"(?:not (?:yet )?(?:done|complete|completed|finished)|incomplete|uncompleted?|undone|unfinished|pending|open"
    r"|to-?do|active|not-done)"
)
_LIST_SUFFIX = r"(?: (?:from|on|of|off|in) (?:my|the) (?:to-?do |task )?(?:list|tasks|to-?dos))?"
_FIELD = (
    r"(?P<field>title|name|description|notes?|details|due date|due time|due|deadline|date|time|prio(?:rity)?|tags?"
    r"|labels?)"
)
_PRIORITY_WORDS = (
    r"(?:an? )?(?:(?:very )?(?:high|highest|top|medium|normal|low|lowest|no)[ -]prio(?:rity)?|(?:very )?urgent"
    r"|(?:very )?important|critical|asap|p[1-4]"
    r"|high|medium|low|priority (?:high|medium|low|none|p[1-4]))"
)

_COMPLETE = [
    re.compile(pattern)
    for pattern in (
        rf"(?:mark|set|flag|check|tick|cross|change|update|move|turn) (?P<ref>.+?)(?: off)?(?:(?: status)? (?:as"
        rf"|to|to be|is|into|it))? (?:all |being )?{_DONE}",
        rf"(?:mark|set) (?:as )?{_DONE}:? (?P<ref>.+)",
        rf"(?P<ref>(?:{TASK_NOUN} #?|#)[0-9]{{1,9}}):? (?:{_DONE}|finish)",
        rf"(?:check|tick|cross|mark|strike) (?:off|out) (?P<ref>.+?){_LIST_SUFFIX}",
        r"(?:check|tick|cross|strike|mark) (?P<ref>.+?) off(?: of)?(?: (?:my|the) (?:to-?do |task )?list)?",
        rf"(?:tick|complete) (?P<ref>.+?){_LIST_SUFFIX}",
        r"(?:done|finished|completed)(?::| -|,) (?P<ref>.+)",
        rf"(?P<ref>(?!(?:what|which|show|list|view|see|display|find|add|(?:all |my |the )*{TASK_NOUN})\b).+?)"
        rf"(?: -|:|,) {_DONE}",
    )
]
_FINISHED = re.compile(
    r"(?:i've|i have|i|we|we've|just|already|i'm|i am|im)? ?(?:just |already |now |finally )*(?:finished"
    r"|completed|done|did(?! i\b))(?: with)? (?P<ref>(?!tasks?$|to-?dos?$|items?$).+)"
)
# "I paid the rent" names what has been done by its verb, too.
_DID = re.compile(
    rf"(?:(?:i|we)(?:'ve| have)? )?(?:(?:just|already|now|finally) )*(?P<verb>{alternatives(PAST)})"
    r" (?P<ref>(?!(?:by|an?|some|something|nothing|it|that|this|them|these|those|all|every|everything|you|me|us)\b).+)"
)
_HAS_BEEN = re.compile(
    r"(?:the|my) (?P<ref>\w+(?: \w+){0,4}?) (?:has been|have been|is|are|was|were|got)(?: now| already| finally)*"
    rf" (?P<verb>{alternatives(PAST)})(?: now| already)?"
)
# "The kitchen is clean" says that it has been cleaned, as far as anybody knows.
_IS_SO = re.compile(
    r"(?:the|my) (?P<ref>\w+(?: \w+){0,3}) (?:is|are)(?: now| all| finally)? (?P<verb>clean|tidy)(?: now)?"
)
# "Kitchen done"
_BARE_DONE = re.compile(
    r"(?!(?:what|which|who|when|why|how|show|list|view|see|display|find|add|get|got|have|has|having|is|are|was|were|be|been"
    r"|being|not|nothing|never|almost|nearly|half|well|all|any|every|to|i|i'm|we|you|he|she|they|it|it's|that|that's|this"
    r"|need|needs|want|make|no|so|until|then|and|if|as|clear|delete|remove|erase|hide|mark|undo|reopen|move|search)\b)"
    r"(?P<ref>(?!not\b)\w+(?: (?!not\b|be\b|get\b)\w+){0,2}) (?:done|finished|completed)"
)
# "It is done", "work is done": no task is named.
_NAMES_NOTHING = (
    r"(?:it|that|this|they|these|those|he|she|we|you|i|all|both|what|which|who|how|when|why|where|is|are|if|everything|nothing"
    r"|something|anything|everyone|nobody|none|job|work|stuff|there|dinner|half|almost|not|some|any)\b"
)
_SHORT_NAME = re.compile(rf"(?:the|my) \w+(?: \w+){{0,3}}|(?!{_NAMES_NOTHING})\w+(?: \w+)?")
_KIND_OF_TASKS = re.compile(r"(?:completed|finished|done) (?:tasks|to-?dos|items)\b")
_MOST_WORDS_OF_A_NAME = 8
_MOST_WORDS_OF_A_TAG = 3
_AND_DID = re.compile(rf",? and (?=(?:i )?(?:{alternatives(PAST)}|finished|completed|did) )")
_EARLIER = re.compile(r" (?:already|earlier(?: today)?|just now|yesterday|this morning|last night)$")
_COMPLETE_NAMED = re.compile(rf"(?:finish|close|resolve|end) (?P<ref>.+?){_LIST_SUFFIX}")
_IS_DONE = re.compile(
    rf"(?P<ref>.+?)(?: is| are| has been| have been| was|'s)(?: now| all| already| finally)? {_DONE}(?: now|"
    rf" already)?"
)
_REOPEN = [
    re.compile(pattern)
    for pattern in (
        rf"(?:mark|set|flag|change|move|turn) (?P<ref>.+?)(?: back)?(?:(?: status)? (?:as|to|to be|is))?"
        rf" {_NOT_DONE}(?: again)?",
        r"(?:reopen|re-open|uncomplete|un-complete|uncheck|untick|unmark|reactivate|unfinish|undo (?:the"
        r" )?completion of|undo completing) (?P<ref>.+?)(?: as (?:done|complete|completed))?",
        r"(?:i|we) (?:haven't|have not|havent|didn't|did not|didnt) (?:actually |really |yet )*(?:finish|finished"
        r"|complete|completed|do|done) (?P<ref>.+?)(?: yet)?",
    )
]
_IS_NOT_DONE = re.compile(
    r"(?P<ref>.+?) (?:is not|isn't|isnt|are not|aren't|was not|wasn't|has not been|hasn't been)(?: yet| really|"
    r" actually)* (?:done|complete|completed"
    r"|finished)(?: yet)?"
)
_DELETE = re.compile(
    rf"(?:delete|del|remove|erase|trash|discard|get rid of|throw away|throw out|scrap|wipe|clear|clean up|take)(?:"
    rf" out)? (?P<ref>.+?){_LIST_SUFFIX}"
)
_DELETE_NAMED = re.compile(rf"(?:cancel|drop|clear(?: out| up)?|dismiss|kill) (?P<ref>.+?){_LIST_SUFFIX}")
_DROPPED = re.compile(rf"(?:forget(?: about)?|scratch|never ?mind(?: about)?) (?P<ref>(?!to\b).+?){_LIST_SUFFIX}")
_WANTED_GONE = re.compile(
    r"(?:i(?:'d)?|we) (?:want|need|would like|like) (?P<ref>.+?) (?:gone|deleted|removed|off (?:my|the) list)"
)
_NEEDS_A_NAME = re.compile(r"(?:clear|take|clean up|wipe)\b")
_OFF_MY_LIST = re.compile(r" (?:off|from) (?:of )?(?:my|the) (?:to-?do |task )?(?:list|tasks|to-?dos)$")
_WHOLE_LIST = re.compile(r"(?:(?:my|the|whole|entire|full|to-?do|task) )*list")

_FIELD_OF = re.compile(
    rf"(?:change|set|update|edit|modify|make|put|move) (?:the )?{_FIELD} (?:of|for|on|in) (?P<ref>.+?) (?:to be|to"
    rf"|as|with|into|be)[: ]+(?P<value>.+)"
)
_OWN_FIELD = re.compile(
    rf"(?:change|set|update|edit|modify) (?P<ref>.+?)(?:'s)? {_FIELD}(?: to be| to| as| with|:)? (?P<value>.+)"
)
_RENAME = re.compile(rf"(?:rename|retitle|re-name) (?P<ref>{QUOTED}+|.+?) (?:to|as|into|->) ?(?P<value>.+)")
_RENAME_QUOTED = re.compile(rf"(?:rename|retitle|re-name) (?P<ref>.+?) (?P<value>{QUOTED}+)")
_CHANGE = re.compile(
    r"(?:change|update|edit|modify|replace|correct|set|turn|switch|move) (?P<ref>.+?) (?:to be|to|into|with|as|->)"
    r" ?(?P<value>.+)"
)
_CHANGE_COLON = re.compile(
    rf"(?:change|update|edit|modify) (?P<ref>(?:{TASK_NOUN} )?#?[0-9]{{1,9}}):"
    rf" ?(?P<value>.+)"
)
_MOVE = re.compile(
    r"(?:move|reschedule|re-schedule|postpone|push|push back|delay|defer|shift|snooze|bring forward"
    r"|bring(?= .+ forward )|put off|set|make|schedule|change|update) (?P<rest>.+)"
)
_MAKE_IT = re.compile(rf"make (?P<ref>it|that|this|them|(?:{TASK_NOUN} )?#?[0-9]{{1,9}}) (?P<value>.+)")
_MOVE_SEPARATOR = re.compile(
    r"(?: back| forward| out)?(?: to be)?(?: due)?(?: date)? (?:to|until|till|for|on|by|due|from [a-z0-9 ]{1,30}"
    r" to) "
)
_POSTPONE = re.compile(
    rf"(?:postpone|push|push back|delay|defer|shift|move|snooze|reschedule) (?P<ref>.+?)(?: back| forward|"
    rf" out)?(?: by| for)? "
    rf"(?P<amount>[0-9]{{1,3}}|{alternatives(NUMBERS)}) (?:more )?(?P<unit>days?|weeks?)(?: later)?"
)
_MAKE = re.compile(
    rf"(?:make|mark|set|flag|label|change|give|treat|put|consider|bump|raise|upgrade|lower) (?P<ref>.+?)(?: status"
    rf"| priority)?(?: (?:as|to"
    rf"|to be|with|at|a))? (?P<value>{_PRIORITY_WORDS})(?: and (?P<more>.+))?"
)
_GIVE = re.compile(rf"give (?P<ref>.+?) (?:an?|the) {_FIELD}(?: of)? (?P<value>.+)")
_PRIORITISE = re.compile(r"(?P<un>de-?)?prioriti[sz]e (?P<ref>.+)")
_RAISE = re.compile(
    r"(?P<way>raise|increase|bump(?: up)?|lower|decrease|reduce) (?:the )?priority (?:of|for|on) (?P<ref>.+?)(?:"
    r" to (?P<value>.+))?"
)
_ADD_TAGS = [
    re.compile(pattern)
    for pattern in (
        r"(?:add|put|attach|apply|assign) (?:the |an? )?(?:tags?|labels?):? (?P<value>.+?) (?:to|on|onto)"
        r" (?P<ref>.+)",
        r"(?:add|put|attach|apply|assign) (?:the |an? )?(?P<value>[\w#-]+|"
        + QUOTED
        + r"+) (?:tag|label) (?:to|on|onto) (?P<ref>.+)",
        r"(?:add|put|attach|apply) (?P<value>#[\w-]+(?:(?:,| and|, and)? #[\w-]+)*) (?:to|on|onto) (?P<ref>.+)",
        r"(?:tag|label) (?P<ref>.+?) (?:as|with|under) (?P<value>.+)",
        rf"(?:tag|label) (?P<ref>(?:(?:the )?{TASK_NOUN} )?#?[0-9]{{1,9}}|it|that|this"
        rf"|the (?:{alternatives(ORDINALS)}) (?:one|task)) (?P<value>.+)",
    )
]
_REMOVE_TAGS = [
    re.compile(pattern)
    for pattern in (
        r"(?:remove|delete|drop|take|strip) (?:the )?(?:tags?|labels?):? (?P<value>.+?) (?:from|off|of)"
        r" (?P<ref>.+)",
        r"(?:remove|delete|drop|take|strip) (?:the )?(?P<value>[\w#-]+|"
        + QUOTED
        + r"+) (?:tag|label) (?:from|off|of) (?P<ref>.+)",
        r"(?:remove|drop|take) (?P<value>#[\w-]*[a-z][\w-]*) (?:from|off|of) (?P<ref>.+)",
        r"untag (?P<value>.+?) from (?P<ref>.+)",
    )
]
_CLEAR = re.compile(
    r"(?:remove|delete|clear|drop|unset|erase|take) (?:the |all |any )?(?P<field>due date|due time|deadline|date"
    r"|time|description|notes?|priority|tags|labels|due)(?: (?:of|from|for|on|off|in)) (?P<ref>.+)"
)
_UNTAG = re.compile(r"(?:untag|unlabel) (?P<ref>.+)")
_ADD_FIELD = [
    re.compile(pattern)
    for pattern in (
        rf"add (?:an? |the |this )?(?P<field>description|notes?|details?|comment)[: ]+(?P<value>{QUOTED}+|.+?)"
        rf" (?:to|on|for) (?P<ref>(?:the )?{TASK_NOUN} .+|.+ {TASK_NOUN}|#?[0-9]{{1,9}}|it|that|this|{QUOTED}+)",
        r"add (?:an? |the |this )?(?P<field>description|notes?|details?|comment) (?:to|on|for) (?P<ref>.+?)(?::|"
        r" saying| that says| of) ?(?P<value>.+)",
        r"(?:add|set) (?:an? |the )?(?P<field>due date|deadline|priority|due time)(?: of)?:? (?P<value>.+?) (?:to"
        r"|for|on)"
        r" (?P<ref>.+)",
        r"add (?:an? |the )?(?P<field>due date|deadline|due time) (?:to|for) (?P<ref>.+?)(?: of|:) (?P<value>.+)",
        r"(?:add|set|create) (?:an? )?(?P<field>reminder|alarm) (?:for|on|to)"
        rf" (?P<ref>(?:{TASK_NOUN} )?#?[0-9]{{1,9}}|it) (?P<value>.+)",
        rf"add (?:to|on) (?P<ref>{TASK_NOUN} #?[0-9]{{1,9}})(?P<field>:) ?(?P<value>.+)",
    )
]
_STATED = re.compile(
    rf"(?P<ref>(?:it|that|this)(?='s )|.+?)(?: is| (?P<firm>should be|must be|has to be|needs to be)|'s)"
    rf"(?: now| actually)? (?P<value>due .+|{_PRIORITY_WORDS})"
)
_DUE_ON = re.compile(r"make (?P<ref>.+?) due (?P<value>.+)")

_HAPPENS = re.compile(
    r"(?P<ref>(?:the|my) \w+(?: \w+){0,5}?(?= (?:is|was|got|has|moved|can) )"
    r"|\w+(?: \w+){0,3}?(?= (?:(?:is|was|got|has been|has) )?moved to ))"
    r" (?:is (?:now |actually )?(?=on |at |due )"
    r"|(?:(?:is|was|got|has been|has) )?moved to |can wait (?:until|till) )(?P<value>.+)"
)
_NO_MORE = r"(?: any ?more| any longer| after all)"
_NOT_NEEDED = re.compile(
    rf"(?:i|we) (?:(?:don't|do not|dont|needn't|no longer) (?:have to|need to|need) |needn't )(?P<ref>.+?){_NO_MORE}"
    rf"|(?:i|we) no longer (?:have to|need to|need) (?P<longer>.+)|no need to (?P<need>.+?){_NO_MORE}?"
    r"|(?P<off>.+?) (?:is|was|got|has been) (?:cancelled|canceled|called off)"
    rf"|(?P<unneeded>.+?) (?:(?:is|are) (?:not|no longer)|isn't|aren't) (?:needed|necessary){_NO_MORE}?"
)


def read_complete(words: str, reader: Reader) -> Intent | None:
    """ "Mark task 3 as done", "check off milk", "I finished the report"; "finish ..." only with a task's name."""
    for pattern in _COMPLETE:
        if refs := _refs(words, pattern, reader):
            return CompleteTasks(refs)
    said = words[: len(_EARLIER.sub("", Phrase(words).view))]
    if (refs := _finished(said, reader)) and not _asks_which(words, refs, reader):
        return CompleteTasks(tuple(map(_as_titled, refs)))
    if (match := _BARE_DONE.fullmatch(Phrase(words).view)) and read_filters(words, reader).leftover:
        return CompleteTasks(refs) if (refs := _refs(words, _BARE_DONE, reader)) else None
    match = _COMPLETE_NAMED.fullmatch(Phrase(words).view)
    if match is None or QUOTED in match["ref"].strip(QUOTED):
        return None
    refs = read_refs(_group(words, match, "ref"), reader)
    if names_a_task(_group(words, match, "ref")) or any(isinstance(ref, Matching) for ref in refs):
        return CompleteTasks(refs)
    return None


def read_move_instead(words: str, reader: Reader) -> Intent | None:
    """ "Dentist at 4pm (instead)": another day or time for a task that there is."""
    for space in list(re.finditer(" ", words))[:_MOST_WORDS_OF_A_NAME]:
        if (when := read_when(words[space.end() :], reader)) is not None:
            return _updating(read_refs(words[: space.start()], reader), _due(when))
    return None


def read_reopen(words: str, reader: Reader) -> Intent | None:
    """ "Reopen task 3", "mark milk as not done"."""
    for pattern in _REOPEN:
        if refs := _refs(words, pattern, reader):
            return ReopenTasks(refs)
    return None


def read_delete(words: str, reader: Reader) -> Intent | None:
    """ "Delete the meeting task"; "cancel ..." and "clear ..." only with a task's name or a group of tasks."""
    view = Phrase(words).view
    match = _DELETE.fullmatch(view)
    certain = match is not None and (not _NEEDS_A_NAME.match(view) or _OFF_MY_LIST.search(view) is not None)
    if dropped := _DROPPED.fullmatch(view):
        refs = read_refs(_group(words, dropped, "ref"), reader)
        return DeleteTasks(refs, sure=names_a_task(_group(words, dropped, "ref"))) if refs else None
    match = match or _WANTED_GONE.fullmatch(view) or _DELETE_NAMED.fullmatch(view)
    if match is None:
        return None
    named = _group(words, match, "ref")
    if re.match(r"cancel (?:the|my) ", view) and not names_a_task(named):
        return _perhaps_cancelled(words, named, reader)
    if _WHOLE_LIST.fullmatch(match["ref"]):
        return DeleteTasks((Matching(Filters(status=Status.ALL)),))
    refs = read_refs(named, reader)
    if certain or names_a_task(named) or any(isinstance(ref, Matching) for ref in refs):
        return DeleteTasks(refs) if refs else None
    return None


def _perhaps_cancelled(words: str, named: str, reader: Reader) -> Intent | None:
    """ "Cancel the meeting with Ana": the task of that name if there is one, else a thing to do."""
    refs = read_refs(named, reader)
    if any(isinstance(ref, Matching) for ref in refs):
        return DeleteTasks(refs)
    draft = read_draft(words, reader, spoken=True)
    return DeleteTasks(refs, sure=False, otherwise=AddTasks((draft,), sure=False)) if refs and draft else None


def read_statement(words: str, reader: Reader) -> Intent | None:
    """ "Task 3 is done", "task 3 isn't done", "task 3 is due friday": statements about a task named as one."""
    view = Phrase(words).view
    if match := _IS_NOT_DONE.fullmatch(view):
        return ReopenTasks(refs) if (refs := _named_refs(words, match, reader)) else None
    if match := _IS_DONE.fullmatch(view):
        return CompleteTasks(refs) if (refs := _done_refs(words, match, reader)) else None
    if match := _NOT_NEEDED.fullmatch(view):
        refs = read_refs(_group(words, match, match.lastgroup or "ref"), reader)
        return DeleteTasks(refs, sure=False) if refs and not isinstance(refs[0], Matching) else None
    if (match := _HAPPENS.fullmatch(view)) and (when := read_when(_group(words, match, "value"), reader)):
        return _updating(read_refs(_group(words, match, "ref"), reader), _due(when))
    if (match := _HAS_BEEN.fullmatch(view)) and not _NOT_NEEDED.fullmatch(view):
        return CompleteTasks((ByPhrase(f"{PAST[match['verb']]} {_group(words, match, 'ref')}"),))
    if match := _IS_SO.fullmatch(view):
        return CompleteTasks((ByPhrase(f"{match['verb']} {_group(words, match, 'ref')}"),), sure=False)
    if match := _STATED.fullmatch(view):
        firm = match["firm"] and match["ref"].split()[0] in TASK_VERBS
        refs = read_refs(_group(words, match, "ref"), reader) if firm else _named_refs(words, match, reader)
        return _updating(refs, _changes(_group(words, match, "value"), reader))
    return None


def read_update(words: str, reader: Reader) -> Intent | None:
    """Everything that changes fields of a task."""
    view = Phrase(words).view
    return (
        _read_tags(words, view, reader)
        or _read_field(words, view, reader)
        or _read_priority(words, view, reader)
        or _read_rename(words, view, reader)
        or _read_move(words, view, reader)
        or _read_change(words, view, reader)
    )


def _read_tags(words: str, view: str, reader: Reader) -> Intent | None:
    for patterns, adds in ((_ADD_TAGS, True), (_REMOVE_TAGS, False)):
        for pattern in patterns:
            if match := pattern.fullmatch(view):
                tags = tuple(split_tags(_group(words, match, "value")))
                if any(len(tag.split()) > _MOST_WORDS_OF_A_TAG for tag in tags):
                    return None  # "with food and move them to friday"
                changes = Changes(add_tags=tags) if adds else Changes(remove_tags=tags)
                return _updating(read_refs(_group(words, match, "ref"), reader), changes)
    return None


def _read_field(words: str, view: str, reader: Reader) -> Intent | None:
    if untagged := _UNTAG.fullmatch(view):
        return _updating(read_refs(_group(words, untagged, "ref"), reader), _cleared("tags"))
    if match := _CLEAR.fullmatch(view):
        return _updating(read_refs(_group(words, match, "ref"), reader), _cleared(match["field"]))
    for pattern in (*_ADD_FIELD, _FIELD_OF, _OWN_FIELD, _GIVE):
        match = pattern.fullmatch(view)
        if match is None or (pattern is _OWN_FIELD and not names_a_task(_group(words, match, "ref"))):
            continue
        changes = _field_changes(match["field"], _group(words, match, "value"), reader)
        if changes is not None and changes.description and pattern in _ADD_FIELD:
            changes = Changes(note=changes.description)
        if changes is not None:
            return _updating(read_refs(_group(words, match, "ref"), reader), changes)
    return None


def _read_priority(words: str, view: str, reader: Reader) -> Intent | None:
    if match := _PRIORITISE.fullmatch(view):
        return _updating(
            read_refs(_group(words, match, "ref"), reader),
            Changes(priority=Priority.LOW if match["un"] else Priority.HIGH),
        )
    if match := _RAISE.fullmatch(view):
        level = read_priority(_group(words, match, "value")) if match["value"] else None
        lowered = match["way"] in ("lower", "decrease", "reduce")
        return _updating(
            read_refs(_group(words, match, "ref"), reader),
            Changes(priority=level or (Priority.LOW if lowered else Priority.HIGH)),
        )
    if match := _MAKE.fullmatch(view):
        changes = _changes(_group(words, match, "value"), reader)
        if match["more"]:
            more = _changes(_group(words, match, "more"), reader)
            if more is None or changes is None:
                return None
            changes = replace(more, priority=changes.priority)
        return _updating(read_refs(_group(words, match, "ref"), reader), changes)
    return None


def _read_rename(words: str, view: str, reader: Reader) -> Intent | None:
    match = _RENAME.fullmatch(view) or _RENAME_QUOTED.fullmatch(view)
    if match is None:
        return None
    return _updating(read_refs(_group(words, match, "ref"), reader), _titled(_group(words, match, "value")))


def _read_move(words: str, view: str, reader: Reader) -> Intent | None:
    if match := _POSTPONE.fullmatch(view):
        amount = int(match["amount"]) if match["amount"].isdigit() else NUMBERS[match["amount"]]
        days = amount * (7 if match["unit"].startswith("week") else 1)
        return _updating(read_refs(_group(words, match, "ref"), reader), Changes(postpone_days=days))
    match = _MAKE_IT.fullmatch(view) or _DUE_ON.fullmatch(view)
    if match and (when := read_when(_group(words, match, "value"), reader)):
        return _updating(read_refs(_group(words, match, "ref"), reader), _due(when))
    match = _MOVE.fullmatch(view)
    if match is None:
        return None
    begin = match.start("rest")
    firm = re.match(r"(?:set|make|schedule|change|update)\b", view) is None
    for separator in list(_MOVE_SEPARATOR.finditer(view, begin))[:8]:
        ref = words[begin : separator.start()]
        when = read_when(words[separator.end() :], reader)
        if ref.strip() and when is not None and (firm or names_a_task(ref)):
            return _updating(read_refs(ref, reader), _due(when))
    return None


def _read_change(words: str, view: str, reader: Reader) -> Intent | None:
    match = _CHANGE_COLON.fullmatch(view) or _CHANGE.fullmatch(view)
    if match is None:
        return None
    ref, value = _group(words, match, "ref"), _group(words, match, "value")
    is_quoted = unquote(value) != value
    if not (names_a_task(ref) or is_quoted or _moves(view, value, reader)):
        return None
    if re.match(r"(?:set|move|turn|switch)\b", view) and not is_quoted and read_attributes(value, reader) is None:
        return None
    return _updating(read_refs(ref, reader), _changes(value, reader))


def _moves(view: str, value: str, reader: Reader) -> bool:
    """ "Change pay rent to saturday": what can be changed to a day is a task."""
    return view.startswith("change ") and read_when(value, reader) is not None


def _changes(value: str, reader: Reader) -> Changes | None:
    """What "change it to ..." means: due date, priority or tags if nothing else is said, else a new title."""
    if unquote(value) != value.strip():
        return _titled(value)
    return read_attributes(value, reader) or _titled(value)


def read_attributes(value: str, reader: Reader) -> Changes | None:
    """Due date, priority and tags, if the words say nothing else: "friday at 5pm, high priority"."""
    if level := read_priority(value):
        return Changes(priority=level)
    if recurring := read_recurring(value, reader):
        return recurring
    phrase = Phrase(clean(value))
    tags = cut_tags(phrase)
    priority = cut_priority(phrase)
    when = extract_due(phrase, reader)
    rest = re.sub(r"^(?:be )?due\b|\b(?:and|with|due|an?|the|be)\b", "", phrase.rest().lower())
    if rest.strip(" ,.;:-") or not (tags or priority or when.day):
        return None
    return replace(_due(when), priority=priority, add_tags=tuple(tags))


def _due(when: When) -> Changes:
    return Changes(due_date=when.day, due_time=when.at, keeps_day=not when.day_said)


def _titled(value: str) -> Changes | None:
    title = unquote(value.strip(" :")).strip()
    if title[1:2].islower() or len(title) == 1 or not title[1:2].isalpha():
        title = title[:1].upper() + title[1:]
    return Changes(title=title[:MAX_TITLE].rstrip()) if title else None


def _field_changes(field: str, value: str, reader: Reader) -> Changes | None:
    if field in ("title", "name"):
        return _titled(value)
    if field in ("description", "note", "notes", "detail", "details", "comment", ":"):
        return Changes(description=unquote(value)[:MAX_DESCRIPTION])
    if field in ("tag", "tags", "label", "labels"):
        return Changes(add_tags=tuple(split_tags(value)))
    if field in ("priority", "prio"):
        level = read_priority(value)
        return Changes(priority=level) if level else None
    if clean(value).lower().strip(" .'\"") in ("none", "nothing", "never", "no date"):
        return _cleared(field)
    when = read_when(value, reader) or read_when(f"at {value}", reader)
    return _due(when) if when else None


def _cleared(field: str) -> Changes:
    if field == "priority":
        return Changes(priority=Priority.NONE)
    if field in ("tags", "labels"):
        return Changes(clear=frozenset({"tags"}))
    if field in ("time", "due time"):
        return Changes(clear=frozenset({"due_time"}))
    if field in ("description", "note", "notes"):
        return Changes(clear=frozenset({"description"}))
    return Changes(clear=frozenset({"due_date", "due_time"}))


def _updating(refs: tuple[TaskRef, ...], changes: Changes | None) -> Intent | None:
    return UpdateTasks(refs, changes) if refs and changes is not None and changes != Changes() else None


def _refs(words: str, pattern: re.Pattern[str], reader: Reader) -> tuple[TaskRef, ...]:
    """The tasks that a command names; none if the words are no such command or say when, as things to do do."""
    match = pattern.fullmatch(Phrase(words).view)
    if match is None:
        return ()
    refs = read_refs(_group(words, match, "ref"), reader)
    only_words = len(refs) == 1 and isinstance(refs[0], ByPhrase)
    if only_words and not names_a_task(match["ref"]) and extract_due(Phrase(match["ref"]), reader).day is not None:
        return ()
    return refs


def _finished(words: str, reader: Reader) -> tuple[TaskRef, ...]:
    """The tasks that "I finished the report" speaks of, or "I finished the report and paid the rent"."""
    if _AND_DID.search(Phrase(words).view):
        return _did(words, reader) or _refs(words, _FINISHED, reader)
    return _refs(words, _FINISHED, reader) or _did(words, reader)


def _asks_which(words: str, refs: tuple[TaskRef, ...], reader: Reader) -> bool:
    """Whether words say which tasks are done, rather than that one is: "completed yesterday and tagged finance"."""
    reading = read_filters(words, reader)
    narrows = any(part.due or part.between or part.tags or part.priority for part in reading.filters.parts)
    names_a_group = any(isinstance(ref, Matching) for ref in refs)
    return (
        narrows and not reading.leftover and (not names_a_group or _KIND_OF_TASKS.match(Phrase(words).view) is not None)
    )


def _as_titled(ref: TaskRef) -> TaskRef:
    """ "Reading the book" as a title has it: "read book"."""
    if not isinstance(ref, ByPhrase):
        return ref
    first, _, rest = ref.text.partition(" ")
    verb = GERUNDS.get(first.lower())
    return ByPhrase(f"{verb} {re.sub('^(?:the|my|our) ', '', rest)}") if verb and rest else ref


def _did(words: str, reader: Reader) -> tuple[TaskRef, ...]:
    """The tasks that "I bought the milk and paid the rent" speaks of: "buy milk", "pay rent"."""
    named: list[TaskRef] = []
    start = 0
    for end in [*(joint.start() for joint in _AND_DID.finditer(Phrase(words).view)), len(words)]:
        piece = re.sub("^,? and ", "", words[start:end])
        match = _DID.fullmatch(Phrase(piece).view)
        refs = _refs(piece, _DID if match else _FINISHED, reader)
        if not refs or (match and not all(isinstance(ref, ByPhrase) for ref in refs)):
            return ()
        verb = f"{PAST[match['verb']]} " if match else ""
        named += [ByPhrase(verb + ref.text) if isinstance(ref, ByPhrase) else ref for ref in refs]
        start = end
    return tuple(named)


def _done_refs(words: str, match: re.Match[str], reader: Reader) -> tuple[TaskRef, ...]:
    """As `_named_refs`; "the laundry" is name enough for what only completes a task."""
    if _SHORT_NAME.fullmatch(match["ref"]) and not re.search(r"\b(?:tasks|list)$", match["ref"]):
        return read_refs(_group(words, match, "ref"), reader)
    return _named_refs(words, match, reader)


def _named_refs(words: str, match: re.Match[str], reader: Reader) -> tuple[TaskRef, ...]:
    named = _group(words, match, "ref")
    verb, _, more = match["ref"].partition(" ")
    reads_like_a_title = verb in TASK_VERBS and more and match.re in (_IS_DONE, _IS_NOT_DONE)
    if re.match(r"(?:what|which|who|how|when|why|is|are|if)\b", match["ref"]) or not (
        reads_like_a_title or names_a_task(named)
    ):
        return ()
    return read_refs(named, reader)


def _group(words: str, match: re.Match[str], name: str) -> str:
    return words[match.start(name) : match.end(name)]
