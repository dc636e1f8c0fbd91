"""How a page that draws tasks itself shows an answer: in fewer words, with cards and buttons beside them."""

from uuid import UUID

from pydantic import BaseModel, Field

MAX_CARDS = 50


class NamedTask(BaseModel):
    """A task that an answer tells of, by its title at that moment."""

    id: int
    title: str


class Choice(BaseModel):
    """An answer to the question with which the assistant ended: `message`, said by the person."""

    label: str
    message: str
    detail: str = Field("", description="what tells the task from others of its title")
    task_id: int | None = None


class Display(BaseModel):
    """`text` has no ids, and no lines about those tasks and choices that stand beside it."""

    text: str
    tasks: list[NamedTask] = Field(default_factory=list, max_length=MAX_CARDS)
    choices: list[Choice] = Field(default_factory=list)
    change_id: UUID | None = Field(None, description="what the answer's turn has changed, to be undone as one")
