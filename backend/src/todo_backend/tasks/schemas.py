"""What a task looks like from outside, and what may be asked of a list of them.

What a type takes and what its JSON Schema says is the same: `tests/attack/test_contract.py` looks for differences.
"""

import datetime as dt
import re
from enum import StrEnum
from typing import Annotated, Any, Literal, NewType, Self, TypeVar

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    StrictBool,
    StrictInt,
    StringConstraints,
    WithJsonSchema,
    field_validator,
    model_validator,
)
from pydantic.config import JsonDict

from todo_backend.core.text import BLANK, is_blank
from todo_backend.core.time_zones import TimeZone
from todo_backend.language.fields import (
    MAX_DESCRIPTION,
    MAX_TAG,
    MAX_TAGS,
    MAX_TITLE,
    DueWindow,
    OpenSubtasksAre,
    Order,
    Priority,
    Sort,
    Status,
)
from todo_backend.language.parts import PartKind
from todo_backend.language.recurrence import LONGEST_RULE, parse_rule

TaskDocument = NewType("TaskDocument", str)
"""One Task as JSON, built by PostgreSQL: entry points that answer JSON pass it on, others parse it into Task."""

Item = TypeVar("Item")
Some = Annotated[list[Item], Field(fail_fast=True)]
"""A list that may be long: of thousands of wrong items the first is told."""

MOST_ASKED = 100  # values of one condition; each is compared with every task
MAX_LINE = 500
MAX_DAYS = 36_500
MAX_ID = 2**53 - 1  # what every reader of JSON has exactly
MAX_CURSOR = 2000  # with the longest title in it: 200 control characters, six bytes each, in base64


def storable(text: str) -> str:
    """`text` as it is; refuses, by ValueError, what PostgreSQL cannot keep."""
    if "\x00" in text:
        raise ValueError("must not contain the NUL character")
    if not text.isascii() and any("\ud800" <= character <= "\udfff" for character in text):
        raise ValueError("must not contain half of a surrogate pair")
    return text


def _tag(value: object) -> object:
    """Tags are words: no leading #, no spaces, small letters."""
    if not isinstance(value, str):
        return value
    tag = "-".join(re.sub(r"^[#\s]+", "", value).split()).lower()
    if tag:
        visible(value.replace("#", ""))
    return tag


def _without_repeats(tags: list[str]) -> list[str]:
    return list(dict.fromkeys(tags))


def _one_line(value: object) -> object:
    return " ".join(value.split()) if isinstance(value, str) else value


def visible(text: str) -> str:
    """`text` as it is; refuses, by ValueError, one of which nobody sees anything."""
    if is_blank(text):
        raise ValueError("must not be blank: it needs a character that can be seen")
    return text


def _whole_number(value: object) -> object:
    """Digits as paths and queries have them; pydantic would read `1_0` and `1.0` too."""
    if isinstance(value, bool) or (isinstance(value, str) and not re.fullmatch(r"-?(0|[1-9][0-9]*)", value)):
        raise ValueError("must be a whole number")
    return value


def _flag(value: object) -> object:
    """Truth as queries have it; pydantic would read `on` and `0` too."""
    return {"true": True, "false": False}.get(value, value) if isinstance(value, str) else value


def _just_true(value: object) -> object:
    """Consent; pydantic would take 1 for it, which is equal."""
    if value is not True:
        raise ValueError("must be true")
    return value


def _iso_date(value: object) -> object:
    """Dates as JSON Schema has them; pydantic would read numbers of seconds too."""
    if isinstance(value, dt.date) or (isinstance(value, str) and re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value)):
        return value
    raise ValueError("must be a date, YYYY-MM-DD")


def _rfc_3339(value: object) -> object:
    """Moments as JSON Schema has them; pydantic would read numbers of seconds and days alone too."""
    if isinstance(value, str) and re.fullmatch(MOMENT, value):
        return value
    raise ValueError("must be a date-time with its offset, such as 2026-11-28T15:00:00Z")


