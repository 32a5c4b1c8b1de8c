"""Promise 5: public pages set no cookie, load nothing from elsewhere and can sit behind any CDN."""

from __future__ import annotations

import re

import pytest
from django.conf import settings
from django.test import Client

from letters.models import Letter
from signatories.services.refresh_tallies import refresh_tallies
from tests.builders import a_signature
from tests.promises.public_pages import open_all

LOADED = re.compile(
    r"<(?:link|script|img|iframe|source|video|audio|object|embed|form|input)\b[^>]*?"
    r"\s(?:href|src|srcset|data|poster|action)=[\"']([^\"']+)"
)
CSS_LOADS = re.compile(r"url\(\s*[\"']?([^)\"']+)|@import\s+[\"']([^\"']+)")
OURS = ("/", "#", "data:", "http://localhost:8000/")


@pytest.mark.django_db
def test_public_pages_set_no_cookie_and_may_be_kept_by_a_cdn(letter: Letter) -> None:
    a_signature(letter)
    refresh_tallies()
    for path, response in open_all():
        assert not response.cookies, path
        assert "Set-Cookie" not in response, path
        assert "cookie" not in response.get("Vary", "").lower(), path
        cache = response.get("Cache-Control", "")
        assert "private" not in cache, path
        assert cache.startswith("public") or cache == "no-store", f"{path}: {cache}"


@pytest.mark.django_db
def test_a_cdn_may_give_everybody_the_same_bytes(letter: Letter) -> None:
    for path, first in open_all():
        if not first.get("Cache-Control", "").startswith("public"):
            continue
        other = Client(headers={"Accept-Language": "ar", "Cookie": "sessionid=x; csrftoken=y"})
        assert other.get(path).content == first.content, path


@pytest.mark.django_db
def test_public_pages_load_nothing_from_elsewhere(letter: Letter) -> None:
    a_signature(letter)
    for path, response in open_all():
        page = b"".join(response).decode(errors="replace")
        assert [url for url in LOADED.findall(page) if not url.startswith(OURS)] == [], path
        assert "<style" not in page, path
        if response["Content-Type"].startswith("text/html"):
            assert " style=" not in page, path
            policy = response["Content-Security-Policy"]
            assert "default-src 'none'" in policy, path
            assert not re.search(r"https?:|\*|unsafe", policy), path


def test_style_sheets_and_scripts_load_nothing_from_elsewhere() -> None:
    sheets = sorted((settings.BASE_DIR / "static").rglob("*.css"))
    assert sheets
    for sheet in sheets:
        urls = ["".join(found) for found in CSS_LOADS.findall(sheet.read_text())]
        assert [url for url in urls if re.match(r"(?:\w+:)?//", url)] == [], sheet.name
    for script in sorted((settings.BASE_DIR / "static").rglob("*.js")):
        assert not re.search(r"[\"'](?:https?:)?//\w", script.read_text()), script.name
