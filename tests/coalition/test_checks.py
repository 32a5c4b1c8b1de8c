"""What keeps an unsafe installation from starting."""

from __future__ import annotations

import os
import subprocess
import sys
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


@pytest.fixture
def deployed(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The settings of a site that may be deployed."""
    monkeypatch.setenv("EMAIL_URL", "smtp://mail.example.org")
    settings.MAILBOX = False
    settings.DEFAULT_FROM_EMAIL = "letters@letters.example.org"
    settings.SITE_URL = "https://letters.example.org"
    settings.ALLOWED_HOSTS = ["letters.example.org"]
    return settings


def test_configured_site_passes_the_deployment(deployed: Any) -> None:
    assert found(deploy=True) == set()


@pytest.mark.parametrize(
    ("name", "value", "finding"),
    [
        ("MAILBOX", True, "coalition.E004"),
        ("DEFAULT_FROM_EMAIL", "Coalition <letters@coalition.example>", "coalition.W005"),
        ("SITE_URL", "http://letters.example.org", "coalition.E007"),
        ("ALLOWED_HOSTS", ["letters.example.org", "*"], "coalition.E008"),
    ],
)
def test_unsafe_setting_fails_the_deployment(
    deployed: Any, name: str, value: object, finding: str
) -> None:
    setattr(deployed, name, value)
    assert found(deploy=True) == {finding}


def test_site_without_mail_server_fails_the_deployment(
    deployed: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("EMAIL_URL")
    assert found(deploy=True) == {"coalition.E006"}


def test_short_secret_key_fails_the_deployment(deployed: Any) -> None:
    deployed.SECRET_KEY = "short"
    assert "security.W009" in {m.id for m in run_checks(include_deployment_checks=True)}


PRODUCTION = {
    "DATABASE_URL": "postgres://nobody@127.0.0.1:1/none",
    "REDIS_URL": "redis://127.0.0.1:1",
    "SECRET_KEY": "x" * 50,
    "HASH_KEY": "x" * 32,
    "ADDRESS_KEYS": Fernet.generate_key().decode(),
}


def start(script: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Runs Python in an environment that has only this and what Python needs."""
    passed = {name: os.environ[name] for name in ("PATH", "VAR", "HOME") if name in os.environ}
    return subprocess.run(
        [sys.executable, "-c", script],
        check=False,
        capture_output=True,
        text=True,
        env={**passed, "DJANGO_SETTINGS_MODULE": "coalition.settings", **environment},
    )


@pytest.mark.parametrize("missing", ["SECRET_KEY", "HASH_KEY", "ADDRESS_KEYS"])
def test_web_server_does_not_start_without_a_key(missing: str) -> None:
    environment = {name: value for name, value in PRODUCTION.items() if name != missing}
    ended = start("import coalition.wsgi", **environment)
    assert ended.returncode == 1
    last = ended.stderr.strip().splitlines()[-1]
    assert ("ImproperlyConfigured" in last, missing in last) == (True, True)


@pytest.mark.parametrize(
    ("environment", "on"),
    [
        ({}, True),
        ({"MAILBOX": "0"}, False),
        ({"EMAIL_URL": "smtp://mail.example.org"}, False),
        ({"SITE_URL": "https://letters.example.org"}, False),
        (PRODUCTION, False),
        (PRODUCTION | {"EMBEDDED": "1"}, True),
        (PRODUCTION | {"MAILBOX": "1"}, True),
    ],
)
def test_mailbox_is_on_only_at_a_first_look_or_when_asked(
    environment: dict[str, str], on: bool
) -> None:
    said = start("from django.conf import settings; print(settings.MAILBOX)", **environment).stdout
    assert said == f"{on}\n"


@pytest.mark.parametrize(
    ("fault", "count"),
    [({}, 0), ({"name": ""}, 1), ({"id": "a b"}, 1), ({"server_url": "http://id.example"}, 1)],
)
def test_half_configured_account_service_fails_the_start(
    settings: Any, fault: dict[str, str], count: int
) -> None:
    whole = {"id": "a-1", "name": "A", "server_url": "https://id.example", "client_id": "x"}
    settings.OPENID_PROVIDERS = [{**whole, **fault}]
    assert [m.id for m in run_checks(tags=["security"])].count("coalition.E010") == count
