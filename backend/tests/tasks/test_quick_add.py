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


async def test_a_preview_tells_what_would_be_made_and_makes_nothing(user) -> None:
    line = {"text": "  pay  rent friday 5 pm p1 #home", "time_zone": "Europe/Berlin", "read_at": "2026-11-28T15:00:00Z"}
    answer = await user.http.post(user.path("/quick-add?preview=true"), json=line)
    assert answer.status_code == 200, answer.text
    seen = answer.json()
    assert (seen["task"]["title"], seen["task"]["due_date"], seen["task"]["due_time"]) == (
        "Pay rent",
        "2026-12-04",
        "17:00",
    )
    assert [(part["kind"], part["text"], line["text"][part["start"] : part["end"]]) for part in seen["parts"]] == [
        ("date", "friday", "friday"),
        ("time", "5 pm", "5 pm"),
        ("priority", "p1", "p1"),
        ("tag", "#home", "#home"),
    ]
    assert (await user.http.get(user.path())).json()["items"] == []


@pytest.mark.parametrize(
    "text",
    [
        "buy milk",
        "pay rent friday 5 pm p1 #home",
        "tea in 90m",
        "dentist 3/4",
        "Zahnarzt morgen 15 Uhr",
        "کل دودھ",
        "tomorrow",
    ],
)
async def test_what_is_previewed_is_what_is_made(user, text: str) -> None:
    headers = {"Accept-Language": "en-US,en;q=0.5", "X-Time-Zone": "America/New_York"}
    path, line = user.path("/quick-add"), {"text": text}
    seen = (await user.http.post(f"{path}?preview=true", json=line, headers=headers)).json()
    made = (await user.http.post(path, json=line | {"read_at": seen["read_at"]}, headers=headers)).json()
    assert {field: made[field] for field in seen["task"]} == seen["task"]


async def test_a_part_is_refused_by_its_span(user) -> None:
    path, text = user.path("/quick-add"), "meet anna friday 5 pm #work"
    seen = (await user.http.post(f"{path}?preview=true", json={"text": text})).json()
    for part in seen["parts"]:
        refused = [{"start": part["start"], "end": part["end"]}]
        made = (await user.http.post(path, json={"text": text, "refused": refused})).json()
        assert part["text"] in made["title"]


@pytest.mark.parametrize(("start", "end"), [(5, 2), (3, 3), (400, 500)])
async def test_a_span_without_characters_refuses_nothing(user, start: int, end: int) -> None:
    line = {"text": "buy milk #home", "refused": [{"start": start, "end": end}]}
    assert (await user.http.post(user.path("/quick-add"), json=line)).json()["tags"] == ["home"]


async def test_a_key_that_cannot_be_kept_is_refused_of_a_preview_too(user) -> None:
    path, headers = user.path("/quick-add?preview=true"), {"Idempotency-Key": "k" * 201}
    assert (await user.http.post(path, json={"text": "buy milk"}, headers=headers)).status_code == 422


@pytest.mark.parametrize(
    ("language", "day"), [("en-US", "2026-12-05"), ("en-GB,en;q=0.8", "2026-05-12"), ("de", "2026-05-12")]
)
async def test_numeric_dates_are_in_the_order_of_the_readers_language(user, language: str, day: str) -> None:
    task = await user.http.post(
        user.path("/quick-add"), json={"text": "submit 12/5/2026"}, headers={"Accept-Language": language}
    )
    assert task.json()["due_date"] == day


@pytest.mark.parametrize(
    ("query", "body"),
    [
        ("?preview=maybe", {}),
        ("?view=true", {}),
        ("", {"refused": [{"start": -1, "end": 2}]}),
        ("", {"refused": [[0, 2]]}),
        ("", {"refused": [{"start": False, "end": 2}]}),
        ("", {"refused": [{"start": 0, "end": "2"}]}),
        ("", {"read_at": "2026-11-28T15:00:00"}),
        ("", {"read_at": 0}),
        ("", {"read_at": "0"}),
        ("", {"read_at": "2026-11-28"}),
    ],
)
async def test_what_cannot_be_asked_of_a_line_is_422(user, query: str, body: dict) -> None:
    answer = await user.http.post(user.path(f"/quick-add{query}"), json={"text": "buy milk"} | body)
    assert answer.status_code == 422


