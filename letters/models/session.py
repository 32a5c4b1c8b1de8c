from __future__ import annotations

from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.utils.module_loading import import_string

from common.crypto import keyed_digest
from letters.models.user import User


class Session(AbstractBaseSession):
    """Where an organiser is logged in. Neither a network address nor the browser's whole name."""

    user = models.ForeignKey(User, models.CASCADE, null=True, related_name="sessions")
    device = models.CharField(max_length=80, blank=True)
    begun_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.user_id or '-'} {self.device}"

    @classmethod
    def get_session_store_class(cls) -> type[SessionBase]:
        store: type[SessionBase] = import_string("coalition.sessions.SessionStore")
        return store

    @property
    def handle(self) -> str:
        """Names the session on a page, where its key would let whoever reads it in."""
        return keyed_digest("session", self.session_key).hex()[:24]