def _local_time(value: object) -> object:
    if isinstance(value, str) and re.fullmatch(LOCAL_TIME, value):
        return value[:5]
    if isinstance(value, dt.time) and value.tzinfo is None:
        return value.replace(second=0, microsecond=0)
    raise ValueError("must be a local time, HH:MM; the zone belongs in time_zone")


def one_form(text: str) -> str:
    """A rule in its one form; refuses, by ValueError, in words, what cannot be followed."""
    return str(parse_rule(text))


_TIME_WITHOUT_DATE: JsonDict = {
    "required": ["due_time"],  # a recurrence has dates, too
    "properties": {"due_time": {"type": "string"}, "due_date": {"type": "null"}, "recurrence": {"type": "null"}},
}
_REPEATING_SUBTASK: JsonDict = {
    "required": ["parent_id", "recurrence"],
    "properties": {"parent_id": {"type": "integer"}, "recurrence": {"type": "object"}},
}
_DOES_NOT_REPEAT = "a subtask does not repeat by itself: let its parent repeat"
_CANNOT_BE_NULL = ("title", "description", "priority", "tags", "completed")


def _patch_schema(schema: dict[str, Any]) -> None:
    """What `TaskPatch` checks itself: to leave a field out is one thing, null another."""
    for name in _CANNOT_BE_NULL:
        field = schema["properties"][name]
        del field["default"]
        field |= next(option for option in field.pop("anyOf") if option != {"type": "null"})
    schema["not"] = {"anyOf": [{**_TIME_WITHOUT_DATE, "required": ["due_time", "due_date"]}, _REPEATING_SUBTASK]}


def _one_of(*names: str) -> JsonDict:
    """A schema for objects that give exactly one of these, null being none."""
    nothing: JsonDict = {"type": "null"}
    return {
        "oneOf": [{"required": [name], "not": {"properties": {name: nothing}, "required": [name]}} for name in names]
    }


_EITHER = [
    ("tags", "add_tags"),
    ("tags", "remove_tags"),
    ("description", "note"),
    ("due_date", "postpone_days"),
    ("due_date", "default_due_date"),
    ("postpone_days", "default_due_date"),
    ("recurrence", "postpone_days"),
    ("recurrence", "default_due_date"),
]


def _many_patch_schema(schema: dict[str, Any]) -> None:
    """The same of `ManyPatch`."""
    _patch_schema(schema)
    schema["allOf"] = [{"not": {"required": list(pair)}} for pair in _EITHER]


WITHOUT_NUL = r"^[^\x00]*$"
NOT_BLANK = rf"^[^\x00]*[^{BLANK}][^\x00]*$"
A_TAG = rf"^[^\x00]*[^#{BLANK}][^\x00]*$"
LOCAL_TIME = r"^([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9](\.[0-9]+)?)?$"  # seconds are left out

MOMENT = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?([Zz]|[+-][0-9]{2}:[0-9]{2})$"

