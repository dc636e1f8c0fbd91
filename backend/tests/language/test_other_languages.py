"""German and Urdu sentences, and what they ask for: said on Wednesday 2026-11-25 at 10:00."""

import datetime as dt

import pytest

from todo_backend.language.commands import understand
from todo_backend.language.fields import DueWindow, Priority, Sort, Status
from todo_backend.language.intents import (
    AddTasks,
    ById,
    ByPhrase,
    Choose,
    CompleteTasks,
    DeleteTasks,
    Filters,
    Greeting,
    Help,
    Intent,
    ListTasks,
    Matching,
    Mentioned,
    No,
    Ordinal,
    Place,
    Redo,
    ReopenTasks,
    TaskDraft,
    TaskRef,
    Thanks,
    Undo,
    Unknown,
    Yes,
    either,
)

from .conftest import NOW

YESTERDAY, TODAY, TOMORROW, FRIDAY, MONDAY = (NOW.date() + dt.timedelta(days=days) for days in (-1, 0, 1, 2, 5))
NEXT_WEEK = (MONDAY, MONDAY + dt.timedelta(days=6))
ALL = Matching(Filters(status=Status.ALL))
COMPLETED = Matching(Filters(status=Status.COMPLETED))
OVERDUE = Matching(Filters(status=Status.PENDING, due=(DueWindow.OVERDUE,), sort=Sort.DUE_DATE))
DAY = ListTasks(Filters(status=Status.PENDING, between=(dt.date.min, TODAY), sort=Sort.DUE_DATE))


def add(title: str, day: dt.date | None = None, hour: int | None = None) -> Intent:
    return AddTasks((TaskDraft(title, due_date=day, due_time=None if hour is None else dt.time(hour)),))


def refs(named: tuple[int | str | TaskRef, ...]) -> tuple[TaskRef, ...]:
    return tuple(ById(ref) if isinstance(ref, int) else ByPhrase(ref) if isinstance(ref, str) else ref for ref in named)


def done(*named: int | str | TaskRef) -> Intent:
    return CompleteTasks(refs(named))


def gone(*named: int | str | TaskRef) -> Intent:
    return DeleteTasks(refs(named))


def again(*named: int | str | TaskRef) -> Intent:
    return ReopenTasks(refs(named))


def show(status: Status | None = None, **more: object) -> Intent:
    return ListTasks(Filters(status=status, **more))  # type: ignore[arg-type]


def due(*windows: DueWindow, **more: object) -> Intent:
    return show(Status.PENDING, due=windows, sort=Sort.DUE_DATE, **more)


def days(*spans: tuple[dt.date, dt.date]) -> Intent:
    return ListTasks(either([Filters(status=Status.PENDING, between=span, sort=Sort.DUE_DATE) for span in spans]))


