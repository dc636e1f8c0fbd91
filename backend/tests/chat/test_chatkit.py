"""The ChatKit protocol, as the panel and OpenAI's script speak it."""

import datetime as dt

import psycopg
import pytest
from agents.testing import ScriptedModel, assistant_message, function_call


def shape(event: dict) -> str:
    """An event without ids, times and words."""
    match event["type"]:
        case "thread.item.added" | "thread.item.done":
            return f"{event['type']} {event['item']['type']}"
        case "thread.item.updated":
            return f"{event['type']} {event['update']['type'].rpartition('.')[2]}"
        case "progress_update":
            return f"{event['type']} {event['text']}"
        case "client_effect":
            return f"{event['type']} {event['name']}"
    return event["type"]


async def test_one_turn_frame_by_frame(panel) -> None:
    thread_id, events = await panel.begin("Add a task to buy groceries")
    shapes = [shape(event) for event in events]
    deltas = shapes.count("thread.item.updated text_delta")
    assert deltas > 1
    assert list(dict.fromkeys(shapes)) == [
        "thread.created",
        "thread.item.done user_message",
        "stream_options",
        "progress_update Thinking…",
        "thread.updated",
        "progress_update Adding a task…",
        "client_effect tasks_changed",
        "thread.item.added assistant_message",
        "thread.item.updated added",
        "thread.item.updated text_delta",
        "thread.item.updated done",
        "thread.item.done assistant_message",
    ]
    assert len(shapes) == 11 + deltas
    by_shape = dict(zip(shapes, events, strict=True))
    said = by_shape["thread.item.done assistant_message"]["item"]
    assert "Buy groceries" in said["content"][0]["text"]
    pieces = [event["update"]["delta"] for event in events if shape(event).endswith("text_delta")]
    assert "".join(pieces) == said["content"][0]["text"]
    assert by_shape["thread.item.added assistant_message"]["item"]["id"] == said["id"]
    assert by_shape["thread.updated"]["thread"]["title"] == "Add a task to buy groceries"
    assert by_shape["stream_options"]["stream_options"] == {"allow_cancel": True}
    for item in (by_shape["thread.item.done user_message"]["item"], said):
        assert item["thread_id"] == thread_id
        stamp = dt.datetime.fromisoformat(item["created_at"])
        assert stamp.utcoffset() == dt.timedelta(0)
        assert abs(dt.datetime.now(dt.UTC) - stamp) < dt.timedelta(minutes=1)


async def test_who_reads_conversations_has_the_assistant_load_its_libraries(panel, resources, monkeypatch) -> None:
    expected: list[str] = []
    monkeypatch.setattr(resources.assistant, "expect", lambda: expected.append("a turn"))
    await panel.request("threads.list", limit=1)
    assert expected == ["a turn"]


async def test_the_answer_is_neither_cached_nor_held_back(panel) -> None:
    answer = await panel.request("threads.create", input=panel.message("hello"))
    assert answer.headers["cache-control"] == "no-store, no-transform"
    assert answer.headers["x-accel-buffering"] == "no"
    assert answer.headers["x-served-by"] == "pod-under-test"
    assert answer.headers["x-request-id"]


async def test_a_conversation_goes_on_and_is_read_again(panel) -> None:
    thread_id, first = await panel.begin("add a task to water the plants")
    second = await panel.say(thread_id, "mark it as done")
    assert "client_effect tasks_changed" in [shape(event) for event in second]
    third = await panel.say(thread_id, "what have I completed?")
    assert "client_effect tasks_changed" not in [shape(event) for event in third]
    assert "Water the plants" in panel.answer_in(third)
    assert await panel.talk(thread_id) == [
        ("user", "add a task to water the plants"),
        ("assistant", panel.answer_in(first)),
        ("user", "mark it as done"),
        ("assistant", panel.answer_in(second)),
        ("user", "what have I completed?"),
        ("assistant", panel.answer_in(third)),
    ]
    thread = (await panel.request("threads.get_by_id", thread_id=thread_id)).json()
    assert thread["title"] == "add a task to water the plants"
    assert [item["id"] for item in thread["items"]["data"]] == [item["id"] for item in await panel.items(thread_id)]


async def test_items_come_in_pages_of_what_was_said(panel) -> None:
    thread_id, _ = await panel.begin("hello")
    await panel.say(thread_id, "thanks")
    everything = [item["id"] for item in await panel.items(thread_id)]
    assert len(everything) == 4
    newest = (await panel.request("items.list", thread_id=thread_id, limit=3)).json()
    assert ([item["id"] for item in newest["data"]], newest["has_more"]) == (everything[:0:-1], True)
    rest = (await panel.request("items.list", thread_id=thread_id, limit=3, after=newest["after"])).json()
    assert ([item["id"] for item in rest["data"]], rest["has_more"]) == (everything[:1], False)


