from __future__ import annotations

import smtplib
from typing import Any

import pytest
from django.core import mail
from django.test import Client

from common.crypto import decrypt, encrypt
from letters.models import Letter
from signatories.models import Status
from tests.builders import a_letter, a_signature
from verification.links import manage_url
from verification.models import SentMail
from verification.services.send_my_signatures import send_my_signatures
from verification.views import my_signatures

pytestmark = pytest.mark.django_db
ADDRESS = "ada@mail.example"


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What the view gave to the worker."""
    calls: list[Any] = []

    def keep(arguments: Any, **kwargs: Any) -> None:
        calls.append(arguments)

    monkeypatch.setattr(my_signatures.send_my_signatures, "apply_async", keep)
    return calls


def test_answer_is_the_same_whatever_the_address(
    browser_client: Client, letter: Letter, asked: list[Any], django_assert_num_queries: Any
) -> None:
    a_signature(letter, email=ADDRESS)
    answers = set()
    for address in (ADDRESS, "new@mail.example"):
        with django_assert_num_queries(0):
            response = browser_client.post("/my-signatures/fr/", {"email": address})
        answers.add((response.status_code, response["Location"], response.content))
        assert not response.cookies
    assert len(answers) == 1
    assert browser_client.get("/my-signatures/fr/sent/").status_code == 200
    assert ADDRESS not in str(asked)
    assert [decrypt(a[0].encode()) for a in asked] == [ADDRESS, "new@mail.example"]
    assert mail.outbox == []


def test_mail_lists_what_is_confirmed_with_its_links(letter: Letter) -> None:
    other = a_letter("other")
    one = a_signature(letter, email=ADDRESS)
    two = a_signature(other, email=ADDRESS, status=Status.WITHDRAWN)
    waiting = a_signature(a_letter("third"), email=ADDRESS, status=Status.UNCONFIRMED)
    a_signature(letter, "Zoe")
    assert send_my_signatures(email="ADA@mail.example", language="en")
    [message] = mail.outbox
    assert message.to == [ADDRESS]
    body = str(message.body)
    links = [word for word in body.split() if "/manage/" in word]
    ids = {link.split("/manage/")[1].split(".")[0] for link in links}
    assert ids == {str(one.pk), str(two.pk)}
    assert str(waiting.pk) not in ids
    assert manage_url(one.pk).split("/manage/")[0] in body
    assert message.extra_headers["Auto-Submitted"] == "auto-generated"


def test_mail_says_none(letter: Letter) -> None:
    a_signature(letter)
    assert send_my_signatures(email="nobody@mail.example", language="fr")
    [message] = mail.outbox
    assert message.to == ["nobody@mail.example"]
    assert "/manage/" not in str(message.body)


def test_each_spelling_gets_its_own(letter: Letter) -> None:
    a_signature(letter, email="a.da@gmail.com")
    a_signature(a_letter("other"), email="ada@gmail.com")
    send_my_signatures(email="ada+tag@gmail.com", language="en")
    assert sorted(message.to[0] for message in mail.outbox) == ["a.da@gmail.com", "ada@gmail.com"]
    assert all(str(message.body).count("/manage/") == 1 for message in mail.outbox)


def test_address_gets_three_a_day(letter: Letter) -> None:
    sent = [send_my_signatures(email=ADDRESS, language="en") for _ in range(4)]
    assert sent == [True, True, True, False]
    assert SentMail.objects.count() == len(mail.outbox) == 3


@pytest.mark.parametrize(
    "refusal",
    [
        smtplib.SMTPRecipientsRefused({ADDRESS: (550, b"5.1.1 no such user")}),
        smtplib.SMTPDataError(554, f"5.7.1 <{ADDRESS}> is full".encode()),
    ],
)
def test_refused_mail_leaves_no_address_in_the_log(
    letter: Letter, monkeypatch: pytest.MonkeyPatch, refusal: Exception
) -> None:
    from verification import tasks

    def refuse(**_: Any) -> bool:
        raise refusal

    monkeypatch.setattr(tasks.lists, "send_my_signatures", refuse)
    told = tasks.send_my_signatures.apply((encrypt(ADDRESS).decode(), "en"))
    assert told.failed()
    assert "refused" in str(told.result)
    assert ADDRESS not in f"{told.result!r} {told.traceback}"


def test_asking_is_throttled(browser_client: Client, asked: list[Any]) -> None:
    codes = [
        browser_client.post("/my-signatures/en/", {"email": ADDRESS}).status_code for _ in range(4)
    ]
    assert codes == [303, 303, 303, 429]
    codes = [
        browser_client.post("/my-signatures/en/", {"email": f"a{n}@mail.example"}).status_code
        for n in range(4)
    ]
    assert codes == [303, 303, 429, 429]


def test_nonsense_other_sites_and_languages(browser_client: Client, asked: list[Any]) -> None:
    assert browser_client.post("/my-signatures/en/", {"email": "x"}).status_code == 422
    assert browser_client.get("/my-signatures/xx/").status_code == 404
    other = Client(headers={"Sec-Fetch-Site": "cross-site"})
    assert other.post("/my-signatures/en/", {"email": ADDRESS}).status_code == 403
    assert Client().post("/my-signatures/en/sent/").status_code == 405
    assert asked == []
