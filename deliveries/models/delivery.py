from __future__ import annotations

import errno
import os
from datetime import date
from pathlib import Path

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from letters.models import Letter, Office, Translation, Version


class DeliveryStatus(models.TextChoices):
    FROZEN = "frozen", _("Frozen")
    RENDERING = "rendering", _("Being typeset")
    READY = "ready", _("Ready")
    SENT = "sent", _("Delivered")
    FAILED = "failed", _("Failed")
    CANCELLED = "cancelled", _("Stopped")


class Sends(models.TextChoices):
    """What the office gets beside the letter."""

    ROLL = "roll", _("The whole roll, and what changed")
    ADDENDUM = "addendum", _("Only what changed since its last delivery")


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    def of(self, letter: Letter) -> DeliveryQuerySet:
        """A letter's, with what their pages show beside them."""
        return self.filter(letter=letter).select_related("letter__coalition", "office", "version")

    def public(self) -> DeliveryQuerySet:
        """What a stranger may know of: delivered or published, of a letter that is public."""
        return self.filter(
            Q(status=DeliveryStatus.SENT)
            | Q(status=DeliveryStatus.READY, published_at__isnull=False),
            letter__in=Letter.objects.visible(),
        )

    def translated_into(self, text: Translation) -> DeliveryQuerySet:
        """Adds `is_translated`: whether what was delivered can be read in this text's language."""
        delivered = Translation.objects.filter(version=OuterRef("version"), language=text.language)
        return self.annotate(is_translated=Exists(delivered))


class Delivery(models.Model):
    """A numbered, frozen snapshot of a letter's roll for one office.

    `rules` are the office's submission rules and `totals` the explained count, both as they were
    at `frozen_at`; later changes of the office or the roll change nothing here (by a trigger on
    the row).
    """

    letter = models.ForeignKey(Letter, models.PROTECT, related_name="deliveries")
    office = models.ForeignKey(Office, models.PROTECT, related_name="deliveries")
    version = models.ForeignKey(Version, models.PROTECT, related_name="deliveries")
    since = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text=_("The delivery to the same office that this one continues."),
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )

    number = models.PositiveIntegerField()
    form_token = models.UUIDField(help_text=_("One form makes one delivery."))
    language = models.CharField(max_length=12)
    text_sha256 = models.CharField(max_length=64)
    list_root = models.CharField(
        max_length=64, blank=True, help_text=_("SHA-256 over all entries (RFC 6962).")
    )
    subject = models.CharField(max_length=450)
    required_statement = models.TextField(blank=True)
    rules = models.JSONField(default=dict)
    totals = models.JSONField(default=dict)
    layout = models.JSONField(
        default=dict,
        help_text=_("What goes on paper: `groups` of featured people, what the office is sent."),
    )

    redacted_entries = models.PositiveIntegerField(
        default=0, help_text=_("How many erased entries our copies of the files leave out.")
    )
    redaction_error = models.TextField(
        blank=True, help_text=_("Why our copies could not be made again without erased entries.")
    )

    status = models.CharField(max_length=10, choices=DeliveryStatus, default=DeliveryStatus.FROZEN)
    error = models.TextField(blank=True)
    frozen_at = models.DateTimeField()
    ready_at = models.DateTimeField(null=True, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)
    redacted_at = models.DateTimeField(null=True, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "deliveries"
        ordering = ("letter", "-number")
        constraints = (
            models.UniqueConstraint(fields=("letter", "number"), name="delivery_number_unique"),
            models.UniqueConstraint(fields=("letter", "form_token"), name="delivery_one_per_form"),
            models.CheckConstraint(
                condition=Q(status__in=DeliveryStatus.values), name="delivery_status_known"
            ),
            models.CheckConstraint(
                condition=Q(text_sha256__regex="^[0-9a-f]{64}$"), name="delivery_has_text_hash"
            ),
            models.CheckConstraint(
                condition=Q(status=DeliveryStatus.FROZEN) | Q(list_root__regex="^[0-9a-f]{64}$"),
                name="delivery_has_list_root",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=(DeliveryStatus.READY, DeliveryStatus.SENT))
                | Q(ready_at__isnull=False),
                name="delivery_ready_has_a_time",
            ),
            models.CheckConstraint(
                condition=~Q(status=DeliveryStatus.CANCELLED) | Q(cancelled_at__isnull=False),
                name="delivery_cancelled_has_a_time",
            ),
            models.CheckConstraint(
                condition=Q(status=DeliveryStatus.SENT, sent_at__isnull=False)
                | (~Q(status=DeliveryStatus.SENT) & Q(sent_at__isnull=True)),
                name="delivery_sent_has_a_time",
            ),
        )
        indexes = (
            models.Index(
                fields=("id",),
                name="delivery_rendering",
                condition=Q(status__in=("frozen", "rendering")),
            ),
        )

    def __str__(self) -> str:
        return f"{self.letter} delivery {self.number}"

    def get_absolute_url(self) -> str:
        """The public page, which the QR code of the letter leads to."""
        return reverse("delivery_public", kwargs={"slug": self.letter.slug, "number": self.number})

    def get_organisers_url(self) -> str:
        """The page on which its letter's members work."""
        return reverse("delivery_detail", args=[self.letter.slug, self.number])

    @property
    def folder(self) -> Path:
        """Where this delivery's files and pieces are kept."""
        return Path(settings.MEDIA_ROOT) / "deliveries" / str(self.pk)

    @property
    def rules_checked_on(self) -> date:
        """When somebody last looked at the office's rules, before this was frozen."""
        return date.fromisoformat(self.rules["checked_on"])

    @property
    def has_addendum(self) -> bool:
        """Whether there is something to say of the delivery before."""
        return self.since_id is not None

    @property
    def is_under_way(self) -> bool:
        return self.status in (DeliveryStatus.FROZEN, DeliveryStatus.RENDERING)

    @property
    def may_start_again(self) -> bool:
        """Whether its files can be made from what was frozen, after a failure or a stop."""
        return self.status in (DeliveryStatus.FAILED, DeliveryStatus.CANCELLED)

    @property
    def is_disk_full(self) -> bool:
        return os.strerror(errno.ENOSPC) in self.error

    @property
    def is_complete(self) -> bool:
        """Whether its files are there."""
        return self.status in (DeliveryStatus.READY, DeliveryStatus.SENT)

    @property
    def is_published(self) -> bool:
        """Whether its page is public as far as the letter is: delivered, or published before."""
        return self.status == DeliveryStatus.SENT or (
            self.status == DeliveryStatus.READY and self.published_at is not None
        )