# Of a body: numbers and truth, and nothing that is read as one.
BodyId = Annotated[StrictInt, Field(ge=1, le=MAX_ID)]
Count = Annotated[StrictInt, Field(ge=0, le=MAX_ID)]
JustTrue = Annotated[Literal[True], BeforeValidator(_just_true)]
# Of paths and queries, which are text.
TaskId = Annotated[int, Field(ge=1, le=MAX_ID), BeforeValidator(_whole_number)]
Flag = Annotated[StrictBool, BeforeValidator(_flag)]
ChangePageSize = Annotated[int, Field(ge=1, le=50), BeforeValidator(_whole_number)]
PageSize = Annotated[int, Field(ge=1, le=200), BeforeValidator(_whole_number)]
Title = Annotated[
    str,
    StringConstraints(max_length=MAX_TITLE),
    BeforeValidator(_one_line),
    StringConstraints(min_length=1),
    AfterValidator(storable),
    AfterValidator(visible),
    Field(json_schema_extra={"pattern": NOT_BLANK}),
]
Description = Annotated[
    str,
    StringConstraints(max_length=MAX_DESCRIPTION),
    AfterValidator(storable),
    Field(json_schema_extra={"pattern": WITHOUT_NUL}),
]
Date = Annotated[dt.date, BeforeValidator(_iso_date)]
# Inside of the years 1 to 9999 in every time zone: others have no date-time that JSON's readers understand.
DueDate = Annotated[
    dt.date,
    Field(gt=dt.date.min, lt=dt.date.max),
    BeforeValidator(_iso_date),
    Field(json_schema_extra={"not": {"enum": [dt.date.min.isoformat(), dt.date.max.isoformat()]}}),
]
Moment = Annotated[AwareDatetime, BeforeValidator(_rfc_3339)]
DueTime = Annotated[
    dt.time,
    BeforeValidator(_local_time),
    PlainSerializer(lambda value: value.strftime("%H:%M"), return_type=str),
    WithJsonSchema({"type": "string", "pattern": LOCAL_TIME}),  # JSON Schema's `time` has an offset
]
Tag = Annotated[
    str,
    StringConstraints(max_length=MAX_TAG),
    BeforeValidator(_tag),
    StringConstraints(min_length=1),
    AfterValidator(storable),
    Field(json_schema_extra={"pattern": A_TAG}),
]
Tags = Annotated[list[Tag], Field(max_length=MAX_TAGS), AfterValidator(_without_repeats)]


OPEN_SUBTASKS = "what becomes of open subtasks if this completes their parent; without it, they are asked about (409)"


class Scope(StrEnum):
    """What a change of a task that repeats is about: this one alone, or all from this one on."""

    THIS = "this"
    ALL = "all"


class Progress(BaseModel):
    """How far the subtasks of a task are done."""

    done: int
    total: int


class TaskRecurrence(BaseModel):
    """How a task repeats."""

    rule: str = Field(description="RFC 5545, such as FREQ=WEEKLY;BYDAY=MO; COUNT is what is left, this one included")
    words: str
    after_completion: bool = Field(description="whether it counts from when the task is done, not from its due date")


class RecurrenceInput(BaseModel):
    """How a task is to repeat, by a rule or in words; of both, the rule counts."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "anyOf": [{"required": [name], "properties": {name: {"type": "string"}}} for name in ("rule", "words")]
        },
    )

    rule: (
        Annotated[
            str,
            StringConstraints(min_length=1, max_length=LONGEST_RULE),
            AfterValidator(one_form),
            Field(json_schema_extra={"format": "rrule"}),
        ]
        | None
    ) = Field(None, description="RFC 5545, from hours to years", examples=["FREQ=MONTHLY;BYDAY=2TU"])
    words: (
        Annotated[
            str,
            StringConstraints(min_length=1, max_length=LONGEST_RULE),
            AfterValidator(storable),
            Field(json_schema_extra={"format": "recurrence-words"}),
        ]
        | None
    ) = Field(None, examples=["every other friday", "every 3 days after completion"])
    after_completion: StrictBool = Field(False, description="count from when the task is done, not from its due date")

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if self.rule is None and self.words is None:
            raise ValueError("needs a rule or words")
        return self


class Occurrence(BaseModel):
    """When a task that repeats is due again."""

    due_date: dt.date
    due_time: DueTime | None


class Occurrences(BaseModel):
    """The dates that follow if each task is done on its day."""

    items: list[Occurrence]


class OccurrencesWanted(BaseModel):
    """How many dates."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    limit: Annotated[int, Field(ge=1, le=50), BeforeValidator(_whole_number)] = 5


