"""What everyday sentences mean. Each line of the tables is a promise to the person who says it."""

import datetime as dt
from typing import Any, Literal

import pytest

from todo_backend.language.commands import understand
from todo_backend.language.fields import DueWindow, Sort, Status
from todo_backend.language.intents import (
    AddTasks,
    ById,
    ByPhrase,
    Changes,
    Choose,
    CompleteTasks,
    DeleteTasks,
    Filters,
    Greeting,
    Help,
    Intent,
    ListChanges,
    ListTags,
    ListTasks,
    Matching,
    Mentioned,
    No,
    OrderTasks,
    Ordinal,
    Place,
    Redo,
    ReopenTasks,
    RestoreTasks,
    Several,
    ShowDates,
    ShowTask,
    SkipTasks,
    TaskDraft,
    TaskRef,
    Thanks,
    Undo,
    Unknown,
    UpdateTasks,
    Yes,
    either,
)
from todo_backend.language.recurrence import Recurrence, parse_rule

from .conftest import NOW

TODAY, TOMORROW, FRIDAY = dt.date(2026, 11, 25), dt.date(2026, 11, 26), dt.date(2026, 11, 27)
MONDAY = dt.date(2026, 11, 30)
IT = Mentioned()
# "What should I do today?" is also about what should have been done.
DAY = ListTasks(Filters(status=Status.PENDING, between=(dt.date.min, TODAY), sort=Sort.DUE_DATE))


def at(hour: int, minute: int = 0) -> dt.time:
    return dt.time(hour, minute)


def draft(title: str, day: dt.date | None = None, time: dt.time | None = None, **more: Any) -> TaskDraft:
    return TaskDraft(title, due_date=day, due_time=time, **more)


def add(title: str, day: dt.date | None = None, time: dt.time | None = None, **more: Any) -> Intent:
    return AddTasks((draft(title, day, time, **more),))


def maybe(title: str, day: dt.date | None = None, time: dt.time | None = None, **more: Any) -> Intent:
    return AddTasks((draft(title, day, time, **more),), sure=False)


def adds(*titles: str) -> Intent:
    return AddTasks(tuple(draft(title) for title in titles))


def refs(*named: int | str | TaskRef) -> tuple[TaskRef, ...]:
    return tuple(
        ById(name) if isinstance(name, int) else ByPhrase(name) if isinstance(name, str) else name for name in named
    )


def show(**filters: Any) -> Intent:
    return ListTasks(Filters(**filters))


def due(*windows: str, **more: Any) -> Intent:
    return ListTasks(Filters(status="pending", due=windows, sort="due_date", **more))  # type: ignore[arg-type]


def between(first: dt.date, last: dt.date) -> Intent:
    return ListTasks(Filters(status="pending", between=(first, last), sort="due_date"))


def completed(*named: int | str | TaskRef) -> Intent:
    return CompleteTasks(refs(*named))


def reopen(*named: int | str | TaskRef) -> Intent:
    return ReopenTasks(refs(*named))


def delete(*named: int | str | TaskRef) -> Intent:
    return DeleteTasks(refs(*named))


def change(named: int | str | TaskRef, **changes: Any) -> Intent:
    return UpdateTasks(refs(named), Changes(**changes))


def repeats(rule: str, *, after_completion: bool = False) -> Recurrence:
    return Recurrence(parse_rule(rule), after_completion)


def every(**filters: Any) -> Matching:
    return Matching(Filters(**filters))


NO_DUE: frozenset[str] = frozenset({"due_date", "due_time"})

THE_CONTRACT = [
    ("Add a task to buy groceries", add("Buy groceries")),
    ("Show me all my tasks", show(status="all")),
    ("What's pending?", show(status="pending")),
    ("Mark task 3 as complete", completed(3)),
    ("Delete the meeting task", delete("meeting")),
    ("Change task 1 to 'Call mom tonight'", change(1, title="Call mom tonight")),
    ("I need to remember to pay bills", add("Pay bills")),
    ("What have I completed?", show(status="completed")),
]

