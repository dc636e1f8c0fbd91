"""What the fields of a task and of a list may say, and how much fits in: for everything that reads or keeps tasks."""

from enum import StrEnum

MAX_TITLE, MAX_DESCRIPTION, MAX_TAGS, MAX_TAG = 200, 1000, 20, 50


class Priority(StrEnum):
    """How much a task matters; `none` is the default."""

    NONE = "none"
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


class Status(StrEnum):
    """Which tasks a list holds."""

    ALL = "all"
    PENDING = "pending"
    COMPLETED = "completed"


class DueWindow(StrEnum):
    """Due days as seen from today in the reader's time zone."""

    TODAY = "today"
    TOMORROW = "tomorrow"
    WEEK = "week"  # today and the six days after it
    OVERDUE = "overdue"  # past due and not completed
    NONE = "none"  # no due date


class Sort(StrEnum):
    """The order of a list; ties are broken by id."""

    CREATED = "created"
    DUE_DATE = "due_date"
    PRIORITY = "priority"
    TITLE = "title"
    MANUAL = "manual"  # as the person moved them; the newest first where they moved none


class Order(StrEnum):
    """The direction of a sort."""

    ASC = "asc"
    DESC = "desc"


class OpenSubtasksAre(StrEnum):
    """What becomes of open subtasks where their parent is completed."""

    COMPLETE = "complete"
    LEAVE = "leave"
