"""Users' rows are read in the repositories only, and there only on behalf of a Principal."""

import ast
import importlib
import inspect
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest

from todo_backend.auth.principal import Principal
from todo_backend.db.pool import Connection

SOURCE = Path(importlib.import_module("todo_backend").__file__ or "").parent
REPOSITORIES = {
    "tasks/repository.py": "tasks",
    "tasks/columns.py": "tasks",
    "tasks/conditions.py": "tasks",
    "tasks/subtask_repository.py": "tasks|task_events",
    "tasks/list_repository.py": "tasks",
    "tasks/journal.py": "tasks|task_events",
    "tasks/series_repository.py": "tasks",
    "tasks/trash_repository.py": "tasks",
    "tasks/count_repository.py": "tasks",
    "tasks/export_repository.py": "tasks|task_events",
    "tasks/import_repository.py": "tasks",
    "tasks/history_repository.py": "tasks|task_events",
    "tasks/feed_repository.py": "task_events",
    "chat/repository.py": "conversations|messages",
    "chat/export_repository.py": "conversations|messages",
    "chat/turn_repository.py": "conversations|messages|turns",
}
SCOPED_ELSEWHERE = {"db/idempotency.py": "idempotency_keys"}
FOR_ALL_USERS = {"tasks/purge.py": "tasks|task_events|idempotency_keys"}
TABLES = "tasks|task_events|conversations|messages|turns|idempotency_keys"
STATEMENT = re.compile(rf'\b(?:from|join|into|update|table)\s+(?:only\s+)?(?:public\.)?"?({TABLES})\b', re.IGNORECASE)


def texts(path: Path) -> Iterator[str]:
    """Every text in the code of `path` that could be a statement: not its documentation."""
    tree = ast.parse(path.read_text())
    documentation = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in documentation:
            yield node.value


def tables_read(path: Path) -> set[str]:
    return {match.lower() for text in texts(path) for match in STATEMENT.findall(text)}


def test_tables_of_users_are_touched_in_their_repository_only() -> None:
    for path in sorted(SOURCE.rglob("*.py")):
        name = path.relative_to(SOURCE).as_posix()
        if name.startswith("db/migrations/"):
            continue
        allowed = set((REPOSITORIES | SCOPED_ELSEWHERE | FOR_ALL_USERS).get(name, "").split("|"))
        assert tables_read(path) <= allowed, f"{name} reads {tables_read(path) - allowed}"


def test_the_search_finds_what_it_looks_for(tmp_path: Path) -> None:
    guilty = tmp_path / "guilty.py"
    guilty.write_text('query = f"select {1} from Tasks where id = 1"\nother = "DELETE FROM messages"')
    assert tables_read(guilty) == {"tasks", "messages"}
    for name, tables in REPOSITORIES.items():
        assert tables_read(SOURCE / name) == set(tables.split("|"))


def has_principal(annotation: object) -> bool:
    return annotation is Principal or any(map(has_principal, get_args(annotation)))


def sends(function: Any) -> bool:
    """Whether it sends statements, at once or as its rows are read."""
    takes = (parameter.annotation for parameter in inspect.signature(function).parameters.values())
    return inspect.iscoroutinefunction(function) or Connection in takes


@pytest.mark.parametrize("name", REPOSITORIES)
def test_every_statement_takes_the_principal(name: str) -> None:
    module = importlib.import_module(f"todo_backend.{name.removesuffix('.py').replace('/', '.')}")
    functions = [
        function
        for _, function in inspect.getmembers(module, inspect.isfunction)
        if function.__module__ == module.__name__ and not function.__name__.startswith("_") and sends(function)
    ]
    assert functions or "await" not in inspect.getsource(module)  # some have texts alone
    for function in functions:
        annotations = [parameter.annotation for parameter in inspect.signature(function).parameters.values()]
        assert any(map(has_principal, annotations)), f"{name}: {function.__name__} takes no Principal"


@pytest.mark.parametrize("name", [*REPOSITORIES, *SCOPED_ELSEWHERE])
def test_every_statement_says_whose_rows(name: str) -> None:
    tree = ast.parse((SOURCE / name).read_text())
    pieces = {id(piece) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for piece in ast.walk(node)}
    for node in ast.walk(tree):
        whole = isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and id(node) not in pieces)
        if whole and STATEMENT.search(text := ast.unparse(node)):
            scoped = "user_id" in text or "THIS_ONE" in text
            assert scoped, f"{name}:{node.lineno} does not say whose rows it touches"


@pytest.mark.parametrize("name", FOR_ALL_USERS)
def test_what_is_done_for_all_users_removes_what_is_old_and_shows_nothing(name: str) -> None:
    statements = [text for text in texts(SOURCE / name) if STATEMENT.search(text)]
    assert statements
    for statement in statements:
        assert statement.split()[0] == "DELETE"
        assert "< now() - %(kept)s" in statement
        assert "RETURNING" not in statement
