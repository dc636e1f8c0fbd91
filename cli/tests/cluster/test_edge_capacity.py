"""A cluster without room: what `./todo doctor` says before and `./todo status` after, and that the values which they
propose bring the pods up.

It takes most of what the nodes have free: beside it, nothing that asks for much finds a place.
"""

import re
from collections.abc import Callable

from cluster.noticing import assert_all_went_well
from cluster.own_release import CHART, RELEASE, OwnRelease, Values, ended, ended_afterwards, until
from todo_cli.cluster import capacity
from todo_cli.kube.quantity import as_written

# Of what is free: room for one pod a node, and for no other; the rest is left to whoever else is at work on the cluster.
SHARES = {"cpu": 0.7, "memory": 0.6}
KEEP = ("upgrade", RELEASE, str(CHART), "--reset-then-reuse-values")


def test_too_little_room_for_the_last_replica_and_then_for_a_rollout(
    new_release: Callable[[str], OwnRelease], database_url: str, auth_secret: str
) -> None:
    """Doctor tells before, what fits serves, status tells after, and the values that it proposes bring the last one up."""
    with ended_afterwards(new_release("capacity"), wait=True) as release:
        release.write_secret(DATABASE_URL=database_url, BETTER_AUTH_SECRET=auth_secret)
        nodes = release.cluster.items("nodes")
        free = capacity.free(release.cluster, list(SHARES))
        most = {resource: as_written(resource, SHARES[resource] * amount) for resource, amount in free.items()}
        replicas = len(nodes) + 1  # one for each node, and the one that does not fit
        resources = {"requests": most, "limits": {"memory": most["memory"]}}
        values: Values = {"backend": {"replicas": replicas, "resources": resources}}
        _doctor_tells(release, replicas, most)
        install = release.start_install(values, "--wait", "--timeout", "10s")

        release.wait_ready("backend", len(nodes))
        reported = release.reported("backend", "no node has enough cpu .* and memory ")
        assert reported["code"] == "unschedulable"
        for resource, asked in most.items():
            assert f"{resource} (asks {asked}, " in reported["reason"]
            assert f"backend.resources.requests.{resource}" in reported["reason"].partition("lower ")[2]
            assert re.search(rf"--set backend.resources.requests.{resource}=\d+(m|Mi)", reported["fix"])
        code, output = ended(install)
        assert code != 0
        assert "todo-stack-backend" in output or "deadline exceeded" in output, output

        release.run_fix(reported["fix"])
        until(lambda: _settled_or_told_anew(release), 120, lambda: str(release.complaints()))
        assert len(release.pods("backend")) == replicas
        _roll_without_room(release)


def _doctor_tells(release: OwnRelease, replicas: int, most: dict[str, str]) -> None:
    """For an `up` with these values, doctor names both resources, and requests with which it has nothing to say."""
    asked = {f"backend.resources.requests.{resource}": amount for resource, amount in most.items()}
    before = {"database.demo.enabled": "false", "backend.resources.limits.memory": most["memory"]}
    release.remember(backend_replicas=replicas, chart_values=before)
    told = release.doctor("Capacity", asked)
    assert told["verdict"] != "pass"
    for resource, amount in most.items():
        assert f"{resource}: the pods request {replicas} x {amount} (backend)" in told["finding"]
        assert f"lower backend.resources.requests.{resource}" in told["finding"]
    proposed = dict(re.findall(r"--set (\S+)=(\d+(?:m|Mi))", told["fix"]))
    assert proposed.keys() == asked.keys(), told["fix"]
    assert release.doctor("Capacity", proposed)["verdict"] == "pass"


def _settled_or_told_anew(release: OwnRelease) -> bool:
    """Has it settled? When others have taken of the room meanwhile, what status proposes now is done."""
    if release.rolled_out(30):
        return not release.complaints()
    reported = release.status()["backend"]
    if reported["code"] == "unschedulable":
        release.run_fix(reported["fix"])
    return False


def _roll_without_room(release: OwnRelease) -> None:
    """There is room for the replicas and for none more: a rollout waits, and the documented way out serves all the time."""
    asked = capacity.asked(release.pods("backend")[0], "memory")
    until(release.none_is_leaving, 60, lambda: release.kubectl("get", "pods"))
    ballast = release.pod("ballast", {"name": "ballast", "command": ["sleep", "86400"]})
    left = capacity.free(release.cluster, ["memory"])["memory"]
    ballast["spec"]["containers"][0]["resources"]["requests"]["memory"] = as_written("memory", left - asked / 2)
    release.create(ballast)
    until(lambda: release.phase("ballast", "Running"), 40, lambda: "the ballast does not start")
    with release.under_load() as seen:
        code, output = ended(release.helm(*KEEP, "--set", "backend.logLevel=debug"))
        assert code == 0, output
        reported = release.reported("backend", "the former one still serves: no node has enough memory")
        assert reported["code"] == "unschedulable"
        one_by_one = "backend.rollout.maxSurge=0,backend.rollout.maxUnavailable=1"
        code, output = ended(release.helm(*KEEP, "--set", one_by_one))
        assert code == 0, output
        release.wait_settled()
    assert_all_went_well(seen)
