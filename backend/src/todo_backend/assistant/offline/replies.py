"""The assistant's sentences, in Markdown. Nothing is read back from them."""

import re
import textwrap
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time
from typing import Any, Literal

from todo_backend.assistant.offline.marks import a_time, an_id, listed, whole
from todo_backend.assistant.offline.results import Deed
from todo_backend.language.fields import DueWindow, Priority, Status
from todo_backend.language.intents import Filters, TaskDraft
from todo_backend.language.recurrence_words import in_words
from todo_backend.mcp_server.schemas import ToolChange, ToolDeletedTask, ToolTask
from todo_backend.tasks.schemas import Occurrence, Progress

_WHICH = "Which one do you mean?"
_GO_AHEAD = "Shall I go ahead?"
_LONGEST_EXCERPT = 80
_SPECIAL = re.compile(r"([\\*`\[\]<])")
_BACKSLASH = re.compile(r"\\(.)")

GREETING = "Hello! Tell me what you need to do, or ask me what is due today."
THANKS = "You're welcome!"
NOTHING_DONE = "Okay, I left everything as it is."
NOTHING_OPEN = "All right. Nothing is waiting for an answer."
STAYS_DONE = "All right. What I did last stays done; say “undo” to take it back."
WHAT_NEXT = "Tell me what to do, for example “add buy milk tomorrow” or “show my tasks”."
NO_CHANGES = "Nothing was changed in the last 30 days."
UNAVAILABLE = "I can't do that here."
ASK_TITLE = "What should I add?"
NOT_SURE_WHICH = f"I'm not sure which task that is. Tell me its number or some words of its title.\n\n{_WHICH}"
EMPTY_TRASH = "There are no deleted tasks. What is deleted stays here for 30 days."
GONE_MEANWHILE = "Some of these tasks are not there any more, so nothing was changed. Ask once more to see the others."
NOTHING_DELETED = "I'm not sure which deleted task that is. Say “show the trash” to see them."
HELP = """\
I look after your tasks. I can
- add tasks: “add buy milk tomorrow at 5pm #home, high priority”
- show them: “what's due today?”, “show my completed tasks”, “find milk”
- finish them: “mark task 3 as done”, “reopen task 3”
- change them: “move task 3 to friday”, “rename task 3 to Call mom”, “tag task 3 with work”
- delete them: “delete the meeting task”
- repeat them: “water plants every monday”, “repeat task 3 every 2 weeks”, “skip task 3”
- put them in order: “move task 3 to the top”, “put milk above bread”, “show my tasks in my order”
- divide them: “add eggs under groceries”, “make task 3 a subtask of task 1”, “subtasks of groceries”
- take back any change: “undo”, “undo the deletion”, “redo”, “what did you change?”
- bring deleted tasks back: “show the trash”, “restore milk”, “restore everything”"""


def due_words(day: date, at: time | None, now: datetime) -> str:
    """A due date in words: "tomorrow (Thu 26 Nov) at 17:00"."""
    today = now.date()
    calendar = f"{day:%a} {day.day} {day:%b}" + (f" {day.year}" if day.year != today.year else "")
    near = {-1: "yesterday", 0: "today", 1: "tomorrow"}.get((day - today).days)
    words = f"{near} ({calendar})" if near else calendar
    return f"{words} at {a_time(at)}" if at else words


def done(deed: Deed, tasks: Sequence[ToolTask], now: datetime) -> str:
    """ "Completed **Buy milk** (#12)." """
    if not tasks:
        return ""
    if len(tasks) == 1:
        details = _details(tasks[0], now) if deed in ("Added", "Updated", "Restored", "Skipped") else ""
        if deed != "Added" and tasks[0].subtasks:
            details += _along(deed, tasks[0].subtasks)
        return f"{deed} {_named(tasks[0])}{details}."
    lines = (
        f"- {_named(task)}{_details(task, now) if deed in ('Added', 'Updated', 'Skipped') else ''}" for task in tasks
    )
    return "\n".join([f"{deed} {len(tasks)} tasks:", listed(lines)])


def _along(deed: Deed, progress: Progress) -> str:
    subtasks = "1 subtask" if progress.total == 1 else f"{progress.total} subtasks"
    return f" and its {subtasks}" if deed in ("Deleted", "Restored") else f", {progress.done} of {subtasks} done"


