"""An authenticated request to a user's own paths: what every REST endpoint starts from.

FastAPI describes these routes and pydantic reads what they take, but they run without FastAPI's dependency solver:
it costs more time than PostgreSQL needs for the list. What the OpenAPI document then does not see in signatures,
`openapi.py` adds.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any, TypeVar, get_origin, get_type_hints
from urllib.parse import parse_qsl

from fastapi import Depends, Request
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from pydantic import BaseModel, TypeAdapter, ValidationError
from starlette.exceptions import HTTPException
from starlette.types import Receive, Scope, Send

from todo_backend.auth.dependencies import bearer_token, reader_zone
from todo_backend.auth.principal import Principal
from todo_backend.errors import Forbidden, Invalid
from todo_backend.resources import Resources

Model = TypeVar("Model", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class AskedBy:
    """The caller, verified to be the user in the path, and what they ask with."""

    principal: Principal
    resources: Resources
    request: Request

    @property
    def zone(self) -> str | None:
        """The reader's IANA time zone from `X-Time-Zone`; None when absent or unknown."""
        return reader_zone(self.request)

    def query(self, model: type[Model]) -> Model:
        """The query string as `model`; raises RequestValidationError (422) naming each wrong parameter."""
        repeated = _list_fields(model)
        values: dict[str, Any] = {}
        for name, value in parse_qsl(self.request.scope["query_string"].decode("latin-1"), keep_blank_values=True):
            if name in repeated:
                values.setdefault(name, []).append(value)
            else:
                values[name] = value
        try:
            return model.model_validate(values)
        except ValidationError as error:
            raise _invalid(error, "query") from None


@cache
def _list_fields(model: type[BaseModel]) -> frozenset[str]:
    return frozenset(name for name, field in model.model_fields.items() if get_origin(field.annotation) is list)


def _invalid(error: ValidationError, *where: str) -> RequestValidationError:
    return RequestValidationError([problem | {"loc": (*where, *problem["loc"])} for problem in error.errors()])


async def _asked(request: Request) -> AskedBy:
    resources: Resources = request.app.state.resources
    principal = await resources.tokens.verify(bearer_token(request))
    if request.path_params["user_id"] not in ("me", principal.user_id):
        raise Forbidden("This path belongs to another user.")
    return AskedBy(principal, resources, request)


Asked = Annotated[AskedBy, Depends(_asked)]


class UserRoute(APIRoute):
    """A route under /api/{user_id}.

    Its endpoint takes `asked: Asked`, path parameters, and at most one body, which may be None when it is left out.
    """

    def __init__(self, path: str, endpoint: Callable[..., Any], **options: Any) -> None:  # noqa: ANN401 (APIRoute's own)
        super().__init__(path, endpoint, **options)
        taken = get_type_hints(endpoint, include_extras=True)
        self._path = {name: TypeAdapter(taken[name]) for name in self.param_convertors if name in taken}
        bodies = taken.keys() - self._path.keys() - {"asked", "return"}
        self._body = {name: TypeAdapter(taken[name]) for name in bodies}
        self.app = self._serve

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        asked = await _asked(request)
        values: dict[str, Any] = {}
        for name, kind in self._path.items():
            try:
                values[name] = kind.validate_python(request.path_params[name])
            except ValidationError as error:
                raise _invalid(error, "path", name) from None
        for name, kind in self._body.items():
            body = await _json_of(request)
            try:
                values[name] = kind.validate_json(body or b"null")
            except ValidationError as error:
                if not body:
                    raise Invalid("The body is missing: send a JSON object.") from None
                raise _invalid(error, "body") from None
        response = await self.endpoint(asked, **values)
        await response(scope, receive, send)


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
