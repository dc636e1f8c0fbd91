"""Health: liveness asks nobody, readiness says why not."""

from collections.abc import Callable

import httpx2
import pytest

from todo_backend.app import create_app
from todo_backend.settings import Settings


async def readiness(settings: Settings) -> httpx2.Response:
    app = create_app(settings)
    async with app.router.lifespan_context(app):
        client = httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url="http://backend")
        assert (await client.get("/health/live")).status_code == 200
        return await client.get("/health/ready")


async def test_ready_with_a_migrated_database(anonymous: httpx2.AsyncClient) -> None:
    answer = await anonymous.get("/health/ready")
    assert answer.status_code == 200
    assert answer.json() == {"status": "ok", "checks": {"database": "ok", "schema": "ok", "draining": False}}


async def test_unready_before_the_migration(settings: Settings, new_database: Callable[[], str]) -> None:
    answer = await readiness(
        settings.model_copy(update={"database_url": settings.database_url.__class__(new_database())})
    )
    assert answer.status_code == 503
    assert "not migrated" in answer.json()["checks"]["schema"]


async def test_unready_without_a_database_and_the_password_stays_unsaid(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("todo_backend.ops.health.CHECK_TIMEOUT_SECONDS", 0.5)
    away = settings.database_url.__class__("postgresql://todo:hidden@127.0.0.1:1/todo")
    answer = await readiness(settings.model_copy(update={"database_url": away}))
    assert answer.status_code == 503
    assert answer.json()["checks"]["database"] != "ok"
    assert "hidden" not in answer.text
