from __future__ import annotations

import pytest

from verification.signals import SIGNALS, any_holds, signals_of

BASE = {"email": "ada@mail.example", "name": "Ada Example", "organisation_name": "", "comment": ""}


@pytest.mark.parametrize(
    ("code", "changes"),
    [
        ("disposable", {"email": "x@mailinator.com"}),
        ("disposable", {"email": "x@sub.mailinator.com"}),
        ("look_alike", {"name": "\u0410da Example"}),
        ("link", {"comment": "see https://x.example"}),
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
    ],
)
def test_honest_fields_fire_nothing(changes: dict[str, str]) -> None:
    assert signals_of({**BASE, **changes}) == []


def test_only_the_domain_signal_does_not_hold() -> None:
    assert [code for code in SIGNALS if not any_holds([code])] == ["domain"]
