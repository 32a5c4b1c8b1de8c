from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from common import pagecache
from letters.models import Letter, Role
from letters.services import current_letter
from signatories.models import Mark, Organisation, Signature, Status
from tests.builders import a_coalition, a_letter, a_member, a_signature
from verification.models import Evidence
from verification.services.confirm_signature import confirm_signature
from verification.services.give_evidence import NotConfirmed, give_evidence, take_evidence
from verification.services.revise_signature import revise_signature

pytestmark = pytest.mark.django_db
PAGE = "/organise/letters/a-letter/evidence/"


def a_guild_organisation(letter: Letter, **fields: Any) -> Organisation:
    return Organisation.objects.create(
        letter=letter,
        **{"name": "The Paper Guild", "name_key": "the paper guild", **fields},
    )


def member(letter: Letter, role: Role) -> Client:
    client = Client()
    client.force_login(a_member(letter.coalition, role))
    return client


def test_evidence_shows_as_a_mark_once(letter: Letter) -> None:
    row = a_signature(letter)
    for kind in (Mark.VOUCHED, Mark.GUILD_CODE, Mark.VOUCHED):
        give_evidence(signature_id=row.pk, kind=kind)
    row.refresh_from_db()
    assert row.marks == ["guild_code", "vouched"]
    assert Evidence.objects.count() == 2
    take_evidence(signature_id=row.pk, kind=Mark.VOUCHED)
    row.refresh_from_db()
    assert row.marks == ["guild_code"]


def test_unconfirmed_signature_gets_no_evidence(letter: Letter) -> None:
    row = a_signature(letter, status=Status.UNCONFIRMED)
    with pytest.raises(NotConfirmed):
        give_evidence(signature_id=row.pk, kind=Mark.VOUCHED)
    with pytest.raises(IntegrityError), transaction.atomic():
        Signature.objects.filter(pk=row.pk).update(marks=["vouched"])


@pytest.mark.parametrize(
    ("address", "marked"),
    [
        ("ada@paper.example", True),
        ("ada@lyon.paper.example", True),
        ("ada@wallpaper.example", False),
        ("ada@paper.example.net", False),
        ("ada@gmail.com", False),
    ],
)
@pytest.mark.parametrize("affiliation", ["The Paper Guild", "  the PAPER guild"])
def test_work_address_is_marked_at_confirmation(
    letter: Letter, address: str, marked: bool, affiliation: str
) -> None:
    a_guild_organisation(letter, domain="paper.example")
    row = a_signature(
        letter, email=address, affiliation=affiliation.strip(), status=Status.UNCONFIRMED
    )
    confirm_signature(signature_id=row.pk)
    row.refresh_from_db()
    assert row.marks == (["work_domain"] if marked else [])


def test_organisation_of_another_letter_gives_no_mark(letter: Letter) -> None:
    a_guild_organisation(a_letter("other"), domain="paper.example")
    row = a_signature(
        letter, email="a@paper.example", affiliation="The Paper Guild", status=Status.UNCONFIRMED
    )
    confirm_signature(signature_id=row.pk)
    row.refresh_from_db()
    assert row.marks == []


def test_mark_of_a_work_address_goes_with_the_affiliation(letter: Letter) -> None:
    a_guild_organisation(letter, domain="paper.example")
    row = a_signature(
        letter, email="a@paper.example", affiliation="The Paper Guild", status=Status.UNCONFIRMED
    )
    confirm_signature(signature_id=row.pk)
    revise_signature(signature_id=row.pk, changes={"affiliation": "Another place"})
    row.refresh_from_db()
    assert (row.marks, row.status) == ([], Status.COUNTED)
    revise_signature(signature_id=row.pk, changes={"affiliation": "The Paper Guild"})
    row.refresh_from_db()
    assert row.marks == ["work_domain"]


@pytest.mark.parametrize(
    ("kind", "changes", "status"),
    [
        (Mark.GUILD_CODE, {"name": "Somebody Famous"}, Status.HELD),
        (Mark.GUILD_CODE, {"city": "Paris"}, Status.COUNTED),
        (Mark.VOUCHED, {"city": "Paris"}, Status.HELD),
    ],
)
def test_evidence_given_to_one_name_does_not_pass_to_another(
    letter: Letter, kind: Mark, changes: dict[str, str], status: str
) -> None:
    row = a_signature(letter)
    give_evidence(signature_id=row.pk, kind=kind)
    assert revise_signature(signature_id=row.pk, changes=changes).status == status


def test_roll_explains_the_marks_it_shows(client: Client, letter: Letter) -> None:
    give_evidence(signature_id=a_signature(letter).pk, kind=Mark.GUILD_CODE)
    for path in ("", "roll/"):
        page = client.get(f"/letters/a-letter/{path}").content.decode()
        assert 'aria-label="Guild member"' in page
        assert str(Mark.GUILD_CODE.meaning) in page
        assert str(Mark.VOUCHED.meaning) not in page


@pytest.mark.parametrize("path", ["/letters/a-letter/", "/letters/a-letter/roll/"])
def test_marks_cost_no_query(client: Client, letter: Letter, path: str) -> None:
    a_signature(letter)
    counts = []
    for name in ("", "Berta", "Carla"):
        if name:
            give_evidence(signature_id=a_signature(letter, name).pk, kind=Mark.GUILD_CODE)
        pagecache.pages.clear()
        current_letter.forget()
        with CaptureQueriesContext(connection) as queries:
            client.get(path)
        counts.append(len(queries))
    assert counts[1] == counts[2]


def test_organiser_sets_a_domain_and_those_who_signed_before_are_marked(letter: Letter) -> None:
    organisation = a_guild_organisation(letter)
    rows = [
        a_signature(letter, name, email=f"{name}@{domain}", affiliation="The Paper Guild")
        for name, domain in (("ada", "paper.example"), ("ben", "mail.example"))
    ]
    client = member(letter, Role.EDITOR)
    data = {"organisation": organisation.pk, "domain": "@Paper.Example"}
    assert client.post(f"{PAGE}domains/", data).status_code == 303
    assert [Signature.objects.get(pk=row.pk).marks for row in rows] == [["work_domain"], []]
    assert "paper.example" in client.get(PAGE).content.decode()
    client.post(f"{PAGE}domains/", {**data, "domain": ""})
    assert Signature.objects.get(pk=rows[0].pk).marks == []


@pytest.mark.parametrize("domain", ["gmail.com", "mail.gmail.com", "no domain", "a@b@c"])
def test_domain_that_says_nothing_is_refused(letter: Letter, domain: str) -> None:
    organisation = a_guild_organisation(letter)
    response = member(letter, Role.EDITOR).post(
        f"{PAGE}domains/", {"organisation": organisation.pk, "domain": domain}
    )
    assert response.status_code == 422
    organisation.refresh_from_db()
    assert organisation.domain == ""


def test_organisation_of_another_coalition_cannot_be_chosen(letter: Letter) -> None:
    other = a_guild_organisation(a_letter("other", coalition=a_coalition("others")))
    response = member(letter, Role.EDITOR).post(
        f"{PAGE}domains/", {"organisation": other.pk, "domain": "paper.example"}
    )
    assert response.status_code == 422
    other.refresh_from_db()
    assert other.domain == ""
