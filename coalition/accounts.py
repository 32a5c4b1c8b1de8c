"""How allauth behaves here."""

from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailConfirmation
from django.conf import settings
from django.http import HttpRequest


def signup_open(request: HttpRequest) -> dict[str, bool]:
    """Context of all pages: whether the login offers to open an account."""
    return {"signup_open": settings.SIGNUP_OPEN}


class AccountAdapter(DefaultAccountAdapter):
    """Organisers are invited: strangers cannot open accounts unless the operator lets them."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return bool(settings.SIGNUP_OPEN)

    # Links in mails name our site, whatever Host the request that asked for the mail had.

    def get_reset_password_from_key_url(self, key: str) -> str:
        return _at_our_site(super().get_reset_password_from_key_url(key))

    def get_email_confirmation_url(
        self, request: HttpRequest, emailconfirmation: EmailConfirmation
    ) -> str:
        return _at_our_site(super().get_email_confirmation_url(request, emailconfirmation))

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        host = urlsplit(settings.SITE_URL).netloc
        site = SimpleNamespace(name=host, domain=host)
        links = {
            name: _at_our_site(value) for name, value in context.items() if name.endswith("_url")
        }
        super().send_mail(template_prefix, email, {**context, **links, "current_site": site})


def _at_our_site(url: str) -> str:
    parts = urlsplit(url)
    return f"{settings.SITE_URL}{urlunsplit(('', '', parts.path, parts.query, ''))}"
