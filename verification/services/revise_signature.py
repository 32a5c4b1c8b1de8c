"""A signatory changes what is shown, or who may see it. What changes passes the gate again."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from common.names import sort_key
from signatories.models import Mark, Signature, Status
from verification.models import Action, AuditEntry
from verification.services.check_work_domain import check_work_domain
from verification.services.confirm_signature import status_after_review
from verification.services.decide_signatures import state_of
from verification.services.examine_signature import examine_signature
from verification.signals import SIGNALS, signals_of

SHOWN = ("name", "organisation_name", "role_title", "affiliation", "country", "city", "comment")
NAMES = ("name", "organisation_name")
CHOICES = ("show_name", "consent_web", "consent_press", "consent_government", "consent_updates")


class NotStanding(Exception):
    """The signature is not confirmed, or was rejected or withdrawn: there is nothing to change."""


def revise_signature(*, signature_id: int, changes: Mapping[str, Any]) -> Signature:
    """Applies the fields that the letter's manage form has.

    A counted signature whose shown words change goes back to a moderator where a new one would,
    or where a moderator had decided on it: an approved name cannot be swapped for another.

    Raises Signature.DoesNotExist, NotStanding.
    """
    with transaction.atomic():
        signature = (
            Signature.objects.select_related("letter")
            .select_for_update(of=("self",))
            .get(pk=signature_id)
        )
        if not signature.stands:
            raise NotStanding
        changed = [
            name
            for name in (*SHOWN, *CHOICES)
            if name in changes and getattr(signature, name) != changes[name]
        ]
        reworded = bool(set(changed) & set(SHOWN))
        renamed = bool(signature.marks and set(changed) & set(NAMES))
        before = state_of(signature)
        for name in (*SHOWN, *CHOICES):
            if name in changes:
                setattr(signature, name, changes[name])
        if reworded:
            _pass_gate(signature, renamed=renamed)
        if not signature.is_public:
            signature.featured_rank = None
        after = state_of(signature)
        if changed:
            AuditEntry.objects.create(
                letter=signature.letter,
                signature=signature,
                action=Action.REVISE,
                before=before,
                # Which fields, never what stood or stands in them.
                after={**after, "changed": changed},
            )
        signature.save(
            update_fields=[
                *SHOWN,
                *CHOICES,
                *("sort_key", "signals", "likeness", "status", "featured_rank"),
            ]
        )
        if reworded:
            check_work_domain(signature=signature)
    return signature


def _pass_gate(signature: Signature, *, renamed: bool) -> None:
    """`renamed`: evidence was given to another name, and must not vouch for this one."""
    signature.sort_key = sort_key(signature.display_name, signature.version.authoritative.language)
    words = {name: str(getattr(signature, name)) for name in SHOWN}
    # What is not in the words (such as the network) still holds.
    kept = [code for code in signature.signals if SIGNALS[code].fires is None]
    signature.signals = [*kept, *signals_of({**words, "email": signature.email})]
    examine_signature(signature)
    looked_at = (
        signature.decided_at is not None
        or signature.featured_rank is not None
        or Mark.VOUCHED in signature.marks
        or renamed
    )
    if signature.status == Status.COUNTED and looked_at:
        signature.status = Status.HELD
        signature.featured_rank = None
    elif signature.status == Status.COUNTED:
        signature.status = status_after_review(signature)
