"""A letter that its organisers no longer stand by."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from deliveries.services.freeze_delivery import LetterWithdrawn
from letters.models import Letter, LetterStatus, Role
from letters.services.change_status import NotPossible, change_status, withdraw_letter
from tests.builders import a_member, a_signature
from tests.deliveries.builders import a_delivery
from verification.models import Action, AuditEntry

pytestmark = pytest.mark.django_db


def test_an_owner_withdraws_it_and_its_page_says_so(letter: Letter) -> None:
    owner = a_member(letter.coalition, Role.OWNER)
    client = Client()
    client.force_login(owner)
    where = reverse("withdraw_letter", args=[letter.slug])
    assert where in client.get(reverse("letter_settings", args=[letter.slug])).content.decode()
    assert client.get(where).status_code == 200
    assert client.post(where).status_code == 303
    letter.refresh_from_db()
    assert (letter.status, letter.accepts_signatures()) == (LetterStatus.CLOSED, False)
    page = Client().get(letter.get_absolute_url()).content.decode()
    assert "The organisers have withdrawn this letter." in page
    a_signature(letter, consent_government=True)
    with pytest.raises(LetterWithdrawn):
        a_delivery(letter)
    with pytest.raises(NotPossible):
        withdraw_letter(letter=letter, actor=owner)
    change_status(letter=letter, to=LetterStatus.OPEN, actor=owner)
    letter.refresh_from_db()
    assert (letter.withdrawn_at, letter.closed_reason()) == (None, "")
    actions = [entry.action for entry in AuditEntry.objects.order_by("id")]
    assert actions == [Action.WITHDRAW_LETTER, Action.REOPEN]


@pytest.mark.parametrize("status", [LetterStatus.DRAFT, LetterStatus.EMBARGOED])
def test_what_is_not_public_cannot_be_withdrawn(letter: Letter, status: LetterStatus) -> None:
    letter.status = status
    letter.save(update_fields=["status"])
    with pytest.raises(NotPossible):
        withdraw_letter(letter=letter, actor=a_member(letter.coalition, Role.OWNER))