async def test_threads_are_listed_by_last_use_renamed_and_deleted(panel) -> None:
    threads = [(await panel.begin(text))[0] for text in ("hello", "thanks", "help")]
    await panel.say(threads[0], "hello again")
    wanted = [threads[0], threads[2], threads[1]]
    page = (await panel.request("threads.list", limit=2)).json()
    assert ([thread["id"] for thread in page["data"]], page["has_more"]) == (wanted[:2], True)
    rest = (await panel.request("threads.list", limit=2, after=page["after"])).json()
    assert ([thread["id"] for thread in rest["data"]], rest["has_more"]) == (wanted[2:], False)

    renamed = await panel.request("threads.update", thread_id=threads[1], title="Manners")
    assert renamed.json()["title"] == "Manners"
    assert (await panel.request("threads.get_by_id", thread_id=threads[1])).json()["title"] == "Manners"

    assert (await panel.request("threads.delete", thread_id=threads[1])).json() == {}
    assert (await panel.request("threads.get_by_id", thread_id=threads[1])).status_code == 404
    assert len((await panel.request("threads.list")).json()["data"]) == 2


async def test_retry_answers_the_same_message_anew(panel, use_model) -> None:
    use_model(
        ScriptedModel([[assistant_message("First")], [assistant_message("Second")], [assistant_message("Third")]])
    )
    thread_id, events = await panel.begin("hello")
    question = events[1]["item"]["id"]
    await panel.say(thread_id, "and?")
    retried = await panel.events("threads.retry_after_item", thread_id=thread_id, item_id=question)
    assert panel.answer_in(retried) == "Third"
    assert await panel.talk(thread_id) == [("user", "hello"), ("assistant", "Third")]


async def test_what_tools_answered_is_remembered_but_not_shown(panel, use_model) -> None:
    model = ScriptedModel(
        [
            [function_call("add_task", {"title": "Buy milk"}, call_id="c1")],
            [assistant_message("Added.")],
            [assistant_message("You said milk.")],
        ]
    )
    use_model(model)
    thread_id, _ = await panel.begin("add milk")
    await panel.say(thread_id, "what did I say?")
    assert [speaker for speaker, _ in await panel.talk(thread_id)] == ["user", "assistant", "user", "assistant"]
    told = model.calls[-1].input
    assert [item.get("type", item.get("role")) for item in told] == [
        "user",
        "function_call",
        "function_call_output",
        "assistant",
        "user",
    ]
    assert '"title":"Buy milk"' in told[2]["output"]


async def test_models_that_reuse_an_id_do_not_overwrite_what_they_said(panel, use_model) -> None:
    use_model(ScriptedModel([[assistant_message(text, item_id="__fake_id__")] for text in ("One", "Two")]))
    thread_id, _ = await panel.begin("hello")
    await panel.say(thread_id, "again")
    assert [text for speaker, text in await panel.talk(thread_id) if speaker == "assistant"] == ["One", "Two"]


async def test_the_model_reads_the_newest_part_of_a_long_history(panel, use_model) -> None:
    model = ScriptedModel([[assistant_message(f"Answer {n}")] for n in range(40)])
    use_model(model)
    thread_id, _ = await panel.begin("Message 0")
    for n in range(1, 40):
        await panel.say(thread_id, f"Message {n}")
    told = model.calls[-1].input
    assert len(told) == 59  # of sixty, without an answer whose question is gone
    assert told[0] == {"role": "user", "content": "Message 10"}
    assert told[-1]["content"] == "Message 39"
    assert told[-2]["content"] == "Answer 38"


async def test_the_panels_time_zone_decides_what_tomorrow_is(panel, user) -> None:
    for zone in ("Pacific/Kiritimati", "Pacific/Honolulu"):  # a day apart at any moment
        panel.http.headers["X-Time-Zone"] = zone
        await panel.begin(f"add a task to greet {zone} tomorrow")
    tasks = (await user.http.get(user.path())).json()["items"]
    days = {task["time_zone"]: dt.date.fromisoformat(task["due_date"]) for task in tasks}
    assert days["Pacific/Kiritimati"] - days["Pacific/Honolulu"] == dt.timedelta(days=1)


