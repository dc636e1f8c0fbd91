"""Ending a run of tests by SIGTERM as by Ctrl-C: what fixtures made is removed."""

import signal

import pytest

from todo_cli.errors import EXIT_TERMINATED


def end_in_order_on_sigterm() -> None:
    """To be called when pytest is configured: SIGTERM then ends the test that runs, and all fixtures."""

    def end(*_: object) -> None:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)  # once: what is being removed is removed to its end
        pytest.exit("terminated", returncode=EXIT_TERMINATED)

    signal.signal(signal.SIGTERM, end)