GERMAN = [
    ("Füge Milch kaufen hinzu", add("Milch kaufen")),
    ("Füge bitte Milch kaufen zu meiner Liste hinzu", add("Milch kaufen")),
    ("Füge die Aufgabe Steuererklärung abgeben morgen um 9 Uhr hinzu", add("Steuererklärung abgeben", TOMORROW, 9)),
    ("Neue Aufgabe: Oma anrufen", add("Oma anrufen")),
    ("Aufgabe: Fenster putzen am Freitag", add("Fenster putzen", FRIDAY)),
    ("Neue Aufgabe: Wäsche löschen", add("Wäsche löschen")),
    ("Aufgabe: alte Fotos löschen", add("Alte Fotos löschen")),
    ("Notiere: Haken an der Tür entfernen", add("Haken an der Tür entfernen")),
    ("Erinnere mich morgen daran, die Mails zu löschen", add("Die Mails löschen", TOMORROW)),
    ("Vergiss nicht, die alten Fotos zu löschen", add("Die alten Fotos löschen")),
    ("Ich muss noch den Bericht abschließen", add("Den Bericht abschließen")),
    ("Neue Aufgabe: Konto wieder öffnen", add("Konto wieder öffnen")),
    ("Erstelle eine Aufgabe Reifen wechseln", add("Reifen wechseln")),
    ("Leg eine neue Aufgabe an: Keller aufräumen", add("Keller aufräumen")),
    ("Setze Brot auf meine Liste", add("Brot")),
    ("Schreib Eier auf die Einkaufsliste", add("Eier")),
    ("Notiere: Paket abholen", add("Paket abholen")),
    ("Erinnere mich morgen um 9 Uhr an den Zahnarzt", add("Zahnarzt", TOMORROW, 9)),
    ("Erinnere mich daran, Milch zu kaufen", add("Milch kaufen")),
    ("Erinner mich am Freitag daran, Mama anzurufen", add("Mama anrufen", FRIDAY)),
    ("Kannst du bitte Müll rausbringen hinzufügen?", add("Müll rausbringen")),
    ("Ich muss morgen die Miete überweisen", add("Die Miete überweisen", TOMORROW)),
    ("Vergiss nicht, die Blumen zu gießen", add("Die Blumen gießen")),
    *(
        (said, AddTasks((TaskDraft("Milch"),), place=Place("first")))
        for said in (
            "Füge Milch ganz oben auf meiner Liste hinzu",
            "Füge Milch am Anfang der Liste hinzu",
            "Füge Milch als erstes hinzu",
            "Setze Milch ganz oben auf meine Liste",
        )
    ),
    ("Füge Milch am Ende der Liste hinzu", AddTasks((TaskDraft("Milch"),), place=Place("last"))),
    ("Füge Milch ans Ende hinzu", AddTasks((TaskDraft("Milch"),), place=Place("last"))),
    ("Füge Bericht am Ende des Monats hinzu", add("Bericht", MONDAY)),
    ("Zeige meine Aufgaben", show()),
    ("Zeig mir alle Aufgaben", show(Status.ALL)),
    ("Meine offenen Aufgaben", show(Status.PENDING)),
    ("Zeige erledigte Aufgaben", show(Status.COMPLETED)),
    ("Was ist heute fällig?", due(DueWindow.TODAY)),
    ("Was muss ich heute tun?", DAY),
    ("Was steht heute an?", DAY),
    ("Was steht morgen an?", due(DueWindow.TOMORROW)),
    ("Welche Aufgaben sind überfällig?", due(DueWindow.OVERDUE)),
    ("Was ist diese Woche fällig?", due(DueWindow.WEEK)),
    ("Welche wichtigen Aufgaben habe ich?", show(Status.PENDING, priority=Priority.HIGH)),
    ("Aufgaben ohne Datum", show(Status.PENDING, due=(DueWindow.NONE,))),
    ("Was habe ich am Freitag?", show(Status.PENDING, between=(FRIDAY, FRIDAY), sort=Sort.DUE_DATE)),
    ("Was ist heute oder morgen fällig?", days((TODAY, TOMORROW))),
    ("Was ist heute und nächste Woche fällig?", days((TODAY, TODAY), NEXT_WEEK)),
    ("Was ist heute, morgen oder nächste Woche fällig?", days((TODAY, TOMORROW), NEXT_WEEK)),
    ("Was steht am Montag und Dienstag an?", days((MONDAY, MONDAY + dt.timedelta(days=1)))),
    ("Was ist überfällig oder heute fällig?", due(DueWindow.OVERDUE, DueWindow.TODAY)),
    ("Zeige überfällige Aufgaben und Aufgaben ohne Datum", due(DueWindow.OVERDUE, DueWindow.NONE)),
    ("Was ist heute überfällig?", due(DueWindow.OVERDUE)),
    ("Welche Aufgaben sind wichtig und überfällig?", due(DueWindow.OVERDUE, priority=Priority.HIGH)),
    ("Was war gestern fällig und ist nicht erledigt?", days((YESTERDAY, YESTERDAY))),
    ("Was ist bis Freitag fällig?", days((dt.date.min, FRIDAY))),
    ("Was ist übermorgen fällig?", days((FRIDAY, FRIDAY))),
    ("Was habe ich gestern erledigt?", show(Status.COMPLETED, between=(YESTERDAY, YESTERDAY))),
    ("Wie viele Aufgaben habe ich noch?", ListTasks(Filters(), count_only=True)),
    ("Zeige Aufgaben #haus", show(tags=("haus",))),
    ("Suche Milch", show(query="Milch")),
    ("Finde die Aufgabe mit Zahnarzt", show(query="Zahnarzt")),
    ("Markiere Aufgabe 3 als erledigt", done(3)),
    ("Markiere Milch kaufen als erledigt", done("Milch kaufen")),
    ("Aufgabe 3 ist erledigt", done(3)),
    ("Aufgaben 3 und 4 erledigt", done(3, 4)),
    ("Hake die Steuererklärung ab", done("Steuererklärung")),
    ("Ich habe die Miete schon erledigt", done("Miete")),
    ("Die zweite ist fertig", done(Ordinal(2))),
    ("Kannst du Aufgabe Nr. 7 als erledigt markieren?", done(7)),
    ("Markiere alle überfälligen Aufgaben als erledigt", done(OVERDUE)),
    ("Markiere Aufgabe 3 als nicht erledigt", again(3)),
    ("Öffne Aufgabe 3 wieder", again(3)),
    ("Lösche Aufgabe 3", gone(3)),
    ("Bitte lösche die Aufgabe Milch kaufen", gone("Milch kaufen")),
    ("Entferne Brot von meiner Liste", gone("Brot")),
    ("Lösche sie", gone(Mentioned())),
    ("Lösche alle erledigten Aufgaben", gone(COMPLETED)),
    ("Kannst du alle Aufgaben löschen?", gone(ALL)),
    ("Lösche „Milch und Brot“", gone("Milch und Brot")),
    ("Rückgängig", Undo()),
    ("Mach das bitte rückgängig", Undo(of_that=True)),
    ("Nimm das zurück", Undo(of_that=True)),
    ("Kannst du die letzte Änderung rückgängig machen?", Undo()),
    ("Alles rückgängig machen", Undo()),
    ("Wiederholen", Redo()),
    ("Mach das nochmal", Redo()),
    ("Ja, bitte", Yes()),
    ("Nein danke", No()),
    ("Lösche Milch nicht", No()),
    ("Bitte Milch nicht löschen", No()),
    ("Die erste", Choose((Ordinal(1),))),
    ("Guten Morgen!", Greeting()),
    ("Vielen Dank", Thanks()),
    ("Was kannst du?", Help()),
    ("Das Wetter ist heute schön", Unknown()),
    ("Wie spät ist es?", Unknown()),
    ("Lösche alle Aufgaben über Milch", Unknown()),
]
URDU = [
    ("دودھ خریدنا شامل کریں", add("دودھ خریدنا")),
    ("نیا کام: امی کو فون کرنا", add("امی کو فون کرنا")),
    ("نیا کام: پرانی تصویریں حذف کریں", add("پرانی تصویریں حذف کریں")),
    ("کل دودھ خریدنا میری فہرست میں شامل کرو", add("دودھ خریدنا", TOMORROW)),
    ("ایک نیا کام شامل کریں: بل ادا کرنا", add("بل ادا کرنا")),
    ("مجھے کل صبح ۹ بجے ڈاکٹر کے پاس جانا یاد دلائیں", add("ڈاکٹر کے پاس جانا", TOMORROW, 9)),
    ("مجھے جمعہ کو کرایہ دینا ہے", add("کرایہ دینا", FRIDAY)),
    ("دودھ فہرست کے شروع میں شامل کریں", AddTasks((TaskDraft("دودھ"),), place=Place("first"))),
    ("دودھ میری فہرست کے آخر میں شامل کریں", AddTasks((TaskDraft("دودھ"),), place=Place("last"))),
    ("میرے کام دکھائیں", show()),
    ("تمام کام دکھاؤ", show(Status.ALL)),
    ("میرے باقی کام دکھائیں", show(Status.PENDING)),
    ("مکمل کام دکھائیں", show(Status.COMPLETED)),
    ("آج مجھے کیا کرنا ہے؟", DAY),
    ("آج کے کام دکھائیں", due(DueWindow.TODAY)),
    ("کل کے کام بتاؤ", due(DueWindow.TOMORROW)),
    ("اس ہفتے کے کام", due(DueWindow.WEEK)),
    ("آج یا کل کے کام دکھائیں", days((TODAY, TOMORROW))),
    ("آج اور اگلے ہفتے کے کام دکھائیں", days((TODAY, TODAY), NEXT_WEEK)),
    ("تاخیر شدہ اور آج کے کام دکھائیں", due(DueWindow.OVERDUE, DueWindow.TODAY)),
    ("اہم تاخیر شدہ کام دکھائیں", due(DueWindow.OVERDUE, priority=Priority.HIGH)),
    ("جمعہ تک کے کام دکھائیں", days((dt.date.min, FRIDAY))),
    ("پرسوں کے کام دکھائیں", days((FRIDAY, FRIDAY))),
    ("کتنے کام باقی ہیں؟", ListTasks(Filters(status=Status.PENDING), count_only=True)),
    ("اہم کام دکھائیں", show(Status.PENDING, priority=Priority.HIGH)),
    ("دودھ تلاش کریں", show(query="دودھ")),
    ("کام 3 مکمل کریں", done(3)),
    ("کام نمبر ۳ مکمل کریں", done(3)),
    ("کام ٣ اور ٤ مکمل کر دیں", done(3, 4)),
    ("دودھ خریدنا مکمل ہو گیا", done("دودھ خریدنا")),
    ("میں نے کرایہ والا کام مکمل کر لیا ہے", done("کرایہ")),
    ("دوسرا مکمل کریں", done(Ordinal(2))),
    ("کام 3 دوبارہ کھولیں", again(3)),
    ("کام 3 حذف کریں", gone(3)),
    ("دودھ والا کام ہٹا دیں", gone("دودھ")),
    ("اسے حذف کر دیں", gone(Mentioned())),
    ("تمام مکمل کام حذف کریں", gone(COMPLETED)),
    ("سب کام مٹا دو", gone(ALL)),
    ("براہ کرم کام 7 ڈیلیٹ کریں", gone(7)),
    ("واپس لیں", Undo()),
    ("یہ واپس کریں۔", Undo(of_that=True)),
    ("undo کرو", Undo()),
    ("پچھلی تبدیلی واپس لیں", Undo()),
    ("دوبارہ کریں", Redo()),
    ("redo کر دیں", Redo()),
    ("جی ہاں", Yes()),
    ("نہیں، رہنے دیں", No()),
    ("دودھ حذف نہ کریں", No()),
    ("السلام علیکم", Greeting()),
    ("بہت شکریہ", Thanks()),
    ("مدد", Help()),
    ("موسم کیسا ہے؟", Unknown()),
]


@pytest.mark.parametrize(("sentence", "intent"), [*GERMAN, *URDU])
def test_a_sentence_in_german_or_urdu_means(sentence: str, intent: Intent) -> None:
    assert understand(sentence, NOW, "de") == intent