class Task(BaseModel):
    """A task as every entry point shows it."""

    id: int
    user_id: str
    title: str
    description: str
    completed: bool
    priority: Priority
    due_date: dt.date | None
    due_time: DueTime | None
    time_zone: str | None = Field(description="IANA zone in which due_date and due_time are meant")
    due_at: AwareDatetime | None = Field(description="the same moment; the end of the day without a due_time")
    tags: list[str]
    recurrence: TaskRecurrence | None = Field(description="null for a task that does not repeat, or that is completed")
    parent_id: int | None = Field(None, description="of a subtask, the task that it is part of")
    parent_title: str | None = Field(None, description="of a subtask alone")
    subtasks: Progress | None = Field(None, description="of a task that has subtasks alone")
    created_at: AwareDatetime
    updated_at: AwareDatetime
    completed_at: AwareDatetime | None


class TaskPage(BaseModel):
    """Part of a list; `next_cursor` asks for what follows, null at the end."""

    items: list[Task]
    next_cursor: str | None
    similar: bool = Field(
        False, description="no task has the words of `q`: these have words that differ from them by one letter"
    )


class TaskCreate(BaseModel):
    """A new task."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"not": {"anyOf": [_TIME_WITHOUT_DATE, _REPEATING_SUBTASK]}}
    )

    title: Title
    description: Description = ""
    priority: Priority = Priority.NONE
    due_date: DueDate | None = None
    due_time: DueTime | None = None
    time_zone: TimeZone | None = Field(None, description="default: the X-Time-Zone header, else UTC")
    tags: Tags = Field(default_factory=list)
    recurrence: RecurrenceInput | None = Field(
        None, description="without a due_date, the task is due when the rule comes first"
    )
    parent_id: BodyId | None = Field(None, description="makes it a subtask of that task; there is one level")
    completed: StrictBool = False

    @model_validator(mode="after")
    def _due_time_needs_a_date(self) -> Self:
        if self.due_time is not None and self.due_date is None and self.recurrence is None:
            raise ValueError("due_time needs a due_date")
        return self

    @model_validator(mode="after")
    def _a_subtask_does_not_repeat(self) -> Self:
        if self.parent_id is not None and self.recurrence is not None:
            raise ValueError(_DOES_NOT_REPEAT)
        return self


class TaskReplace(TaskCreate):
    """A task's whole new content: what is left out goes back to its default."""

    open_subtasks: OpenSubtasksAre | None = Field(None, description=OPEN_SUBTASKS)


class TaskPatch(BaseModel):
    """What is to change; what is left out stays as it is."""

    model_config = ConfigDict(extra="forbid", json_schema_extra=_patch_schema)

    title: Title | None = None
    description: Description | None = None
    priority: Priority | None = None
    due_date: DueDate | None = Field(None, description="null takes the due date and time away")
    due_time: DueTime | None = Field(None, description="null takes the time away")
    time_zone: TimeZone | None = None
    tags: Tags | None = None
    recurrence: RecurrenceInput | None = Field(None, description="null ends it")
    parent_id: BodyId | None = Field(None, description="moves it below that task; null makes it a task of its own")
    completed: StrictBool | None = None
    open_subtasks: OpenSubtasksAre | None = Field(None, description=OPEN_SUBTASKS)
    scope: Scope | None = Field(
        None,
        description="of a task that repeats: change this one, or all from this one on;"
        " default: a new due date is this one's, anything else all have",
    )

    @model_validator(mode="after")
    def _only_due_can_be_nothing(self) -> Self:
        for name in _CANNOT_BE_NULL:
            if name in self.model_fields_set and getattr(self, name) is None:
                raise ValueError(f"{name} cannot be null")
        if self.parent_id is not None and self.recurrence is not None:
            raise ValueError(_DOES_NOT_REPEAT)
        return self

    def changes(self) -> dict[str, Any]:
        """The given fields and their values."""
        return {name: getattr(self, name) for name in self.model_fields_set - {"scope", "open_subtasks"}}

    def options(self) -> dict[str, Any]:
        """How the changes are meant."""
        return {name: value for name in ("scope", "open_subtasks") if (value := getattr(self, name)) is not None}


