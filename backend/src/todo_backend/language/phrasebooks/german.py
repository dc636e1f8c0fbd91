"""German commands."""

from todo_backend.language.fields import DueWindow, Priority, Status
from todo_backend.language.phrasebook import Phrasebook

_DONE = r"(?:erledigt|fertig|abgeschlossen|gemacht|getan|abgehakt)"
_LIST = (
    r"(?:(?:auf|in|zu|von|aus|an) (?:die|der|meine|meiner|meinen)"
    r" (?:to-?do-?|aufgaben-?|einkaufs-?)?(?:liste|aufgaben))"
)
_TASK = r"(?:aufgaben?|to-?dos?|erinnerung(?:en)?|eintr(?:ag|äge)|punkte?)"
_CHANGE = (
    r"(?:das(?: letzte)?|es|dies|alles|(?:die |meine |deine )?(?:letzten?|vorige|vorherige) (?:änderung|aktion|schritt)"
    r"|den letzten schritt|(?:die|meine|deine)(?: letzte)? (?:änderung|löschung|aktion)|das (?:löschen|hinzufügen))"
)
_ALREADY = r"(?: (?:schon|bereits|jetzt|gerade|eben|alle|nun|endlich))*"

GERMAN = Phrasebook(
    script=r"[a-z]",
    polite=(
        r"(?:bitte|hallo|hey|hi|und|also|dann|ok|okay|jetzt|so|(?:kannst|könntest|würdest) du(?: bitte| mir| mal)*"
        r"|ich (?:möchte|will|würde)(?: bitte| gerne?)*)[, ]+",
        r"[, ]+(?:bitte|danke|mal|jetzt)",
    ),
    add=(
        rf"füge?(?: bitte| noch)*(?: (?:eine |die )?(?:neue )?{_TASK})?:? (?P<title>.+?)(?: {_LIST})? hinzu",
        rf"füge? (?:die |eine )?(?:neue )?{_TASK} hinzu ?[:,-] ?(?P<title>.+)",
        rf"(?:neue |neuer |weitere ){_TASK} ?[:,-]? ?(?P<title>.+)",
        rf"(?:{_TASK}|notiz|nicht vergessen) ?: ?(?P<title>.+)",
        rf"(?:erstelle?|lege?|mache?)(?: mir| bitte)*(?: eine?n?)?(?: neuen?)? {_TASK}(?: an)?(?: namens|,| um| für)?"
        r" ?:? ?(?P<title>.+?)(?: an)?",
        rf"(?:setze?|schreibe?|packe?|trage?|nimm|notiere?)(?: bitte| noch| mir)* (?P<title>.+?) {_LIST}"
        r"(?: auf| ein)?",
        r"(?:trage?|plane?)(?: mir| bitte)* (?P<title>.+?) ein",
        r"(?:notiere?|merke?)(?: dir| mir)? ?[:,]? (?P<title>.+)",
        r"erinnere?(?: bitte)? mich(?: bitte)?(?P<when> .+?)?(?: daran,?(?: dass)?| an) (?P<title>.+)",
        r"(?:vergiss nicht|nicht vergessen|denk(?:e)? daran),? (?P<title>.+)",
        rf"(?P<title>.+?)(?: {_LIST})? (?:hinzufügen|eintragen|notieren|aufschreiben|dazuschreiben)",
        r"(?:ich|wir) (?:muss|müssen|müsste)(?: noch| unbedingt| auch)* (?P<title>.+)",
    ),
    noted=rf"(?:(?:(?:neue[rn]?|weitere[rn]?) )?{_TASK}|notiz|notiere?(?: dir| mir)?) ?[:,-] ?\S"
    r"|(?:merke? (?:dir|mir)|erinnere?(?: bitte)? mich|vergiss nicht|nicht vergessen|denke? daran"
    r"|(?:ich|wir) (?:muss|müssen|müsste))\b",
    first=rf" (?:ganz oben|zuoberst|oben(?= {_LIST})|(?:am|an den|zum) anfang(?: (?:der|meiner) liste)?"
    rf"|als erste[srn]?(?: {_TASK})?)(?=(?: {_LIST})?(?: hinzu| ein| auf|$))",
    last=rf" (?:ganz unten|zuunterst|unten(?= {_LIST})|(?:am|ans|an das|zum) ende(?: (?:der|meiner) liste)?"
    rf"|als letzte[srn]?(?: {_TASK})?)(?=(?: {_LIST})?(?: hinzu| ein| auf|$))",
    show=(
        r"(?:zeige?|liste|nenne?|lies|gib)(?: mir| bitte| mal| uns)*(?P<which> .+?)?(?: auf| an| vor| aus)?",
        r"(?P<which>.+?) (?:anzeigen|auflisten|zeigen|sehen)",
    ),
    ask=(
        r"(?P<which>(?:was|welche[rs]?|wie viele|wieviele|gibt es|habe? ich|steht|sind|ist) .+)",
        rf"(?P<which>(?:.+ )?(?:{_TASK}|to-?do-?liste|aufgabenliste|liste)(?: .+)?)",
    ),
    find=(
        rf"(?:suche?|finde)(?: mir| bitte)*(?: nach)?(?: (?:allen? |der |die |den |meinen? )*{_TASK}(?: mit| zu)?)?"
        r" (?P<query>.+)",
        rf"zeige?(?: mir)? (?:alle |die |meine )*{_TASK} (?:mit|zu|über|namens) (?P<query>.+)",
    ),
    complete=(
        rf"(?:markiere?|setze?|hake?|kreuze?|melde?) (?P<ref>.+?) (?:als|auf) {_DONE}",
        r"(?:hake?|schließe?|kreuze?|streiche?) (?P<ref>.+?) ab",
        rf"erledige? (?P<ref>{_TASK} .+|[0-9 ,#und]+|alles?|alle .+|sie|es|das)",
        rf"(?P<ref>.+?) als {_DONE} (?:markieren|abhaken|melden)",
        r"(?P<ref>.+?) (?:abhaken|abschließen)",
        rf"(?!was\b|welche|wie\b|wann\b|ist\b|sind\b)(?P<ref>.+?) (?:ist|sind|wurden?|hab(?:e)? ich){_ALREADY} {_DONE}",
        rf"(?:ich|wir) (?:habe?|haben|bin|hab) (?:mit )?(?P<ref>.+?){_ALREADY} {_DONE}",
        rf"(?P<ref>{_TASK} #?[0-9]+(?:(?:,| und|, und) #?[0-9]+)*):? {_DONE}",
        rf"{_DONE}(?: mit|:) (?P<ref>.+)",
    ),
    reopen=(
        r"(?:markiere?|setze?) (?P<ref>.+?) (?:als|auf) (?:nicht erledigt|unerledigt|offen|noch nicht erledigt)",
        r"öffne (?P<ref>.+?)(?: wieder| erneut)",
        r"(?P<ref>.+?) wieder öffnen",
        rf"(?!was\b|welche|ist\b|sind\b)(?P<ref>.+?) (?:ist|sind) (?:doch |noch )*nicht {_DONE}",
    ),
    delete=(
        rf"(?:lösche?|loesche?|entferne?|streiche?)(?: bitte)? (?P<ref>.+?)(?: {_LIST})?",
        rf"(?:nimm|wirf) (?P<ref>.+?)(?: {_LIST})? (?:raus|weg|runter)",
        rf"(?P<ref>.+?)(?: {_LIST})? (?:löschen|entfernen|streichen)",
    ),
    undo=rf"(?:(?:{_CHANGE} )?(?:wieder )?(?:rückgängig(?: machen)?|zurücknehmen|widerrufen|zurücksetzen)"
    rf"|mache?(?: {_CHANGE})?(?: bitte| mal)*(?: wieder)? rückgängig"
    rf"|(?:nimm|setze?) {_CHANGE}(?: bitte)?(?: wieder)? zurück|widerrufe?(?: {_CHANGE})?"
    r"|undo|stelle? (?:das|es|sie) wieder her)",
    redo=r"(?:wiederholen|redo|(?:doch |mache? (?:das|es) )?(?:noch ?mals?|noch einmal|erneut)(?: machen)?"
    r"|mache? (?:das|es) (?:doch )?wieder|(?:das |es )?doch wieder(?: machen)?"
    r"|mache? (?:das|die) rückgängig(?:machen|machung)(?: wieder)? rückgängig"
    r"|stelle? die (?:letzte )?änderung wieder her|(?:das |die (?:letzte )?änderung )wiederherstellen)",
    that=r"\b(?:das|es|sie|dies)\b",
    undone={r"\blösch": "deleted", r"\bhinzufügen\b": "created"},
    yes=r"(?:ja|jawohl|jo|jep|klar|na klar|gerne?|genau|sicher|in ordnung|einverstanden|mach das|mach es)"
    r"(?:[,! ]+(?:bitte|gerne?|mach das|mach es|klar))*",
    no=r"(?:nein|nee|nö|abbrechen|lass (?:es|das)|doch nicht|lieber nicht|stopp|vergiss es)"
    r"(?:[,! ]+(?:danke|bitte|lieber nicht))*",
    not_to_do=r"(?:lösche?|entferne?|streiche?|erledige?|ändere?|verschiebe?|füge?) .+ nicht(?: hinzu)?"
    r"|.+ nicht (?:löschen|entfernen|streichen|erledigen|ändern|verschieben|hinzufügen)",
    greeting=r"(?:hallo|moin|servus|grüß (?:dich|gott)|guten (?:morgen|tag|abend))(?: zusammen)?",
    thanks=r"(?:danke(?:schön| schön| dir| sehr)?|vielen dank|besten dank|super|prima|perfekt)(?:,? danke)?",
    help=r"(?:hilfe|hilf mir|was kannst du(?: alles)?(?: tun| machen)?|wie funktioniert das)",
    noun=rf"(?:die |der |den |das |meine? )?{_TASK}(?: mit der)?(?: nummer| nr\.?)?",
    one=rf"(?:es|das|sie|ihn|die(?:se)? {_TASK}|das da|diese|dieses)",
    many=rf"(?:beide|alle beide|sie alle|alle davon|diese {_TASK})",
    ordinals={
        "erste": 1, "ersten": 1, "erster": 1, "zweite": 2, "zweiten": 2, "dritte": 3, "dritten": 3, "vierte": 4,
        "vierten": 4, "fünfte": 5, "fünften": 5, "letzte": -1, "letzten": -1,
    },
    before_name=rf"(?:(?:die|den|das|der|meine?n?|unsere?n?) )?(?:{_TASK} )?",
    after_name=rf"(?:(?: |-){_TASK})?",
    all=r"\b(?:alle[ns]?|sämtliche|ganze|komplette)\b",
    statuses={
        r"\b(?:offene?n?|ausstehende?n?|unerledigte?n?|noch nicht erledigt\w*|nicht erledigt\w*|noch zu tun|zu tun"
        r"|noch zu erledigen|zu erledigen)\b": Status.PENDING,
        r"\b(?:erledigte?[nrs]?|fertige?n?|abgeschlossene?n?|geschafft|abgehakte?n?)\b": Status.COMPLETED,
    },
    windows={
        r"\b(?:überfällige?n?|verspätete?n?|zu spät)\b": DueWindow.OVERDUE,
        r"\bohne (?:termin|datum|frist|fälligkeit(?:sdatum)?)\b": DueWindow.NONE,
        r"\b(?:heute(?: (?:abend|morgen|früh|mittag|nachmittag|vormittag))?|heutigen?)\b": DueWindow.TODAY,
        r"\bübermorgen\b": "day after tomorrow",
        r"\bvorgestern\b": "day before yesterday",
        r"\bgestern\b": "yesterday",
        r"\b(?:morgen(?: (?:abend|früh|mittag|nachmittag|vormittag))?|morgigen?)\b": DueWindow.TOMORROW,
        r"\b(?:(?:in )?diese[rn]? woche|(?:in den )?nächsten (?:7|sieben) tagen?)\b": DueWindow.WEEK,
        r"\b(?:in der )?nächste[rn]? woche\b": "next week",
        r"\b(?:in der )?(?:letzte|vorige|vergangene)[rn]? woche\b": "last week",
        r"\b(?:in )?diese[nm] monat\b": "this month",
        r"\b(?:im )?nächsten monat\b": "next month",
        r"\b(?:am |dieses )?wochenende\b": "weekend",
    },
    until=(r"\b(?:bis|spätestens)(?: zum| einschließlich)?", r"(?!)"),
    then=r"[.;!]+ |\n|,? (?:und|dann|danach|anschließend)(?: (?:dann|danach|anschließend|auch|bitte))* |, ",
    joint=r",? (?:und|oder|sowie)(?: auch)? |, ",
    priorities={
        r"\b(?:wichtige?n?|dringende?n?|(?:mit )?hohe[rn]? priorität|priorität hoch)\b": Priority.HIGH,
        r"\b(?:mit )?mittlere[rn]? priorität\b": Priority.MEDIUM,
        r"\b(?:mit )?niedrige[rn]? priorität\b": Priority.LOW,
    },
    how_many=r"\bwie ?viele\b",
    to_do=r"\b(?:tun|machen|erledigen|an|los|dran)$",
    filler=rf"\b(?:{_TASK}|(?:to-?do-?|aufgaben)?liste|termine?|sachen|dinge|meine[rnms]?|mir|ich|hab(?:e|en)?|hat|wir"
    r"|uns|steh(?:t|en)|ist|sind|was|welche[rs]?|muss|müssen|soll(?:te)?|kann|noch|tun|machen|fällig|auf|der|die|das"
    r"|den|dem|für|am|im|in|war|waren|sonst|zu|gibt|es|bitte|mal|mit|und|denn|so|wie|viele|wieviele|alles|plan|programm|agenda|an|los|dran|davon|da|vor|geplant)\b",
    title_endings={
        r"^(?:noch|auch|unbedingt|dann) (?=\S+ \S)": "",
        r"^(?:den|die|das|der|meine?n?) (?=\S+$)": "",
        r" zu (?=\w+en$)": " ",
        r"\b(an|auf|ab|aus|ein|mit|vor|nach|zurück|weg|her|hin|um)zu(?=\w+en$)": r"\1",
    },
)  # fmt: skip
