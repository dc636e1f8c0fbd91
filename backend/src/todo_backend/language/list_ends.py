"""The words that put a task to an end of the list: "to the top of my list", "ganz oben auf meiner Liste"."""

import re

from todo_backend.language.words import TASK_NOUN

FIRST = r"(?:top|beginning|start|front|head|(?:first|top) (?:place|position|spot))"
LAST = r"(?:end|bottom|(?:last|bottom) (?:place|position|spot))"
# Other lists than the one list there is: a tag holds what is on them.
NAMES_OF_LISTS = "shopping|grocery|groceries|packing|reading|watch|wish|bucket|errands?"
AND_PUT_IT = r",? (?:and )?(?:(?:put|place) it )?(?:right )?"
LIST = rf"(?:my |the |this |our )?(?:(?:to-?do |task )?list|{TASK_NOUN}|queue)\b"
OF_A_LIST = (
    rf"(?:to|at|on|onto|in) (?:the )?(?:very )?(?:(?P<first>{FIRST})|{LAST})"
    rf" of (?:(?:my|the|our) (?P<tag>{NAMES_OF_LISTS}) list\b|{LIST})"
)
_LISTE = r"(?:(?:auf|in) )?(?:der|meiner|unserer|die|meine) (?:aufgaben)?liste\b"
# As a line has it, where no command says what becomes of it.
OF_A_LIST_IN_A_LINE = (
    re.compile(rf"(?:, ?|\b){OF_A_LIST}"),
    re.compile(
        r"\b(?:(?P<first>ganz oben|zuoberst|oben|an den anfang|am anfang)|ganz unten|zuunterst|unten|ans ende|am ende)"
        rf" {_LISTE}(?P<tag>(?!))?"
    ),
    re.compile(r"\b(?:(?P<first>فہرست کے (?:شروع|آغاز) میں)|فہرست کے آخر میں)(?P<tag>(?!))?"),
)
