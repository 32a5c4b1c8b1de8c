"""What keeps an unsafe installation from starting."""

from __future__ import annotations

from typing import Any

import pytest
from cryptography.fernet import Fernet
from django.core.checks import run_checks
from django.http import HttpRequest, HttpResponse
from django.urls import path

from common.access import anyone


def found(*, deploy: bool = False) -> set[str]:
    """The ids of our own checks' findings."""
    messages = run_checks(include_deployment_checks=deploy)
    return {str(m.id) for m in messages if str(m.id).startswith("coalition.")}


def unmarked(request: HttpRequest) -> HttpResponse:
    return HttpResponse()


urlpatterns = [
    path("open/", anyone(unmarked)),
    path("forgotten/", lambda request: unmarked(request)),
]


def test_installation_is_in_order() -> None:
    assert found() == set()


def test_view_without_a_mark_fails_the_start(settings: Any) -> None:
    settings.ROOT_URLCONF = __name__
    messages = [m.msg for m in run_checks() if m.id == "coalition.E001"]
    assert messages == ["The view of /forgotten/ does not say who may enter."]


@pytest.mark.parametrize("key", [b"", b"short", b"x" * 65])
def test_missing_or_unfit_hash_key_fails_the_start(settings: Any, key: bytes) -> None:
    settings.HASH_KEY = key
    assert found() == {"coalition.E002"}


@pytest.mark.parametrize("keys", [[], ["nonsense"], [Fernet.generate_key().decode(), ""]])
def test_missing_or_unfit_address_keys_fail_the_start(settings: Any, keys: list[str]) -> None:
    settings.ADDRESS_KEYS = keys
    assert found() == {"coalition.E003"}


def test_public_mailbox_and_example_sender_fail_the_deployment(settings: Any) -> None:
    settings.MAILBOX = True
    settings.DEFAULT_FROM_EMAIL = "Coalition <letters@coalition.example>"
    assert found(deploy=True) == {"coalition.E004", "coalition.W005"}


def test_configured_mail_passes_the_deployment(settings: Any) -> None:
    settings.MAILBOX = False
    settings.DEFAULT_FROM_EMAIL = "letters@letters.example.org"
    assert found(deploy=True) == set()
