from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.http import HttpResponseBase
from django.test import Client
from django.utils import timezone

from letters.models import Letter, LetterStatus
from signatories.models import Signature, Status
from tests.builders import a_letter, a_signature
from verification.services.confirm_signature import confirm_signature
from verification.services.send_due_mail import send_due_mail
from verification.typed_code import ALPHABET, typed_code

pytestmark = pytest.mark.django_db
CODE = "/letters/a-letter/code/"
ADDRESS = "ada@mail.example"


def unconfirmed(letter: Letter, **fields: Any) -> Signature:
    return a_signature(letter, email=ADDRESS, status=Status.UNCONFIRMED, **fields)


def send(client: Client, code: str, email: str = ADDRESS, path: str = CODE) -> Any:
    return client.post(path, {"email": email, "code": code})


def code_of(signature: Signature) -> str:
    return typed_code(signature.letter_id, signature.email_digest)


def test_code_of_the_mail_leads_to_the_confirm_page(browser_client: Client, letter: Letter) -> None:
    signature = unconfirmed(letter, confirmation_sent_at=None)
    send_due_mail()
    [message] = mail.outbox
    assert code_of(signature) in message.body
    assert code_of(signature) in str(message.alternatives[0].content)
    response = send(browser_client, code_of(signature))
    assert response.status_code == 303
    signature.refresh_from_db()
    assert signature.status == Status.UNCONFIRMED
    assert browser_client.get(response["Location"]).status_code == 200
    assert browser_client.post(response["Location"]).status_code == 303
    signature.refresh_from_db()
    assert signature.status == Status.COUNTED


@pytest.mark.parametrize("write", [str.lower, lambda c: c.replace("-", " "), lambda c: f" {c} "])
def test_code_is_read_as_people_type_it(browser_client: Client, letter: Letter, write: Any) -> None:
    assert send(browser_client, write(code_of(unconfirmed(letter)))).status_code == 303


def test_code_of_a_confirmed_signature_leads_to_the_thanks(
    browser_client: Client, letter: Letter
) -> None:
    signature = unconfirmed(letter)
    unconfirmed(letter, name="Somebody Else")
    confirm_signature(signature_id=signature.pk)
    response = browser_client.get(send(browser_client, code_of(signature))["Location"])
    assert "/thanks/" in response["Location"]


def test_wrong_code_is_answered_alike_whoever_has_signed(
    browser_client: Client, letter: Letter, django_assert_num_queries: Any
) -> None:
    confirmed = a_signature(letter, email="known@mail.example")
    unconfirmed(letter)
    send(browser_client, "wrong")  # reads the letter, which is then kept for a second
    answers: list[HttpResponseBase] = []
    for address in ("known@mail.example", ADDRESS, "new@mail.example"):
        with django_assert_num_queries(0):
            answers.append(send(browser_client, "2222-2222", address))
    bodies = {
        a.content.decode().replace(str(a.context["code_form"]["email"].value()), "")  # type: ignore[attr-defined]
        for a in answers
    }
    assert (len(bodies), {a.status_code for a in answers}) == (1, {422})
    assert confirmed.name not in bodies.pop()


def test_code_is_for_one_address_and_one_letter(browser_client: Client, letter: Letter) -> None:
    other = a_letter("other")
    signature = unconfirmed(letter)
    unconfirmed(other)
    a_signature(letter, email="eve@mail.example", status=Status.UNCONFIRMED)
    code = code_of(signature)
    assert send(browser_client, code, "eve@mail.example").status_code == 422
    assert send(browser_client, code, path="/letters/other/code/").status_code == 422


def test_code_of_nobody_is_wrong(browser_client: Client, letter: Letter) -> None:
    signature = unconfirmed(letter)
    code = code_of(signature)
    signature.delete()
    assert send(browser_client, code).status_code == 422


def test_code_works_as_long_as_the_link(browser_client: Client, letter: Letter) -> None:
    code = code_of(unconfirmed(letter))
    for days, status in ((7, 303), (8, 422)):
        with time_machine.travel(timezone.now() + timedelta(days=days)):
            assert send(browser_client, code).status_code == status


def test_guessing_is_throttled_by_network_and_by_address(
    browser_client: Client, letter: Letter, settings: Any
) -> None:
    settings.THROTTLE_PER_MINUTE = settings.THROTTLE_PER_MINUTE | {
        "code_network": 3,
        "code_address": 5,
    }
    code = code_of(unconfirmed(letter))
    answers = Counter(send(browser_client, "2222-2222").status_code for _ in range(5))
    assert answers == {422: 3, 429: 2}
    assert send(browser_client, code).status_code == 429
    elsewhere = Client(headers={"Sec-Fetch-Site": "same-origin"}, REMOTE_ADDR="192.0.2.7")
    assert [send(elsewhere, "2222-2222").status_code for _ in range(3)] == [422, 422, 429]


def test_codes_are_spread_over_the_alphabet() -> None:
    letters = Counter("".join(typed_code(n, b"x" * 32).replace("-", "") for n in range(3000)))
    assert set(letters) == set(ALPHABET)
    assert max(letters.values()) < 1.3 * min(letters.values())


def test_form_is_on_the_inbox_page_and_without_a_cookie(
    browser_client: Client, letter: Letter
) -> None:
    response = browser_client.get("/letters/a-letter/fr/check-inbox/")
    assert 'action="/letters/a-letter/fr/code/"' in response.content.decode()
    assert not send(browser_client, "wrong").cookies


def test_hidden_letter_other_sites_and_nonsense(browser_client: Client, letter: Letter) -> None:
    assert send(Client(headers={"Sec-Fetch-Site": "cross-site"}), "x").status_code == 403
    assert send(browser_client, "\x00é" * 4, "nobody").status_code == 422
    assert browser_client.delete(CODE).status_code == 405
    a_letter("draft", status=LetterStatus.EMBARGOED)
    assert browser_client.get("/letters/draft/code/").status_code == 404
