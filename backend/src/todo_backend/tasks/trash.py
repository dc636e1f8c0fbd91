"""The trash as every entry point shows it: what was deleted and can be had back, and which of it is wanted."""

from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from todo_backend.tasks.schemas import WITHOUT_NUL, Count, JustTrue, PageSize, Task, TheseTasks, storable

CURSOR = r"^[0-9]{1,17}-[1-9][0-9]{0,15}$"


class DeletedTask(Task):
    """A task in the trash."""

    deleted_at: AwareDatetime = Field(description="it can be restored for 30 days from then on")


class TrashPage(BaseModel):
    """Part of the trash, what was deleted last first; `next_cursor` asks for what follows, null at the end."""

    items: list[DeletedTask]
    count: int = Field(description="how many there are on all pages")
    next_cursor: str | None


class TrashFilter(BaseModel):
    """Which deleted tasks."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    q: Annotated[str, StringConstraints(max_length=200), AfterValidator(storable)] = Field(
        "",
        description="every word begins a word of title, description or tags",
        json_schema_extra={"pattern": WITHOUT_NUL},
    )
    limit: PageSize = 50
    cursor: Annotated[str, StringConstraints(pattern=CURSOR)] | None = None


class AllDeleted(BaseModel):
    """The whole trash."""

    model_config = ConfigDict(extra="forbid")

    all: JustTrue


class RestoreMany(BaseModel):
    """Which deleted tasks are to come back."""

    model_config = ConfigDict(extra="forbid")

    which: TheseTasks | AllDeleted
    expected: Count | None = Field(
        None, description="how many tasks that has to be: nothing is restored if there are more or fewer"
    )