async def test_feedback_is_kept(panel, database_url) -> None:
    thread_id, _ = await panel.begin("hello")
    said = (await panel.items(thread_id))[-1]["id"]
    answer = await panel.request("items.feedback", thread_id=thread_id, item_ids=[said], kind="positive")
    assert answer.json() == {}
    with psycopg.connect(database_url) as connection:
        found = connection.execute("SELECT feedback FROM messages WHERE item_id = %s", [said]).fetchone()
    assert found == ("positive",)


async def test_unknown_threads_and_items_are_404_before_anything_streams(panel) -> None:
    thread_id, _ = await panel.begin("hello")
    for kind, params in (
        ("threads.add_user_message", {"thread_id": "thr_x", "input": panel.message("hello")}),
        ("threads.retry_after_item", {"thread_id": "thr_x", "item_id": "msg_x"}),
        ("threads.retry_after_item", {"thread_id": thread_id, "item_id": "msg_x"}),
        ("threads.get_by_id", {"thread_id": "thr_x"}),
        ("items.list", {"thread_id": "thr_x"}),
        ("threads.update", {"thread_id": "thr_x", "title": "x"}),
        ("threads.delete", {"thread_id": "thr_x"}),
        ("items.feedback", {"thread_id": "thr_x", "item_ids": [], "kind": "negative"}),
        ("threads.custom_action", {"thread_id": "thr_x", "action": {"type": "x", "payload": {}}}),
        ("threads.custom_action", {"thread_id": thread_id, "item_id": "x", "action": {"type": "x", "payload": {}}}),
        ("threads.add_client_tool_output", {"thread_id": "thr_x", "result": {}}),
    ):
        answer = await panel.request(kind, **params)
        assert answer.status_code == 404, kind
        assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b'{"type":"threads.fly","params":{}}', b'{"type":"threads.get_by_id","params":{}}']
)
async def test_what_is_no_request_is_400(panel, body: bytes) -> None:
    answer = await panel.http.post("/chatkit", content=body)
    assert answer.status_code == 400
    assert answer.json()["detail"].startswith("This is not a ChatKit request")


async def test_what_cannot_be_done_says_so(panel) -> None:
    thread_id, events = await panel.begin("hello")
    said = (await panel.items(thread_id))[-1]["id"]
    long, empty = panel.message("x" * 4001), panel.message("  \n")
    with_file = panel.message("look") | {"attachments": ["atc_1"]}
    for kind, params in (
        ("threads.create", {"input": long}),
        ("threads.create", {"input": empty}),
        ("threads.create", {"input": with_file}),
        ("threads.create", {"input": panel.message("a\x00b")}),
        ("threads.create", {"input": panel.message("hello") | {"quoted_text": "\\\x00"}}),
        ("threads.create", {"input": panel.message("hello") | {"inference_options": {"model": "\x00"}}}),
        ("threads.add_user_message", {"thread_id": thread_id, "input": long}),
        ("threads.retry_after_item", {"thread_id": thread_id, "item_id": said}),
        ("threads.update", {"thread_id": thread_id, "title": " "}),
        ("threads.add_client_tool_output", {"thread_id": thread_id, "result": {}}),
        ("threads.sync_custom_action", {"thread_id": thread_id, "action": {"type": "x", "payload": {}}}),
        ("attachments.create", {"name": "a", "size": 1, "mime_type": "text/plain"}),
        ("attachments.delete", {"attachment_id": "atc_1"}),
        ("input.transcribe", {"audio_base64": "", "mime_type": "audio/webm"}),
    ):
        answer = await panel.request(kind, **params)
        assert answer.status_code == 422, (kind, answer.text)
        assert answer.json()["detail"]
    assert len((await panel.request("threads.list")).json()["data"]) == 1  # nothing came of it

    events = await panel.events("threads.custom_action", thread_id=thread_id, action={"type": "x", "payload": {}})
    assert events[-1] == {
        "type": "error",
        "code": "custom",
        "message": "This app has no actions of that kind.",
        "allow_retry": False,
    }


async def test_a_backslash_is_no_nul_character(panel) -> None:
    thread_id, _ = await panel.begin("what is \\u0000?")
    assert (await panel.talk(thread_id))[0] == ("user", "what is \\u0000?")


async def test_no_token_no_conversation(anonymous) -> None:
    answer = await anonymous.post("/chatkit", json={"type": "threads.list", "params": {}})
    assert answer.status_code == 401


async def test_an_account_that_is_gone_is_told_so_before_anything_streams(app, signing_keys, panel) -> None:
    panel.http.headers["Authorization"] = f"Bearer {signing_keys.token('nobody')}"
    answer = await panel.request("threads.create", input=panel.message("hello"))
    assert answer.status_code == 401
