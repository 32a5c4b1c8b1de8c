from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from letters.models import Letter, LetterStatus
from signatories.models import Signature
from tests.builders import a_letter, a_signature, sign_data
from verification.services.confirm_signature import confirm_signature

pytestmark = pytest.mark.django_db


def post(client: Client, letter: Letter, **changes: Any) -> Any:
    return client.post(f"/letters/{letter.slug}/sign/", sign_data(letter, **changes))


def test_sign_writes_one_unconfirmed_row_and_answers_303(
    browser_client: Client, letter: Letter
) -> None:
    response = post(browser_client, letter)
    assert (response.status_code, response["Location"]) == (
        303,
        "/letters/a-letter/check-inbox/",
    )
    signature = Signature.objects.get()
    assert (signature.status, signature.name, signature.email) == (
        "unconfirmed",
        "Ada Example",
        "ada@mail.example",
    )
    assert not response.cookies


def test_sign_is_one_database_query(
    browser_client: Client, letter: Letter, django_assert_max_num_queries: Any
) -> None:
    browser_client.get(f"/letters/{letter.slug}/sign/")
    with django_assert_max_num_queries(1):
        post(browser_client, letter)


def test_sign_twice_with_the_same_details_is_one_row(
    browser_client: Client, letter: Letter
) -> None:
    for _ in range(2):
        assert post(browser_client, letter).status_code == 303
    assert Signature.objects.count() == 1


def test_sign_in_french_goes_on_in_french(browser_client: Client, letter: Letter) -> None:
    response = post(browser_client, letter, language="fr")
    assert response["Location"] == "/letters/a-letter/fr/check-inbox/"
    assert Signature.objects.get().language == "fr"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", "x" * 121),
        ("name", "<b>Ada</b>"),
        ("name", "Ada\x00"),
        ("name", "Ada 😀"),
        ("name", "Ada \u202eadA"),
        ("name", "Z\u0351\u0353\u0354\u0355\u0356algo"),
        ("name", "www.spam.example"),
        ("name", "12345"),
        ("email", ""),
        ("email", "not an address"),
        ("email", "a@b"),
        ("email", "ädä@mail.example"),
        ("email", "ada@mail.example\x00"),
        ("role_title", "x" * 121),
        ("country", "XX"),
        ("comment", "x" * 501),
        ("comment", "<script>alert(1)</script>"),
        ("show_name", None),
        ("show_name", "maybe"),
        ("capacity", "nobody"),
        ("consent_web", None),
        ("version", "2"),
        ("version", "zwei"),
    ],
)
def test_bad_field_answers_422_with_what_was_typed(
    browser_client: Client, letter: Letter, field: str, value: str | None
) -> None:
    response = post(browser_client, letter, **{field: value})
    assert response.status_code == 422
    assert field in response.context["form"].errors
    assert "Paper matters." in response.content.decode() or field == "comment"
    assert not Signature.objects.exists()


def test_new_text_gives_the_form_the_new_version(browser_client: Client, letter: Letter) -> None:
    response = post(browser_client, letter, version="7")
    assert response.context["form"]["version"].value() == "1"


@pytest.mark.parametrize("status", [LetterStatus.PAUSED, LetterStatus.CLOSED])
def test_letter_that_takes_none_answers_410_with_what_was_typed(
    browser_client: Client, db: None, status: str
) -> None:
    letter = a_letter(status=status)
    response = post(browser_client, letter)
    assert response.status_code == 410
    assert "Paper matters." in response.content.decode()


@pytest.mark.parametrize("status", [LetterStatus.DRAFT, LetterStatus.EMBARGOED])
def test_letter_not_public_answers_404(browser_client: Client, db: None, status: str) -> None:
    letter = a_letter(status=status)
    assert post(browser_client, letter).status_code == 404


def test_unknown_slug_answers_404(browser_client: Client, letter: Letter) -> None:
    response = browser_client.post("/letters/nowhere/sign/", sign_data(letter))
    assert response.status_code == 404


def test_body_of_10_mb_answers_413(browser_client: Client, letter: Letter) -> None:
    response = post(browser_client, letter, comment="x" * 10_000_000)
    assert response.status_code == 413


