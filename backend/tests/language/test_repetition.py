"""How often a line says that something is to be done: words to a rule, a rule to words, and a rule to dates."""

import datetime as dt
import time
from itertools import islice
from zoneinfo import ZoneInfo

import pytest
from dateutil import rrule
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from todo_backend.language.drafts import read_line
from todo_backend.language.occurrences import existing, first_occurrence, next_occurrence, next_occurrences
from todo_backend.language.reader import Reader
from todo_backend.language.recurrence import Frequency, Recurrence, Rule, checked, parse_rule
from todo_backend.language.recurrence_words import in_words
from todo_backend.language.repetition import read_recurrence

NOW = dt.datetime(2026, 11, 28, 16, 0, tzinfo=ZoneInfo("Europe/Berlin"))  # a Saturday
READER = Reader(NOW)


def moment(year: int, month: int, day: int) -> dt.datetime:
    """The beginning of a day, on the wall clock."""
    return dt.datetime(year, month, day)  # noqa: DTZ001 (sums on the wall clock have no zone)


# The line, its title, when it is due for the first time, the rule, and whether it counts from completion ("*").
LINES = [
    ("water plants every monday", "Water plants", "2026-11-30", "FREQ=WEEKLY;BYDAY=MO"),
    ("every monday water the plants", "Water the plants", "2026-11-30", "FREQ=WEEKLY;BYDAY=MO"),
    ("standup every weekday 9:15am", "Standup", "2026-11-30 09:15", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"),
    ("standup weekdays 9am", "Standup", "2026-11-30 09:00", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"),
    ("standup on weekdays at 9", "Standup", "2026-11-30 09:00", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"),
    ("pay rent on the 5th of every month", "Pay rent", "2026-12-05", "FREQ=MONTHLY;BYMONTHDAY=5"),
    ("pay every 1st of the month", "Pay", "2026-12-01", "FREQ=MONTHLY;BYMONTHDAY=1"),
    ("pay monthly on the 5th until june", "Pay", "2026-12-05", "FREQ=MONTHLY;BYMONTHDAY=5;UNTIL=20270630"),
    ("pay every month on the 1st and 15th", "Pay", "2026-12-01", "FREQ=MONTHLY;BYMONTHDAY=1,15"),
    ("rent every 31st", "Rent", "2026-12-31", "FREQ=MONTHLY;BYMONTHDAY=31"),
    ("report biweekly", "Report", "2026-11-28", "FREQ=WEEKLY;INTERVAL=2"),
    ("report fortnightly on friday", "Report", "2026-12-04", "FREQ=WEEKLY;INTERVAL=2;BYDAY=FR"),
    ("meet every 2nd tuesday", "Meet", "2026-12-08", "FREQ=MONTHLY;BYDAY=2TU"),
    ("meet every first and third monday", "Meet", "2026-12-07", "FREQ=MONTHLY;BYDAY=1MO,3MO"),
    ("meet every other friday at 9", "Meet", "2026-12-04 09:00", "FREQ=WEEKLY;INTERVAL=2;BYDAY=FR"),
    ("meet every 2 weeks on friday", "Meet", "2026-12-04", "FREQ=WEEKLY;INTERVAL=2;BYDAY=FR"),
    ("water every 3 days after completion", "Water", "2026-11-28", "FREQ=DAILY;INTERVAL=3 *"),
    ("water every 3 days after it's done", "Water", "2026-11-28", "FREQ=DAILY;INTERVAL=3 *"),
    ("gym each wed 6pm", "Gym", "2026-12-02 18:00", "FREQ=WEEKLY;BYDAY=WE"),
    ("gym every monday and friday at 6", "Gym", "2026-11-30 18:00", "FREQ=WEEKLY;BYDAY=MO,FR"),
    ("gym every mon, wed and fri", "Gym", "2026-11-30", "FREQ=WEEKLY;BYDAY=MO,WE,FR"),
    ("gym mondays at 6pm", "Gym", "2026-11-30 18:00", "FREQ=WEEKLY;BYDAY=MO"),
    ("yoga on tuesdays and thursdays at 18:30", "Yoga", "2026-12-01 18:30", "FREQ=WEEKLY;BYDAY=TU,TH"),
    ("take pills daily", "Take pills", "2026-11-28", "FREQ=DAILY"),
    ("take pills daily at 8", "Take pills", "2026-11-29 08:00", "FREQ=DAILY"),
    ("take pills daily for 10 days", "Take pills", "2026-11-28", "FREQ=DAILY;UNTIL=20261207"),
    ("take pills every day at 8pm, 10 times", "Take pills", "2026-11-28 20:00", "FREQ=DAILY;COUNT=10"),
    ("walk the dog every morning", "Walk the dog", "2026-11-29 09:00", "FREQ=DAILY"),
    ("trash every thursday night", "Trash", "2026-12-03 20:00", "FREQ=WEEKLY;BYDAY=TH"),
    ("call mom every sunday at 5pm starting dec 13", "Call mom", "2026-12-13 17:00", "FREQ=WEEKLY;BYDAY=SU"),
    ("standup daily except weekends", "Standup", "2026-11-30", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"),
    ("laundry on alternate saturdays", "Laundry", "2026-11-28", "FREQ=WEEKLY;INTERVAL=2;BYDAY=SA"),
    ("review goals every quarter", "Review goals", "2026-11-28", "FREQ=MONTHLY;INTERVAL=3"),
    ("shave every other morning", "Shave", "2026-11-29 09:00", "FREQ=DAILY;INTERVAL=2"),
    ("take pills every 3rd night", "Take pills", "2026-11-28 20:00", "FREQ=DAILY;INTERVAL=3"),
    ("drink water every 2 hours", "Drink water", "2026-11-28 18:00", "FREQ=HOURLY;INTERVAL=2"),
    ("pay tax every year on 5 march", "Pay tax", "2027-03-05", "FREQ=YEARLY;BYMONTH=3;BYMONTHDAY=5"),
    ("gift for ana every december 24", "Gift for ana", "2026-12-24", "FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=24"),
    ("backup every last day of the month", "Backup", "2026-11-30", "FREQ=MONTHLY;BYMONTHDAY=-1"),
    ("backup on the last friday of every month", "Backup", "2026-12-25", "FREQ=MONTHLY;BYDAY=-1FR"),
    ("backup every last weekday", "Backup", "2026-11-30", "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1"),
    ("rotate keys quarterly", "Rotate keys", "2026-11-28", "FREQ=MONTHLY;INTERVAL=3"),
    ("team sync once a week on monday at 10", "Team sync", "2026-11-30 10:00", "FREQ=WEEKLY;BYDAY=MO"),
    ("dinner every weekend", "Dinner", "2026-11-28", "FREQ=WEEKLY;BYDAY=SA"),
    ("water plants every monday #home p1", "Water plants", "2026-11-30", "FREQ=WEEKLY;BYDAY=MO"),
    ("water plants, repeat every 3 days", "Water plants", "2026-11-28", "FREQ=DAILY;INTERVAL=3"),
    ("pay rent tomorrow every month", "Pay rent", "2026-11-29", "FREQ=MONTHLY"),
    ("Pflanzen gießen jeden Montag", "Pflanzen gießen", "2026-11-30", "FREQ=WEEKLY;BYDAY=MO"),
    ("Tabletten täglich um 8", "Tabletten", "2026-11-29 08:00", "FREQ=DAILY"),
    ("Bericht wöchentlich", "Bericht", "2026-11-28", "FREQ=WEEKLY"),
    ("Müll alle 2 Wochen", "Müll", "2026-11-28", "FREQ=WEEKLY;INTERVAL=2"),
    ("Miete am 5. jedes Monats", "Miete", "2026-12-05", "FREQ=MONTHLY;BYMONTHDAY=5"),
    ("Miete jeden 1.", "Miete", "2026-12-01", "FREQ=MONTHLY;BYMONTHDAY=1"),
    ("Bad jeden 2. Dienstag im Monat", "Bad", "2026-12-08", "FREQ=MONTHLY;BYDAY=2TU"),
    ("Haare jeden 3. Tag", "Haare", "2026-11-28", "FREQ=DAILY;INTERVAL=3"),
    ("Standup werktags um 9:15", "Standup", "2026-11-30 09:15", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"),
    ("دوا روزانہ", "دوا", "2026-11-28", "FREQ=DAILY"),
    ("کچرا ہر پیر", "کچرا", "2026-11-30", "FREQ=WEEKLY;BYDAY=MO"),
    ("ہر پیر کو پودوں کو پانی دینا", "پودوں کو پانی دینا", "2026-11-30", "FREQ=WEEKLY;BYDAY=MO"),
    ("رپورٹ ہر ہفتے", "رپورٹ", "2026-11-28", "FREQ=WEEKLY"),
]
# Words that ask for no repetition, or for one that cannot be followed: then it is said which ones.
TITLES = [
    ("Daily standup", None),
    ("Prepare weekly report", None),
    ("Read the Daily Mail", None),
    ("Check every box", None),
    ("Read the every day carry list", None),
    ('Listen to "every monday" again', None),
    ("Thank god for every friday", None),
    ("Monthly on the 5th until june", None),  # all there is to make a title of
    ("Stretch every 5 minutes", "every 5 minutes"),
    ("Howl every full moon", "every full moon"),
    ("Gym twice a week", "twice a week"),
    ("Take pills twice daily", "twice daily"),
    ("Journal nightly", "nightly"),
    ("Standup daily except fridays", "daily except fridays"),
    ("Call grandpa every sunday except christmas", "every sunday except christmas"),
    ("Backup every 5000 days", "every 5000 days"),
    ("Rest every 3 workdays", "every 3 workdays"),
    ("Pay every 30th of february", "every 30th of february"),
]


@pytest.mark.parametrize(("line", "title", "due", "rule"), LINES, ids=[line[0] for line in LINES])
def test_a_line_says_how_often(line: str, title: str, due: str, rule: str) -> None:
    draft = read_line(line, NOW).draft
    assert draft.due_date
    assert draft.recurrence
    when = f"{draft.due_date}" + (f" {draft.due_time:%H:%M}" if draft.due_time else "")
    written = f"{draft.recurrence.rule}{' *' if draft.recurrence.after_completion else ''}"
    assert (draft.title, when, written, draft.unread_repetition) == (title, due, rule, None)


@pytest.mark.parametrize(("title", "unread"), TITLES, ids=[title for title, _ in TITLES])
def test_what_is_no_repetition_stays_in_the_title(title: str, unread: str | None) -> None:
    draft = read_line(title, NOW).draft
    assert (draft.title, draft.recurrence, draft.due_date) == (title, None, None)
    assert draft.unread_repetition == unread


@pytest.mark.parametrize(
    "line",
    ["lunch with Zoe thurs 12:30", "yoga tues 9am", "gym weds at 6", "reply in 3 business days", "meet monday at 9"],
)
def test_a_day_alone_repeats_nothing(line: str) -> None:
    draft = read_line(line, NOW).draft
    assert draft.due_date
    assert draft.recurrence is None


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ("FREQ=HOURLY;INTERVAL=3", "every 3 hours"),
        ("FREQ=DAILY", "every day"),
        ("FREQ=DAILY;BYDAY=MO", "every Monday"),
        ("RRULE:FREQ=WEEKLY;BYDAY=FR,MO", "every Monday and Friday"),
        ("freq=weekly;interval=2;byday=mo,we,fr", "every 2 weeks on Monday, Wednesday and Friday"),
        ("FREQ=MONTHLY;BYMONTHDAY=-1", "every month on the last day"),
        ("FREQ=MONTHLY;BYDAY=TU;BYSETPOS=2", "every month on the 2nd Tuesday"),
        ("FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-2", "every month on the 2nd-to-last weekday"),
        ("FREQ=YEARLY;BYMONTH=9;BYDAY=1MO", "every year on the 1st Monday of September"),
        ("FREQ=YEARLY;BYMONTH=1,7", "every year in January and July"),
        ("FREQ=YEARLY;BYMONTHDAY=13", "every month on the 13th"),
        ("FREQ=DAILY;COUNT=1", "every day, 1 time"),
        ("FREQ=DAILY;UNTIL=20271231T225959Z", "every day until 31 December 2027"),
    ],
)
def test_a_rule_in_words(rule: str, words: str) -> None:
    assert in_words(Recurrence(parse_rule(rule))) == words


def _sets(values: st.SearchStrategy[int], most: int = 3) -> st.SearchStrategy[tuple[int, ...]]:
    found = st.lists(values, min_size=1, max_size=most, unique=True)
    return found.map(lambda numbers: tuple(sorted(numbers, key=lambda number: (number < 0, number))))


_PLACES = st.sampled_from([1, 2, 3, 4, 5, -1, -2])
_MONTH_DAYS = st.integers(1, 31) | st.integers(-31, -1)
_ANY_DAYS = st.none() | st.fixed_dictionaries({"month_days": _sets(_MONTH_DAYS)})
_ANY_DAYS |= st.fixed_dictionaries({"weekdays": _sets(st.integers(0, 6), 7), "positions": _sets(_PLACES)})


@st.composite
def rules(draw: st.DrawFn) -> Rule:
    """Any rule that is followed here."""
    frequency = draw(st.sampled_from(Frequency))
    fields: dict[str, object] = {}
    match frequency:
        case Frequency.WEEKLY:
            fields["weekdays"] = draw(st.just(()) | _sets(st.integers(0, 6), 7))
        case Frequency.MONTHLY | Frequency.YEARLY:
            fields |= draw(_ANY_DAYS) or {}
        case _:
            pass
    if frequency is Frequency.YEARLY and (fields or draw(st.booleans())):
        fields["months"] = draw(_sets(st.integers(1, 12), 4))
    end = draw(st.sampled_from(("", "until", "count")))
    if end:
        value = st.dates(NOW.date(), dt.date(2099, 1, 1)) if end == "until" else st.integers(1, 999)
        fields[end] = draw(value)
    try:
        return checked(Rule(frequency, draw(st.integers(1, 30)), **fields))  # type: ignore[arg-type]
    except ValueError:
        assume(False)
        raise


recurrences = st.builds(Recurrence, rules(), st.booleans())


@given(recurrences)
@settings(max_examples=100)
def test_a_rule_said_in_words_is_read_as_the_same_rule(recurrence: Recurrence) -> None:
    assert read_recurrence(in_words(recurrence), READER) == recurrence
    assert parse_rule(str(recurrence.rule)) == recurrence.rule


@given(recurrences, st.sampled_from(("water plants", "call Ana", "read 2 books")))
@settings(max_examples=75)
def test_a_line_with_a_rule_in_it_is_that_task(recurrence: Recurrence, title: str) -> None:
    draft = read_line(f"{title} {in_words(recurrence)}", NOW).draft
    first = first_occurrence(recurrence.rule, moment(2026, 11, 28))
    if first is None:  # it ends before it comes
        assert draft.recurrence is None
        return
    assert (draft.title.lower(), draft.recurrence) == (title.lower(), recurrence)


ZONES = ("UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Karachi", "America/St_Johns")
_STARTS = st.datetimes(moment(2000, 1, 1), moment(2060, 1, 1)).map(lambda start: start.replace(second=0, microsecond=0))


def of_dateutil(rule: Rule, start: dt.datetime) -> rrule.rrule:
    """What dateutil itself makes of the rule's text, without its end."""
    text = ";".join(part for part in str(rule).split(";") if not part.startswith(("UNTIL", "COUNT")))
    return rrule.rrulestr(text, dtstart=start)


@given(rules(), _STARTS, st.timedeltas(dt.timedelta(0), dt.timedelta(days=3000)))
@settings(max_examples=75)
def test_the_next_date_is_dateutils(rule: Rule, start: dt.datetime, later: dt.timedelta) -> None:
    after = start + later
    endless = checked(Rule(**{**_fields(rule), "until": None, "count": None}))
    soon = (date for date in of_dateutil(rule, start) if date > after)
    expected = next(islice(soon, 1), None) if next_occurrence(endless, start, after) else None
    found = next_occurrence(endless, start, after)
    assert (found and found[0]) == expected


def _fields(rule: Rule) -> dict[str, object]:
    return {name: getattr(rule, name) for name in Rule.__slots__}


@given(_STARTS, st.integers(1, 60), st.integers(0, 59))
def test_a_count_goes_down_by_what_was_passed_over(start: dt.datetime, count: int, passed: int) -> None:
    rule = Rule(Frequency.DAILY, count=count)
    found = next_occurrence(rule, start, start + dt.timedelta(days=passed))
    if passed + 1 >= count:
        assert found is None
    else:
        assert found is not None
        assert (found[0] - start).days == passed + 1
        assert found[1].count == count - passed - 1


@given(st.sampled_from(ZONES), _STARTS)
def test_the_clock_on_the_wall_stays_across_changes_of_the_clocks(zone: str, start: dt.datetime) -> None:
    """A time that does not exist on a day is moved on by as much as the clocks skip, that day alone."""
    here = ZoneInfo(zone)
    for number, local in enumerate(next_occurrences(Rule(Frequency.DAILY), start, 60), 1):
        assert local == start + dt.timedelta(days=number)
        there = existing(local, here)
        if there != local:
            assert local.replace(tzinfo=here).utcoffset() != there.replace(tzinfo=here).utcoffset()
            assert dt.timedelta(0) < there - local <= dt.timedelta(hours=2)


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ("FREQ=SECONDLY", "too often"),
        ("FREQ=MINUTELY;INTERVAL=30", "too often"),
        ("FREQ=DAILY;COUNT=1000000000", "from 1 to 999"),
        ("FREQ=DAILY;INTERVAL=0", "from 1 to 999"),
        ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "no such day"),
        ("FREQ=MONTHLY;BYMONTHDAY=32", "from 1 to 31"),
        ("FREQ=DAILY;BYHOUR=9", "BYHOUR is not understood"),
        ("FREQ=YEARLY;BYEASTER=0", "BYEASTER is not understood"),
        ("FREQ=DAILY;COUNT=2;UNTIL=20270101", "not both"),
        ("FREQ=DAILY;BYMONTH=2;BYMONTHDAY=29;BYDAY=MO", "does not go with"),
        ("FREQ=HOURLY;INTERVAL=168;BYDAY=MO", "does not go with"),
        ("FREQ=MONTHLY;BYDAY=MO", "number"),
        ("FREQ=MONTHLY;BYDAY=1MO,2TU", "one weekday"),
        ("FREQ=MONTHLY;BYDAY=99MO", "BYDAY has weekdays"),
        ("FREQ=YEARLY;BYMONTH=1,2;BYDAY=MO;BYSETPOS=1", "one month"),
        ("FREQ=YEARLY;BYMONTH=1,2;BYDAY=SA,SU;BYSETPOS=1", "one month"),
        ("FREQ=WEEKLY;WKST=SU", "Monday"),
        ("FREQ=WEEKLY;BYDAY=MO;BYDAY=TU", "RFC 5545"),
        ("FREQ=DAILY;UNTIL=20270230", "UNTIL is a day"),
        ("FREQ=DAILY;UNTIL=soon", "UNTIL is a day"),
        ("FREQ=", "RFC 5545"),
        ("FREQ=NEVER", "FREQ must be one of"),
        ("INTERVAL=2", "FREQ must be one of"),
        ("every monday", "RFC 5545"),
        ("FREQ=DAILY;" * 40, "200 characters"),
        ("DTSTART:20260101T000000Z\nRRULE:FREQ=DAILY", "not understood"),
        ("", "RFC 5545"),
    ],
)
def test_a_rule_that_cannot_be_followed_is_refused_in_words(rule: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        parse_rule(rule)


# Rules that never come, or not for long, and starts that are long past.
_HARD = [
    (Rule(Frequency.YEARLY, 4, month_days=(29,), months=(2,)), moment(2025, 1, 1)),
    (Rule(Frequency.MONTHLY, 12, month_days=(31,)), moment(2026, 2, 1)),
    (Rule(Frequency.YEARLY, 999, month_days=(29,), months=(2,)), moment(2025, 1, 1)),
    (Rule(Frequency.MONTHLY, 12, weekdays=(0,), positions=(5,)), moment(2027, 2, 1)),
    (Rule(Frequency.HOURLY), moment(1, 1, 2)),
    (Rule(Frequency.DAILY), moment(1, 1, 2)),
    (Rule(Frequency.MONTHLY, month_days=(31,)), moment(1, 1, 2)),
    (Rule(Frequency.YEARLY), moment(4, 2, 29)),
    (Rule(Frequency.HOURLY, count=999), moment(1, 1, 2)),
    (Rule(Frequency.YEARLY, 999), moment(9998, 1, 1)),
]


@pytest.mark.parametrize(("rule", "start"), _HARD, ids=[f"{rule} {start:%Y}" for rule, start in _HARD])
def test_no_rule_takes_long(rule: Rule, start: dt.datetime) -> None:
    """Compared with work of the same kind that is measured beside it: ten thousand days of a plain rule."""
    many = _seconds(lambda: list(islice(of_dateutil(Rule(Frequency.DAILY), start.replace(year=2000)), 10000)), 3)
    assert _seconds(lambda: next_occurrence(rule, start, moment(2026, 11, 28)), 3) < 30 * many


def _seconds(work: object, times: int = 1) -> float:
    def once() -> float:
        begin = time.thread_time()
        work()  # type: ignore[operator]
        return time.thread_time() - begin

    return min(once() for _ in range(times))
