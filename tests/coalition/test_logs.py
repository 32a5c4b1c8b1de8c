"""What a log line has, and what it must not have."""

from __future__ import annotations

import logging
import sys
from typing import Any

import pytest
from django.conf import settings
from django.test import RequestFactory


def line(message: str, *arguments: Any, exc_info: Any = None) -> str:
    """What the site's formatter makes of a record of somebody else's logger."""
    options = dict(settings.LOGGING["formatters"]["line"])
    formatter = options.pop("()")(**options)
    record = logging.LogRecord("django.request", logging.ERROR, "", 0, message, arguments, exc_info)
    return str(formatter.format(record))


def test_failure_is_logged_with_its_traceback() -> None:
    try:
        raise RuntimeError("the reason")
    except RuntimeError:
        text = line("Internal Server Error: %s", "/", exc_info=sys.exc_info())
    assert "RuntimeError: the reason" in text
    assert "test_failure_is_logged" in text
    assert "traceback object" not in text


@pytest.mark.parametrize(
    "path",
    [
        "/manage/1.abc.SECRET/",
        "/confirm/1.abc.SECRET/resend/",
        "/thanks/1.abc.SECRET/",
        "/accounts/password/reset/key/4-SECRET/",
        "/accounts/confirm-email/SECRET/",
    ],
)
def test_personal_links_stay_out_of_the_log(path: str) -> None:
    assert "SECRET" not in line("Internal Server Error: %s", path)
    assert "SECRET" not in line("%r", RequestFactory().get(path))
    try:
        raise RuntimeError(f"https://site.example{path}?notice=saved")
    except RuntimeError:
        text = line("It failed", exc_info=sys.exc_info())
    assert "SECRET" not in text
    assert "notice=saved" in text
