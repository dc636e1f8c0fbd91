"""From the transcript of a conversation to the next tool calls or the answer.

What an intent takes is written as a generator that yields batches of tool calls, receives their results and returns
the answer. Nothing is kept between two model calls: each runs the generator anew and feeds it the results that the
transcript already holds, until it asks for calls that have not been made, or answers.
"""

from collections.abc import Generator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from difflib import SequenceMatcher
from typing import Any, TypeAlias, assert_never

from todo_backend.assistant.offline import replies
from todo_backend.assistant.offline.task import Task, next_cursor, read_task, read_tasks
from todo_backend.assistant.offline.transcript import ToolResult, Transcript
from todo_backend.language import parse_quick_add, understand
from todo_backend.language.intents import (
    AddTasks,
    ById,
    ByPhrase,
    Changes,
    Choose,
    CompleteTasks,
    DeleteTasks,
    Filters,
    Greeting,
    Help,
    Intent,
    ListTags,
    ListTasks,
    Matching,
    Mentioned,
    No,
    Ordinal,
    ReopenTasks,
    RestoreTasks,
    Several,
    ShowTask,
    TaskDraft,
    TaskRef,
    Thanks,
    Undo,
    Unknown,
    UpdateTasks,
    Yes,
)

MOST_AT_ONCE = 25
_PAGE = 50
_LARGE_PAGE = 200
_MOST_PAGES = 5
_LONGEST_QUERY = 200
_TURNS_LOOKED_BACK = 6
_CLOSE_ENOUGH = 0.6
# A completion that is older than the message was there before it; the slack covers clocks that differ.
_CLOCK_SLACK = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Call:
    """A tool call to make."""

    name: str
    arguments: dict[str, Any]


_Commands: TypeAlias = CompleteTasks | ReopenTasks | DeleteTasks | UpdateTasks
_Text: TypeAlias = Generator[list[Call], list[ToolResult], str]


def respond(transcript: Transcript, now: datetime, tools: frozenset[str]) -> list[Call] | str:
    """The tool calls to make next, or the answer. `now` is aware, in the person's zone; `tools` are those at hand."""
    results = list(transcript.results)
    plan = _Plans(transcript, now).run()
    try:
        calls = next(plan)
        while len(calls) <= len(results):
            batch, results = results[: len(calls)], results[len(calls) :]
            calls = plan.send(batch)
    except StopIteration as stop:
        return str(stop.value)
    missing = calls[len(results) :]  # a process that died may have left the first results of a batch on record
    return missing if all(call.name in tools for call in missing) else replies.UNAVAILABLE


@dataclass(slots=True)
class _Targets:
    """The tasks that references name, and what to say about references that name none or several."""

    tasks: list[Task]
    remarks: list[str]


