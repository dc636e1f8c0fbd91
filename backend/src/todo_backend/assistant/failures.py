"""What keeps the assistant from answering, each in one sentence that says what to do."""

import logging
from json import JSONDecodeError

import httpx2
from agents import MaxTurnsExceeded, ModelBehaviorError, ModelRefusalError
from openai import (
    APIConnectionError,
    APIError,
    APIStatusError,
    APITimeoutError,
    AuthenticationError,
    NotFoundError,
    PermissionDeniedError,
    RateLimitError,
)
from psycopg import OperationalError
from psycopg_pool import PoolTimeout

from todo_backend.assistant.endings import AnswerCut, AnswerWithheld, Unreadable
from todo_backend.assistant.errors import AssistantFailed
from todo_backend.assistant.limits import TooMuch

logger = logging.getLogger(__name__)

_BAD_GATEWAY, _UNAVAILABLE = 502, 503


class NoAnswer(Exception):
    """The model ended its turn without an answer."""


def failure(error: Exception) -> AssistantFailed:
    """The readable form of `error`, which goes into the log in full; neither holds the key."""
    status, text = _explain(error)
    reason = _reason(error)
    logger.log(
        logging.ERROR if text is _UNEXPECTED else logging.WARNING,
        "the assistant failed: %s",
        reason,
        exc_info=error if text is _UNEXPECTED or isinstance(error, Unreadable) else None,
    )
    return AssistantFailed(text, status, retry=not isinstance(error, ModelRefusalError | AnswerWithheld))


_UNEXPECTED = "Something went wrong while I was answering. Please try again."


def _explain(error: Exception) -> tuple[int, str]:
    match error:
        case AuthenticationError():
            return _BAD_GATEWAY, (
                "The assistant's API key was refused. Whoever runs this app must set a valid OPENAI_API_KEY."
            )
        case PermissionDeniedError():
            return _BAD_GATEWAY, (
                "The assistant's API key may not use this model. Whoever runs this app must check the key's "
                "permissions, or choose another OPENAI_MODEL."
            )
        case NotFoundError():
            return _BAD_GATEWAY, (
                "The assistant's model was not found. Whoever runs this app must check OPENAI_MODEL and "
                "OPENAI_BASE_URL."
            )
        case RateLimitError() if error.code == "insufficient_quota":
            return _UNAVAILABLE, (
                "The assistant's quota is used up. Whoever runs this app must check the plan and billing of its key."
            )
        case RateLimitError():
            return _UNAVAILABLE, "The assistant gets too many requests right now. Please try again in a minute."
        case APITimeoutError() | TimeoutError() | httpx2.TimeoutException():
            return _UNAVAILABLE, "The assistant's model took too long to answer. Please try again."
        case APIConnectionError(__cause__=httpx2.DecodingError()) | httpx2.DecodingError():
            return _BAD_GATEWAY, (
                "The assistant's model packs its answers, although it is asked for plain ones. Whoever runs this app "
                "must check OPENAI_BASE_URL, and what stands before it."
            )
        case APIConnectionError() | httpx2.HTTPError():
            return _UNAVAILABLE, (
                "The assistant's model cannot be reached. Please try again; if this stays, whoever runs this app "
                "must check OPENAI_BASE_URL and the network."
            )
        case APIStatusError() if error.status_code >= 500:
            return _UNAVAILABLE, "The assistant's model has a problem of its own. Please try again in a moment."
        case APIStatusError():
            return _BAD_GATEWAY, (
                f"The assistant's model refused the request (status {error.status_code}). Please try again; a new "
                "conversation may help."
            )
        case APIError():  # an error inside a stream
            return _UNAVAILABLE, "The assistant's model broke off its answer. Please try again."
        case MaxTurnsExceeded():
            return _UNAVAILABLE, "This took too many steps. Please ask for less at once, or try again."
        case TooMuch(limit=limit):
            return _BAD_GATEWAY, (
                f"The assistant's model went beyond what fits into one turn ({limit}), so it was stopped. What was "
                "done for your tasks until then stays done. Please ask for less at once, or try again."
            )
        case AnswerCut(reason="length" | "max_output_tokens"):
            return _BAD_GATEWAY, (
                "The assistant's answer was cut off, because it was longer than its model may write. Please ask for "
                "less at once, or try again."
            )
        case AnswerCut(reason=None):
            return _UNAVAILABLE, "The assistant's model broke off its answer, which is not whole. Please try again."
        case AnswerCut():
            return _BAD_GATEWAY, (
                "The assistant's answer was cut off, for a reason that is not known here. Please try again."
            )
        case AnswerWithheld():
            return _BAD_GATEWAY, (
                "A filter of the assistant's model withheld the answer. Please say it in other words, or ask for "
                "something else."
            )
        case ModelRefusalError():
            return _BAD_GATEWAY, "The assistant's model declines to answer this. Please ask for something else."
        case ModelBehaviorError() | NoAnswer() | JSONDecodeError():
            return _BAD_GATEWAY, "The assistant's model gave no usable answer. Please try again."
        case OperationalError() | PoolTimeout():
            return _UNAVAILABLE, "The database does not answer right now. Please try again in a moment."
    return _BAD_GATEWAY, _UNEXPECTED


def _reason(error: Exception) -> str:
    """For the log: kind, status and the server's code; its message may quote the key."""
    if isinstance(error, APIStatusError):
        return f"{type(error).__name__} {error.status_code} {error.code or ''}".strip()
    if isinstance(error, APIError):
        return f"{type(error).__name__} ({error.__cause__!r})"
    return repr(error)
