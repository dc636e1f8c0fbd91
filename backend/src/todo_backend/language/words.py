"""English words that several rules share."""

import re
from collections.abc import Iterable

from todo_backend.language.vocabularies.english import ENGLISH

NUMBERS = {word: int(number) for word, number in ENGLISH.numbers.items() if number >= 1}

# Those that name one number and no more than that: "task two", "half past two".
NUMBER_WORDS = {
    word: number for word, number in NUMBERS.items() if word.isalpha() and word not in ("a", "an", "another", "few")
}

ORDINALS = {
    "first": 1, "1st": 1, "second": 2, "2nd": 2, "third": 3, "3rd": 3, "fourth": 4, "4th": 4, "fifth": 5, "5th": 5,
    "sixth": 6, "6th": 6, "seventh": 7, "7th": 7, "eighth": 8, "8th": 8, "ninth": 9, "9th": 9, "tenth": 10, "10th": 10,
    "last": -1,
}  # fmt: skip

# With the ways in which they are mistyped most.
TASK_NOUN = r"(?:tasks?|taks|tsaks?|tskas?|to-?dos?|to do items?|reminders?|items?|entry|entries|chores?)"

# Verbs that things to do begin with. They tell "buy milk and call mom" (two tasks) from "bread and butter" (one),
# and a sentence that reads like a task from one that does not.
TASK_VERBS = frozenset(
    [
        "answer",
        "apply",
        "arrange",
        "ask",
        "attend",
        "bake",
        "bring",
        "book",
        "borrow",
        "brush",
        "build",
        "buy",
        "call",
        "cancel",
        "charge",
        "check",
        "clean",
        "collect",
        "contact",
        "cook",
        "cut",
        "deliver",
        "deposit",
        "discuss",
        "do",
        "download",
        "draft",
        "drink",
        "drive",
        "drop",
        "eat",
        "email",
        "exercise",
        "feed",
        "file",
        "fill",
        "find",
        "finish",
        "fix",
        "fetch",
        "fold",
        "follow",
        "get",
        "give",
        "go",
        "grab",
        "hang",
        "hire",
        "invite",
        "invoice",
        "iron",
        "join",
        "learn",
        "mail",
        "meet",
        "message",
        "mop",
        "mow",
        "order",
        "organise",
        "organize",
        "pack",
        "paint",
        "pay",
        "phone",
        "pick",
        "plan",
        "plant",
        "polish",
        "post",
        "practice",
        "practise",
        "prepare",
        "print",
        "publish",
        "purchase",
        "push",
        "put",
        "read",
        "record",
        "register",
        "renew",
        "rent",
        "repair",
        "replace",
        "reply",
        "request",
        "research",
        "reserve",
        "respond",
        "return",
        "review",
        "ring",
        "run",
        "schedule",
        "sell",
        "send",
        "sew",
        "ship",
        "shop",
        "sign",
        "start",
        "stop",
        "study",
        "submit",
        "sweep",
        "take",
        "talk",
        "test",
        "text",
        "thank",
        "tidy",
        "train",
        "transfer",
        "turn",
        "update",
        "upload",
        "vacuum",
        "visit",
        "walk",
        "wash",
        "watch",
        "water",
        "weed",
        "wish",
        "withdraw",
        "work",
        "wrap",
        "write",
    ]
)

_IRREGULAR = {
    "bought": "buy", "brought": "bring", "built": "build", "drank": "drink", "drunk": "drink", "drove": "drive",
    "driven": "drive", "ate": "eat", "eaten": "eat", "fed": "feed", "found": "find", "got": "get", "gave": "give",
    "given": "give", "went": "go", "hung": "hang", "learnt": "learn", "met": "meet", "paid": "pay", "rang": "ring",
    "ran": "run", "sold": "sell", "sent": "send", "sewn": "sew", "swept": "sweep", "took": "take", "taken": "take",
    "withdrew": "withdraw", "withdrawn": "withdraw", "wrote": "write", "written": "write",
}  # fmt: skip
_DOUBLED = ("drop", "grab", "mop", "plan", "ship", "shop", "stop", "submit", "transfer", "wrap")
_DOUBLED_IN_GERUNDS = ("cut", "get", "put", "run")
# Their past is the verb itself ("I put milk on my list"), has rules of its own ("I did it"), or ends nothing.
_NO_PAST = {"cut", "do", "put", "read", "finish", "start"}


def _past(verb: str) -> str:
    if verb in _DOUBLED:
        return f"{verb}{verb[-1]}ed"
    if verb.endswith("e"):
        return f"{verb}d"
    return f"{verb[:-1]}ied" if re.search("[^aeiou]y$", verb) else f"{verb}ed"


# "paid": "pay": what people say of a thing that they have done.
PAST = {_past(verb): verb for verb in TASK_VERBS - _NO_PAST - set(_IRREGULAR.values())} | _IRREGULAR


def _gerund(verb: str) -> str:
    if verb in _DOUBLED or verb in _DOUBLED_IN_GERUNDS:
        return f"{verb}{verb[-1]}ing"
    return f"{verb.removesuffix('e')}ing"


# "paying": "pay", as in "I finished paying the rent".
GERUNDS = {_gerund(verb): verb for verb in TASK_VERBS}


def alternatives(words: Iterable[str]) -> str:
    """A regular expression for any of the words, longest first."""
    return "|".join(sorted(words, key=len, reverse=True))