class _Plans:
    """How each intent is carried out."""

    def __init__(self, transcript: Transcript, now: datetime) -> None:
        self._message = transcript.message
        self._earlier = transcript.earlier[-_TURNS_LOOKED_BACK:]
        self._now = now

    def run(self) -> _Text:
        """Carry out the message, as an answer to an open question if there is one."""
        intent = understand(self._message, self._now)
        last = self._earlier[-1] if self._earlier else None
        question = replies.open_question(last.text) if last and last.role == "assistant" else None
        if question is not None and (answered := self._answered(question, intent)) is not None:
            intent = answered
        return (yield from self._carry_out(intent))

    def _answered(self, question: replies.Question, intent: Intent) -> Intent | None:
        """The command that an answer completes; None if the message is no answer."""
        if question == "title":
            return self._titled(intent)
        origin = self._origin()
        if question == "add":
            return replace(origin, sure=True) if isinstance(origin, AddTasks) and isinstance(intent, Yes) else None
        shown = replies.shown_tasks(self._earlier[-1].text, only_list=True)
        if question == "confirm":
            if not isinstance(intent, Yes) or origin is None:
                return None
            return _with_refs(origin, tuple(ById(task.task_id) for task in shown))
        refs = self._chosen(intent, shown)
        return _with_refs(origin, refs) if origin is not None and refs else None

    def _titled(self, intent: Intent) -> Intent | None:
        if isinstance(intent, AddTasks) and intent.drafts:
            return replace(intent, sure=True)
        if isinstance(intent, Unknown | Choose) and not self._message.strip().endswith("?"):
            try:
                return AddTasks((parse_quick_add(self._message, self._now),))
            except ValueError:
                return None
        return None

    def _chosen(self, intent: Intent, shown: Sequence[replies.Shown]) -> tuple[TaskRef, ...]:
        if isinstance(intent, Choose):
            return tuple(ref for ref in intent.refs for ref in _among(ref, shown))
        if isinstance(intent, Yes) and len(shown) == 1:
            return (ById(shown[0].task_id),)
        if isinstance(intent, Unknown) or (isinstance(intent, AddTasks) and not intent.sure):
            words = set(_words(self._message)) - {"the", "one", "task", "with", "about", "i", "mean"}
            matches = [task for task in shown if words and words <= set(_words(task.title))]
            return (ById(matches[0].task_id),) if len(matches) == 1 else ()
        return ()

    def _origin(self) -> Intent | None:
        """The command that led to the open question: the last one said, behind questions and answers."""
        for turn in reversed(self._earlier):
            if turn.role == "assistant":
                if replies.open_question(turn.text) is None:
                    return None
                continue
            intent = understand(turn.text, self._now)
            commands = intent.intents if isinstance(intent, Several) else (intent,)
            for command in commands:
                is_open = isinstance(command, CompleteTasks | ReopenTasks | DeleteTasks | UpdateTasks | ShowTask)
                if is_open or (isinstance(command, AddTasks) and len(commands) == 1):
                    return command
        return None

    def _carry_out(self, intent: Intent) -> _Text:
        match intent:
            case AddTasks():
                return (yield from self._add(intent))
            case ListTasks():
                return (yield from self._list(intent))
            case CompleteTasks() | ReopenTasks() | DeleteTasks() | UpdateTasks():
                return (yield from self._change(intent))
            case ListTags():
                return (yield from self._list_tags())
            case ShowTask():
                return (yield from self._show(intent))
            case RestoreTasks():
                return (yield from self._restore(intent))
            case Undo():
                return (yield from self._undo())
            case Choose():
                if len(intent.refs) == 1 and not isinstance(intent.refs[0], Mentioned):
                    return (yield from self._show(ShowTask(intent.refs[0])))
                return replies.WHAT_NEXT
            case Several():
                return (yield from self._carry_out_all(intent.intents))
            case Yes():
                return replies.WHAT_NEXT
            case No():
                return replies.NOTHING_DONE
            case Help():
                return replies.HELP
            case Greeting():
                return replies.GREETING
            case Thanks():
                return replies.THANKS
            case Unknown():
                return replies.UNKNOWN
            case _:
                assert_never(intent)

    def _carry_out_all(self, intents: Sequence[Intent]) -> _Text:
        texts: list[str] = []
        for intent in intents:
            text = yield from self._carry_out(intent)
            texts.append(text)
        return replies.joined(texts)

    def _add(self, intent: AddTasks) -> _Text:
        if not intent.drafts:
            return replies.ASK_TITLE
        if not intent.sure:
            return replies.offer(intent.drafts, self._now)
        results = yield [Call("add_task", _draft_arguments(draft)) for draft in intent.drafts]
        added: list[Task] = []
        problems: list[str] = []
        for draft, result in zip(intent.drafts, results, strict=True):
            task = read_task(result.data)
            if task is None:
                problems.append(replies.failed(result.error or draft.title))
            else:
                # What was asked for, should the tool answer with no more than the id and the title.
                added.append(
                    replace(
                        task,
                        due_date=draft.due_date,
                        due_time=draft.due_time,
                        priority=draft.priority,
                        tags=task.tags or draft.tags,
                    )
                )
        return replies.joined([replies.done("Added", added, self._now), *problems])

    def _list(self, intent: ListTasks) -> _Text:
        filters = intent.filters
        by_completion = filters.status == "completed" and filters.between is not None
        pages = _MOST_PAGES if by_completion or intent.count_only else 1
        tasks, has_more, error = yield from self._fetch(filters, pages)
        if error:
            return error
        if by_completion:
            tasks = [task for task in tasks if self._completed_within(task, filters)]
        if intent.count_only:
            return replies.task_count(tasks, filters, has_more, self._now)
        return replies.task_list(tasks, filters, has_more and not by_completion, self._now)

    def _list_tags(self) -> _Text:
        tasks, has_more, error = yield from self._fetch(Filters(status="pending"), _MOST_PAGES)
        return error or replies.tags([tag for task in tasks for tag in task.tags], has_more)

    def _completed_within(self, task: Task, filters: Filters) -> bool:
        if task.completed_at is None or filters.between is None:
            return False
        first, last = filters.between
        return first <= task.completed_at.astimezone(self._now.tzinfo).date() <= last

    def _fetch(
        self, filters: Filters, pages: int, limit: int | None = None
    ) -> Generator[list[Call], list[ToolResult], tuple[list[Task], bool, str | None]]:
        """The tasks of up to so many pages, whether there are more, and what went wrong."""
        arguments = _filter_arguments(filters)
        arguments["limit"] = limit or (_PAGE if pages == 1 else _LARGE_PAGE)
        tasks: list[Task] = []
        cursor: str | None = None
        for _ in range(pages):
            [result] = yield [Call("list_tasks", arguments | ({"cursor": cursor} if cursor else {}))]
            if result.error is not None:
                return tasks, False, replies.failed(result.error)
            tasks += read_tasks(result.data)
            cursor = next_cursor(result.data)
            if cursor is None:
                has_more = isinstance(result.data, dict) and result.data.get("has_more") is True
                return tasks, has_more, None
        return tasks, True, None

    def _show(self, intent: ShowTask) -> _Text:
        targets = yield from self._resolve((intent.ref,), None)
        texts = list(targets.remarks)
        if targets.tasks:
            results = yield [Call("get_task", {"task_id": task.id}) for task in targets.tasks]
            for target, result in zip(targets.tasks, results, strict=True):
                task = read_task(result.data)
                texts.append(replies.task_details(task, self._now) if task else _problem(target.id, result))
        return replies.joined(texts)

    def _restore(self, intent: RestoreTasks) -> _Text:
        ids: list[int] = []
        for ref in intent.refs:
            ids += [ref.task_id] if isinstance(ref, ById) else self._deleted_earlier(ref)
        if not ids:
            return replies.NEEDS_NUMBER
        return (yield from self._perform("Restored", [Call("restore_task", {"task_id": task_id}) for task_id in ids]))

    def _deleted_earlier(self, ref: TaskRef) -> list[int]:
        """The tasks that the conversation deleted and that the reference may mean."""
        for turn in reversed(self._earlier):
            if turn.role == "assistant":
                deleted = [shown for deed, shown in replies.reported_deeds(turn.text) if deed == "Deleted"]
                if isinstance(ref, ByPhrase):
                    words = set(_words(ref.text))
                    deleted = [shown for shown in deleted if words <= set(_words(shown.title))]
                if deleted:
                    return [shown.task_id for shown in deleted]
        return []

    def _undo(self) -> _Text:
        for turn in reversed(self._earlier):
            deeds = replies.reported_deeds(turn.text) if turn.role == "assistant" else []
            if not deeds:
                continue
            texts: list[str] = []
            for deed, shown in deeds:
                match deed:
                    case "Added" | "Restored":
                        texts.append((yield from self._perform("Deleted", [_delete(shown.task_id)])))
                    case "Deleted":
                        restore = Call("restore_task", {"task_id": shown.task_id})
                        texts.append((yield from self._perform("Restored", [restore])))
                    case "Completed":
                        texts.append((yield from self._perform("Reopened", [_reopen(shown.task_id)])))
                    case "Reopened":
                        texts.append((yield from self._perform("Completed", [_complete(shown.task_id)])))
                    case "Updated":
                        texts.append(replies.NO_UNDO_OF_CHANGES)
                    case _:
                        assert_never(deed)
            return replies.joined(texts)
        return replies.NOTHING_TO_UNDO

    def _change(self, intent: _Commands) -> _Text:
        """Complete, reopen, delete or update: find the tasks, then do it."""
        if any(isinstance(ref, Matching) for ref in intent.refs):
            return (yield from self._ask_about_group(intent))
        wanted_state = {CompleteTasks: False, ReopenTasks: True}.get(type(intent))
        targets = yield from self._resolve(intent.refs, wanted_state)
        texts = list(targets.remarks)
        tasks = targets.tasks
        if not tasks:
            return replies.joined(texts)
        if isinstance(intent, UpdateTasks):
            texts.append((yield from self._update(tasks, intent.changes)))
            return replies.joined(texts)
        if wanted_state is not None:
            # Only tasks found by their words come with a state; those named by number are just tried.
            settled = [task for task in tasks if task.title and task.completed != wanted_state]
            tasks = [task for task in tasks if task not in settled]
            texts.append(replies.already("open" if wanted_state else "completed", settled))
        if tasks:
            match intent:
                case CompleteTasks():
                    texts.append((yield from self._perform("Completed", [_complete(task.id) for task in tasks])))
                case ReopenTasks():
                    texts.append((yield from self._perform("Reopened", [_reopen(task.id) for task in tasks])))
                case DeleteTasks():
                    texts.append((yield from self._perform("Deleted", [_delete(task.id) for task in tasks])))
        return replies.joined(texts)

    def _perform(self, deed: replies.Deed, calls: list[Call]) -> _Text:
        results = yield calls
        tasks: list[Task] = []
        before: list[Task] = []
        problems: list[str] = []
        for call, result in zip(calls, results, strict=True):
            task = read_task(result.data)
            if task is None:
                problems.append(_problem(call.arguments["task_id"], result))
            elif deed == "Completed" and task.completed_at and task.completed_at < self._now - _CLOCK_SLACK:
                before.append(task)
            else:
                tasks.append(task)
        return replies.joined([replies.done(deed, tasks, self._now), replies.already("completed", before), *problems])

    def _update(self, tasks: list[Task], changes: Changes) -> _Text:
        if changes.needs_the_task:
            results = yield [Call("get_task", {"task_id": task.id}) for task in tasks]
            found = [read_task(result.data) for result in results]
            problems = [
                _problem(task.id, result)
                for task, now_known, result in zip(tasks, found, results, strict=True)
                if now_known is None
            ]
            tasks = [task for task in found if task is not None]
            if not tasks:
                return replies.joined(problems)
        else:
            problems = []
        calls = [Call("update_task", {"task_id": task.id, **self._change_arguments(task, changes)}) for task in tasks]
        text = yield from self._perform("Updated", calls)
        return replies.joined([text, *problems])

    def _change_arguments(self, task: Task, changes: Changes) -> dict[str, Any]:
        day, at = changes.due_date, changes.due_time
        if changes.postpone_days is not None:
            day = _plus_days(task.due_date or self._now.date(), changes.postpone_days)
        elif changes.keeps_day and task.due_date is not None:
            day = None
        arguments: dict[str, Any] = {}
        if changes.title is not None:
            arguments["title"] = changes.title
        if changes.description is not None:
            arguments["description"] = changes.description
        if changes.note is not None:
            arguments["description"] = f"{task.description}\n{changes.note}".lstrip("\n")
        if day is not None:
            arguments["due_date"] = day.isoformat()
        if at is not None:
            arguments["due_time"] = f"{at:%H:%M}"
        if changes.priority is not None:
            arguments["priority"] = changes.priority
        if changes.add_tags or changes.remove_tags:
            kept = [tag for tag in task.tags if tag not in changes.remove_tags]
            arguments["tags"] = list(dict.fromkeys([*kept, *changes.add_tags]))
        if changes.clear:
            arguments["clear"] = sorted(changes.clear)
        return arguments

    def _ask_about_group(self, intent: _Commands) -> _Text:
        """Never change a whole group of tasks unasked: show them, and go on when the person agrees."""
        filters = next(ref.filters for ref in intent.refs if isinstance(ref, Matching))
        if isinstance(intent, CompleteTasks) and filters.status in (None, "all"):
            filters = replace(filters, status="pending")
        if isinstance(intent, ReopenTasks) and filters.status in (None, "all"):
            filters = replace(filters, status="completed")
        tasks, has_more, error = yield from self._fetch(filters, 1)
        if error:
            return error
        if not tasks:
            return replies.no_tasks_match(filters)
        verbs = {CompleteTasks: "complete", ReopenTasks: "reopen", DeleteTasks: "delete", UpdateTasks: "change"}
        shown = tasks[:MOST_AT_ONCE]
        return replies.confirm(verbs[type(intent)], shown, has_more or len(tasks) > len(shown), self._now)

    def _resolve(
        self, refs: Sequence[TaskRef], wanted_state: bool | None
    ) -> Generator[list[Call], list[ToolResult], _Targets]:
        """Find the tasks. `wanted_state` prefers completed (True) or pending (False) ones among several."""
        targets = _Targets([], [])
        for ref in refs:
            match ref:
                case ById():
                    targets.tasks.append(Task(ref.task_id, ""))
                case Mentioned() | Ordinal():
                    yield from self._resolve_from_talk(ref, targets)
                case ByPhrase():
                    yield from self._resolve_phrase(ref.text, wanted_state, targets)
                case Matching():
                    tasks, _, error = yield from self._fetch(ref.filters, 1)
                    targets.tasks += tasks[:MOST_AT_ONCE]
                    targets.remarks += [error] if error else []
                case _:
                    assert_never(ref)
        return targets

    def _resolve_from_talk(
        self, ref: Mentioned | Ordinal, targets: _Targets
    ) -> Generator[list[Call], list[ToolResult], None]:
        shown: list[replies.Shown] = []
        for turn in reversed(self._earlier):
            if turn.role == "assistant" and (shown := replies.shown_tasks(turn.text)):
                break
        chosen = _among(ref, shown)
        if chosen:
            targets.tasks += [Task(by_id.task_id, "") for by_id in chosen]
        elif ref == Ordinal(-1) and not shown:
            tasks, _, error = yield from self._fetch(Filters(sort="created"), 1, limit=1)
            targets.tasks += tasks
            targets.remarks += [error] if error else [] if tasks else [replies.no_tasks_match(Filters())]
        elif replies.NOT_SURE_WHICH not in targets.remarks:
            targets.remarks.append(replies.NOT_SURE_WHICH)

    def _resolve_phrase(
        self, phrase: str, wanted_state: bool | None, targets: _Targets
    ) -> Generator[list[Call], list[ToolResult], None]:
        tasks, _, error = yield from self._fetch(Filters(status="all", query=phrase), 1)
        if error:
            targets.remarks.append(error)
            return
        exact = [task for task in tasks if _words(task.title) == _words(phrase)]
        matches = exact or tasks
        if wanted_state is not None and len(matches) > 1:
            matches = [task for task in matches if task.completed == wanted_state] or matches
        if len(matches) == 1:
            targets.tasks.append(matches[0])
        elif matches:
            targets.remarks.append(replies.which(phrase, matches[:MOST_AT_ONCE], self._now))
        else:
            everything, _, error = yield from self._fetch(Filters(status="all"), 1, limit=_LARGE_PAGE)
            similar = sorted(
                ((_similarity(phrase, task.title), task) for task in everything), key=lambda pair: -pair[0]
            )
            close = [task for likeness, task in similar if likeness >= _CLOSE_ENOUGH][:5]
            targets.remarks.append(
                replies.which(phrase, close, self._now, guess=True) if close else replies.not_found(phrase)
            )


