"""The identity on whose behalf a statement runs."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Principal:
    """A verified user. Made only from a verified token (or, in tests and jobs, on purpose)."""

    user_id: str
    expires_at: float = float("inf")  # seconds since the epoch: when the proof ends
