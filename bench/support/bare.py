"""The reference: FastAPI and psycopg with nothing around them. PostgreSQL builds the JSON; nobody signs in."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import uvicorn
from fastapi import FastAPI, Response
from psycopg_pool import AsyncConnectionPool
from pydantic import BaseModel


class NewTask(BaseModel):
    """What the benchmark sends."""

    title: str
    priority: str
    due_date: str
    tags: list[str]


pool = AsyncConnectionPool(os.environ["DATABASE_URL"], min_size=8, max_size=8, open=False, kwargs={"autocommit": True})


@asynccontextmanager
async def lifespan(_: FastAPI) -> AsyncIterator[None]:
    """Hold the pool open."""
    async with pool:
        yield


app = FastAPI(lifespan=lifespan)


@app.get("/tasks/{user_id}")
async def tasks(user_id: str) -> Response:
    """The user's newest 50 tasks."""
    async with pool.connection() as connection:
        cursor = await connection.execute(
            """
            SELECT coalesce(json_agg(task), '[]')::text FROM (
                SELECT id, user_id, title, description, completed, priority, due_date, due_at, tags,
                       created_at, updated_at
                FROM tasks WHERE user_id = %s AND deleted_at IS NULL ORDER BY id DESC LIMIT 50
            ) AS task
            """,
            [user_id],
        )
        (document,) = await cursor.fetchone()
    return Response(document, media_type="application/json")


@app.post("/tasks/{user_id}", status_code=201)
async def create(user_id: str, task: NewTask) -> Response:
    """A new task."""
    async with pool.connection() as connection:
        cursor = await connection.execute(
            """
            INSERT INTO tasks (user_id, title, priority, due_date, time_zone, tags)
            VALUES (%s, %s, %s::task_priority, %s::date, 'UTC', %s) RETURNING row_to_json(tasks)::text
            """,
            [user_id, task.title, task.priority, task.due_date, task.tags],
        )
        (document,) = await cursor.fetchone()
    return Response(document, 201, media_type="application/json")


if __name__ == "__main__":
    uvicorn.run(app, host="127.0.0.1", port=int(os.environ["PORT"]), access_log=False, log_level="warning")
