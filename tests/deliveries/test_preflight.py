from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from deliveries.models import Delivery
from deliveries.preflight.findings import Outcome
from deliveries.preflight.names import look_for_names
from deliveries.services.inspect_delivery import inspect_delivery, preflight
from deliveries.services.office_mail import plan_mail
from letters.models import Letter, RuleOverride
from tests.builders import a_signature
from tests.deliveries.builders import (
    GOOD_FACTS,
    a_delivery,
    address,
    an_office,
    client_of,
    made_ready,
    typeset,
)

OSTP = {
    "formats": "PDF",
    "max_pages": 15,
    "min_type_pt": 12,
    "max_file_bytes": 10_000_000,
    "max_files": 20,
}
SCRIPTS = (
    "Zoë Müller",
    "علي حسن",
    "דוד לוי",
    "李小龍",
    "प्रिया शर्मा",
    "สมชาย ใจดี",
    "Nguyễn Thị Ánh",
)


def outcomes(delivery: Delivery) -> dict[str, str]:
    findings = preflight(delivery)
    assert findings is not None
    return {finding.rule: finding.outcome for finding in findings}


def a_ready(letter: Letter, facts: dict[str, Any] | None = None, **rules: Any) -> Delivery:
    """Ready for an office of these rules; `facts` are those of its letter file."""
    a_signature(letter, consent_government=True)
    delivery = made_ready(a_delivery(letter, an_office(**{**OSTP, **rules})))
    if facts:
        delivery.files.filter(name="letter.pdf").update(facts={**GOOD_FACTS, **facts})
    return delivery


def test_a_typeset_dossier_meets_the_rules_of_a_request(letter: Letter) -> None:
    for name in SCRIPTS:
        a_signature(letter, name, role_title="Composer", country="FR", consent_government=True)
    a_signature(letter, "A Rep", organisation_name="Zinc Guild", consent_government=True)
    later = timezone.now() + timedelta(days=3)
    delivery = typeset(a_delivery(letter, an_office(**OSTP, deadline_at=later)))
    assert preflight(delivery) is None
    assert inspect_delivery(delivery_id=delivery.pk)
    found = outcomes(delivery)
    assert {rule for rule, outcome in found.items() if outcome != Outcome.PASSED} == {
        "Pages of the roll"
    }
    assert len(found) == 19


def test_a_character_that_no_font_has_is_found_with_its_file(letter: Letter) -> None:
    a_signature(letter, "Ada \ue000 Ant", consent_government=True)
    delivery = typeset(a_delivery(letter))
    inspect_delivery(delivery_id=delivery.pk)
    findings = {finding.rule: finding for finding in preflight(delivery) or []}
    missing = findings["No character is missing from the fonts"]
    assert (missing.outcome, missing.found) == (Outcome.FAILED, "roll.pdf")
    unread = findings["Every name can be read back from the files, in order"]
    assert (unread.outcome, unread.found) == (Outcome.FAILED, "Ada \ue000 Ant")


@pytest.mark.parametrize(
    ("rule", "facts", "rules"),
    [
        ("Pages of the letter", {"pages": 16}, {}),
        ("Smallest type", {"smallest_pt": 11.67}, {}),
        ("Paper", {"page_sizes": [[595.3, 841.9]]}, {}),
        ("Paper", {}, {"page_size": "a4"}),
        (
            "The statement that the office requires stands in the letter",
            {"says_statement": False},
            {},
        ),
        ("The letter names who submits it", {"says_submitter": False}, {}),
        ("Not encrypted", {"encrypted": True}, {}),
        ("Real text, with its fonts embedded", {"fonts_outside": ["/Times"]}, {}),
        ("Real text, with its fonts embedded", {"characters": 0}, {}),
        ("Accessible: tagged, with title and language (PDF/UA-1)", {"tagged": False}, {}),
        ("Accessible: tagged, with title and language (PDF/UA-1)", {"ua": 0}, {}),
        ("Every name can be read back from the files, in order", {"absent_count": 1}, {}),
        ("No character is missing from the fonts", {"unprintable": 1}, {}),
        ("Size of each file", {}, {"max_file_bytes": 1999, "channel": "upload"}),
        ("Number of files", {}, {"max_files": 1, "channel": "upload"}),
        ("File format", {}, {"formats": "DOCX"}),
        # The roll has one page, too.
        ("Pages of the letter", {"pages": 15}, {"annexes_count": True}),
        ("The office has a mail address", {}, {"email": ""}),
    ],
)
def test_a_rule_that_is_not_met_fails_alone(
    letter: Letter, rule: str, facts: dict[str, Any], rules: dict[str, Any]
) -> None:
    found = outcomes(a_ready(letter, facts, **rules))
    assert [each for each, outcome in found.items() if outcome == Outcome.FAILED] == [rule]


@pytest.mark.parametrize(
    ("pages", "found", "mend"),
    [
        (15, "16 of at most 15", "its annexes count, too (pages: 1)"),
        (16, "17 of at most 15", "Shorten the text"),
    ],
)
def test_where_annexes_count_it_says_whether_letter_or_roll_is_too_long(
    letter: Letter, pages: int, found: str, mend: str
) -> None:
    findings = preflight(a_ready(letter, {"pages": pages}, annexes_count=True)) or []
    (failed,) = [each for each in findings if each.outcome == Outcome.FAILED]
    assert (failed.rule, failed.found) == ("Pages of the letter", found)
    assert mend in failed.mend


