"""How a page that draws tasks itself shows an answer: in fewer words, with cards and buttons beside them."""

from uuid import UUID

from pydantic import BaseModel

MAX_CARDS = 50


class NamedTask(BaseModel):
    """A task that an answer tells of, by its title at that moment."""

    id: int
    title: str


class Choice(BaseModel):
    """An answer to the question with which the assistant ended: `message`, said by the person.

    `detail` tells the task of `task_id` from others of its title.
    """

    label: str
    message: str
    detail: str = ""
    task_id: int | None = None


class Display(BaseModel):
    """`text` has no ids, and no lines about those tasks and choices that stand beside it.

    `change_id` stands for all that the answer's turn has changed, to be undone as one.
    """

    text: str
    tasks: list[NamedTask] = []
    choices: list[Choice] = []
    change_id: UUID | None = None
