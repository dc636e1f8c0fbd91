"""For whom a text is read: the moment at which it was written, the order of their numeric dates, and their clock."""

from dataclasses import dataclass
from datetime import date, datetime

# Unicode's locale data writes the month before the day in these; elsewhere the day comes first.
_MONTH_FIRST_LANGUAGES = frozenset({"ja", "zh", "ko", "hu", "fil", "lt"})
_MONTH_FIRST_REGIONS = frozenset({"US", "PH", "AS", "GU", "MH", "MP", "PR", "UM", "VI"})

# It counts hours to twelve in these languages, in English but for some regions, and in some regions of other languages.
_TWELVE_HOUR_LANGUAGES = "am ar bn el fil gu hi km kn ko ml mr ms pa so sq ta te ur"
_ENGLISH_BY_24_HOURS = (
    "AT BE BI BW BZ CC CH CK CM CX CZ DE DG DK EE ES FI FK FR GB GE GG GI GS HU ID IE IL IM IO IT JE JP KE LT LV MG MS"
    " MT MU MV NF NG NL NO NR NU PL PN PT RO RW SC SE SH SI SK SX TK TV TZ UA UG ZA ZW"
)
_TWELVE_HOUR_REGIONS = {
    "es": "AR BO CL CO CR CU DO EC GT HN MX NI PA PE PH PR PY SV US UY VE",
    "fr": "DJ DZ MR SY TD TN VU",
    "zh": "HK MO MY SG TW",
}


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
    def _region(self) -> str:
        """The region of the language tag, "AT" of "de-AT"; empty if it has none."""
        subtags = self.locale.replace("_", "-").split("-")[1:]
        return next((tag.upper() for tag in subtags if len(tag) == 2), "")

    @property
    def month_first(self) -> bool:
        """Whether "3/4" is the 4th of March. "en" without a region is as in the United States."""
        if self.language in _MONTH_FIRST_LANGUAGES:
            return True
        return self.language == "en" and (self._region or "US") in _MONTH_FIRST_REGIONS

    @property
    def by_twelve_hours(self) -> bool:
        """Whether 17:00 is "5:00 PM" to them, as it is to the page."""
        if self.language == "en":
            return self._region not in _ENGLISH_BY_24_HOURS.split()
        regions = _TWELVE_HOUR_REGIONS.get(self.language, "").split()
        return self.language in _TWELVE_HOUR_LANGUAGES.split() or self._region in regions
