"""The roll stands in the order of the letter's language, by whatever way somebody came onto it."""

from __future__ import annotations

from importlib import import_module

import pytest
from django.apps import apps
from django.test import Client
from django.utils import timezone

from common.names import sort_key
from letters.models import Letter
from signatories.models import Signature
from tests.builders import a_letter, a_signature, sign_data
from tests.deliveries.builders import a_delivery
from verification.services.revise_signature import revise_signature

pytestmark = pytest.mark.django_db
NAMES = ("Ñora Ávila", "Nuria Sol", "Zoe Paz")


@pytest.fixture
def spanish() -> Letter:
    return a_letter("una-carta", language="es")


def test_signing_and_revising_keep_the_order_of_the_language(
    browser_client: Client, spanish: Letter
) -> None:
    data = sign_data(spanish, name="Ñora Ávila", language="fr")
    assert browser_client.post(f"/letters/{spanish.slug}/sign/", data).status_code == 303
    signature = Signature.objects.get()
    assert bytes(signature.sort_key) == sort_key("Ñora Ávila", "es") > sort_key("Nuria", "es")
    Signature.objects.filter(pk=signature.pk).update(status="counted", confirmed_at=timezone.now())
    revised = revise_signature(signature_id=signature.pk, changes={"name": "Ñuflo Ávila"})
    assert bytes(revised.sort_key) == sort_key("Ñuflo Ávila", "es")


def test_letters_of_before_are_sorted_anew_and_frozen_in_that_order(spanish: Letter) -> None:
    for name in NAMES:
        a_signature(spanish, name, consent_government=True)  # with English keys
    english = a_signature(a_letter(), "Ñora Ávila")
    import_module("signatories.migrations.0018_sort_by_language").sort_rolls(apps, None)
    entries = a_delivery(spanish).entries.order_by("position")
    assert list(entries.values_list("name", flat=True)) == ["Nuria Sol", "Ñora Ávila", "Zoe Paz"]
    english.refresh_from_db()
    assert bytes(english.sort_key) == sort_key("Ñora Ávila", "en")
