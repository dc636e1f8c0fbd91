"""Secrets that are missing, wrong or edited in place: what is said, who serves meanwhile, when a new one is used."""

import json
import secrets
import time

import pytest

from acceptance.api_client import ApiClient
from acceptance.checks.chart import SAMPLE, render_error
from acceptance.checks.objects import deployment_of, holds_undisturbed, pods_of, ready_pods
from acceptance.checks.provoking import failing_upgrade, uids_of, why_waiting
from acceptance.checks.waiting import MEASURED_PAUSE, await_, settled
from acceptance.inspection import Inspection, Measure, Stopwatch
from acceptance.model_server import ModelServer
from acceptance.scratch_release import ExternalDatabaseRelease, HealthyRelease, write_secret
from acceptance.stack import TIERS
from todo_cli.conditions import last_conditions

FILE_SECONDS = 400
TURNS = 40


@pytest.mark.clause("EC-7")
@pytest.mark.slow
def test_secrets_missing_or_invalid(
    stack: Inspection, measure: Measure, external_release: ExternalDatabaseRelease
) -> None:
    """What Helm says to each secret that is missing or too short; what a release's pods say to each that its Secret
    lacks and to a wrong password, while the former pods serve on."""
    given = {name.rpartition(".")[2]: name for name in SAMPLE}
    for key, name in (
        ("DATABASE_URL", given["databaseUrl"]),
        ("OPENAI_API_KEY", given["openaiApiKey"]),
        ("BETTER_AUTH_SECRET", given["betterAuthSecret"]),
    ):
        said = render_error(stack, {**SAMPLE, name: ""}, sample=False)
        stack.require(f"{key} is missing" in said, f"helm, without it: {_about(said, key)}")
    key, short = "BETTER_AUTH_SECRET", "0123456789"
    said = render_error(stack, {given["betterAuthSecret"]: short})
    stack.require(f"{key} is too short" in said and short not in said, f"helm, too short: {_about(said, key)}")

    on = settled(stack, external_release)
    for key in external_release.keys:
        _refused_without(on, external_release, key)
    late = f"late-{secrets.token_hex(3)}"  # it comes after the upgrade, so that Helm cannot look at it
    with failing_upgrade(stack, measure, external_release, {"secrets": {"existingSecret": late}}):
        write_secret(on.stack.cluster, late, {"OTHER": "none of the three"})
        _reported(on, "backend", "DATABASE_URL")
        write_secret(on.stack.cluster, late, {"DATABASE_URL": external_release.keys["DATABASE_URL"]})
        _reported(on, "backend", "OPENAI_API_KEY")
        _reported(on, "frontend", "BETTER_AUTH_SECRET")
        wrong = f"wrong-{secrets.token_hex(3)}"
        address = external_release.keys["DATABASE_URL"].replace("@", "-not@", 1)
        write_secret(on.stack.cluster, wrong, external_release.keys | {"DATABASE_URL": address})
        on.note("helm", "upgrade", "todo-stack", "charts/todo-stack", "--set", f"secrets.existingSecret={wrong}")
        external_release.upgrade({"secrets": {"existingSecret": wrong}})
        said = await_(lambda: _migrating(on), "no pod reported the wrong password")
        stack.require(bool(said), f"the new pod, with a wrong password: {said}")


