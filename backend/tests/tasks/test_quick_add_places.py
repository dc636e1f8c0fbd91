"""Quick add knows the places in the list that the assistant knows: its ends, and beside another task."""

import pytest


async def _in_order(user) -> list[str]:
    answer = await user.http.get(user.path(), params={"sort": "manual"})
    return [task["title"] for task in answer.json()["items"]]


@pytest.fixture
async def list_of_three(user):
    for title in ("Buy bread", "Call Ana", "Lunch"):
        await user.http.post(user.path(), json={"title": title})
    return user


PLACES = [
    ("milk to the top of my list", ["Milk", "Lunch", "Call Ana", "Buy bread"]),
    ("milk at the bottom of the list tomorrow", ["Lunch", "Call Ana", "Buy bread", "Milk"]),
    ("Milch ganz oben auf meiner Liste", ["Milch", "Lunch", "Call Ana", "Buy bread"]),
    ("milk below call ana", ["Lunch", "Call Ana", "Milk", "Buy bread"]),
    ("milk above call ana tomorrow 5pm", ["Lunch", "Milk", "Call Ana", "Buy bread"]),
    ("milk right after task 1", ["Lunch", "Call Ana", "Buy bread", "Milk"]),
    ("milk after lunch", ["Lunch", "Milk", "Call Ana", "Buy bread"]),
    ("water plants every day below lunch", ["Lunch", "Water plants", "Call Ana", "Buy bread"]),
    # These words belong to the title.
    ("milk below the unicorn", ["Milk below the unicorn", "Lunch", "Call Ana", "Buy bread"]),
    ("milk after breakfast", ["Milk after breakfast", "Lunch", "Call Ana", "Buy bread"]),
    ("climb to the top", ["Climb to the top", "Lunch", "Call Ana", "Buy bread"]),
    ("read 'to the top of my list'", ["Read 'to the top of my list'", "Lunch", "Call Ana", "Buy bread"]),
    ("milk below call", ["Milk below call", "Lunch", "Call Ana", "Buy bread"]),
]


@pytest.mark.parametrize(("text", "order"), PLACES, ids=[text for text, _ in PLACES])
async def test_a_line_says_where_the_task_goes(list_of_three, text: str, order: list[str]) -> None:
    user = list_of_three
    first = (await user.http.get(user.path(), params={"sort": "manual"})).json()["items"][-1]["id"]
    answer = await user.http.post(user.path("/quick-add"), json={"text": text.replace("task 1", f"task {first}")})
    assert answer.status_code == 201, answer.text
    assert await _in_order(user) == order
    await user.send("POST", "undo")
    assert await _in_order(user) == ["Lunch", "Call Ana", "Buy bread"]


@pytest.mark.parametrize(
    ("text", "place"), [("milk to the top of my list p1", "to the top of my list"), ("milk below lunch", "below lunch")]
)
async def test_a_preview_tells_the_place_and_refused_it_stays_in_the_title(
    list_of_three, text: str, place: str
) -> None:
    user = list_of_three
    preview = (await user.http.post(user.path("/quick-add?preview=true"), json={"text": text})).json()
    [part] = [part for part in preview["parts"] if part["kind"] == "place"]
    assert (part["text"], preview["task"]["title"]) == (place, "Milk")
    refused = {"start": part["start"], "end": part["end"]}
    task = (await user.http.post(user.path("/quick-add"), json={"text": text, "refused": [refused]})).json()
    assert task["title"] == f"Milk {place}"
    assert (await _in_order(user))[0] == task["title"]


async def test_on_top_of_another_list_it_has_its_tag(list_of_three) -> None:
    user = list_of_three
    text = "milk to the top of my shopping list"
    task = (await user.http.post(user.path("/quick-add"), json={"text": text})).json()
    assert (task["title"], task["tags"]) == ("Milk", ["shopping"])
    assert (await _in_order(user))[0] == "Milk"
