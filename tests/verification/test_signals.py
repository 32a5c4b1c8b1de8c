from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from letters.models import Letter
from signatories.models import Signature, Status
from tests.builders import a_signature, sign_data
from verification.services.confirm_signature import confirm_signature
from verification.services.revise_signature import revise_signature
from verification.signals import SIGNALS, any_holds, signals_of

BASE = {"email": "ada@mail.example", "name": "Ada Example", "organisation_name": "", "comment": ""}


@pytest.mark.parametrize(
    ("code", "changes"),
    [
        ("disposable", {"email": "x@mailinator.com"}),
        ("disposable", {"email": "x@sub.mailinator.com"}),
        ("look_alike", {"name": "\u0410da Example"}),
        ("link", {"comment": "see https://x.example"}),
        ("link", {"comment": "buy at shirts.com today"}),
        ("link", {"affiliation": "www.x.example"}),
        ("profanity", {"comment": "What SHIT."}),
        ("profanity", {"name": "Fucking Example"}),
        ("profanity", {"comment": "Espèce de CONNARD !"}),
        (
            "domain",
            {"organisation_name": "The Paper Guild", "email": "ada@webmail.example"},
        ),
    ],
)
def test_signal_fires(code: str, changes: dict[str, str]) -> None:
    assert signals_of({**BASE, **changes}) == [code]


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"name": "Иван Петров"},
        {"name": "Ада Example"},
        {"name": "Ελένη Example"},
        {"organisation_name": "The Paper Guild", "email": "ada@paperguild.example"},
        {"organisation_name": "Writers Union Of Lyon", "email": "ada@wuol.example"},
        {"comment": "I sign for paper."},
        {"comment": "I agree.we must act, etc. And: now"},
        {"name": "Dick Wichser", "city": "Scunthorpe"},
    ],
)
def test_honest_fields_fire_nothing(changes: dict[str, str]) -> None:
    assert signals_of({**BASE, **changes}) == []


def test_table_in_the_docs_names_exactly_these_signals_and_what_they_do() -> None:
    page = (Path(__file__).parents[2] / "docs" / "signals.md").read_text(encoding="utf-8")
    row = re.compile(r"^\| `(\w+)` \|.*\| ([^|]*) \| (holds|flags)[^|]*\|$", re.MULTILINE)
    rows = row.findall(page)
    assert [(code, does == "holds") for code, _, does in rows] == [
        (code, signal.holds) for code, signal in SIGNALS.items()
    ]
    assert all(float(cost) > 0 for _, cost, _ in rows)


def test_unknown_code_holds_nobody() -> None:
    """Such as one that a newer version wrote."""
    assert not any_holds(["unheard_of"])


def confirmed(letter: Letter, name: str, **fields: Any) -> Signature:
    fields.setdefault("email", f"{Signature.objects.count()}@mail.example")
    row = a_signature(letter, name, status=Status.UNCONFIRMED, **fields)
    return confirm_signature(signature_id=row.pk)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("first", "second", "signals"),
    [
        ("Ada Lindqvist", "ada LINDQVIST", ["same_name"]),
        ("Ada Lindqvist", "Lindqvist Áda", ["same_name"]),
        ("Ada Lindqvist", "Ada Lindkvist", ["near_name"]),
        ("Ada Lindqvist", "Bo Lindqvist", []),
        ("Ann Lee", "Ann Lea", []),
        ("李伟", "李伟", ["same_name"]),
        ("李伟", "李薇", []),
    ],
)
def test_namesake_is_flagged_on_confirming_and_counts(
    letter: Letter, first: str, second: str, signals: list[str]
) -> None:
    assert confirmed(letter, first).signals == []
    row = confirmed(letter, second)
    row.refresh_from_db()
    assert (row.signals, row.status) == (signals, Status.COUNTED)


@pytest.mark.django_db
def test_namesakes_on_other_letters_or_gone_do_not_count(letter: Letter) -> None:
    from tests.builders import a_letter

    confirmed(a_letter("other"), "Ada Lindqvist", email="other@mail.example")
    gone = confirmed(letter, "Ada Lindqvist")
    Signature.objects.filter(pk=gone.pk).update(status="rejected", rejection_reason="fake")
    assert confirmed(letter, "Ada Lindqvist").signals == []


@pytest.mark.django_db
def test_new_name_is_compared_again(letter: Letter) -> None:
    confirmed(letter, "Ada Lindqvist")
    other = confirmed(letter, "Bo Nygren", signals=["burst"])
    assert other.signals == ["burst"]
    assert revise_signature(signature_id=other.pk, changes={"name": "Ada Lindqvist"}).signals == [
        "burst",
        "same_name",
    ]
    assert revise_signature(signature_id=other.pk, changes={"name": "Bo N"}).signals == ["burst"]


@pytest.mark.django_db
def test_burst_flags_what_comes_after_it(
    browser_client: Client, letter: Letter, settings: Any
) -> None:
    settings.BURST_PER_MINUTE = 2
    for n in range(3):
        browser_client.post("/letters/a-letter/sign/", sign_data(letter, email=f"{n}@mail.example"))
    elsewhere = Client(headers={"Sec-Fetch-Site": "same-origin"}, REMOTE_ADDR="203.0.113.7")
    elsewhere.post("/letters/a-letter/sign/", sign_data(letter, email="4@mail.example"))
    rows = Signature.objects.order_by("id").values_list("signals", flat=True)
    assert list(rows) == [[], [], ["burst"], []]
