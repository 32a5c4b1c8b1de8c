from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.test import Client

from common.tokens import make_token
from letters.models import Letter, ReviewPolicy
from signatories.models import Signature, Status
from tests.builders import a_signature
from verification.links import confirm_url, manage_url
from verification.services.confirm_signature import AlreadySigned, confirm_signature

pytestmark = pytest.mark.django_db


def unconfirmed(letter: Letter, name: str = "Ada Example", **fields: Any) -> Signature:
    fields.setdefault("email", "ada@mail.example")
    return a_signature(letter, name, status=Status.UNCONFIRMED, **fields)


def confirm_path(signature: Signature) -> str:
    return confirm_url(signature.pk).removeprefix(settings.SITE_URL)


@pytest.mark.parametrize("method", ["get", "head"])
def test_opening_the_link_changes_nothing(
    browser_client: Client, letter: Letter, method: str
) -> None:
    signature = unconfirmed(letter)
    response = getattr(browser_client, method)(confirm_path(signature))
    assert response.status_code == 200
    signature.refresh_from_db()
    assert (signature.status, signature.confirmed_at) == (Status.UNCONFIRMED, None)


@time_machine.travel(datetime.now(UTC), tick=False)  # a link says when it was made
def test_the_button_confirms_and_thanks(browser_client: Client, letter: Letter) -> None:
    signature = unconfirmed(letter)
    response = browser_client.post(confirm_path(signature))
    assert response.status_code == 303
    thanks = browser_client.get(response["Location"])
    assert thanks.status_code == 200
    assert manage_url(signature.pk) in thanks.content.decode()
    signature.refresh_from_db()
    assert signature.status == Status.COUNTED
    assert not thanks.cookies


def test_second_press_thanks_again(browser_client: Client, letter: Letter) -> None:
    signature = unconfirmed(letter)
    answers = [browser_client.post(confirm_path(signature)) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [303, 303]
    assert Signature.objects.counted().count() == 1


@pytest.mark.parametrize(
    ("token", "status"),
    [
        ("1.1abc.forged", 404),
        ("nonsense", 404),
        ("%00", 404),
        ("é", 404),
    ],
)
def test_bad_token_is_explained(
    browser_client: Client, letter: Letter, token: str, status: int
) -> None:
    for method in ("get", "post"):
        response = getattr(browser_client, method)(f"/confirm/{token}/")
        assert response.status_code == status


def test_token_of_another_purpose_or_of_nobody_is_explained(
    browser_client: Client, letter: Letter
) -> None:
    for purpose, value, status in (("manage", "1", 404), ("confirm", "999999", 410)):
        token = make_token(purpose, value)
        assert browser_client.get(f"/confirm/{token}/").status_code == status
        assert browser_client.post(f"/confirm/{token}/").status_code == status


def test_expired_link_offers_a_new_mail(browser_client: Client, letter: Letter) -> None:
    signature = unconfirmed(letter, language="fr")
    url = confirm_path(signature)
    with time_machine.travel("2036-01-01", tick=True):
        response = browser_client.post(url)
        assert response.status_code == 410
        assert '<html lang="fr"' in response.content.decode()
        resend = response.context["resend_url"]
        assert browser_client.get(resend).status_code == 302
        signature.refresh_from_db()
        assert signature.confirmation_sent_at is not None
        assert browser_client.post(resend).status_code == 303
    signature.refresh_from_db()
    assert signature.status == Status.UNCONFIRMED
    assert list(Signature.objects.filter(confirmation_sent_at__isnull=True)) == [signature]


def test_second_submission_of_an_address_cannot_count(
    browser_client: Client, letter: Letter
) -> None:
    first, second = unconfirmed(letter), unconfirmed(letter, "Somebody Else")
    confirm_signature(signature_id=first.pk)
    second.refresh_from_db()
    assert second.status == Status.REPEATED
    with pytest.raises(AlreadySigned):
        confirm_signature(signature_id=second.pk)
    response = browser_client.post(confirm_path(second))
    assert response.status_code == 409
    assert Signature.objects.counted().get().name == "Ada Example"


def test_letter_that_holds_everything_holds(letter: Letter) -> None:
    letter.review_policy = ReviewPolicy.HOLD
    letter.save()
    assert confirm_signature(signature_id=unconfirmed(letter).pk).status == Status.HELD


def test_organisation_is_held(letter: Letter) -> None:
    signature = unconfirmed(letter, organisation_name="The Paper Guild")
    assert confirm_signature(signature_id=signature.pk).status == Status.HELD


def test_signal_holds(letter: Letter) -> None:
    signature = unconfirmed(letter, signals=["disposable"])
    assert confirm_signature(signature_id=signature.pk).status == Status.HELD


def test_signal_that_only_flags_counts(letter: Letter) -> None:
    signature = unconfirmed(letter, signals=["domain"])
    assert confirm_signature(signature_id=signature.pk).status == Status.COUNTED


def test_rejected_signature_cannot_be_confirmed(browser_client: Client, letter: Letter) -> None:
    signature = a_signature(letter, status=Status.REJECTED, confirmed_at=None)
    assert browser_client.post(confirm_path(signature)).status_code == 410
    signature.refresh_from_db()
    assert signature.status == Status.REJECTED


def test_post_from_another_site_confirms_nothing(letter: Letter) -> None:
    signature = unconfirmed(letter)
    client = Client(headers={"Sec-Fetch-Site": "cross-site"})
    assert client.post(confirm_path(signature)).status_code == 403
    signature.refresh_from_db()
    assert signature.status == Status.UNCONFIRMED


def test_personal_pages_are_kept_nowhere(browser_client: Client, letter: Letter) -> None:
    response = browser_client.get(confirm_path(unconfirmed(letter)))
    assert (
        response["Cache-Control"],
        response["Referrer-Policy"],
        response["X-Robots-Tag"],
    ) == ("no-store", "same-origin", "noindex")


def test_page_says_which_text_is_signed_in_which_language(
    browser_client: Client, letter: Letter
) -> None:
    page = browser_client.get(confirm_path(unconfirmed(letter))).content.decode()
    assert "You are signing version 1, in English." in page
    assert 'href="/letters/a-letter/versions/1/"' in page
    page = browser_client.get(confirm_path(unconfirmed(letter, language="fr"))).content.decode()
    # Two wait for this address: each says its own.
    assert "1, <bdi>English</bdi>" in page
    assert "1, <bdi>français</bdi>" in page


def test_page_of_who_is_not_listed_here_does_not_say_anonymous(
    browser_client: Client, letter: Letter
) -> None:
    signature = unconfirmed(letter, consent_web=False, consent_press=True)
    page = browser_client.get(confirm_path(signature)).content.decode()
    assert "You did not ask to be listed here." in page
    assert "anonymously" not in page
