"""A real browser at the public address: what a person does first, and what they see."""

import base64
import json
import tempfile
from pathlib import Path

import pytest

from acceptance.api_client import ApiClient
from acceptance.inspection import Inspection
from todo_cli.browser import find_browser
from todo_cli.errors import Problem
from todo_cli.frontend_build import install_packages
from todo_cli.layout import find_layout
from todo_cli.process_environment import clean_environment
from todo_cli.programs import capture
from todo_cli.progress import silent_step
from todo_cli.tools import find_node

SCRIPT = Path(__file__).with_name("browser.mjs")
SECONDS = 900
STEP_SECONDS = 100.0


def look_at(stack: Inspection) -> None:
    """Open the page, sign up, let the chat add a task; keeps what was seen, and a picture of it."""
    layout = find_layout()
    step = silent_step()
    try:
        node = find_node(layout, step)
        install_packages(layout, node, step, for_tests=True)
        browser = find_browser(layout, node, step)
    except Problem as problem:
        pytest.skip(f"no browser to be had here: {problem.message}")
    with tempfile.TemporaryDirectory(prefix="todo-verify-") as folder:
        picture = Path(folder) / "page.png"
        client = ApiClient(stack.stack.address)
        client.choose_name()
        settings = {
            "ADDRESS": client.address,
            "EMAIL": client.email,
            "PASSWORD": client.password,
            "CHROMIUM_PATH": browser,
            "PICTURE": str(picture),
            "STEP_MS": f"{STEP_SECONDS * 1000:.0f}",
            "PLAYWRIGHT": str(layout.frontend / "node_modules" / "playwright-core" / "index.js"),
        }
        stack.note("chromium", client.address)
        with stack.leaving(client):
            result = capture(
                [node.node, SCRIPT], env=node.on_path(clean_environment(**settings)), timeout=SECONDS, check=False
            )
        try:
            seen = json.loads(result.stdout.splitlines()[-1])
        except (ValueError, IndexError):
            pytest.fail(f"the browser exited without output: {result.stderr[-300:]}")
        if picture.exists():
            stack.picture = "data:image/png;base64," + base64.b64encode(picture.read_bytes()).decode()
    stack.saw += seen["saw"]
    if seen.get("error"):
        pytest.fail(seen["error"])
