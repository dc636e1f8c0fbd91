"""Our own chat panel as a client: one streamed turn after another on /chatkit, asked for again as the page does it."""

import json
import time
from collections.abc import Iterator
from http.client import HTTPException, HTTPResponse
from typing import Any

from acceptance.clients import ERROR_LENGTH, SIGN_IN_TRIES, SIGNED_OUT, TRANSIENT, UNDER_WAY, LoadWorker, new_word

ENDPOINT = "/chatkit"
WAITS = (0.1, 1.0, 2.0)  # seconds before each repetition
UNDER_WAY_SECONDS = 60.0  # for so long a turn that is under way is asked for again
UNDER_WAY_WAIT = 1.0
TURNS = 10  # in one conversation, then a new one
TASKS = 8  # made by one turn: long enough for a pod to be lost in the middle of it

Event = dict[str, Any]


class TurnLost(Exception):  # noqa: N818 (what became of it)
    """A turn whose answer did not come whole: with a status, or without one where its stream broke."""

    def __init__(self, said: str, status: int = 0) -> None:
        super().__init__(said)
        self.status = status


class ChatPanel(LoadWorker):
    """What frontend/lib/chat/client.ts does: a turn whose answer is lost or breaks off is asked for under its key."""

    pauses = 3  # a turn is the work of fifteen writes
    thread = ""
    turns = 0
    pod = ""
    said = ""  # the last answer

    def turn(self) -> None:
        """Say one thing."""
        if self.turns % TURNS == 0:
            self.thread = ""
        self.turns += 1
        words, began = [new_word() for _ in range(TASKS)], time.monotonic()
        lost = self._run(self._said(f"add tasks: {'; '.join(f'call {word}' for word in words)}"), words[0])
        self.tally.done(time.monotonic() - began, f"stream: {lost}" if lost else "")
        if lost is None:
            self.tally.streams.whole += 1
            self.tally.confirmed(words, f"a streamed turn, by {self.pod}: {self.said}"[:ERROR_LENGTH], began)

    def _said(self, text: str) -> Event:
        message = {"content": [{"type": "input_text", "text": text}], "attachments": [], "inference_options": {}}
        if self.thread:
            return {"type": "threads.add_user_message", "params": {"thread_id": self.thread, "input": message}}
        return {"type": "threads.create", "params": {"input": message}}

    def _run(self, request: Event, key: str) -> TurnLost | None:
        """Run a turn; what went wrong first, when asking again did not help."""
        waits = list(WAITS)
        first: TurnLost | None = None
        under_way_until = 0.0
        while True:
            try:
                self._ask(request, key)
            except TurnLost as lost:
                if first is None:
                    first = lost
                    self.tally.streams.cut += 1
                wait = None
                if lost.status == UNDER_WAY:
                    under_way_until = under_way_until or time.monotonic() + UNDER_WAY_SECONDS
                    wait = UNDER_WAY_WAIT if time.monotonic() < under_way_until else None
                elif lost.status in TRANSIENT and waits:
                    wait = waits.pop(0)
                if wait is None:
                    return first
            else:
                return None
            self.tally.streams.repeated += 1
            self.tally.again()
            time.sleep(wait)

    def _ask(self, request: Event, key: str) -> None:
        """Ask for the turn once. Raises TurnLost unless its answer came whole."""
        for _ in range(SIGN_IN_TRIES):
            try:
                with self.client.opened("POST", ENDPOINT, request, **{"Idempotency-Key": key}) as answer:
                    self.pod = answer.getheader("x-served-by") or ""
                    self.tally.answered(self.pod)
                    if answer.status == 200:
                        with self.tally.streams.open(self.pod):
                            return self._follow(answer)
                    if answer.status != SIGNED_OUT or not self.sign_in_again:
                        raise TurnLost(f"{answer.status} {answer.read(200)!r}", answer.status)
            except (OSError, HTTPException) as error:
                raise TurnLost(f"{type(error).__name__}: {error}") from error
            self.tally.again(signed_in=True)
            self.client.sign_in()
        raise TurnLost(f"signed out after {SIGN_IN_TRIES} sign-ins", SIGNED_OUT)

    def _follow(self, answer: HTTPResponse) -> None:
        whole, error = False, ""
        for event in events(answer):
            match event:
                case {"type": "thread.created", "thread": {"id": thread}}:
                    self.thread = thread
                case {"type": "thread.item.done", "item": {"type": "assistant_message"} as item}:
                    whole, self.said = True, str(item.get("content"))
                case {"type": "error"}:
                    error = str(event.get("message") or "the assistant could not answer")
        if error or not whole:
            raise TurnLost(error or "the stream ended before the answer", 200)


def events(answer: HTTPResponse) -> Iterator[Event]:
    """Server-sent events as they come; one that the end cut off is left out. Raises as the connection does."""
    rest = b""
    while part := answer.read1(65536):
        *blocks, rest = (rest + part).split(b"\n\n")
        for block in blocks:
            if block.startswith(b"data: "):
                yield json.loads(block[len(b"data: ") :])
