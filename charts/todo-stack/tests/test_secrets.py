"""Secrets: refused by name when they cannot work, and each pod gets only what it uses."""

import base64
import re
from collections.abc import Iterable

import pytest
from conftest import AUTH_SECRET, DEMO, EXISTING, GIVEN, Chart, Object, Rendered, containers, environment, merged

VERSIONS = f"2:{AUTH_SECRET[::-1]},1:{AUTH_SECRET}"
SMTP_URL = "smtps://todo%40example.com:hunter2@mail.example.com"
KEYS = {"DATABASE_URL", "OPENAI_API_KEY", "BETTER_AUTH_SECRET", "BETTER_AUTH_SECRETS", "SMTP_URL"}
MAIL: Object = {"frontend": {"mailFrom": "Todo Stack <todo@example.com>", "publicUrl": "https://todo.example.com"}}


def _refused(message: str) -> set[str]:
    """The keys that a refusal names as a problem."""
    return {line.split()[0] for line in message.splitlines() if line.startswith("  ") and line.split()[0] in KEYS}


def _values(**changes: str) -> Object:
    return merged(GIVEN, {"secrets": {"values": changes}})


def _data(rendered: Rendered, name: str) -> dict[str, str]:
    data = rendered.one("Secret", name)["data"]
    return {key: base64.b64decode(value).decode() for key, value in data.items()}


def _secret_keys(rendered: Rendered, tier: str) -> dict[str, str]:
    return {k: v for k, v in environment(rendered.pod(tier)["containers"][0]).items() if k in KEYS}


def test_without_secrets_one_message_names_each_key_and_its_command(chart: Chart) -> None:
    message = chart.refusal({})
    assert _refused(message) == {"DATABASE_URL", "OPENAI_API_KEY", "BETTER_AUTH_SECRET"}
    assert message.count("Error:") == 1
    for hint in (
        "--set-string secrets.values.databaseUrl=",
        "--set-string secrets.values.openaiApiKey=",
        "--set-string secrets.values.betterAuthSecret=",
        "openssl rand",
        "kubectl -n space create secret generic",
        "--set database.demo.enabled=true",
        "--set assistant.provider=builtin",
    ):
        assert hint in message


@pytest.mark.parametrize(
    ("changes", "key", "problem"),
    [
        ({"databaseUrl": ""}, "DATABASE_URL", "missing"),
        ({"databaseUrl": "   "}, "DATABASE_URL", "missing"),
        ({"openaiApiKey": ""}, "OPENAI_API_KEY", "missing"),
        ({"betterAuthSecret": ""}, "BETTER_AUTH_SECRET", "missing"),
        ({"betterAuthSecret": "hunter2" * 4}, "BETTER_AUTH_SECRET", "too short"),
        ({"betterAuthSecret": "\u00e9" * 20}, "BETTER_AUTH_SECRET", "too short"),
        ({"betterAuthSecrets": "2:hunter2"}, "BETTER_AUTH_SECRETS", "too short"),
    ],
)
def test_an_unusable_secret_is_named_and_not_shown(
    chart: Chart, changes: dict[str, str], key: str, problem: str
) -> None:
    message = chart.refusal(_values(**changes))
    assert _refused(message) == {key}
    assert problem in message
    assert "hunter2" not in message


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://user:p%40ss@ep-cool-1-pooler.eu-central-1.aws.neon.tech/neondb?sslmode=require&channel_binding=require",
        "postgres://user:secret@10.0.0.1:5433/todo",
        "postgresql://user@/todo?host=/var/run/postgresql",
        "postgresql://user:p'a$s!@db.example.com/todo",
        "postgresql://user:password@[2001:db8::1]:5432/todo",
        "postgresql://db.example.com?dbname=todo&user=me",
        "postgresql://user:password@db.example.com:/todo",
        "mysql://not.for.the.chart/to?judge",
    ],
)
def test_database_urls_reach_the_secret_unchanged(chart: Chart, url: str) -> None:
    assert _data(chart.render(_values(databaseUrl=url)), "todo-stack-secrets")["DATABASE_URL"] == url


