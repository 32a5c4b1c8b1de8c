from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from common import pagecache
from deliveries.models import DeliveryStatus
from letters.models import Letter, LetterStatus
from signatories.models import Tally
from signatories.services.refresh_tallies import refresh_tallies
from tests.builders import a_letter, a_signature
from tests.deliveries.builders import a_delivery, an_office

pytestmark = pytest.mark.django_db


def test_page_shows_text_version_hash_and_form_without_a_cookie(
    client: Client, letter: Letter
) -> None:
    response = client.get("/letters/a-letter/")
    page = response.content.decode()
    assert "We ask for <em>better</em> paper." in page
    assert letter.current_version is not None
    assert letter.current_version.text_sha256 in page
    assert 'action="/letters/a-letter/sign/"' in page
    assert not response.cookies
    assert response["Cache-Control"].startswith("public")
    assert "Cookie" not in response["Vary"]


@pytest.mark.parametrize(
    ("url", "language", "direction"),
    [
        ("/letters/a-letter/", "en", "ltr"),
        ("/letters/a-letter/fr/", "fr", "ltr"),
        ("/letters/a-letter/ar/", "ar", "rtl"),
    ],
)
def test_page_speaks_the_language_of_its_address(
    client: Client, letter: Letter, url: str, language: str, direction: str
) -> None:
    page = client.get(url, headers={"Accept-Language": "de"}).content.decode()
    assert f'<html lang="{language}" dir="{direction}"' in page


@pytest.mark.parametrize("path", ["de/", "en/", "de/roll/", "en/roll/", "en/check-inbox/"])
def test_page_that_is_not_there_answers_404(client: Client, letter: Letter, path: str) -> None:
    assert client.get(f"/letters/a-letter/{path}").status_code == 404
    assert client.get("/letters/nowhere/").status_code == 404


@pytest.mark.parametrize("status", [LetterStatus.DRAFT, LetterStatus.EMBARGOED])
def test_letter_not_public_is_nowhere(client: Client, db: None, status: str) -> None:
    letter = a_letter(status=status)
    refresh_tallies()
    for suffix in ("", "fr/", "count.json", "roll/", "check-inbox/", "sign/"):
        assert client.get(f"/letters/{letter.slug}/{suffix}").status_code == 404
    assert "A letter about paper" not in client.get("/").content.decode()


def test_page_costs_few_queries(
    client: Client, letter: Letter, django_assert_max_num_queries: Any
) -> None:
    for n in range(30):
        a_signature(letter, f"Name {'x' * (n + 1)}", featured_rank=n if n < 5 else None)
        a_signature(letter, "Rep", email=f"r{n}@x.example", organisation_name=f"Guild {'x' * n}")
    office = an_office()
    for _ in range(3):
        delivery = a_delivery(letter, office)
        delivery.status = DeliveryStatus.SENT
        delivery.ready_at = delivery.sent_at = timezone.now()
        delivery.save(update_fields=["status", "ready_at", "sent_at"])
    # One each for the text, the tallies, the lists, their marks, deliveries, guilds, affiliations.
    with django_assert_max_num_queries(10):
        page = client.get("/letters/a-letter/").content.decode()
    assert page.count('href="/deliveries/a-letter/') == 3


def test_second_view_costs_none(
    client: Client, letter: Letter, django_assert_num_queries: Any
) -> None:
    client.get("/letters/a-letter/")
    with django_assert_num_queries(0):
        client.get("/letters/a-letter/")


def test_times_that_say_utc_are_utc(client: Client, letter: Letter, settings: Any) -> None:
    settings.TIME_ZONE = "Asia/Tokyo"
    refresh_tallies()
    computed_at = Tally.objects.get(letter=letter).computed_at
    assert computed_at is not None
    page = client.get("/letters/a-letter/").content.decode()
    assert f"at {computed_at:%H:%M} UTC" in page


def test_count_is_a_tiny_json(client: Client, letter: Letter) -> None:
    a_signature(letter)
    refresh_tallies()
    response = client.get("/letters/a-letter/count.json")
    assert response.json() == {"counted": 1, "people": 1, "organisations": 0, "goal": None}
    assert len(response.content) < 100


def test_closed_letter_has_no_form_and_says_why(client: Client, db: None) -> None:
    a_letter(status=LetterStatus.CLOSED)
    page = client.get("/letters/a-letter/").content.decode()
    assert "<form" not in page
    assert "This letter is closed." in page


@pytest.mark.parametrize("path", ["/", "/letters/a-letter/", "/letters/a-letter/roll/"])
def test_public_page_loads_nothing_from_elsewhere(
    client: Client, letter: Letter, path: str
) -> None:
    import re

    page = client.get(path).content.decode()
    loaded = re.findall(r'<(?:link|script|img|iframe|source)[^>]*(?:href|src)="([^"]+)"', page)
    assert [url for url in loaded if not url.startswith(("/", "http://localhost:8000/"))] == []
    assert "style=" not in page
    assert "<style" not in page


def test_page_bounds_its_organisations(client: Client, letter: Letter, monkeypatch: Any) -> None:
    monkeypatch.setattr("coalition.views.letter.ORGANISATIONS_SHOWN", 2)
    for n in range(2):
        a_signature(letter, "Rep", email=f"r{n}@x.example", organisation_name=f"Guild {n}")
    link = 'href="/letters/a-letter/roll/?show=organisation"'
    assert link not in client.get("/letters/a-letter/").content.decode()
    a_signature(letter, "Rep", email="z@x.example", organisation_name="Zebra Guild")
    pagecache.pages.clear()
    page = client.get("/letters/a-letter/").content.decode()
    assert link in page
    assert "Zebra Guild" not in page
    assert "Zebra Guild" in client.get("/letters/a-letter/roll/?show=organisation").content.decode()
