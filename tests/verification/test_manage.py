from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from letters.models import Letter, LetterStatus, ReviewPolicy
from signatories.models import Signature, Status
from tests.builders import a_signature
from verification.links import confirm_url, manage_url
from verification.models import AuditEntry

pytestmark = pytest.mark.django_db


def manage_path(signature: Signature) -> str:
    return manage_url(signature.pk).removeprefix("http://localhost:8000")


def details(**changes: Any) -> dict[str, Any]:
    return {
        "name": "Ada Example",
        "role_title": "Writer",
        "show_name": "yes",
        "consent_web": "on",
        **changes,
    }


def test_page_shows_what_is_kept(browser_client: Client, letter: Letter) -> None:
    signature = a_signature(letter, role_title="Writer", city="Lyon")
    response = browser_client.get(manage_path(signature))
    assert response.status_code == 200
    assert response.context["form"]["city"].value() == "Lyon"
    assert response["Cache-Control"] == "no-store"


def test_edit_changes_display_fields(browser_client: Client, letter: Letter) -> None:
    signature = a_signature(letter)
    response = browser_client.post(manage_path(signature), details(name="Ada Lovelace-Example"))
    assert response.status_code == 303
    signature.refresh_from_db()
    assert (signature.name, signature.role_title, signature.status) == (
        "Ada Lovelace-Example",
        "Writer",
        Status.COUNTED,
    )


def test_hiding_the_name_takes_it_off_the_roll(browser_client: Client, letter: Letter) -> None:
    signature = a_signature(letter, "Hidden Person")
    browser_client.post(manage_path(signature), details(name="Hidden Person", show_name="no"))
    assert "Hidden Person" not in browser_client.get("/letters/a-letter/").content.decode()
    assert Signature.objects.counted().count() == 1


@pytest.mark.parametrize(
    "seen",
    [
        {"decided_at": "2026-01-01T00:00Z"},
        {"featured_rank": 1},
        {"organisation_name": "The Paper Guild"},
    ],
)
def test_new_words_after_a_decision_go_back_to_a_moderator(
    browser_client: Client, letter: Letter, seen: dict[str, Any]
) -> None:
    signature = a_signature(letter, **seen)
    changes = details(name="Dr Johnny Bananas", organisation_name="Bananas Inc")
    browser_client.post(manage_path(signature), changes)
    signature.refresh_from_db()
    assert (signature.status, signature.featured_rank) == (Status.HELD, None)


def test_new_words_on_a_letter_that_holds_are_held(browser_client: Client, letter: Letter) -> None:
    letter.review_policy = ReviewPolicy.HOLD
    letter.save()
    signature = a_signature(letter)
    browser_client.post(manage_path(signature), details(name="Other"))
    signature.refresh_from_db()
    assert signature.status == Status.HELD


def test_consents_alone_do_not_ask_a_moderator(browser_client: Client, letter: Letter) -> None:
    signature = a_signature(letter, role_title="Writer", decided_at="2026-01-01T00:00Z")
    browser_client.post(manage_path(signature), details(consent_press="on"))
    signature.refresh_from_db()
    assert (signature.status, signature.consent_press) == (Status.COUNTED, True)


def test_bad_edit_keeps_what_was_typed(browser_client: Client, letter: Letter) -> None:
    signature = a_signature(letter)
    response = browser_client.post(manage_path(signature), details(name="<b>", role_title="Poet"))
    assert response.status_code == 422
    assert 'value="Poet"' in response.content.decode()


def test_withdraw_asks_first_then_takes_it_off(browser_client: Client, letter: Letter) -> None:
    signature = a_signature(letter)
    path = manage_path(signature) + "withdraw/"
    assert browser_client.get(path).status_code == 200
    signature.refresh_from_db()
    assert signature.status == Status.COUNTED
    assert browser_client.post(path).status_code == 303
    signature.refresh_from_db()
    assert signature.status == Status.WITHDRAWN


@pytest.mark.parametrize("before", [Status.COUNTED, Status.HELD])
def test_signing_again_stands_where_it_stood(
    browser_client: Client, letter: Letter, before: str
) -> None:
    signature = a_signature(letter, status=before)
    browser_client.post(manage_path(signature) + "withdraw/")
    browser_client.post(manage_path(signature) + "sign-again/")
    signature.refresh_from_db()
    assert (signature.status, signature.withdrawn_at) == (before, None)


