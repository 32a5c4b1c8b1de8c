"""A letter begins: title, address, language."""

from __future__ import annotations

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from letters.models import Coalition, Letter, LetterStatus, Role, User
from letters.services.create_letter import SlugTaken, create_letter
from tests.builders import a_coalition, a_letter, a_member
from tests.letters.conftest import client_of
from verification.models import AuditEntry

pytestmark = pytest.mark.django_db
NEW = "/organise/coalitions/makers/new-letter/"


def new(**changes: object) -> dict[str, object]:
    return {"title": "On Paper", "slug": "", "language": "en", **changes}


def test_letter_begins_as_a_draft_that_nobody_sees(coalition: Coalition, editor: User) -> None:
    client = client_of(editor)
    assert client.get(NEW).status_code == 200
    answer = client.post(NEW, new())
    assert answer["Location"] == "/organise/letters/on-paper/text/edit/"
    letter = Letter.objects.get(slug="on-paper")
    assert (letter.status, letter.current_version) == (LetterStatus.DRAFT, None)
    assert [(d.language, d.title, d.is_authoritative) for d in letter.drafts.all()] == [
        ("en", "On Paper", True)
    ]
    entry = AuditEntry.objects.get(letter=letter)
    assert (entry.action, entry.actor) == ("create", editor)
    assert client.get(answer["Location"]).status_code == 200
    assert Client().get("/letters/on-paper/").status_code == 404
    assert "On Paper" not in Client().get("/").content.decode()


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"title": ""}, "This field is required."),
        ({"slug": "a-letter"}, "“a-letter-2” is free"),
        ({"title": "A letter"}, "“a-letter-2” is free"),
        ({"title": "رسالة"}, "Please write an address in Latin letters."),
        ({"slug": "no spaces"}, "valid “slug”"),
        ({"language": "tlh"}, "not one of the available choices"),
    ],
)
def test_form_that_is_wrong_begins_nothing(
    coalition: Coalition, editor: User, changes: dict[str, object], said: str
) -> None:
    a_letter()
    answer = client_of(editor).post(NEW, new(**changes))
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert Letter.objects.count() == 1


def test_address_that_somebody_takes_meanwhile_is_refused(
    coalition: Coalition, editor: User
) -> None:
    a_letter()
    with pytest.raises(SlugTaken):
        create_letter(
            coalition=coalition,
            title="T",
            slug="a-letter",
            language="en",
            time_zone="UTC",
            actor=editor,
        )


def test_nobody_begins_a_letter_of_another_coalition(coalition: Coalition) -> None:
    stranger = a_member(a_coalition("others"), Role.OWNER)
    viewer = a_member(coalition, Role.VIEWER)
    for user, status in ((stranger, 404), (viewer, 403)):
        assert client_of(user).get(NEW).status_code == status
        assert client_of(user).post(NEW, new()).status_code == status
    assert not Letter.objects.exists()


def test_hint_says_the_address_and_whether_it_is_free(editor: User) -> None:
    a_letter()
    client = client_of(editor)
    free = client.get(f"{NEW}address/", {"title": "Über Papier!", "slug": ""}).content.decode()
    assert "localhost:8000/letters/uber-papier/" in free
    taken = client.get(f"{NEW}address/", {"title": "x", "slug": "a-letter"}).content.decode()
    assert "“a-letter-2” is free" in taken


def test_hint_does_not_know_what_others_prepare(coalition: Coalition, editor: User) -> None:
    others = a_coalition("others")
    Letter.objects.create(coalition=others, slug="a-secret")
    sealed = a_letter("sealed", coalition=others)
    Letter.objects.filter(pk=sealed.pk).update(status=LetterStatus.EMBARGOED)
    Letter.objects.create(coalition=coalition, slug="our-own")
    client = client_of(editor)
    said = {
        slug: "is free" in client.get(f"{NEW}address/", {"slug": slug}).content.decode()
        for slug in ("a-secret", "sealed", "our-own")
    }
    assert said == {"a-secret": False, "sealed": False, "our-own": True}


def test_addresses_cannot_be_tried_one_after_another(coalition: Coalition, editor: User) -> None:
    Letter.objects.create(coalition=a_coalition("others"), slug="a-secret")
    client = client_of(editor)
    with time_machine.travel(timezone.now(), tick=False):  # all within one minute
        answers = [client.post(NEW, new(slug="a-secret")).content.decode() for _ in range(7)]
    assert ["“a-secret-2” is free" in answer for answer in answers] == [True] * 6 + [False]
    assert "Please wait a minute" in answers[-1]
