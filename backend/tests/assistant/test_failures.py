"""What keeps the assistant from answering, in words."""

import logging

import pytest
from agents import ModelBehaviorError, ModelRefusalError

from todo_backend.assistant.failures import NoAnswer, failure


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (ModelRefusalError("I will not"), "declines to answer this"),
        (ModelBehaviorError("odd"), "no usable answer"),
        (NoAnswer(), "no usable answer"),
    ],
)
def test_what_a_model_does_is_no_error_of_ours(error: Exception, words: str, caplog: pytest.LogCaptureFixture) -> None:
    assert words in str(failure(error))
    assert [record.levelno for record in caplog.records] == [logging.WARNING]