ADDING = [
    (
        "remind me every monday to water the plants",
        add("Water the plants", MONDAY, recurrence=repeats("FREQ=WEEKLY;BYDAY=MO")),
    ),
    (
        "add gym monday, wednesday and friday at 7am",
        add("Gym monday, wednesday and friday", dt.date(2026, 11, 30), at(7)),
    ),
    ("put dentist on my calendar for thursday 10am", add("Dentist", TOMORROW, at(10))),
    ("tomorrow I have to call the bank", add("Call the bank", TOMORROW)),
    ("for tomorrow, add call the bank", add("Call the bank", TOMORROW)),
    ("set a reminder for 6pm: feed the cat", add("Feed the cat", TODAY, at(18))),
    ("urgent: call the bank", add("Call the bank", priority="high")),
    ("could you maybe remind me to stretch at 5pm?", add("Stretch", TODAY, at(17))),
    ("add these: call mom; pay rent; buy milk", adds("Call mom", "Pay rent", "Buy milk")),
    ("add the report that's due friday, tag it work", add("The report", FRIDAY, tags=("work",))),
    ("new task: email boss - high", add("Email boss", priority="high")),
    ("add a task with title buy milk and description two litres", add("Buy milk", description="two litres")),
    ("add eggs to the shopping list", add("Eggs", tags=("shopping",))),
    ("put eggs on my shopping list for friday", add("Eggs", FRIDAY, tags=("shopping",))),
    ("add buy bread, get cash and post the letter", adds("Buy bread", "Get cash", "Post the letter")),
    ("call mom and ask about dinner", maybe("Call mom and ask about dinner")),
    ("meeting with Bob at 9:15 am on thursday", maybe("Meeting with Bob", TOMORROW, at(9, 15))),
    ("add a task to buy groceries tomorrow", add("Buy groceries", TOMORROW)),
    ("ADD A TASK TO BUY GROCERIES!!", add("BUY GROCERIES")),
    ("please add buy milk", add("Buy milk")),
    ("could you please add buy milk?", add("Buy milk")),
    ("Can you add buy milk to my list, please?", add("Buy milk")),
    ("hey, would you add a reminder to call the bank", add("Call the bank")),
    ("i'd like to add a task to call bob", add("Call bob")),
    ("add a quick task to call bob", add("Call bob")),
    ("add a small task: call bob", add("Call bob")),
    ("create a five minute task to stretch", add("Stretch")),
    ("add a 10-minute task to stretch tomorrow", add("Stretch", TOMORROW)),
    ("add a weekly task to water plants", add("Water plants", TODAY, recurrence=repeats("FREQ=WEEKLY"))),
    ("add a task to prepare talk, tags work and talk", add("Prepare talk", tags=("work", "talk"))),
    ("I want to add a task: water the plants", add("Water the plants")),
    ("add 'Plan for tomorrow'", add("Plan for tomorrow")),
    ("add “Plan for tomorrow” on friday", add("Plan for tomorrow", FRIDAY)),
    ("add read 'War and Peace' tomorrow", add("Read 'War and Peace'", TOMORROW)),
    ("create a task called Review budget", add("Review budget")),
    ('create a new task named "Review budget" due friday', add("Review budget", FRIDAY)),
    ("create a high priority task to finish the report by friday", add("Finish the report", FRIDAY, priority="high")),
    ("add an urgent task to call the bank", add("Call the bank", priority="high")),
    ("add a task for tomorrow to buy milk", add("Buy milk", TOMORROW)),
    ("new task: fix the sink", add("Fix the sink")),
    ("New task fix the sink", add("Fix the sink")),
    ("todo: fix the sink", add("Fix the sink")),
    ("task: water plants", add("Water plants")),
    ("make a task to clean the garage this weekend", add("Clean the garage", dt.date(2026, 11, 28))),
    ("put milk on my todo list for tomorrow", add("Milk", TOMORROW)),
    ("add milk to the list", add("Milk")),
    ("write down call the plumber", add("Call the plumber")),
    ("remind me to call mom tomorrow at 9", add("Call mom", TOMORROW, at(9))),
    ("remind me tomorrow at 9 to call mom", add("Call mom", TOMORROW, at(9))),
    ("can you remind me to call mom at 9?", add("Call mom", TODAY, at(21))),
    ("remind me in 30 minutes to check the oven", add("Check the oven", TODAY, at(10, 30))),
    ("remind me about the dentist on friday at 3pm", add("The dentist", FRIDAY, at(15))),
    ("set a reminder for tomorrow to call mom", add("Call mom", TOMORROW)),
    ("don't forget to send the invoice", add("Send the invoice")),
    ("dont forget the milk", add("The milk")),
    ("don't let me forget to lock the door tonight", add("Lock the door", TODAY, at(20))),
    ("remember to delete the old photos", add("Delete the old photos")),
    ("note to self: read more", add("Read more")),
    ("make sure I call the plumber tomorrow", add("Call the plumber", TOMORROW)),
    ("I have to pay rent on friday", add("Pay rent", FRIDAY)),
    ("i must renew my passport by end of month", add("Renew my passport", dt.date(2026, 11, 30))),
    ("i gotta go to the gym tomorrow morning", add("Go to the gym", TOMORROW, at(9))),
    ("I need to finish the slides by friday 5pm", add("Finish the slides", FRIDAY, at(17))),
    ("add submit report in 3 days !high", add("Submit report", dt.date(2026, 11, 28), priority="high")),
    ("add buy paint tagged home and garden", add("Buy paint", tags=("home", "garden"))),
    ("add buy paint with tag home", add("Buy paint", tags=("home",))),
    ("add buy milk with high priority", add("Buy milk", priority="high")),
    ("add buy milk with description 'two litres, skimmed'", add("Buy milk", description="two litres, skimmed")),
    ("add dentist on 3 march 2027", add("Dentist", dt.date(2027, 3, 3))),
    ("pay rent friday 5pm p1 #home", add("Pay rent", FRIDAY, at(17), priority="high", tags=("home",))),
    ("buy milk tomorrow", add("Buy milk", TOMORROW)),
    ("add buy milk and call mom", adds("Buy milk", "Call mom")),
    ("add buy bread and butter", add("Buy bread and butter")),
    ("add wash and fold the laundry", add("Wash and fold the laundry")),
    ("add call bob and ask about the keys", add("Call bob and ask about the keys")),
    ("add tasks: milk, eggs and bread", adds("Milk", "Eggs", "Bread")),
    ("add three tasks: call bob, pay rent, and buy milk", adds("Call bob", "Pay rent", "Buy milk")),
    ("add these tasks:\n- milk\n- eggs\n", adds("Milk", "Eggs")),
    ("add:\n1. milk\n2. eggs", adds("Milk", "Eggs")),
    ("add a task", AddTasks(())),
    ("create a new task", AddTasks(())),
    ("Add", AddTasks(())),
]

FIRST, LAST = Place("first"), Place("last")


def at_place(place: Place, *titles: str, **more: Any) -> Intent:
    return AddTasks(tuple(draft(title, **more) for title in titles), place=place)


def beside(where: Literal["before", "after"], title: str, other: str, otherwise: str, *, by_title: bool) -> Intent:
    place = Place(where, ByPhrase(other), by_title, (draft(otherwise),) if otherwise else ())
    return at_place(place, title)