def test_the_secret_holds_what_was_given(chart: Chart) -> None:
    rendered = chart.render(
        merged(_values(openaiApiKey="  sk-1\n", betterAuthSecrets=VERSIONS, smtpUrl=SMTP_URL), MAIL)
    )
    data = _data(rendered, "todo-stack-secrets")
    assert data.keys() == KEYS
    assert data["OPENAI_API_KEY"] == "sk-1"
    assert data["BETTER_AUTH_SECRETS"] == VERSIONS
    assert data["SMTP_URL"] == SMTP_URL
    assert data["BETTER_AUTH_SECRET"] == AUTH_SECRET


@pytest.mark.parametrize(
    "versions",
    [f"2:{AUTH_SECRET[::-1]}, 1:{AUTH_SECRET}", f" 7:{AUTH_SECRET} ", f"2:with:colons {AUTH_SECRET},0:{AUTH_SECRET}"],
)
def test_versioned_secrets_that_the_frontend_takes_are_taken(chart: Chart, versions: str) -> None:
    given = _data(chart.render(_values(betterAuthSecrets=versions)), "todo-stack-secrets")["BETTER_AUTH_SECRETS"]
    assert given == versions.strip()


def test_without_a_model_key_the_built_in_assistant_must_be_asked_for(chart: Chart) -> None:
    for provider in ("auto", "openai"):
        assert _refused(chart.refusal(_values(openaiApiKey=""), "--set", f"assistant.provider={provider}")) == {
            "OPENAI_API_KEY"
        }
    rendered = chart.render(_values(openaiApiKey=""), "--set", "assistant.provider=builtin")
    assert "OPENAI_API_KEY" not in _secret_keys(rendered, "backend"), "a key that it does not use"


@pytest.mark.parametrize(("values", "name"), [(GIVEN, "todo-stack-secrets"), (EXISTING, "keys")])
def test_each_pod_gets_only_the_keys_that_it_uses(chart: Chart, values: Object, name: str) -> None:
    rendered = chart.render(values)
    assert _secret_keys(rendered, "backend") == {
        "DATABASE_URL": f"{name}/DATABASE_URL",
        "OPENAI_API_KEY": f"{name}/OPENAI_API_KEY",
    }
    assert _secret_keys(rendered, "frontend") == {
        "DATABASE_URL": f"{name}/DATABASE_URL",
        "BETTER_AUTH_SECRET": f"{name}/BETTER_AUTH_SECRET",
        "BETTER_AUTH_SECRETS": f"{name}/BETTER_AUTH_SECRETS?",
        "SMTP_URL": f"{name}/SMTP_URL?",
    }
    migrate = environment(rendered.pod("backend")["initContainers"][0])
    assert migrate.keys() & KEYS == {"DATABASE_URL"}


def test_no_secret_is_a_plain_value(chart: Chart) -> None:
    rendered = chart.render(merged(_values(betterAuthSecrets=VERSIONS, smtpUrl=SMTP_URL), MAIL))
    text = str([o for o in rendered if o["kind"] != "Secret"])
    for value in ("user:password", "hunter2", "sk-1234567890", AUTH_SECRET, AUTH_SECRET[::-1]):
        assert value not in text


