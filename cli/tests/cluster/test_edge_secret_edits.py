"""A Secret edited in place: what takes it up, and when, as the chart's README says."""

from cluster.load import sign_up
from cluster.model_server import keys_shown
from cluster.own_release import CHART, RELEASE, OwnRelease, ended, until
from cluster.stack import Client


def test_a_key_that_is_a_variable_waits_for_an_upgrade_and_one_that_is_a_file_does_not(spare: OwnRelease) -> None:
    spare.edit_secret(OPENAI_API_KEY="key-before")
    code, output = ended(spare.helm("upgrade", RELEASE, str(CHART), "--reset-then-reuse-values"))
    assert code == 0, output
    spare.wait_settled()
    with spare.way_in() as address:
        client = sign_up(address)
        _until_shown(spare, client, "key-before")
        spare.edit_secret(OPENAI_API_KEY="key-edited")
        assert _key_of_a_turn(spare, client) == "key-before"

    as_files = ("--set", "secrets.mountAsFiles=true")
    code, output = ended(spare.helm("upgrade", RELEASE, str(CHART), "--reset-then-reuse-values", *as_files))
    assert code == 0, output
    spare.wait_settled()
    before = spare.uids("backend")
    with spare.way_in() as address:
        client = sign_up(address)
        _until_shown(spare, client, "key-edited")
        spare.edit_secret(OPENAI_API_KEY="key-in-the-file")
        spare.nudge()
        _until_shown(spare, client, "key-in-the-file", 100)
    assert spare.uids("backend") == before
    assert spare.restarts("backend") == 0


def _until_shown(release: OwnRelease, client: Client, key: str, seconds: float = 30) -> None:
    """Wait until turns use the key; a pod that is on its way out may still answer some with the former one."""
    until(lambda: _key_of_a_turn(release, client) == key, seconds, lambda: str(keys_shown(release)[-3:]))


def _key_of_a_turn(release: OwnRelease, client: Client) -> str:
    """The key that the model server is shown in a turn of the chat; it refuses each, which the user is told."""
    status, _, answer = client.request("POST", "/api/me/chat", {"message": "hello"})
    assert status == 502
    assert "OPENAI_API_KEY" in answer["detail"]
    return keys_shown(release)[-1]