@pytest.mark.parametrize(
    ("text", "title", "parent", "marked"),
    [
        ("eggs under groceries", "Eggs", "Groceries", "under groceries"),
        ("eggs  under the  Weekly shop tomorrow #food", "Eggs", "Weekly shop", "under the  Weekly shop"),
        ("eggs tomorrow under groceries", "Eggs", "Groceries", "under groceries"),
        ("look under the bed", "Look under the bed", None, None),
        ("look under the bed under groceries", "Look under the bed", "Groceries", "under groceries"),
        ("eggs under twice", "Eggs under twice", None, None),  # there are two of them
        ("eggs under done", "Eggs under done", None, None),
        ("eggs under milk", "Eggs under milk", None, None),  # a subtask itself
        ("eggs under theirs", "Eggs under theirs", None, None),
        ("“eggs under groceries”", "Eggs under groceries", None, None),
        ("eggs under groceries every monday", "Eggs under groceries", None, None),  # no subtask repeats
        ("under groceries", "Under groceries", None, None),
    ],
)
async def test_a_line_may_name_the_task_that_it_is_part_of(
    user, other_user, text: str, title: str, parent: str | None, marked: str | None
) -> None:
    async def add(who, name: str, **fields: object) -> int:
        return (await who.http.post(who.path(), json={"title": name, **fields})).json()["id"]

    ids = {name: await add(user, name) for name in ("Groceries", "Weekly shop", "Twice", "TWICE")}
    await add(user, "Done", completed=True)
    await add(user, "Milk", parent_id=ids["Groceries"])
    await add(other_user, "Theirs")
    seen = (await user.http.post(user.path("/quick-add?preview=true"), json={"text": text})).json()
    made = (await user.http.post(user.path("/quick-add"), json={"text": text, "read_at": seen["read_at"]})).json()
    assert (made["title"], made["parent_id"]) == (title, parent and ids[parent])
    assert (seen["task"]["title"], seen["task"]["parent_id"]) == (made["title"], made["parent_id"])
    [span] = [part for part in seen["parts"] if part["kind"] == "parent"] or [None]
    assert (span and span["text"]) == marked
    if span is not None:
        refused = {"text": text, "refused": [{"start": span["start"], "end": span["end"]}]}
        kept = (await user.http.post(user.path("/quick-add"), json=refused)).json()
        assert (kept["parent_id"], "under" in kept["title"]) == (None, True)


@pytest.mark.parametrize(
    ("text", "date", "tags"),
    [
        ("milk", "2026-11-28", ["home"]),
        ("milk tomorrow", "2026-11-29", ["home"]),
        ("milk friday 5 pm #shop", "2026-12-04", ["shop", "home"]),
        ("milk #home", "2026-11-28", ["home"]),
        ("milk every friday", "2026-12-04", ["home"]),
        ("milk " + " ".join(f"#t{n}" for n in range(20)), "2026-11-28", [f"t{n}" for n in range(20)]),
    ],
)
async def test_what_a_line_leaves_open_is_as_the_defaults_have_it(user, text: str, date: str, tags: list[str]) -> None:
    line = {
        "text": text,
        "time_zone": "Europe/Berlin",
        "read_at": "2026-11-28T15:00:00Z",
        "defaults": {"due_date": "2026-11-28", "tags": ["#Home"]},
    }
    seen = (await user.http.post(user.path("/quick-add?preview=true"), json=line)).json()["task"]
    made = (await user.http.post(user.path("/quick-add"), json=line)).json()
    for task in (seen, made):
        assert (task["title"], task["due_date"], task["tags"]) == ("Milk", date, tags)


@pytest.mark.parametrize(
    "defaults", [{"due_date": "soon"}, {"tags": [""]}, {"tags": "home"}, {"priority": "high"}, {"due_time": "17:00"}]
)
async def test_defaults_that_cannot_be_kept_are_422(user, defaults: dict[str, object]) -> None:
    answer = await user.http.post(user.path("/quick-add"), json={"text": "milk", "defaults": defaults})
    assert answer.status_code == 422
    assert "defaults" in answer.text
    assert (await user.http.get(user.path())).json()["items"] == []
