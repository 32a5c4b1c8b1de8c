"""Turns invented signatures into rows, with the helpers that the sign form uses."""

from collections.abc import Iterator
from dataclasses import fields
from datetime import datetime
from typing import Any

from coalition.demo.copying import copy_rows
from coalition.demo.submission import Submission
from coalition.demo.texts import AUTHORITATIVE
from common.canonical import canonical_email
from common.crypto import email_digest, encrypt, network_digest
from common.likeness import likeness
from common.names import name_key, sort_key
from letters.models import Letter
from signatories.models import Organisation, Signature, Status
from verification.services.accept_signature import DETAILS, confirmed_digest, details_digest
from verification.signals import signals_of

_SAME_NAME = {field.name for field in fields(Submission)} - {"email", "network", "signals"}
_SIGNAL_FIELDS = ("email", "name", "organisation_name", "comment")


def store_submissions(letter: Letter, submissions: list[Submission]) -> None:
    """Writes all signatures of a letter that has none yet, in the order given."""
    organisations = _make_organisations(letter, submissions)
    copy_rows(Signature, _rows(letter, submissions, organisations))


def _make_organisations(letter: Letter, submissions: list[Submission]) -> dict[str, int]:
    """Ids by name of the organisations that a moderator let sign."""
    names = [
        row.organisation_name
        for row in submissions
        if row.organisation_name and row.status == Status.COUNTED
    ]
    made = Organisation.objects.bulk_create(
        Organisation(letter=letter, name=name, name_key=name_key(name)[:160]) for name in names
    )
    return {organisation.name: organisation.pk for organisation in made}


def _version_at(versions: list[tuple[datetime | None, int]], moment: datetime) -> int:
    """The version that was current then; the first one for founders, who signed before it."""
    current = [pk for published_at, pk in versions if published_at and published_at <= moment]
    return current[-1] if current else versions[0][1]


def _rows(
    letter: Letter, submissions: list[Submission], organisations: dict[str, int]
) -> Iterator[dict[str, Any]]:
    published = letter.versions.filter(published_at__isnull=False).order_by("number")
    versions = list(published.values_list("published_at", "pk"))
    for submission in submissions:
        columns = {name: getattr(submission, name) for name in _SAME_NAME}
        address = email_digest(canonical_email(submission.email))
        details = details_digest({name: columns[name] for name in DETAILS})
        signals = signals_of({name: getattr(submission, name) for name in _SIGNAL_FIELDS})
        yield columns | {
            "letter_id": letter.pk,
            "version_id": _version_at(versions, submission.created_at),
            "organisation_id": organisations.get(submission.organisation_name),
            "sort_key": sort_key(submission.displayed, AUTHORITATIVE),
            "email_encrypted": encrypt(submission.email),
            "email_digest": address,
            "details_digest": confirmed_digest(address) if submission.confirmed_at else details,
            "network_digest": network_digest(submission.network),
            "likeness": likeness(submission.displayed) if submission.confirmed_at else None,
            "confirmation_due_at": submission.created_at,
            "signals": signals,
        }
