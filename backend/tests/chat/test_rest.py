"""POST /api/{user_id}/chat: the contract's endpoint."""

import asyncio
import datetime as dt

import pytest
from agents.testing import ModelStep, ScriptedModel, assistant_message, function_call

from todo_backend.assistant.errors import AssistantFailed
from todo_backend.chat import repository, turn_lease
from todo_backend.chat.turn_lease import TurnLease


async def test_a_turn_says_what_was_done(user) -> None:
    answer = await user.http.post(f"/api/{user.id}/chat", json={"message": "Add a task to buy groceries"})
    assert answer.status_code == 200
    said = answer.json()
    assert set(said) == {"conversation_id", "response", "tool_calls"}
    assert isinstance(said["conversation_id"], int)
    assert "Buy groceries" in said["response"]
    (call,) = said["tool_calls"]
    assert (call["name"], call["arguments"]) == ("add_task", {"title": "Buy groceries"})
    assert call["result"]["status"] == "created"
    (task,) = (await user.http.get(user.path())).json()["items"]
    assert (task["id"], task["title"]) == (call["result"]["task_id"], "Buy groceries")


@pytest.mark.parametrize(
    ("sentence", "tool", "arguments"),
    [
        ("Show me all my tasks", "list_tasks", {"status": "all"}),
        ("What's pending?", "list_tasks", {"status": "pending"}),
        ("What have I completed?", "list_tasks", {"status": "completed"}),
        ("I need to remember to pay bills", "add_task", {"title": "Pay bills"}),
    ],
)
async def test_the_sentences_of_the_contract(user, sentence: str, tool: str, arguments: dict) -> None:
    said = (await user.http.post("/api/me/chat", json={"message": sentence})).json()
    (call,) = said["tool_calls"]
    assert call["name"] == tool
    assert arguments.items() <= call["arguments"].items()


async def test_the_sentences_that_name_a_task(user) -> None:
    ids = {}
    for title in ("Call mom", "Meeting", "Read"):
        ids[title] = (await user.http.post(user.path(), json={"title": title})).json()["id"]

    async def tools(sentence: str) -> list[str]:
        said = (await user.http.post("/api/me/chat", json={"message": sentence})).json()
        return [call["name"] for call in said["tool_calls"]]

    assert await tools(f"Mark task {ids['Read']} as complete") == ["complete_task"]
    assert await tools("Delete the meeting task") == ["list_tasks", "delete_task"]
    assert await tools(f"Change task {ids['Call mom']} to 'Call mom tonight'") == ["update_task"]
    tasks = (await user.http.get(user.path("?sort=title"))).json()["items"]
    assert [(task["title"], task["completed"]) for task in tasks] == [("Call mom tonight", False), ("Read", True)]


async def test_what_is_not_found_is_said_kindly(user) -> None:
    said = (await user.http.post("/api/me/chat", json={"message": "Mark task 987654 as complete"})).json()
    assert "987654" in said["response"]
    assert said["tool_calls"][0]["result"].startswith("Task 987654 was not found")


async def test_chat_and_chatkit_share_conversations(user, panel) -> None:
    said = (await user.http.post("/api/me/chat", json={"message": "add a task to fly"})).json()
    (thread,) = (await panel.request("threads.list")).json()["data"]
    assert thread["title"] == "add a task to fly"
    await panel.say(thread["id"], "mark it as done")
    more = await user.http.post(
        "/api/me/chat", json={"message": "reopen it", "conversation_id": said["conversation_id"]}
    )
    assert more.json()["conversation_id"] == said["conversation_id"]
    (task,) = (await user.http.get(user.path())).json()["items"]
    assert task["completed"] is False
    assert [speaker for speaker, _ in await panel.talk(thread["id"])] == ["user", "assistant"] * 3


async def test_another_users_conversation_is_not_found(user, other_user) -> None:
    said = (await user.http.post("/api/me/chat", json={"message": "hello"})).json()
    request = {"message": "hello", "conversation_id": said["conversation_id"]}
    assert (await other_user.http.post("/api/me/chat", json=request)).status_code == 404
    assert (await other_user.http.post(f"/api/{user.id}/chat", json={"message": "x"})).status_code == 403
    assert (await user.http.post("/api/me/chat", json=request | {"conversation_id": 2**50})).status_code == 404


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"message": ""},
        {"message": "   "},
        {"message": "x" * 4001},
        {"message": "a\x00b"},
        {"message": "x", "time_zone": "Mars/Olympus"},
        {"message": "x", "conversation_id": 0},
        {"message": "x", "conversation_id": "thr_1"},
        {"message": "x", "user_id": "someone"},
    ],
)
async def test_bad_input_is_422(user, body: dict) -> None:
    answer = await user.http.post("/api/me/chat", json=body)
    assert answer.status_code == 422
    assert answer.json()["detail"]


