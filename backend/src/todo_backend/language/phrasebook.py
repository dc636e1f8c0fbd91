"""What a language other than English has to say about commands: one `Phrasebook` for each, a file of phrases."""

from collections.abc import Mapping
from dataclasses import dataclass

from todo_backend.language.fields import DueWindow, Priority, Status
from todo_backend.language.intents import UndoneDeed


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrasebook:
    """Regular expressions over folded text, each for a whole sentence without `polite` words around it.

    What is to be added stands in a group `title`, with `when` before it; which tasks are meant, in `ref`; which are
    to be shown, in `which`; words to look for, in `query`.
    """

    script: str
    """What a sentence of the language has somewhere: nothing else is tried without it."""
    polite: tuple[str, str]
    """What is no part of a command before and after it."""
    add: tuple[str, ...]
    noted: str
    """What a sentence begins with that notes a task, whichever commands stand in its title."""
    first: str
    last: str
    """What in the midst of such a sentence puts the new task to an end of the list."""
    show: tuple[str, ...]
    ask: tuple[str, ...]
    """Questions and noun phrases that show tasks only if all of their words are known."""
    find: tuple[str, ...]
    complete: tuple[str, ...]
    reopen: tuple[str, ...]
    delete: tuple[str, ...]
    undo: str
    redo: str
    that: str
    """What in an undo means that which was just spoken of."""
    undone: Mapping[str, UndoneDeed]
    """What in an undo names what the change did."""
    yes: str
    no: str
    not_to_do: str
    """A command that is not to be carried out."""
    greeting: str
    thanks: str
    help: str

    noun: str
    """A task, of which a number may follow."""
    one: str
    many: str
    ordinals: Mapping[str, int]
    before_name: str
    after_name: str
    """What stands around the words of a title that name a task."""

    all: str
    statuses: Mapping[str, Status]
    windows: Mapping[str, DueWindow | str]
    """Due days; those that no window has stand as `windows.read_window` knows them. What is longer comes first."""
    until: tuple[str, str]
    """What before a day, or behind it, means all days until then."""
    then: str
    """What stands between two commands of one message."""
    joint: str
    """ "And" or "or" between due days."""
    priorities: Mapping[str, Priority]
    how_many: str
    to_do: str
    """What asks for things to do, rather than for what is due."""
    filler: str
    """Words that mean nothing beside the others."""
    title_endings: Mapping[str, str]
    """How a title is written that stood inside of a sentence: "Milch zu kaufen" is "Milch kaufen"."""
