"""Releases that cannot become ready: what `helm install`, `kubectl describe` and `./todo status` say, and that the
command which status proposes mends it. All are installed at once, each in a namespace of its own.
"""

import re
import secrets
import shutil
import subprocess
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest

from cluster.locked_registry import locked_registry
from cluster.own_release import CHART, KEYS, RELEASE, OwnRelease, Values, ended, until
from todo_cli import ports
from todo_cli.cluster import capacity
from todo_cli.cluster.client import Cluster
from todo_cli.images import in_docker

TIERS = ("backend", "frontend")
WRONG = "hunter2-hunter2"
NOWHERE = "postgresql://todo:hunter2-hunter2@nowhere.invalid:5432/todo"
NOT_THERE = f"not-there-{secrets.token_hex(3)}"
# Another user of the demo database, with the application's rights; its password is not the one in the Secret.
USER = "locked_out"
SOON = {"migrate": {"timeoutSeconds": 3}}
KEEP = ("upgrade", RELEASE, str(CHART), "--reset-then-reuse-values")
RESTRICTED = {"pod-security.kubernetes.io/enforce": "restricted"}
QUOTA: Values = {
    "apiVersion": "v1",
    "kind": "ResourceQuota",
    "metadata": {"name": "small"},
    "spec": {"hard": {"requests.memory": "32Mi"}},
}


@dataclass
class Case:
    """A release's values, and its Secret: made after the install, so that the chart cannot look at it.

    `labels` and `objects` are those of the namespace before.
    """

    values: Values
    keys: dict[str, str] = field(default_factory=dict)
    labels: dict[str, str] = field(default_factory=dict)
    objects: tuple[Values, ...] = ()


@pytest.fixture(scope="module")
def database_url(shared_release: OwnRelease) -> str:
    """The other release's demo database, as other namespaces reach it."""
    url = shared_release.secret("DATABASE_URL", "todo-stack-database")
    return url.replace("@todo-stack-database:", f"@todo-stack-database.{shared_release.namespace}:")


@pytest.fixture(scope="module")
def auth_secret(shared_release: OwnRelease) -> str:
    """The secret that reads the signing keys in that database."""
    return shared_release.secret("BETTER_AUTH_SECRET")


@pytest.fixture(scope="module")
def registry(shared_release: OwnRelease) -> str:
    """The address of a registry that wants a login."""
    port = ports.any_free()
    shared_release.create(locked_registry(shared_release, port))
    return f"localhost:{port}"


@pytest.fixture(scope="module")
def cases(shared_release: OwnRelease, database_url: str, auth_secret: str, registry: str) -> dict[str, Case]:
    """What is wrong, by name."""
    good = {"DATABASE_URL": database_url, "OPENAI_API_KEY": "key", "BETTER_AUTH_SECRET": auth_secret}
    openai: Values = {"assistant": {"provider": "openai"}}
    shared_release.sql(f"create role {USER} login password '{secrets.token_hex(8)}'; grant todo to {USER}")
    wrong_password = re.sub(r"//todo:[^@]*@", f"//{USER}:{WRONG}@", database_url)
    tiny = {"resources": {"requests": {"memory": "16Mi"}, "limits": {"memory": "24Mi"}}}
    host_path: Values = {"volumes": [{"name": "node", "hostPath": {"path": "/"}}]}
    return {
        "image": Case(
            {
                "backend": {"image": {"tag": NOT_THERE, "pullPolicy": "Never"}},
                "frontend": {"image": {"repository": "registry.invalid/todo-frontend", "pullPolicy": "IfNotPresent"}},
            },
            good,
        ),
        "crash": Case(
            {
                "backend": {"image": {"repository": f"{registry}/todo-backend", "pullPolicy": "IfNotPresent"}},
                "frontend": {"env": {"NODE_OPTIONS": "--no-such-option"}},
            },
            good,
        ),
        "memory": Case({"backend": tiny, "frontend": tiny}, good),
        "password": Case({"backend": SOON}, good | {"DATABASE_URL": wrong_password}),
        "host": Case({"backend": SOON}, good | {"DATABASE_URL": NOWHERE}),
        "absent": Case(openai),
        "malformed": Case({}, {"DATABASE_URL": f"mysql://{WRONG}", "BETTER_AUTH_SECRET": WRONG}),
        "empty": Case(openai, good | {"OPENAI_API_KEY": "", "BETTER_AUTH_SECRET": ""}),
        "no-database": Case({}, {"BETTER_AUTH_SECRET": auth_secret}),
        "files": Case({"secrets": {"mountAsFiles": True}}, {"BETTER_AUTH_SECRET": auth_secret}),
        "refused": Case({"frontend": host_path}, good, RESTRICTED, (QUOTA,)),
    }