# Words that put a new task somewhere in the list are no part of its title; those that may be matters of time or of
# the thing itself are, unless there is such a task.
PLACING = [
    *(
        (said, at_place(FIRST, "Milk"))
        for said in (
            "add milk to the top of my list",
            "add milk at the top",
            "add milk as first",
            "add milk as the first task",
            "add milk at the beginning of the list",
            "add a task called milk at the top of my to-do list",
            "add milk to the very top of my list, please",
        )
    ),
    *(
        (said, at_place(LAST, "Milk"))
        for said in ("add milk to the end of the list", "add milk at the bottom", "add milk as the last one")
    ),
    ("add milk to the top of my list tomorrow", AddTasks((draft("Milk", TOMORROW),), place=FIRST)),
    ("add milk tomorrow to the top of my list", AddTasks((draft("Milk", TOMORROW),), place=FIRST)),
    ("put rice at the end of my list tomorrow", AddTasks((draft("Rice", TOMORROW),), place=LAST)),
    ("add milk to the top of my shopping list", at_place(FIRST, "Milk", tags=("shopping",))),
    ("add buy eggs and call Tom to the top", at_place(FIRST, "Buy eggs", "Call Tom")),
    ("buy tape, at the top of my list", AddTasks((draft("Buy tape"),), sure=False, place=FIRST)),
    ("put milk on top of my list", OrderTasks(refs("milk"), "first", None, AddTasks((draft("Milk"),), place=FIRST))),
    ("add juice below buy bread", beside("after", "Juice", "buy bread", "Juice below buy bread", by_title=False)),
    ("add juice above buy bread", beside("before", "Juice", "buy bread", "Juice above buy bread", by_title=False)),
    ("add eggs after buy bread", beside("after", "Eggs", "buy bread", "Eggs after buy bread", by_title=True)),
    ("add eggs before lunch", beside("before", "Eggs", "lunch", "Eggs before lunch", by_title=True)),
    ("add eggs after the bread task", beside("after", "Eggs", "bread", "", by_title=False)),
    ("add nails right under task 3", at_place(Place("after", ById(3)), "Nails")),
    *(
        (f"add {title}", add(f"{title[:1].upper()}{title[1:]}"))
        for title in (
            "climb to the top",
            "climb to the top of the tower",
            "sign at the bottom",
            "cherry on top",
            "call Ana before 5",
            "keep the fridge below 5",
            "call Ana after friday",
            "rest after that",
        )
    ),
    ("add 'walk to the top of my list'", add("Walk to the top of my list")),
    ("add file report at the end of the month", add("File report", MONDAY)),
    ("add pay rent before the 5th", add("Pay rent", dt.date(2026, 12, 5))),
]

PERHAPS_ADDING = [
    ("buy milk", maybe("Buy milk")),
    ("Call mom", maybe("Call mom")),
    ("finish the report", maybe("Finish the report")),
    ("cancel gym membership", maybe("Cancel gym membership")),
    ("I should clean the house", maybe("Clean the house")),
    ("dentist tomorrow at 3pm", maybe("Dentist", TOMORROW, at(15))),
    ("move the sofa to the garage", Unknown()),
]

