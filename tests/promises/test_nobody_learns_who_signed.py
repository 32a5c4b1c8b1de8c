"""Nobody can learn from a page, a status or a header whether an address has signed."""

from __future__ import annotations

import pytest
from django.http import HttpResponse
from django.test import Client

from letters.models import Letter
from signatories.models import Status
from signatories.services.refresh_tallies import refresh_tallies
from tests.builders import a_signature, sign_data
from tests.conftest import SAME_ORIGIN
from tests.promises.public_pages import open_all

pytestmark = pytest.mark.django_db

# As long as one another, so that the length of an answer says nothing either.
ADDRESSES = {state: f"{state:x<12}@mail.example" for state in ("new", *Status.values)}


@pytest.fixture
def known(letter: Letter) -> Letter:
    """An address in every state, and one that is in none."""
    for state in Status.values:
        a_signature(letter, f"{state} Person", email=ADDRESSES[state], status=state)
    return letter


def whole(response: HttpResponse) -> tuple[object, ...]:
    """All that a stranger receives."""
    return response.status_code, sorted(response.items()), response.content, str(response.cookies)


@pytest.mark.parametrize("changes", [{}, {"name": "<b>"}, {"version": "7"}, {"consent_web": None}])
def test_sign_form_answers_every_address_the_same(
    known: Letter, changes: dict[str, str | None]
) -> None:
    answers = set()
    for address in ADDRESSES.values():
        data = sign_data(known, email=address, **changes)
        response = Client(headers=SAME_ORIGIN).post(f"/letters/{known.slug}/sign/", data)
        received = str(whole(response)).replace(address, "ADDRESS")
        answers.add(received)
    assert len(answers) == 1


def test_sending_again_is_answered_the_same(known: Letter) -> None:
    for address in ADDRESSES.values():
        data = sign_data(known, email=address)
        client = Client(headers=SAME_ORIGIN)
        first, second = (client.post(f"/letters/{known.slug}/sign/", data) for _ in range(2))
        assert whole(first) == whole(second)


def test_public_figures_move_the_same_for_every_address(known: Letter) -> None:
    changes = set()
    for address in ADDRESSES.values():
        before = _figures()
        data = sign_data(known, email=address, name="Some Body")
        Client(headers=SAME_ORIGIN).post(f"/letters/{known.slug}/sign/", data)
        after = _figures()
        changes.add(tuple(b - a for a, b in zip(before, after, strict=True)))
    assert len(changes) == 1


def _figures() -> list[int]:
    """Every number that the explained count shows."""
    refresh_tallies()
    import re

    pages = dict(open_all())
    table = pages["/letters/a-letter/"].content.decode()
    table = table[table.index('<table class="sum">') : table.index("</table>")]
    return [int(number) for number in re.findall(r"<td>(?:−\s*)?(\d+)</td>", table)]
