from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import pytest
import redis
from django.test import Client
from django.utils import translation

from common import pagecache, throttle
from letters.models import Letter
from letters.services import current_letter
from tests.builders import a_letter

# A browser that sends a form of our own page says so.
SAME_ORIGIN = {"Sec-Fetch-Site": "same-origin"}


@pytest.fixture(autouse=True)
def _own_redis(settings: Any) -> Iterator[None]:
    """Each test worker has a Redis database of its own (0 is the broker's), empty at the start."""
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    settings.REDIS_URL = settings.REDIS_URL.partition("?")[0] + f"?db={worker % 15 + 1}"
    settings.CACHES = {"default": {**settings.CACHES["default"], "LOCATION": settings.REDIS_URL}}
    redis.Redis.from_url(settings.REDIS_URL).flushdb()
    throttle.forget_connections()
    yield
    throttle.forget_connections()


@pytest.fixture(autouse=True)
def _quick_passwords(settings: Any) -> None:
    """The real hasher is slow on purpose; no test here is about it."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(autouse=True)
def _empty_memory() -> None:
    """What a web process keeps for a second must not reach the next test."""
    pagecache.pages.clear()
    current_letter.forget()


@pytest.fixture(autouse=True)
def _own_language() -> None:
    """The language of the last test's last page must not reach the next test."""
    translation.deactivate()


@pytest.fixture
def letter(db: None) -> Letter:
    return a_letter()


@pytest.fixture
def browser_client() -> Client:
    """A client that sends what a browser does and that gets no CSRF exemption."""
    return Client(enforce_csrf_checks=True, headers=SAME_ORIGIN)
