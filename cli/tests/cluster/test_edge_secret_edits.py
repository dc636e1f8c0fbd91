"""A Secret edited in place: what takes it up, and when, as the chart's README says."""

import re
from collections.abc import Callable
from secrets import token_hex

from acceptance.api_client import ApiClient, ask_again
from acceptance.clients import BUSY_WAITS, TRANSIENT

from cluster.load import sign_up
from cluster.model_server import keys_shown
from cluster.own_release import CHART, LOOK_SECONDS, RELEASE, OwnRelease, ended, until

TIERS = ("backend", "frontend")
DATABASE_SECRET = f"{RELEASE}-database"


def test_a_key_that_is_a_variable_waits_for_an_upgrade_and_one_that_is_a_file_does_not(spare: OwnRelease) -> None:
    with spare.way_in() as address:
        client = sign_up(address)
        former = spare.secret("OPENAI_API_KEY")
        assert _key_of_a_turn(spare, client) == former, "the pods have not started since the Secret was last edited"
        spare.edit_secret(OPENAI_API_KEY="key-edited")
        assert _key_of_a_turn(spare, client) == former

    as_files = ("--set", "secrets.mountAsFiles=true")
    code, output = ended(spare.helm("upgrade", RELEASE, str(CHART), "--reset-then-reuse-values", *as_files))
    assert code == 0, output
    spare.wait_rolled_out()
    before = {tier: spare.uids(tier) for tier in TIERS}
    restarts = spare.restarts(*TIERS)
    with spare.way_in() as address:
        client = sign_up(address)
        assert _key_of_a_turn(spare, client) == "key-edited"
        spare.edit_secret(OPENAI_API_KEY="key-in-the-file")
        _nudged_until(spare, lambda: _key_of_a_turn(spare, client) == "key-in-the-file")
        _change_the_database_password(spare)
        _nudged_until(spare, lambda: client.request("GET", "/api/me/tasks").status == 200)
        spare.wait_settled()
    assert {tier: spare.uids(tier) for tier in TIERS} == before
    spare.assert_none_restarted(restarts, *TIERS)
    users = spare.sql("select distinct application_name from pg_stat_activity").split()
    assert {"todo-backend", "todo-stack-frontend"} <= set(users), "a tier did not come back to the database"


def _change_the_database_password(release: OwnRelease) -> None:
    """As the chart's README says: in the database first, in the Secret right after. Then no connection is left."""
    password = token_hex(16)
    release.sql(f"alter role todo password '{password}'")
    keys = {"POSTGRES_PASSWORD": password}
    address = release.secret("DATABASE_URL", DATABASE_SECRET)
    keys["DATABASE_URL"] = re.sub(r"//todo:[^@]*@", f"//todo:{password}@", address)
    release.edit_secret(DATABASE_SECRET, **keys)
    release.end_connections()


def _nudged_until(release: OwnRelease, look: Callable[[], bool]) -> None:
    """Wait until the pods use the files that were edited, without the minute that the kubelet may take to bring them."""

    def nudge_and_look() -> bool:
        release.nudge()
        return look()

    until(nudge_and_look, 100, lambda: "what was edited does not arrive", LOOK_SECONDS)


def _key_of_a_turn(release: OwnRelease, client: ApiClient) -> str:
    """The key that the model server is shown in a turn of the chat; it refuses each, as the user reads."""
    before = len(keys_shown(release))
    answer = ask_again(
        lambda: client.request("POST", "/api/me/chat", {"message": "hello"}),
        BUSY_WAITS,
        lambda it: it.status in TRANSIENT and "OPENAI_API_KEY" not in str(it.body),
    )
    assert answer.status == 502
    assert "OPENAI_API_KEY" in answer.body["detail"]
    # Its line may be in the log a little later than the answer is here.
    return until(lambda: keys_shown(release)[before:], 20, lambda: "the model server was shown no key")[-1]
