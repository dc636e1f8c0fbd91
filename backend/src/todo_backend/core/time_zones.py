"""The time zones that requests may name."""

import zoneinfo
from functools import cache
from typing import Annotated

from pydantic import AfterValidator, Field


@cache
def time_zones() -> frozenset[str]:
    """The IANA names that are accepted."""
    return frozenset(zoneinfo.available_timezones()) - {"localtime", "posixrules", "Factory"}


def _known_zone(name: str) -> str:
    if name not in time_zones():
        raise ValueError("is not an IANA time zone such as Europe/Berlin")
    return name


TimeZone = Annotated[
    str,
    Field(min_length=1, examples=["Europe/Berlin"], json_schema_extra={"format": "iana-time-zone"}),
    AfterValidator(_known_zone),
]
