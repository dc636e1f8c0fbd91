"""What the log says first."""

import json

from todo_backend import __version__
from todo_backend.app import create_app


async def test_the_first_line_tells_what_runs(settings, capsys) -> None:
    app = create_app(settings.model_copy(update={"log_level": "info"}))
    async with app.router.lifespan_context(app):
        lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    [said] = [line["message"] for line in lines if line["logger"] == "todo_backend.app"]
    expected = (
        f"todo-backend {__version__}: 1 worker(s), 8 database connections each, assistant builtin, operations MCP off"
    )
    assert said == expected
