"""The order that is made by hand: a task is moved alone, is undone as any change, and stays where it was put."""

from typing import Any

import pytest


async def listed(user: Any, **more: str) -> list[str]:
    answer = await user.http.get(user.path(), params={"sort": "manual", "limit": "200", **more})
    assert answer.status_code == 200, answer.text
    return ["".join(task["title"]) for task in answer.json()["items"]]


@pytest.fixture
async def ids(user: Any) -> dict[str, int]:
    """The tasks d, c, b, a; the newest is first."""
    made = {}
    for title in "abcd":
        made[title] = (await user.http.post(user.path(), json={"title": title, "completed": title == "c"})).json()["id"]
    return made


@pytest.mark.parametrize(
    ("task", "where", "order"),
    [
        ("a", {"to": "first"}, "adcb"),
        ("d", {"to": "last"}, "cbad"),
        ("a", {"before": "c"}, "dacb"),
        ("d", {"after": "c"}, "cdba"),
        ("a", {"before": "d"}, "adcb"),
        ("d", {"after": "a"}, "cbad"),
        ("b", {"after": "c"}, "dcba"),
    ],
)
async def test_a_task_goes_where_it_is_put(
    user: Any, ids: dict[str, int], task: str, where: dict[str, str], order: str
) -> None:
    place = {name: ids.get(value, value) for name, value in where.items()}
    moved = await user.http.post(user.path(f"/{ids[task]}/move"), json=place)
    assert (moved.status_code, moved.json()["title"]) == (200, task)
    assert await listed(user) == list(order)
    assert await listed(user, order="asc") == list(order)[::-1]
    assert await listed(user, status="pending") == [title for title in order if title != "c"]
    undone = (await user.http.post("/api/me/undo")).json()
    assert undone["change"]["words"] in (f"Undone: moved “{task}”",)
    assert await listed(user) == list("dcba")
    await user.http.post("/api/me/redo")
    assert await listed(user) == list(order)
    await user.http.post(user.path(), json={"title": "new"})
    assert (await listed(user))[0] == "new"


async def test_a_place_between_two_tasks_never_runs_out(user: Any, ids: dict[str, int]) -> None:
    for number in range(60):
        moved = "ab"[number % 2]
        answer = await user.http.post(user.path(f"/{ids[moved]}/move"), json={"after": ids["d"]})
        assert answer.status_code == 200
        assert (await listed(user))[:2] == ["d", moved]
    pages, cursor = [], {}
    for _ in range(4):
        page = (await user.http.get(user.path(), params={"sort": "manual", "limit": "1"} | cursor)).json()
        pages += [task["title"] for task in page["items"]]
        cursor = {"cursor": page["next_cursor"]}
    assert pages == await listed(user)


async def test_a_place_has_to_be_one(user: Any, other_user: Any, ids: dict[str, int]) -> None:
    path = user.path(f"/{ids['a']}/move")
    foreign = (await other_user.http.post(other_user.path(), json={"title": "x"})).json()["id"]
    for where in ({}, {"before": 1, "after": 2}, {"to": "middle"}, {"before": None}):
        assert (await user.http.post(path, json=where)).status_code == 422, where
    assert (await user.http.post(path, json={"before": ids["a"]})).status_code == 200
    assert await listed(user) == list("dcba")
    for where in ({"before": foreign}, {"after": 10**12}):
        assert (await user.http.post(path, json=where)).status_code == 404, where
    assert (await user.http.post(user.path(f"/{foreign}/move"), json={"to": "first"})).status_code == 404
