from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from deliveries.models import Delivery, DeliveryStatus, Dispatch, DispatchStatus
from letters.models import Letter, Role
from tests.builders import a_coalition, a_member, a_signature, a_user
from tests.deliveries.builders import a_delivery, address, an_office, client_of

READS = (
    *("delivery_list", "delivery_detail", "delivery_progress", "delivery_preview"),
    *("delivery_file", "delivery_draft", "delivery_zip"),
)
WRITES = (
    *("delivery_new", "delivery_cancel", "delivery_retry", "delivery_publish"),
    *("delivery_read_again", "delivery_seal_again"),
)
# A page with a button.
ASKS = ("delivery_send", "delivery_by_hand")
ONE = ("dispatch_resolve", "dispatch_stop", "link_revoke")


@pytest.mark.parametrize("name", [*READS, *WRITES, *ASKS, *ONE, "dispatch_message"])
def test_strangers_see_nothing_and_the_anonymous_log_in(ready: Delivery, name: str) -> None:
    method = "post" if name in (*WRITES, *ONE) else "get"
    url = address(name, ready)
    outsider = a_member(a_coalition("elsewhere"), Role.OWNER)
    assert getattr(client_of(outsider), method)(url).status_code == 404
    assert getattr(client_of(a_user("nobody@mail.example")), method)(url).status_code == 404
    answer = getattr(Client(), method)(url)
    assert answer.status_code == 302
    assert answer.url.startswith(reverse("account_login"))


@pytest.mark.parametrize("role", [Role.VIEWER, Role.MODERATOR])
@pytest.mark.parametrize("name", [*WRITES, *ASKS, *ONE])
def test_only_editors_freeze_and_send(ready: Delivery, name: str, role: Role) -> None:
    client = client_of(a_member(ready.letter.coalition, role))
    method = "get" if name in ASKS else "post"
    assert getattr(client, method)(address(name, ready)).status_code == 403


@pytest.mark.parametrize("name", READS)
def test_viewers_read(ready: Delivery, name: str) -> None:
    client = client_of(a_member(ready.letter.coalition, Role.VIEWER))
    assert client.get(address(name, ready)).status_code == 200
    assert client.post(address(name, ready)).status_code == 405


@pytest.mark.parametrize("name", [*WRITES, *ONE])
def test_what_changes_something_is_a_post(ready: Delivery, name: str) -> None:
    client = client_of(a_member(ready.letter.coalition, Role.OWNER))
    assert client.get(address(name, ready)).status_code == 405


def test_the_list_costs_the_same_however_long(
    letter: Letter, delivery: Delivery, django_assert_num_queries: Any
) -> None:
    client = client_of(a_member(letter.coalition, Role.OWNER))
    url = address("delivery_list", delivery)
    client.get(url)
    with django_assert_num_queries(9):
        client.get(url)
    office = delivery.office
    for _ in range(3):
        a_delivery(letter, office)
    with django_assert_num_queries(9):
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
    assert "0 of 3 pieces are typeset" in answer.content.decode()
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
    assert answer["Cache-Control"] == "private, no-store"
    assert "attachment" in answer["Content-Disposition"]
    assert "a-letter-delivery-1-letter.pdf" in answer["Content-Disposition"]
    url = address("delivery_detail", ready) + "files/..%2f..%2fkeys.json"
    assert client.get(url).status_code == 404


def test_the_send_page_shows_what_goes_where(ready: Delivery) -> None:
    client = client_of(a_member(ready.letter.coalition, Role.OWNER))
    page = client.get(address("delivery_send", ready)).content.decode()
    for part in ("comments@office.example", "Paper Plan: A letter about paper", "roll.pdf"):
        assert part in page
    assert "letter-public.pdf" not in page
    assert client.post(address("delivery_send", ready)).status_code == 303
    assert client.post(address("delivery_send", ready)).status_code == 303
    assert Dispatch.objects.get().status == DispatchStatus.QUEUED


def test_while_nobody_knows_whether_a_mail_went_no_other_way_is_offered(ready: Delivery) -> None:
    client = client_of(a_member(ready.letter.coalition, Role.OWNER))
    ways = [address(name, ready) for name in ("delivery_send", "delivery_by_hand")]
    client.post(ways[0])
    for status, offered in (("uncertain", False), ("failed", True)):
        Dispatch.objects.update(status=status)
        page = client.get(address("delivery_detail", ready)).content.decode()
        assert [f'href="{way}"' in page for way in ways] == [offered] * 2
