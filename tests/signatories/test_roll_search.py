from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db.models import BooleanField
from django.db.models.expressions import RawSQL
from django.test import Client
from django.utils import timezone

from common import pagecache
from letters.models import Letter
from signatories.models import Capacity, Signature, Status
from signatories.roll import RollQuery, SearchTooBroad, roll_page
from tests.builders import a_letter, a_signature

pytestmark = pytest.mark.django_db
ROLL = "/letters/a-letter/roll/"


def found(letter: Letter, **query: Any) -> list[str]:
    return [entry.display_name for entry in roll_page(letter.pk, RollQuery(**query)).entries]


@pytest.mark.parametrize(
    ("name", "searches"),
    [
        ("Élodie Müller-Straße", ["elodie", "MULLER", "müll strasse", "Elodie Müller-Straße"]),
        ("Søren Đặng Łukasz", ["soren", "DANG", "lukasz", "đặng"]),
        ("Γιώργος Σεφέρης", ["γιωργοσ", "ΣΕΦΕΡΗΣ"]),
        ("Алёна Толстая", ["алена", "ТОЛСТ"]),
        ("أحمد مُحَمَّد", ["احمد", "محمد", "أحمد"]),
        ("शर्मिला टैगोर", ["शर्मिला", "टै"]),
        ("王小明", ["王", "小明", "王小明"]),
        ("김민수", ["민수", "김"]),
        ("שָׁלוֹם עליכם", ["שלום"]),
        ("J. O’Neil", ["j", "o'neil", "neil"]),
        ("Ｆｕｌｌ Width", ["full"]),
    ],
)
def test_search_minds_neither_case_nor_accents_in_any_script(
    letter: Letter, name: str, searches: list[str]
) -> None:
    a_signature(letter, name, email="one@x.example")
    a_signature(letter, "Zebra Quux", email="two@x.example")
    for words in searches:
        assert found(letter, words=words) == [name], words
    assert found(letter, words="nobody else") == []


def test_search_finds_affiliations_countries_and_organisations(letter: Letter) -> None:
    a_signature(letter, "Ada", affiliation="The Paper Guild", country="FR")
    a_signature(letter, "Bea", affiliation="Ink Society", country="DE")
    a_signature(letter, "Rep", organisation_name="Guild of Pens", country="FR")
    assert found(letter, words="guild") == ["Ada"]
    assert found(letter, words="guild", capacity=Capacity.ORGANISATION) == ["Guild of Pens"]
    assert found(letter, country="DE") == ["Bea"]
    assert found(letter, words="bea", country="FR") == []
    a_signature(letter, "Cem", affiliation="A Paper Mill")
    assert found(letter, words="the paper") == ["Ada"]


def test_roll_is_filtered_by_mark(client: Client, letter: Letter) -> None:
    a_signature(letter, "Ada", marks=["guild_code", "vouched"])
    a_signature(letter, "Bea", marks=["vouched"])
    a_signature(letter, "Cem")
    assert found(letter, mark="guild_code") == ["Ada"]
    assert found(letter, mark="vouched") == ["Ada", "Bea"]
    page = client.get(ROLL, {"mark": "guild_code"}).content.decode()
    assert "Ada" in page
    assert "Bea" not in page


def test_search_never_finds_what_is_not_public(client: Client, letter: Letter) -> None:
    for n, status in enumerate(Status.values):
        if status != Status.COUNTED:
            a_signature(letter, f"Secret {'x' * (n + 1)}", status=status)
    a_signature(letter, "Secret Anonymous", show_name=False)
    a_signature(letter, "Secret Noweb", consent_web=False)
    # The representative's name and role are not public, and an address never is.
    a_signature(letter, "Secret Rep", organisation_name="A Guild", role_title="Secret")
    a_signature(a_letter("other"), "Secret Elsewhere")
    for words in ("secret", "mail.example", "anonymous"):
        response = client.get(ROLL, {"q": words})
        assert response.status_code == 200
        assert "Nobody who is listed matches" in response.content.decode()


@pytest.mark.parametrize(
    "words",
    ["'", "\\", "a:*", "!", "& |", "<->", "%", "x" * 100, "x" * 101, "\x00", "\u202e", "🙂"],
)
def test_search_takes_any_text(client: Client, letter: Letter, words: str) -> None:
    a_signature(letter)
    assert client.get(ROLL, {"q": words, "country": "??", "sort": "x"}).status_code == 200