def test_mails_are_sent_with_all_that_they_need_or_not_at_all(chart: Chart) -> None:
    """A mail server, who mails are from, and where their links lead: pods that lack one refuse their settings."""
    sender, address = ({"frontend": {name: value}} for name, value in MAIL["frontend"].items())
    server = _values(smtpUrl=SMTP_URL)
    for given, missing in (
        (server, ["frontend.mailFrom", "frontend.publicUrl"]),
        (merged(server, address), ["frontend.mailFrom"]),
        (merged(server, sender), ["frontend.publicUrl"]),
        (merged(EXISTING, sender), ["frontend.publicUrl"]),
    ):
        message = chart.refusal(given)
        assert re.findall(r"^  (\S+) is missing\.$", message, re.MULTILINE) == missing
        assert "hunter2" not in message
    confirmed = {"frontend": {"signUp": "confirmed"}}
    assert "frontend.mailFrom is missing." in chart.refusal(merged(GIVEN, confirmed))
    for given in (merged(GIVEN, MAIL), merged(GIVEN, MAIL, confirmed)):
        assert _refused(chart.refusal(given)) == {"SMTP_URL"}
    message = chart.refusal(merged(GIVEN, MAIL))
    assert "--set-string secrets.values.smtpUrl=" in message
    for given in (merged(server, MAIL), merged(EXISTING, MAIL)):
        variables = environment(chart.render(given).pod("frontend")["containers"][0])
        assert [variables["MAIL_FROM"], variables["PUBLIC_URL"]] == [*MAIL["frontend"].values()]
    assert "MAIL_FROM" not in environment(chart.render(GIVEN).pod("frontend")["containers"][0])


def test_an_existing_secret_is_taken_without_looking_at_values(chart: Chart) -> None:
    rendered = chart.render(merged(GIVEN, EXISTING))
    assert not [o for o in rendered if o["kind"] == "Secret"]


def _checksums(rendered: Rendered) -> dict[str, str]:
    return {
        d["metadata"]["labels"]["tier"]: d["spec"]["template"]["metadata"]["annotations"]["checksum/secrets"]
        for d in rendered.deployments()
    }


def _rolled(before: Rendered, after: Rendered) -> set[str]:
    """The tiers whose pods an upgrade would replace."""
    return {
        d["metadata"]["labels"]["tier"]
        for d in before.deployments()
        if d["spec"]["template"] != after.one("Deployment", d["metadata"]["name"])["spec"]["template"]
    }


@pytest.mark.parametrize(
    ("changes", "tiers"),
    [
        ({"openaiApiKey": "sk-other"}, {"backend"}),
        ({"betterAuthSecret": AUTH_SECRET[::-1]}, {"frontend"}),
        ({"betterAuthSecrets": VERSIONS}, {"frontend"}),
        ({"databaseUrl": "postgresql://u:p@other/todo"}, {"backend", "frontend"}),
        ({"smtpUrl": "smtp://other"}, {"frontend"}),
        ({}, set()),
    ],
)
def test_a_changed_secret_rolls_the_pods_that_use_it(
    chart: Chart, changes: dict[str, str], tiers: Iterable[str]
) -> None:
    before = merged(_values(smtpUrl=SMTP_URL), MAIL)
    assert _rolled(chart.render(before), chart.render(merged(before, {"secrets": {"values": changes}}))) == tiers


def test_a_new_revision_rolls_the_pods_of_an_existing_secret(chart: Chart) -> None:
    before = chart.render(EXISTING)
    after = chart.render(EXISTING, "--set-string", "secrets.revision=2")
    assert _rolled(before, after) == {"backend", "frontend"}


FILES = {"secrets": {"mountAsFiles": True}}


@pytest.mark.parametrize("values", [GIVEN, EXISTING, DEMO], ids=["given", "existing", "demo"])
def test_keys_as_files(chart: Chart, values: Object) -> None:
    rendered = chart.render(merged(values, FILES))
    in_files = {
        "backend": {"DATABASE_URL"} if values is DEMO else {"DATABASE_URL", "OPENAI_API_KEY"},
        "frontend": {"DATABASE_URL"},
    }
    for tier, keys in in_files.items():
        pod = rendered.pod(tier)
        (volume,) = [v["projected"] for v in pod["volumes"] if v["name"] == "secrets"]
        items = [(source["secret"]["name"], item) for source in volume["sources"] for item in source["secret"]["items"]]
        assert {item["key"] for _, item in items} == keys, "only the keys that the pod uses"
        assert all(item["key"] == item["path"] for _, item in items)
        if values is DEMO:
            assert {name for name, _ in items} == {"todo-stack-database"}
        assert volume["defaultMode"] == 0o440
        for container in containers(pod):
            variables = environment(container)
            assert variables["DATABASE_URL_FILE"] == "/run/secrets/todo-stack/DATABASE_URL"
            assert not variables.keys() & {"DATABASE_URL", "OPENAI_API_KEY"}
            mounts = {m["mountPath"]: m for m in container["volumeMounts"]}
            assert mounts["/run/secrets/todo-stack"]["readOnly"] is True
    frontend = environment(rendered.pod("frontend")["containers"][0])
    assert {"BETTER_AUTH_SECRET", "BETTER_AUTH_SECRETS"} <= frontend.keys()
    assert not [v for v in chart.render(values).pod("backend")["volumes"] if v["name"] == "secrets"]