class TheseTasks(BaseModel):
    """Tasks by their ids."""

    model_config = ConfigDict(extra="forbid")

    ids: Some[BodyId] = Field(min_length=1)


class TasksWhere(BaseModel):
    """All tasks of which something is true."""

    model_config = ConfigDict(extra="forbid")

    filter: "TaskConditions"


class ManyTasks(BaseModel):
    """Which tasks a bulk change is about."""

    model_config = ConfigDict(extra="forbid")

    which: TheseTasks | TasksWhere
    expected: Count | None = Field(
        None, description="how many tasks that has to be: nothing is changed if there are more or fewer"
    )


class ManyPatch(TaskPatch):
    """What is to change in many tasks: new values, or what each makes of its own."""

    model_config = ConfigDict(json_schema_extra=_many_patch_schema)

    add_tags: Tags | None = Field(None, description="beside those that a task has")
    remove_tags: Tags | None = None
    note: Description | None = Field(None, description="one more line of the description")
    postpone_days: Annotated[StrictInt, Field(ge=-MAX_DAYS, le=MAX_DAYS)] | None = Field(
        None, description="later than a task is due; a task without a date is due so many days from today"
    )
    default_due_date: DueDate | None = Field(None, description="of tasks that have none")

    @model_validator(mode="after")
    def _says_one_thing_of_a_field(self) -> Self:
        for pair in _EITHER:
            if self.model_fields_set.issuperset(pair):
                raise ValueError(f"{' and '.join(pair)} cannot be given together")
        return self


class UpdateMany(ManyTasks):
    """The same changes to all of them."""

    changes: ManyPatch


class DeleteMany(ManyTasks):
    """Delete all of them."""

    delete: JustTrue


class Place(StrEnum):
    """An end of the list."""

    FIRST = "first"
    LAST = "last"


class Move(BaseModel):
    """Where a task goes in the order that is made by hand: before or after another one, or to an end of the list."""

    model_config = ConfigDict(extra="forbid", json_schema_extra=_one_of("before", "after", "to"))

    before: BodyId | None = Field(None, description="the id of another task")
    after: BodyId | None = Field(None, description="the id of another task")
    to: Place | None = None

    @model_validator(mode="after")
    def _says_one_place(self) -> Self:
        if sum(place is not None for place in (self.before, self.after, self.to)) != 1:
            raise ValueError("needs one of before, after and to")
        return self


class Completion(BaseModel):
    """An explicit state instead of a toggle, so that a request may be repeated."""

    model_config = ConfigDict(extra="forbid")

    completed: StrictBool
    open_subtasks: OpenSubtasksAre | None = Field(None, description=OPEN_SUBTASKS)


class LineSpan(BaseModel):
    """Characters of a line, counted in Unicode code points; `end` is the first that no longer belongs to them."""

    model_config = ConfigDict(extra="forbid")

    start: StrictInt = Field(ge=0, le=MAX_LINE)
    end: StrictInt = Field(ge=0, le=MAX_LINE)


class LineDefaults(BaseModel):
    """What a task has where its line says nothing of it, such as the date of the list that it is added to."""

    model_config = ConfigDict(extra="forbid")

    due_date: DueDate | None = None
    tags: Tags = Field(default_factory=list, description="beside those of the line")


class QuickAdd(BaseModel):
    """A task in one line of everyday language."""

    model_config = ConfigDict(extra="forbid")

    text: Annotated[
        str,
        StringConstraints(min_length=1, max_length=MAX_LINE),
        AfterValidator(storable),
        AfterValidator(visible),
        Field(json_schema_extra={"pattern": NOT_BLANK}),
    ]
    time_zone: TimeZone | None = Field(None, description="default: the X-Time-Zone header, else UTC")
    refused: list[LineSpan] = Field(
        default_factory=list,
        max_length=MAX_LINE,
        description="characters that are not to be read: they stay in the title",
    )
    read_at: Moment | None = Field(
        None, description="the moment from which tomorrow is counted: that of a preview; default: now"
    )
    defaults: LineDefaults = Field(
        default_factory=LineDefaults, description="what the task has where the line says nothing of it"
    )


