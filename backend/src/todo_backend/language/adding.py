"""Sentences that add tasks: commands ("add ..."), reminders ("remind me ...") and plain to-do lines."""

import re
from dataclasses import replace

from todo_backend.language.drafts import NAMED_LIST, cut_tags, read_draft
from todo_backend.language.due import read_when
from todo_backend.language.intents import AddTasks, Intent
from todo_backend.language.phrase import QUOTED, Phrase, clean
from todo_backend.language.placing import beside_another, cut_end
from todo_backend.language.reader import Reader
from todo_backend.language.words import TASK_NOUN, TASK_VERBS

_MOST_TASKS = 20
_SHORT_ENTRY = 3
_MY_LIST = (
    r"(?:to|on|in|into|onto|for) (?:my|the|our) (?:to-?do |task |tasks )?(?:lists?|tasks|to-?dos?|agenda|calendar)\b"
)
_ADJECTIVE = r"(?P<adjective>(?:(?:very )?(?:high|low|medium|top)[ -]priority|very urgent|urgent|important|critical) )?"
# "A weekly task": that it is small says nothing of the thing to do, how often it is to be done does.
_SIZE = (
    r"(?:(?:quick|small|little|short|simple|tiny|brief"
    r"|(?:[0-9]{1,3}|one|two|three|five|ten|fifteen|twenty|thirty)[ -]min(?:ute)?s?) )?"
)
_OFTEN = r"(?P<often>(?:daily|weekly|biweekly|fortnightly|monthly|yearly|annual) )?"
_SINGULAR = r"(?:task|to-?do(?: item)?|reminder|item|entry|chore)(?: item)?"
_CALLED = (
    r"(?: (?:called|named|titled|saying|that says|which says|with (?:the )?(?:title|name)(?: of)?|about|of"
    r"|reminding me to|telling me to|i need to|where i))?"
)

