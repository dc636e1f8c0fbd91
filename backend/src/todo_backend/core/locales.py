"""The languages that requests ask for."""

import re

_RANGE = re.compile(r"\s*([A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8}){0,6})\s*(?:;\s*q\s*=\s*([01](?:\.[0-9]{0,3})?)\s*)?")


def preferred_locale(accepted: str | None) -> str:
    """The language tag that an `Accept-Language` header prefers, such as "en-US"; empty if it names none."""
    ranges = [match for part in (accepted or "").split(",") if (match := _RANGE.fullmatch(part))]
    best = max(ranges, key=lambda match: float(match[2] or 1), default=None)  # the first of equals
    return best[1] if best and float(best[2] or 1) > 0 else ""
