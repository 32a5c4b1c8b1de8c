"""Sessions in the database: known by user, and with keys that are only what Django itself makes."""

import re
from datetime import datetime
from typing import Any

from django.contrib.sessions.backends import db
from django.contrib.sessions.base_session import AbstractBaseSession
from django.http import HttpRequest
from django.utils import timezone

_KEY = re.compile(r"[a-z0-9]{8,40}")
# What a browser calls itself (User-Agent): the first that fits; most browsers name several.
_BROWSERS = (
    ("Firefox", "Firefox/"),
    ("Edge", "Edg/"),
    ("Opera", "OPR/"),
    ("Samsung Internet", "SamsungBrowser/"),
    ("Chrome", "Chrome/"),
    ("Chrome", "CriOS/"),
    ("Safari", "Safari/"),
)
_SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("macOS", "Mac OS X"),
    ("Linux", "Linux"),
)


class SessionStore(db.SessionStore):
    """A cookie with any other characters (Postgres refuses a NUL) is no session at all."""

    @classmethod
    def get_model_class(cls) -> type[AbstractBaseSession]:
        from letters.models import Session  # the settings name this module, before the models load

        return Session

    def create_model_instance(self, data: dict[str, Any]) -> Any:
        row: Any = super().create_model_instance(data)
        row.user_id = data.get("_auth_user_id")
        row.device = data.get("device", "")
        begun_at = data.get("begun_at")
        row.begun_at = datetime.fromisoformat(begun_at) if begun_at else None
        return row

    def _validate_session_key(self, key: Any) -> bool:
        return isinstance(key, str) and _KEY.fullmatch(key) is not None


def begin_session(request: HttpRequest) -> None:
    """Writes into a session that has just logged in what its owner will know it by."""
    request.session["device"] = device_of(request.headers.get("User-Agent", ""))
    request.session["begun_at"] = timezone.now().isoformat()


def device_of(user_agent: str) -> str:
    """Such as “Firefox, Linux”; no version and nothing rare, so it says little about anybody."""
    found = (
        next((name for name, mark in marks if mark in user_agent), "")
        for marks in (_BROWSERS, _SYSTEMS)
    )
    return ", ".join(filter(None, found))
