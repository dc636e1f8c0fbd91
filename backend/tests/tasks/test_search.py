"""Search: words and beginnings of words in any script, literally, and one slip forgiven where nothing else is found."""

import unicodedata
from typing import Any

import psycopg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from todo_backend.app import Resources
from todo_backend.tasks import list_repository
from todo_backend.tasks.origin import EntryPoint, Origin
from todo_backend.tasks.schemas import TaskCreate, TaskFilter, TaskPage
from todo_backend.tasks.spelling import as_query, spellings

# What a task says, what finds it and what does not.
CASES: list[tuple[str, str, str]] = [
    ("Buy Milk for Ana", "m mil MILK ana, milk?", "ilk milky cream"),
    ("Milk/bread, Tom/Anna, Q3/Q4", "bread anna q4 milk/bread /bread tom/", "read 4 bread/milk"),
    ("write to john.smith@corp.test", "smith corp john.smith @corp test .test", "orp mith@"),
    ("see https://docs.example.org/a/b_c?x=1&y=2#top", "docs example org https:// b_c y=2 top x", "xample ocs"),
    ("node.js, C++ and C#", "js node.js c++ c# node. ++ #", "c+# c-- .ts"),
    ("Cat food", "c cat", "c++ c# ca+"),
    ("call 555-1234 or (030) 90 18 20", "1234 555 555-1234 -1234 030 (030)", "234 5551234"),
    ("raise by 50% or 5%", "50% % 5%", "500 0% 50_"),
    ("snake_case and kebab-case", "case snake_ _ kebab-case -", "snakecase +"),
    ("Mum’s birthday, O'Brien", "mum's mum’s mums mum brien o'brien o’brien obrien ' birthday", "um's"),
    ("d’école naïve Łódź Straße smørrebrød", "ecole d'école naive NAÏVE lodz łodz strasse STRASSE smorrebrod", "cole"),
    (unicodedata.normalize("NFD", "Café Özge Ångström"), "café cafe özge OZGE ångström angstrom", "zge"),
    ("日本語のタスク", "日本 タスク スク 語の 日本語のタスク", "タク カタ"),
    ("買牛奶和雞蛋", "牛奶 雞蛋 買", "牛蛋"),
    ("전화하기 은행", "전화 은행 하기", "은하"),
    ("ซื้อนมและขนมปัง", "นม ขนมปัง", "กขค"),
    ("الكتاب الجديد", "كتاب الكتاب جديد", "قلم"),
    ("دُودھ خریدیں ۱۲", "دودھ خرید 12 ۱۲", "پانی"),
    ("Купить молоко Ёлка", "молоко МОЛ елка ёлка", "локо"),
    ("ΚΑΦΕΣ καφές", "καφες ΚΑΦΈΣ καφ", "αφες"),
    ("<todo> \"quoted\" 'single' {json} [x]", 'todo <todo> "quoted" quoted single \'single\' json {json} [x] "', "(x)"),
    ("a\\b `code` *bold* ~tilde~ | & ! : ; ^ $5", "\\ a\\b `code` *bold* * | & ! : ; ^ $5 $ ~", "£5"),
    ("party 🎉🎂 ✓done", "🎉 🎂 ✓ done party", "🎃"),
    ("ﬁle № ½ ＡＢＣ　x", "file fi abc x", "ile"),
    ("re\u00adsume zero\u200bwidth", "resume zerowidth", "width"),
]


async def found(user: Any, q: str, **more: str) -> list[str]:
    answer = await user.http.get(user.path(), params={"q": q, **more})
    assert answer.status_code == 200, answer.text
    page = answer.json()
    return [] if page["similar"] else [task["title"] for task in page["items"]]


@pytest.mark.parametrize(("title", "finding", "missing"), CASES)
async def test_what_a_task_says_is_found_wherever_a_word_begins(
    user: Any, title: str, finding: str, missing: str
) -> None:
    await user.http.post(user.path(), json={"title": title})
    await user.http.post(user.path(), json={"title": "zzz"})
    [kept] = await found(user, title)
    assert [q for q in finding.split(" ") if await found(user, q) != [kept]] == []
    assert [q for q in missing.split(" ") if await found(user, q)] == []


async def test_notes_and_tags_are_searched_and_every_word_counts(user: Any) -> None:
    await user.http.post(
        user.path(), json={"title": "Buy milk", "description": "organic,\noat", "tags": ["dairy", "to-buy"]}
    )
    for q in ("organic", "oat", "dairy", "buy oat dair", "to-buy", "MILK organic oat"):
        assert await found(user, q) == ["Buy milk"], q
    for q in ("milk bread", "organic oat x"):
        assert await found(user, q) == [], q


async def test_a_task_is_found_by_what_it_says_now(user: Any) -> None:
    made = (await user.http.post(user.path(), json={"title": "Old name"})).json()
    await user.http.patch(user.path(f"/{made['id']}"), json={"title": "New name", "tags": ["tagged"]})
    assert (await found(user, "old"), await found(user, "new tagged")) == ([], ["New name"])
    await user.http.post(f"/api/{user.id}/undo")
    assert (await found(user, "old"), await found(user, "new")) == (["Old name"], [])
    await user.http.delete(user.path(f"/{made['id']}"))
    assert await found(user, "old") == []


