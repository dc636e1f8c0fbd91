"""The OpenAPI document: what FastAPI knows, and what `UserRoute` keeps from it for the sake of speed."""

from collections.abc import Callable
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel

BEARER = {"bearer": {"type": "http", "scheme": "bearer", "description": "the token of GET /api/auth/token"}}
USER_ID = {
    "name": "user_id",
    "in": "path",
    "required": True,
    "description": "your user id, or `me`",
    "schema": {"type": "string"},
}
TIME_ZONE = {
    "name": "X-Time-Zone",
    "in": "header",
    "description": "the reader's IANA time zone (else UTC): what today means, and where due dates are meant by default",
    "schema": {"type": "string", "default": "UTC"},
}
ACCEPT_LANGUAGE = {
    "name": "Accept-Language",
    "in": "header",
    "description": "the reader's languages: the first one says whether 3/4 is the 4th of March, as in en-US, or the 3rd"
    " of April",
    "schema": {"type": "string"},
}
KEY = r"^[!-~][ -~]{0,199}$"
IDEMPOTENCY_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "description": "up to 200 characters that stand for this request: sent again within 24 hours, it is done once",
    "schema": {"type": "string", "pattern": KEY},
}
PROBLEM = {
    "title": "Problem",
    "description": "an error, as RFC 9457 has it",
    "type": "object",
    "required": ["type", "title", "status", "detail", "request_id"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "what is wrong, and what to do"},
        "code": {"type": "string", "description": "which problem it is, where a status has several"},
        "request_id": {"type": ["string", "null"], "description": "the X-Request-ID under which the log tells more"},
        "errors": {"type": "array", "items": {"type": "object"}, "description": "one entry for each wrong field"},
    },
}
ANY_PROBLEM = {
    "description": "a problem",
    "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
}


def query_of(model: type[BaseModel]) -> dict[str, Any]:
    """The fields of `model` as an operation's query parameters (for `openapi_extra`)."""
    schema = model.model_json_schema(ref_template="#/components/schemas/{model}")
    return {
        "parameters": [
            {
                "name": name,
                "in": "query",
                "schema": field,
                **({"description": field["description"]} if "description" in field else {}),
            }
            for name, field in schema["properties"].items()
        ]
    }


def _complete(path: str, operations: dict[str, Any]) -> None:
    for operation in operations.values():
        operation["security"] = [{"bearer": []}]
        operation["responses"].pop("422", None)
        operation["responses"]["default"] = ANY_PROBLEM
    operations["parameters"] = [USER_ID, TIME_ZONE] if "{user_id}" in path else [TIME_ZONE]


def install(app: FastAPI, *, query_models: list[type[BaseModel]], more_schemas: Callable[[], dict[str, Any]]) -> None:
    """Complete the document of `app`: security and problems everywhere but on health, and what paths share."""

    def document() -> dict[str, Any]:
        if app.openapi_schema is None:
            made = get_openapi(
                title=app.title,
                version=app.version,
                description=app.description,
                routes=app.routes,
                tags=app.openapi_tags,
            )
            schemas = made["components"]["schemas"]
            for model in query_models:
                schemas |= model.model_json_schema(ref_template="#/components/schemas/{model}")["$defs"]
            schemas |= {**more_schemas(), "Problem": PROBLEM}
            for replaced in ("HTTPValidationError", "ValidationError"):
                schemas.pop(replaced, None)
            made["components"]["securitySchemes"] = BEARER
            for path, operations in made["paths"].items():
                if not path.startswith("/health/"):
                    _complete(path, operations)
            app.openapi_schema = made
        return app.openapi_schema

    app.openapi = document  # type: ignore[method-assign]  # FastAPI's documented way to extend it
