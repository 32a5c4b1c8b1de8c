from __future__ import annotations

import pytest
from django.core.exceptions import ObjectDoesNotExist
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from deliveries.models import DeliveryEntry
from letters.models import Letter, Role
from signatories.models import Organisation, Signature, Status
from signatories.services.refresh_tallies import refresh_tallies
from tests.builders import a_member, a_signature, sign_data
from verification.links import confirm_url, manage_url
from verification.models import (
    Action,
    AuditEntry,
    MailState,
    Update,
    UpdateMail,
    UpdateText,
)
from verification.services.confirm_signature import confirm_signature
from verification.services.decide_signatures import decide_signatures
from verification.services.erase_signature import erase_signature
from verification.services.restore_signature import restore_signature
from verification.services.send_due_mail import send_due_mail

pytestmark = pytest.mark.django_db
ADDRESS = "ada@mail.example"


def erase_path(signature: Signature) -> str:
    return manage_url(signature.pk).removeprefix("http://localhost:8000") + "erase/"


def all_text(signature: Signature) -> str:
    row = Signature.objects.filter(pk=signature.pk).values().get()
    return str({name: bytes(v) if isinstance(v, memoryview) else v for name, v in row.items()})


def test_link_asks_and_the_button_erases(browser_client: Client, letter: Letter) -> None:
    signature = a_signature(
        letter,
        email=ADDRESS,
        role_title="Writer",
        affiliation="Paper Guild",
        city="Lyon",
        country="FR",
        comment="Paper matters",
        network_digest=b"n" * 32,
        signals=["link"],
    )
    old = bytes(signature.email_digest)
    assert browser_client.get(erase_path(signature)).status_code == 200
    signature.refresh_from_db()
    assert signature.name == "Ada Example"
    response = browser_client.post(erase_path(signature))
    assert response.status_code == 200
    assert "Ada" not in response.content.decode()
    signature.refresh_from_db()
    assert (signature.status, signature.withdrawn_from) == (Status.WITHDRAWN, Status.COUNTED)
    kept = all_text(signature)
    for gone in ("Ada", "Writer", "Guild", "Lyon", "'FR'", "matters", "link", str(old)):
        assert gone not in kept
    assert (signature.email, signature.network_digest) == ("", None)
    for method in (browser_client.get, browser_client.post):
        assert method(erase_path(signature)).status_code == 404


def test_count_still_adds_up_and_the_address_may_sign_again(
    browser_client: Client, letter: Letter
) -> None:
    signature = a_signature(letter, email=ADDRESS)
    erase_signature(signature_id=signature.pk)
    [tally] = refresh_tallies()
    assert (tally.received, tally.withdrawn, tally.counted) == (1, 1, 0)
    browser_client.post("/letters/a-letter/sign/", sign_data(letter, email=ADDRESS))
    again = Signature.objects.get(name="Ada Example")
    assert send_due_mail() == 1
    assert confirm_signature(signature_id=again.pk).status == Status.COUNTED


def test_other_submissions_of_the_address_are_erased_too(letter: Letter) -> None:
    signature = a_signature(letter, email=ADDRESS)
    waiting = a_signature(
        letter, "Ada Again", email=ADDRESS, status=Status.UNCONFIRMED, confirmation_sent_at=None
    )
    stays = a_signature(letter, "Zoe")
    erase_signature(signature_id=signature.pk)
    assert list(Signature.objects.kept()) == [stays]
    assert "Ada" not in all_text(waiting)
    assert send_due_mail() == 0


def test_organisation_that_nobody_else_stands_for_goes(letter: Letter) -> None:
    signature = a_signature(letter, organisation_name="The Paper Guild")
    erase_signature(signature_id=signature.pk)
    signature.refresh_from_db()
    assert (signature.organisation_name, Organisation.objects.count()) == ("", 0)


