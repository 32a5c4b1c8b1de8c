from __future__ import annotations

import csv
import io
import json
from typing import Any

import pytest
from django.test import Client

from letters.models import Letter, Role
from signatories import export as exports
from signatories.export import COLUMNS, PUBLISHED, Export, Purpose
from signatories.models import Signature, Status
from tests.builders import a_member, a_signature
from tests.conftest import SAME_ORIGIN
from verification.models import AuditEntry

pytestmark = pytest.mark.django_db
PAGE = "/organise/letters/a-letter/export/"
ASKED = {"purpose": "press", "columns": ["name", "country"], "file_format": "csv"}


def client_of(letter: Letter, role: Role) -> Client:
    client = Client(headers=SAME_ORIGIN)
    client.force_login(a_member(letter.coalition, role))
    return client


def table(response: Any) -> list[list[str]]:
    assert response.status_code == 200
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text)))


@pytest.mark.parametrize(
    ("purpose", "names"),
    [
        ("web", {"Web Only", "Everything"}),
        ("press", {"Press Only", "Everything"}),
        ("government", {"Office Only", "Everything"}),
    ],
)
def test_only_who_agreed_to_the_purpose_leaves(
    letter: Letter, purpose: str, names: set[str]
) -> None:
    everything = {"consent_web": True, "consent_press": True, "consent_government": True}
    none = dict.fromkeys(everything, False)
    a_signature(letter, "Web Only", **none | {"consent_web": True})
    a_signature(letter, "Press Only", **none | {"consent_press": True})
    a_signature(letter, "Office Only", **none | {"consent_government": True})
    a_signature(letter, "Everything", **everything)
    a_signature(letter, "Anonymous", show_name=False, **everything)
    for status in set(Status) - {Status.COUNTED}:
        a_signature(letter, f"Not {status}", status=status, **everything)
    rows = table(client_of(letter, Role.EDITOR).post(PAGE, {**ASKED, "purpose": purpose}))
    assert rows[0] == ["name", "country"]
    assert {row[0] for row in rows[1:]} == names


def test_table_has_the_chosen_columns_and_organisations_without_their_people(
    letter: Letter,
) -> None:
    a_signature(letter, "=Ada", consent_press=True, country="FR", marks=["vouched", "openid"])
    a_signature(
        letter, "Rep", organisation_name="The Society", role_title="Chair", consent_press=True
    )
    columns = ["name", "kind", "role_title", "country", "marks", "version"]
    rows = table(client_of(letter, Role.EDITOR).post(PAGE, {**ASKED, "columns": columns}))
    assert rows == [
        columns,
        ["The Society", "organisation", "", "", "", "1"],
        ["'=Ada", "person", "", "FR", "vouched openid", "1"],
    ]


def test_every_export_is_in_the_log_before_it_leaves(letter: Letter) -> None:
    a_signature(letter, consent_press=True)
    response = client_of(letter, Role.EDITOR).post(PAGE, {**ASKED, "file_format": "json"})
    entry = AuditEntry.objects.get()
    assert entry.action == "export"
    assert entry.actor is not None
    assert entry.after == {
        "purpose": "press",
        "format": "json",
        "columns": ["name", "country"],
        "rows": 1,
    }
    assert json.loads(b"".join(response.streaming_content)) == [
        {"name": "Ada Example", "country": ""}
    ]
    assert response["Content-Disposition"].startswith('attachment; filename="a-letter-press-')
    assert response["Cache-Control"] == "private, no-store"


def test_records_are_for_owners_and_have_everybody_who_is_not_erased(letter: Letter) -> None:
    a_signature(letter, "Hidden", show_name=False, consent_web=False)
    a_signature(letter, "Rejected", status=Status.REJECTED)
    records = {**ASKED, "purpose": "records", "record_columns": ["status", "show_name"]}
    assert client_of(letter, Role.EDITOR).post(PAGE, records).status_code == 422
    assert not AuditEntry.objects.exists()
    rows = table(client_of(letter, Role.OWNER).post(PAGE, records))
    assert rows[1:] == [["Hidden", "", "counted", "no"], ["Rejected", "", "rejected", "yes"]]


def test_columns_of_records_do_not_leave_for_another_purpose(letter: Letter) -> None:
    asked = {**ASKED, "record_columns": ["signals"]}
    response = client_of(letter, Role.OWNER).post(PAGE, asked)
    assert response.status_code == 422
    assert "untick" in response.content.decode()
    assert not AuditEntry.objects.exists()


def test_no_column_has_an_address_or_a_digest(letter: Letter) -> None:
    row = a_signature(letter, email="ada@mail.example", network_digest=b"n" * 32)
    values = list(Export(letter, Purpose.RECORDS, list(COLUMNS)).rows())
    assert len(values) == 1
    assert "mail.example" not in str(values)
    secret = {bytes(row.email_digest), bytes(row.email_encrypted), b"n" * 32}
    assert not [
        value for value in values[0] if isinstance(value, bytes | memoryview) or value in secret
    ]


def test_rows_come_in_batches_each_once(letter: Letter, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exports, "ROWS_AT_ONCE", 2)
    for number in range(5):
        a_signature(letter, f"Person {number}")
    rows = list(Export(letter, Purpose.WEB, ["name"]).rows())
    assert rows == [(f"Person {number}",) for number in (4, 3, 2, 1, 0)]


@pytest.mark.parametrize(
    "wrong",
    [
        {"columns": []},
        {"columns": ["email_encrypted"]},
        {"purpose": "everybody"},
        {"file_format": "pdf"},
    ],
)
def test_what_is_not_on_offer_is_refused(letter: Letter, wrong: dict[str, Any]) -> None:
    response = client_of(letter, Role.OWNER).post(PAGE, {**ASKED, **wrong})
    assert response.status_code == 422
    assert not AuditEntry.objects.exists()


def test_editors_see_what_they_may_take(letter: Letter) -> None:
    a_signature(letter, consent_press=True)
    page = client_of(letter, Role.EDITOR).get(PAGE).content.decode()
    assert "press releases (1)" in page
    assert 'value="records"' not in page
    assert all(f'value="{name}"' in page for name in PUBLISHED)
    assert Signature.objects.count() == 1
