"""For whom a text is read: the moment at which it was written, and the order of that person's numeric dates."""

from dataclasses import dataclass
from datetime import date, datetime

# Unicode's locale data writes the month before the day in these; elsewhere the day comes first.
_MONTH_FIRST_LANGUAGES = frozenset({"ja", "zh", "ko", "hu", "fil", "lt"})
_MONTH_FIRST_REGIONS = frozenset({"US", "PH", "AS", "GU", "MH", "MP", "PR", "UM", "VI"})


@dataclass(frozen=True, slots=True)
class Reader:
    """`now` is aware, in the person's zone; `locale` is a language tag such as "en-US", or empty."""

    now: datetime
    locale: str = ""

    @property
    def today(self) -> date:
        """The day it is for the person."""
        return self.now.date()

    @property
    def language(self) -> str:
        """The first part of the language tag: "de" of "de-AT"."""
        return self.locale.replace("_", "-").split("-")[0].lower()

    @property
    def month_first(self) -> bool:
        """Whether "3/4" is the 4th of March. "en" without a region is as in the United States."""
        if self.language in _MONTH_FIRST_LANGUAGES:
            return True
        subtags = self.locale.replace("_", "-").split("-")[1:]
        region = next((tag.upper() for tag in subtags if len(tag) == 2), "US")
        return self.language == "en" and region in _MONTH_FIRST_REGIONS