_ADD_LIST = re.compile(
    r"(?P<verb>(?:add|create|make|put|new|i need|i have) )?(?:(?:these|the following|following|some|new|two|three|four"
    r"|five|six|[0-9]{1,2}|a few|a couple of|several|my|me|more) )*"
    rf"(?:tasks|to-?dos|items|things|reminders)(?: {_MY_LIST})?(?P<joint> ?:| to do:| called|\n| -)? ?\n?(?P<list>.+)",
    re.DOTALL,
)
_ADD_THESE = re.compile(
    rf"(?:add|create|put) (?:these|the following|following)(?: {_MY_LIST})?:\s*(?P<list>.+)", re.DOTALL
)
_ADD_TASK = re.compile(
    rf"(?:(?:add|create|make|schedule|set|set up|put|put in|insert|enter|save|open|start|give me|i need|i want|i'd like"
    rf"|i would like|there's|have) )?(?:me )?(?:an? |another |the |one more |this |my )?(?:new )?{_ADJECTIVE}(?:new"
    rf" )?{_SIZE}{_OFTEN}"
    rf"{_SINGULAR}\b(?: {_MY_LIST})?{_CALLED} ?[:,-]?\s?(?P<title>.*)",
    re.DOTALL,
)
_ADD = re.compile(
    r"(?:add(?: in)?|create|insert|append|include|put down|enter|jot down|write down|note down|new)(?:"
    rf" me)?(?: {_MY_LIST}| (?:one more|another|another one):)?:?\s(?P<title>.+)",
    re.DOTALL,
)
_PUT_ON_LIST = re.compile(
    rf"(?:put|throw|stick|place|include|write|note|get|want|have) (?P<title>.+?) (?:{_MY_LIST}|(?P<named>{NAMED_LIST})"
    r"|(?<=.)(?:down|in)(?= for\b|$))(?P<more>.*)",
    re.DOTALL,
)
_PUT = re.compile("^put ", re.IGNORECASE)
_AS_TASK = re.compile(r" as an? (?:new )?(?:task|to-?do|reminder)\b")
_NAMES_NOTHING = re.compile(r"(?:add|create|new|add something|add (?:it|that|this|one)(?: again| back| too| as well)?)")
_REMIND = re.compile(
    r"(?:remind me|send me a reminder|give me a reminder|notify me|alert me|ping me)\b,?(?P<rest>.*)", re.DOTALL
)
_REMEMBER = re.compile(
    r"(?:(?:i|we) (?:need|have|want|must|should|ought) (?:to )?(?:remember|not forget)|remember|i mustn't forget|i"
    r" must not forget|i can't forget|(?:please )?(?:do not|don'?t)(?: let me)? forget|never forget"
    r"|make sure(?: that)?|be sure|make a note|take a note|note to self|note|todo|to do|to-do|task|reminder)(?:"
    r" ?[:,-] ?| (?=to |that |about |of )|\s)(?:(?:to|that|about|of)\b:? )?(?:i (?:(?:need|have|want) to"
    r" )?)?(?P<title>.+)",
    re.DOTALL,
)
_OBLIGATION = re.compile(
    r"(?:(?:i|we)(?: still| also| really| just)?(?:'ve got to|'ve to|'ll have to| will have to| need to| have to|"
    r" must| gotta| got to| have got to| am supposed to|'m supposed to)|(?:gotta|got to|need to|have to|must))(?:"
    r" also| really| still)? (?P<title>.+)",
    re.DOTALL,
)
_INTENTION = re.compile(
    r"(?:i|we)(?: still| also| really| just)?(?: should| ought to| want to| would like to|'d like to| plan to|"
    r" intend to| am going to|'m going to|'ll| will| need| have)(?: (?:probably|also|really))? (?P<title>.+)",
    re.DOTALL,
)
_NOT_TO_DO = re.compile(
    r"(?:know|say|admit|tell you|ask you|understand|think|feel|be |believe|wonder|wait|talk to you|agree|disagree"
    r"|no |a |an |some |the |any |help\b|question)"
)
_PIECE = re.compile(r"\s*\n\s*|\s*;\s*|,? and |, ")
_EVERY = re.compile(r"(?:every|each) \w+(?: (?:and \w+|at [\w:. ]+))? (?:to|about|that|of) |(?:daily|weekly|monthly) ")
_QUOTED_LIST = re.compile(rf"{QUOTED}+(?:(?:, and |, | and ){QUOTED}+)+")
# "1) call the bank 2) pay the gas": lines that stand in one.
_INLINE_NUMBER = re.compile(r"(?:^|[ ,;]+)(?P<number>[1-9][0-9]?)[.)] ?(?=\w)")
_LINE = re.compile(r"\s*\n\s*")
_BULLET = re.compile(r"^(?:[-*•]|\[ ?\]|[0-9]{1,2}[.)])\s*")
_AND = re.compile(
    r",? and (?:(?:then|also|to) )?(?=(?P<verb>[a-z]+)\b)|, (?:(?:then|also|to) )?(?=(?P<other>[a-z]+)\b)"
)
_DEPENDENT_VERBS = frozenset(
    ("ask", "tell", "give", "get", "take", "thank", "discuss", "respond", "reply", "return", "do", "put", "go")
)
_STATEMENT = re.compile(
    r"\b(?:is|are|was|were|(?<![0-9] )am|has|had|does|did|i|you|he|she|they|we|me|us|isn't|doesn't|don't|can't)\b"
    r"|'(?:s|re|m|ve|ll) (?:a|an|the|not|so|very|nice|great)\b"
)
# "Tasks not tagged work" asks for something, if it is not understood for what.
_ABOUT_TASKS = re.compile(
    r"(?:and|or|not|but)\b|(?:(?:all|my|the|and|or|not|any|other)\b ?)*(?:\w+ )?(?:tasks|to-?dos|items)\b"
)
_SAYS_PRIORITY = re.compile(r"(?<!\w)(?:p[1-4]|!(?:high|medium|low))\b|^(?:urgent|important|critical|asap)[:!,] ")
_OTHER_COMMAND = re.compile(rf"#?[0-9]{{1,9}}(?:\b|$)|(?:{TASK_NOUN} )?#?[0-9]+$")


