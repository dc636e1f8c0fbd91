"""Releases that cannot become ready: what `helm install`, `kubectl describe` and `./todo status` say, and that the
command which status proposes mends it. All are installed at once, each in a namespace of its own.
"""

import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest

from cluster.own_release import KEYS, OwnRelease, Values, ended, until
from todo_cli.cluster import capacity
from todo_cli.cluster.client import Cluster

WRONG = "hunter2-hunter2"
NOWHERE = "postgresql://todo:hunter2-hunter2@nowhere.invalid:5432/todo"
SOON = {"migrate": {"timeoutSeconds": 3}}


@dataclass
class Case:
    """A release's values, and its Secret: made after the install, so that the chart cannot look at it."""

    values: Values
    keys: dict[str, str] = field(default_factory=dict)


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
def cases(database_url: str, auth_secret: str) -> dict[str, Case]:
    """What is wrong, by name."""
    good = {"DATABASE_URL": database_url, "OPENAI_API_KEY": "key", "BETTER_AUTH_SECRET": auth_secret}
    openai: Values = {"assistant": {"provider": "openai"}}
    wrong_password = re.sub(r"//todo:[^@]*@", f"//todo:{WRONG}@", database_url)
    return {
        "image": Case(
            {
                "backend": {"image": {"tag": "not-there", "pullPolicy": "Never"}},
                "frontend": {"image": {"repository": "registry.invalid/todo-frontend", "pullPolicy": "IfNotPresent"}},
            },
            good,
        ),
        "absent": Case(openai),
        "malformed": Case({}, {"DATABASE_URL": f"mysql://{WRONG}", "BETTER_AUTH_SECRET": WRONG}),
        "empty": Case(openai, good | {"OPENAI_API_KEY": "", "BETTER_AUTH_SECRET": ""}),
        "no-database": Case({}, {"BETTER_AUTH_SECRET": auth_secret}),
        "password": Case({"backend": SOON}, good | {"DATABASE_URL": wrong_password}),
        "host": Case({"backend": SOON}, good | {"DATABASE_URL": NOWHERE}),
    }


@pytest.fixture(scope="module")
def releases(new_release: Callable[[str], OwnRelease], cases: dict[str, Case]) -> Iterator[dict[str, OwnRelease]]:
    """The releases by name, just installed."""

    def install(name: str) -> OwnRelease:
        release = new_release(name)
        code, output = release.install(cases[name].values)
        assert code == 0, output
        if cases[name].keys:
            release.write_secret(**cases[name].keys)
        return release

    with ThreadPoolExecutor(3) as pool:
        yield dict(zip(cases, pool.map(install, cases), strict=True))


@contextmanager
def ended_afterwards(release: OwnRelease) -> Iterator[OwnRelease]:
    """The release; uninstalled afterwards, so that its pods do not start over for ever."""
    yield release
    release.helm("uninstall", "todo-stack").wait(60)


def test_too_little_cpu_for_the_last_replica(
    new_release: Callable[[str], OwnRelease], database_url: str, auth_secret: str
) -> None:
    """The stack goes on with the replicas that fit, and the proposed value brings the last one up."""
    release = new_release("capacity")
    release.write_secret(DATABASE_URL=database_url, BETTER_AUTH_SECRET=auth_secret)
    cluster = Cluster(release.command[0], "helm", release.context, release.namespace)
    nodes = cluster.items("nodes")
    most = capacity.in_words("cpu", 0.6 * capacity.free(cluster, ["cpu"])["cpu"])
    replicas = len(nodes) + 1  # one for each node, and the one that does not fit
    backend = {"replicas": replicas, "resources": {"requests": {"cpu": most, "memory": "64Mi"}}}
    install = release.start_install({"backend": backend, "capacityCheck": "off"}, "--wait", "--timeout", "20s")

    release.wait_ready("backend", len(nodes))
    told = release.told("backend", "no node has enough cpu")
    assert told["code"] == "unschedulable"
    assert f"asks {most}" in told["reason"]
    assert "lower backend.resources.requests.cpu" in told["reason"]
    assert re.search(r"--set backend.resources.requests.cpu=\d+m", told["fix"])
    code, output = ended(install)
    assert code != 0
    assert "todo-stack-backend" in output or "deadline exceeded" in output, output

    release.run_fix(told["fix"])
    release.wait_settled()
    assert len(release.pods("backend")) == replicas
    release.helm("uninstall", "todo-stack").wait(60)


def test_an_image_that_cannot_be_had(releases: dict[str, OwnRelease]) -> None:
    with ended_afterwards(releases["image"]) as release:
        repository = release.base["backend"]["image"]["repository"]
        missing = release.told("backend", f"cannot get image {repository}:not-there: it is not on the node")
        assert missing["code"] == "image"
        assert "its pull policy is Never" in missing["reason"]
        assert f"{repository}:not-there" in missing["fix"]
        assert "load" in missing["fix"]
        unknown = release.told("frontend", "the name registry.invalid does not resolve|the registry does not answer")
        assert unknown["code"] == "image"
        assert "registry.invalid/todo-frontend:" in unknown["reason"]
        assert "correct frontend.image" in unknown["fix"]


