"""A start: what the log says first, and what is left out of it."""

import json
import os
import runpy
import subprocess
import sys
from pathlib import Path

import pytest

from todo_backend import __version__
from todo_backend.app import create_app

READY = """
import asyncio, sys, httpx2
from todo_backend.app import create_app

async def start() -> None:
    app = create_app()
    async with app.router.lifespan_context(app):
        transport = httpx2.ASGITransport(app)
        answer = await httpx2.AsyncClient(transport=transport, base_url="http://backend").get("/health/ready")
        assert answer.status_code == 200, answer.text

asyncio.run(start())
print(*sys.modules)
"""
# What only chats need, or tools, or migrations, or whoever reads what a person writes.
LATER = [
    "agents",
    "alembic",
    "chatkit",
    "jinja2",
    "mcp",
    "mcp_types",
    "openai",
    "sqlalchemy",
    "todo_backend.assistant.offline",
    "todo_backend.language.commands",
    "todo_backend.language.drafts",
    "todo_backend.language.repetition",
]
# Commands that serve nothing, and what they do without.
COMMANDS = {
    "check": ["fastapi", "httpx2", "uvicorn", *LATER],
    "migrate": ["fastapi", "httpx2", "uvicorn", *LATER],
}


def loaded_of(names: list[str], modules: list[str]) -> set[str]:
    return {name for name in names if any(module == name or module.startswith(f"{name}.") for module in modules)}


async def test_the_first_line_tells_what_runs(settings, capsys) -> None:
    app = create_app(settings.model_copy(update={"log_level": "info"}))
    async with app.router.lifespan_context(app):
        lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    [said] = [line["message"] for line in lines if line["logger"] == "todo_backend.app"]
    expected = (
        f"todo-backend {__version__}: 1 worker(s), 8 database connections each, assistant builtin, operations MCP off"
    )
    assert said == expected


@pytest.fixture(scope="module")
def loaded_when_ready(database_url: str) -> list[str]:
    """The modules of a process that is ready."""
    environment = {
        "DATABASE_URL": database_url,
        "AUTH_JWKS_URL": "http://frontend.test/api/auth/jwks",
        "LOG_LEVEL": "error",
        "OPS_MCP_ENABLED": "true",
        "PYTHONPATH": str(Path("src").resolve()),
    }
    run = subprocess.run(
        [sys.executable, "-c", READY], env=os.environ | environment, capture_output=True, text=True, check=True
    )
    return run.stdout.split()


def test_a_process_that_is_ready_has_loaded_nothing_that_only_chats_and_tools_need(loaded_when_ready) -> None:
    assert not loaded_of(LATER, loaded_when_ready)
    assert len(loaded_when_ready) < 1000, "as many modules as with the assistant's libraries"


def test_the_image_has_the_bytecode_of_all_libraries_that_a_ready_process_has_loaded(loaded_when_ready) -> None:
    """It cannot keep what it compiles: its file system is read-only, and each start would compile it again."""
    imports = ", ".join(runpy.run_path("image/finish.py")["SERVER_IMPORTS"])
    program = f"import gc; gc.disable(); import sys, {imports}; print(*sys.modules)"
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert {name for name in loaded_when_ready if not name.startswith("todo_backend")} <= set(run.stdout.split())


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_loads_nothing_that_only_a_server_needs(database_url: str, command: str) -> None:
    """Migrating tables that are there: what most pods do first."""
    program = (
        f"import sys; from todo_backend.__main__ import main; sys.argv[1:] = [{command!r}]; "
        "assert main() == 0; print(*sys.modules)"
    )
    environment = {
        "DATABASE_URL": database_url,
        "AUTH_JWKS_URL": "http://frontend.test/api/auth/jwks",
        "LOG_LEVEL": "error",
        "PYTHONPATH": str(Path("src").resolve()),
    }
    run = subprocess.run(
        [sys.executable, "-c", program], env=os.environ | environment, capture_output=True, text=True, check=True
    )
    assert not loaded_of(COMMANDS[command], run.stdout.split())