@pytest.fixture(scope="module")
def releases(new_release: Callable[[str], OwnRelease], cases: dict[str, Case]) -> Iterator[dict[str, OwnRelease]]:
    """The releases by name, just installed."""

    def install(name: str) -> OwnRelease:
        release, case = new_release(name), cases[name]
        for label, value in case.labels.items():
            release.kubectl("label", "namespace", release.namespace, f"{label}={value}")
        if case.objects:
            release.create(*case.objects)
        code, output = release.install(case.values)
        assert code == 0, output
        if case.keys:
            release.write_secret(**case.keys)
        return release

    with ThreadPoolExecutor(3) as pool:
        yield dict(zip(cases, pool.map(install, cases), strict=True))


@contextmanager
def ended_afterwards(release: OwnRelease) -> Iterator[OwnRelease]:
    """The release; gone afterwards, so that its pods do not start over for ever."""
    try:
        yield release
    finally:
        release.end()


def test_an_image_that_cannot_be_had(releases: dict[str, OwnRelease]) -> None:
    release = releases["image"]
    repository = release.base["backend"]["image"]["repository"]
    missing = release.told("backend", f"cannot get image {repository}:{NOT_THERE}: it is not on the node")
    assert missing["code"] == "image"
    assert "its pull policy is Never" in missing["reason"]
    assert f"{repository}:{NOT_THERE}" in missing["fix"]
    unknown = release.told("frontend", "the name registry.invalid does not resolve|the registry does not answer")
    assert unknown["code"] == "image"
    assert "registry.invalid/todo-frontend:" in unknown["reason"]
    assert "correct frontend.image" in unknown["fix"]


def test_the_proposed_command_loads_the_image(releases: dict[str, OwnRelease]) -> None:
    with ended_afterwards(releases["image"]) as release:
        there, tag = release.base["backend"]["image"], NOT_THERE
        present, missing = f"{there['repository']}:{there['tag']}", f"{there['repository']}:{tag}"
        if shutil.which("docker") is None or not in_docker(present):
            pytest.skip(f"Docker did not build the image of this stack: {present}")
        subprocess.run(["docker", "tag", present, missing], check=True)
        try:
            release.run_fix(release.status()["backend"]["fix"])
            release.nudge()
            release.wait_ready("backend", 2)
        finally:
            subprocess.run(["docker", "rmi", missing], check=True, capture_output=True)


def test_a_secret_that_is_not_there_and_then_lacks_keys(
    releases: dict[str, OwnRelease], cases: dict[str, Case], auth_secret: str
) -> None:
    """Each step is told by name, and what is put right is taken up without another command."""
    with ended_afterwards(releases["absent"]) as release:
        for tier in TIERS:
            told = release.told(tier, f"the Secret {KEYS} is not there")
            assert told["code"] == "secret"
            assert f"create secret generic {KEYS} --from-literal=DATABASE_URL=" in told["fix"]
            assert f'secret "{KEYS}" not found' in described(release, tier)
        keys = cases["empty"].keys
        release.write_secret(DATABASE_URL=keys["DATABASE_URL"])
        for tier, key in (("backend", "OPENAI_API_KEY"), ("frontend", "BETTER_AUTH_SECRET")):
            told = release.told(tier, f"the Secret {KEYS} has no key {key}", nudging=True)
            assert f'patch secret {KEYS} -p \'{{"stringData": {{"{key}": "..."' in told["fix"]
            assert f"couldn't find key {key} in Secret" in described(release, tier)
        release.edit_secret(OPENAI_API_KEY="key", BETTER_AUTH_SECRET=auth_secret)
        release.wait_settled(nudging=True)


def test_keys_that_cannot_work(releases: dict[str, OwnRelease]) -> None:
    """Refused by the processes where the chart could not look, and by `helm upgrade` as soon as it can."""
    with ended_afterwards(releases["malformed"]) as release:
        for tier, words in (
            ("backend", r"DATABASE_URL: .*postgresql://"),
            ("frontend", r"DATABASE_URL: .*postgresql://"),
            ("frontend", "BETTER_AUTH_SECRET: is shorter than 32 characters"),
        ):
            told = release.told(tier, f"refuses its settings.*{words}")
            assert told["code"] == "secret"
            assert '"DATABASE_URL": "..."' in told["fix"]
            shown = described(release, tier)
            assert re.search(words, shown), shown
            assert WRONG not in told["reason"] + shown
        code, output = release.install({})
        assert code != 0
        assert "DATABASE_URL is malformed" in output
        assert "BETTER_AUTH_SECRET is too short" in output
        assert WRONG not in output


