from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, TypedDict

from django.conf import settings
from django.db import connection, models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from letters.models import Letter
from signatories.models import Signature, Status


class Action(models.TextChoices):
    APPROVE = "approve", _("Approved")
    HOLD = "hold", _("Held")
    REJECT = "reject", _("Rejected")
    FEATURE = "feature", _("Featured")
    UNFEATURE = "unfeature", _("No longer featured")
    VOUCH = "vouch", _("Vouched for")
    UNVOUCH = "unvouch", _("No longer vouched for")
    REVISE = "revise", _("Changed by the signatory")
    ERASE = "erase", _("Erased by the signatory")
    EVIDENCE = "evidence", _("Strengthened by the signatory")
    RECONSENT = "reconsent", _("Signed the new text")
    PROTECT = "protect", _("Names protected")
    UNPROTECT = "unprotect", _("Name no longer protected")
    BLOCK = "block", _("Blocked")
    UNBLOCK = "unblock", _("No longer blocked")
    SURGE = "surge", _("Surge mode switched on")
    CALM = "calm", _("Surge mode switched off")
    EXPORT = "export", _("Exported")
    DOMAIN = "domain", _("Mail domain set")
    GUILD = "guild", _("Guild added")
    ISSUE = "issue", _("Guild codes issued")
    GUILD_LINK = "guild_link", _("Link of a guild’s representative changed")
    CANCEL = "cancel", _("Unused guild codes cancelled")
    CREATE = "create", _("Letter begun")
    ADD_LANGUAGE = "add_language", _("Translation added")
    DROP_LANGUAGE = "drop_language", _("Translation removed")
    DISCARD = "discard", _("Draft discarded")
    SETTINGS = "settings", _("Settings changed")
    SCHEDULE = "schedule", _("Schedule changed")
    PICTURE = "picture", _("Picture changed")
    NO_PICTURE = "no_picture", _("Picture removed")
    PUBLISH = "publish", _("Letter published")
    NEW_TEXT = "new_text", _("New version published")
    PAUSE_MAILS = "pause_mails", _("Mails about a version paused")
    GO_ON_MAILS = "go_on_mails", _("Mails about a version go on")
    PAUSE = "pause", _("Signing paused")
    RESUME = "resume", _("Signing resumed")
    CLOSE = "close", _("Letter closed")
    REOPEN = "reopen", _("Letter reopened")
    WITHDRAW_LETTER = "withdraw", _("Letter withdrawn by its organisers")
    INVITE = "invite", _("Invited")
    RESEND = "resend", _("Invitation sent again")
    REVOKE = "revoke", _("Invitation revoked")
    MERGE = "merge", _("Merged into another signature")
    UNDO = "undo", _("Decision undone")
    ASSIGN = "assign", _("Assigned")
    REMARK = "remark", _("Noted")
    ORDER = "order", _("Featured names put in order")
    SAVE = "save", _("Query saved")
    FORGET = "forget", _("Saved query removed")
    BULK = "bulk", _("Bulk decision")
    IMPORT = "import", _("Import begun")
    IMPORT_CANCEL = "import_off", _("Import cancelled")
    IMPORT_END = "import_end", _("Import ended")
    ATTEST = "attest", _("Imported and attested")
    PAPER = "paper", _("Paper signatures recorded")
    UNPAPER = "unpaper", _("Paper signatures taken back")
    REVEAL = "reveal", _("Embargo ended")
    WRITE_UPDATE = "write_update", _("Update written")
    DROP_UPDATE = "drop_update", _("Update discarded")
    SEND_UPDATE = "send_update", _("Update sent or scheduled")
    HALT_UPDATE = "halt_update", _("Update paused")
    RESUME_UPDATE = "resume_update", _("Update resumed")
    CANCEL_UPDATE = "cancel_update", _("Update stopped")
    REDACT = "redact", _("Copies of a delivery made again without erased entries")
    UNSUBSCRIBE = "unsubscribe", _("Updates stopped by the signatory")
    OFFICE_RULES = "office_rules", _("Office’s rules changed for this letter")
    FREEZE = "freeze", _("Delivery frozen")
    HALT_DELIVERY = "halt_delivery", _("Making of a delivery stopped")
    RETRY_DELIVERY = "retry_delivery", _("Making of a delivery started again")
    SEND_DELIVERY = "send_delivery", _("Delivery put into the outbox")
    STOP_DELIVERY = "stop_delivery", _("Mail of a delivery stopped")
    HAND_OVER = "hand_over", _("Delivery handed over by people")
    SAY_SENT = "say_sent", _("Unanswered mail said to have arrived, or not")
    READ_AGAIN = "read_again", _("Files of a delivery read back again")
    SEAL_AGAIN = "seal_again", _("Sealing of a delivery asked for")
    SHOW_DELIVERY = "show_delivery", _("Page of a delivery published")
    REVOKE_LINK = "revoke_link", _("Office’s private link revoked")


