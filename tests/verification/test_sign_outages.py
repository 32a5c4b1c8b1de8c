"""What the signer is answered while a server is away. `make faults` does it with real ones."""

from __future__ import annotations

import time
from typing import Any

import pytest
from django.db import OperationalError
from django.test import Client
from kombu.exceptions import OperationalError as BrokerError

from letters.models import Letter
from letters.services import current_letter
from signatories.models import Signature
from tests.builders import sign_data
from verification.views import sign

pytestmark = pytest.mark.django_db


def fail(*_: object, **__: object) -> Any:
    raise OperationalError("the database system is shutting down")


def test_postgres_away_answers_503_with_what_was_typed(
    browser_client: Client, letter: Letter, monkeypatch: pytest.MonkeyPatch
) -> None:
    current_letter.current_letter(letter.slug)
    later = time.monotonic() + 5
    monkeypatch.setattr(current_letter.time, "monotonic", lambda: later)
    monkeypatch.setattr(current_letter, "_read", fail)
    monkeypatch.setattr(sign, "accept_signature", fail)
    response = browser_client.post(f"/letters/{letter.slug}/sign/", sign_data(letter))
    assert (response.status_code, response["Retry-After"]) == (503, "60")
    assert "Please send it again" in response.text
    assert 'value="ada@mail.example"' in response.text


def test_redis_that_dies_after_the_insert_changes_no_answer(
    browser_client: Client, letter: Letter, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(**_: object) -> None:
        raise BrokerError

    monkeypatch.setattr(sign.send_due_mail, "apply_async", refuse)
    response = browser_client.post(f"/letters/{letter.slug}/sign/", sign_data(letter))
    assert response.status_code == 303
    assert Signature.objects.count() == 1