@pytest.mark.parametrize(
    ("changes", "tiers"),
    [
        ({"openaiApiKey": "sk-other"}, set()),
        ({"databaseUrl": "postgresql://u:p@other/todo"}, set()),
        ({"betterAuthSecret": AUTH_SECRET[::-1]}, {"frontend"}),
    ],
)
def test_a_changed_file_rolls_nothing(chart: Chart, changes: dict[str, str], tiers: set[str]) -> None:
    before, after = (chart.render(merged(values, FILES)) for values in (GIVEN, _values(**changes)))
    assert _rolled(before, after) == tiers
    assert "checksum/secrets" not in next(m for name, m, _ in before.pods() if name == "backend")["annotations"]


def test_a_new_revision_rolls_no_pod_that_has_its_keys_as_files(chart: Chart) -> None:
    values = merged(EXISTING, FILES)
    assert _rolled(chart.render(values), chart.render(values, "--set-string", "secrets.revision=2")) == {"frontend"}


def test_a_new_image_rolls_its_own_pods_only(chart: Chart) -> None:
    values = merged(DEMO, {"database": {"demo": {"password": "fixed"}}})
    before = chart.render(values)
    for tier in ("backend", "frontend"):
        assert _rolled(before, chart.render(values, "--set-string", f"{tier}.image.tag=next")) == {tier}


def test_the_demo_database_brings_its_own_url(chart: Chart) -> None:
    rendered = chart.render(DEMO)
    data = _data(rendered, "todo-stack-database")
    assert len(data["POSTGRES_PASSWORD"]) == 32
    assert data["DATABASE_URL"] == f"postgresql://todo:{data['POSTGRES_PASSWORD']}@todo-stack-database:5432/todo"
    assert "DATABASE_URL" not in _data(rendered, "todo-stack-secrets")
    for tier in ("backend", "frontend"):
        assert _secret_keys(rendered, tier)["DATABASE_URL"] == "todo-stack-database/DATABASE_URL"


def test_the_demo_password_is_the_same_in_each_render_and_cannot_be_guessed(chart: Chart) -> None:
    """Argo CD and `helm template` render again and again, and cannot see the password that runs."""

    def password(release: str = "todo-stack", **secrets: str) -> str:
        rendered = chart.render(merged(DEMO, {"secrets": {"values": secrets}}), release=release)
        return _data(rendered, f"{release}-database")["POSTGRES_PASSWORD"]

    assert password() == password()
    assert len({password(), password("todo-stack-2"), password(betterAuthSecret=AUTH_SECRET[::-1])}) == 3


def test_a_demo_password_that_could_not_stay_the_same_is_asked_for(chart: Chart) -> None:
    """Without a cluster the chart sees no existing Secret to make it from."""
    values = {"database": {"demo": {"enabled": True}}}
    refused = chart.refusal(merged(EXISTING, values))
    assert "the Secret keys" in refused
    assert "--set-string database.demo.password=" in refused
    chart.render(merged(EXISTING, values), "--set-string", "database.demo.password=given")
    assert _refused(chart.refusal(values, "--set", "assistant.provider=builtin")) == {"BETTER_AUTH_SECRET"}


def test_the_demo_password_can_be_given(chart: Chart) -> None:
    rendered = chart.render(DEMO, "--set-string", "database.demo.password=Chosen-1")
    assert _data(rendered, "todo-stack-database")["POSTGRES_PASSWORD"] == "Chosen-1"
    assert _rolled(chart.render(DEMO), rendered) == {"backend", "frontend", "database"}
