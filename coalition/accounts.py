"""How allauth behaves here."""

from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import structlog
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailConfirmation
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from coalition.sessions import begin_session
from common import crypto
from common.canonical import canonical_email
from common.crypto import email_digest
from common.throttle import take_place

log = structlog.get_logger(__name__)
# To one address: new password, confirm, “you have an account already”.
MOST_MAILS_A_DAY = 10


def signup_open(request: HttpRequest) -> dict[str, bool]:
    """Context of all pages: whether the login offers to open an account."""
    return {"signup_open": settings.SIGNUP_OPEN}


class AccountAdapter(DefaultAccountAdapter):
    """Organisers are invited: strangers cannot open accounts unless the operator lets them."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return bool(settings.SIGNUP_OPEN)

    def login(self, request: HttpRequest, user: AbstractBaseUser) -> None:
        super().login(request, user)
        begin_session(request)

    # Links in mails name our site, whatever Host the request that asked for the mail had.

    def get_reset_password_from_key_url(self, key: str) -> str:
        return _at_our_site(super().get_reset_password_from_key_url(key))

    def get_email_confirmation_url(
        self, request: HttpRequest, emailconfirmation: EmailConfirmation
    ) -> str:
        return _at_our_site(super().get_email_confirmation_url(request, emailconfirmation))

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Whoever asks for mails to somebody's address in a script sends them no flood: each link
        of the day works as well as a further one would. The page says the same."""
        key = f"account-mail:{email_digest(canonical_email(email)).hex()[:24]}"
        if not take_place(key, places=MOST_MAILS_A_DAY, seconds=24 * 3600):
            log.warning("account_mail_held_back", mail=template_prefix)
            return
        host = urlsplit(settings.SITE_URL).netloc
        site = SimpleNamespace(name=host, domain=host)
        links = {
            name: _at_our_site(value) for name, value in context.items() if name.endswith("_url")
        }
        super().send_mail(template_prefix, email, {**context, **links, "current_site": site})


class MFAAdapter(DefaultMFAAdapter):
    """A stolen database must not let anybody pass the second step, so its secrets are encrypted."""

    def encrypt(self, text: str) -> str:
        return crypto.encrypt(text).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return crypto.decrypt(encrypted_text.encode())


class NoSocialAccounts(DefaultSocialAccountAdapter):
    """Accounts elsewhere are evidence of signatures and nothing else: they open no account here,
    log nobody in and are kept for nobody, whatever route might lead to allauth's flow one day."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: object) -> bool:
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: object) -> None:
        raise PermissionDenied


def _at_our_site(url: str) -> str:
    parts = urlsplit(url)
    return f"{settings.SITE_URL}{urlunsplit(('', '', parts.path, parts.query, ''))}"
