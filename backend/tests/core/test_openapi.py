"""The contract that clients are generated from is the one that is committed, and the code keeps it."""

import json
from pathlib import Path

from todo_backend.app import documented_app

COMMITTED = Path(__file__).parents[3] / "contracts" / "openapi.json"


def test_the_committed_document_is_current() -> None:
    made = json.loads(json.dumps(documented_app().openapi()))
    made["info"]["version"] = json.loads(COMMITTED.read_text())["info"]["version"]
    assert made == json.loads(COMMITTED.read_text()), "run: python -m todo_backend openapi > contracts/openapi.json"


def test_every_reference_leads_somewhere() -> None:
    text = COMMITTED.read_text()
    schemas = json.loads(text)["components"]["schemas"]
    named = {part.split('"')[0] for part in text.split("#/components/schemas/")[1:]}
    assert named <= set(schemas)


def test_every_operation_but_health_needs_a_token() -> None:
    for path, operations in json.loads(COMMITTED.read_text())["paths"].items():
        for method, operation in operations.items():
            if method != "parameters":
                assert ("security" in operation) is not path.startswith("/health/"), f"{method} {path}"
