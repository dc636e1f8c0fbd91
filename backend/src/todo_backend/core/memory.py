"""What is loaded stays: collections of garbage need not walk it on every round."""

import gc


def freeze_loaded() -> None:
    """Leave out of later collections what is there by now."""
    gc.collect()
    gc.freeze()
