"""The start fails where a view does not say who may enter, or where a key is missing.

`check --deploy` fails also where strangers could read mail.
"""

import os
import re
from collections.abc import Iterator
from typing import Any

from cryptography.fernet import Fernet
from django.conf import settings
from django.core import checks
from django.core.checks import CheckMessage, Error, Tags, register
from django.urls import URLPattern, URLResolver, get_resolver

# Libraries guard their own views.
LIBRARIES = ("allauth.", "anymail.", "django.")


def views(patterns: list[Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Each route of the project with its view."""
    for pattern in patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from views(pattern.url_patterns, route)
        elif isinstance(pattern, URLPattern):
            yield route, pattern.callback


@register
def views_declare_access(**kwargs: object) -> list[CheckMessage]:
    return [
        Error(
            f"The view of /{route} does not say who may enter.",
            hint="Decorate it with a mark of common.access or letters.access.",
            id="coalition.E001",
        )
        for route, view in views(get_resolver().url_patterns)
        if not hasattr(view, "access") and not view.__module__.startswith(LIBRARIES)
    ]


@register(Tags.security)
def keys_are_set(**kwargs: object) -> list[CheckMessage]:
    """Without HASH_KEY a hash of an address is one that anybody can compute, and nothing would say
    so. BLAKE2b takes keys of up to 64 bytes (RFC 7693)."""
    found: list[CheckMessage] = []
    if not 32 <= len(settings.HASH_KEY) <= 64:
        found.append(
            Error(
                "HASH_KEY is not set, or not between 32 and 64 bytes long.",
                hint="Set it to 43 random characters and never change it (docs/settings.md).",
                id="coalition.E002",
            )
        )
    if not settings.ADDRESS_KEYS or not all(map(_is_fernet_key, settings.ADDRESS_KEYS)):
        found.append(
            Error(
                "ADDRESS_KEYS is not set, or one of them is no Fernet key.",
                hint="docs/settings.md says how to make one.",
                id="coalition.E003",
            )
        )
    return found


def _is_fernet_key(key: str) -> bool:
    try:
        Fernet(key)
    except ValueError:
        return False
    return True


@register(Tags.security, deploy=True)
def mail_is_private(**kwargs: object) -> list[CheckMessage]:
    """The mailbox's pages show every mail, with its confirmation links, to whoever asks."""
    found: list[CheckMessage] = []
    if settings.MAILBOX:
        found.append(
            Error(
                "MAILBOX is on: everybody can read the mail of this site.",
                hint="Set EMAIL_URL to your mail server.",
                id="coalition.E004",
            )
        )
    if not os.environ.get("EMAIL_URL"):
        found.append(
            Error(
                "EMAIL_URL is not set: no mail reaches anybody.",
                hint="Set it to your mail server (docs/settings.md).",
                id="coalition.E006",
            )
        )
    if settings.DEFAULT_FROM_EMAIL.rstrip(">").endswith(".example"):
        found.append(
            checks.Warning(
                "DEFAULT_FROM_EMAIL is an example address: nobody can answer or report a mail.",
                hint="Set it to an address of your own.",
                id="coalition.W005",
            )
        )
    return found


@register(Tags.security, deploy=True)
def site_is_its_own(**kwargs: object) -> list[CheckMessage]:
    """Links in mails lead to SITE_URL, and nobody else's name is answered to."""
    found: list[CheckMessage] = []
    if not settings.SITE_URL.startswith("https://"):
        found.append(
            Error(
                "SITE_URL is not https: personal links and passwords can be read on their way.",
                hint="Set it to the public address of the site, behind a proxy with a certificate.",
                id="coalition.E007",
            )
        )
    if "*" in settings.ALLOWED_HOSTS:
        found.append(
            Error(
                "ALLOWED_HOSTS has *: the site answers to any name.",
                hint="Name the hosts of the site.",
                id="coalition.E008",
            )
        )
    return found


@register(Tags.security)
def webhooks_have_a_secret(**kwargs: object) -> list[CheckMessage]:
    """Without one, anybody could say that a signatory's mailbox is gone."""
    if not settings.ANYMAIL or settings.ANYMAIL.get("WEBHOOK_SECRET"):
        return []
    return [
        Error(
            "ANYMAIL has no WEBHOOK_SECRET.",
            hint="Add “user:password” to it, and to the address that the provider calls.",
            id="coalition.E011",
        )
    ]


@register(Tags.security)
def providers_are_whole(**kwargs: object) -> list[CheckMessage]:
    """A provider that lacks something, or speaks in the open, would fail at the first signatory."""
    return [
        Error(
            f"OPENID_PROVIDERS, entry {number}: {fault}.",
            hint="docs/settings.md has an example.",
            id="coalition.E010",
        )
        for number, provider in enumerate(settings.OPENID_PROVIDERS, 1)
        for fault in _faults_of(provider)
    ]


def _faults_of(provider: dict[str, Any]) -> Iterator[str]:
    for name in ("id", "name", "server_url", "client_id"):
        if not provider.get(name):
            yield f"{name} is missing"
    if not re.fullmatch(r"[-\w]*", provider.get("id", ""), re.ASCII):
        yield "id has more than letters, digits, - and _"
    if not provider.get("server_url", "").startswith(("https://", "http://localhost:")):
        yield "server_url is not https"