def test_what_the_office_does_not_say_is_not_guessed(letter: Letter) -> None:
    found = outcomes(a_ready(letter, **{**dict.fromkeys(OSTP), "formats": ""}))
    assert {rule for rule, outcome in found.items() if outcome == Outcome.UNKNOWN} == {
        *("Before the deadline", "Pages of the letter", "Smallest type"),
        *("File format", "Size of each file", "Number of files"),
    }


def test_what_does_not_apply_to_the_letter_is_not_asked_for(letter: Letter) -> None:
    waived = ("max_pages", "max_total_bytes", "formats", "subject_includes", "required_statement")
    office = an_office(**OSTP)
    RuleOverride.objects.create(
        letter=letter,
        office=office,
        rules=dict.fromkeys(waived),
        source="Their answer of 3 March",
    )
    a_signature(letter, consent_government=True)
    delivery = made_ready(a_delivery(letter, office), padding=9_000_000)
    assert set(delivery.rules["waived"]) == set(waived)
    found = [each for each in preflight(delivery) or [] if each.outcome == Outcome.NOT_ASKED]
    assert {each.rule for each in found} == {
        *("Pages of the letter", "Size of the mail", "File format"),
        *("Subject", "Statement to include"),
    }
    assert all("Their answer of 3 March" in each.found for each in found)
    assert not plan_mail(delivery).linked, "they take a mail of any size"


def test_a_deadline_that_has_passed_warns_and_stops_nothing(letter: Letter) -> None:
    delivery = a_ready(letter, deadline_at=timezone.now() - timedelta(hours=1))
    found = outcomes(delivery)
    assert found["Before the deadline"] == Outcome.WARNING
    assert Outcome.FAILED not in found.values()


@pytest.mark.parametrize(
    ("rule", "rules"),
    [
        # Two files of 2,000 bytes in base64.
        ("Size of the mail", {"max_total_bytes": 2 * 36 * 78 - 1}),
        ("Size of each file", {"max_file_bytes": 1999}),
        ("Number of files", {"max_files": 1}),
    ],
)
def test_what_is_too_much_for_a_mail_is_said_and_goes_as_a_link(
    letter: Letter, rule: str, rules: dict[str, Any]
) -> None:
    found = outcomes(a_ready(letter, **rules))
    assert found[rule] == Outcome.WARNING
    assert Outcome.FAILED not in found.values()


def test_the_page_names_every_rule_and_the_mend(letter: Letter) -> None:
    delivery = a_ready(letter, {"pages": 16})
    assert delivery.created_by is not None
    page = client_of(delivery.created_by).get(address("delivery_detail", delivery)).content.decode()
    assert "16 of at most 15" in page
    assert "Shorten the text" in page
    delivery.files.filter(name="letter.pdf").update(facts=None)
    page = client_of(delivery.created_by).get(address("delivery_detail", delivery)).content.decode()
    assert "read back and held against" in page


def test_names_that_are_not_copied_letter_for_letter_are_named_and_stop_nothing(
    letter: Letter,
) -> None:
    names = [f"Name {number}" for number in range(1, 7)]
    delivery = a_ready(letter, {"reordered": names, "reordered_count": 6})
    findings = preflight(delivery) or []
    (warning,) = [each for each in findings if each.outcome == Outcome.WARNING]
    assert warning.rule == "Names copy out letter for letter"
    assert warning.found == "Name 1, Name 2, Name 3, Name 4, Name 5 (+1)"
    assert Outcome.FAILED not in outcomes(delivery).values()
    # As deliveries that were measured before this was.
    before = {key: fact for key, fact in GOOD_FACTS.items() if not key.startswith("reordered")}
    delivery.files.update(facts=before)
    assert warning.rule not in outcomes(delivery)


@pytest.mark.parametrize(
    ("text", "absent", "reordered"),
    [
        ("Ada Ant, Composer\nBo Bee, Poet\nחנה חזן, שחקנית", [], []),
        ("A letter. " * 300 + "Ada Ant, Composer\nBo Bee, Poet\nחנה חזן", [], []),
        ("Ada Ant, Composer\nBo Bee, Poet\nחזן חנה, שחקנית", [], ["חנה חזן"]),
        ("Ada Ant, Composer\nBo Bee, Poet\nחנה חןז, שחקנית", [], ["חנה חזן"]),
        ("Ada Ant, Composer\nBoBee, Poet\nחנה חזן", [], []),
        ("Ada Ant, Composer\nBo-Bee, Poet\nחנה חזן", [], ["Bo Bee"]),
        ("Ada Ant, Composer\nחנה חזן, שחקנית", ["Bo Bee"], []),
        ("Bo Bee, Poet\nAda Ant, Composer\nחנה חזן", ["Bo Bee"], []),
        ("Ada Ant, Composer\nBo Bee, Poet\nחנה, שחקנית", ["חנה חזן"], []),
        ("Ada Ant\ufffd, Composer\nBo Be\ufffd, Poet\nחנה חזן", ["Bo Bee"], []),
    ],
)
def test_names_are_looked_for_in_their_order(
    text: str, absent: list[str], reordered: list[str]
) -> None:
    lines = [("Ada Ant", "Composer"), ("Bo Bee", "Poet"), ("חנה חזן", "שחקנית")]
    assert look_for_names(lines, text, "") == (absent, reordered)


def test_a_name_may_be_exact_in_either_way_of_reading() -> None:
    lines = [("Ada Ant-Bee", ""), ("חנה חזן", "")]
    raw, seen = "Ada Ant-\nBee\nחזן חנה", "Ada AntBee\nחנה חזן"
    assert look_for_names(lines, raw, seen) == ([], [])
    assert look_for_names(lines, raw, raw) == ([], ["חנה חזן"])
    assert look_for_names(lines, seen, seen) == ([], ["Ada Ant-Bee"])
