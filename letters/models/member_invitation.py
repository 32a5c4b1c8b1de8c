from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone

from common.crypto import decrypt
from letters.models.coalition import Coalition, Role

VALID = timedelta(days=7)


class MemberInvitationQuerySet(models.QuerySet["MemberInvitation"]):
    def mail_due(self) -> MemberInvitationQuerySet:
        """The outbox: invitations that wait for their mail."""
        return self.filter(sent_at__isnull=True, refused_at__isnull=True)


class MemberInvitation(models.Model):
    """An owner's invitation of one address to work in a coalition.

    It is there as long as it is pending: accepting or revoking it deletes the row, so that its link
    works once. The address is kept as a signatory's is: encrypted, and as a keyed hash.
    """

    coalition = models.ForeignKey(Coalition, models.CASCADE, related_name="invitations")
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )

    email_encrypted = models.BinaryField()
    email_digest = models.BinaryField(max_length=32)
    role = models.CharField(max_length=10, choices=Role)
    language = models.CharField(max_length=12)

    created_at = models.DateTimeField(db_default=Now())
    sent_at = models.DateTimeField(null=True, blank=True)
    refused_at = models.DateTimeField(null=True, blank=True)

    objects = MemberInvitationQuerySet.as_manager()

    class Meta:
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(
                fields=("coalition", "email_digest"),
                name="member_invitation_one_per_address",
            ),
            models.CheckConstraint(
                condition=Q(role__in=Role.values), name="member_invitation_role_known"
            ),
        )

    def __str__(self) -> str:
        return f"{self.coalition_id} {self.role}"

    @property
    def email(self) -> str:
        return decrypt(self.email_encrypted)

    @property
    def is_expired(self) -> bool:
        """Whether the link in its last mail works no more."""
        return self.sent_at is not None and self.sent_at < timezone.now() - VALID
