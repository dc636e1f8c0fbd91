"""Releases that cannot become ready: what `helm install`, `kubectl describe` and `./todo status` say, and that the
command which status proposes is the fix. They are installed in two waves, each in a namespace of its own, and each goes
as soon as it was judged: pods that start over and over cost much. What starts over with longer and longer pauses is in
the first one, and judged at its end.
"""

import re
import secrets
import shutil
import subprocess
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import pytest

from cluster.locked_registry import locked_registry
from cluster.own_release import KEYS, OwnRelease, Values, ended_afterwards, until
from todo_cli import ports
from todo_cli.kube.docker import in_docker

TIERS = ("backend", "frontend")
WRONG = "hunter2-hunter2"
NOWHERE = "postgresql://todo:hunter2-hunter2@nowhere.invalid:5432/todo"
NOT_THERE = f"not-there-{secrets.token_hex(3)}"
WAVES = (
    ("password", "host", "crash", "image", "memory", "absent"),
    ("malformed", "empty", "no-database", "files", "refused"),
)
# Another user of the database, with the application's rights; its password is not the one in the Secret.
USER = "locked_out"
SOON = {"migrate": {"timeoutSeconds": 3}}
ENDED_BY_KUBERNETES = (0, 137, 143)  # in order, or killed by a signal
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
def registry(database: OwnRelease) -> str:
    """The address of a registry that wants a login."""
    port = ports.any_free()
    database.create(locked_registry(database, port))
    return f"localhost:{port}"


@pytest.fixture(scope="module")
def cases(database: OwnRelease, database_url: str, auth_secret: str, registry: str) -> dict[str, Case]:
    """What is wrong, by name."""
    good = {"DATABASE_URL": database_url, "OPENAI_API_KEY": "key", "BETTER_AUTH_SECRET": auth_secret}
    openai: Values = {"assistant": {"provider": "openai"}}
    database.sql(f"create role {USER} login password '{secrets.token_hex(8)}'; grant todo to {USER}")
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


@dataclass(frozen=True)
class Releases:
    """The releases by name: with the first of a wave that is asked for, the whole wave is installed."""

    install: Callable[[str], OwnRelease]
    installed: dict[str, OwnRelease] = field(default_factory=dict)

    def __getitem__(self, name: str) -> OwnRelease:
        if name not in self.installed:
            (wave,) = [wave for wave in WAVES if name in wave]
            with ThreadPoolExecutor(2) as pool:
                self.installed.update(zip(wave, pool.map(self.install, wave), strict=True))
        return self.installed[name]


@pytest.fixture(scope="module")
def releases(new_release: Callable[[str], OwnRelease], cases: dict[str, Case]) -> Releases:
    """Installs the releases, a wave at a time."""

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

    return Releases(install)


def test_an_image_that_cannot_be_had(releases: Releases) -> None:
    release = releases["image"]
    repository = release.base["backend"]["image"]["repository"]
    reported = release.all_reported(
        {
            "backend": f"cannot get image {repository}:{NOT_THERE}: it is not on the node",
            "frontend": "the name registry.invalid does not resolve|the registry does not answer",
        }
    )
    missing, unknown = reported["backend"], reported["frontend"]
    assert missing["code"] == "image"
    assert "its pull policy is Never" in missing["reason"]
    assert f"{repository}:{NOT_THERE}" in missing["fix"]
    assert unknown["code"] == "image"
    assert "registry.invalid/todo-frontend:" in unknown["reason"]
    assert "correct frontend.image" in unknown["fix"]


