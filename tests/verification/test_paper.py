from __future__ import annotations

import pytest
from django.test import Client
from django.utils import timezone

from common import pagecache
from letters.models import Letter
from signatories.models import PaperCount, Tally
from signatories.services.refresh_tallies import refresh_tallies
from tests.builders import a_coalition, a_letter, a_signature
from verification.models import AuditEntry

pytestmark = pytest.mark.django_db
PAGE = "/organise/letters/a-letter/imports/"
SENT = {"number": "1240", "collected_on": "2026-01-02", "note": "At the assembly; Berta counted"}


def test_paper_stands_apart_and_is_never_added(editor: Client, letter: Letter) -> None:
    a_signature(letter)
    assert editor.post(f"{PAGE}paper/", SENT).status_code == 303
    tally = Tally.objects.get(letter=letter)
    assert (tally.paper, tally.counted, tally.received) == (1240, 1, 1)
    page = Client().get("/letters/a-letter/").content.decode()
    assert "On paper, counted by the organisers and not in the number above" in page
    assert "1,240" in page
    assert Client().get("/letters/a-letter/count.json").json()["counted"] == 1
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.note) == ("paper", "1,240: At the assembly; Berta counted")


def test_what_is_taken_back_is_gone_and_stays_readable(editor: Client, letter: Letter) -> None:
    editor.post(f"{PAGE}paper/", SENT)
    paper = PaperCount.objects.get()
    for _ in range(2):
        assert editor.post(f"{PAGE}paper/{paper.pk}/").status_code == 303
    refresh_tallies()
    assert Tally.objects.get(letter=letter).paper == 0
    pagecache.pages.clear()
    assert "On paper" not in Client().get("/letters/a-letter/").content.decode()
    assert "Taken back" in editor.get(PAGE).content.decode()
    assert [entry.action for entry in AuditEntry.objects.order_by("id")] == ["paper", "unpaper"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"number": "0"},
        {"number": "-3"},
        {"number": "x"},
        {"note": ""},
        {"collected_on": ""},
        {"collected_on": str(timezone.now().year + 2) + "-01-01"},
    ],
)
def test_what_is_no_number_on_paper_is_refused(editor: Client, wrong: dict[str, str]) -> None:
    assert editor.post(f"{PAGE}paper/", {**SENT, **wrong}).status_code == 422
    assert not PaperCount.objects.exists()


def test_paper_of_another_coalition_is_not_there(editor: Client, letter: Letter) -> None:
    other = a_letter("other", coalition=a_coalition("others"))
    paper = PaperCount.objects.create(letter=other, number=1, collected_on="2026-01-01", note="x")
    assert editor.post(f"{PAGE}paper/{paper.pk}/").status_code == 404
