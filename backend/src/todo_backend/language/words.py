"""English words that several rules share."""

import re
from collections.abc import Iterable

WEEKDAYS = {
    "monday": 0, "mondays": 0, "mon": 0,
    "tuesday": 1, "tues": 1, "tue": 1,
    "wednesday": 2, "weds": 2, "wed": 2,
    "thursday": 3, "thurs": 3, "thur": 3, "thu": 3,
    "friday": 4, "fri": 4,
    "saturday": 5, "sat": 5,
    "sunday": 6, "sun": 6,
}  # fmt: skip

MONTHS = {
    "january": 1, "jan": 1, "february": 2, "feb": 2, "march": 3, "mar": 3, "april": 4, "apr": 4, "may": 5,
    "june": 6, "jun": 6, "july": 7, "jul": 7, "august": 8, "aug": 8, "september": 9, "sept": 9, "sep": 9,
    "october": 10, "oct": 10, "november": 11, "nov": 11, "december": 12, "dec": 12,
}  # fmt: skip

NUMBERS = {
    "a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8,
    "nine": 9, "ten": 10, "eleven": 11, "twelve": 12, "a couple of": 2, "a couple": 2, "a few": 3,
    "couple of": 2, "few": 3,
}  # fmt: skip

# Those that name one number and no more than that: "task two", "half past two".
NUMBER_WORDS = {word: number for word, number in NUMBERS.items() if word.isalpha() and word not in ("a", "an", "few")}

ORDINALS = {
    "first": 1, "1st": 1, "second": 2, "2nd": 2, "third": 3, "3rd": 3, "fourth": 4, "4th": 4, "fifth": 5, "5th": 5,
    "sixth": 6, "6th": 6, "seventh": 7, "7th": 7, "eighth": 8, "8th": 8, "ninth": 9, "9th": 9, "tenth": 10, "10th": 10,
    "last": -1,
}  # fmt: skip

TASK_NOUN = r"(?:tasks?|to-?dos?|to do items?|reminders?|items?|entry|entries|chores?)"

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


def alternatives(words: Iterable[str]) -> str:
    """A regular expression for any of the words, longest first."""
    return "|".join(sorted(words, key=len, reverse=True))
