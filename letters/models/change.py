"""What changed in a coalition, apart from decisions on signatures (`verification.AuditEntry`)."""

from __future__ import annotations

from collections.abc import Iterator

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from letters.models.coalition import Coalition, Role


class Change(models.TextChoices):
    CREATE = "create", _("Coalition created")
    SETTINGS = "settings", _("Settings changed")
    INVITE = "invite", _("Invited")
    RESEND = "resend", _("Invitation sent again")
    REVOKE = "revoke", _("Invitation revoked")
    JOIN = "join", _("Joined")
    ROLE = "role", _("Role changed")
    TRANSFER = "transfer", _("Ownership handed over")
    REMOVE = "remove", _("Removed")
    LEAVE = "leave", _("Left")
    CLOSE = "close", _("Account closed")
    OPERATOR = "operator", _("Made an operator")
    REOPEN = "reopen", _("Account opened again")
    OFFICE = "office", _("Office changed")
    NEW_OFFICE = "new_office", _("Office added")


class ChangeEntry(models.Model):
    """One change: who, when, what, to whom, before, after. A trigger refuses any change to it."""

    coalition = models.ForeignKey(
        Coalition,
        models.DO_NOTHING,
        null=True,  # a change to the installation
        related_name="changes",
    )
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.DO_NOTHING, related_name="+", db_constraint=False
    )
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.DO_NOTHING,
        null=True,  # a change that is about nobody, or about somebody without an account
        related_name="+",
        db_constraint=False,
    )

    change = models.CharField(max_length=12, choices=Change)
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name_plural = "change entries"
        ordering = ("-id",)

    def __str__(self) -> str:
        return f"{self.created_at:%Y-%m-%d %H:%M} {self.change}"

    def differences(self) -> Iterator[tuple[str, str, str]]:
        """Label, value before and value after of what changed."""
        for name in self.before | self.after:
            before, after = self.before.get(name), self.after.get(name)
            if before != after:
                yield _label(name), _shown(name, before), _shown(name, after)


def _label(name: str) -> str:
    if name == "role":
        return gettext("Role")
    if name == "domain":
        return gettext("Mail address at")
    field = next(field for field in Coalition._meta.fields if field.name == name)
    return str(field.verbose_name)


def _shown(name: str, value: object) -> str:
    if name == "role" and value is not None:
        return str(Role(str(value)).label)
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    return str(value or "")
