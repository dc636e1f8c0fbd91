"""Routes under /api/{user_id}, which know their caller.

FastAPI describes these routes and pydantic reads what they take, but they run without FastAPI's dependency solver:
it costs more time than PostgreSQL needs for the list. What the OpenAPI document then does not see in signatures,
`openapi.py` adds.
"""

from collections.abc import Awaitable, Callable
from typing import Any, TypeAlias, get_type_hints

from fastapi import Request, params
from fastapi.routing import APIRoute
from pydantic import TypeAdapter, ValidationError
from starlette.exceptions import HTTPException
from starlette.types import Receive, Scope, Send

from todo_backend.auth.request_context import invalid_input, request_context
from todo_backend.core.errors import Invalid

Service: TypeAlias = Callable[[Request], Awaitable[Any]]


class UserRoute(APIRoute):
    """A route whose caller is verified to be the user in the path.

    Its endpoint takes `context: ContextDep`, services that depend on the request alone, path parameters, and at most
    one body, which may be None when it is left out.
    """

    def __init__(self, path: str, endpoint: Callable[..., Any], **options: Any) -> None:  # noqa: ANN401 (APIRoute's own)
        super().__init__(path, endpoint, **options)
        taken = get_type_hints(endpoint, include_extras=True)
        del taken["context"], taken["return"]
        self._services = {name: service for name in taken if (service := _service(taken[name])) is not None}
        self._path = {name: TypeAdapter(taken[name]) for name in self.param_convertors if name in taken}
        bodies = taken.keys() - self._services.keys() - self._path.keys()
        self._body = {name: TypeAdapter(taken[name]) for name in bodies}
        self.app = self._serve

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        values: dict[str, Any] = {"context": await request_context(request)}
        for name, service in self._services.items():
            values[name] = await service(request)
        for name, kind in self._path.items():
            try:
                values[name] = kind.validate_python(request.path_params[name])
            except ValidationError as error:
                raise invalid_input(error, "path", name) from None
        for name, kind in self._body.items():
            body = await _json_of(request)
            try:
                values[name] = kind.validate_json(body or b"null")
            except ValidationError as error:
                if not body:
                    raise Invalid("The body is missing: send a JSON object.") from None
                raise invalid_input(error, "body") from None
            if values[name] is None and body:
                raise Invalid("The body is null: send a JSON object, or no body.")
        response = await self.endpoint(**values)
        await response(scope, receive, send)


def _service(annotation: object) -> Service | None:
    """What a parameter depends on, None for one that the request itself gives."""
    metadata = getattr(annotation, "__metadata__", ())
    return next((mark.dependency for mark in metadata if isinstance(mark, params.Depends)), None)


async def _json_of(request: Request) -> bytes:
    """The body, empty when there is none; raises HTTPException (415) when it is announced as something else."""
    body = await request.body()
    if not body:
        return body
    announced = request.headers.get("content-type", "")
    media_type = announced.partition(";")[0].strip().lower()
    if media_type != "application/json" and not media_type.endswith("+json"):
        raise HTTPException(415, "Send the body as JSON: Content-Type: application/json.")
    return body