def test_the_proposed_command_loads_the_image(releases: Releases) -> None:
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
    releases: Releases, cases: dict[str, Case], auth_secret: str
) -> None:
    """Each step is reported by name, and what is put right is taken up without another command."""
    with ended_afterwards(releases["absent"]) as release:
        for tier, reported in release.all_reported(dict.fromkeys(TIERS, f"the Secret {KEYS} is not there")).items():
            assert reported["code"] == "secret"
            assert f"create secret generic {KEYS} --from-literal=DATABASE_URL=" in reported["fix"]
            wait_described(release, tier, f'secret "{KEYS}" not found')
        keys = cases["empty"].keys
        release.write_secret(DATABASE_URL=keys["DATABASE_URL"])
        lacking = {"backend": "OPENAI_API_KEY", "frontend": "BETTER_AUTH_SECRET"}
        words = {tier: f"the Secret {KEYS} has no key {key}" for tier, key in lacking.items()}
        for tier, reported in release.all_reported(words, nudging=True).items():
            key = lacking[tier]
            assert f'patch secret {KEYS} -p \'{{"stringData": {{"{key}": "..."' in reported["fix"]
            wait_described(release, tier, f"couldn't find key {key} in Secret")
        release.edit_secret(OPENAI_API_KEY="key", BETTER_AUTH_SECRET=auth_secret)
        release.wait_settled(nudging=True)


def test_too_little_memory(releases: Releases) -> None:
    with ended_afterwards(releases["memory"]) as release:
        words = "{} was killed: it needed more memory than its limit"
        killed = {"backend": words.format("migrate"), "frontend": words.format("frontend")}
        for tier, reported in release.all_reported(killed).items():
            assert reported["code"] == "crash"
            assert f"--set {tier}.resources.limits.memory=48Mi" in reported["fix"]
            release.run_fix(reported["fix"])
            (changed,) = release.get("deployments", "-l", f"tier={tier}")["items"]
            limits = changed["spec"]["template"]["spec"]["containers"][0]["resources"]["limits"]
            assert limits["memory"] == "48Mi"


def test_a_wrong_password(releases: Releases, database: OwnRelease) -> None:
    """Told while the migration waits and while it starts over; put right in the database, it needs no other command."""
    release = releases["password"]
    for reported in release.all_reported(dict.fromkeys(TIERS, "^database-login: ")).values():
        assert '"DATABASE_URL": "..."' in reported["fix"]
        assert WRONG not in reported["reason"]
    _wait_until_migration_backs_off(release)
    release.reported("backend", r"^database-login: .*\(\d+ times\)")
    database.sql(f"alter role {USER} password '{WRONG}'")


def test_an_unknown_host(releases: Releases, database_url: str) -> None:
    """Told while the migration waits and while it starts over, and mended by the proposed commands."""
    with ended_afterwards(releases["host"]) as release:
        for reported in release.all_reported(dict.fromkeys(TIERS, "^database-host: .*nowhere.invalid")).values():
            assert '"DATABASE_URL": "..."' in reported["fix"]
        _wait_until_migration_backs_off(release)
        reported = release.reported("backend", "^database-host: .*nowhere.invalid")
        release.run_fix(reported["fix"].replace('"..."', f'"{database_url}"'))
        release.wait_settled()


def test_a_process_that_ends_and_a_registry_that_wants_a_login(releases: Releases) -> None:
    with ended_afterwards(releases["crash"]) as release:
        reported = release.reported("backend", "the registry has no such image, or wants a login")
        assert reported["code"] == "image"
        assert "create secret docker-registry" in reported["fix"]
        reported = release.reported(
            "frontend", r"frontend exited 9: .*--no-such-option is not allowed.* \(([3-9]|\d\d+) times\)", 90
        )
        assert reported["code"] == "crash"
        assert "--previous" in reported["fix"]


def test_keys_that_cannot_work(releases: Releases) -> None:
    """Refused by the processes where the chart could not look, and by `helm upgrade` as soon as it can."""
    with ended_afterwards(releases["malformed"]) as release:
        for tier, key, code in (
            ("backend", "DATABASE_URL", "setting_invalid"),
            ("frontend", "DATABASE_URL", "setting_invalid"),
            ("frontend", "BETTER_AUTH_SECRET", "setting_too_short"),
        ):
            reported = release.reported(tier, f"^secret: .*{key}: ")
            assert '"DATABASE_URL": "..."' in reported["fix"]
            shown = wait_described(release, tier, refusal(key, code))
            assert WRONG not in reported["reason"] + shown
        exit_code, output = release.install({})
        assert exit_code != 0
        assert "BETTER_AUTH_SECRET is too short" in output
        assert WRONG not in output


