"""Every setting of the two programs is set by the chart, by a value where there is a choice, and told to operators."""

import ast
import json
import re

from conftest import CHART, EXISTING, Chart, environment, merged

ROOT = CHART.parents[1]
#: Both programs must agree on them, and the frontend's are fixed.
FIXED = {"AUTH_ISSUER", "AUTH_AUDIENCE"}
#: The image has it right; `backend.env` can say otherwise.
OF_THE_IMAGE = {"HOST"}
#: Read by Next itself.
OF_NEXT = {"HOSTNAME", "PORT"}
EVERY_VALUE = {
    "assistant": {"model": "m", "baseUrl": "http://models/v1"},
    "chat": {"domainKey": "d", "chatkitEnabled": True},
    "frontend": {
        "publicUrl": "https://a",
        "mailFrom": "a@b.c",
        "signUp": "confirmed",
        "trustedOrigins": ["https://b", "https://c"],
    },
    "aiops": {"kagent": {"enabled": True}},
    "database": {"demo": {"enabled": True, "password": "given"}},
}


#: The value behind each setting that a program takes from one number to another.
VALUE_OF = {
    "DATABASE_POOL_SIZE": "backend.database.poolSize",
    "MIGRATE_TIMEOUT_SECONDS": "backend.migrate.timeoutSeconds",
    "OPENAI_TIMEOUT_SECONDS": "assistant.timeoutSeconds",
    "CHAT_WAIT_SECONDS": "chat.waitSeconds",
    "WORKERS": "backend.workers",
    "DRAIN_SECONDS": "backend.drainSeconds",
    "SHUTDOWN_TIMEOUT_SECONDS": "backend.shutdownTimeoutSeconds",
    "SMOKE_REPLICAS": "backend.replicas",
    "ASSISTANT_TIMEOUT_SECONDS": "assistant.turnTimeoutSeconds",
}


def _backend_fields(*classes: str) -> dict[str, ast.expr | None]:
    """The settings in these classes of the backend, with what each is set to there."""
    tree = ast.parse((ROOT / "backend/src/todo_backend/core/settings.py").read_text())
    return {
        statement.target.id.upper(): statement.value
        for item in tree.body
        if isinstance(item, ast.ClassDef) and item.name in classes
        for statement in item.body
        if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name)
    }


def _backend_settings() -> set[str]:
    return set(_backend_fields("DatabaseSettings", "Settings"))


def _bounds_of_the_programs() -> dict[str, tuple[float, float]]:
    """The least and the most that each number may be; 0.001 for what must only be more than 0."""
    found = {}
    for name, value in _backend_fields("DatabaseSettings", "Settings", "SmokeSettings").items():
        given = value.keywords if isinstance(value, ast.Call) else []
        bounds = {word.arg: word.value.value for word in given if isinstance(word.value, ast.Constant)}
        if "le" in bounds:
            found[name] = (bounds["ge"] if "ge" in bounds else bounds["gt"] + 0.001, bounds["le"])
    frontend = (ROOT / "frontend/lib/settings.mjs").read_text()
    for name, least, most in re.findall(
        r'problem\("([A-Z_]+)", "must be a number of seconds from (\d+) to (\d+)"', frontend
    ):
        found[name] = (int(least), int(most))
    return found


def _frontend_settings() -> set[str]:
    return set(re.findall(r'read\("([A-Z_]+)"\)', (ROOT / "frontend/lib/settings.mjs").read_text()))


def _set_by_the_chart(chart: Chart, tier: str, **secrets: bool) -> set[str]:
    rendered = chart.render(merged(EXISTING, EVERY_VALUE, {"secrets": secrets}))
    pod = rendered.pod(tier)
    return {name for c in [*pod.get("initContainers", []), *pod["containers"]] for name in environment(c)}


def test_every_setting_of_the_backend(chart: Chart) -> None:
    settings = _backend_settings()
    assert {"DATABASE_URL", "OPENAI_API_KEY", "DRAIN_SECONDS"} <= settings, "the test reads another file"
    known = _set_by_the_chart(chart, "backend") | _set_by_the_chart(chart, "backend", mountAsFiles=True)
    assert settings - known == FIXED | OF_THE_IMAGE


def test_every_setting_of_the_frontend(chart: Chart) -> None:
    settings = _frontend_settings()
    assert {"BETTER_AUTH_SECRET", "BACKEND_URL"} <= settings, "the test reads another file"
    known = _set_by_the_chart(chart, "frontend") | _set_by_the_chart(chart, "frontend", mountAsFiles=True)
    assert settings <= known


def test_no_number_passes_that_a_program_refuses() -> None:
    """What the schema lets through is what the programs take: `helm install` says so, not a pod that ends."""
    bounds = _bounds_of_the_programs()
    assert bounds.pop("PORT") == (1, 65535), "the chart's own"
    assert bounds.keys() == VALUE_OF.keys()
    schema = json.loads((CHART / "values.schema.json").read_text())
    for name, (least, most) in bounds.items():
        part = schema
        for key in VALUE_OF[name].split("."):
            part = part["properties"][key]
            if reference := part.get("$ref"):
                part = schema["definitions"][reference.rpartition("/")[2]]
        assert least <= part["minimum"] <= part["maximum"] <= most, f"{VALUE_OF[name]}, which becomes {name}"


def test_settings_reach_the_programs_as_they_read_them(chart: Chart) -> None:
    rendered = chart.render(
        merged(EXISTING, EVERY_VALUE, {"backend": {"logLevel": "debug", "workers": 2, "database": {"poolSize": 3}}})
    )
    backend = environment(rendered.pod("backend")["containers"][0])
    assert (backend["LOG_LEVEL"], backend["WORKERS"], backend["DATABASE_POOL_SIZE"]) == ("debug", "2", "3")
    assert environment(rendered.pod("backend")["initContainers"][0])["LOG_LEVEL"] == "debug"
    frontend = environment(rendered.pod("frontend")["containers"][0])
    assert frontend["TRUSTED_ORIGINS"] == "https://b,https://c"
    assert frontend["CHATKIT_ENABLED"] == "true"
    assert "CHATKIT_ENABLED" not in environment(chart.render(EXISTING).pod("frontend")["containers"][0])


def test_operators_are_told_of_every_setting_and_of_no_other() -> None:
    page = (ROOT / "docs/operations.md").read_text()
    assert _told(page, "backend") == _backend_settings()
    assert _told(page, "frontend") == _frontend_settings() | OF_NEXT


def _told(page: str, tier: str) -> set[str]:
    """The variables in the first column of the tier's table."""
    table = re.search(rf"^\| {tier} \| default .*\n((\|.*\n)+)", page, re.MULTILINE)
    assert table
    return {name for row in table[1].splitlines() for name in re.findall(r"`([A-Z_]+)`", row.split("|")[1])}
