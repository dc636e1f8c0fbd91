"""What `helm upgrade` rolls, and upgrades that fail, collide or are rolled back: data and service stay intact."""

import re

from acceptance.api_client import ApiClient

from cluster.load import sign_up
from cluster.noticing import assert_all_went_well
from cluster.own_release import CHART, RELEASE, OwnRelease, ended, until

KEEP = ("upgrade", RELEASE, str(CHART), "--reset-then-reuse-values")
TIERS = ("backend", "frontend", "database")


def test_a_change_rolls_only_the_pods_that_it_concerns_and_fails_no_request(spare: OwnRelease) -> None:
    """A value, a Secret's key edited in place, and another key: each tier in its turn, under load."""
    _upgrade(spare, "--set", "secrets.mountAsFiles=false")  # the default, whatever ran before
    before = _uids(spare)
    with spare.under_load() as seen:
        spare.edit_secret(OPENAI_API_KEY="second-key")
        assert _uids(spare) == before, "an edited Secret alone rolls nothing"
        _upgrade(spare)
        assert _rolled(spare, before) == {"backend"}

        before = _uids(spare)
        # The same one still signs: another would sign everybody out.
        spare.edit_secret(BETTER_AUTH_SECRETS=f"1:{spare.secret('BETTER_AUTH_SECRET')}")
        _upgrade(spare)
        assert _rolled(spare, before) == {"frontend"}

        before = _uids(spare)
        _upgrade(spare, "--set", "chat.ui=builtin")
        assert _rolled(spare, before) == {"frontend"}

        before = _uids(spare)
        _upgrade(spare)
        assert _rolled(spare, before) == set(), "an upgrade that changes nothing rolls nothing"
    assert_all_went_well(seen)
    assert seen["sent"] - seen["written"] > 20, seen


def test_upgrades_that_fail_collide_or_are_killed_and_a_rollback_keep_data_and_service(spare: OwnRelease) -> None:
    before = _uids(spare)
    missing = ("--set", "backend.image.tag=not-there", "--set", "backend.image.pullPolicy=Never", "--wait")
    with spare.way_in() as address, spare.under_load() as seen:
        client = sign_up(address)
        status = client.request("POST", "/api/me/tasks", {"title": "still here"}).status
        assert status == 201
        code, output = ended(spare.helm(*KEEP, *missing, "--timeout", "3s"))
        assert code != 0, output
        assert _release_status(spare) == "failed"
        _roll_back(spare)

        failing = spare.helm(*KEEP, *missing, "--timeout", "1h")  # killed below
        try:
            until(lambda: _release_status(spare) == "pending-upgrade", 30, lambda: _release_status(spare))
            code, output = ended(spare.helm(*KEEP))
            assert code != 0
            assert "another operation" in output
            reported = spare.reported("backend", "the former one still serves: cannot get image .*:not-there")
            assert reported["code"] == "image"
            assert reported["ready"] == reported["wanted"]
            assert f"helm --kube-context {spare.context} -n {spare.namespace} rollback {RELEASE}" in reported["fix"]
        finally:
            failing.kill()
        ended(failing)
        assert _release_status(spare) == "pending-upgrade"
        _roll_back(spare)
        assert _uids(spare) == before, "the former pods went on all the time"
        assert _titles(client) == ["still here"]
    assert_all_went_well(seen)


def _roll_back(release: OwnRelease) -> None:
    code, output = ended(release.helm("rollback", RELEASE))
    assert code == 0, output
    release.wait_settled()


def _release_status(release: OwnRelease) -> str:
    """What Helm says of the newest revision."""
    _, output = ended(release.helm("status", RELEASE))
    found = re.search(r"^STATUS: (\S+)", output, re.MULTILINE)
    return found[1] if found else output


def _upgrade(release: OwnRelease, *options: str) -> None:
    code, output = ended(release.helm(*KEEP, *options))
    assert code == 0, output
    release.wait_settled()


def _uids(release: OwnRelease) -> dict[str, set[str]]:
    return {tier: release.uids(tier) for tier in TIERS}


def _rolled(release: OwnRelease, before: dict[str, set[str]]) -> set[str]:
    """The tiers whose pods are others than before; of those every pod."""
    now = _uids(release)
    rolled = {tier for tier in TIERS if now[tier] != before[tier]}
    assert not any(now[tier] & before[tier] for tier in rolled)
    return rolled


def _titles(client: ApiClient) -> list[str]:
    answer = client.request("GET", "/api/me/tasks")
    assert answer.status == 200
    return [task["title"] for task in answer.body["items"]]