def done_to_many(deed: Deed, tasks: Sequence[ToolTask], count: int, now: datetime) -> str:
    """The same of a group, of which `tasks` are the first that were changed."""
    if not tasks:
        return "Nothing had to be changed: it is so already."
    if count <= len(tasks):
        return done(deed, tasks, now)
    first = done(deed, tasks, now).splitlines()[1:] if len(tasks) > 1 else [f"- {_named(tasks[0])}"]
    return "\n".join([f"{deed} {count} tasks:", *first, *_rest(count, tasks)])


def _rest(count: int, shown: Sequence[ToolTask]) -> list[str]:
    """A line for those of so many tasks that are not shown, if there are some."""
    return [f"- … and {count - len(shown)} more"] if count > len(shown) else []


def opened(tasks: Sequence[ToolTask], now: datetime) -> str:
    """What follows the tasks that were completed: "The next one is due tomorrow (#13)." """
    if len(tasks) == 1:
        return f"The next one is due {_when(tasks[0], now)}{_id(tasks[0])}."
    return "\n".join(["The next ones:", listed(f"- {_named(task)}, due {_when(task, now)}" for task in tasks)])


def not_repeated(words: str) -> str:
    """A task was added whose words ask for more than can be done."""
    return f"It does not repeat: I can't follow “{_escape(words)}”. Tasks repeat from once an hour to once in years."


def next_dates(task: ToolTask, dates: Sequence[Occurrence], now: datetime) -> str:
    """The answer to "when does it repeat?"."""
    if task.recurrence is None:
        return f"{_named(task)} does not repeat."
    this = f"{_named(task)} repeats {task.recurrence.words}. It is due {_when(task, now)}"
    later = ", ".join(due_words(date.due_date, date.due_time, now) for date in dates)
    return f"{this}, then {later}." if later else f"{this}, for the last time."


def _when(task: ToolTask, now: datetime) -> str:
    return due_words(task.due_date, task.due_time, now) if task.due_date else "some time"


def reversed_change(
    status: Literal["undone", "redone", "restored"], done: Sequence[tuple[Deed, ToolTask]], count: int, now: datetime
) -> str:
    """What became of each task; of many tasks, of the first ones."""
    by_deed: dict[Deed, list[ToolTask]] = {}
    for deed, task in done:
        by_deed.setdefault(deed, []).append(task)
    parts = [_put_back(status, deed, tasks, now) for deed, tasks in by_deed.items()]
    if count > len(done):
        parts.append(f"… and {count - len(done)} more. All {count} tasks are {status}.")
    return "\n".join(parts)


def _put_back(
    status: Literal["undone", "redone", "restored"], deed: Deed, tasks: Sequence[ToolTask], now: datetime
) -> str:
    if deed != "Updated":
        return done(deed, tasks, now)
    back = "back" if status == "undone" else "again"
    if len(tasks) == 1:
        return f"Changed {_named(tasks[0])} {back}{_details(tasks[0], now)}."
    return "\n".join(
        [f"Changed {len(tasks)} tasks {back}:", listed(f"- {_named(task)}{_details(task, now)}" for task in tasks)]
    )


def changes(found: Sequence[ToolChange], now: datetime) -> str:
    """The answer to "what did you change?": the newest first."""
    if not found:
        return NO_CHANGES
    lines = (_change_line(change, now) for change in found)
    return "\n".join(["The latest changes, the newest first:", *lines, "", "Say “undo” to take back the last one."])


def _change_line(change: ToolChange, now: datetime) -> str:
    at = change.at.astimezone(now.tzinfo)
    names = ""
    if change.count > 1:
        shown = ", ".join(f"“{task.title}”" for task in change.tasks if task.title)
        names = f": {_escape(shown)}{', …' if change.count > len(change.tasks) else ''}"
    undone = " (undone)" if change.undone else ""
    return f"- {due_words(at.date(), at.time(), now)}: {_escape(change.words)}{names}{undone}"


def already(state: Literal["completed", "open"], tasks: Sequence[ToolTask]) -> str:
    """ "**Buy milk** (#12) was already completed." """
    word = "completed" if state == "completed" else "not completed"
    return "\n".join(f"{_named(task)} was already {word}." for task in tasks)


