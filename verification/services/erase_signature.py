"""A signatory has everything personal removed from our copies."""

import secrets

from django.db import transaction
from django.utils import timezone

from signatories.models import Organisation, Signature, Status
from verification.models import (
    Action,
    Assignment,
    AuditEntry,
    Evidence,
    GuildCode,
    Invitation,
    Remark,
)

_EMPTY = (
    *("name", "role_title", "affiliation", "organisation_name", "city", "comment", "country"),
)
_NO = ("show_name", "consent_web", "consent_press", "consent_government", "consent_updates")


def erase_signature(*, signature_id: int) -> None:
    """Empties the signature and every other submission of its address to the letter.

    The rows stay, without anything personal, because the explained count is made of them: what
    stood is now withdrawn, what was rejected stays rejected. Random bytes take the place of the
    address's hash, so the address is unknown to us and may sign again. The audit log notes when.

    Raises Signature.DoesNotExist, also where it is erased already.
    """
    with transaction.atomic():
        key = Signature.objects.kept().values("letter_id", "email_digest").get(pk=signature_id)
        rows = list(Signature.objects.kept().filter(**key).select_for_update().order_by("id"))
        Invitation.objects.filter(**key).delete()
        for about in (Evidence, Remark, Assignment):
            about.objects.filter(signature__in=rows).delete()
        GuildCode.objects.filter(redeemed_by__in=rows).update(redeemed_by=None)
        organisations = {row.organisation_id for row in rows if row.organisation_id}
        for row in rows:
            before = row.status
            _empty(row)
            row.save()
            if row.confirmed_at is not None:
                AuditEntry.objects.create(
                    letter_id=row.letter_id,
                    signature=row,
                    action=Action.ERASE,
                    before={"status": str(before)},
                    after={"status": str(row.status)},
                )
        Organisation.objects.filter(pk__in=organisations, signatures=None).delete()


def _empty(row: Signature) -> None:
    now = timezone.now()
    if row.may_be_withdrawn:
        row.withdrawn_from, row.withdrawn_at = row.status, now
        row.status = Status.WITHDRAWN
    for name in _EMPTY:
        setattr(row, name, "")
    for name in _NO:
        setattr(row, name, False)
    row.organisation = row.featured_rank = row.network_digest = None
    row.confirmation_due_at = row.likeness = None
    row.sort_key = row.email_encrypted = b""
    row.email_digest, row.details_digest = secrets.token_bytes(32), secrets.token_bytes(32)
    row.signals, row.marks = [], []
    row.erased_at = now
