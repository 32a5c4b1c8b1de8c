"""Builders without surprises: each makes one thing, names its defaults, and writes real rows."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone

from common.canonical import canonical_email
from common.crypto import email_digest, encrypt
from common.names import name_key, sort_key
from letters.models import (
    ChangeKind,
    Coalition,
    Letter,
    LetterStatus,
    Membership,
    Role,
    Translation,
    User,
    Version,
)
from signatories.models import Capacity, Organisation, Signature, Status
from verification.models import Invitation
from verification.services.accept_signature import confirmed_digest, details_digest
from verification.services.change_text import change_text
from verification.services.invite import Invitee, invite

ALL_FIELDS = ["role_title", "affiliation", "country", "city", "comment"]


def a_user(email: str = "organiser@coalition.example", **fields: Any) -> User:
    from allauth.account.models import EmailAddress

    user = User.objects.create_user(email, "correct horse battery", **fields)
    EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    return user


def an_operator(email: str = "operator@coalition.example") -> User:
    """Somebody who runs the installation, with a second step."""
    from allauth.mfa.models import Authenticator

    user = a_user(email, is_staff=True, is_superuser=True)
    Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={})
    return user


def a_coalition(slug: str = "makers") -> Coalition:
    return Coalition.objects.create(slug=slug, name=f"The {slug} of things")


def a_member(coalition: Coalition, role: Role, email: str | None = None) -> User:
    user = a_user(email or f"{role}@{coalition.slug}.example")
    Membership.objects.create(coalition=coalition, user=user, role=role)
    return user


def an_editor(coalition: Coalition) -> User:
    """An editor of the coalition, made where there is none."""
    found = Membership.objects.filter(coalition=coalition, role=Role.EDITOR).first()
    email = f"an-editor@{coalition.slug}.example"
    return found.user if found else a_member(coalition, Role.EDITOR, email)


def a_letter(
    slug: str = "a-letter", *, coalition: Coalition | None = None, **fields: Any
) -> Letter:
    """An open letter in English (authoritative, unless `language`), French and Arabic that asks
    every field."""
    language = fields.pop("language", "en")
    letter = Letter.objects.create(
        slug=slug,
        coalition=coalition or Coalition.objects.filter(slug="makers").first() or a_coalition(),
        fields=fields.pop("fields", ALL_FIELDS),
    )
    version = Version.objects.create(letter=letter, number=1)
    english = Translation.objects.create(
        version=version,
        language=language,
        is_authoritative=True,
        title="A letter about paper",
        addressee="To the Office of Paper",
        body_markdown="We ask for *better* paper.",
    )
    for other, title in (("fr", "Une lettre sur le papier"), ("ar", "رسالة عن الورق")):
        Translation.objects.create(
            version=version, language=other, title=title, body_markdown=title
        )
    version.text_sha256 = english.text_sha256
    version.published_at = timezone.now()
    version.save()
    letter.current_version = version
    letter.status = fields.pop("status", LetterStatus.OPEN)
    for name, value in fields.items():
        setattr(letter, name, value)
    letter.save()
    return letter


def a_new_text(
    letter: Letter, actor: User, kind: ChangeKind, body: str = "Other demands."
) -> Version:
    """The letter's next version, published."""
    letter.refresh_from_db()
    assert letter.current_version is not None
    return change_text(
        letter=letter,
        base=letter.current_version.number,
        kind=kind,
        note="We ask for more.",
        texts={"en": {"title": "T", "addressee": "A", "body_markdown": body}},
        actor=actor,
    )


def a_signature(
    letter: Letter,
    name: str = "Ada Example",
    *,
    email: str | None = None,
    status: str = Status.COUNTED,
    **fields: Any,
) -> Signature:
    """A signature in any state, confirmed where the state asks for it, its mail sent."""
    email = email or f"{name_key(name).replace(' ', '.') or 'x'}@mail.example"
    organisation_name = fields.get("organisation_name", "")
    if organisation_name:
        fields.setdefault("capacity", Capacity.ORGANISATION)
        if status == Status.COUNTED:
            fields["organisation"], _ = Organisation.objects.get_or_create(
                letter=letter,
                name_key=name_key(organisation_name),
                defaults={"name": organisation_name},
            )
    unconfirmed = status in (Status.UNCONFIRMED, Status.REPEATED)
    values: dict[str, Any] = {
        "version": letter.current_version,
        "language": "en",
        "consent_web": True,
        "confirmation_sent_at": timezone.now() - timedelta(minutes=20),
        "confirmed_at": None if unconfirmed else timezone.now(),
        "sort_key": sort_key(organisation_name or name, "en"),
        **fields,
    }
    if status == Status.REJECTED:
        values.setdefault("rejection_reason", "fake")
    if status == Status.WITHDRAWN:
        values |= {"withdrawn_at": timezone.now(), "withdrawn_from": Status.COUNTED}
    return Signature.objects.create(
        letter=letter,
        name=name,
        email_encrypted=encrypt(email),
        email_digest=email_digest(canonical_email(email)),
        details_digest=details_digest({"name": name, **fields})
        if unconfirmed
        else confirmed_digest(email_digest(canonical_email(email))),
        status=status,
        **values,
    )


def an_invitation(
    letter: Letter, email: str = "ada@mail.example", name: str = "Ada Example"
) -> Invitation:
    """A personal invitation that waits for its mail."""
    invite(
        letter=letter,
        invitees=[Invitee(name, email)],
        language="en",
        actor=an_editor(letter.coalition),
    )
    return Invitation.objects.get(letter=letter, email_digest=email_digest(canonical_email(email)))


def sign_data(letter: Letter, **changes: Any) -> dict[str, Any]:
    """What a browser sends from the sign form; None leaves a field out."""
    assert letter.current_version is not None
    data = {
        "version": letter.current_version.number,
        "language": "en",
        "capacity": "personal",
        "name": "Ada Example",
        "email": "ada@mail.example",
        "role_title": "Writer",
        "affiliation": "The Paper Guild",
        "country": "FR",
        "city": "Lyon",
        "comment": "Paper matters.",
        "show_name": "yes",
        "consent_web": "on",
        **changes,
    }
    return {name: value for name, value in data.items() if value is not None}
