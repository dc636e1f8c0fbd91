"""POST /api/{user_id}/tasks/quick-add: one line of everyday language."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest


async def test_a_line_becomes_a_task(user) -> None:
    answer = await user.http.post(
        user.path("/quick-add"), json={"text": "pay rent tomorrow 5pm p1 #home", "time_zone": "Asia/Karachi"}
    )
    assert answer.status_code == 201
    task = answer.json()
    tomorrow = dt.datetime.now(ZoneInfo("Asia/Karachi")).date() + dt.timedelta(days=1)
    assert (task["title"], task["due_date"], task["due_time"]) == ("Pay rent", tomorrow.isoformat(), "17:00")
    assert (task["priority"], task["tags"], task["time_zone"]) == ("high", ["home"], "Asia/Karachi")
    assert (await user.http.get(user.path(f"/{task['id']}"))).json() == task


async def test_the_header_says_whose_tomorrow(user) -> None:
    days = {}
    for zone in ("Pacific/Kiritimati", "Pacific/Honolulu"):  # a day apart at any moment
        request = {"json": {"text": "wave tomorrow"}, "headers": {"X-Time-Zone": zone}}
        task = (await user.http.post("/api/me/tasks/quick-add", **request)).json()
        days[task["time_zone"]] = dt.date.fromisoformat(task["due_date"])
    assert days["Pacific/Kiritimati"] - days["Pacific/Honolulu"] == dt.timedelta(days=1)


async def test_repeated_it_is_done_once(user) -> None:
    request = {"json": {"text": "breathe"}, "headers": {"Idempotency-Key": "once"}}
    answers = [await user.http.post(user.path("/quick-add"), **request) for _ in range(2)]
    assert answers[0].text == answers[1].text
    assert len((await user.http.get(user.path())).json()["items"]) == 1


@pytest.mark.parametrize("text", ["x" * 500, "word " * 100, " ".join(f"#t{n}" for n in range(90)), "tomorrow", "p1"])
async def test_any_line_becomes_a_task(user, text: str) -> None:
    answer = await user.http.post(user.path("/quick-add"), json={"text": text.strip()})
    assert answer.status_code == 201, answer.text
    assert answer.json()["title"]


@pytest.mark.parametrize("text", ["", "  ", "x" * 501, "a\x00b"])
async def test_what_is_no_line_is_422(user, text: str) -> None:
    answer = await user.http.post(user.path("/quick-add"), json={"text": text})
    assert answer.status_code == 422
    assert "text" in answer.json()["detail"]
