"""The languages that are read."""

from todo_backend.language.vocabularies.english import ENGLISH
from todo_backend.language.vocabularies.german import GERMAN
from todo_backend.language.vocabularies.urdu import URDU

VOCABULARIES = (ENGLISH, GERMAN, URDU)

__all__ = ["VOCABULARIES"]