def test_a_secret_that_is_not_there_and_then_lacks_keys(
    releases: dict[str, OwnRelease], cases: dict[str, Case], auth_secret: str
) -> None:
    """Each step is told by name, and what is put right is taken up without another command."""
    with ended_afterwards(releases["absent"]) as release:
        for tier in ("backend", "frontend"):
            told = release.told(tier, f"the Secret {KEYS} is not there")
            assert told["code"] == "secret"
            assert f"create secret generic {KEYS} --from-literal=DATABASE_URL=" in told["fix"]
        keys = cases["empty"].keys
        release.write_secret(DATABASE_URL=keys["DATABASE_URL"])
        release.nudge()
        backend = release.told("backend", f"the Secret {KEYS} has no key OPENAI_API_KEY")
        frontend = release.told("frontend", f"the Secret {KEYS} has no key BETTER_AUTH_SECRET")
        assert "patch secret keys" in backend["fix"]
        assert "BETTER_AUTH_SECRET" in frontend["fix"]
        release.edit_secret(OPENAI_API_KEY="key", BETTER_AUTH_SECRET=auth_secret)
        release.nudge()
        release.wait_settled()


def test_keys_that_cannot_work(releases: dict[str, OwnRelease]) -> None:
    """Refused by the processes where the chart could not look, and by `helm upgrade` as soon as it can."""
    with ended_afterwards(releases["malformed"]) as release:
        for tier, key, words in (
            ("backend", "DATABASE_URL", "DATABASE_URL: .*postgresql://"),
            ("frontend", "BETTER_AUTH_SECRET", "BETTER_AUTH_SECRET: is shorter than 32 characters"),
        ):
            told = release.told(tier, f"refuses its settings.*{words}")
            assert told["code"] == "secret"
            assert f'"{key}": "..."' in told["fix"] or tier == "frontend"
            described = release.kubectl("describe", "pod", "-l", f"tier={tier}")
            assert re.search(words, described), described
            assert WRONG not in told["reason"] + described
        code, output = release.install({})
        assert code != 0
        assert "DATABASE_URL is malformed" in output
        assert "BETTER_AUTH_SECRET is too short" in output
        assert WRONG not in output


def test_keys_that_are_empty(releases: dict[str, OwnRelease]) -> None:
    with ended_afterwards(releases["empty"]) as release:
        assert release.told("backend", "refuses its settings.*OPENAI_API_KEY: is missing")["code"] == "secret"
        assert (
            release.told("frontend", "refuses its settings.*BETTER_AUTH_SECRET: is (not set|missing)")["code"]
            == "secret"
        )


def test_a_database_url_that_is_missing_or_empty(releases: dict[str, OwnRelease]) -> None:
    with ended_afterwards(releases["no-database"]) as release:
        for tier in ("backend", "frontend"):
            assert release.told(tier, f"the Secret {KEYS} has no key DATABASE_URL")["code"] == "secret"
        release.edit_secret(DATABASE_URL="")
        release.nudge()
        for tier in ("backend", "frontend"):
            assert release.told(tier, "refuses its settings.*DATABASE_URL: is (not set|missing)")["code"] == "secret"


def test_a_wrong_password(releases: dict[str, OwnRelease], database_url: str) -> None:
    """Told while the migration waits and while it starts over; put right, it is taken up by the next try."""
    with ended_afterwards(releases["password"]) as release:
        for tier in ("backend", "frontend"):
            told = release.told(tier, "password")
            assert told["code"] == "database-login"
            assert '"DATABASE_URL": "..."' in told["fix"]
            assert WRONG not in told["reason"]
        _wait_until_migration_backs_off(release)
        told = release.told("backend", r"password.*\(\d+ times\)")
        assert told["code"] == "database-login"
        release.edit_secret(DATABASE_URL=database_url)
        code, output = release.install({"backend": SOON})  # as the fix says: it rolls what uses the key
        assert code == 0, output
        release.wait_settled()


def test_an_unknown_host(releases: dict[str, OwnRelease]) -> None:
    with ended_afterwards(releases["host"]) as release:
        for tier in ("backend", "frontend"):
            told = release.told(tier, "nowhere.invalid")
            assert told["code"] == "database-host"
            assert '"DATABASE_URL": "..."' in told["fix"]
        _wait_until_migration_backs_off(release)
        told = release.told("backend", "nowhere.invalid")
        assert told["code"] == "database-host"


def _wait_until_migration_backs_off(release: OwnRelease) -> None:
    def look() -> bool:
        statuses = [one for pod in release.pods("backend") for one in pod["status"].get("initContainerStatuses", [])]
        return any(one["state"].get("waiting", {}).get("reason") == "CrashLoopBackOff" for one in statuses)

    until(look, 60, lambda: release.kubectl("get", "pods"))
