"""The demo's organisers: one for each role, a stranger, and who owns all three letters.

Their password is in the source, so whoever reads it could enter. It is set only on an installation
that is somebody's first look or a developer's, unless the command is told otherwise in so many words.
"""

import os
import secrets
from urllib.parse import urlsplit

from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth.hashers import make_password

from coalition.demo import ORGANISER_EMAIL, ORGANISER_PASSWORD
from letters.models import Coalition, Membership, Role, User

COALITIONS = {
    "screen-creators": "The Lanternfish Coalition of Screen Creators",
    "musicians-and-film-makers": "Musicians and Film-makers for Fair Machines",
    "open-statement": "The Open Statement Group",
    "harbour-lights": "Harbour Lights Theatre Workers",
}
_LOOPBACK = {"localhost", "127.0.0.1", "::1"}
_FIRST, _STRANGERS = "screen-creators", "harbour-lights"
_LETTERS = ("screen-creators", "musicians-and-film-makers", "open-statement")
_USERS: dict[str, tuple[str, dict[str, Role]]] = {
    ORGANISER_EMAIL: ("Olive Organiser", dict.fromkeys(_LETTERS, Role.OWNER)),
    "editor@coalition.example": ("Edwin Editor", {_FIRST: Role.EDITOR}),
    "moderator@coalition.example": ("Mona Moderator", {_FIRST: Role.MODERATOR}),
    "viewer@coalition.example": ("Viola Viewer", {_FIRST: Role.VIEWER}),
    "stranger@coalition.example": ("Stefan Stranger", {_STRANGERS: Role.OWNER}),
}


def is_private() -> bool:
    """Whether only this machine reaches the site, as far as HOST and SITE_URL tell."""
    host = os.environ.get("HOST") or "127.0.0.1"
    return {host, urlsplit(settings.SITE_URL).hostname} <= _LOOPBACK


def is_demo_installation() -> bool:
    """Whether a password that everybody can read does no harm here."""
    return bool(settings.EMBEDDED or settings.DEBUG) and is_private()


def seed_accounts(*, known_passwords: bool) -> str | None:
    """Makes the coalitions, their organisers and the memberships that are missing.

    Users who exist keep their password. Returns the password that new users were given, None where
    there was no new user: the public one if `known_passwords`, else one made up now.
    """
    coalitions = {
        slug: Coalition.objects.get_or_create(slug=slug, defaults={"name": name})[0]
        for slug, name in COALITIONS.items()
    }
    missing = set(_USERS) - set(User.objects.values_list("email", flat=True))
    password = ORGANISER_PASSWORD if known_passwords else secrets.token_urlsafe(16)
    # One hash for all: hashing is slow on purpose, and they share the password anyhow.
    encoded = make_password(password) if missing else ""
    for email, (name, roles) in _USERS.items():
        user, _ = User.objects.get_or_create(
            email=email, defaults={"name": name, "password": encoded}
        )
        EmailAddress.objects.get_or_create(
            user=user, email=email, defaults={"verified": True, "primary": True}
        )
        for slug, role in roles.items():
            Membership.objects.get_or_create(
                coalition=coalitions[slug], user=user, defaults={"role": role}
            )
    return password if missing else None
