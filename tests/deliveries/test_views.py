from __future__ import annotations

import uuid
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from deliveries.models import Delivery, DeliveryStatus, Dispatch, DispatchStatus, Method
from letters.models import Letter, LetterStatus, Role
from signatories.models import Signature
from tests.builders import a_coalition, a_member, a_signature, a_user
from tests.deliveries.builders import a_delivery, an_office, typeset

READS = ("delivery_list", "delivery_detail", "delivery_progress", "delivery_file")
WRITES = ("delivery_new", "delivery_retry", "delivery_publish", "delivery_by_hand")
NAME = "Zoë Very-Particular"


@pytest.fixture
def delivery(letter: Letter) -> Delivery:
    a_signature(letter, NAME, consent_government=True)
    return a_delivery(letter)


@pytest.fixture
def ready(delivery: Delivery) -> Delivery:
    """Ready, with a file on the disk, without typesetting."""
    from django.utils import timezone

    for name in ("letter.pdf", "roll.pdf"):
        delivery.folder.mkdir(parents=True, exist_ok=True)
        (delivery.folder / name).write_bytes(b"%PDF-1.7 " + NAME.encode())
        delivery.files.create(
            name=name, media_type="application/pdf", sha256="ab" * 32, bytes=40, pages=1
        )
    delivery.status, delivery.ready_at = DeliveryStatus.READY, timezone.now()
    delivery.save(update_fields=["status", "ready_at"])
    return delivery


def address(name: str, delivery: Delivery) -> str:
    kwargs: dict[str, Any] = {"slug": delivery.letter.slug}
    if name not in ("delivery_list", "delivery_new"):
        kwargs["number"] = delivery.number
    if name == "delivery_file":
        kwargs["name"] = "letter.pdf"
    if name == "dispatch_resolve":
        kwargs["dispatch_id"] = 1
    return reverse(name, kwargs=kwargs)


