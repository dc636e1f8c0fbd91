"""German words of days, times and durations."""

from todo_backend.language.vocabulary import Vocabulary

GERMAN = Vocabulary(
    code="de",
    weekdays={
        "montag": 0, "dienstag": 1, "mittwoch": 2, "donnerstag": 3, "freitag": 4, "samstag": 5, "sonnabend": 5,
        "sonntag": 6,
    },
    short_weekdays={"mo": 0, "di": 1, "mi": 2, "do": 3, "fr": 4, "sa": 5, "so": 6},
    months={
        "januar": 1, "jänner": 1, "februar": 2, "märz": 3, "maerz": 3, "mär": 3, "mrz": 3, "april": 4, "mai": 5,
        "juni": 6, "juli": 7, "august": 8, "september": 9, "oktober": 10, "okt": 10, "november": 11, "dezember": 12,
        "dez": 12,
    },
    days={"heute": 0, "morgen": 1, "übermorgen": 2, "uebermorgen": 2},
    parts={
        "früh": "morning", "frueh": "morning", "morgen": "morning", "morgens": "morning", "vormittag": "morning",
        "vormittags": "morning", "mittag": "noon", "mittags": "noon", "nachmittag": "afternoon",
        "nachmittags": "afternoon", "abend": "evening", "abends": "evening", "nacht": "night", "nachts": "night",
    },
    units={
        "minute": "minute", "minuten": "minute", "stunde": "hour", "stunden": "hour", "std": "hour",
        "tag": "day", "tage": "day", "tagen": "day", "werktag": "workday", "werktage": "workday",
        "werktagen": "workday", "arbeitstag": "workday", "arbeitstage": "workday", "arbeitstagen": "workday",
        "woche": "week", "wochen": "week", "monat": "month", "monate": "month", "monaten": "month", "jahr": "year",
        "jahre": "year", "jahren": "year",
    },
    numbers={
        "einer halben": 0.5, "anderthalb": 1.5, "eineinhalb": 1.5, "zweieinhalb": 2.5, "einer": 1, "einem": 1,
        "eine": 1, "ein": 1, "eins": 1, "zwei": 2, "drei": 3, "vier": 4, "fünf": 5, "fuenf": 5, "sechs": 6,
        "sieben": 7, "acht": 8, "neun": 9, "zehn": 10, "elf": 11, "zwölf": 12, "zwoelf": 12, "fünfzehn": 15,
        "zwanzig": 20, "dreißig": 30, "vierzig": 40,
    },
    periods={"woche": "week", "wochenende": "weekend", "monat": "month", "monats": "month", "jahr": "year",
             "jahres": "year"},
    next=("nächste", "nächsten", "nächster", "nächstes", "naechste", "naechsten"),
    this=("diese", "diesen", "dieser", "dieses", "diesem", "kommende", "kommenden", "kommendes"),
    end_of=("ende des", "ende der", "ende"),
    on=(r"(?<![0-9] )(?<![0-9])am", "ab", "zum", "für"),
    deadline=("bis(?: spätestens)?(?: zum)?", "spätestens", "fällig", "vor"),
    at=("um", "gegen"),
    clock=("uhr",),
    timetable=("flug", "flieger", "flugzeug", "zug", "ice", "s-bahn", "u-bahn", "bahn", "fähre", "abfahrt", "abflug",
               "ankunft"),
    noon=("mittags",),
    midnight=("mitternacht",),
    past={"halb": -30, "viertel nach": 15, "viertel vor": -15, "dreiviertel": -15, "fünf nach": 5, "zehn nach": 10,
          "zwanzig nach": 20, "fünf vor": -5, "zehn vor": -10, "zwanzig vor": -20},
    every=("jeden", "jede", "jedes", "jeder", "alle"),
    other=("zweiten", "zweite", "zweites"),
    often={
        "stündlich": (1, "hour"), "täglich": (1, "day"), "taeglich": (1, "day"), "wöchentlich": (1, "week"),
        "woechentlich": (1, "week"), "zweiwöchentlich": (2, "week"), "vierzehntägig": (2, "week"),
        "monatlich": (1, "month"), "vierteljährlich": (3, "month"), "jährlich": (1, "year"), "jaehrlich": (1, "year"),
    },
    workdays=("werktag", "arbeitstag", "wochentag"),
    weekends=("wochenende",),
    after_completion=("nach erledigung", "nach (?:dem )?(?:erledigen|abschluss)"),
    names=("schwarzer freitag", "guten (?:morgen|abend)", "heiligabend", "silvester"),
)  # fmt: skip
