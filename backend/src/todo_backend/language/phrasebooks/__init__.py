"""The languages beside English in which commands are understood."""

from todo_backend.language.phrasebooks.german import GERMAN
from todo_backend.language.phrasebooks.urdu import URDU

PHRASEBOOKS = (GERMAN, URDU)

__all__ = ["PHRASEBOOKS"]