def offer(drafts: Sequence[TaskDraft], now: datetime) -> str:
    """Ask whether to add what only reads like a task."""
    if len(drafts) == 1:
        return _asking(f"That sounds like a task: {_drafted(drafts[0], now)}.", (), "Shall I add it?")
    lines = (f"- {_drafted(draft, now)}" for draft in drafts)
    return _asking("Those sound like tasks:", lines, "Shall I add them?")


def which(phrase: str, tasks: Sequence[ToolTask], now: datetime, *, guess: bool = False) -> str:
    """Ask which of several tasks is meant; with `guess`, none matched and these come close."""
    opening = (
        f"I found no task called “{_escape(phrase)}”, but something like it:"
        if guess
        else f"I found {len(tasks)} tasks for “{_escape(phrase)}”:"
    )
    return _asking(opening, [listed(task_line(task, now) for task in tasks)], _WHICH)


def confirm(verb: str, tasks: Sequence[ToolTask], fates: Sequence[str], count: int, now: datetime) -> str:
    """Ask before changing many tasks at once, with what would become of each, or of the first of them."""
    opening = f"That would {verb} {'1 task' if count == 1 else f'{count} tasks'}:"
    lines = [f"{task_line(task, now)} → {fate}" for task, fate in zip(tasks, fates, strict=True)]
    return _asking(opening, [*lines, *_rest(count, tasks)], _GO_AHEAD)


def moved(tasks: Sequence[ToolTask], place: Literal["first", "last", "before", "after"], other: ToolTask | None) -> str:
    """ "Moved **Buy milk** (#12) above **Call Ana** (#3)." """
    if not tasks:
        return ""
    ends = {"first": " to the top of your list", "last": " to the end of your list"}
    beside = f" {'above' if place == 'before' else 'below'} {_named(other)}" if other else ""
    return f"Moved {', '.join(map(_named, tasks))}{ends.get(place, beside)}. “Show my tasks in my order” lists them so."


def too_many_to_move(most: int) -> str:
    """More tasks are to be put somewhere than can be at once."""
    return f"I can move {most} tasks at a time. Nothing was moved: name fewer of them."


def too_many_of_several_kinds(most: int) -> str:
    """A group that several filters describe has more tasks than can be agreed to by their numbers."""
    return f"Those are more than {most} tasks of several kinds. Nothing was changed: name one kind after the other."


def changed_to(task: ToolTask, values: Mapping[str, Any], now: datetime) -> str:
    """What the new `values` of its fields make of a task: "due Fri 27 Nov, high priority"."""
    words = [f"renamed “{_escape(values['title'])}”"] if "title" in values else []
    day, at = values.get("due_date", task.due_date), values.get("due_time", task.due_time)
    if day and ("due_date" in values or "due_time" in values):
        words.append(f"due {due_words(day, at, now)}")
    elif "due_date" in values:
        words.append("no due date")
    if "recurrence" in values:
        words.append(f"repeats {in_words(values['recurrence'])}" if values["recurrence"] else "does not repeat")
    if "priority" in values:
        words.append(f"{'no' if values['priority'] == Priority.NONE else values['priority']} priority")
    if "tags" in values:
        words.append("tagged " + _hashtags(values["tags"]) if values["tags"] else "no tags")
    if "description" in values:
        words.append("a new description" if values["description"] else "no description")
    return ", ".join(words) or "as it is"


def subtasks(task: ToolTask, parts: Sequence[ToolTask], has_more: bool, now: datetime) -> str:
    """The answer to "what are the subtasks of groceries?": in the order in which they were added."""
    if not parts:
        return f"{_named(task)} has no subtasks. Add one, for example “add eggs under {_escape(task.title)}”."
    number = f"{task.subtasks.done} of {task.subtasks.total} done" if task.subtasks else ""
    more = ["… and more."] if has_more else []
    return "\n".join(
        [f"The subtasks of {_named(task)}, {number}:", listed(task_line(part, now) for part in parts), *more]
    )


def open_subtasks(left: Sequence[tuple[ToolTask, Sequence[ToolTask]]], now: datetime) -> str:
    """Ask what becomes of the open subtasks of tasks that are to be completed."""
    lines: list[str] = []
    for task, parts in left:
        count = len(parts)
        lines += [
            f"{_named(task)} has {count} open subtask{'' if count == 1 else 's'}:",
            *(task_line(part, now) for part in parts),
        ]
    opening, *rest = lines
    hint = "" if len(left) > 1 else " Say “only the task” to leave them open."
    return _asking(opening, rest, f"Nothing is completed yet.{hint} Shall I complete all of it?")