def test_put_answers_405(browser_client: Client, letter: Letter) -> None:
    assert browser_client.put(f"/letters/{letter.slug}/sign/").status_code == 405


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
    ],
)
def test_post_from_another_site_answers_403(letter: Letter, headers: dict[str, str]) -> None:
    client = Client(headers=headers)
    assert post(client, letter).status_code == 403
    assert not Signature.objects.exists()


def test_throttle_answers_429_with_what_was_typed(
    browser_client: Client, letter: Letter, settings: Any
) -> None:
    settings.THROTTLE_PER_MINUTE = {"address": 2, "network": 100, "letter": 100}
    answers = [post(browser_client, letter) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [303, 303, 429]
    assert "Paper matters." in answers[2].content.decode()
    other = post(browser_client, letter, email="grace@mail.example")
    assert other.status_code == 303


def test_one_network_cannot_close_the_letter_to_others(
    browser_client: Client, letter: Letter, settings: Any
) -> None:
    settings.THROTTLE_PER_MINUTE = {"address": 50, "network": 3, "letter": 5}
    for n in range(20):
        post(browser_client, letter, email=f"{n}@mail.example")
    other = Client(headers={"Sec-Fetch-Site": "same-origin"}, REMOTE_ADDR="203.0.113.7")
    assert post(other, letter, email="ada@mail.example").status_code == 303


def test_details_sent_again_after_confirming_are_a_new_row(
    browser_client: Client, letter: Letter
) -> None:
    """Else the public number of received ones tells whether an address goes with known details."""
    post(browser_client, letter)
    confirm_signature(signature_id=Signature.objects.get().pk)
    post(browser_client, letter)
    assert Signature.objects.count() == 2


def test_signing_goes_on_without_redis(
    browser_client: Client, letter: Letter, settings: Any, caplog: Any
) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    assert post(browser_client, letter).status_code == 303
    assert Signature.objects.count() == 1
    assert "throttle_unavailable" in caplog.text


def test_organisation_needs_a_name_and_a_role(browser_client: Client, letter: Letter) -> None:
    response = post(browser_client, letter, capacity="organisation", role_title="")
    assert set(response.context["form"].errors) == {"organisation_name", "role_title"}


def test_no_plain_address_or_network_is_stored(browser_client: Client, letter: Letter) -> None:
    from django.db import connection

    post(browser_client, letter)
    with connection.cursor() as cursor:
        cursor.execute("SELECT s::text FROM signatories_signature s")
        row = cursor.fetchone()[0]
    assert "mail.example" not in row
    assert b"mail.example".hex() not in row
    assert "127.0.0.1" not in row
    assert b"127.0.0.1".hex() not in row


def test_anonymous_needs_no_consent_and_nothing_is_ticked_beforehand(
    browser_client: Client, letter: Letter
) -> None:
    page = browser_client.get(f"/letters/{letter.slug}/")
    assert "checked" not in page.content.decode().partition('name="show_name"')[2]
    assert post(browser_client, letter, show_name="no", consent_web=None).status_code == 303
    signature = Signature.objects.get()
    assert (signature.show_name, signature.consent_web) == (False, False)


def test_anonymous_with_places_still_ticked_is_named_nowhere(
    browser_client: Client, letter: Letter
) -> None:
    places = {"consent_press": "on", "consent_government": "on", "consent_updates": "on"}
    assert post(browser_client, letter, show_name="no", **places).status_code == 303
    row = Signature.objects.get()
    named = (row.consent_web, row.consent_press, row.consent_government)
    assert named == (False, False, False)
    assert row.consent_updates


def test_form_with_errors_still_suggests_affiliations(
    browser_client: Client, letter: Letter
) -> None:
    a_signature(letter, affiliation="The Paper Guild of the Roll")
    page = post(browser_client, letter, name="").content.decode()
    assert '<option value="The Paper Guild of the Roll">' in page


def test_only_people_may_leave_role_and_organisation_empty(
    browser_client: Client, letter: Letter
) -> None:
    page = browser_client.get(f"/letters/{letter.slug}/sign/").content.decode()
    for name in ("role_title", "organisation_name"):
        label = page.partition(f'<label for="id_{name}">')[2].partition("</label>")[0]
        assert '<span class="optional for-person">' in label
