from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from letters.models import Letter
from signatories.models import RejectionReason, Signature
from verification.models.audit import Action

BULK_ACTIONS = (Action.APPROVE, Action.HOLD, Action.REJECT)


class SavedQuery(models.Model):
    """A filter of the moderation list under a name, for all members of the coalition."""

    letter = models.ForeignKey(Letter, models.CASCADE, related_name="saved_queries", db_index=False)
    name = models.CharField(max_length=80)
    filters = models.JSONField()  # as they stand in the list's address
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name_plural = "saved queries"
        ordering = ("name",)
        constraints = (
            models.UniqueConstraint(fields=("letter", "name"), name="savedquery_one_per_name"),
        )

    def __str__(self) -> str:
        return self.name


class BulkState(models.TextChoices):
    WAITING = "waiting", _("Counted, not started")
    RUNNING = "running", _("Running")
    PAUSED = "paused", _("Paused")
    DONE = "done", _("Done")


class BulkAction(models.Model):
    """One decision about all signatures that a query found at one moment.

    What it found are its items; they go as they are decided on, so whoever runs it goes on where
    the last one ended. A reversal walks the audit log's entries of the action instead.
    """

    letter = models.ForeignKey(Letter, models.CASCADE, related_name="bulk_actions", db_index=False)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )

    name = models.CharField(max_length=80, blank=True)  # of the saved query
    filters = models.JSONField()
    action = models.CharField(max_length=12, choices=[(a.value, a.label) for a in BULK_ACTIONS])
    reason = models.CharField(max_length=12, choices=RejectionReason, blank=True)
    note = models.CharField(max_length=500, blank=True)

    state = models.CharField(max_length=10, choices=BulkState, default=BulkState.WAITING)
    counted = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    skipped = models.PositiveIntegerField(default=0)
    is_reversal = models.BooleanField(default=False)
    restored = models.PositiveIntegerField(default=0)
    not_restored = models.PositiveIntegerField(default=0)
    last_entry_id = models.BigIntegerField(default=0)  # of the audit log, while reversing

    created_at = models.DateTimeField(db_default=Now())
    progressed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-id",)
        constraints = (
            models.CheckConstraint(
                condition=Q(state__in=BulkState.values), name="bulkaction_state_known"
            ),
            models.CheckConstraint(
                condition=Q(action=Action.REJECT, reason__in=RejectionReason.values)
                | (~Q(action=Action.REJECT) & Q(reason="")),
                name="bulkaction_rejects_with_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(counted__gte=models.F("changed") + models.F("skipped"))
                & Q(changed__gte=models.F("restored") + models.F("not_restored")),
                name="bulkaction_adds_up",
            ),
        )
        indexes = (
            models.Index(fields=("letter", "-id"), name="bulkaction_of_letter"),
            models.Index(
                fields=("progressed_at",), name="bulkaction_running", condition=Q(state="running")
            ),
        )

    def __str__(self) -> str:
        return f"{self.action} {self.counted} ({self.state})"

    @property
    def handled(self) -> int:
        """How many of `to_handle` are done with, in the direction it runs."""
        if self.is_reversal:
            return self.restored + self.not_restored
        return self.changed + self.skipped

    @property
    def to_handle(self) -> int:
        return self.changed if self.is_reversal else self.counted

    @property
    def is_running(self) -> bool:
        return self.state == BulkState.RUNNING

    @property
    def may_be_undone(self) -> bool:
        return (
            not self.is_reversal
            and self.changed > 0
            and self.state in (BulkState.PAUSED, BulkState.DONE)
        )


class BulkItem(models.Model):
    """A signature that a bulk action found and has not decided on yet."""

    bulk_action = models.ForeignKey(
        BulkAction, models.CASCADE, related_name="items", db_index=False
    )
    signature = models.ForeignKey(
        Signature, models.CASCADE, related_name="+", db_index=False, db_constraint=False
    )
    # PostgreSQL's own number of the row's version (xmin): it tells any change since the count.
    row_version = models.BigIntegerField()

    class Meta:
        indexes = (models.Index(fields=("bulk_action", "id"), name="bulkitem_of_action"),)

    def __str__(self) -> str:
        return f"{self.bulk_action_id}: {self.signature_id}"
