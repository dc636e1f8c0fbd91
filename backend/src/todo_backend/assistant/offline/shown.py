"""What a page shows of an answer: cards of its tasks, and buttons for what can be said to its question."""

from collections import Counter
from collections.abc import Iterator

from todo_backend.assistant.display import MAX_CARDS, Choice, Display, NamedTask
from todo_backend.assistant.offline import replies
from todo_backend.assistant.offline.answer import Answer, Question
from todo_backend.assistant.offline.marks import by_clock, without_ids, without_lists
from todo_backend.language.fields import OpenSubtasksAre
from todo_backend.language.intents import CompleteTasks
from todo_backend.language.reader import Reader
from todo_backend.mcp_server.schemas import ToolDeletedTask, ToolTask

_YES, _NO, _NONE = (Choice(label=words, message=words) for words in ("Yes", "No", "None of them"))


def display_of(answer: Answer, reader: Reader) -> Display:
    """The answer beside cards; a task that its question is about has none, nor has one of the trash."""
    words = by_clock(answer.text, reader)
    asked = {task.id for task in answer.question.tasks} if answer.question else set()
    tasks = [task for task in answer.tasks if task.id not in asked and not isinstance(task, ToolDeletedTask)]
    if len(tasks) > MAX_CARDS:
        return Display(text=without_ids(words), choices=choices_of(answer.question, reader))
    return Display(
        text=without_lists(words),
        tasks=[NamedTask(id=task.id, title=task.title) for task in tasks],
        choices=choices_of(answer.question, reader),
    )


def choices_of(question: Question | None, reader: Reader) -> list[Choice]:
    """What can be said to `question` with one press; nothing where only the person knows words for it."""
    match question:
        case Question("add") | Question("confirm"):
            return [_YES, *_instead(question), _NO]
        case Question("which", tasks=tasks) if tasks:
            return [*_candidates(tasks, reader), _NONE]
    return []


def chosen_by(message: str, question: Question, reader: Reader) -> int | None:
    """The id of the task whose button says `message`."""
    said = (choice.task_id for choice in choices_of(question, reader) if choice.message == message.strip())
    return next(said, None)


def _instead(question: Question) -> list[Choice]:
    """To complete a task and leave its subtasks open."""
    if not isinstance(question.command, CompleteTasks) or question.command.subtasks is not OpenSubtasksAre.COMPLETE:
        return []
    words = "Only the task" if len(question.tasks) == 1 else "Only the tasks"
    return [Choice(label=words, message=words)]


def _candidates(tasks: tuple[ToolTask, ...], reader: Reader) -> Iterator[Choice]:
    """By their titles; those of the same title by their places in the list, too."""
    titles = Counter(task.title.strip() for task in tasks)
    for place, task in enumerate(tasks, 1):
        title = task.title.strip()
        message = title if titles[title] == 1 else f"{title} (number {place} of the list)"
        yield Choice(
            label=title, message=message, detail=by_clock(replies.facts(task, reader.now), reader), task_id=task.id
        )