def open_subtasks_of_group(parents: Sequence[ToolTask], count: int, now: datetime) -> str:
    """The same of a group, of which so many have open subtasks; `parents` are the first of them."""
    opening = "1 of these tasks has open subtasks:" if count == 1 else f"{count} of these tasks have open subtasks:"
    lines = [*(task_line(task, now) for task in parents), *_rest(count, parents)]
    hint = "Say “only the tasks” to leave them open."
    return _asking(opening, lines, f"Nothing is completed yet. {hint} Shall I complete all of it?")


def trash(tasks: Sequence[ToolDeletedTask], count: int, now: datetime) -> str:
    """The answer to "what did I delete?": the last deleted first."""
    if not tasks:
        return EMPTY_TRASH
    number = "is 1 deleted task" if count == 1 else f"are {count} deleted tasks"
    lines = [deleted_line(task, now) for task in tasks]
    if count > len(tasks):
        lines.append(f"… and {count - len(tasks)} that were deleted before.")
    hint = "Say “restore” and a number or a title, or “restore everything”. Each stays for 30 days."
    return "\n".join([f"There {number}:", *lines, "", hint])


def deleted_line(task: ToolDeletedTask, now: datetime) -> str:
    """A task of the trash in a list: "- **Buy milk** (#12, deleted yesterday (Tue 24 Nov) at 10:00)"."""
    at = task.deleted_at.astimezone(now.tzinfo)
    return f"- **{_escape(task.title)}** ({an_id(f'#{task.id}, ')}deleted {due_words(at.date(), at.time(), now)})"


def which_deleted(phrase: str, tasks: Sequence[ToolDeletedTask], now: datetime) -> str:
    """Ask which of several deleted tasks is meant."""
    opening = f"I found {len(tasks)} deleted tasks for “{_escape(phrase)}”:"
    return _asking(opening, (deleted_line(task, now) for task in tasks), _WHICH)


def offer_to_restore(tasks: Sequence[ToolDeletedTask], count: int, now: datetime) -> str:
    """Ask before everything comes back."""
    lines = [deleted_line(task, now) for task in tasks]
    if count > len(tasks):
        lines.append(f"… and {count - len(tasks)} more")
    return _asking(f"That would restore {count} tasks:", lines, _GO_AHEAD)


def not_deleted(phrase: str) -> str:
    """No deleted task matches a phrase."""
    return f"I couldn't find a deleted task called “{_escape(phrase)}”. Say “show the trash” to see them all."


def not_understood(message: str) -> str:
    """A message says nothing that the assistant knows."""
    words = " ".join(message.split())
    quoted = (
        f"“{_escape(textwrap.shorten(words, _LONGEST_EXCERPT, placeholder=' …'))}”" if words else "an empty message"
    )
    return f"Sorry, I don't know what to do with {quoted}; “help” tells what I can do."


def nothing_done(reason: str) -> str:
    """Why no command of a message was carried out."""
    return f"Nothing was done. {reason}"


def nothing_done_yet(question: str) -> str:
    """What has to be answered before the commands of a message are carried out."""
    return f"Nothing is done yet. {question}"


def no_change_of_kind(deed: str) -> str:
    """No change that did such a thing is there to be undone."""
    return f"I found no {deed} to undo. “What was changed?” shows the latest changes."


def change_of_several_kinds(deed: str) -> str:
    """The change that did such a thing did other things, too."""
    return f"Nothing was undone: the last {deed} is part of a change that did more. “Undo” takes back the last one."


def not_found(phrase: str) -> str:
    """No task matches a phrase."""
    return f"I couldn't find a task called “{_escape(phrase)}”. Say “show my tasks” to see them all."


def no_such_id(task_id: int) -> str:
    """A tool knows no task of that number."""
    return f"I couldn't find task {task_id}. Say “show my tasks” to see them with their numbers."


def refused(error: str) -> str:
    """A tool says itself why it did nothing."""
    return _escape(error) or failed(error)


def failed(error: str) -> str:
    """A tool refused for another reason, which its text says."""
    return f"That didn't work: {error or 'the tool did not answer.'}"


