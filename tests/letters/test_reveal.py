"""The end of an embargo: by the clock, by a member, and in what is kept of pages."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from letters.models import Letter, LetterStatus, Role
from letters.services.change_status import change_status
from letters.services.reveal_letters import reveal_letters
from tests.builders import a_letter, a_member
from verification.models import AuditEntry

pytestmark = pytest.mark.django_db


@pytest.fixture
def sealed(letter: Letter) -> Letter:
    letter.status = LetterStatus.EMBARGOED
    letter.opens_at = timezone.now() + timedelta(hours=1)
    letter.save()
    return letter


def test_clock_opens_the_letter_and_writes_it_down(sealed: Letter) -> None:
    a_letter("no-minute", status=LetterStatus.EMBARGOED)
    assert reveal_letters() == 0
    assert sealed.opens_at is not None
    with time_machine.travel(sealed.opens_at, tick=False):
        assert reveal_letters() == 1
        assert reveal_letters() == 0
    sealed.refresh_from_db()
    assert sealed.status == LetterStatus.OPEN
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.actor, entry.letter_id) == ("reveal", None, sealed.pk)


def test_member_ends_it_earlier(sealed: Letter) -> None:
    editor = a_member(sealed.coalition, Role.EDITOR)
    assert change_status(letter=sealed, to=LetterStatus.OPEN, actor=editor) == "reveal"
    sealed.refresh_from_db()
    assert sealed.accepts_signatures()
    assert Client().get(sealed.get_absolute_url()).status_code == 200


def test_nothing_kept_outlives_the_second_of_the_reveal(sealed: Letter) -> None:
    """The front page, the sitemap and the letter: here and in caches before us."""
    paths = ("/", "/sitemap.xml")
    now = timezone.now().replace(microsecond=0)
    Letter.objects.filter(pk=sealed.pk).update(opens_at=now + timedelta(seconds=3))
    with time_machine.travel(now, tick=False) as clock:
        for path in paths:
            response = Client().get(path)
            assert sealed.slug not in response.content.decode()
            assert response["Cache-Control"] == "public, max-age=3, must-revalidate"
        assert Client().get(sealed.get_absolute_url()).status_code == 404
        clock.shift(timedelta(seconds=3))
        for path in (*paths, sealed.get_absolute_url()):
            response = Client().get(path)
            assert sealed.slug in response.content.decode(), path
            assert "stale-while-revalidate" in response["Cache-Control"]


def test_page_that_says_open_is_not_kept_beyond_the_close(letter: Letter) -> None:
    now = timezone.now().replace(microsecond=0)
    Letter.objects.filter(pk=letter.pk).update(closes_at=now + timedelta(seconds=1))
    path = letter.get_absolute_url()
    with time_machine.travel(now, tick=False) as clock:
        response = Client().get(path)
        assert response["Cache-Control"] == "public, max-age=1, must-revalidate"
        assert 'name="email"' in response.content.decode()
        clock.shift(timedelta(seconds=1))
        assert 'name="email"' not in Client().get(path).content.decode()