def read_add(words: str, reader: Reader) -> Intent | None:
    """The tasks to add that a command names, and where in the list; no draft when it names none ("add a task")."""
    at_an_end = cut_end(words, reader, of_a_list=False)
    placed = read_drafts(_PUT.sub("add ", at_an_end[0]), reader) if at_an_end else None
    if at_an_end and isinstance(placed, AddTasks) and placed.drafts:
        return replace(placed, place=at_an_end[1])
    adding = read_drafts(words, reader)
    return (beside_another(words, adding, reader) if isinstance(adding, AddTasks) and adding.sure else None) or adding


def read_drafts(words: str, reader: Reader) -> Intent | None:
    """The tasks to add that a command names, wherever they go."""
    view = Phrase(words).view
    if _NAMES_NOTHING.fullmatch(view):
        return AddTasks(())
    if match := _REMIND.fullmatch(view):
        return _adding([_reminder(words[match.start("rest") :], reader)], reader)
    listed = _ADD_LIST.fullmatch(view)
    if match := listed if listed and (listed["verb"] or listed["joint"]) else _ADD_THESE.fullmatch(view):
        return _adding(_pieces(words[match.start("list") :]), reader)
    if (match := _ADD_TASK.fullmatch(view)) and not (match.start("title") == match.end("title") and " " not in view):
        title = words[match.start("title") :]
        if _OTHER_COMMAND.match(Phrase(title).view):
            return None
        if match["often"] and title.strip(" .:,-"):
            title = f"{title} {match['often'].strip()}"
        if match["adjective"]:
            title = f"{title}, {match['adjective'].replace('very ', '').strip()}"
        return _adding([_off_list(title)], reader) if match["title"].strip(" .:,-") else AddTasks(())
    if match := _REMEMBER.fullmatch(view):
        return _adding(_split_by_verbs(words[match.start("title") :]), reader)
    if match := _ADD.fullmatch(view):
        title = words[match.start("title") :]
        return _adding(_lines(title) or _split_by_verbs(_off_list(title)), reader)
    if match := _PUT_ON_LIST.fullmatch(view):
        more = words[match.start("more") :]
        return _adding([f"{words[match.start('title') : match.end('title')]} {match['named'] or ''}{more}"], reader)
    if (match := _OBLIGATION.fullmatch(view)) and not _NOT_TO_DO.match(match["title"]):
        return _adding(_split_by_verbs(words[match.start("title") :]), reader)
    if (match := _INTENTION.fullmatch(view)) and not _NOT_TO_DO.match(match["title"]):
        return _adding(_split_by_verbs(words[match.start("title") :]), reader, sure=False)
    return None


def read_likely_task(words: str, reader: Reader) -> Intent | None:
    """A line that is no command but reads like a thing to do: "buy milk", "dentist tomorrow at 3pm"."""
    if at_an_end := cut_end(words, reader, of_a_list=True):
        likely = _likely_task(at_an_end[0], reader)
        return replace(likely, place=at_an_end[1]) if isinstance(likely, AddTasks) else None
    return _likely_task(words, reader)


def _likely_task(words: str, reader: Reader) -> Intent | None:
    view = Phrase(words).view
    draft = read_draft(words, reader, spoken=True)
    if draft is None or len(words) > 200:
        return None
    verb, _, others = view.partition(" ")
    is_dated = draft.due_date is not None
    says_so = bool(draft.tags) or _SAYS_PRIORITY.search(view) is not None
    if verb in TASK_VERBS and others and not others.startswith(("me ", "us ", "you ")):
        return _adding(_split_by_verbs(words), reader, sure=is_dated or says_so)
    if _STATEMENT.search(view) or _ABOUT_TASKS.match(draft.title.lower()):
        return None
    if says_so and draft.title.strip("#"):
        return AddTasks((draft,))
    if is_dated and draft.due_time is not None and others:
        return AddTasks((draft,), sure=False)
    pieces = _pieces(words)
    if len(pieces) > 2 and all(len(piece.split()) <= _SHORT_ENTRY for piece in pieces):
        return _adding(pieces, reader, sure=False)
    return None