@pytest.mark.parametrize(
    "slip", ["dentsit", "dentis", "detnist", "denttist", "denxist", "entist", "ddentist", "dantist"]
)
async def test_one_slip_is_forgiven_where_nothing_else_is_found(user: Any, slip: str) -> None:
    for title in ("Call the dentist", "Dentistry exam", "Paint the door"):
        await user.http.post(user.path(), json={"title": title})
    page = (await user.http.get(user.path(), params={"q": f"call {slip}"})).json()
    begins = "dentist".startswith(slip)
    assert ([task["title"] for task in page["items"]], page["similar"]) == (["Call the dentist"], not begins)


@pytest.mark.parametrize("q", ["dnetsit", "dor", "the plumber", "dentist plumber", "50%x", "d"])
async def test_more_than_one_slip_and_short_words_are_not_guessed(user: Any, q: str) -> None:
    await user.http.post(user.path(), json={"title": "Call the dentist"})
    await user.http.post(user.path(), json={"title": "Fix the car"})
    page = (await user.http.get(user.path(), params={"q": q})).json()
    assert [task["title"] for task in page["items"] if page["similar"]] == []


async def test_similar_words_have_pages_and_keep_to_the_filter(user: Any) -> None:
    for number in range(5):
        await user.http.post(user.path(), json={"title": f"Meeting {number}", "completed": number == 4})
    titles: list[str] = []
    cursor: dict[str, str] = {}
    for _ in range(3):
        params = {"q": "meetign", "status": "pending", "sort": "title", "limit": "2", **cursor}
        page = (await user.http.get(user.path(), params=params)).json()
        titles += [task["title"] for task in page["items"]]
        if page["next_cursor"] is None:
            break
        assert page["similar"]
        cursor = {"cursor": page["next_cursor"]}
    assert titles == [f"Meeting {number}" for number in range(4)]


async def test_nobody_finds_what_others_wrote(new_user: Any) -> None:
    one, other = new_user(), new_user()
    await one.http.post(one.path(), json={"title": "Secret plan"})
    await other.http.post(other.path(), json={"title": "Something"})
    for q in ("secret", "secrte", "plan"):
        assert (await other.http.get(other.path(), params={"q": q})).json()["items"] == []


@pytest.mark.parametrize("sort", ["created", "due_date", "priority", "title"])
@pytest.mark.parametrize("status", ["all", "pending"])
async def test_common_and_rare_words_have_all_their_pages(
    user: Any, monkeypatch: pytest.MonkeyPatch, sort: str, status: str
) -> None:
    """Whether they are met among the first tasks of the order or looked up in the index of words."""
    monkeypatch.setattr(list_repository, "_LOOKED_AT", "4")
    for number in range(12):
        title = f"{'rare' if number in (0, 7, 11) else 'common'} {number}"
        await user.http.post(user.path(), json={"title": title, "completed": number % 3 == 0})
    for q in ("common", "rare", "common 1"):
        params = {"q": q, "sort": sort, "status": status, "limit": "200"}
        whole = [task["id"] for task in (await user.http.get(user.path(), params=params)).json()["items"]]
        paged: list[int] = []
        page: dict[str, Any] = {"next_cursor": ""}
        while page["next_cursor"] is not None:
            more = {"cursor": page["next_cursor"]} if page["next_cursor"] else {}
            page = (await user.http.get(user.path(), params=params | {"limit": "2"} | more)).json()
            paged += [task["id"] for task in page["items"]]
        assert whole == paged
        assert len(whole) > 0


@pytest.mark.parametrize("mark", "‘’‚‛ʼ`´'")
async def test_every_apostrophe_is_one_whatever_stands_beside_it(
    new_user: Any, resources: Resources, mark: str
) -> None:
    owner = new_user().principal
    for title in (f"Don{mark}t", f"Don{mark}t, José", mark):
        await resources.tasks.create(owner, Origin(EntryPoint.REST), TaskCreate(title=title))
    for q, count in ((mark, 3), ("don`t", 2), ("don't", 2), ("don`t josé", 1)):
        page = TaskPage.model_validate_json(await resources.tasks.list(owner, TaskFilter(q=q)))
        assert len(page.items) == count, q


@settings(max_examples=60)
@given(
    text=st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), min_size=1, max_size=40),
    data=st.data(),
)
async def test_every_text_can_be_kept_and_finds_itself(
    new_user: Any, resources: Resources, text: str, data: st.DataObject
) -> None:
    owner = new_user().principal
    draft = TaskCreate(title="x", description=text)
    await resources.tasks.create(owner, Origin(EntryPoint.REST), draft)
    words = text.split()
    q = data.draw(st.sampled_from(words)) if words else "x"
    page = TaskPage.model_validate_json(await resources.tasks.list(owner, TaskFilter(q=q)))
    terms = await _terms(resources, q)
    assert len(page.items) == (1 if terms else 0)


async def _terms(resources: Resources, q: str) -> list[str]:
    row = await list_repository.fetch_one(resources.tasks._connections, "SELECT task_terms(%(q)s)", {"q": q})
    assert row is not None
    terms: list[str] = row[0]
    return terms


@given(word=st.text("abcdeß'\\", min_size=1, max_size=20))
def test_spellings_are_one_letter_away(word: str) -> None:
    made = dict(spellings(word))
    assert made[word]
    assert all(abs(len(other) - len(word)) <= 1 for other in made)


def test_terms_are_asked_for_as_they_are_kept(database_url: str) -> None:
    with psycopg.connect(database_url) as connection:
        for word in ("milk", "it's", "a\\b", "タスク", "x:*", "a|b&c"):
            found = connection.execute(
                "SELECT array_to_tsvector(ARRAY[left(md5('ann'), 6) || %(word)s::text]) @@ %(query)s::tsquery",
                {"word": word, "query": as_query("ann", word)},
            ).fetchone()
            assert found == (True,), word
