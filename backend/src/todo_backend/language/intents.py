"""What a sentence asks for: the language-neutral result of understanding it."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, time
from typing import Any, Literal, TypeAlias

from todo_backend.language.fields import DueWindow, OpenSubtasksAre, Priority, Sort, Status
from todo_backend.language.recurrence import Recurrence

UndoneDeed: TypeAlias = Literal["created", "updated", "completed", "reopened", "deleted"]


@dataclass(frozen=True, slots=True)
class TaskDraft:
    """A task as one line describes it. Date and time are local to the zone of the `now` it was read with."""

    title: str
    description: str | None = None
    due_date: date | None = None
    due_time: time | None = None
    priority: Priority = Priority.NONE
    tags: tuple[str, ...] = ()
    recurrence: Recurrence | None = None
    unread_repetition: str | None = None
    """Words of the title that ask for a repetition, where no rule follows from them."""


@dataclass(frozen=True, slots=True)
class Filters:
    """Which tasks are meant. One window of `due` is enough; with `any_tag`, one of the tags is, too.

    `between` (both days included) is for windows that `due` has no word for; an open end is `date.min` or `date.max`.
    What matches one of the `others` is meant as well: "urgent or overdue tasks", "today and next week".
    """

    status: Status | None = None
    priority: Priority | None = None
    tags: tuple[str, ...] = ()
    any_tag: bool = False
    due: tuple[DueWindow, ...] = ()
    between: tuple[date, date] | None = None
    query: str | None = None
    repeats: bool | None = None
    sort: Sort | None = None
    others: tuple["Filters", ...] = ()

    @property
    def parts(self) -> tuple["Filters", ...]:
        """Filters without others, of which one is enough."""
        return (replace(self, others=()), *self.others)

    def narrowed(self, **conditions: Any) -> "Filters":  # noqa: ANN401 (whatever a field holds)
        """The same filters with these conditions in each part."""
        return either([replace(part, **conditions) for part in self.parts])


def either(parts: Sequence[Filters]) -> Filters:
    """Filters that mean what one of the parts means; there is at least one, and none has others."""
    first, *others = dict.fromkeys(parts)
    return replace(first, others=tuple(others))


@dataclass(frozen=True, slots=True)
class ById:
    """A task named by its number."""

    task_id: int


@dataclass(frozen=True, slots=True)
class ByPhrase:
    """A task named by words of its title."""

    text: str


@dataclass(frozen=True, slots=True)
class Mentioned:
    """Tasks that the conversation just spoke of: "it", or "them" when `many`."""

    many: bool = False


@dataclass(frozen=True, slots=True)
class Ordinal:
    """A place in the list that was just shown: 1 is the first, -1 the last."""

    place: int


@dataclass(frozen=True, slots=True)
class Matching:
    """Every task that the filters describe: "all completed tasks"; once agreed to, with how many those are.

    Those that `excepted` names are not meant: "everything but the report".
    """

    filters: Filters
    agreed: int | None = None
    excepted: tuple["TaskRef", ...] = ()


@dataclass(frozen=True, slots=True)
class Agreed:
    """The tasks that were shown and agreed to: all of them are changed at once, or none."""

    task_ids: tuple[int, ...]


TaskRef: TypeAlias = ById | ByPhrase | Mentioned | Ordinal | Matching | Agreed


@dataclass(frozen=True, slots=True)
class Changes:
    """What to change in a task. None leaves a field as it is; `clear` empties the fields that it names.

    With `keeps_day`, only a time was said: `due_date` is for a task that has no day yet. `note` is added to the
    description, on a line of its own.
    """

    title: str | None = None
    description: str | None = None
    note: str | None = None
    due_date: date | None = None
    due_time: time | None = None
    keeps_day: bool = False
    postpone_days: int | None = None
    priority: Priority | None = None
    add_tags: tuple[str, ...] = ()
    remove_tags: tuple[str, ...] = ()
    clear: frozenset[Literal["due_date", "due_time", "description", "tags", "recurrence"]] = field(
        default_factory=frozenset
    )
    recurrence: Recurrence | None = None

    @property
    def needs_the_task(self) -> bool:
        """Whether the task as it is decides what to write."""
        adds = bool(self.note or self.add_tags or self.remove_tags)
        return adds or self.keeps_day or self.postpone_days is not None


@dataclass(frozen=True, slots=True)
class Addition:
    """What an answer adds to the command that was asked about; it may agree to it, too."""

    changes: Changes
    agrees: bool


@dataclass(frozen=True, slots=True)
class Place:
    """Where a new task goes in the order made by hand: to an end of it, or beside another task.

    With `by_title`, the other one has just that title ("after lunch" may be a matter of time). `otherwise` are the
    drafts if there is no such task: then those words are a part of the title.
    """

    where: Literal["first", "last", "before", "after"]
    other: TaskRef | None = None
    by_title: bool = False
    otherwise: tuple[TaskDraft, ...] = ()


@dataclass(frozen=True, slots=True)
class AddTasks:
    """Create these tasks, at a place if one is said. None at all: the person said "add a task" and must be asked which.

    `sure` is False for a sentence that only reads like a task ("buy milk"): ask before creating it.
    """

    drafts: tuple[TaskDraft, ...]
    sure: bool = True
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class AddSubtasks:
    """Create these as subtasks of a task; `otherwise` is what to do if there is no such task."""

    drafts: tuple[TaskDraft, ...]
    parent: TaskRef
    otherwise: AddTasks | None = None


@dataclass(frozen=True, slots=True)
class MoveTasks:
    """Make tasks subtasks of another one; of none: tasks of their own."""

    refs: tuple[TaskRef, ...]
    parent: TaskRef | None


@dataclass(frozen=True, slots=True)
class OrderTasks:
    """Put tasks to an end of the order made by hand, or beside another one, in the order in which they are named.

    `otherwise` is what to do if there is no such task: "put milk at the top of my list".
    """

    refs: tuple[TaskRef, ...]
    place: Literal["first", "last", "before", "after"]
    other: TaskRef | None = None
    otherwise: AddTasks | None = None


@dataclass(frozen=True, slots=True)
class ListSubtasks:
    """Show the subtasks of a task."""

    ref: TaskRef


@dataclass(frozen=True, slots=True)
class ListTasks:
    """Show tasks, the first of them if a number is said, or only how many there are."""

    filters: Filters
    count_only: bool = False
    most: int | None = None


@dataclass(frozen=True, slots=True)
class ListTags:
    """Name the tags of open tasks."""


@dataclass(frozen=True, slots=True)
class CompleteTasks:
    """Mark tasks as done; `subtasks` says what becomes of those that are open, if somebody said so.

    `sure` is False where nobody asked for it ("the kitchen is clean"): ask before.
    """

    refs: tuple[TaskRef, ...]
    subtasks: OpenSubtasksAre | None = None
    sure: bool = True


@dataclass(frozen=True, slots=True)
class ReopenTasks:
    """Mark completed tasks as not done."""

    refs: tuple[TaskRef, ...]


@dataclass(frozen=True, slots=True)
class DeleteTasks:
    """Delete tasks. `sure` is False where nobody said so ("I don't need to call Ana anymore"): ask before.

    `otherwise` is what to do if there is no such task: "cancel the trial" may be a thing to do.
    """

    refs: tuple[TaskRef, ...]
    sure: bool = True
    otherwise: AddTasks | None = None


@dataclass(frozen=True, slots=True)
class UpdateTasks:
    """Change fields of tasks."""

    refs: tuple[TaskRef, ...]
    changes: Changes


@dataclass(frozen=True, slots=True)
class ShowTask:
    """Show one task with all its details."""

    ref: TaskRef


@dataclass(frozen=True, slots=True)
class SkipTasks:
    """Move tasks that repeat on to their next dates."""

    refs: tuple[TaskRef, ...]


@dataclass(frozen=True, slots=True)
class ShowDates:
    """Tell when a task that repeats is due again."""

    ref: TaskRef


@dataclass(frozen=True, slots=True)
class RestoreTasks:
    """Bring deleted tasks back: those of `refs`, or `everything`, which is asked about unless one is `sure`."""

    refs: tuple[TaskRef, ...]
    everything: bool = False
    sure: bool = False


@dataclass(frozen=True, slots=True)
class ListTrash:
    """Show what was deleted."""


@dataclass(frozen=True, slots=True)
class Undo:
    """Take back the last changes, so many of them; `of_that`: what was just spoken of ("undo that").

    With a `deed`, the last change that did this to tasks, and no other: "undo the deletion".
    """

    times: int = 1
    of_that: bool = False
    deed: UndoneDeed | None = None


@dataclass(frozen=True, slots=True)
class Redo:
    """Do again what was taken back, so many changes."""

    times: int = 1


@dataclass(frozen=True, slots=True)
class ListChanges:
    """Tell what was changed lately, all or only what the assistant changed."""

    by_assistant: bool = False


@dataclass(frozen=True, slots=True)
class Choose:
    """An answer to "which one?": "3", "the second one", "both"."""

    refs: tuple[TaskRef, ...]


@dataclass(frozen=True, slots=True)
class Yes:
    """Consent to a question."""


@dataclass(frozen=True, slots=True)
class No:
    """Refusal of a question."""


@dataclass(frozen=True, slots=True)
class Several:
    """Several commands in one message, in order.

    `whole` is the message as one command, which is meant if there is a task of just the title that it names then.
    """

    intents: tuple["Intent", ...]
    whole: "Intent | None" = None


@dataclass(frozen=True, slots=True)
class Help:
    """What can you do?"""


@dataclass(frozen=True, slots=True)
class Greeting:
    """Hello."""


@dataclass(frozen=True, slots=True)
class Thanks:
    """Thank you."""


@dataclass(frozen=True, slots=True)
class Unknown:
    """Not a request that the assistant understands. `said` are its words, where they are not the whole message."""

    said: str = ""


Intent: TypeAlias = (
    AddTasks
    | AddSubtasks
    | MoveTasks
    | OrderTasks
    | ListSubtasks
    | ListTasks
    | ListTags
    | CompleteTasks
    | ReopenTasks
    | DeleteTasks
    | UpdateTasks
    | ShowTask
    | SkipTasks
    | ShowDates
    | RestoreTasks
    | ListTrash
    | Undo
    | Redo
    | ListChanges
    | Choose
    | Yes
    | No
    | Several
    | Help
    | Greeting
    | Thanks
    | Unknown
)
