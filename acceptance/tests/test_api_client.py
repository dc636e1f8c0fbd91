"""Accounts that checks make do not stay."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from acceptance import api_client
from acceptance.api_client import Answer, ApiClient
from acceptance.inspection import Inspection
from acceptance.stack import Stack

from todo_cli.kube.cluster import Cluster

SIGN_IN, LEAVE = "/api/auth/sign-in/email", "/api/auth/delete-user"


@dataclass
class Scripted(ApiClient):
    """Gets these answers, one after another, whatever it asks."""

    statuses: list[int] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    def request(self, method: str, path: str, body: object = None, **headers: str) -> Answer:  # noqa: ARG002
        self.asked.append(path)
        return Answer(self.statuses.pop(0), {}, None, 0.0, "no answer")


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Nothing is waited for."""
    monkeypatch.setattr(api_client, "REMOVE_WAITS", (0.0, 0.0))
    yield


@pytest.mark.parametrize(
    ("statuses", "asked"),
    [
        ([200], [LEAVE]),
        ([401, 200, 200], [LEAVE, SIGN_IN, LEAVE]),  # the session has ended, or somebody else's browser had it
        ([401, 401], [LEAVE, SIGN_IN]),  # there was never such an account
        ([0, 401], [LEAVE, SIGN_IN]),  # it is gone, and the answer was lost
        ([0, 0, 0, 200, 200], [LEAVE, SIGN_IN, LEAVE, SIGN_IN, LEAVE]),
    ],
)
def test_an_account_is_removed_in_the_end(statuses: list[int], asked: list[str]) -> None:
    client = Scripted("http://localhost:1", statuses=statuses)
    assert client.remove() == ""
    assert client.asked == asked


def test_an_account_that_stays_is_told() -> None:
    client = Scripted("http://localhost:1", email="verify-1@example.com", statuses=[0, 503] * 3)
    assert "verify-1@example.com stays: 503" in client.remove()


def _inspection(tmp_path: Path, *, passing: bool) -> Inspection:
    stack = Stack(Cluster("kubectl", "helm", "nowhere", "nothing"), "http://localhost:1", tmp_path, passing=passing)
    return Inspection(stack)


def test_a_check_fails_that_leaves_an_account(tmp_path: Path) -> None:
    inspection = _inspection(tmp_path, passing=False)
    client = Scripted("http://localhost:1", statuses=[503] * 9)
    with pytest.raises(pytest.fail.Exception, match="stays"), inspection.leaving(client):
        pass


def test_what_went_wrong_first_is_told_first(tmp_path: Path) -> None:
    inspection = _inspection(tmp_path, passing=False)
    client = Scripted("http://localhost:1", statuses=[503] * 9)
    with pytest.raises(KeyboardInterrupt), inspection.leaving(client):
        raise KeyboardInterrupt
    assert "stays" in inspection.saw[-1]


def test_nothing_is_removed_from_a_release_that_goes_itself(tmp_path: Path) -> None:
    client = Scripted("http://localhost:1")
    with _inspection(tmp_path, passing=True).leaving(client):
        pass
    assert client.asked == []
