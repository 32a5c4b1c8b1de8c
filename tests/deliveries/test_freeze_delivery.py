from __future__ import annotations

import threading
import uuid
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from deliveries.models import Delivery, DeliveryEntry, DeliveryPiece, DeliveryStatus, EntryKind
from deliveries.services.compose_jobs import letter_job, public_letter_job
from deliveries.services.freeze_delivery import NoCountedSignature, freeze_delivery
from letters.models import ChangeKind, Letter, Role, RuleOverride
from signatories.models import Signature, Status
from tests.builders import a_letter, a_member, a_new_text, a_signature
from tests.deliveries.builders import a_delivery, an_office

GOV = {"consent_government": True}


def test_only_the_named_are_copied_and_the_count_is_explained(letter: Letter) -> None:
    a_signature(letter, "Zoë Müller", role_title="Novelist", country="FR", **GOV)
    a_signature(letter, "Ada Ant", **GOV, featured_rank=1)
    a_signature(letter, "Rep Person", organisation_name="Zinc Guild", role_title="Chair", **GOV)
    a_signature(letter, "No Consent")
    a_signature(letter, "Hidden Person", show_name=False, **GOV)
    a_signature(letter, "Held Person", status=Status.HELD, **GOV)
    a_signature(letter, "Gone Person", status=Status.WITHDRAWN, **GOV)
    a_signature(letter, "Fake Person", status=Status.REJECTED, **GOV)
    a_signature(letter, "Slow Person", status=Status.UNCONFIRMED, **GOV)

    delivery = a_delivery(letter)

    entries = DeliveryEntry.objects.filter(delivery=delivery).order_by("position")
    assert [(e.position, e.kind, e.name, e.role_title) for e in entries] == [
        (1, EntryKind.ORGANISATION, "Zinc Guild", ""),
        (2, EntryKind.PERSON, "Ada Ant", ""),
        (3, EntryKind.PERSON, "Zoë Müller", "Novelist"),
    ]
    assert delivery.totals == {
        "received": 9,
        "unconfirmed": 1,
        "held": 1,
        "rejected": 1,
        "rejected_by_reason": {"fake": 1},
        "withdrawn": 1,
        "counted": 5,
        "versions": [{"version": 1, "counted": 5}],
        "people": 4,
        "organisations": 1,
        "asked": 0,
        "named": 3,
        "named_people": 2,
        "named_organisations": 1,
        "changes": None,
        "marks": {},
    }
    assert delivery.subject == "Paper Plan: A letter about paper"
    assert delivery.status == DeliveryStatus.RENDERING


def test_the_letter_names_only_who_agreed_to_government_publication(letter: Letter) -> None:
    a_signature(letter, "Ada Ant", **GOV, featured_rank=2)
    a_signature(letter, "No Consent", featured_rank=1, consent_web=True)
    a_signature(letter, "Hidden Person", show_name=False, featured_rank=3, **GOV)
    a_signature(letter, "Rep Person", organisation_name="Zinc Guild", **GOV)
    a_signature(letter, "Rep Other", organisation_name="Silent Guild", consent_web=True)
    delivery = a_delivery(letter)
    named = [entry[0] for group in letter_job(delivery)["groups"] for entry in group["entries"]]
    assert named == ["Ada Ant", "Zinc Guild"]
    assert public_letter_job(delivery)["groups"] == []


def test_nobody_counted_is_a_named_error_and_leaves_nothing(letter: Letter) -> None:
    a_signature(letter, "Slow Person", status=Status.UNCONFIRMED, **GOV)
    with pytest.raises(NoCountedSignature):
        a_delivery(letter)
    assert not Delivery.objects.exists()


def test_one_form_makes_one_delivery(letter: Letter) -> None:
    a_signature(letter, **GOV)
    token, office = uuid.uuid4(), an_office()
    first = a_delivery(letter, office, form_token=token)
    again = a_delivery(letter, office, form_token=token)
    other = a_delivery(letter, office)
    assert (first.pk, first.number, other.number) == (again.pk, 1, 2)


