from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models.functions import Now

from letters.models import Membership
from signatories.models import Signature


class Remark(models.Model):
    """What a member notes on a signature for the other members."""

    signature = models.ForeignKey(Signature, models.CASCADE, related_name="remarks")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    text = models.CharField(max_length=500)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return self.text[:60]


class Assignment(models.Model):
    """Who looks after a signature. It ends with the membership."""

    signature = models.OneToOneField(
        Signature, models.CASCADE, primary_key=True, related_name="assignment"
    )
    membership = models.ForeignKey(Membership, models.CASCADE, related_name="assignments")
    created_at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return f"{self.signature_id}: {self.membership_id}"
