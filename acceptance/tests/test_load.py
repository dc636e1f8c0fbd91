"""The load's account is true: what fails, is repeated, lost, doubled or cut is counted as that, and nothing else is."""

import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from acceptance import chat_panel, clients
from acceptance import load as load_module
from acceptance.api_client import ApiClient
from acceptance.load import Load, account
from acceptance.tests.small_app import SmallApp, small_app

from todo_cli.errors import Problem


@pytest.fixture
def app(monkeypatch: pytest.MonkeyPatch) -> Iterator[SmallApp]:
    """An application without faults, and clients that wait for nothing."""
    for name in ("READ_WAITS", "WRITE_WAITS"):
        monkeypatch.setattr(clients, name, (0.0, 0.0))
    monkeypatch.setattr(clients, "PAUSE", 0.005)
    monkeypatch.setattr(chat_panel, "WAITS", (0.0, 0.0))
    monkeypatch.setattr(chat_panel, "UNDER_WAY_WAIT", 0.0)
    with small_app() as made:
        yield made


def run(app: SmallApp, enough: Callable[[Load], bool], **only: Any) -> Load:
    """A load that has ended; of all clients, or of those in `only`."""
    client = ApiClient(app.address)
    client.sign_up()
    counts: dict[str, Any] = {"readers": 0, "writers": 0, "talkers": 0, "panels": 0} | only if only else {}
    with Load(client, **counts) as load:
        deadline = time.monotonic() + 120
        while not enough(load) and time.monotonic() < deadline:
            time.sleep(0.01)
        assert enough(load), load.tally
    return load


def test_a_well_application_is_told_to_be_well(app: SmallApp) -> None:
    load = run(app, lambda load: load.tally.streams.whole > 12 and load.tally.sent > 60)
    tally, audit = load.tally, load.audit()
    assert (tally.failed, tally.retried, tally.errors) == (0, 0, [])
    assert (tally.streams.cut, tally.streams.repeated) == (0, 0)
    assert audit.written == audit.found == len(app.titles) > 12
    assert (audit.lost, audit.doubled) == (0, 0)
    assert set(tally.served) == {"pod-1"}
    assert app.requests["POST /api/me/chat"]


def test_an_answer_that_is_lost_is_asked_for_again_with_the_same_key(app: SmallApp) -> None:
    app.faults["answer lost"] = 2
    load = run(app, lambda load: load.tally.sent > 5, writers=1)
    assert (load.tally.failed, load.tally.retried) == (0, 2)
    assert load.audit().doubled == 0


@pytest.mark.parametrize("kind", ["readers", "writers"])
def test_a_request_that_fails_each_time_has_failed(app: SmallApp, kind: str) -> None:
    app.faults["away"] = 3
    load = run(app, lambda load: load.tally.sent > 3, **{kind: 1})
    assert (load.tally.failed, load.tally.retried) == (1, 2)
    assert "502" in load.tally.errors[0]
    assert load.audit().lost == 0, "nobody had it confirmed"


def test_tasks_that_are_lost_or_there_twice_are_found(app: SmallApp) -> None:
    app.faults.update({"lose": 2, "double": 3})
    load = run(app, lambda load: load.tally.sent > 12, writers=1)
    assert (load.audit().lost, load.audit().doubled) == (2, 3)


def test_a_cut_stream_is_tried_again_and_makes_no_second_task(app: SmallApp) -> None:
    app.faults["cut"] = 2
    load = run(app, lambda load: load.tally.streams.whole > 5, panels=1)
    assert (load.tally.streams.cut, load.tally.streams.repeated, load.tally.failed) == (1, 2, 0)
    assert (load.audit().lost, load.audit().doubled) == (0, 0)


def test_a_turn_whose_process_died_is_asked_for_until_its_lease_has_ended(app: SmallApp) -> None:
    app.faults.update({"cut": 1, "under way": 5})
    load = run(app, lambda load: load.tally.streams.whole > 5, panels=1)
    assert (load.tally.failed, load.audit().lost, load.audit().doubled) == (0, 0, 0)
    assert load.tally.streams.repeated > 3


def test_a_repeated_turn_that_makes_its_tasks_again_is_found(app: SmallApp) -> None:
    app.faults.update({"cut": 1, "forget": 2})
    load = run(app, lambda load: load.tally.streams.whole > 3, panels=1)
    assert load.audit().doubled == chat_panel.TASKS


def test_a_stream_that_never_comes_whole_has_failed(app: SmallApp) -> None:
    app.faults["cut"] = 3
    load = run(app, lambda load: load.tally.sent > 2, panels=1)
    assert load.tally.failed == 1
    assert "stream" in load.tally.errors[0]


def test_a_session_that_ended_is_begun_anew_only_where_that_is_expected(app: SmallApp) -> None:
    client = ApiClient(app.address)
    client.sign_up()
    for expected in (True, False):
        with Load(client, readers=1, writers=0, talkers=0, panels=0, sign_in_again=expected) as load:
            while load.tally.sent < 3:
                time.sleep(0.01)
            app.sessions.clear()
            before = load.tally.sent
            while load.tally.sent < before + 3:
                time.sleep(0.01)
        assert bool(load.tally.signed_in_again) is expected
        assert bool(load.tally.failed) is not expected
        client.sign_in()


def test_the_account_goes_whatever_happens(app: SmallApp) -> None:
    with pytest.raises(KeyboardInterrupt), account(app.address) as client:
        assert app.accounts == {client.email}
        raise KeyboardInterrupt
    assert app.accounts == set()


def test_nobody_can_sign_up() -> None:
    with pytest.raises(Problem, match="nobody can sign up"), account("http://127.0.0.1:9"):
        pass


def test_a_list_that_does_not_come_after_a_load_is_asked_for_again(
    app: SmallApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(load_module, "BUSY_WAITS", (0.0, 0.0))
    load = run(app, lambda load: load.tally.sent > 5, writers=1)
    app.faults["no list"] = 2
    assert load.audit().lost == 0
    app.faults["no list"] = 3
    with pytest.raises(Problem, match="cannot be listed: 503"):
        load.audit()