def test_erased_comes_back_by_no_way(browser_client: Client, letter: Letter) -> None:
    waiting = a_signature(letter, status=Status.UNCONFIRMED)
    rejected = a_signature(letter, "Bob", status=Status.REJECTED)
    counted = a_signature(letter, "Zoe")
    for row in (waiting, rejected, counted):
        erase_signature(signature_id=row.pk)
        row.refresh_from_db()
    assert [row.status for row in (waiting, rejected, counted)] == [
        Status.UNCONFIRMED,
        Status.REJECTED,
        Status.WITHDRAWN,
    ]
    link = confirm_url(waiting.pk).removeprefix("http://localhost:8000")
    assert browser_client.post(link).status_code == 410
    for service in (confirm_signature, restore_signature, erase_signature):
        with pytest.raises(ObjectDoesNotExist):
            service(signature_id=waiting.pk)
    moderator = a_member(letter.coalition, Role.MODERATOR)
    seen = {rejected.pk: rejected.fingerprint}
    outcome = decide_signatures(letter=letter, seen=seen, action=Action.APPROVE, actor=moderator)
    assert outcome.changed == 0
    for change in ({"status": Status.COUNTED}, {"name": "Ada"}, {"email_encrypted": b"x"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Signature.objects.filter(pk=rejected.pk).update(**change)


def test_audit_log_keeps_when_and_not_who(browser_client: Client, letter: Letter) -> None:
    signature = a_signature(letter)
    moderator = a_member(letter.coalition, Role.MODERATOR)
    erase_signature(signature_id=signature.pk)
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.actor, entry.status_change) == (
        Action.ERASE,
        None,
        "Counted → Withdrawn",
    )
    browser_client.force_login(moderator)
    base = "/organise/letters/a-letter"
    for path in (f"{base}/audit-log/", f"{base}/signatures/{signature.pk}/"):
        page = browser_client.get(path).content.decode()
        assert "Erased by the signatory" in page
        assert "Ada" not in page
    assert "Erased" not in browser_client.get(f"{base}/signatures/").content.decode()


def test_data_is_downloaded_by_the_button_only(browser_client: Client, letter: Letter) -> None:
    signature = a_signature(letter, email=ADDRESS, city="Lyon", comment="Paper matters")
    a_signature(letter, "Ada Again", email=ADDRESS, status=Status.REPEATED)
    a_signature(letter, "Zoe")
    path = manage_url(signature.pk).removeprefix("http://localhost:8000") + "data.json"
    assert browser_client.get(path).status_code == 303
    response = browser_client.post(path)
    assert (
        response["Content-Type"],
        response["Cache-Control"],
        response["X-Content-Type-Options"],
    ) == ("application/json", "no-store", "nosniff")
    assert response["Content-Disposition"].startswith("attachment")
    data = response.json()
    assert data["signature"]["email"] == ADDRESS
    assert data["signature"]["status"] == "Counted"
    assert data["letter"]["title"] == "A letter about paper"
    assert [row["name"] for row in data["other_submissions_of_your_address"]] == ["Ada Again"]
    assert "Zoe" not in response.content.decode()
    assert DeliveryEntry.objects.count() == len(data["deliveries"]) == 0


def test_data_has_every_personal_field(letter: Letter) -> None:
    """A new field of a signature is in the file, or named here as one that says nothing."""
    from verification.services.held_data import held_data
    from verification.views.confirm import find_signature, translation_of

    signature = find_signature(a_signature(letter).pk)
    assert signature is not None
    said = set(held_data(signature, translation_of(signature))["signature"])
    other_words = {
        *("email_encrypted", "email_digest", "network_digest", "capacity", "source"),
        *("rejection_reason", "featured_rank", "signals", "created_at", "confirmation_sent_at"),
        "marks",
    }
    about_us = {
        *("id", "letter", "version", "organisation", "sort_key", "details_digest", "erased_at"),
        *("likeness", "roll_line"),
        *("withdrawn_from", "confirmation_due_at", "confirmation_attempts"),
    }
    fields = {field.name for field in Signature._meta.concrete_fields}
    assert fields - said - other_words - about_us == set()


def test_forged_links_and_other_sites_erase_nothing(letter: Letter) -> None:
    signature = a_signature(letter)
    client = Client(headers={"Sec-Fetch-Site": "cross-site"})
    assert client.post(erase_path(signature)).status_code == 403
    assert Client().post("/manage/forged/erase/").status_code == 404
    assert Client().post("/manage/forged/data.json").status_code == 404
    assert Signature.objects.kept().count() == 1


def test_data_names_the_updates_that_were_sent(browser_client: Client, letter: Letter) -> None:
    signature, other = a_signature(letter), a_signature(letter, "Ben")
    for subject, row in (("The office has answered", signature), ("For Ben", other)):
        update = Update.objects.create(letter=letter)
        UpdateText.objects.create(update=update, language="en", subject=subject)
        UpdateMail.objects.create(
            update=update, signature=row, state=MailState.SENT, taken_at=timezone.now()
        )
    path = manage_url(signature.pk).removeprefix("http://localhost:8000")
    data = browser_client.post(f"{path}data.json").json()
    assert [(one["subject"], one["state"]) for one in data["updates"]] == [
        ("The office has answered", "Sent")
    ]