def client_of(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.mark.parametrize("name", [*READS, *WRITES, "delivery_send", "dispatch_resolve"])
def test_strangers_see_nothing_and_the_anonymous_log_in(ready: Delivery, name: str) -> None:
    method = "post" if name in (*WRITES, "dispatch_resolve") else "get"
    url = address(name, ready)
    outsider = a_member(a_coalition("elsewhere"), Role.OWNER)
    assert getattr(client_of(outsider), method)(url).status_code == 404
    assert getattr(client_of(a_user("nobody@mail.example")), method)(url).status_code == 404
    answer = getattr(Client(), method)(url)
    assert answer.status_code == 302
    assert answer.url.startswith(reverse("account_login"))


@pytest.mark.parametrize("role", [Role.VIEWER, Role.MODERATOR])
@pytest.mark.parametrize("name", [*WRITES, "delivery_send", "dispatch_resolve"])
def test_only_editors_freeze_and_send(ready: Delivery, name: str, role: Role) -> None:
    client = client_of(a_member(ready.letter.coalition, role))
    method = "get" if name == "delivery_send" else "post"
    assert getattr(client, method)(address(name, ready)).status_code == 403


@pytest.mark.parametrize("name", READS)
def test_viewers_read(ready: Delivery, name: str) -> None:
    client = client_of(a_member(ready.letter.coalition, Role.VIEWER))
    assert client.get(address(name, ready)).status_code == 200
    assert client.post(address(name, ready)).status_code == 405


@pytest.mark.parametrize("name", [*WRITES, "dispatch_resolve"])
def test_what_changes_something_is_a_post(ready: Delivery, name: str) -> None:
    client = client_of(a_member(ready.letter.coalition, Role.OWNER))
    assert client.get(address(name, ready)).status_code == 405


def test_the_list_costs_the_same_however_long(
    letter: Letter, delivery: Delivery, django_assert_num_queries: Any
) -> None:
    client = client_of(a_member(letter.coalition, Role.OWNER))
    url = address("delivery_list", delivery)
    client.get(url)
    with django_assert_num_queries(7):
        client.get(url)
    office = delivery.office
    for _ in range(3):
        a_delivery(letter, office)
    with django_assert_num_queries(7):
        client.get(url)


def test_a_form_pressed_twice_makes_one_delivery(letter: Letter) -> None:
    a_signature(letter, consent_government=True)
    client = client_of(a_member(letter.coalition, Role.EDITOR))
    url = reverse("delivery_new", args=[letter.slug])
    data = {"office": an_office().pk, "form_token": str(uuid.uuid4())}
    answers = [client.post(url, data) for _ in range(2)]
    where = reverse("delivery_detail", args=[letter.slug, 1])
    assert [(a.status_code, a.url) for a in answers] == [(303, where)] * 2  # type: ignore[attr-defined]
    assert Delivery.objects.count() == 1


def test_nobody_signed_is_said_in_place(letter: Letter) -> None:
    client = client_of(a_member(letter.coalition, Role.EDITOR))
    data = {"office": an_office().pk, "form_token": str(uuid.uuid4())}
    answer = client.post(reverse("delivery_new", args=[letter.slug]), data)
    assert answer.status_code == 422
    assert "signature counts yet" in answer.content.decode()
    answer = client.post(reverse("delivery_new", args=[letter.slug]), {"office": "x\0"})
    assert answer.status_code == 422


def test_progress_counts_pieces_and_ends_with_the_page(delivery: Delivery) -> None:
    client = client_of(a_member(delivery.letter.coalition, Role.VIEWER))
    url = address("delivery_progress", delivery)
    answer = client.get(url)
    assert "0 of 2 pieces are typeset" in answer.content.decode()
    assert 'hx-trigger="every 1s"' in answer.content.decode()
    page = client.get(address("delivery_detail", delivery)).content.decode()
    assert '<noscript><meta http-equiv="refresh"' in page
    Delivery.objects.filter(pk=delivery.pk).update(status=DeliveryStatus.FAILED, error="no paper")
    answer = client.get(url)
    assert answer["HX-Redirect"] == address("delivery_detail", delivery)
    assert "no paper" in client.get(address("delivery_detail", delivery)).content.decode()


def test_files_leave_as_attachments(ready: Delivery) -> None:
    client = client_of(a_member(ready.letter.coalition, Role.VIEWER))
    answer = client.get(address("delivery_file", ready))
    assert answer["Content-Type"] == "application/pdf"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "attachment" in answer["Content-Disposition"]
    assert "a-letter-delivery-1-letter.pdf" in answer["Content-Disposition"]
    url = address("delivery_detail", ready) + "files/..%2f..%2fkeys.json"
    assert client.get(url).status_code == 404


def test_the_send_page_shows_what_goes_where(ready: Delivery) -> None:
    client = client_of(a_member(ready.letter.coalition, Role.OWNER))
    page = client.get(address("delivery_send", ready)).content.decode()
    for part in ("comments@office.example", "Paper Plan: A letter about paper", "roll.pdf"):
        assert part in page
    assert client.post(address("delivery_send", ready)).status_code == 303
    assert client.post(address("delivery_send", ready)).status_code == 303
    assert Dispatch.objects.get().status == DispatchStatus.QUEUED


def test_handed_over_by_people_is_recorded(ready: Delivery) -> None:
    client = client_of(a_member(ready.letter.coalition, Role.OWNER))
    client.post(address("delivery_by_hand", ready), {"reference": ""})
    assert not Dispatch.objects.exists()
    client.post(address("delivery_by_hand", ready), {"reference": "mmx-1234"})
    dispatch = Dispatch.objects.get()
    assert (dispatch.method, dispatch.status, dispatch.reference) == (
        Method.HAND,
        DispatchStatus.SENT,
        "mmx-1234",
    )
    ready.refresh_from_db()
    assert ready.status == DeliveryStatus.SENT


def public(client: Client, delivery: Delivery, name: str = "") -> Any:
    return client.get(f"/deliveries/{delivery.letter.slug}/{delivery.number}/{name}")


def test_the_public_page_shows_hashes_and_no_name(ready: Delivery) -> None:
    client = Client()
    answer = public(client, ready)
    page = answer.content.decode()
    assert answer.status_code == 200
    assert not answer.cookies
    assert NAME not in page
    for part in ("ab" * 32, ready.text_sha256, "Office of Paper", "roll.pdf"):
        assert part in page
    assert client.post(f"/deliveries/{ready.letter.slug}/1/").status_code == 405


def test_only_the_letter_file_is_ever_public(ready: Delivery) -> None:
    client = Client()
    assert public(client, ready, "letter.pdf").status_code == 404
    editor = client_of(a_member(ready.letter.coalition, Role.OWNER))
    editor.post(address("delivery_publish", ready))
    assert public(client, ready, "letter.pdf").status_code == 200
    for name in ("roll.pdf", "roll.csv", "manifest.json", "nothing"):
        assert public(client, ready, name).status_code == 404


@pytest.mark.parametrize("status", [LetterStatus.DRAFT, LetterStatus.EMBARGOED])
def test_a_letter_that_is_not_public_has_no_public_delivery(
    ready: Delivery, status: LetterStatus
) -> None:
    Letter.objects.filter(pk=ready.letter_id).update(status=status)
    assert public(Client(), ready).status_code == 404
    assert public(Client(), ready, "letter.pdf").status_code == 404


def test_a_delivery_under_way_has_no_public_page(delivery: Delivery) -> None:
    assert public(Client(), delivery).status_code == 404
    assert public(Client(), delivery, "../1/").status_code == 404


@pytest.mark.slow
def test_who_is_not_to_be_named_is_in_no_public_byte(letter: Letter, tmp_path: Path) -> None:
    shown = a_signature(letter, "Later Withdrawn", consent_government=True, featured_rank=1)
    a_signature(letter, "Held Secret", status="held", consent_government=True)
    delivery = typeset(a_delivery(letter))
    Delivery.objects.filter(pk=delivery.pk).update(
        status=DeliveryStatus.READY, published_at=delivery.ready_at
    )
    Signature.objects.filter(pk=shown.pk).update(show_name=False)
    page = public(Client(), delivery).content.decode()
    for name in ("Later Withdrawn", "Held Secret"):
        assert name not in page
