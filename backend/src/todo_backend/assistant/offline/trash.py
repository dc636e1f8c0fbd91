"""Plans about deleted tasks: which there are, and having them back."""

from collections.abc import Generator
from datetime import datetime

from todo_backend.assistant.offline import calls, replies
from todo_backend.assistant.offline.answer import Answer, Question, joined
from todo_backend.assistant.offline.deeds import Deeds
from todo_backend.assistant.offline.lookup import SHOWN, among, words_of
from todo_backend.assistant.offline.plan import Memory, Plan
from todo_backend.assistant.offline.results import many_deeds, read_reversal, read_trash
from todo_backend.assistant.offline.transcript import Call
from todo_backend.language.intents import ById, ByPhrase, Mentioned, RestoreTasks, TaskRef
from todo_backend.language.refs import split_enumeration
from todo_backend.mcp_server.schemas import ToolDeletedTask


class Trash:
    """The plans of one turn that are about the trash."""

    def __init__(self, memory: Memory, deeds: Deeds, now: datetime) -> None:
        self._memory = memory
        self._deeds = deeds
        self._now = now

    def show(self) -> Plan:
        """Show what was deleted last."""
        [output] = yield [Call("list_trash", {"limit": calls.PAGE})]
        page = read_trash(output)
        if page is None:
            return Answer(replies.failed(output))
        return Answer(replies.trash(page.deleted, page.count, self._now), tuple(page.deleted), elsewhere=True)

    def restore(self, intent: RestoreTasks) -> Plan:
        """Bring deleted tasks back."""
        if intent.everything:
            return (yield from self._restore_everything(intent))
        ids: list[int] = []
        answers: list[Answer] = []
        for ref in intent.refs:
            match ref:
                case ById():
                    ids.append(ref.task_id)
                case ByPhrase():
                    found, remark = yield from self._in_trash(intent, ref.text)
                    ids += found
                    answers += [remark] if remark else []
                case _:
                    ids += (named := self._deleted_earlier(ref))
                    answers += [] if named else [Answer(replies.NOTHING_DELETED)]
        if ids:
            answers.append((yield from self._deeds.perform("Restored", [calls.restore(task_id) for task_id in ids])))
        return joined(answers)

    def _restore_everything(self, intent: RestoreTasks) -> Plan:
        """All that was deleted, asked about above one task."""
        if not intent.sure:
            [output] = yield [Call("list_trash", {"limit": SHOWN})]
            page = read_trash(output)
            if page is None:
                return Answer(replies.failed(output))
            if not page.deleted:
                return Answer(replies.EMPTY_TRASH)
            if page.count > 1:
                shown = tuple(page.deleted)
                text = replies.offer_to_restore(page.deleted, page.count, self._now)
                return Answer(text, shown, Question("confirm", intent, shown))
        [output] = yield [Call("restore_tasks", {"everything": True})]
        return self.reversed(output) or Answer(replies.refused(output))

    def reversed(self, output: str) -> Answer | None:
        """What was put back, as far as something was."""
        reversal = read_reversal(output)
        if reversal is None:
            return None
        done = many_deeds(reversal)
        text = replies.reversed_change(reversal.status, done, reversal.count, self._now)
        return Answer(text, tuple(task for _, task in done))

    def _in_trash(
        self, intent: RestoreTasks, phrase: str
    ) -> Generator[list[Call], list[str], tuple[list[int], Answer | None]]:
        """The deleted tasks that a phrase names, one for each piece of it, or what to say of it."""
        pieces = split_enumeration(phrase)
        wanted = [phrase, *(pieces if len(pieces) > 1 else [])]
        outputs = yield [Call("list_trash", {"q": words[: calls.LONGEST_QUERY], "limit": SHOWN}) for words in wanted]
        found = []
        for words, page in zip(wanted, map(read_trash, outputs), strict=True):
            tasks = page.deleted if page else []
            found.append([task for task in tasks if words_of(task.title) == words_of(words)] or tasks)
        whole, parts = found[0], found[1:]
        if len(whole) == 1:
            return [whole[0].id], None
        if whole:
            shown = tuple(whole)
            text = replies.which_deleted(phrase, whole, self._now)
            return [], Answer(text, shown, Question("which", intent, shown))
        if parts and all(len(part) == 1 for part in parts):
            return [part[0].id for part in parts], None
        return [], Answer(replies.not_deleted(phrase), elsewhere=True)

    def _deleted_earlier(self, ref: TaskRef) -> list[int]:
        """The tasks of the trash that were just shown, or those that the conversation deleted, which `ref` means."""
        shown = next((tasks for tasks in self._memory.shown if tasks), ())
        if all(isinstance(task, ToolDeletedTask) for task in shown) and (chosen := among(ref, shown)):
            return [by_id.task_id for by_id in chosen]
        if isinstance(ref, Mentioned):
            for done in self._memory.done:
                if deleted := [task.id for deed, task in done if deed == "Deleted"]:
                    return deleted
        return []
