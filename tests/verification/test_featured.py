"""The featured signatories' order and headings."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from letters.models import Letter, Role
from signatories.models import FeaturedGroup, Signature
from tests.builders import a_letter, a_member, a_signature
from verification.models import AuditEntry

pytestmark = pytest.mark.django_db
PAGE = "/organise/letters/a-letter/featured/"


@pytest.fixture
def moderator(letter: Letter) -> Client:
    client = Client()
    client.force_login(a_member(letter.coalition, Role.MODERATOR))
    return client


@pytest.fixture
def people(letter: Letter) -> list[Signature]:
    return [a_signature(letter, name, featured_rank=n) for n, name in enumerate("ABC", start=1)]


def tokens(rows: list[Signature]) -> list[str]:
    return [f"s{row.pk}" for row in rows]


def order(letter: Letter) -> str:
    return "".join(row.name for row in Signature.objects.of_letter(letter.pk).featured())


def send(client: Client, items: list[str], **more: Any) -> None:
    assert client.post(PAGE, {"item": items, **more}).status_code == 303


def test_order_is_as_dragged(moderator: Client, letter: Letter, people: list[Signature]) -> None:
    send(moderator, tokens(people[::-1]))
    assert order(letter) == "CBA"
    assert AuditEntry.objects.get().after["signatures"] == [row.pk for row in people[::-1]]


@pytest.mark.parametrize(
    ("move", "after"),
    [("up-{0}", "ABC"), ("down-{0}", "BAC"), ("up-{2}", "ACB"), ("down-{2}", "ABC"), ("x", "ABC")],
)
def test_arrows_move_one_place(
    moderator: Client, letter: Letter, people: list[Signature], move: str, after: str
) -> None:
    items = tokens(people)
    send(moderator, items, move=move.format(*items))
    assert order(letter) == after


def test_who_came_or_went_meanwhile_does_no_harm(
    moderator: Client, letter: Letter, people: list[Signature]
) -> None:
    elsewhere = a_signature(a_letter("other"), "X", featured_rank=7)
    Signature.objects.filter(pk=people[0].pk).update(featured_rank=None)
    send(moderator, [*tokens([people[2], people[0], elsewhere]), "s999999", "g1", "nonsense"])
    assert order(letter) == "CB"
    elsewhere.refresh_from_db()
    assert elsewhere.featured_rank == 7


def test_heading_stands_over_its_group_in_each_language(
    moderator: Client, letter: Letter, people: list[Signature]
) -> None:
    send(moderator, tokens(people), add="1")
    group = FeaturedGroup.objects.get()
    a, b, c = tokens(people)
    headings = {f"heading-{group.pk}-en": "Film", f"heading-{group.pk}-fr": "Cinéma"}
    send(moderator, [a, f"g{group.pk}", b, c], **headings)
    for path in ("", "roll/"):
        page = Client().get(f"/letters/a-letter/{path}").content.decode()
        assert page.index(">A</") < page.index("<h3><bdi>Film</bdi></h3>") < page.index(">B</")
    assert "Cinéma" in Client().get("/letters/a-letter/fr/").content.decode()
    assert "Film" in Client().get("/letters/a-letter/ar/").content.decode()
    send(moderator, [a, b, c], remove=f"g{group.pk}")
    assert not FeaturedGroup.objects.exists()


def test_heading_with_markup_is_refused_and_kept(
    moderator: Client, letter: Letter, people: list[Signature]
) -> None:
    group = FeaturedGroup.objects.create(letter=letter, first_rank=1)
    data = {"item": tokens(people), f"heading-{group.pk}-en": "<b>Film</b>"}
    response = moderator.post(PAGE, data)
    assert response.status_code == 422
    assert "&lt;b&gt;Film" in response.content.decode()


def test_groups_have_a_bound(moderator: Client, letter: Letter) -> None:
    for _ in range(14):
        send(moderator, [], add="1")
    assert FeaturedGroup.objects.count() == 12