def is_not_found(error: str) -> bool:
    """Whether a tool's error says that there is no such task."""
    return (
        re.search(r"not found|no such|does not exist|doesn't exist|there is no task|no task", error, re.IGNORECASE)
        is not None
    )


def task_line(task: ToolTask, now: datetime) -> str:
    """A task in a list: "- **Buy milk** (#12, due tomorrow, high)"."""
    words = _facts_of(task, now)
    return f"- **{_escape(task.title)}**" + (f" ({an_id(f'#{task.id}, ')}{words})" if words else _id(task))


def facts(task: ToolTask, now: datetime) -> str:
    """What tells a task from others of its title: "due tomorrow, high"; in plain text, empty if there is nothing."""
    return _BACKSLASH.sub(r"\1", _facts_of(task, now))


def _facts_of(task: ToolTask, now: datetime) -> str:
    facts = []
    if task.completed:
        facts.append("done")
    elif task.due_date:
        facts.append(_due_fact(task, now))
    if task.recurrence:
        facts.append(task.recurrence.words)
    if task.priority != Priority.NONE:
        facts.append(task.priority)
    if task.subtasks:
        facts.append(f"{task.subtasks.done}/{task.subtasks.total} subtasks done")
    if task.parent_title:
        facts.append(f"part of {_escape(task.parent_title)}")
    facts += [f"#{_escape(tag)}" for tag in task.tags]
    return ", ".join(facts)


def task_details(task: ToolTask, now: datetime) -> str:
    """Everything about one task."""
    line = task_line(task, now).removeprefix("- ")
    return f"{line}\n\n{_escape(task.description)}" if task.description else line


def task_list(tasks: Sequence[ToolTask], filters: Filters, has_more: bool, now: datetime) -> str:
    """The answer to "show my tasks": pending first, then what is done."""
    if not tasks:
        return no_tasks_match(filters, now)
    pending = [task for task in tasks if not task.completed]
    completed = [task for task in tasks if task.completed]
    number = f"{len(tasks)} or more" if has_more else str(len(tasks))
    verb = "is" if len(tasks) == 1 else "are"
    opening = f"Here {verb} {number} {_described(filters, now, one=len(tasks) == 1)}:"
    parts = [opening, listed(task_line(task, now) for task in [*pending, *completed])]
    if has_more:
        parts += ["", "There are more. Ask for a part of them, for example “what's due this week?”."]
    return "\n".join(parts)


def similar(tasks: Sequence[ToolTask], filters: Filters, now: datetime) -> str:
    """No task has the words that were looked for, and these come close."""
    opening = f"I found no {_described(filters, now)}, but something like it:"
    return "\n".join([opening, listed(task_line(task, now) for task in tasks)])


def task_count(tasks: Sequence[ToolTask], filters: Filters, has_more: bool, now: datetime) -> str:
    """The answer to "how many tasks do I have?"."""
    number = f"more than {len(tasks)}" if has_more else str(len(tasks)) if tasks else "no"
    text = f"You have {number} {_described(filters, now, one=len(tasks) == 1 and not has_more)}"
    open_count = sum(not task.completed for task in tasks)
    if filters.status in (None, Status.ALL) and 0 < open_count < len(tasks):
        text += f", {open_count} of them not done yet"
    return f"{text}."


def tags(used: Sequence[str], has_more: bool) -> str:
    """The answer to "what tags do I have?": each with how many open tasks have it, the most used first."""
    if not used:
        return "None of your open tasks has a tag. Add one, for example “tag task 1 with home”."
    counted = sorted(Counter(used).items(), key=lambda tag: (-tag[1], tag[0]))
    named = ", ".join(f"#{_escape(tag)} ({count})" for tag, count in counted)
    return f"The tags of your {'newest ' if has_more else ''}open tasks: {named}."


def _asking(opening: str, lines: Iterable[str], question: str) -> str:
    """A list and a question about it: apart from it, or Markdown would read it as the end of the last line."""
    return "\n".join([opening, *lines, "", question])


def _named(task: ToolTask) -> str:
    return f"**{_escape(task.title)}**{_id(task)}"


def _id(task: ToolTask) -> str:
    return an_id(f" (#{task.id})")


def _details(task: ToolTask, now: datetime) -> str:
    repeats = task.recurrence.words if task.recurrence else None
    part = f", part of **{_escape(task.parent_title)}**" if task.parent_title else ""
    return _facts(task.due_date, task.due_time, task.priority, task.tags, repeats, now) + part