@pytest.mark.clause("EC-8")
@pytest.mark.slow
def test_secrets_changed_without_restarts(
    stack: Inspection,
    measure: Measure,
    healthy_release: HealthyRelease,
    external_release: ExternalDatabaseRelease,
    model_server: ModelServer,
) -> None:
    """A key edited in its Secret, as a model server is shown it. As a file: the same pods use it. As a variable, the
    default: they use the former one until helm upgrade rolls them, and no others."""
    new = f"sk-{secrets.token_hex(8)}"

    on = settled(stack, healthy_release)
    same = uids_of(on, "backend")
    with on.signed_up_client() as client:
        _edit(on, f"{on.stack.cluster.release}-secrets", new)
        watch = Stopwatch()
        await_(
            lambda: set(_keys_used(on, client, model_server).values()) == {new},
            "as a file: some pod uses the former key",
            FILE_SECONDS,
            MEASURED_PAUSE,
        )
    measure("new key shown by both running pods", watch.seconds, "s", at_most=FILE_SECONDS)
    stack.require(uids_of(on, "backend") == same, "as a file: no pod was restarted for it")

    on = settled(stack, external_release)
    before = {tier: uids_of(on, tier) for tier in TIERS}
    with on.signed_up_client() as client:
        former = set(_keys_used(on, client, model_server).values())
        _edit(on, external_release.values["secrets"]["existingSecret"], new)
        used = set(_keys_used(on, client, model_server).values())
        stack.require(used == former and new not in used, "as a variable: the same pods use the former key")
        on.note("helm", "upgrade", "todo-stack", "charts/todo-stack", "--wait")
        external_release.upgrade({}, wait=True)
        used = set(_keys_used(on, client, model_server).values())
    which = "every pod uses the new" if used == {new} else "some pod uses the former"
    stack.require(used == {new}, f"as a variable: {which} key after helm upgrade")
    after = {tier: uids_of(on, tier) for tier in TIERS}
    rolled = [tier for tier in TIERS if not after[tier] & before[tier]]
    stack.require(rolled == ["backend"], f"helm upgrade rolled: {', '.join(rolled) or 'nothing'}")


def _edit(on: Inspection, secret: str, key: str) -> None:
    """Change the model's key in its Secret, and have the kubelet look at once: by itself it does within a minute."""
    on.kubectl("patch", "secret", secret, "-p", json.dumps({"stringData": {"OPENAI_API_KEY": key}}))
    _nudge(on)


def _nudge(on: Inspection) -> None:
    looked_at = f"todo-stack/looked-at={time.monotonic()}"
    on.kubectl("annotate", "pods", "--all", "--overwrite", looked_at, check=False)  # a pod may leave just now


def _keys_used(on: Inspection, client: ApiClient, model: ModelServer) -> dict[str, str]:
    """The key that each Ready backend pod shows the model server in a turn of the chat; the server refuses them all."""
    pods = set(ready_pods(on, "backend"))
    found: dict[str, str] = {}

    def all_have_shown_it() -> bool:
        before = len(model.keys())
        for _ in range(TURNS):
            answer = on.request(client, "POST", "/api/me/chat", {"message": "hello"})
            shown = model.keys()
            if answer.served_by in pods and len(shown) > before:
                found[answer.served_by] = shown[-1]
            before = len(shown)
            if found.keys() == pods:
                return True
        return False

    if not holds_undisturbed(on, "backend", all_have_shown_it):
        pytest.fail(f"only {sorted(found)} of {sorted(pods)} answered")
    return found


def _refused_without(on: Inspection, scratch: ExternalDatabaseRelease, key: str) -> None:
    """Helm refuses a Secret of the user's that lacks the key, by name."""
    name = f"lacking-{secrets.token_hex(3)}"
    write_secret(on.stack.cluster, name, {one: value for one, value in scratch.keys.items() if one != key})
    on.note("helm", "upgrade", "todo-stack", "charts/todo-stack", "--set", f"secrets.existingSecret={name}")
    result = scratch.upgrade({"secrets": {"existingSecret": name}}, check=False)
    if result.ok:
        scratch.upgrade({})
    on.require(not result.ok and f"{key} is missing" in result.stderr, f"helm upgrade: {_about(result.stderr, key)}")


def _reported(on: Inspection, tier: str, key: str) -> None:
    """A pod of the tier says that this key is not in its Secret."""
    _nudge(on)
    said = await_(lambda: _lacking(on, tier, key), f"no {tier} pod says that {key} is not in its Secret")
    on.saw.append(f"the new {tier} pod: {said}")


def _lacking(on: Inspection, tier: str, key: str) -> str:
    return next((said for said in why_waiting(on, tier) if key in said), "")


def _migrating(on: Inspection) -> str:
    """The last output of a migration that does not get into its database."""
    for pod in pods_of(on, deployment_of(on, "backend")):
        if pod["status"]["phase"] == "Pending":
            name = pod["metadata"]["name"]
            said = on.kubectl("logs", name, "-c", "migrate", "--tail=3", check=False)
            if found := [one for one in last_conditions(said.splitlines()) if one.code == "database_login"]:
                return found[-1].detail
    return ""


def _about(said: str, key: str) -> str:
    """The line of a message that is about a key."""
    return next((" ".join(line.split()) for line in said.splitlines() if key in line), " ".join(said.split())[:160])
