"""What is wrong with an input, told as far as somebody would read it."""

from pydantic import ValidationError
from pydantic_core import ErrorDetails

MOST_NAMED = 100


def mistakes(error: ValidationError) -> list[ErrorDetails]:
    """The mistakes that `error` names; of more than MOST_NAMED only how many: each takes time, memory and an answer."""
    count = error.error_count()
    if count > MOST_NAMED:
        words = f"{count} things are wrong here, too many to name: see which fields there are, and send fewer at once"
        return [ErrorDetails(type="too_many_mistakes", loc=(), msg=words, input=None)]
    return error.errors(include_url=False, include_context=False, include_input=False)