def test_newest_first_pages_are_whole_both_ways(letter: Letter) -> None:
    now = timezone.now()
    for n in range(25):
        a_signature(
            letter, "Same", email=f"{n}@x.example", confirmed_at=now - timedelta(minutes=n // 3)
        )
    query = RollQuery(newest_first=True)
    pages = [roll_page(letter.pk, query, size=10)]
    while cursor := pages[-1].next_cursor:
        pages.append(roll_page(letter.pk, query, cursor, size=10))
    seen = [entry.pk for page in pages for entry in page.entries]
    assert (len(seen), len(set(seen))) == (25, 25)
    times = [entry.confirmed_at for page in pages for entry in page.entries]
    assert times == sorted(times, reverse=True)
    back = roll_page(letter.pk, query, pages[2].previous_cursor, size=10)
    assert [entry.pk for entry in back.entries] == [entry.pk for entry in pages[1].entries]


def test_cursor_of_another_order_answers_no_error(client: Client, letter: Letter) -> None:
    a_signature(letter)
    by_name = "AAAAAAAAAAH_____________________________"
    assert client.get(ROLL, {"after": by_name, "sort": "time"}).status_code in (200, 404)


def test_links_to_more_keep_the_search(client: Client, letter: Letter, monkeypatch: Any) -> None:
    for n in range(3):
        a_signature(letter, f"Ada {'abc'[n]}", country="FR")
    monkeypatch.setattr(roll_page, "__defaults__", (None, 2))
    page = client.get(ROLL, {"q": "ada", "country": "FR", "sort": "time"}).content.decode()
    assert "?q=ada&amp;country=FR&amp;sort=time&amp;after=" in page
    assert 'value="ada"' in page


def test_organisations_have_a_list_of_their_own(client: Client, letter: Letter) -> None:
    a_signature(letter, "A Person")
    a_signature(letter, "Rep", organisation_name="A Guild")
    page = client.get(ROLL, {"show": "organisation"}).content.decode()
    assert "A Guild" in page
    assert "A Person" not in page


def test_searches_are_neither_kept_nor_answered_from_memory(client: Client, letter: Letter) -> None:
    a_signature(letter, "Ada")
    a_signature(letter, "Bea")
    assert "Bea" in client.get(ROLL).content.decode()
    kept = len(pagecache.pages._pages)
    for query in ({"q": "ada"}, {"q": "ada", "after": ""}, {"sort": "time"}, {"country": "FR"}):
        response = client.get(ROLL, query)
        assert response["Cache-Control"] == "no-store"
        assert ("Bea" in response.content.decode()) == ("sort" in query)
    assert len(pagecache.pages._pages) == kept
    client.get(ROLL, {"utm_source": "mail"})
    assert len(pagecache.pages._pages) == kept


def test_searches_are_throttled_by_network_and_the_roll_is_not(
    client: Client, letter: Letter, settings: Any
) -> None:
    settings.THROTTLE_PER_MINUTE = {**settings.THROTTLE_PER_MINUTE, "search": 2}
    statuses = [client.get(ROLL, {"q": "ada"}).status_code for _ in range(3)]
    assert statuses == [200, 200, 429]
    assert client.get(ROLL).status_code == 200
    assert client.get(ROLL, {"q": "a"}, REMOTE_ADDR="192.0.2.9").status_code == 200


def test_search_that_takes_too_long_asks_for_more_letters(
    client: Client, letter: Letter, monkeypatch: Any
) -> None:
    def broad(*_: object, **__: object) -> None:
        raise SearchTooBroad

    monkeypatch.setattr("signatories.views.roll.roll_page", broad)
    response = client.get(ROLL, {"q": "a"})
    assert response.status_code == 422
    assert "Please write more of the name" in response.content.decode()


@pytest.mark.parametrize("newest_first", [False, True])
def test_search_that_matches_many_walks_to_the_same_pages(
    letter: Letter, monkeypatch: Any, newest_first: bool
) -> None:
    now = timezone.now()
    for n in range(12):
        name = f"{'Ada' if n % 3 else 'Bea'} {chr(97 + n * 7 % 12)}"
        a_signature(letter, name, country="FR", confirmed_at=now - timedelta(minutes=n * 5 % 12))
    a_signature(letter, "Ada Elsewhere", country="DE")
    query = RollQuery(words="ada", country="FR", newest_first=newest_first)

    def pages() -> list[list[str]]:
        first = roll_page(letter.pk, query, size=3)
        second = roll_page(letter.pk, query, first.next_cursor, size=3)
        third = roll_page(letter.pk, query, second.next_cursor, size=3)
        back = roll_page(letter.pk, query, third.previous_cursor, size=3)
        shown = [[entry.name for entry in page.entries] for page in (first, second, third)]
        assert [entry.name for entry in back.entries] == shown[1]
        return shown

    sorted_pages = pages()
    assert [len(page) for page in sorted_pages] == [3, 3, 2]
    monkeypatch.setattr("signatories.roll.MOST_SORTED", 2)
    assert pages() == sorted_pages


def test_words_of_the_longest_names_fit_the_index(letter: Letter) -> None:
    """An index's row has 2,704 bytes; one too long would be an error for whoever confirms."""
    signature = a_signature(letter, "𐎠𐎡" * 60, affiliation="ﷺ𐎣" * 80)
    Signature.objects.filter(pk=signature.pk).update(sort_key=bytes(range(256)) * 4)
    assert found(letter, words="𐎠𐎡") == [signature.name]


def test_search_is_ended_by_postgres(letter: Letter, monkeypatch: Any) -> None:
    a_signature(letter, "Ada")
    monkeypatch.setattr("signatories.roll.SEARCH_MILLISECONDS", 20)
    slow = RawSQL("pg_sleep(1) IS NOT NULL", (), output_field=BooleanField())
    monkeypatch.setattr(
        "signatories.roll.listed", lambda pk: Signature.objects.of_letter(pk).filter(slow)
    )
    with pytest.raises(SearchTooBroad):
        found(letter, words="ada")
    monkeypatch.undo()
    assert found(letter, words="ada") == ["Ada"]


def test_searching_costs_three_questions(
    client: Client, letter: Letter, django_assert_max_num_queries: Any
) -> None:
    for n in range(20):
        a_signature(letter, f"Ada {'x' * n}", organisation_name=f"Guild {n}" if n % 2 else "")
    client.get(ROLL)
    with django_assert_max_num_queries(21):  # four, each with a time limit; not one a line
        client.get(ROLL, {"q": "ada"})
