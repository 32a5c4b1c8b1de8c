from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from deliveries.models.delivery import Delivery


class Method(models.TextChoices):
    EMAIL = "email", _("By email")
    HAND = "hand", _("By hand")


class DispatchStatus(models.TextChoices):
    QUEUED = "queued", _("Queued")
    SENDING = "sending", _("Being sent")
    SENT = "sent", _("Sent")
    FAILED = "failed", _("Failed")
    UNCERTAIN = "uncertain", _("Uncertain")
    STOPPED = "stopped", _("Stopped")


# It has not reached the office, so another may be begun.
OVER = (DispatchStatus.FAILED, DispatchStatus.STOPPED)


class Dispatch(models.Model):
    """One way of a delivery to its office; the row is the outbox and the record.

    `sending` is written before the mail leaves. A row found so with nobody at work on it may or
    may not have gone: it becomes `uncertain`, and only a person decides, never a retry.
    """

    delivery = models.ForeignKey(Delivery, models.PROTECT, related_name="dispatches")
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )

    method = models.CharField(max_length=10, choices=Method, default=Method.EMAIL)
    recipient = models.EmailField(blank=True)
    docket = models.CharField(max_length=200, blank=True)
    reference = models.CharField(max_length=200, blank=True, help_text=_("A tracking number."))
    handed_on = models.DateField(null=True, blank=True)

    status = models.CharField(max_length=10, choices=DispatchStatus, default=DispatchStatus.QUEUED)
    message_id = models.CharField(max_length=200, blank=True)
    message_sha256 = models.CharField(max_length=64, blank=True)
    message_bytes = models.PositiveBigIntegerField(null=True, blank=True)
    size_limit = models.PositiveBigIntegerField(
        null=True,
        blank=True,
        help_text=_("Bytes of a mail that the server takes, once it has refused one; 0: unknown."),
    )
    sends_sealed = models.BooleanField(
        default=False, help_text=_("Whether sealed copies go in place of the plain files.")
    )
    size_refusal = models.TextField(blank=True)
    server_reply = models.TextField(blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField()
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "dispatches"
        ordering = ("delivery", "-id")
        constraints = (
            models.CheckConstraint(
                condition=Q(status__in=DispatchStatus.values), name="dispatch_status_known"
            ),
            models.CheckConstraint(
                condition=(Q(method=Method.EMAIL) & ~Q(recipient=""))
                | (Q(method=Method.HAND) & ~(Q(reference="") & Q(docket=""))),
                name="dispatch_says_where",
            ),
            models.UniqueConstraint(
                fields=("delivery",),
                condition=Q(status__in=("queued", "sending", "uncertain")),
                name="dispatch_one_open_per_delivery",
            ),
            models.UniqueConstraint(
                fields=("delivery",),
                condition=Q(status="sent", method="email"),
                name="dispatch_mailed_once",
            ),
        )
        indexes = (
            models.Index(
                fields=("due_at",),
                name="dispatch_outbox",
                condition=Q(status__in=("queued", "sending")),
            ),
        )

    def __str__(self) -> str:
        return f"{self.delivery} to {self.recipient or self.reference}: {self.status}"

    @property
    def is_under_way(self) -> bool:
        """Whether the platform is still at it."""
        return self.status in (DispatchStatus.QUEUED, DispatchStatus.SENDING)
