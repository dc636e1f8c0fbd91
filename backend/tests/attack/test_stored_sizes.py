"""Everything that is stored has a size, counted in bytes with all its parts; so has each part of a list of it."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from psycopg.types.json import Jsonb

from todo_backend.assistant import limits
from todo_backend.chat.items import MAX_HISTORY_BYTES
from todo_backend.chat.limits import MAX_MESSAGE_BYTES
from todo_backend.chat.repository import MAX_PAGE_BYTES
from todo_backend.mcp_server.server import MAX_LIST_BYTES
from todo_backend.tasks.schemas import Task

from .model_server import Calls, Says

KB = 1024
WIDE = "\U0001f600"  # one character, four bytes


def tag(**parts: Any) -> dict[str, Any]:
    return {"type": "input_tag", "id": "t", "text": "x", "data": {}} | parts


def with_part(part: dict[str, Any]) -> dict[str, Any]:
    return {"content": [{"type": "input_text", "text": "hello"}, part], "attachments": [], "inference_options": {}}


def message(**parts: Any) -> dict[str, Any]:
    return with_part({"type": "input_text", "text": "x"}) | parts


FULL = "x" * (MAX_MESSAGE_BYTES + 1)
PARTS = {
    "data of a tag": with_part(tag(data={"a": FULL})),
    "names in the data of a tag": with_part(tag(data={FULL: 1})),
    "many values in the data of a tag": with_part(tag(data={"a": [1] * 20_000})),
    "id of a tag": with_part(tag(id=FULL)),
    "group of a tag": with_part(tag(group=FULL)),
    "text of a tag": with_part(tag(text=FULL)),
    "many tags": message(content=[tag(text="x", data={"n": n}) for n in range(600)]),
    "many texts": message(content=[{"type": "input_text", "text": "x"} for _ in range(1_500)]),
    "quoted text": message(quoted_text=FULL),
    "the model it names": message(inference_options={"model": FULL}),
    "the tool it names": message(inference_options={"tool_choice": {"id": FULL}}),
    "what nobody knows": message(unknown=FULL),
}


@pytest.fixture
def speechless(model_server: Any) -> None:
    model_server.steps = [Says(["Hello."]) for _ in range(3)]


@pytest.mark.parametrize("attacked", ["chat/completions"], indirect=True)
@pytest.mark.parametrize("part", PARTS)
async def test_a_message_is_measured_with_all_its_parts(person, speechless, kept, part: str) -> None:
    thread_id, _ = await person.begin("hello")
    for kind, params in (("threads.create", {}), ("threads.add_user_message", {"thread_id": thread_id})):
        answer = await person.request(kind, **params, input=PARTS[part])
        if part != "what nobody knows":  # which is not kept
            assert answer.status_code == 422, answer.text
            assert "longer than" in answer.json()["detail"]
    assert max(len(json.dumps(item)) for item in kept()) < MAX_MESSAGE_BYTES


@pytest.mark.parametrize("attacked", ["chat/completions"], indirect=True)
async def test_the_longest_message_is_taken(person, speechless, kept) -> None:
    longest = WIDE * 4_000
    for content in ([{"type": "input_text", "text": longest}], [tag(text=longest, data={"a": "x" * 8 * KB})]):
        events = await person.events("threads.create", input=message(content=content))
        assert events[-1]["item"]["content"][0]["text"] == "Hello."
    answer = await person.http.post("/api/me/chat", json={"message": longest})
    assert answer.status_code == 200
    assert max(len(json.dumps(item, ensure_ascii=False).encode()) for item in kept()) <= MAX_MESSAGE_BYTES


@pytest.fixture
def fill(look_in: Any, user: Any) -> Callable[..., None]:
    """Puts items into a conversation as they were before they had a size."""

    def put(thread_id: str, *texts: str, hidden: bool = False) -> None:
        for number, text in enumerate(texts):
            item = {"id": f"old_{number:03}", "thread_id": thread_id, "created_at": "2026-11-01T00:00:00Z"}
            item |= (
                {
                    "type": "hidden_context_item",
                    "content": {"call_id": "c", "name": "x", "arguments": "", "output": text},
                }
                if hidden
                else {
                    "type": "assistant_message",
                    "content": [{"type": "output_text", "text": text, "annotations": []}],
                }
            )
            look_in.execute(
                """
                INSERT INTO messages (conversation_id, item_id, user_id, role, content, item)
                SELECT id, %s, user_id, %s, '', %s FROM conversations WHERE user_id = %s AND thread_id = %s
                """,
                [item["id"], None if hidden else "assistant", Jsonb(item), user.id, thread_id],
            )

    return put


async def pages_of(person: Any, thread_id: str, order: str) -> list[list[str]]:
    """The ids of all items, page by page, each as large as may be asked for."""
    pages, after = [], None
    while True:
        params = {"thread_id": thread_id, "order": order, "limit": 100} | ({} if after is None else {"after": after})
        answer = await person.request("items.list", **params)
        page = answer.json()
        largest = max(len(json.dumps(item).encode()) for item in page["data"])
        assert len(answer.content) <= max(MAX_PAGE_BYTES, largest) + KB
        pages.append([item["id"] for item in page["data"]])
        if not page["has_more"]:
            return pages
        assert page["after"] == pages[-1][-1]
        after = page["after"]


@pytest.mark.parametrize("attacked", ["chat/completions"], indirect=True)
@pytest.mark.parametrize("order", ["asc", "desc"])
@pytest.mark.parametrize(
    ("sizes", "number"),
    [([10] * 60, 1), ([1024] * 15, 17), ([100] * 60, 7), ([3, 2048, 3], 3), ([10] * 150, 3)],
    ids=["small", "1 MB each", "100 KB each", "one large", "many"],
)
async def test_a_page_of_items_has_a_size(person, speechless, fill, order: str, sizes: list[int], number: int) -> None:
    thread_id, _ = await person.begin("hello")
    fill(thread_id, *("x" * (size * KB) for size in sizes))
    pages = await pages_of(person, thread_id, order)
    ids = [item for page in pages for item in page]
    assert len(ids) == len(set(ids)) == len(sizes) + 2
    assert len(pages) <= number
    assert ids[2:] == sorted(ids[2:]) if order == "asc" else ids[:-2] == sorted(ids[:-2], reverse=True)
    thread = await person.request("threads.get_by_id", thread_id=thread_id)
    assert len(thread.content) <= MAX_PAGE_BYTES + max(sizes) * KB


@pytest.mark.parametrize("attacked", ["chat/completions"], indirect=True)
async def test_what_is_not_shown_is_not_read_for_a_page(person, speechless, fill) -> None:
    thread_id, _ = await person.begin("hello")
    fill(thread_id, *["x" * 1024 * KB] * 15, hidden=True)
    (page,) = await pages_of(person, thread_id, "desc")
    assert len(page) == 2


@pytest.mark.parametrize("attacked", ["chat/completions"], indirect=True)
async def test_what_a_model_is_told_has_a_size(person, model_server, fill) -> None:
    model_server.steps = [Says(["Hello."]), Says(["Yes."]), Says(["Still."])]
    thread_id, _ = await person.begin("hello")
    fill(thread_id, *["x" * 200 * KB] * 50)
    events = await person.say(thread_id, "still there?")
    assert len(json.dumps(model_server.asked[-1])) < MAX_HISTORY_BYTES + 64 * KB
    assert model_server.asked[-1]["messages"][-1]["content"] == "still there?"
    question = next(event["item"]["id"] for event in events if event["type"] == "thread.item.done")
    await person.events("threads.retry_after_item", thread_id=thread_id, item_id=question)
    assert len(json.dumps(model_server.asked[-1])) < MAX_HISTORY_BYTES + 64 * KB
    assert model_server.asked[-1]["messages"][-1]["content"] == "still there?"


@pytest.fixture
def long_tasks(look_in: Any, user: Any) -> None:
    """More tasks than two lists have room for, each as long as it can be."""
    look_in.execute(
        """
        INSERT INTO tasks (user_id, title, description, tags)
        SELECT %(user)s, lpad(n::text, 3, '0') || repeat(%(wide)s, 197), repeat(%(wide)s, 1000), '{}'
        FROM generate_series(1, 60) AS n
        """,
        {"user": user.id, "wide": WIDE},
    )


@pytest.mark.parametrize("attacked", ["chat/completions"], indirect=True)
@pytest.mark.parametrize("sort", ["created", "title", "due_date", "priority"])
async def test_a_tools_list_has_a_size_and_goes_on_where_it_ended(person, long_tasks, sort: str) -> None:
    seen: list[int] = []
    cursor = None
    while True:
        arguments = {"limit": 200, "sort": sort} | ({"cursor": cursor} if cursor else {})
        call = {"jsonrpc": "2.0", "id": 1, "method": "tools/call"}
        call["params"] = {"name": "list_tasks", "arguments": arguments}
        accepts = {"Accept": "application/json, text/event-stream"}
        result = (await person.http.post("/mcp", json=call, headers=accepts)).json()["result"]
        text = result["content"][0]["text"]
        assert len(text.encode()) <= MAX_LIST_BYTES
        page = json.loads(text)
        seen += [task["id"] for task in page["tasks"]]
        if (cursor := page["next_cursor"]) is None:
            break
    assert len(seen) == len(set(seen)) == 60


@pytest.mark.parametrize("attacked", ["chat/completions"], indirect=True)
async def test_what_tools_answer_in_a_turn_has_a_size(person, model_server, kept, long_tasks, look_in, user) -> None:
    lists = [("list_tasks", json.dumps({"limit": 200, "q": " " * n}), f"c{n}") for n in range(50)]
    adds = [("add_task", json.dumps({"title": "One more"}), "c50")]
    model_server.steps = [Calls(lists), Calls(adds), Says(["Enough."])]
    answer = await person.http.post(
        "/api/me/chat", json={"message": "list them all, often"}, headers={"Idempotency-Key": "once"}
    )
    assert answer.json()["response"] == "Enough."
    outputs = [item["content"]["output"] for item in kept() if item["type"] == "hidden_context_item"]
    assert sum(len(text.encode()) for text in outputs) <= limits.MAX_OUTPUTS_BYTES + 50 * KB
    refused = [text for text in outputs if "No more than" in text]
    assert len(refused) > 40
    assert outputs[-1].startswith('{"task_id"') or "No more than" in outputs[-1]
    body = look_in.execute("SELECT octet_length(body) FROM idempotency_keys WHERE user_id = %s", [user.id]).fetchone()
    assert body[0] <= 2 * limits.MAX_OUTPUTS_BYTES


@pytest.mark.parametrize("attacked", ["chat/completions"], indirect=True)
async def test_what_a_tool_says_of_a_mistake_has_a_size(person, model_server, kept) -> None:
    wrong = {"priority": ["x"] * 4_000, "tag": [""] * 1_000}
    model_server.steps = [Calls([("list_tasks", json.dumps(wrong, separators=(",", ":")), "c1")]), Says(["Done."])]
    await person.begin("list them")
    (output,) = (item["content"]["output"] for item in kept() if item["type"] == "hidden_context_item")
    assert output.startswith("priority.0: ")
    assert len(output) <= limits.MAX_ERROR


@pytest.mark.parametrize("attacked", ["chat/completions"], indirect=True)
async def test_arguments_in_a_turn_have_a_size(person, model_server, kept) -> None:
    calls = [("add_task", json.dumps({"title": "x" * 30_000}), f"c{n}") for n in range(50)]
    model_server.steps = [Calls(calls), Says(["Done."])]
    await person.begin("add them")
    assert sum(len(json.dumps(item)) for item in kept()) <= limits.MAX_ARGUMENTS_OF_TURN_BYTES + 64 * KB


@pytest.mark.parametrize("attacked", ["chat/completions"], indirect=True)
async def test_a_task_and_a_title_have_a_size(person, model_server, look_in, user) -> None:
    model_server.steps = [Says(["Hello."])]
    thread_id, _ = await person.begin(WIDE * 3_000)
    assert (await person.request("threads.update", thread_id=thread_id, title=WIDE * 201)).status_code == 422
    assert (await person.request("threads.update", thread_id=thread_id, title=" " * 300_000 + "x")).status_code == 422
    assert (await person.request("threads.update", thread_id=thread_id, title=WIDE * 200)).status_code == 200
    tags = [f"{n:02}" + WIDE * 48 for n in range(20)]
    longest = {"title": WIDE * 200, "description": WIDE * 1_000, "tags": tags}
    for name, value in (("title", WIDE * 201), ("description", WIDE * 1_001), ("tags", [*tags, "x"])):
        assert (await person.http.post("/api/me/tasks", json=longest | {name: value})).status_code == 422
    made = await person.http.post("/api/me/tasks", json=longest, headers={"Idempotency-Key": "once"})
    assert Task.model_validate_json(made.text).title == WIDE * 200
    for statement in (
        "SELECT octet_length(body) FROM idempotency_keys WHERE user_id = %s",
        "SELECT pg_column_size(tasks.*) FROM tasks WHERE user_id = %s",
        "SELECT octet_length(title) FROM conversations WHERE user_id = %s",
    ):
        assert look_in.execute(statement, [user.id]).fetchone()[0] < 32 * KB
    answer = await person.http.post("/api/me/tasks", json=longest, headers={"Idempotency-Key": "x" * 201})
    assert answer.status_code == 422
