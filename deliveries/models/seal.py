from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from deliveries.models.delivery import Delivery
from deliveries.seal.certificate import Fault, spoken


class SealStatus(models.TextChoices):
    WAITING = "waiting", _("Being sealed")
    SEALED = "sealed", _("Sealed")
    FAILED = "failed", _("Not sealed")


class Seal(models.Model):
    """The sealing of a delivery's finished PDFs, and the certificate that sealed them.

    The row is made with the finished files and is the outbox: a worker that dies leaves it waiting.
    The sealed copies are dossier files, written together with `sealed`: there is one seal or none.
    """

    delivery = models.OneToOneField(Delivery, models.CASCADE, related_name="seal")

    status = models.CharField(max_length=10, choices=SealStatus, default=SealStatus.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    fault = models.CharField(max_length=10, choices=Fault, blank=True)
    subject = models.TextField(blank=True)
    issuer = models.TextField(blank=True)
    fingerprint = models.CharField(max_length=64, blank=True, help_text="SHA-256 (hex).")
    valid_from = models.DateTimeField(null=True, blank=True)
    valid_until = models.DateTimeField(null=True, blank=True)
    is_self_signed = models.BooleanField(default=False)
    time_stamped_by = models.TextField(blank=True)
    time_stamp_error = models.TextField(blank=True)

    due_at = models.DateTimeField()
    sealed_at = models.DateTimeField(null=True, blank=True)
    time_stamped_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(status__in=SealStatus.values), name="seal_status_known"
            ),
            models.CheckConstraint(
                condition=Q(
                    status=SealStatus.SEALED,
                    sealed_at__isnull=False,
                    fingerprint__regex="^[0-9a-f]{64}$",
                )
                | (~Q(status=SealStatus.SEALED) & Q(sealed_at__isnull=True)),
                name="seal_says_when_and_by_what",
            ),
            models.CheckConstraint(
                condition=~Q(status=SealStatus.FAILED) | ~Q(fault=""), name="seal_failed_says_why"
            ),
        )
        indexes = (
            models.Index(fields=("due_at",), name="seal_outbox", condition=Q(status="waiting")),
        )

    def __str__(self) -> str:
        return f"{self.delivery}: {self.status}"

    @property
    def holder(self) -> str:
        """Whose certificate it is, in words."""
        return spoken(self.subject)

    @property
    def voucher(self) -> str:
        """Who vouches for the certificate, in words."""
        return spoken(self.issuer)

    @property
    def mend(self) -> str:
        """What an operator does about the fault."""
        return Fault(self.fault).mend if self.fault else ""
