"""Messages without measure to one conversation: so many wait, the others are refused at once and not kept."""

import asyncio
from typing import Any

import pytest
from agents.testing import ModelStep, ScriptedModel, assistant_message

from todo_backend.chat.turn_lease import MAX_WAITING

AT_ONCE = 2 * MAX_WAITING


@pytest.mark.parametrize("attacked", ["chat/completions"], indirect=True)
@pytest.mark.parametrize("key", [False, True], ids=["without a key", "with a key"])
async def test_no_more_than_ten_wait(attacked, person, model_server, monkeypatch, look_in, user, key: bool) -> None:
    go = asyncio.Event()

    async def waits(_: Any) -> list[Any]:
        await go.wait()
        return [assistant_message("At last")]

    monkeypatch.setattr((await attacked.resources.chat.conversations()).turns, "wait_seconds", 600)
    monkeypatch.setattr(attacked.resources.assistant, "models", lambda now: ScriptedModel([ModelStep.respond(waits)]))
    go.set()
    answer = await person.http.post("/api/me/chat", json={"message": "hello"})
    number = answer.json()["conversation_id"]
    (thread,) = (await person.request("threads.list")).json()["data"]
    go.clear()

    async def say(n: int) -> Any:
        headers = {"Idempotency-Key": f"{n}"} if key else {}
        if n % 2:
            return await person.http.post(
                "/api/me/chat", json={"message": f"Say {n}", "conversation_id": number}, headers=headers
            )
        params = {"thread_id": thread["id"], "input": person.message(f"Say {n}")}
        body = {"type": "threads.add_user_message", "params": params}
        return await person.http.post("/chatkit", json=body, headers=headers)

    running = asyncio.create_task(say(0))
    state = "SELECT state FROM turns WHERE user_id = %s ORDER BY id DESC LIMIT 1"
    async with asyncio.timeout(60):
        while look_in.execute(state, [user.id]).fetchone() != ("running",):  # noqa: ASYNC110 (it is in the database)
            await asyncio.sleep(0.02)
    others = [asyncio.create_task(say(n)) for n in range(1, AT_ONCE + 1)]
    refused = [await one for one in list(asyncio.as_completed(others))[: AT_ONCE - MAX_WAITING]]
    for answer in refused:
        assert (answer.status_code, answer.json()["code"]) == (409, "conversation_busy")
        assert answer.headers["retry-after"] == "1"
        assert "10 messages of this conversation wait" in answer.json()["detail"]
    waiting = look_in.execute("SELECT count(*) FROM turns WHERE user_id = %s AND state = 'waiting'", [user.id])
    assert waiting.fetchone() == (MAX_WAITING,)
    go.set()
    assert (await running).status_code == 200
    assert sorted(answer.status_code for answer in await asyncio.gather(*others)) == (
        [200] * MAX_WAITING + [409] * (AT_ONCE - MAX_WAITING)
    )
    assert len(await person.talk(thread["id"])) == 2 * (MAX_WAITING + 2)
    again = next(n for n, one in enumerate(others, 1) if one.result().status_code == 409)
    assert (await say(again)).status_code == 200
