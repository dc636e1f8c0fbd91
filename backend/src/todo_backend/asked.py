"""An authenticated request to a user's own paths: what every REST endpoint starts from.

One dependency that reads the request itself: a tree of them, and a query model, cost FastAPI more time than
PostgreSQL needs for the list. What the OpenAPI document then does not see in signatures, `openapi.py` adds.
"""

from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any, TypeVar, get_origin

from fastapi import Depends, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ValidationError

from todo_backend.auth.dependencies import bearer_token, reader_zone
from todo_backend.auth.principal import Principal
from todo_backend.errors import Forbidden
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
        for name, value in self.request.query_params.multi_items():
            if name in repeated:
                values.setdefault(name, []).append(value)
            else:
                values[name] = value
        try:
            return model.model_validate(values)
        except ValidationError as error:
            problems = [problem | {"loc": ("query", *problem["loc"])} for problem in error.errors()]
            raise RequestValidationError(problems) from None


@cache
def _list_fields(model: type[BaseModel]) -> frozenset[str]:
    return frozenset(name for name, field in model.model_fields.items() if get_origin(field.annotation) is list)


async def _asked(request: Request) -> AskedBy:
    resources: Resources = request.app.state.resources
    principal = await resources.tokens.verify(bearer_token(request))
    if request.path_params["user_id"] not in ("me", principal.user_id):
        raise Forbidden("This path belongs to another user.")
    return AskedBy(principal, resources, request)


Asked = Annotated[AskedBy, Depends(_asked)]