def test_later_changes_of_the_roll_change_nothing(letter: Letter) -> None:
    signature = a_signature(letter, "Ada Ant", **GOV)
    delivery = a_delivery(letter)
    Signature.objects.filter(pk=signature.pk).update(name="Somebody Else")
    assert delivery.entries.get().name == "Ada Ant"


@pytest.mark.parametrize(
    "change",
    [
        lambda d: d.entries.update(name="x"),
        lambda d: d.entries.all()._raw_delete("default"),
        lambda d: Delivery.objects.filter(pk=d.pk).update(totals={}),
        lambda d: Delivery.objects.filter(pk=d.pk).update(number=9),
        lambda d: DeliveryEntry.objects.create(delivery=d, position=99, kind="person", name="Late"),
    ],
)
def test_the_database_refuses_to_change_what_is_frozen(letter: Letter, change: Any) -> None:
    a_signature(letter, "Ada Ant", **GOV)
    delivery = a_delivery(letter)
    with pytest.raises(IntegrityError), transaction.atomic():
        change(delivery)
    assert delivery.entries.get().name == "Ada Ant"


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_two_people_and_a_double_press_while_others_sign() -> None:
    letter = a_letter()
    for number in range(20):
        a_signature(letter, f"Early Person {number}", **GOV)
    office, actor = an_office(), a_member(letter.coalition, Role.EDITOR)
    tokens = [uuid.uuid4(), uuid.uuid4()]
    start, stop = threading.Barrier(5), threading.Event()
    errors: list[BaseException] = []

    def press(token: uuid.UUID) -> None:
        try:
            start.wait()
            freeze_delivery(letter=letter, office=office, actor=actor, form_token=token)
        except BaseException as error:
            errors.append(error)
        finally:
            connection.close()

    def sign() -> None:
        try:
            start.wait()
            for number in range(500):
                if stop.is_set():
                    break
                a_signature(letter, f"Late Person {number}", **GOV)
        except BaseException as error:
            errors.append(error)
        finally:
            connection.close()

    presses = [threading.Thread(target=press, args=(t,)) for t in (*tokens, *tokens)]
    signing = threading.Thread(target=sign)
    for thread in (*presses, signing):
        thread.start()
    for thread in presses:
        thread.join()
    stop.set()
    signing.join()

    assert errors == []
    deliveries = list(Delivery.objects.order_by("number"))
    assert [d.number for d in deliveries] == [1, 2]
    for delivery in deliveries:
        assert delivery.totals["counted"] == delivery.totals["named"] == delivery.entries.count()
        assert delivery.totals["named"] >= 20
        positions = list(delivery.entries.order_by("position").values_list("position", flat=True))
        assert positions == list(range(1, len(positions) + 1))
        assert DeliveryPiece.objects.filter(delivery=delivery).count() == 3


def test_the_rules_that_hold_for_the_letter_are_frozen(letter: Letter) -> None:
    a_signature(letter, "Ada Ant", **GOV)
    office = an_office(max_pages=15, min_type_pt="12.0")
    RuleOverride.objects.create(
        letter=letter,
        office=office,
        source="their answer",
        rules={
            "max_pages": 20,
            "subject_includes": "Paper",
            "deadline_at": "2027-03-16T03:59:00+00:00",
        },
    )
    delivery = a_delivery(letter, office)
    assert delivery.rules["max_pages"] == 20
    assert delivery.rules["min_type_pt"] == "12.0"
    assert delivery.rules["deadline_at"] == "2027-03-16T03:59:00+00:00"
    assert delivery.subject == "A letter about paper"
    assert delivery.rules["override_source"] == "their answer"
    assert delivery.rules["overridden"] == {
        "max_pages": 15,
        "subject_includes": "Paper Plan",
        "deadline_at": None,
    }


def test_how_many_signed_which_version(letter: Letter) -> None:
    a_signature(letter, "Ada Ant", **GOV)
    a_signature(letter, "Held Person", status=Status.HELD)
    a_new_text(letter, a_member(letter.coalition, Role.OWNER), ChangeKind.CORRECTION)
    letter.refresh_from_db()
    a_signature(letter, "Bo Bee", **GOV)
    a_signature(letter, "Cy Cat")
    assert a_delivery(letter).totals["versions"] == [
        {"version": 1, "counted": 1},
        {"version": 2, "counted": 2},
    ]
