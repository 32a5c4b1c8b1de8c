from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from letters.models import Version
from signatories.models import Signature


class VersionNotice(models.Model):
    """That a signatory is to be told of a new text: the outbox of these mails, and their record."""

    version = models.ForeignKey(Version, models.CASCADE, related_name="+")
    signature = models.ForeignKey(Signature, models.CASCADE, related_name="+")

    attempts = models.PositiveSmallIntegerField(db_default=0)
    due_at = models.DateTimeField(null=True, db_default=Now())
    sent_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("version", "signature"), name="notice_one_per_version_and_signature"
            ),
        )
        indexes = (
            models.Index(
                fields=("due_at",), name="notice_outbox", condition=Q(sent_at__isnull=True)
            ),
        )

    def __str__(self) -> str:
        return f"{self.signature_id} of version {self.version_id}"