LISTING = [
    ("show my tasks", show()),
    ("list tasks", show()),
    ("tasks", show()),
    ("my tasks please", show()),
    ("Could you show me my tasks?", show()),
    ("I want to see my tasks", show()),
    ("what's on my list?", show()),
    ("whats on my todo list", show()),
    ("list all tasks", show(status="all")),
    ("show everything", show(status="all")),
    ("list pending", show(status="pending")),
    ("what's left?", show(status="pending")),
    ("what do I still have to do?", show(status="pending")),
    ("what haven't I finished yet?", show(status="pending")),
    ("show open tasks", show(status="pending")),
    ("show completed tasks", show(status="completed")),
    ("what did I finish?", show(status="completed")),
    ("which tasks are done?", show(status="completed")),
    ("what have I done today", show(status="completed", between=(TODAY, TODAY))),
    ("what did I complete yesterday?", show(status="completed", between=(dt.date(2026, 11, 24),) * 2)),
    ("what's due today", due("today")),
    ("anything due today?", due("today")),
    ("what do I have to do today?", DAY),
    ("show me what I need to do today", due("today")),
    ("what's on my plate today?", DAY),
    ("today's tasks", due("today")),
    ("today", due("today")),
    ("do I have anything due tomorrow?", due("tomorrow")),
    ("what do i have tomorrow", due("tomorrow")),
    ("what is due this week?", due("week")),
    ("what's overdue", due("overdue")),
    ("am I late on anything?", due("overdue")),
    ("show overdue tasks", due("overdue")),
    ("show tasks without due date", show(status="pending", due=("none",))),
    ("show tasks that are overdue or due today", due("overdue", "today")),
    ("what is overdue or due tomorrow?", due("overdue", "tomorrow")),
    ("list undated and overdue tasks", due("none", "overdue")),
    ("show overdue tasks, tasks due this week and tasks without a date", due("overdue", "week", "none")),
    ("move milk to the top", OrderTasks((ByPhrase("milk"),), "first")),
    ("put task 3 at the end of my list", OrderTasks((ById(3),), "last")),
    ("put buy milk above call Ana", OrderTasks((ByPhrase("buy milk"),), "before", ByPhrase("call Ana"))),
    ("move 3 and 5 right after task 7", OrderTasks((ById(3), ById(5)), "after", ById(7))),
    ("move it to the bottom", OrderTasks((Mentioned(),), "last")),
    ("show my tasks in my own order", show(sort="manual")),
    ("what are my tasks for next week", between(dt.date(2026, 11, 30), dt.date(2026, 12, 6))),
    ("what's due on friday?", between(FRIDAY, FRIDAY)),
    ("what's due before friday?", between(dt.date.min, TOMORROW)),
    ("what is due by friday", between(dt.date.min, FRIDAY)),
    ("show tasks due by the end of the month", between(dt.date.min, dt.date(2026, 11, 30))),
    ("anything due until tomorrow?", between(dt.date.min, TOMORROW)),
    ("what's due after tomorrow", between(FRIDAY, dt.date.max)),
    ("tasks after the 5th", between(dt.date(2026, 12, 6), dt.date.max)),
    ("what do I have today and tomorrow?", between(TODAY, TOMORROW)),
    ("what's due between monday and wednesday", between(dt.date(2026, 11, 30), dt.date(2026, 12, 2))),
    ("what do I have from tomorrow to friday", between(TOMORROW, FRIDAY)),
    ("what do I have from monday to friday", between(dt.date(2026, 11, 30), dt.date(2026, 12, 4))),
    ("show me tasks due in the next 3 days", between(TODAY, dt.date(2026, 11, 28))),
    ("what's due within two weeks", between(TODAY, dt.date(2026, 12, 9))),
    ("what's coming up in the next few days", between(TODAY, dt.date(2026, 11, 28))),
    ("what did I do in the past week", show(status="completed", between=(dt.date(2026, 11, 18), TODAY))),
    ("tasks: done", show(status="completed")),
    ("what did I finish in the last 3 days?", show(status="completed", between=(dt.date(2026, 11, 22), TODAY))),
    ("what's due this weekend?", between(dt.date(2026, 11, 28), dt.date(2026, 11, 29))),
    ("show my high priority tasks", show(status="pending", priority="high")),
    ("any urgent tasks?", show(status="pending", priority="high")),
    ("what is most important today?", due("today", priority="high")),
    ("show tasks tagged home", show(tags=("home",))),
    ("what tags do I have?", ListTags()),
    ("show me all my tags", ListTags()),
    ("#home", show(tags=("home",))),
    ("show tasks sorted by priority", show(sort="priority")),
    ("my tasks by priority", show(sort="priority")),
    ("what's on my shopping list?", show(tags=("shopping",))),
    ("show me my work tasks", show(query="work")),
    ("list my tasks by due date", show(sort="due_date", status="pending")),
    ("find milk", show(query="milk")),
    ("search for 'oat milk'", show(query="oat milk")),
    ("show tasks about taxes", show(query="taxes")),
    ("do I have anything about taxes?", show(query="taxes")),
    ("show me the milk tasks", show(query="milk")),
    ("how many tasks do I have?", ListTasks(Filters(), count_only=True)),
    ("how many tasks are overdue?", ListTasks(Filters("pending", due=("overdue",), sort="due_date"), count_only=True)),
    ("show task 3", ShowTask(ById(3))),
    ("what is task 3?", ShowTask(ById(3))),
    ("tell me about task 3", ShowTask(ById(3))),
    ("when is the dentist task due?", ShowTask(ByPhrase("dentist"))),
    ("when is the dentist?", ShowTask(ByPhrase("dentist"))),
    ("when do I have to call mom?", ShowTask(ByPhrase("call mom"))),
    ("what's the status of the passport task", ShowTask(ByPhrase("passport"))),
    ("show me the last task", ShowTask(Ordinal(-1))),
    ("is the report done?", ShowTask(ByPhrase("report"))),
    ("did I finish the report yet?", ShowTask(ByPhrase("report"))),
    ("have I paid the rent?", ShowTask(ByPhrase("pay rent"))),
    ("when's my next task due?", show(status="pending", sort="due_date")),
    ("do I have a task for milk?", show(query="milk")),
    ("show completed and pending tasks", show(status="all")),
    ("show me the 5 tasks due today", due("today")),
    ("top 3 tasks", ListTasks(Filters(status="pending", sort="priority"), most=3)),
    ("show the first three tasks", ListTasks(Filters(), most=3)),
    ("show 5 tasks", ListTasks(Filters(), most=5)),
    ("undo the deletion", Undo(deed="deleted")),
    ("undo the last completion", Undo(deed="completed")),
    ("undo the renaming", Undo(deed="updated")),
    ("show tasks with tag home or work", show(tags=("home", "work"), any_tag=True)),
    ("show tasks tagged home and work", show(tags=("home", "work"))),
    ("show #home or #work", show(tags=("home", "work"), any_tag=True)),
    ("show my repeating tasks", show(repeats=True)),
    ("show tasks that do not repeat", show(repeats=False)),
    ("what can I do today", DAY),
    ("good morning, what's up for today?", DAY),
    ("what should I do first", show(status="pending", sort="due_date")),
    ("What should I do today?", DAY),
    ("plan my day", DAY),
    ("what's due today?", due("today")),
    ("what needs to be done today?", DAY),
    ("what's next?", show(status="pending", sort="due_date")),
    ("tasks I added today", Unknown()),
]

# Parts of a question that are known are understood in any order; "or" between two of them widens the list.
OVERDUE: dict[str, Any] = {"status": "pending", "due": ("overdue",), "sort": "due_date"}
URGENT: dict[str, Any] = {"status": "pending", "priority": "high"}
YESTERDAY = dt.date(2026, 11, 24)
DONE = Filters(status=Status.COMPLETED)
LATE = Filters(status=Status.PENDING, due=(DueWindow.OVERDUE,), sort=Sort.DUE_DATE)
NEXT_WEEK = (MONDAY, dt.date(2026, 12, 6))


def days(*spans: tuple[dt.date, dt.date], **more: Any) -> tuple[dict[str, Any], ...]:
    return tuple({"status": "pending", "between": span, "sort": "due_date", **more} for span in spans)


def any_of(*filters: dict[str, Any]) -> Intent:
    return ListTasks(either([Filters(**part) for part in filters]))


