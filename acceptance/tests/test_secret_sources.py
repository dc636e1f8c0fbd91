"""Where keys may stand: in Secrets, for the pods that need them, and nowhere else."""

import base64
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from acceptance.checks import secret_sources
from acceptance.inspection import Inspection
from acceptance.stack import Stack

from todo_cli.kube.cluster import Cluster

KEY = "sk-0123456789"


@pytest.fixture
def inspection(tmp_path: Path) -> Inspection:
    stack = Stack(Cluster("kubectl", "helm", "nowhere", "nothing"), "http://localhost:1", tmp_path)
    return Inspection(stack)


def _config(value: str) -> dict[str, Any]:
    return {"kind": "ConfigMap", "metadata": {"name": "settings"}, "data": {"line": value}}


@pytest.mark.parametrize("value", [f"key={KEY}", base64.b64encode(KEY.encode()).decode()])
def test_a_key_in_another_object_is_told_by_its_name_alone(inspection: Inspection, value: str) -> None:
    with pytest.raises(pytest.fail.Exception, match="ConfigMap/settings holds keys/OPENAI_API_KEY") as failed:
        secret_sources._look_for_secrets(inspection, {"keys/OPENAI_API_KEY": KEY}, [_config(value)], "live")
    assert KEY not in str(failed.value)


def test_a_key_in_a_secret_is_where_it_belongs(inspection: Inspection) -> None:
    secret = _config(KEY) | {"kind": "Secret"}
    secret_sources._look_for_secrets(inspection, {"keys/OPENAI_API_KEY": KEY}, [secret, _config("nothing")], "live")


@pytest.mark.parametrize(
    ("sources", "seen"),
    [
        ({"DATABASE_URL": "keys"}, "lack OPENAI_API_KEY"),
        ({"DATABASE_URL": "keys", "OPENAI_API_KEY": "literal"}, "not from a Secret: OPENAI_API_KEY"),
        ({}, "lack DATABASE_URL, OPENAI_API_KEY"),
    ],
)
def test_a_key_that_is_missing_or_written_down(inspection: Inspection, sources: dict[str, str], seen: str) -> None:
    with pytest.raises(pytest.fail.Exception, match=seen):
        secret_sources._look_at_sources(inspection, "the pods", sources, ["DATABASE_URL", "OPENAI_API_KEY"])


def test_every_secret_that_a_pod_names_is_found() -> None:
    pod = {
        "containers": [{"env": [{"valueFrom": {"secretKeyRef": {"name": "one", "key": "A"}}}]}],
        "initContainers": [{"envFrom": [{"secretRef": {"name": "two"}}]}],
        "volumes": [
            {"secret": {"secretName": "three"}},
            {"projected": {"sources": [{"secret": {"name": "four", "items": []}}]}},
        ],
    }
    assert set(secret_sources._secret_names(pod)) == {"one", "two", "three", "four"}


def test_the_search_of_an_image_finds_files_that_hold_a_value(tmp_path: Path) -> None:
    (tmp_path / "deep" / "er").mkdir(parents=True)
    file = tmp_path / "deep" / "er" / "settings"
    file.write_bytes(b"\xff\x00" + KEY.encode())
    (tmp_path / "link").symlink_to(file)
    _, option, program = secret_sources.SEARCH["backend"]
    here = program.replace('os.walk("/")', f"os.walk({str(tmp_path)!r})")
    asked = json.dumps({"found": KEY, "not found": "sk-9876543210"})
    result = subprocess.run([sys.executable, option, here], input=asked, capture_output=True, text=True, check=True)
    assert json.loads(result.stdout) == [["found", str(file)]]