def _drafted(draft: TaskDraft, now: datetime) -> str:
    repeats = in_words(draft.recurrence) if draft.recurrence else None
    return f"**{_escape(draft.title)}**" + _facts(
        draft.due_date, draft.due_time, draft.priority, draft.tags, repeats, now
    )


def _facts(
    day: date | None, at: time | None, priority: Priority, tags: Sequence[str], repeats: str | None, now: datetime
) -> str:
    facts = [f"due {due_words(day, at, now)}"] if day else []
    if repeats:
        facts.append(f"repeats {repeats}")
    if priority != Priority.NONE:
        facts.append(f"{priority} priority")
    if tags:
        facts.append(f"tagged {_hashtags(tags)}")
    return "".join(f", {fact}" for fact in facts)


def _hashtags(tags: Iterable[str]) -> str:
    return " ".join(f"#{_escape(tag)}" for tag in tags)


def _due_fact(task: ToolTask, now: datetime) -> str:
    day, at = task.due_date, task.due_time
    if day is None:
        return ""
    is_past = day < now.date() or (day == now.date() and at is not None and at < now.time())
    words = due_words(day, at, now)
    if 0 <= (day - now.date()).days <= 1:
        words = re.sub(r" \(.*?\)", "", words)
    return f"overdue since {words}" if is_past else f"due {words}"


def _described(filters: Filters, now: datetime, *, one: bool = False) -> str:
    """ "Pending tasks due today", "overdue tasks or high-priority tasks", "pending tasks due today or due tomorrow"."""
    kinds = [f"{_kind(part)}{'task' if one else 'tasks'}" for part in filters.parts]
    scopes = [_scope(part, now) for part in filters.parts]
    if len(set(kinds)) == 1 and all(scopes):
        return f"{kinds[0]}{' or'.join(scopes)}"
    return " or ".join(f"{kind}{scope}" for kind, scope in zip(kinds, scopes, strict=True))


def _kind(filters: Filters) -> str:
    words = []
    if filters.due == (DueWindow.OVERDUE,):
        words.append("overdue")
    elif filters.status in (Status.PENDING, Status.COMPLETED):
        words.append(filters.status)
    if filters.priority not in (None, Priority.NONE):
        words.append(f"{filters.priority}-priority")
    return "".join(f"{word} " for word in words)


_WINDOWS = {
    DueWindow.OVERDUE: "overdue",
    DueWindow.TODAY: "due today",
    DueWindow.TOMORROW: "due tomorrow",
    DueWindow.WEEK: "due in the next seven days",
    DueWindow.NONE: "without a due date",
}


def _scope(filters: Filters, now: datetime) -> str:
    several = filters.due != (DueWindow.OVERDUE,)  # alone, it is the kind of tasks
    scope = f" {' or '.join(_WINDOWS[window] for window in filters.due)}" if filters.due and several else ""
    if filters.between == (date.min, date.max):
        scope += " with a due date"
    elif filters.between:
        words = _window_words(*filters.between, now)
        scope += f" completed {words}" if filters.status == Status.COMPLETED else f" due {words}"
    if filters.tags:
        scope += " tagged " + (" or " if filters.any_tag else " and ").join(f"#{_escape(tag)}" for tag in filters.tags)
    if filters.repeats is not None:
        scope += " that repeat" if filters.repeats else " that do not repeat"
    if filters.query:
        scope += f" for “{_escape(filters.query)}”"
    return scope.replace(" completed ", " ") if filters.status == Status.COMPLETED else scope


def _window_words(first: date, last: date, now: datetime) -> str:
    if first == last:
        return due_words(first, None, now)
    if (first, last) == (date.min, now.date()):
        return "today or overdue"
    if first == date.min:
        return f"until {due_words(last, None, now)}"
    if last == date.max:
        return f"from {due_words(first, None, now)} on"
    return f"{due_words(first, None, now)} to {due_words(last, None, now)}"


def no_tasks_match(filters: Filters, now: datetime) -> str:
    """A group of tasks is empty."""
    if filters == Filters() or filters == Filters(status=Status.ALL):
        return "Your list is empty. Tell me what to add, for example “add buy milk tomorrow”."
    return f"{'I found' if filters.query else 'You have'} no {_described(filters, now)}."


def _escape(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", whole(text)).replace("\n", " ")
