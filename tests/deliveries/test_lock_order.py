"""Whoever takes two rows in another order than somebody else does not wait for the second one."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import connection, transaction

from deliveries.models import Delivery, DeliveryStatus, Seal
from deliveries.services.redact_delivery import redact_delivery
from deliveries.services.request_seal import seal_again
from letters.models import Role
from tests.builders import a_letter, a_member, a_signature
from tests.deliveries.builders import a_delivery, erase, made_ready, sealed

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def delivery() -> Delivery:
    letter = a_letter()
    a_signature(letter, consent_government=True)
    return a_delivery(letter)


def outcome_elsewhere(work: Callable[[], bool]) -> list[bool]:
    """What `work` returns to somebody else within five seconds; nothing if it waits."""
    outcome: list[bool] = []

    def other() -> None:
        outcome.append(work())
        connection.close()

    thread = threading.Thread(target=other)
    thread.start()
    thread.join(5)
    return list(outcome)


def test_a_redaction_does_not_wait_for_who_starts_the_delivery_again(delivery: Delivery) -> None:
    erase(delivery)
    Delivery.objects.filter(pk=delivery.pk).update(status=DeliveryStatus.FAILED)
    with transaction.atomic():
        Delivery.objects.select_for_update().get(pk=delivery.pk)
        assert outcome_elsewhere(lambda: redact_delivery(delivery_id=delivery.pk)) == [False]
    assert redact_delivery(delivery_id=delivery.pk)


def test_a_press_does_not_wait_for_who_is_sealing(delivery: Delivery, seal_file: Path) -> None:
    sealed(made_ready(delivery))
    actor = a_member(delivery.letter.coalition, Role.OWNER)
    with transaction.atomic():
        Seal.objects.select_for_update().get(delivery=delivery)
        assert outcome_elsewhere(lambda: seal_again(delivery=delivery, actor=actor)) == [False]
