from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Count, Q
from django.db.models.functions import Now
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from letters.models import Letter
from letters.models.text import Written
from signatories.models import Signature


class UpdateState(models.TextChoices):
    DRAFT = "draft", _("Draft")
    SCHEDULED = "scheduled", _("Scheduled")
    SENDING = "sending", _("Being sent")
    PAUSED = "paused", _("Paused")
    CANCELLED = "cancelled", _("Stopped")
    DONE = "done", _("Sent")


class Update(models.Model):
    """A mail of the organisers to signatories who asked for updates about a letter."""

    letter = models.ForeignKey(Letter, models.CASCADE, related_name="updates", db_index=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )

    state = models.CharField(max_length=10, choices=UpdateState, default=UpdateState.DRAFT)
    # Counts the savings: who sends or saves says which words they have seen.
    revision = models.PositiveIntegerField(default=1)
    starts_at = models.DateTimeField(null=True, blank=True)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ("-id",)
        constraints = (
            models.CheckConstraint(
                condition=Q(state__in=UpdateState.values), name="update_state_known"
            ),
            models.CheckConstraint(
                condition=~Q(state=UpdateState.SCHEDULED) | Q(starts_at__isnull=False),
                name="update_scheduled_has_a_time",
            ),
        )
        indexes = (
            models.Index(fields=("letter", "-id"), name="update_of_letter"),
            models.Index(
                fields=("state",),
                name="update_under_way",
                condition=Q(state__in=("scheduled", "sending")),
            ),
        )

    def __str__(self) -> str:
        return f"Update {self.pk} ({self.state})"

    def get_absolute_url(self) -> str:
        return reverse("update_detail", args=[self.letter.slug, self.pk])

    @property
    def is_under_way(self) -> bool:
        return self.state in (UpdateState.SCHEDULED, UpdateState.SENDING)


class UpdateText(Written):
    """What an update says in one of its letter's languages."""

    update = models.ForeignKey(Update, models.CASCADE, related_name="texts", db_index=False)

    subject = models.CharField(max_length=150)

    class Meta:
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(
                fields=("update", "language"), name="updatetext_one_per_language"
            ),
        )

    def __str__(self) -> str:
        return f"{self.language}: {self.subject}"


class MailState(models.TextChoices):
    WAITING = "waiting", _("Waiting")
    # Written down before the first byte leaves; where it stays, a worker died and nobody knows.
    TAKEN = "taken", _("Perhaps sent")
    SENT = "sent", _("Sent")
    LEFT_OUT = "left_out", _("Left out")
    REFUSED = "refused", _("Refused")


class UpdateMailQuerySet(models.QuerySet["UpdateMail"]):
    def due(self, update_id: int) -> UpdateMailQuerySet:
        """The update's outbox."""
        return self.filter(update_id=update_id, state=MailState.WAITING, due_at__lte=timezone.now())

    def bounced(self) -> UpdateMailQuerySet:
        return self.filter(bounced_at__isnull=False)

    def progress(self, update: Update) -> dict[str, int]:
        """How many mails of the update are in which state; these add up to `all`. `handled` are
        those that nobody need wait for, `bounced` those whose address does not exist."""
        states = {str(state): Count("id", filter=Q(state=state)) for state in MailState}
        found = self.filter(update=update).aggregate(
            **states, all=Count("id"), bounced=Count("bounced_at")
        )
        waiting = found[MailState.WAITING] + found[MailState.TAKEN]
        return found | {"handled": found["all"] - waiting}


class UpdateMail(models.Model):
    """That a signatory is to get an update: the outbox of these mails, and their record."""

    update = models.ForeignKey(Update, models.CASCADE, related_name="mails", db_index=False)
    signature = models.ForeignKey(Signature, models.CASCADE, related_name="+")

    state = models.CharField(max_length=8, choices=MailState, db_default=MailState.WAITING)
    attempts = models.PositiveSmallIntegerField(db_default=0)
    due_at = models.DateTimeField(db_default=Now())
    taken_at = models.DateTimeField(null=True)
    # The address does not exist: the signature gets no further update.
    bounced_at = models.DateTimeField(null=True)

    objects = UpdateMailQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("update", "signature"), name="updatemail_one_per_signature"
            ),
            models.CheckConstraint(
                condition=Q(state__in=MailState.values), name="updatemail_state_known"
            ),
        )
        indexes = (
            models.Index(
                fields=("update", "due_at", "id"),
                name="updatemail_outbox",
                condition=Q(state=MailState.WAITING),
            ),
            models.Index(fields=("update", "state"), name="updatemail_states"),
            models.Index(fields=("taken_at",), name="updatemail_pace"),
            models.Index(
                fields=("signature",),
                name="updatemail_bounced",
                condition=Q(bounced_at__isnull=False),
            ),
        )

    def __str__(self) -> str:
        return f"{self.signature_id} of update {self.update_id} ({self.state})"