COMBINING = [
    *((said, due("overdue")) for said in ("what is overdue today?", "overdue today", "what's overdue this week?")),
    *(
        (said, due("overdue", priority="high"))
        for said in (
            "overdue and urgent",
            "urgent and overdue",
            "what is urgent and overdue?",
            "show me what's late and high priority",
            "which overdue tasks are important?",
        )
    ),
    *(
        (said, due("overdue", tags=("work",)))
        for said in ("tagged work and overdue", "overdue and tagged work", "what is overdue with tag work?")
    ),
    ("any tasks due today that are urgent and tagged work?", due("today", priority="high", tags=("work",))),
    ("high priority overdue tasks tagged work", due("overdue", priority="high", tags=("work",))),
    ("which shopping tasks are due today?", due("today", query="shopping")),
    ("show what was due yesterday and is not done", between(YESTERDAY, YESTERDAY)),
    ("what is not done and was due yesterday?", between(YESTERDAY, YESTERDAY)),
    ("what's due the day after tomorrow?", between(FRIDAY, FRIDAY)),
    ("what is due the week after next", between(dt.date(2026, 12, 7), dt.date(2026, 12, 13))),
    ("show what is due before the day after tomorrow", between(dt.date.min, TOMORROW)),
    ("overdue tasks due today", due("overdue", between=(TODAY, TODAY))),
    ("what's overdue since monday?", due("overdue", between=(dt.date(2026, 11, 23), dt.date.max))),
    ("what will be overdue tomorrow?", between(dt.date.min, TODAY)),
    ("what is overdue by friday", between(dt.date.min, TOMORROW)),
    ("completed yesterday and tagged finance", show(status="completed", tags=("finance",), between=(YESTERDAY,) * 2)),
    ("what did I finish today or yesterday?", show(status="completed", between=(YESTERDAY, TODAY))),
    ("what did I finish since monday", show(status="completed", between=(dt.date(2026, 11, 23), dt.date.max))),
    ("what is due today or tomorrow", between(TODAY, TOMORROW)),
    ("what is due today and next week", any_of(*days((TODAY, TODAY), NEXT_WEEK))),
    ("what's due today, tomorrow or next week", any_of(*days((TODAY, TOMORROW), NEXT_WEEK))),
    ("what's due on monday, tuesday or friday", any_of(*days((FRIDAY, FRIDAY), (MONDAY, dt.date(2026, 12, 1))))),
    ("urgent tasks due today or friday", any_of(*days((TODAY, TODAY), (FRIDAY, FRIDAY), priority="high"))),
    ("what is overdue or due next week?", any_of(OVERDUE, *days(NEXT_WEEK))),
    ("what's due today and what's overdue", due("today", "overdue")),
    ("show urgent or overdue tasks", any_of(URGENT, OVERDUE)),
    ("overdue or urgent", any_of(OVERDUE, URGENT)),
    ("tasks tagged work or overdue", any_of({"tags": ("work",)}, OVERDUE)),
    ("show work tasks that are overdue or urgent", any_of(OVERDUE | {"query": "work"}, URGENT | {"query": "work"})),
    ("high or medium priority tasks", any_of(URGENT, URGENT | {"priority": "medium"})),
    ("done or overdue tasks", any_of({"status": "completed"}, OVERDUE)),
    (
        "show urgent tasks and tasks due tomorrow",
        any_of(URGENT, {"status": "pending", "due": ("tomorrow",), "sort": "due_date"}),
    ),
    ("what was due on monday?", between(dt.date(2026, 11, 23), dt.date(2026, 11, 23))),
    ("what did I get done on tuesday?", show(status="completed", between=(YESTERDAY, YESTERDAY))),
    ("show me tomorrow's and friday's tasks", between(TOMORROW, FRIDAY)),
    (
        "which meetings are next week?",
        show(status="pending", between=NEXT_WEEK, query="meeting", sort="due_date"),
    ),
    ("p1 or p2 tasks", any_of(URGENT, URGENT | {"priority": "medium"})),
    ("show medium tasks", show(status="pending", priority="medium")),
    ("is there anything to do tomorrow morning?", due("tomorrow")),
    ("show work and finance tasks", any_of({"query": "work"}, {"query": "finance"})),
    *((said, Unknown()) for said in ("tasks not tagged work", "list tasks I haven't tagged", "not urgent tasks")),
    ("all tasks with a deadline", show(status="all", between=(dt.date.min, dt.date.max), sort="due_date")),
    ("delete all overdue and completed tasks", delete(Matching(either([DONE, LATE])))),
    ("show tasks that are neither done nor overdue", Unknown()),
    ("what is due today but not tomorrow", Unknown()),
    ("what is due today this friday", Unknown()),
]

# What is not to be done is not done, what depends on something is refused, and what was said wrong is said anew.
NOT_AS_SAID = [
    *(
        (said, No())
        for said in (
            "don't delete milk",
            "please do not complete the report",
            "don't add buy milk",
            "never delete anything",
            "don't move it",
        )
    ),
    *(
        (said, Unknown())
        for said in (
            "delete task 3 if it is overdue",
            "complete task 3 unless it's done",
            "move task 2 to friday if nobody objects",
            "delete the report when it's done",
            "if it rains tomorrow, remind me to take an umbrella",
            "when Ana calls, add buy cake",
            "show all tasks except task 3",
        )
    ),
    ("remind me to call Bob when I get home", add("Call Bob when I get home")),
    ("don't forget to delete the photos", add("Delete the photos")),
    ("check with Bob if he is coming", maybe("Check with Bob if he is coming")),
    ("homework not done", Unknown()),
    ("add take an umbrella if it rains", add("Take an umbrella if it rains")),
    ("complete everything but the report", completed(Matching(Filters(status="all"), excepted=refs("report")))),
    ("delete all tasks except 3 and 4", delete(Matching(Filters(status="all"), excepted=refs(3, 4)))),
    ("add buy milk, no wait, buy bread", add("Buy bread")),
    ("add gym friday, no wait, saturday at 9", add("Gym", dt.date(2026, 11, 28), at(9))),
    ("move task 3 to friday, no wait, tomorrow", change(3, due_date=TOMORROW)),
    ("delete milk, no wait, bread", delete("bread")),
    ("not milk, bread", Unknown()),
    ("no, I meant tomorrow", Unknown()),
    ("dentist at 4pm instead", change("dentist", due_date=TODAY, due_time=at(16), keeps_day=True)),
    ("move all meetings to friday", change(every(query="meeting"), due_date=FRIDAY)),
    ("delete both meetings", delete(every(query="meeting"))),
    ("complete the two lunches", completed(every(query="lunch"))),
    ("complete the shopping ones", completed(every(query="shopping"))),
    ("complete all the dress", completed("all the dress")),
    ("kitchen done", completed("kitchen")),
    ("the kitchen is clean", CompleteTasks(refs("clean kitchen"), sure=False)),
    ("get hair done", maybe("Get hair done")),
    ("what's the second one?", ShowTask(Ordinal(2))),
    ("is milk on my list?", show(query="milk")),
    ("do I still need to buy bread?", ShowTask(ByPhrase("buy bread"))),
    ("how long until my dentist appointment?", ShowTask(ByPhrase("dentist appointment"))),
    ("how long until friday?", Unknown()),
    (
        "cancel the trial",
        DeleteTasks(refs("trial"), sure=False, otherwise=AddTasks((draft("Cancel the trial"),), sure=False)),
    ),
]