class QuickAddOptions(BaseModel):
    """What to do with a line."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    preview: Flag = Field(False, description="answer what would be made, and make nothing")


class LinePart(BaseModel):
    """Characters of a line that were understood; refused by their span, they are not."""

    kind: PartKind
    start: int = Field(description="in Unicode code points from the beginning of the line")
    end: int = Field(description="the first that no longer belongs to it")
    text: str
    kept: bool = Field(description="whether they stay in the title all the same")


class PreviewedTask(BaseModel):
    """A task before it is made."""

    title: str
    description: str
    priority: Priority
    due_date: dt.date | None
    due_time: DueTime | None
    time_zone: str | None = Field(description="IANA zone in which due_date and due_time are meant")
    tags: list[str]
    recurrence: TaskRecurrence | None
    parent_id: int | None = Field(description="of a subtask, the task that it will be part of")


class QuickAddPreview(BaseModel):
    """The task that a line would make; sent again with its `read_at`, the line makes this one."""

    task: PreviewedTask
    parts: list[LinePart]
    next: list[Occurrence] = Field(description="the dates after the first of a task that repeats")
    not_repeated: str | None = Field(description="words of the title that ask for a repetition and cannot be followed")
    read_at: AwareDatetime


class TaskConditions(BaseModel):
    """Which tasks."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    status: Status = Status.ALL
    priority: Some[Priority] = Field(default_factory=list, max_length=MOST_ASKED, description="any of these")
    tag: Some[Tag] = Field(default_factory=list, max_length=MOST_ASKED, description="all of these")
    any_tag: Some[Tag] = Field(default_factory=list, max_length=MOST_ASKED, description="any of these")
    q: Annotated[str, StringConstraints(max_length=200), AfterValidator(storable)] = Field(
        "",
        description="what title, description or tags have in them, wherever a word begins",
        json_schema_extra={"pattern": WITHOUT_NUL},
    )
    parent_id: BodyId | None = Field(None, description="the subtasks of that task")
    top_level: StrictBool = Field(False, description="no subtasks")
    has_open_subtasks: StrictBool | None = Field(
        None, description="true: only tasks that have open subtasks; false: only others"
    )
    due: Some[DueWindow] = Field(
        default_factory=list,
        max_length=MOST_ASKED,
        description="any of these; week is today and the next six days",
    )
    due_from: Date | None = None
    due_to: Date | None = None
    repeats: StrictBool | None = Field(None, description="true: only tasks that repeat; false: only others")
    time_zone: TimeZone | None = Field(None, description="whose today; default: the X-Time-Zone header, else UTC")


class TaskFilter(TaskConditions):
    """Which tasks, in which order, which part of them."""

    sort: Annotated[Sort, BeforeValidator(lambda value: "due_date" if value == "due" else value)] = Sort.CREATED
    order: Order | None = Field(None, description="default: newest, due soonest, highest priority, or a to z first")
    limit: PageSize = 50
    cursor: Annotated[str, StringConstraints(max_length=MAX_CURSOR)] | None = None
    id: Some[TaskId] = Field(default_factory=list, max_length=200, description="any of these")

    @field_validator("parent_id", mode="before")
    @classmethod
    def _number_in_a_query(cls, value: object) -> object:
        return int(digits) if isinstance(digits := _whole_number(value), str) else digits

    @field_validator("top_level", "has_open_subtasks", "repeats", mode="before")
    @classmethod
    def _truth_in_a_query(cls, value: object) -> object:
        return _flag(value)
