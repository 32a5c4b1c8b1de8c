"""The text that people sign cannot be changed in place, whoever holds the connection."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from letters.models import Letter, Translation, Version

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "change",
    [
        {"title": "Another title"},
        {"addressee": "To somebody else"},
        {"body_markdown": "Other demands."},
        {"language": "de"},
        {"is_authoritative": False},
    ],
)
def test_text_of_a_published_version_is_locked(letter: Letter, change: dict[str, object]) -> None:
    texts = Translation.objects.filter(version=letter.current_version, is_authoritative=True)
    with pytest.raises(IntegrityError, match="cannot change"), transaction.atomic():
        texts.update(**change)


def test_what_is_not_signed_may_change(letter: Letter) -> None:
    texts = Translation.objects.filter(version=letter.current_version)
    assert texts.update(summary="In short", share_text="Read this") == 3


def test_text_of_a_draft_may_change(letter: Letter) -> None:
    draft = Version.objects.create(letter=letter, number=2)
    Translation.objects.create(version=draft, language="en", title="Draft", body_markdown="One.")
    assert Translation.objects.filter(version=draft).update(body_markdown="Two.") == 1


def test_hash_covers_title_addressee_and_body() -> None:
    text = Translation(title="A", addressee="B", body_markdown="C")
    others = [
        Translation(title="X", addressee="B", body_markdown="C"),
        Translation(title="A", addressee="X", body_markdown="C"),
        Translation(title="A", addressee="B", body_markdown="X"),
    ]
    assert text.text_sha256 not in {other.text_sha256 for other in others}


@pytest.mark.parametrize(
    "change",
    [{"published_at": None}, {"text_sha256": "0" * 64}, {"number": 9}, {"kind": "material"}],
)
def test_published_version_stays_as_it_is(letter: Letter, change: dict[str, object]) -> None:
    with pytest.raises(IntegrityError, match="published version stays"), transaction.atomic():
        Version.objects.filter(letter=letter).update(**change)


def test_published_text_cannot_be_deleted(letter: Letter) -> None:
    translations = Translation.objects.filter(version__letter=letter)
    with pytest.raises(IntegrityError, match="text of a published version"), transaction.atomic():
        translations.delete()
    assert translations.count() == 3
