from __future__ import annotations

import pytest
from django.conf import settings
from django.test import Client

from letters.models import Letter, LetterStatus
from tests.builders import a_letter

pytestmark = pytest.mark.django_db


def test_sitemap_has_each_language_of_visible_letters_only(letter: Letter) -> None:
    a_letter("sealed", status=LetterStatus.EMBARGOED)
    a_letter("unwritten", status=LetterStatus.DRAFT)
    response = Client().get("/sitemap.xml")
    page = response.content.decode()
    for path in ("/letters/a-letter/", "/letters/a-letter/fr/", "/letters/a-letter/ar/"):
        assert f"<loc>{settings.SITE_URL}{path}</loc>" in page
    assert "sealed" not in page
    assert "unwritten" not in page
    assert page.count("<loc>") == 3
    assert not response.cookies


def test_robots_are_kept_out_of_personal_pages() -> None:
    response = Client().get("/robots.txt")
    assert response["Content-Type"] == "text/plain"
    lines = response.content.decode().splitlines()
    assert f"Sitemap: {settings.SITE_URL}/sitemap.xml" in lines
    assert {"Disallow: /manage/", "Disallow: /invited/", "Disallow: /organise/"} <= set(lines)
