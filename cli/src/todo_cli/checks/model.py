"""Does the model's API answer, and does it take the key?"""

import json
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from email.message import Message
from http import HTTPStatus
from typing import IO, Any

from todo_cli.checks.diagnosis import Diagnosis, bad, doubtful, good
from todo_cli.settings import Settings

NAME = "Model API"
OPENAI = "https://api.openai.com/v1"
ANSWER_SECONDS = 10


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """Follows nothing: the key would go along to wherever the answer points."""

    def redirect_request(
        self,
        req: urllib.request.Request,  # noqa: ARG002
        fp: IO[bytes],  # noqa: ARG002
        code: int,  # noqa: ARG002
        msg: str,  # noqa: ARG002
        headers: Message,  # noqa: ARG002
        newurl: str,  # noqa: ARG002
    ) -> None:
        """Nothing to follow."""
        return


def check(settings: Settings) -> Iterator[Diagnosis]:
    """Ask the API for its models, as its clients do."""
    file = settings.file
    base = (settings.get("OPENAI_BASE_URL") or OPENAI).rstrip("/")
    key = settings.get("OPENAI_API_KEY") or ""
    request = urllib.request.Request(f"{base}/models", headers={"Authorization": f"Bearer {key}"})  # noqa: S310
    began = time.monotonic()
    try:
        with urllib.request.build_opener(_NoRedirect).open(request, timeout=ANSWER_SECONDS) as answer:
            models = _names(answer.read())
    except urllib.error.HTTPError as error:
        with error:
            yield _refused(error.code, str(file))
        return
    except (OSError, ValueError) as error:
        # Not the error itself: what http.client says of a bad header quotes it.
        cause = getattr(error, "reason", error)
        words = (cause.strerror if isinstance(cause, OSError) else None) or type(cause).__name__
        yield bad(NAME, f"does not answer: {words}", f"look at OPENAI_BASE_URL in {file}, at the network and its proxy")
        return
    milliseconds = (time.monotonic() - began) * 1000
    yield good(NAME, f"takes the key ({milliseconds:.0f} ms), {len(models)} models")
    model = settings.get("OPENAI_MODEL")
    if model and models and model not in models:
        yield doubtful("OPENAI_MODEL", "the API lists no such model", f"edit {file}: one that GET /models lists")


def _refused(status: int, file: str) -> Diagnosis:
    if status == HTTPStatus.UNAUTHORIZED:
        return bad(
            NAME, "answers, and refuses OPENAI_API_KEY (401)", f"put a key that is valid into {file}, then ./todo up"
        )
    if status == HTTPStatus.FORBIDDEN:
        return bad(
            NAME, "answers, but this key may not use it (403)", f"another key in {file}, or its rights at the provider"
        )
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return doubtful(
            NAME, "answers, but the key has no quota left now (429)", "look at the provider's limits and billing"
        )
    if status == HTTPStatus.NOT_FOUND or status < HTTPStatus.BAD_REQUEST:
        return doubtful(
            NAME, f"has no /models there ({status})", f"end OPENAI_BASE_URL in {file} as the provider says, often /v1"
        )
    return doubtful(NAME, f"answers {status}", "try again later, or look at the provider's status page")


def _names(body: bytes) -> set[str]:
    try:
        listed: Any = json.loads(body)
        return {str(one["id"]) for one in listed["data"]}
    except (ValueError, KeyError, TypeError):
        return set()