def test_keys_that_are_empty(releases: dict[str, OwnRelease]) -> None:
    with ended_afterwards(releases["empty"]) as release:
        for tier, key in (("backend", "OPENAI_API_KEY"), ("frontend", "BETTER_AUTH_SECRET")):
            words = f"{key}: is (not set|missing)"
            told = release.told(tier, f"refuses its settings.*{words}")
            assert told["code"] == "secret"
            assert f'"{key}": "..."' in told["fix"]
            assert re.search(words, described(release, tier))


def test_a_database_url_that_is_missing_or_empty(releases: dict[str, OwnRelease]) -> None:
    with ended_afterwards(releases["no-database"]) as release:
        for tier in TIERS:
            assert release.told(tier, f"the Secret {KEYS} has no key DATABASE_URL")["code"] == "secret"
            assert "couldn't find key DATABASE_URL" in described(release, tier)
        release.edit_secret(DATABASE_URL="")
        for tier in TIERS:
            words = "DATABASE_URL: is (not set|missing)"
            assert release.told(tier, f"refuses its settings.*{words}", nudging=True)["code"] == "secret"
            assert re.search(words, described(release, tier))


def test_a_key_that_is_missing_where_it_should_be_a_file(releases: dict[str, OwnRelease], database_url: str) -> None:
    with ended_afterwards(releases["files"]) as release:
        for tier in TIERS:
            told = release.told(tier, f"the Secret {KEYS} has no key DATABASE_URL")
            assert told["code"] == "secret"
            assert '"DATABASE_URL": "..."' in told["fix"]
            assert "non-existent secret key: DATABASE_URL" in described(release, tier)


def test_a_namespace_that_admits_no_such_pod(releases: dict[str, OwnRelease]) -> None:
    with ended_afterwards(releases["refused"]) as release:
        for tier, words in (("backend", "exceeded quota: small"), ("frontend", "violates PodSecurity")):
            told = release.told(tier, words)
            assert told["code"] == "refused"
            assert "describe replicaset" in told["fix"]
            release.run_fix(told["fix"])


def test_too_little_memory(releases: dict[str, OwnRelease]) -> None:
    with ended_afterwards(releases["memory"]) as release:
        for tier, container in (("backend", "migrate"), ("frontend", "frontend")):
            told = release.told(tier, f"{container} was killed: it needed more memory than its limit")
            assert told["code"] == "crash"
            assert f"--set {tier}.resources.limits.memory=48Mi" in told["fix"]
            release.run_fix(told["fix"])
            (changed,) = release.get("deployments", "-l", f"tier={tier}")["items"]
            limits = changed["spec"]["template"]["spec"]["containers"][0]["resources"]["limits"]
            assert limits["memory"] == "48Mi"


def test_a_wrong_password(releases: dict[str, OwnRelease], shared_release: OwnRelease) -> None:
    """Told while the migration waits and while it starts over; put right in the database, it needs no other command."""
    release = releases["password"]
    for tier in TIERS:
        told = release.told(tier, "password")
        assert told["code"] == "database-login"
        assert '"DATABASE_URL": "..."' in told["fix"]
        assert WRONG not in told["reason"]
    _wait_until_migration_backs_off(release)
    told = release.told("backend", r"password.*\(\d+ times\)")
    assert told["code"] == "database-login"
    shared_release.sql(f"alter role {USER} password '{WRONG}'")


def test_an_unknown_host(releases: dict[str, OwnRelease], database_url: str) -> None:
    """Told while the migration waits and while it starts over, and mended by the proposed commands."""
    with ended_afterwards(releases["host"]) as release:
        for tier in TIERS:
            told = release.told(tier, "nowhere.invalid")
            assert told["code"] == "database-host"
            assert '"DATABASE_URL": "..."' in told["fix"]
        _wait_until_migration_backs_off(release)
        told = release.told("backend", "nowhere.invalid")
        assert told["code"] == "database-host"
        release.run_fix(told["fix"].replace('"..."', f'"{database_url}"'))
        release.wait_settled()


