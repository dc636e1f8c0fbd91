"""An authenticated request to a user's own paths: what every REST endpoint starts from."""

from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Annotated, Any, TypeVar, get_origin
from urllib.parse import parse_qsl

from fastapi import Depends, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ValidationError

from todo_backend.auth.dependencies import reader_locale, reader_zone, verified_caller
from todo_backend.auth.principal import Principal
from todo_backend.core.errors import Forbidden, Invalid
from todo_backend.core.mistakes import mistakes

Model = TypeVar("Model", bound=BaseModel)
_SHORT = 200  # bytes of a query that is worth remembering


@dataclass(frozen=True, slots=True)
class RequestContext:
    """The caller, verified to be the user in the path, and what they ask with."""

    principal: Principal
    request: Request

    @property
    def zone(self) -> str | None:
        """The reader's IANA time zone from `X-Time-Zone`; None when absent or unknown."""
        return reader_zone(self.request)

    @property
    def locale(self) -> str:
        """The language tag that the reader prefers, from `Accept-Language`; empty when absent."""
        return reader_locale(self.request)

    def query(self, model: type[Model]) -> Model:
        """The query string as `model`, which is frozen: requests share it.

        Raises RequestValidationError and Invalid (422), naming what is wrong.
        """
        given: bytes = self.request.scope["query_string"]
        if len(given) > _SHORT:
            return _read_query(given, model)
        known: Model = _remembered_query(given, model)
        return known


@lru_cache(256)
def _remembered_query(text: bytes, model: type[BaseModel]) -> Any:  # noqa: ANN401 (a `model`)
    """Pages ask for the same lists again and again."""
    assert model.model_config.get("frozen"), f"{model} is shared by requests"  # noqa: S101
    return _read_query(text, model)


def _read_query(text: bytes, model: type[Model]) -> Model:
    given: dict[str, list[str]] = {}
    for name, value in parse_qsl(text.decode("latin-1"), keep_blank_values=True):
        given.setdefault(name, []).append(value)
    lists = _list_fields(model)
    values = {name: texts if name in lists else _only(name, texts) for name, texts in given.items()}
    try:
        return model.model_validate(values)
    except ValidationError as error:
        raise invalid_input(error, "query") from None


def _only(name: str, texts: list[str]) -> str:
    if len(texts) > 1:
        raise Invalid(f"{name}: is given {len(texts)} times")
    return texts[0]


@cache
def _list_fields(model: type[BaseModel]) -> frozenset[str]:
    return frozenset(name for name, field in model.model_fields.items() if get_origin(field.annotation) is list)


def invalid_input(error: ValidationError, *where: str) -> RequestValidationError:
    """`error` as FastAPI raises it, with the part of the request in which it was found."""
    return RequestValidationError([problem | {"loc": (*where, *problem["loc"])} for problem in mistakes(error)])


async def request_context(request: Request) -> RequestContext:
    """The context of `request`; raises Unauthorized, and Forbidden on a path of another user."""
    principal = await verified_caller(request)
    if request.path_params["user_id"] not in ("me", principal.user_id):
        raise Forbidden("This path belongs to another user.")
    return RequestContext(principal, request)


ContextDep = Annotated[RequestContext, Depends(request_context)]
