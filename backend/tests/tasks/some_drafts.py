"""Tasks of all kinds, the same ones each time."""

from hypothesis import Phase, given, settings

from todo_backend.tasks.schemas import TaskCreate

from .test_lists import drafts


def some_drafts(number: int) -> list[TaskCreate]:
    made: list[TaskCreate] = []

    @settings(max_examples=number, database=None, derandomize=True, phases=[Phase.generate])
    @given(drafts())
    def collect(draft: TaskCreate) -> None:
        made.append(draft)

    collect()
    return made