def _among(ref: TaskRef, shown: Sequence[replies.Shown]) -> tuple[ById, ...]:
    """What a reference means among the tasks just shown; nothing if that is not certain."""
    match ref:
        case ById():
            return (ref,)
        case Ordinal(place) if abs(place) <= len(shown):
            return (ById(shown[place - 1 if place > 0 else place].task_id),)
        case Mentioned(many) if many or len(shown) == 1:
            return tuple(ById(task.task_id) for task in shown)
        case _:
            return ()


def _with_refs(intent: Intent, refs: tuple[TaskRef, ...]) -> Intent | None:
    match intent:
        case CompleteTasks() | ReopenTasks() | DeleteTasks() | UpdateTasks():
            return replace(intent, refs=refs)
        case ShowTask():
            return ShowTask(refs[0])
        case _:
            return None


def _complete(task_id: int) -> Call:
    return Call("complete_task", {"task_id": task_id})


def _reopen(task_id: int) -> Call:
    return Call("update_task", {"task_id": task_id, "completed": False})


def _delete(task_id: int) -> Call:
    return Call("delete_task", {"task_id": task_id})


def _problem(task_id: int, result: ToolResult) -> str:
    error = result.error or ""
    return replies.no_such_id(task_id) if not error or replies.is_not_found(error) else replies.failed(error)