def test_keys_that_are_empty(releases: Releases) -> None:
    with ended_afterwards(releases["empty"]) as release:
        empty = {"backend": "OPENAI_API_KEY", "frontend": "BETTER_AUTH_SECRET"}
        words = {tier: f"^secret: .*{key}: " for tier, key in empty.items()}
        for tier, reported in release.all_reported(words).items():
            assert f'"{empty[tier]}": "..."' in reported["fix"]
            wait_described(release, tier, refusal(empty[tier], "setting_missing"))


def test_a_database_url_that_is_missing_or_empty(releases: Releases) -> None:
    with ended_afterwards(releases["no-database"]) as release:
        no_key = f"the Secret {KEYS} has no key DATABASE_URL"
        for tier, reported in release.all_reported(dict.fromkeys(TIERS, no_key)).items():
            assert reported["code"] == "secret"
            wait_described(release, tier, "couldn't find key DATABASE_URL")
        release.edit_secret(DATABASE_URL="")
        for tier in release.all_reported(dict.fromkeys(TIERS, "^secret: .*DATABASE_URL: "), nudging=True):
            wait_described(release, tier, refusal("DATABASE_URL", "setting_missing"))


def test_a_key_that_is_missing_where_it_should_be_a_file(releases: Releases) -> None:
    with ended_afterwards(releases["files"]) as release:
        no_key = f"the Secret {KEYS} has no key DATABASE_URL"
        for tier, reported in release.all_reported(dict.fromkeys(TIERS, no_key)).items():
            assert reported["code"] == "secret"
            assert '"DATABASE_URL": "..."' in reported["fix"]
            wait_described(release, tier, "non-existent secret key: DATABASE_URL")


def test_a_namespace_that_admits_no_such_pod(releases: Releases) -> None:
    with ended_afterwards(releases["refused"]) as release:
        words = {"backend": "exceeded quota: small", "frontend": "violates PodSecurity"}
        for reported in release.all_reported(words).values():
            assert reported["code"] == "refused"
            assert "describe replicaset" in reported["fix"]
            release.run_fix(reported["fix"])


def test_pods_with_the_right_password_become_ready_alone(releases: Releases) -> None:
    """Those of `test_a_wrong_password`."""
    with ended_afterwards(releases["password"]) as release:
        release.wait_settled()
        assert not failures(release)


def refusal(key: str, code: str) -> str:
    """What a termination message has of a setting that is refused."""
    return rf'"code": ?"{code}", ?"setting": ?"{key}"'


def wait_described(release: OwnRelease, tier: str, words: str) -> str:
    """What `kubectl describe` shows of the tier's pods, once it matches: between two starts, or soon after a change,
    Kubernetes may show what was before.
    """
    shown = [""]

    def look() -> bool:
        shown.append(release.kubectl("describe", "pod", "-l", f"tier={tier}"))
        return re.search(words, shown[-1]) is not None

    until(look, 60, lambda: f"wanted {words}, got {shown[-1]}")
    return shown[-1]


def failures(release: OwnRelease) -> list[Any]:
    """How servers ended by themselves with an error; on a busy node Kubernetes may end one that is slow to answer."""
    statuses = [one for tier in TIERS for pod in release.pods(tier) for one in pod["status"]["containerStatuses"]]
    ended = [one["lastState"].get("terminated", {}) for one in statuses]
    return [one for one in ended if one.get("exitCode", 0) not in ENDED_BY_KUBERNETES]


def _wait_until_migration_backs_off(release: OwnRelease) -> None:
    def look() -> bool:
        statuses = [one for pod in release.pods("backend") for one in pod["status"].get("initContainerStatuses", [])]
        return any(one["state"].get("waiting", {}).get("reason") == "CrashLoopBackOff" for one in statuses)

    until(look, 60, lambda: release.kubectl("get", "pods"))
