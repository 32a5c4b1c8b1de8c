from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from signatories.models import Mark, Signature


class Evidence(models.Model):
    """That something stronger than a confirmed address is known of a signature; never public.

    The public sees only its kind, as a mark beside the name (`Signature.marks`).
    """

    signature = models.ForeignKey(
        Signature, models.CASCADE, related_name="evidence", db_index=False
    )

    kind = models.CharField(max_length=12, choices=Mark)
    # Of what may prove one signature of a letter only, such as an account; keyed.
    subject_digest = models.BinaryField(max_length=32, null=True, blank=True)

    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name_plural = "evidence"
        constraints = (
            models.UniqueConstraint(
                fields=("signature", "kind"), name="evidence_one_per_signature_and_kind"
            ),
            models.UniqueConstraint(
                fields=("subject_digest",),
                condition=Q(subject_digest__isnull=False),
                name="evidence_subject_proves_once",
            ),
            models.CheckConstraint(condition=Q(kind__in=Mark.values), name="evidence_kind_known"),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.signature_id}"