COMPLETING = [
    ("mark task 3 done", completed(3)),
    ("Mark Task #3 As Done.", completed(3)),
    ("mark 3 and 5 as done", completed(3, 5)),
    ("mark tasks 3, 5 and 7 as completed", completed(3, 5, 7)),
    ("complete tasks 3 to 5", completed(3, 4, 5)),
    ("complete task three", completed(3)),
    ("complete 3", completed(3)),
    ("finish task 2", completed(2)),
    ("close #2", completed(2)),
    ("task 3 is done", completed(3)),
    ("complete buy milk", completed("buy milk")),
    ("mark 'buy milk' as done", completed("buy milk")),
    ("set the milk task to done", completed("milk")),
    ("I finished the report", completed("report")),
    ("completed the report yesterday", completed("report")),
    ("I've already paid the rent", completed("pay rent")),
    ("just called mom", completed("call mom")),
    ("bought milk", completed("buy milk")),
    ("I called mom and paid the rent", completed("call mom", "pay rent")),
    ("I picked up the kids this morning", completed("pick up the kids")),
    ("done: buy milk", completed("buy milk")),
    ("buy milk - done", completed("buy milk")),
    ("complete number two", completed(2)),
    ("finish everything", completed(every(status="all"))),
    ("finish the sofa", maybe("Finish the sofa")),
    ("complete the second and the third", completed(Ordinal(2), Ordinal(3))),
    ("mark the first two as done", completed(Ordinal(1), Ordinal(2))),
    ("I started the report", Unknown()),
    ("I updated task 3", Unknown()),
    ("I got it", Unknown()),
    ("I've already done task 4", completed(4)),
    ("i'm done with the laundry", completed("laundry")),
    ("check off milk", completed("milk")),
    ("tick off 4", completed(4)),
    ("cross buy milk off my list", completed("buy milk")),
    ("mark it as done", completed(IT)),
    ("that one is done", completed(IT)),
    ("done", completed(IT)),
    ("mark the second one as done", completed(Ordinal(2))),
    ("complete the last one", completed(Ordinal(-1))),
    ("mark all tasks as done", completed(every(status="all"))),
    ("complete everything due today", completed(every(status="all", due=("today",), sort="due_date"))),
    ("reopen task 3", reopen(3)),
    ("mark task 3 as not done", reopen(3)),
    ("mark buy milk as incomplete", reopen("buy milk")),
    ("uncheck 3", reopen(3)),
    ("task 3 isn't done yet", reopen(3)),
    ("I didn't finish task 3", reopen(3)),
]

DELETING = [
    ("delete tasks tagged work", delete(every(tags=("work",)))),
    (
        "delete tasks due before today",
        delete(every(status="pending", between=(dt.date.min, dt.date(2026, 11, 24)), sort="due_date")),
    ),
    ("take groceries off my list", delete("groceries")),
    ("delete the first two tasks", delete(Ordinal(1), Ordinal(2))),
    ("delete task 3", delete(3)),
    ("please remove task #3", delete(3)),
    ("delete 3, 4 and 5", delete(3, 4, 5)),
    ("remove buy milk from my list", delete("buy milk")),
    ("delete the task called buy milk", delete("buy milk")),
    ("get rid of the dentist task", delete("dentist")),
    ("can you cancel the meeting task?", delete("meeting")),
    ("delete it", delete(IT)),
    ("delete them all", delete(Mentioned(many=True))),
    ("delete the last one", delete(Ordinal(-1))),
    ("delete all completed tasks", delete(every(status="completed"))),
    ("clear completed", delete(every(status="completed"))),
    ("delete everything", delete(every(status="all"))),
    ("remove all tasks tagged home", delete(every(status="all", tags=("home",)))),
    ("clear my list", delete(every(status="all"))),
    ("undo", Undo()),
    ("undo that please", Undo(of_that=True)),
    ("undo, undo", Undo(2)),
    ("undo undo", Undo(2)),
    ("undo twice", Undo(2)),
    ("undo the last 3 changes", Undo(3)),
    ("undo my last two changes", Undo(2)),
    ("oops", Undo()),
    ("take that back", Undo(of_that=True)),
    ("redo", Redo()),
    ("redo that", Redo()),
    ("redo, redo", Redo(2)),
    ("undo the undo", Redo()),
    ("what did you change?", ListChanges(by_assistant=True)),
    ("What have you just done?", ListChanges(by_assistant=True)),
    ("what changed?", ListChanges()),
    ("what was changed today", ListChanges()),
    ("show me the recent changes", ListChanges()),
    ("history", ListChanges()),
    ("restore task 3", RestoreTasks(refs(3))),
    ("bring back buy milk", RestoreTasks(refs("buy milk"))),
    ("undelete it", RestoreTasks(refs(IT))),
]