# What a moderator decides about a signature.
DECISIONS = (
    Action.APPROVE,
    Action.HOLD,
    Action.REJECT,
    Action.FEATURE,
    Action.UNFEATURE,
    Action.VOUCH,
    Action.UNVOUCH,
)
# What can be taken back.
UNDOABLE = (*DECISIONS, Action.MERGE)


def action_choices() -> list[tuple[str, Any]]:
    """A function, which a migration names and does not copy: the database need not hear of each
    new action."""
    return Action.choices


class Change(TypedDict):
    """What one decision did to one signature; the states are as JSON keeps them."""

    signature_id: int
    before: dict[str, Any]
    after: dict[str, Any]


class AuditEntryManager(models.Manager["AuditEntry"]):
    def log_changes(
        self,
        changes: Sequence[Change],
        *,
        letter_id: int,
        actor_id: int | None,
        action: str,
        reason: str,
        note: str,
        bulk_action_id: int | None,
    ) -> list[int]:
        """Writes an entry for each change, all by one decision; returns their ids.

        As `bulk_create` would, at a fifth of its cost: a decision may be about 250,000 signatures.
        """
        with connection.cursor() as cursor:
            cursor.execute(
                f"INSERT INTO {self.model._meta.db_table}"  # noqa: S608  # nosec B608
                " (letter_id, actor_id, action, reason, note, bulk_action_id,"
                " signature_id, before, after)"
                " SELECT %s, %s, %s, %s, %s, %s, change.*"
                " FROM jsonb_to_recordset(%s) AS change"
                " (signature_id bigint, before jsonb, after jsonb) RETURNING id",
                (letter_id, actor_id, action, reason, note, bulk_action_id, json.dumps(changes)),
            )
            return [pk for (pk,) in cursor.fetchall()]


class AuditEntry(models.Model):
    """One decision: who, when, what, why, before, after. A trigger refuses change and deletion."""

    letter = models.ForeignKey(Letter, models.DO_NOTHING, related_name="+", db_index=False)
    signature = models.ForeignKey(
        Signature,
        models.DO_NOTHING,
        null=True,  # a decision about the letter itself
        related_name="audit_entries",
        db_constraint=False,
    )
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.DO_NOTHING,
        null=True,  # the signatory, who has no account
        related_name="+",
        db_constraint=False,
    )

    bulk_action = models.ForeignKey(
        "verification.BulkAction",
        models.DO_NOTHING,
        null=True,
        related_name="entries",
        db_constraint=False,
        db_index=False,
    )

    action = models.CharField(max_length=20, choices=action_choices)
    reason = models.CharField(max_length=12, blank=True)
    note = models.CharField(max_length=500, blank=True)
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    created_at = models.DateTimeField(db_default=Now())

    objects = AuditEntryManager()

    class Meta:
        verbose_name_plural = "audit entries"
        ordering = ("-id",)
        indexes = (
            models.Index(fields=("letter", "-id"), name="auditentry_of_letter"),
            models.Index(
                fields=("bulk_action", "id"),
                name="auditentry_of_bulk_action",
                condition=models.Q(bulk_action__isnull=False),
            ),
        )

    def __str__(self) -> str:
        return f"{self.created_at:%Y-%m-%d %H:%M} {self.action} {self.signature_id or ''}"

    @property
    def status_change(self) -> str:
        """Such as “Held → Counted”; empty where the status stayed."""
        before, after = self.before.get("status"), self.after.get("status")
        if before == after:
            return ""
        return f"{Status(before).label} → {Status(after).label}"

    @property
    def changed_fields(self) -> list[str]:
        """What a signatory changed, by the fields' names: the log keeps none of their words."""
        names: list[str] = self.after.get("changed", [])
        return [str(Signature._meta.get_field(name).verbose_name) for name in names]  # type: ignore[union-attr]