async def test_the_time_zone_of_the_body_wins(user) -> None:
    request = {"message": "add a task to wave today", "time_zone": "Asia/Karachi"}
    await user.http.post("/api/me/chat", json=request, headers={"X-Time-Zone": "America/Lima"})
    (task,) = (await user.http.get(user.path())).json()["items"]
    assert task["time_zone"] == "Asia/Karachi"


async def test_a_repeated_request_is_answered_once(user) -> None:
    request = {"message": "add a task to breathe"}
    key = {"Idempotency-Key": "once"}
    answers = [await user.http.post("/api/me/chat", json=request, headers=key) for _ in range(3)]
    assert len({answer.text for answer in answers}) == 1
    assert len((await user.http.get(user.path())).json()["items"]) == 1
    other = await user.http.post("/api/me/chat", json={"message": "hello"}, headers=key)
    assert other.status_code == 422


async def test_a_repetition_while_the_first_is_under_way_waits_its_turn(user, use_model) -> None:
    begun, go = asyncio.Event(), asyncio.Event()

    async def slowly(_):
        begun.set()
        await go.wait()
        return [assistant_message("Done")]

    use_model(ScriptedModel([ModelStep.respond(slowly)]))
    request = {"json": {"message": "hello"}, "headers": {"Idempotency-Key": "slow"}}
    first = asyncio.create_task(user.http.post("/api/me/chat", **request))
    await begun.wait()
    second = await user.http.post("/api/me/chat", **request)
    assert (second.status_code, second.headers["retry-after"]) == (409, "1")
    go.set()
    assert (await first).json()["response"] == "Done"
    assert (await user.http.post("/api/me/chat", **request)).text == (await first).text


@pytest.mark.parametrize("beats", [True, False], ids=["alive", "dead"])
async def test_the_key_of_a_turn_is_held_while_its_process_lives_and_not_much_longer(
    user, use_model, monkeypatch, beats: bool
) -> None:
    lease = 5 if beats else 1
    monkeypatch.setattr(turn_lease, "RETRY_LEASE", dt.timedelta(seconds=lease))
    monkeypatch.setattr(turn_lease, "HEARTBEAT_SECONDS", 0.1 if beats else 3600)
    begun, go = asyncio.Event(), asyncio.Event()

    async def slowly(_):
        begun.set()
        await go.wait()
        return [assistant_message("Done")]

    async def at_once(_):
        return [assistant_message("Done again")]

    use_model(ScriptedModel([ModelStep.respond(slowly), ModelStep.respond(at_once)]))
    request = {"json": {"message": "hello"}, "headers": {"Idempotency-Key": f"beats {beats}"}}
    first = asyncio.create_task(user.http.post("/api/me/chat", **request))
    await begun.wait()
    await asyncio.sleep(lease + 0.5)
    repeated = await user.http.post("/api/me/chat", **request)
    assert repeated.status_code == (409 if beats else 200)
    go.set()
    answer = await first
    assert answer.status_code == (200 if beats else 409)  # what woke up too late keeps nothing
    assert answer.json().get("code") == answer.headers.get("X-Problem-Code") == (None if beats else "turn_lost")


@pytest.mark.parametrize("text", ["nul \\u0000", "half a pair \\ud800"])
async def test_text_that_cannot_be_kept_is_refused_at_every_entry_point(user, panel, text: str) -> None:
    said = f'{{"content":[{{"type":"input_text","text":"{text}"}}],"attachments":[],"inference_options":{{}}}}'
    thread_id, _ = await panel.begin("hello")
    rename = f'{{"type":"threads.update","params":{{"thread_id":"{thread_id}","title":"{text}"}}}}'
    for path, body in (
        (f"/api/{user.id}/chat", f'{{"message":"{text}"}}'),
        ("/chatkit", f'{{"type":"threads.create","params":{{"input":{said}}}}}'),
        ("/chatkit", rename),
    ):
        answer = await user.http.post(path, content=body.encode(), headers={"Content-Type": "application/json"})
        assert answer.status_code in (400, 422), (path, answer.status_code, answer.text)
        assert answer.headers["content-type"] == "application/problem+json"


async def test_a_turn_whose_answer_was_lost_is_answered_once_and_tells_what_was_done(
    user, panel, use_model, monkeypatch
) -> None:
    """The process ends after it kept the answer and before it said so."""
    milk = function_call("add_task", {"title": "Milk"}, call_id="c1")
    use_model(ScriptedModel([[milk], [assistant_message("Added")], [assistant_message("I added milk")]]))
    answered, dies = TurnLease.answered, iter([True])

    async def dies_first(self: TurnLease, body: str) -> None:
        if next(dies, False):
            raise OSError("gone")
        await answered(self, body)

    monkeypatch.setattr(TurnLease, "answered", dies_first)
    request = {"json": {"message": "add milk"}, "headers": {"Idempotency-Key": "lost"}}
    assert (await user.http.post("/api/me/chat", **request)).status_code == 500
    said = (await user.http.post("/api/me/chat", **request)).json()
    assert said["response"] == "I added milk"
    assert [(call["name"], call["result"]["status"]) for call in said["tool_calls"]] == [("add_task", "created")]
    (thread,) = (await panel.request("threads.list", limit=10, order="desc")).json()["data"]
    assert await panel.talk(thread["id"]) == [("user", "add milk"), ("assistant", "I added milk")]