def _adding(titles: list[str], reader: Reader, *, sure: bool = True) -> Intent:
    drafts = (read_draft(title, reader, spoken=True) for title in titles[:_MOST_TASKS])
    return AddTasks(tuple(draft for draft in drafts if draft is not None), sure)


def _reminder(rest: str, reader: Reader) -> str:
    """ "Tomorrow at 9 to call mom" and "to call mom tomorrow at 9" alike: the thing first, then when."""
    rest = rest.strip(" :,")
    view = Phrase(rest).view
    if about := re.match(r"(?:to|about|abt|that|of)\b:? ?(?:i (?:(?:need|have) to )?)?", view):
        return rest[about.end() :]
    for match in reversed(list(re.finditer(r" (?:to|about|that|of) ", view))[:5]):
        if read_when(rest[: match.start()], reader) is not None or _EVERY.match(view):
            return f"{rest[match.end() :]} {rest[: match.start()]}"
    return rest


def _off_list(title: str) -> str:
    """The title without "to my list" and "as a task"."""
    phrase = Phrase(title)
    for pattern in (_ON_MY_LIST, _AS_TASK):
        if match := pattern.search(phrase.view):
            phrase.cut(*match.span())
    return phrase.rest() or title


_ON_MY_LIST = re.compile(rf" {_MY_LIST}")


def _lines(text: str) -> list[str]:
    lines = [_BULLET.sub("", line) for line in _LINE.split(text) if line.strip(" -*•")]
    return lines if len(lines) > 1 else _numbered(text)


def _numbered(text: str) -> list[str]:
    """The entries of "1) call the bank 2) pay the gas"; none unless they are numbered from one on."""
    found = list(_INLINE_NUMBER.finditer(Phrase(text).view))
    if len(found) < 2 or found[0].start() or [int(each["number"]) for each in found] != list(range(1, len(found) + 1)):
        return []
    ends = [*(each.start() for each in found[1:]), len(text)]
    return [text[each.end() : end].strip(" ,;") for each, end in zip(found, ends, strict=True)]


def _pieces(text: str) -> list[str]:
    """The entries of an enumeration: lines, or parts between commas, semicolons and "and"."""
    if lines := _lines(text):
        return lines
    phrase = Phrase(_BULLET.sub("", clean(text)))
    places = [match.span() for match in _PIECE.finditer(phrase.view)]
    return _between(phrase.text, places)


def _split_by_verbs(text: str) -> list[str]:
    """ "Buy milk and call mom" is two things to do, "buy bread and butter" and "wash and fold clothes" are one."""
    phrase = Phrase(text)
    if _QUOTED_LIST.fullmatch(phrase.view):
        return _pieces(text)
    first_verb = re.match(r"(?:to )?([a-z]+)", phrase.view)
    if first_verb is None or first_verb[1] not in TASK_VERBS or first_verb[1] == "go":
        return [text]
    places: list[tuple[int, int]] = []
    cut_tags(phrase)  # "tags work and talk" is no second thing to do
    joints = list(_AND.finditer(phrase.view))
    enumerates = len(joints) > 1 and all((joint["verb"] or joint["other"]) in TASK_VERBS for joint in joints)
    for match in joints:
        verb = match["verb"] or match["other"]
        begin = places[-1][1] if places else first_verb.start(1)
        has_object = " " in phrase.view[begin : match.start()].strip()
        stands_alone = verb in TASK_VERBS and (enumerates or verb not in _DEPENDENT_VERBS)
        if stands_alone and has_object and QUOTED not in match[0]:
            places.append(match.span())
    return _between(text, places)


def _between(text: str, places: list[tuple[int, int]]) -> list[str]:
    starts = [0, *(end for _, end in places)]
    ends = [*(start for start, _ in places), len(text)]
    return [piece for start, end in zip(starts, ends, strict=True) if (piece := text[start:end].strip())]
