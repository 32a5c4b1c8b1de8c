from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import Count, Q
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext

from common.crypto import decrypt
from letters.models import Letter
from signatories.models import Signature


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def mail_due(self) -> InvitationQuerySet:
        """The outbox: invitations that wait for their mail."""
        return self.filter(
            sent_at__isnull=True,
            refused_at__isnull=True,
            revoked_at__isnull=True,
            signature__isnull=True,
            due_at__lte=Now(),
        )

    def progress(self) -> dict[str, int]:
        """How many there are, and how many of them were sent, refused, signed and revoked."""
        return self.order_by().aggregate(
            invited=Count("id"),
            sent=Count("sent_at"),
            refused=Count("refused_at"),
            signed=Count("signature"),
            revoked=Count("revoked_at"),
        )


class Invitation(models.Model):
    """An organiser's personal invitation of one address to one letter."""

    letter = models.ForeignKey(Letter, models.CASCADE, related_name="invitations", db_index=False)
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    # Of the same address, once it is confirmed.
    signature = models.ForeignKey(
        Signature, models.SET_NULL, null=True, blank=True, related_name="invitations"
    )

    name = models.CharField(max_length=120)
    language = models.CharField(max_length=12)
    email_encrypted = models.BinaryField()
    email_digest = models.BinaryField(max_length=32)

    created_at = models.DateTimeField(db_default=Now())
    due_at = models.DateTimeField(db_default=Now())
    sent_at = models.DateTimeField(null=True, blank=True)
    refused_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        ordering = ("-id",)
        constraints = (
            models.UniqueConstraint(
                fields=("letter", "email_digest"), name="invitation_one_per_letter_and_address"
            ),
        )
        indexes = (
            models.Index(
                fields=("due_at",),
                name="invitation_outbox",
                condition=Q(sent_at__isnull=True, refused_at__isnull=True),
            ),
        )

    def __str__(self) -> str:
        return f"{self.letter_id} {self.name}"

    @property
    def email(self) -> str:
        return decrypt(self.email_encrypted)

    @property
    def may_be_resent(self) -> bool:
        """Once a day, to who has not signed."""
        quiet = self.sent_at is not None and self.sent_at < timezone.now() - timedelta(days=1)
        return not (self.revoked_at or self.signature_id) and bool(quiet or self.refused_at)

    @property
    def state(self) -> str:
        """Where it stands, in a word for the organisers."""
        if self.revoked_at:
            return gettext("revoked")
        if self.signature_id:
            return gettext("signed")
        if self.refused_at:
            return gettext("mail refused")
        return gettext("sent") if self.sent_at else gettext("waiting to be sent")