def test_signing_again_passes_the_gate_of_today(browser_client: Client, letter: Letter) -> None:
    signature = a_signature(letter)
    browser_client.post(manage_path(signature) + "withdraw/")
    letter.review_policy = ReviewPolicy.HOLD
    letter.save()
    browser_client.post(manage_path(signature) + "sign-again/")
    signature.refresh_from_db()
    assert signature.status == Status.HELD


def test_closed_letter_takes_nobody_back(browser_client: Client, letter: Letter) -> None:
    signature = a_signature(letter)
    browser_client.post(manage_path(signature) + "withdraw/")
    letter.status = LetterStatus.CLOSED
    letter.save()
    response = browser_client.post(manage_path(signature) + "sign-again/")
    assert response["Location"].endswith("?notice=closed")
    signature.refresh_from_db()
    assert signature.status == Status.WITHDRAWN


def test_revision_is_in_the_audit_log_without_the_words(
    browser_client: Client, letter: Letter
) -> None:
    signature = a_signature(letter)
    before = signature.fingerprint
    browser_client.post(manage_path(signature), details(name="Ada Other"))
    entry = AuditEntry.objects.get()
    signature.refresh_from_db()
    assert (entry.action, entry.actor_id) == ("revise", None)
    assert (entry.before["fingerprint"], entry.after["fingerprint"]) == (
        before,
        signature.fingerprint,
    )
    assert "Ada" not in str(entry.before) + str(entry.after)


def test_hiding_the_name_ends_featuring(browser_client: Client, letter: Letter) -> None:
    signature = a_signature(letter, featured_rank=1, role_title="Writer")
    browser_client.post(manage_path(signature), details(show_name="no", consent_web=""))
    signature.refresh_from_db()
    assert (signature.featured_rank, signature.status) == (None, Status.COUNTED)


def test_rejected_signature_can_neither_change_nor_return(
    browser_client: Client, letter: Letter
) -> None:
    signature = a_signature(letter, status=Status.REJECTED)
    path = manage_path(signature)
    browser_client.post(path, details(name="Other"))
    browser_client.post(f"{path}withdraw/")
    browser_client.post(f"{path}sign-again/")
    signature.refresh_from_db()
    assert (signature.status, signature.name) == (Status.REJECTED, "Ada Example")


def test_link_of_an_unconfirmed_signature_says_confirm_first(
    browser_client: Client, letter: Letter
) -> None:
    signature = a_signature(letter, status=Status.UNCONFIRMED)
    for suffix in ("", "withdraw/"):
        assert browser_client.post(manage_path(signature) + suffix).status_code == 409


def test_confirm_token_does_not_manage(browser_client: Client, letter: Letter) -> None:
    signature = a_signature(letter)
    token = confirm_url(signature.pk).rsplit("/", 2)[1]
    assert browser_client.get(f"/manage/{token}/").status_code == 404


def test_reading_every_link_changes_nothing(browser_client: Client, letter: Letter) -> None:
    signature = a_signature(letter)
    for suffix in ("", "withdraw/", "sign-again/"):
        browser_client.get(manage_path(signature) + suffix)
        browser_client.head(manage_path(signature) + suffix)
    signature.refresh_from_db()
    assert signature.status == Status.COUNTED


def test_log_names_the_fields_that_changed_and_never_their_words(
    browser_client: Client, letter: Letter
) -> None:
    signature = a_signature(letter, "Ada Example", role_title="Writer", city="Lyon")
    browser_client.post(manage_path(signature), details(city="Metz", consent_press="on"))
    entry = AuditEntry.objects.get()
    assert entry.after["changed"] == ["city", "consent_press"]
    assert entry.changed_fields == ["city", "consent press"]
    assert "Metz" not in str(entry.after)
    browser_client.post(manage_path(signature), details(city="Metz", consent_press="on"))
    assert AuditEntry.objects.count() == 1


def test_changes_by_the_link_are_limited(
    browser_client: Client, letter: Letter, settings: Any
) -> None:
    settings.THROTTLE_PER_MINUTE = {**settings.THROTTLE_PER_MINUTE, "manage": 2}
    path = manage_path(a_signature(letter))
    answers = [browser_client.post(path, details(name=f"Ada {x}")) for x in "abc"]
    assert [answer.status_code for answer in answers] == [303, 303, 429]
    assert "Please wait a minute" in answers[2].content.decode()
    assert Signature.objects.get().name == "Ada b"
    assert browser_client.get(path).status_code == 200
    other = a_signature(letter, "Ben", email="ben@mail.example")
    assert browser_client.post(manage_path(other), details(name="Ben")).status_code == 303
