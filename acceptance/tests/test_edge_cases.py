"""What the edge cases read from pods, whatever runtime the cluster has."""

import json
from pathlib import Path
from typing import Any

import pytest
from acceptance.checks.edge_cases import image_trouble

MESSAGES = json.loads((Path(__file__).parents[2] / "cli" / "tests" / "pull_messages.json").read_text())
IMAGE = "registry.invalid/todo-backend:missing"


def pod(reason: str, message: str, kind: str = "") -> dict[str, Any]:
    """A pod whose container of this kind waits for its image."""
    status = {"name": "backend", "image": "", "state": {"waiting": {"reason": reason, "message": message}}}
    names = (f"{kind}Containers", f"{kind}ContainerStatuses") if kind else ("containers", "containerStatuses")
    return {"spec": {names[0]: [{"name": "backend", "image": IMAGE}]}, "status": {names[1]: [status]}}


@pytest.mark.parametrize("said", [said for by_runtime in MESSAGES.values() for said in by_runtime.values()])
@pytest.mark.parametrize(("reason", "kind"), [("ErrImagePull", ""), ("ImagePullBackOff", "init")])
def test_the_image_is_named_whatever_the_runtime_says(said: str, reason: str, kind: str) -> None:
    seen = image_trouble([pod(reason, said, kind)])
    assert IMAGE in seen
    assert said in seen


def test_other_waiting_is_no_trouble_with_an_image() -> None:
    assert (
        image_trouble([pod("PodInitializing", ""), pod("CrashLoopBackOff", "back-off 10s restarting"), {"spec": {}}])
        == ""
    )
