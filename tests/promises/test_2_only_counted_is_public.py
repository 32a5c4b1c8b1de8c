"""Promise 2: nothing unconfirmed, held, rejected or withdrawn is ever public or counted."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from deliveries.services.send_delivery import publish_delivery
from letters.models import Letter
from signatories.models import Signature, Status
from signatories.services.refresh_tallies import refresh_tallies
from tests.builders import a_signature
from tests.deliveries.builders import a_delivery, typeset
from tests.promises.public_pages import open_all

pytestmark = pytest.mark.django_db

HIDDEN = [status for status in Status if status != Status.COUNTED]


@pytest.fixture(autouse=True)
def _own_media(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from deliveries import queue

    settings.MEDIA_ROOT = tmp_path
    monkeypatch.setattr(queue, "_send", lambda task, ids, options: None)


@pytest.fixture
def crowd(letter: Letter) -> list[str]:
    """One person and one organisation in every state; the words that must be nowhere."""
    words = []
    for state in HIDDEN:
        word = f"zz{state}"
        words.append(word)
        everything = {
            "email": f"{word}@mail.example",
            "role_title": f"{word} role",
            "affiliation": f"{word} guild",
            "city": f"{word} town",
            "comment": f"{word} comment",
            "consent_government": True,
            "consent_press": True,
        }
        a_signature(letter, f"{word} Name", status=state, **everything)
        everything["email"] = f"org-{word}@mail.example"
        a_signature(
            letter, f"{word} Rep", status=state, organisation_name=f"{word} Society", **everything
        )
    a_signature(letter, "Ada Counted", consent_government=True)
    a_signature(letter, "Rep", organisation_name="Counted Society", consent_government=True)
    hidden = a_signature(letter, "zzanonymous Name", show_name=False, consent_government=True)
    refresh_tallies(letter_ids=[hidden.letter_id])
    return [*words, "zzanonymous", "Rep", "mail.example"]


def test_no_page_shows_or_counts_what_is_not_counted(letter: Letter, crowd: list[str]) -> None:
    shown = ""
    for path, response in open_all():
        page = b"".join(response).decode(errors="replace")
        shown += page
        for word in crowd[:-2]:
            assert word not in page, f"{word} on {path}"
    assert "Ada Counted" in shown
    assert "Counted Society" in shown
    count = Client().get(f"/letters/{letter.slug}/count.json").json()
    assert (count["counted"], count["people"], count["organisations"]) == (3, 2, 1)


@pytest.mark.slow
def test_no_file_of_a_delivery_names_or_counts_what_is_not_counted(
    letter: Letter, crowd: list[str]
) -> None:
    delivery = typeset(a_delivery(letter))
    publish_delivery(delivery=delivery, actor=delivery.created_by)
    assert (delivery.totals["counted"], delivery.totals["named"]) == (3, 2)
    names = [file.name for file in delivery.files.all()]
    assert {"roll.pdf", "letter.pdf", "letter-public.pdf"} <= set(names)
    assert any(name.endswith(".csv") for name in names)
    for file in delivery.files.all():
        text = _text(file.path)
        for word in crowd:
            assert word not in text, f"{word} in {file.name}"
    for path, response in open_all(delivery.get_absolute_url()):
        page = b"".join(response).decode(errors="replace")
        assert not [word for word in crowd[:-2] if word in page], path


def test_whoever_leaves_is_gone_with_the_next_count(letter: Letter) -> None:
    row = a_signature(letter, "Leaving Soon")
    refresh_tallies()
    assert "Leaving Soon" in "".join(r.content.decode(errors="replace") for _, r in open_all())
    Signature.objects.filter(pk=row.pk).update(
        status=Status.WITHDRAWN, withdrawn_from=Status.COUNTED, withdrawn_at="2026-01-01T00:00Z"
    )
    refresh_tallies()
    assert "Leaving Soon" not in "".join(r.content.decode(errors="replace") for _, r in open_all())


def _text(path: Path) -> str:
    if path.suffix != ".pdf":
        return path.read_text(errors="replace")
    found = subprocess.run(["pdftotext", path, "-"], capture_output=True, check=True)
    return " ".join(found.stdout.decode().split())
