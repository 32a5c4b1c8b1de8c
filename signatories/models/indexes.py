"""The indexes of signatures: which question each one answers, and for which rows."""

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q

from signatories.models.choices import Capacity, Source

# On the public page by name; the condition of the roll's indexes, which must be spelt the same.
LISTED = Q(status="counted", show_name=True, consent_web=True)

INDEXES = (
    models.Index(
        F("confirmation_due_at"),
        name="signature_outbox",
        condition=Q(confirmation_sent_at__isnull=True),
    ),
    models.Index(
        fields=("letter", "capacity", "sort_key", "id"),
        include=("roll_line",),
        name="signature_roll",
        condition=LISTED,
    ),
    models.Index(
        fields=("letter", "capacity", "country", "sort_key", "id"),
        include=("roll_line",),
        name="signature_roll_country",
        condition=LISTED,
    ),
    models.Index(
        fields=("letter", "capacity", "confirmed_at", "id"),
        include=("country", "roll_line"),
        name="signature_roll_time",
        condition=LISTED,
    ),
    GinIndex(
        fields=("marks",),
        name="signature_roll_marks",
        condition=LISTED,
    ),
    models.Index(fields=("id",), name="signature_erased", condition=Q(erased_at__isnull=False)),
    models.Index(
        fields=("letter", "featured_rank"),
        name="signature_featured",
        condition=Q(featured_rank__isnull=False),
    ),
    models.Index(fields=("letter", "status", "-id"), name="signature_queue"),
    # For moderators. All of them leave out what is not confirmed, so that the insert of the
    # sign form pays for none.
    models.Index(
        fields=("letter", "country", "-id"),
        name="signature_queue_country",
        condition=Q(confirmed_at__isnull=False, erased_at__isnull=True),
    ),
    models.Index(
        fields=("letter", "network_digest", "-id"),
        name="signature_queue_network",
        condition=Q(confirmed_at__isnull=False, network_digest__isnull=False),
    ),
    models.Index(
        fields=("letter", "-created_at", "-id"),
        name="signature_queue_time",
        condition=Q(confirmed_at__isnull=False, erased_at__isnull=True),
    ),
    models.Index(
        fields=("letter", "source", "-id"),
        name="signature_queue_source",
        condition=~Q(source=Source.WEB),
    ),
    models.Index(
        fields=("letter", "-id"),
        name="signature_queue_organisation",
        condition=Q(capacity=Capacity.ORGANISATION),
    ),
    models.Index(
        fields=("letter", "-id"),
        name="signature_queue_signalled",
        condition=Q(confirmed_at__isnull=False, erased_at__isnull=True) & ~Q(signals=[]),
    ),
    models.Index(
        fields=("letter", "-id"),
        name="signature_queue_marked",
        condition=Q(confirmed_at__isnull=False, erased_at__isnull=True) & ~Q(marks=[]),
    ),
    GinIndex(
        fields=("signals", "marks"),
        name="signature_queue_signs",
        condition=Q(confirmed_at__isnull=False),
    ),
    models.Index(
        fields=("letter", "likeness"),
        name="signature_likeness",
        condition=Q(likeness__isnull=False),
    ),
    models.Index(fields=("letter", "version"), name="signature_asked", condition=Q(status="asked")),
    models.Index(
        fields=("letter", "id"),
        name="signature_updates",
        condition=Q(status="counted", consent_updates=True),
    ),
    models.Index(
        fields=("organisation",),
        name="signature_organisation",
        condition=Q(organisation__isnull=False),
    ),
)
