"""What the assistant answers: words for the person, and beside them what they show and ask."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

from todo_backend.language.intents import Agreed, ById, Intent, Matching, TaskRef
from todo_backend.mcp_server.schemas import ToolTask


@dataclass(frozen=True, slots=True)
class Question:
    """What is open: which of the tasks, whether to do it to the tasks, whether to add, or what to add.

    `group` are the tasks of which those shown are the first, or which are changed as one. `within` are the commands of
    the same message, none of which is carried out yet, and the place that the command has among them.
    """

    about: Literal["which", "confirm", "add", "title"]
    command: Intent
    tasks: tuple[ToolTask, ...] = ()
    group: Matching | Agreed | None = None
    within: tuple[tuple[Intent, ...], int] | None = None

    @property
    def refs(self) -> tuple[TaskRef, ...]:
        """The tasks that it is about."""
        return (self.group,) if self.group else tuple(ById(task.id) for task in self.tasks)


@dataclass(frozen=True, slots=True)
class Answer:
    """A text, the tasks that it shows, in order, and the question that it ends with.

    `elsewhere` is said of an answer about tasks that it does not show: those that were not found, or only counted.
    """

    text: str
    tasks: tuple[ToolTask, ...] = ()
    question: Question | None = None
    elsewhere: bool = False

    @property
    def mentioned(self) -> tuple[ToolTask, ...] | None:
        """What "it" and "them" mean afterwards: no task that was only offered. None if no tasks were spoken of."""
        if self.elsewhere or (self.question is not None and self.question.about != "title"):
            return ()
        return self.tasks or None


def joined(answers: Iterable[Answer]) -> Answer:
    """Several answers as one; a question comes last, where it is answered."""
    said = sorted((answer for answer in answers if answer.text), key=lambda answer: answer.question is not None)
    tasks = {task.id: task for answer in said for task in answer.tasks}
    text = "\n\n".join(answer.text for answer in said)
    return Answer(text, tuple(tasks.values()), _last_question(said), any(answer.elsewhere for answer in said))


def _last_question(answers: Iterable[Answer]) -> Question | None:
    """The last one, with the tasks of all that ask the same about the same command."""
    questions = [answer.question for answer in answers if answer.question]
    if not questions:
        return None
    last = questions[-1]
    same = [question for question in questions if (question.about, question.command) == (last.about, last.command)]
    return replace(last, tasks=tuple(task for question in same for task in question.tasks))
