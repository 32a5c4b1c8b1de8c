"""Everything that the gate holds about a signatory, in plain words, for the signatory."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import Q
from django.utils.translation import gettext as _

from letters.models import Translation
from signatories.models import Signature
from verification.links import verification_code
from verification.models import SentMail, Update, UpdateMail
from verification.signals import SIGNALS

_DETAILS = (
    *("name", "role_title", "affiliation", "organisation_name", "city", "comment"),
    *("show_name", "consent_web", "consent_press", "consent_government", "consent_updates"),
)


def held_data(signature: Signature, translation: Translation) -> dict[str, Any]:
    """The signature, other submissions of its address to the letter, mails sent to it, and which
    updates it got or is to get."""
    same_address = Q(letter_id=signature.letter_id, email_digest=signature.email_digest)
    others = Signature.objects.kept().filter(same_address).exclude(pk=signature.pk).order_by("id")
    mails = SentMail.objects.filter(same_address).order_by("sent_at")
    return {
        "letter": {
            "title": translation.title,
            "url": settings.SITE_URL + translation.get_absolute_url(),
            "version": signature.version.number,
            "language": translation.language,
            "text_sha256": translation.text_sha256,
        },
        "signature": _one(signature) | {"verification_code": verification_code(signature.pk)},
        "other_submissions_of_your_address": [_one(row) for row in others],
        "mails_of_the_last_day": [_when(mail.sent_at) for mail in mails],
        "updates": [
            {
                "subject": _subject(row.update, signature.language),
                "state": row.get_state_display(),
                "sent_at": _when(row.taken_at),
                "came_back_at": _when(row.bounced_at),
            }
            for row in UpdateMail.objects.filter(
                # The letter too, which the index begins with.
                update__letter=signature.letter_id,
                signature=signature,
            )
            .select_related("update")
            .prefetch_related("update__texts")
            .order_by("id")
        ],
        "notes": [
            _("Your address is kept encrypted, and as a hash by which we recognise it."),
            _("Your network address is not kept; only a hash of it may be, to notice attacks."),
        ],
    }


def _one(row: Signature) -> dict[str, Any]:
    return {
        "email": row.email,
        **{name: getattr(row, name) for name in _DETAILS},
        "country": str(row.country.name),
        "signed_as": row.get_capacity_display(),
        "came_by": row.get_source_display(),
        "language": row.language,
        "status": row.get_status_display(),
        "reason_of_rejection": row.get_rejection_reason_display(),
        "featured": row.featured_rank is not None,
        "noticed": [str(SIGNALS[code].explanation) for code in row.signals if code in SIGNALS],
        "evidence": [
            {"what": one.get_kind_display(), "at": _when(one.created_at)}
            for one in row.evidence.order_by("id")
        ],
        "network_hash_kept": row.network_digest is not None,
        "signed_at": _when(row.created_at),
        "mail_sent_at": _when(row.confirmation_sent_at),
        "confirmed_at": _when(row.confirmed_at),
        "decided_at": _when(row.decided_at),
        "withdrawn_at": _when(row.withdrawn_at),
        "notes_of_the_organisers": [
            {"at": _when(remark.created_at), "text": remark.text} for remark in row.remarks.all()
        ],
        "decisions": [
            {
                "at": _when(entry.created_at),
                "what": entry.get_action_display(),
                "status": entry.status_change,
                "note": entry.note,
            }
            for entry in row.audit_entries.order_by("id")
        ],
    }


def _subject(update: Update, language: str) -> str:
    """In the signatory's language where the update has it."""
    subjects = {text.language: text.subject for text in update.texts.all()}
    return subjects.get(language) or next(iter(subjects.values()), "")


def _when(at: datetime | None) -> str | None:
    return at.isoformat() if at else None