CHANGING = [
    ("can we push the report to next week", change("report", due_date=dt.date(2026, 11, 30))),
    ("bring the report forward to today", change("report", due_date=TODAY)),
    ("set a reminder for task 3 at 5pm", change(3, due_date=TODAY, due_time=at(17), keeps_day=True)),
    ("add to task 2: remember the receipt", change(2, note="remember the receipt")),
    ("make it tomorrow", change(IT, due_date=TOMORROW)),
    ("make it friday at 5pm instead", change(IT, due_date=FRIDAY, due_time=at(17))),
    ("tag the first one home", change(Ordinal(1), add_tags=("home",))),
    ("untag task 2", change(2, clear=frozenset({"tags"}))),
    ("change task 1 to call mom tonight", change(1, title="Call mom tonight")),
    ("rename task 2 to buy oat milk", change(2, title="Buy oat milk")),
    ("rename buy milk to buy oat milk", change("buy milk", title="Buy oat milk")),
    ("rename 'buy milk' to 'Buy oat milk'", change("buy milk", title="Buy oat milk")),
    ("change the title of task 3 to Call dad", change(3, title="Call dad")),
    ("update task 4's name to iPhone repair", change(4, title="iPhone repair")),
    ("move task 3 to friday", change(3, due_date=FRIDAY)),
    ("change task 3 to friday", change(3, due_date=FRIDAY)),
    ("move the meeting task to tomorrow at 3pm", change("meeting", due_date=TOMORROW, due_time=at(15))),
    ("reschedule dentist to next friday at 5pm", change("dentist", due_date=dt.date(2026, 12, 4), due_time=at(17))),
    ("set task 3 due tomorrow", change(3, due_date=TOMORROW)),
    ("set the due date of task 3 to friday", change(3, due_date=FRIDAY)),
    ("task 3 is due friday", change(3, due_date=FRIDAY)),
    ("move it to 6pm", change(IT, due_date=TODAY, due_time=at(18), keeps_day=True)),
    ("postpone task 3 by 2 days", change(3, postpone_days=2)),
    ("push the report back a week", change("report", postpone_days=7)),
    ("remove the due date from task 3", change(3, clear=NO_DUE)),
    ("set due date of task 3 to none", change(3, clear=NO_DUE)),
    ("make task 2 high priority", change(2, priority="high")),
    ("make buy milk urgent", change("buy milk", priority="high")),
    ("make it low priority", change(IT, priority="low")),
    ("set task 2 priority to medium", change(2, priority="medium")),
    ("set the priority of task 2 to p1", change(2, priority="high")),
    ("lower the priority of task 2", change(2, priority="low")),
    ("prioritize task 2", change(2, priority="high")),
    ("make task 2 high priority and due friday", change(2, priority="high", due_date=FRIDAY)),
    ("add tag home to task 2", change(2, add_tags=("home",))),
    ("add #home to task 2", change(2, add_tags=("home",))),
    ("tag task 2 with home and work", change(2, add_tags=("home", "work"))),
    ("tag buy milk as shopping", change("buy milk", add_tags=("shopping",))),
    ("remove tag home from task 2", change(2, remove_tags=("home",))),
    ("remove all tags from task 2", change(2, clear=frozenset({"tags"}))),
    ("add a note to task 2: call before noon", change(2, note="call before noon")),
    ("change the description of task 3 to two litres", change(3, description="two litres")),
]

TALKING = [
    ("hi", Greeting()),
    ("Hello there!", Greeting()),
    ("good morning", Greeting()),
    ("how are you?", Greeting()),
    ("thanks!", Thanks()),
    ("thank you so much", Thanks()),
    ("ok great, thanks", Thanks()),
    ("help", Help()),
    ("What can you do?", Help()),
    ("how does this work?", Help()),
    ("yes", Yes()),
    ("Yes, please!", Yes()),
    ("go ahead", Yes()),
    ("no", No()),
    ("No, thanks", No()),
    ("never mind", No()),
    ("3", Choose(refs(3))),
    ("#12", Choose(refs(12))),
    ("the second one", Choose(refs(Ordinal(2)))),
    ("no, the second one", Choose(refs(Ordinal(2)))),
    ("the last two", Choose(refs(Ordinal(-2), Ordinal(-1)))),
    ("both", Choose(refs(Mentioned(many=True)))),
    ("", Unknown()),
    ("?!", Unknown()),
    ("asdf", Unknown()),
    ("what is the capital of France?", Unknown()),
    ("tell me a joke", Unknown()),
    ("the weather is nice today", Unknown()),
    ("I love you", Unknown()),
    ("why is the sky blue", Unknown()),
    ("do you like milk?", Unknown()),
    ("should I buy milk?", Unknown()),
    ("what does task mean", Unknown()),
]

SEVERAL = [
    ("add buy milk and mark task 3 as done", Several((add("Buy milk"), completed(3)))),
    ("delete task 3 and add buy bread tomorrow", Several((delete(3), add("Buy bread", TOMORROW)))),
    ("mark 1 as done, then show my tasks", Several((completed(1), show()))),
    ("add talk to Bob and remove the old sofa", add("Talk to Bob and remove the old sofa")),
]

