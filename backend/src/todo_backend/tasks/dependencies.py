"""The task service, as endpoints ask for it."""

from typing import Annotated

from fastapi import Depends, Request

from todo_backend.tasks.service import TaskService


async def _task_service(request: Request) -> TaskService:  # async: a plain function would run in a thread
    service: TaskService = request.app.state.resources.tasks
    return service


TaskServiceDep = Annotated[TaskService, Depends(_task_service)]
