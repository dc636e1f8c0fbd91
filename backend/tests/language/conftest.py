"""The moment at which the sentences of these tests are said."""

import datetime as dt
from zoneinfo import ZoneInfo

# A Wednesday morning.
NOW = dt.datetime(2026, 11, 25, 10, 0, tzinfo=ZoneInfo("Asia/Karachi"))
