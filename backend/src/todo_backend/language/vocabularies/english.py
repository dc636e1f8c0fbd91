"""English words of days, times and durations."""

from todo_backend.language.vocabulary import Vocabulary

ENGLISH = Vocabulary(
    code="en",
    weekdays={
        "monday": 0, "mon": 0,
        "tuesday": 1, "tues": 1, "tue": 1,
        "wednesday": 2, "weds": 2, "wed": 2,
        "thursday": 3, "thurs": 3, "thur": 3, "thu": 3,
        "friday": 4, "fri": 4,
        "saturday": 5, "sat": 5,
        "sunday": 6, "sun": 6,
    },
    months={
        "january": 1, "jan": 1, "february": 2, "feb": 2, "march": 3, "mar": 3, "april": 4, "apr": 4, "may": 5,
        "june": 6, "jun": 6, "july": 7, "jul": 7, "august": 8, "aug": 8, "september": 9, "sept": 9, "sep": 9,
        "october": 10, "oct": 10, "november": 11, "nov": 11, "december": 12, "dec": 12,
    },
    days={
        "today": 0, "tonight": 0,
        "tomorrow": 1, "tommorrow": 1, "tommorow": 1, "tomorow": 1, "tmrw": 1, "tmr": 1,
        "the day after tomorrow": 2, "day after tomorrow": 2,
    },
    tonight=("tonight",),
    parts={"morning": "morning", "afternoon": "afternoon", "evening": "evening", "night": "night"},
    units={
        "minute": "minute", "minutes": "minute", "min": "minute", "mins": "minute",
        "hour": "hour", "hours": "hour", "hr": "hour", "hrs": "hour",
        "day": "day", "days": "day", "week": "week", "weeks": "week", "wk": "week", "wks": "week",
        "business day": "workday", "business days": "workday", "working day": "workday", "working days": "workday",
        "work day": "workday", "work days": "workday", "workday": "workday", "workdays": "workday",
        "weekday": "workday", "weekdays": "workday",
        "fortnight": "fortnight", "fortnights": "fortnight",
        "month": "month", "months": "month", "year": "year", "years": "year", "yr": "year", "yrs": "year",
    },
    short_units={"h": "hour", "m": "minute", "d": "day", "w": "week", "mo": "month", "mos": "month", "y": "year"},
    numbers={
        "half an": 0.5, "half a": 0.5, "a quarter of an": 0.25, "quarter of an": 0.25, "three quarters of an": 0.75,
        "a couple of": 2, "a couple": 2, "couple of": 2, "a few": 3, "few": 3, "an": 1, "a": 1, "another": 1,
        "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
        "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16, "seventeen": 17,
        "eighteen": 18, "nineteen": 19, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60,
        "ninety": 90,
    },
    ordinals={
        "first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7, "eighth": 8,
        "ninth": 9, "tenth": 10, "eleventh": 11, "twelfth": 12, "thirteenth": 13, "fourteenth": 14, "fifteenth": 15,
        "sixteenth": 16, "seventeenth": 17, "eighteenth": 18, "nineteenth": 19, "twentieth": 20, "thirtieth": 30,
        "last": -1,
    },
    periods={"week": "week", "weekend": "weekend", "month": "month", "year": "year"},
    next=("next",),
    this=("this coming", "this", "coming"),
    end_of=("the end of", "end of"),
    on=("on", "for", "at", "around", "starting", "scheduled for", "this coming"),
    deadline=("due(?: date)?", "deadline", "by", "before", "until", "till", "no later than",
              "(?:by )?(?:eod|cob|(?:the )?(?:end of (?:the )?day|close of business))(?: on)?"),
    within=("in", "within"),
    later=("from now", "from today"),
    at=("at",),
    clock=("o'?clock",),
    noon=("noon", "midday"),
    midnight=("midnight",),
    past={
        "half past": 30, "quarter past": 15, "quarter to": -15, "a quarter past": 15, "a quarter to": -15,
        "five past": 5, "ten past": 10, "twenty past": 20, "twenty-five past": 25, "twenty five past": 25,
        "five to": -5, "ten to": -10, "twenty to": -20, "twenty-five to": -25, "twenty five to": -25,
    },
    names=(
        r"(?:cyber|easter|whit|blue|clean|plough|manic) monday",
        r"(?:giving|shrove|fat|super|taco|ruby) tuesday",
        r"(?:ash|spy|wacky) wednesday",
        r"(?:maundy|holy|throwback) thursday",
        r"(?:black|good|casual|freaky|man|girl|thank god it's) friday",
        r"(?:small business|holy) saturday",
        r"(?:easter|palm|bloody|super|super bowl|advent|mother's|whit) sunday",
        r"(?:mon|tues|wednes|thurs|fri|satur|sun)day (?:roast|papers?|times|telegraph|school|best|blues|motivation"
        r"|funday|supplement|night (?:live|football|lights|fever))",
        r"(?:christmas|xmas|new year'?s|all hallows'?) (?:eve|day)|boxing day|(?:st\.? )?valentine'?s(?: day)?"
        r"|(?:independence|labou?r|mother'?s|father'?s|memorial|veterans|mlk|earth|election|groundhog) day"
        r"|christmas|xmas|thanksgiving|halloween|easter|ramadan|eid|diwali|hanukkah",
        r"(?:psychology|usa|history|india|world|russia) today|house of tomorrow|edge of tomorrow|tomorrow never dies"
        r"|(?:(?<=watch )|(?<=see )|(?<=stream )|(?<=rent ))the day after tomorrow",
        r"(?:(?<=listen to )|(?<=play ))(?:mon|tues|wednes|thurs|fri|satur|sun)day(?= by\b)",
        r"high noon|midnight (?:express|in paris|cowboy|sun|snack|mass|oil)",
    ),
)  # fmt: skip