async def test_a_turn_is_not_repeated_once_the_conversation_has_gone_on(user, use_model) -> None:
    async def fails(_):
        raise AssistantFailed("No model today.")

    use_model(ScriptedModel([[assistant_message("Yes")], ModelStep.respond(fails), [assistant_message("Here I am")]]))
    first = (await user.http.post("/api/me/chat", json={"message": "are you there?"})).json()
    say = {"conversation_id": first["conversation_id"], "message": "hello"}
    late = {"json": say, "headers": {"Idempotency-Key": "late"}}
    assert (await user.http.post("/api/me/chat", **late)).status_code == 502
    assert (await user.http.post("/api/me/chat", json=say | {"message": "so?"})).status_code == 200
    again = await user.http.post("/api/me/chat", **late)
    assert again.status_code == 422
    assert "gone on" in again.json()["detail"]


async def test_a_conversation_that_is_deleted_as_a_turn_begins_is_not_found(user, monkeypatch) -> None:
    first = await user.http.post("/api/me/chat", json={"message": "hello"})
    find = repository.get_conversation_by_number

    async def deleted_once_found(pool, principal, number):
        found = await find(pool, principal, number)
        await repository.delete_conversation(pool, principal, found.thread_id)
        return found

    monkeypatch.setattr(repository, "get_conversation_by_number", deleted_once_found)
    said = {"message": "hello again", "conversation_id": first.json()["conversation_id"]}
    answer = await user.http.post("/api/me/chat", json=said)
    assert answer.status_code == 404
    assert "deleted" in answer.json()["detail"]


async def test_a_conversation_that_is_deleted_during_a_turn_is_not_found(user, panel, use_model) -> None:
    async def deletes(_):
        (thread,) = (await panel.request("threads.list", limit=10, order="desc")).json()["data"]
        await panel.request("threads.delete", thread_id=thread["id"])
        return [assistant_message("Too late")]

    use_model(ScriptedModel([ModelStep.respond(deletes)]))
    answer = await user.http.post("/api/me/chat", json={"message": "hello"})
    assert answer.status_code == 404
    assert "deleted" in answer.json()["detail"]


@pytest.mark.parametrize("entry", ["rest", "chatkit"])
@pytest.mark.parametrize(
    ("end", "status", "words"),
    [
        ("DELETE FROM conversations WHERE user_id = %s", 404, "may have been deleted"),
        ('DELETE FROM "user" WHERE id = %s', 404, "may have been deleted"),
        ("UPDATE turns SET state = 'failed' WHERE user_id = %s", 409, "given up"),  # as another process does
    ],
    ids=["conversation", "account", "turn"],
)
async def test_a_turn_that_was_ended_elsewhere_waits_no_longer_for_its_model(
    new_user, new_panel, look_in, use_model, end: str, status: int, words: str, entry: str
) -> None:
    """A heartbeat finds out."""
    user = new_user()
    stopped = asyncio.Event()

    async def is_silent(_):
        look_in.execute(end, [user.id])
        try:
            await asyncio.Event().wait()
        finally:
            stopped.set()

    use_model(ScriptedModel([ModelStep.respond(is_silent)]))
    if entry == "rest":
        answer = await user.http.post("/api/me/chat", json={"message": "hello"})
        assert answer.status_code == status
        said = answer.json()["detail"]
    else:
        _, events = await new_panel(user.http).begin("hello")
        said = events[-1]["message"]
    assert words in said
    assert stopped.is_set()


@pytest.mark.usefixtures("dies_after_its_first_call")
async def test_a_deletion_of_which_nobody_heard_is_answered_as_it_was(user, use_model) -> None:
    """The process dies right after the tool's work: the repetition must not find the task gone."""
    task = (await user.http.post(user.path(), json={"title": "Meeting"})).json()["id"]
    delete = function_call("delete_task", {"task_id": task}, call_id="c1")
    use_model(ScriptedModel([[delete], [assistant_message("Deleted")]]))
    request = {"json": {"message": "delete the meeting"}, "headers": {"Idempotency-Key": "gone"}}
    assert (await user.http.post("/api/me/chat", **request)).status_code == 500
    (call,) = (await user.http.post("/api/me/chat", **request)).json()["tool_calls"]
    assert call["result"]["status"] == "deleted"