def _draft_arguments(draft: TaskDraft) -> dict[str, Any]:
    arguments: dict[str, Any] = {"title": draft.title}
    if draft.description:
        arguments["description"] = draft.description
    if draft.due_date:
        arguments["due_date"] = draft.due_date.isoformat()
    if draft.due_time:
        arguments["due_time"] = f"{draft.due_time:%H:%M}"
    if draft.priority != "none":
        arguments["priority"] = draft.priority
    if draft.tags:
        arguments["tags"] = list(draft.tags)
    return arguments


def _filter_arguments(filters: Filters) -> dict[str, Any]:
    given = {
        "status": filters.status or "all",
        "priority": filters.priority,
        "tag": filters.tag,
        "due": filters.due,
        "q": filters.query and filters.query[:_LONGEST_QUERY],
        "sort": filters.sort,
    }
    arguments: dict[str, Any] = {name: value for name, value in given.items() if value}
    if filters.between and filters.status != "completed":
        ends = zip(("due_from", "due_to"), filters.between, (date.min, date.max), strict=True)
        arguments |= {name: day.isoformat() for name, day, never in ends if day != never}
    return arguments


def _plus_days(day: date, days: int) -> date:
    try:
        return day + timedelta(days=days)
    except OverflowError:
        return day


def _words(text: str) -> list[str]:
    return "".join(char if char.isalnum() else " " for char in text.casefold()).split()


def _similarity(phrase: str, title: str) -> float:
    """How alike a phrase and a title are, 0 to 1: all in all, or word by word for slips of the pen."""
    wanted, offered = _words(phrase), _words(title)
    if not wanted or not offered:
        return 0.0
    whole = SequenceMatcher(None, " ".join(wanted), " ".join(offered)).ratio()
    by_word = sum(max(SequenceMatcher(None, word, other).ratio() for other in offered) for word in wanted)
    return max(whole, by_word / len(wanted) * 0.8)
