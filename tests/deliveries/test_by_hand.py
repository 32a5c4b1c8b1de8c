"""Handing a delivery over by hand: the files as a zip, texts for the office's form, the record."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from deliveries.form_texts import FormText, comment_of, form_texts, without_emoji
from deliveries.models import Delivery, DeliveryStatus, Dispatch, Method
from letters.models import ChangeKind, Letter, Role
from tests.builders import a_member, a_new_text, a_signature
from tests.deliveries.builders import a_delivery, address, an_office, client_of, made_ready

FORM = {
    "comment_chars": 5000,
    "comment_bytes": 5000,
    "comment_emoji": False,
    "person_name_chars": 25,
    "organisation_chars": 120,
    "email_chars": 100,
    "channel": "upload",
    "email": "",
    "max_files": 20,
    "max_file_bytes": 10_000_000,
}


@pytest.fixture
def portal(letter: Letter) -> Delivery:
    """Ready, for an office with a form on its own site."""
    a_signature(letter, consent_government=True)
    return made_ready(a_delivery(letter, an_office(**FORM)))


@pytest.fixture
def client(portal: Delivery) -> Client:
    member = a_member(portal.letter.coalition, Role.OWNER)
    member.name = "Zoë van Example"
    member.save(update_fields=["name"])
    return client_of(member)


def record(client: Client, delivery: Delivery, **data: str) -> Any:
    values = {"handed_on": timezone.localdate().isoformat(), **data}
    return client.post(address("delivery_by_hand", delivery), values)


def test_it_is_recorded_with_both_numbers_and_the_day(client: Client, portal: Delivery) -> None:
    assert record(client, portal, docket="PAPER-2026-0001", reference="mmx-1234").status_code == 303
    dispatch = Dispatch.objects.get()
    assert (dispatch.method, dispatch.docket, dispatch.reference, dispatch.handed_on) == (
        Method.HAND,
        "PAPER-2026-0001",
        "mmx-1234",
        timezone.localdate(),
    )
    portal.refresh_from_db()
    assert portal.status == DeliveryStatus.SENT
    public = reverse("delivery_public", args=[portal.letter.slug, portal.number])
    page = Client().get(public).content.decode()
    assert "mmx-1234" in page
    assert Client().get(f"{public}delivery.json").json()["handed_over"] == {
        "on": timezone.localdate().isoformat(),
        "docket": "PAPER-2026-0001",
        "tracking_number": "mmx-1234",
    }
    assert record(client, portal, docket="again").status_code == 303
    assert Dispatch.objects.count() == 1


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({}, "reference"),
        ({"docket": "D", "handed_on": ""}, "handed_on"),
        ({"docket": "D", "handed_on": str(timezone.localdate() + timedelta(days=2))}, "handed_on"),
        ({"docket": "D", "handed_on": "2020-01-01"}, "handed_on"),
    ],
)
def test_a_record_that_says_too_little_is_refused(
    client: Client, portal: Delivery, data: dict[str, str], field: str
) -> None:
    answer = record(client, portal, **data)
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert not Dispatch.objects.exists()


def test_the_page_has_the_texts_with_their_counts(client: Client, portal: Delivery) -> None:
    page = client.get(address("delivery_by_hand", portal)).content.decode()
    for part in (
        'value="Zoë van"',
        "7 of at most 25 characters",
        "of at most 5,000 characters",
        "of at most 5,000 bytes",
        "makers-a-letter-delivery-1-roll.pdf",
        "upload.zip",
    ):
        assert part in page
    detail = client.get(address("delivery_detail", portal)).content.decode()
    assert "by hand only" in detail
    assert "Send by mail" not in detail


@pytest.mark.parametrize("body", ["Short.", "Ü" * 4000, "Word \U0001f600 word. " * 900])
def test_the_comment_keeps_within_the_form_s_limits(letter: Letter, body: str) -> None:
    a_signature(letter, consent_government=True)
    a_new_text(letter, a_member(letter.coalition, Role.OWNER), ChangeKind.CORRECTION, body)
    letter.refresh_from_db()
    comment = comment_of(a_delivery(letter, an_office(**FORM)))
    sent = comment.value.replace("\n", "\r\n")
    assert len(sent) <= comment.chars <= 5000
    assert len(sent.encode()) == comment.bytes <= 5000
    assert comment.fits
    assert ("Short." in comment.value) == (body == "Short.")
    assert "\U0001f600" not in comment.value
    assert "This document is approved for public dissemination." in comment.value
    assert "/deliveries/a-letter/1/" in comment.value


def test_what_is_too_long_is_said_and_not_cut(portal: Delivery) -> None:
    portal.letter.coalition.name = "N" * 121
    member = a_member(portal.letter.coalition, Role.OWNER)
    texts = {text.name: text for text in form_texts(portal, member)}
    assert (texts["organisation"].chars, texts["organisation"].fits) == (121, False)
    assert texts["submissions"].value == "1"


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Paper © 2026 – 1 № ™", "Paper © 2026 – 1 № ™"),
        ("ok \U0001f469\u200d\U0001f680 ❤️ \U0001f1eb\U0001f1f7 1️⃣ \U0001f44d\U0001f3fd", "ok    1 "),
        ("می\u200cخواهم क\u200dष 𠮷", "می\u200cخواهم क\u200dष 𠮷"),
    ],
)
def test_only_emoji_are_taken_out(text: str, left: str) -> None:
    assert without_emoji(text) == left


def test_characters_are_counted_as_browsers_do() -> None:
    text = FormText("comment", "Comment", "𠮷\né")
    assert (text.chars, text.bytes) == (5, 8)


def test_the_zip_is_the_same_each_time_and_names_the_submitter(
    client: Client, portal: Delivery
) -> None:
    answers = [client.get(address("delivery_zip", portal)) for _ in range(2)]
    assert answers[0].streaming
    assert "makers-a-letter-delivery-1-upload.zip" in answers[0]["Content-Disposition"]
    first, second = (b"".join(answer.streaming_content) for answer in answers)
    assert first == second
    with ZipFile(BytesIO(first)) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == [
            "makers-a-letter-delivery-1-letter.pdf",
            "makers-a-letter-delivery-1-roll.pdf",
        ]
        assert archive.read(archive.namelist()[1]) == b"%PDF-1.7 roll.pdf"
    (portal.folder / "roll.pdf").unlink()
    assert client.get(address("delivery_zip", portal)).status_code == 404