MORE = [
    ('Please put "renew car insurance" on my list for next Monday', add("Renew car insurance", dt.date(2026, 11, 30))),
    ("I've got to drop off the parcel before noon tomorrow", add("Drop off the parcel", TOMORROW, at(12))),
    (
        "Could u add walk the dog every morning?",
        add("Walk the dog", TOMORROW, dt.time(9), recurrence=repeats("FREQ=DAILY")),
    ),
    (
        "Schedule a call with Ali on 5 December at 4:30pm",
        add("Schedule a call with Ali", dt.date(2026, 12, 5), at(16, 30)),
    ),
    ("remind me next week to book the hotel", add("Book the hotel", dt.date(2026, 11, 30))),
    ('Add "Buy batteries" and "Buy bulbs"', adds("Buy batteries", "Buy bulbs")),
    ("Add to my list: return library books", add("Return library books")),
    ("I want to remember to cancel the trial before Dec 1", add("Cancel the trial", dt.date(2026, 12, 1))),
    ("Let's add a task for cleaning the windows on Sunday", add("Cleaning the windows", dt.date(2026, 11, 29))),
    ("add reminder: mom's birthday 12 January", add("Mom's birthday", dt.date(2027, 1, 12))),
    ("Can I see my completed tasks?", show(status="completed")),
    ("show me only the unfinished ones", show(status="pending")),
    ("What's coming up this week?", due("week")),
    ("which of my tasks are high priority?", show(status="pending", priority="high")),
    ("Do I have any overdue tasks?", due("overdue")),
    ("Is there anything due next Friday?", between(dt.date(2026, 12, 4), dt.date(2026, 12, 4))),
    ("what have I got on today", DAY),
    ("whats next?", show(status="pending")),
    ("How many tasks did I complete?", ListTasks(Filters(status="completed"), count_only=True)),
    ("search my tasks for passport", show(query="passport")),
    ("Task 4 has been completed", completed(4)),
    ("mark numbers 2, 4, and 6 done", completed(2, 4, 6)),
    ("the laundry is done", completed("laundry")),
    ("Finished with number 8", completed(8)),
    ("task 2 was not done", reopen(2)),
    ("set 4 back to pending", reopen(4)),
    ("can you remove tasks 1-3", delete(1, 2, 3)),
    ("trash all done tasks", delete(every(status="completed"))),
    ("I no longer need task 3", DeleteTasks((ById(3),), sure=False)),
    ("the picnic was called off", DeleteTasks((ByPhrase("picnic"),), sure=False)),
    ("the picnic was fun", Unknown()),
    ("Push task 4 to Monday morning", change(4, due_date=dt.date(2026, 11, 30), due_time=at(9))),
    ("can you bump task 2 to high priority?", change(2, priority="high")),
    ('rename #4 "Call grandma"', change(4, title="Call grandma")),
    ("Take the work tag off task 3", change(3, remove_tags=("work",))),
    ("edit task 8: Buy two pizzas", change(8, title="Buy two pizzas")),
    ("put off the dentist until next month", change("dentist", due_date=dt.date(2026, 12, 1))),
    ("Restore the last deleted task", RestoreTasks(refs(IT))),
    ("what's the meaning of life?", Unknown()),
    ("Set up a task: renew passport by 15 Jan", add("Renew passport", dt.date(2027, 1, 15))),
    ("I need a reminder to take medicine at 8pm", add("Take medicine", TODAY, at(20))),
    ("Create 2 tasks: call Ali; email Zoya", adds("Call Ali", "Email Zoya")),
    ("ok add one more: buy stamps", add("Buy stamps")),
    ("Need to buy flowers tomorrow", add("Buy flowers", TOMORROW)),
    ("gotta pick up kids at 3", add("Pick up kids", TODAY, at(15))),
    ("can you call my mom?", maybe("Call my mom")),
    ("Do I have to do anything on Saturday?", between(dt.date(2026, 11, 28), dt.date(2026, 11, 28))),
    ("show me tasks due in december", between(dt.date(2026, 12, 1), dt.date(2026, 12, 31))),
    ("what did I do last week?", show(status="completed", between=(dt.date(2026, 11, 16), dt.date(2026, 11, 22)))),
    ("task 6 done", completed(6)),
    ("I bought the milk", completed("buy milk")),
    ("Can you delete my meeting with Bob?", delete("meeting with Bob")),
    ('Change "Buy milk" to "Buy oat milk"', change("Buy milk", title="Buy oat milk")),
    ("set a deadline of friday for task 4", change(4, due_date=FRIDAY)),
    (
        "move everything due today to tomorrow",
        change(every(status="all", due=("today",), sort="due_date"), due_date=TOMORROW),
    ),
    ("sorry, undo", Undo()),
    ("hello, what can you do for me?", Help()),
    ("who won the match yesterday", Unknown()),
]

REPEATING = [
    ("make task 3 repeat every monday", change(3, recurrence=repeats("FREQ=WEEKLY;BYDAY=MO"), due_date=MONDAY)),
    ("repeat task 3 weekly", change(3, recurrence=repeats("FREQ=WEEKLY"), due_date=TODAY, keeps_day=True)),
    ("set task 3 to repeat daily", change(3, recurrence=repeats("FREQ=DAILY"), due_date=TODAY, keeps_day=True)),
    (
        "repeat the plumber call every 2 weeks on friday at 9",
        change("plumber call", recurrence=repeats("FREQ=WEEKLY;INTERVAL=2;BYDAY=FR"), due_date=FRIDAY, due_time=at(9)),
    ),
    ("move task 3 to every monday", change(3, recurrence=repeats("FREQ=WEEKLY;BYDAY=MO"), due_date=MONDAY)),
    ("change task 3 to every monday", change(3, recurrence=repeats("FREQ=WEEKLY;BYDAY=MO"), due_date=MONDAY)),
    (
        "set the recurrence of task 3 to monthly",
        change(3, recurrence=repeats("FREQ=MONTHLY"), due_date=TODAY, keeps_day=True),
    ),
    ("make it weekly", change(IT, recurrence=repeats("FREQ=WEEKLY"), due_date=TODAY, keeps_day=True)),
    (
        "task 3 should repeat every 3 days after completion",
        change(3, recurrence=repeats("FREQ=DAILY;INTERVAL=3", after_completion=True), due_date=TODAY, keeps_day=True),
    ),
    ("stop repeating task 3", change(3, clear=frozenset({"recurrence"}))),
    ("task 3 should not repeat any more", change(3, clear=frozenset({"recurrence"}))),
    ("don't repeat the plumber call", change("plumber call", clear=frozenset({"recurrence"}))),
    ("remove the recurrence from task 3", change(3, clear=frozenset({"recurrence"}))),
    ("skip task 3", SkipTasks(refs(3))),
    ("skip it", SkipTasks(refs(IT))),
    ("skip the plumber call this week", SkipTasks(refs("plumber call"))),
    ("when does task 3 repeat?", ShowDates(ById(3))),
    ("what are the next dates of task 3?", ShowDates(ById(3))),
    ("how often does the plumber call repeat?", ShowDates(ByPhrase("plumber call"))),
]

TABLE = [
    *THE_CONTRACT,
    *ADDING,
    *PLACING,
    *PERHAPS_ADDING,
    *LISTING,
    *COMBINING,
    *NOT_AS_SAID,
    *COMPLETING,
    *DELETING,
    *CHANGING,
    *REPEATING,
    *TALKING,
    *SEVERAL,
    *MORE,
]


@pytest.mark.parametrize(("sentence", "intent"), TABLE, ids=[sentence for sentence, _ in TABLE])
def test_a_sentence_means(sentence: str, intent: Intent) -> None:
    assert understand(sentence, NOW) == intent
