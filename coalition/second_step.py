"""Whoever sets up a two-step login is logged out elsewhere: a session that began with the password
alone may be a thief's, and would else go on behind the second step."""

from typing import Any

from allauth.mfa.signals import authenticator_added
from django.dispatch import receiver
from django.http import HttpRequest

from letters.models import User
from letters.services.end_sessions import end_sessions


@receiver(authenticator_added)
def log_out_elsewhere(request: HttpRequest, user: User, **_: Any) -> None:
    end_sessions(user=user, but=request.session.session_key)
