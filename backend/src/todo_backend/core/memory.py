"""What is loaded stays: collections of garbage need not walk it on every round, least of all while it is loaded."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def loading() -> Iterator[None]:
    """A block that imports much, and so makes no garbage: nothing is collected before its end."""
    gc.collect()  # what is garbage by now would stay with what is loaded
    gc.disable()
    try:
        yield
    finally:
        freeze_loaded()


def freeze_loaded() -> None:
    """Leave out of later collections what is there by now, and have them again if they were off."""
    gc.freeze()
    gc.enable()