def test_too_little_room_for_the_last_replica_and_then_for_a_rollout(
    new_release: Callable[[str], OwnRelease], database_url: str, auth_secret: str
) -> None:
    """Helm refuses at first; made to go on, what fits serves, and the proposed values bring the last one up."""
    with ended_afterwards(new_release("capacity")) as release:
        release.write_secret(DATABASE_URL=database_url, BETTER_AUTH_SECRET=auth_secret)
        cluster = Cluster(release.command[0], "helm", release.context, release.namespace)
        nodes = cluster.items("nodes")
        free = capacity.free(cluster, ["cpu", "memory"])
        most = {resource: capacity.in_words(resource, 0.6 * amount) for resource, amount in free.items()}
        replicas = len(nodes) + 1  # one for each node, and the one that does not fit
        resources = {"requests": most, "limits": {"memory": most["memory"]}}
        values: Values = {"backend": {"replicas": replicas, "resources": resources}}
        code, output = release.install(values, "--wait")
        assert code != 0
        for resource in most:
            assert f"{resource}: the pods ask {replicas} x " in output, output
            assert f"backend.resources.requests.{resource}" in output
        assert release.pods("backend") == []
        install = release.start_install(values | {"capacityCheck": "off"}, "--wait", "--timeout", "10s")

        release.wait_ready("backend", len(nodes))
        told = release.told("backend", "no node has enough cpu .* and memory ")
        assert told["code"] == "unschedulable"
        for resource, asked in most.items():
            assert f"{resource} (asks {asked}, " in told["reason"]
            assert f"backend.resources.requests.{resource}" in told["reason"].partition("lower ")[2]
            assert re.search(rf"--set backend.resources.requests.{resource}=\d+(m|Mi)", told["fix"])
        code, output = ended(install)
        assert code != 0
        assert "todo-stack-backend" in output or "deadline exceeded" in output, output

        release.run_fix(told["fix"])
        release.wait_settled()
        assert len(release.pods("backend")) == replicas
        _roll_without_room(release, cluster)


def _roll_without_room(release: OwnRelease, cluster: Cluster) -> None:
    """There is room for the replicas and for none more: a rollout waits, and the documented way out serves all the time."""
    asked = capacity.asked(release.pods("backend")[0], "memory")
    until(release.none_is_leaving, 60, lambda: release.kubectl("get", "pods"))
    ballast = release.pod("ballast", {"name": "ballast", "command": ["sleep", "600"]})
    left = capacity.free(cluster, ["memory"])["memory"]
    ballast["spec"]["containers"][0]["resources"]["requests"]["memory"] = capacity.in_words("memory", left - asked / 2)
    release.create(ballast)
    until(lambda: release.phase("ballast", "Running"), 40, lambda: "the ballast does not start")
    with release.under_load() as seen:
        code, output = ended(release.helm(*KEEP, "--set", "backend.logLevel=debug"))
        assert code == 0, output
        told = release.told("backend", "no node has enough memory")
        assert told["code"] == "unschedulable"
        assert "the former one still serves" in told["reason"]
        one_by_one = "backend.rollout.maxSurge=0,backend.rollout.maxUnavailable=1"
        code, output = ended(release.helm(*KEEP, "--set", one_by_one))
        assert code == 0, output
        release.wait_settled()
    assert seen["failed"] == 0, seen
    assert seen["wrong_titles"] == []


def test_a_process_that_ends_and_a_registry_that_wants_a_login(releases: dict[str, OwnRelease]) -> None:
    with ended_afterwards(releases["crash"]) as release:
        told = release.told("backend", "the registry has no such image, or wants a login")
        assert told["code"] == "image"
        assert "create secret docker-registry" in told["fix"]
        told = release.told("frontend", r"frontend exited 9: .*--no-such-option is not allowed.* \([3-9] times\)", 90)
        assert told["code"] == "crash"
        assert "--previous" in told["fix"]


def test_pods_with_the_right_password_become_ready_alone(releases: dict[str, OwnRelease]) -> None:
    """Those of `test_a_wrong_password`."""
    with ended_afterwards(releases["password"]) as release:
        release.wait_settled()
        assert {number for (_, name), number in release.restarts(*TIERS).items() if name != "migrate"} == {0}


def described(release: OwnRelease, tier: str) -> str:
    """What `kubectl describe` shows of the tier's pods."""
    return release.kubectl("describe", "pod", "-l", f"tier={tier}")


def _wait_until_migration_backs_off(release: OwnRelease) -> None:
    def look() -> bool:
        statuses = [one for pod in release.pods("backend") for one in pod["status"].get("initContainerStatuses", [])]
        return any(one["state"].get("waiting", {}).get("reason") == "CrashLoopBackOff" for one in statuses)

    until(look, 60, lambda: release.kubectl("get", "pods"))
