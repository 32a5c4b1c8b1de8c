from __future__ import annotations

from pathlib import Path

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from deliveries.models.delivery import Delivery


class PieceKind(models.TextChoices):
    LETTER = "letter", _("Letter")
    PUBLIC = "public", _("Letter without names")
    ADDENDUM = "addendum", _("Addendum")
    ROLL = "roll", _("Roll")


class PieceStatus(models.TextChoices):
    WAITING = "waiting", _("Waiting")
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")


class PieceQuerySet(models.QuerySet["DeliveryPiece"]):
    def unfinished(self) -> PieceQuerySet:
        return self.filter(status__in=(PieceStatus.WAITING, PieceStatus.RUNNING))


class DeliveryPiece(models.Model):
    """A part of a dossier that is typeset on its own; these rows are the truth about progress.

    Whoever renders a piece holds its row lock meanwhile: a dead worker is a row nobody locks.
    """

    delivery = models.ForeignKey(Delivery, models.CASCADE, related_name="pieces", db_index=False)

    kind = models.CharField(max_length=10, choices=PieceKind)
    index = models.PositiveIntegerField()
    first = models.PositiveIntegerField(default=0)
    last = models.PositiveIntegerField(default=0)

    status = models.CharField(max_length=10, choices=PieceStatus, default=PieceStatus.WAITING)
    key = models.CharField(max_length=64, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    pages = models.PositiveIntegerField(default=0)
    bytes = models.PositiveBigIntegerField(default=0)
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.TextField(blank=True)
    queued_at = models.DateTimeField(null=True, blank=True)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = PieceQuerySet.as_manager()

    class Meta:
        ordering = ("delivery", "kind", "index")
        constraints = (
            models.UniqueConstraint(
                fields=("delivery", "kind", "index"), name="delivery_piece_unique"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=PieceKind.values), name="delivery_piece_kind_known"
            ),
            models.CheckConstraint(
                condition=Q(status__in=PieceStatus.values), name="delivery_piece_status_known"
            ),
            models.CheckConstraint(
                condition=~Q(status=PieceStatus.DONE)
                | Q(sha256__regex="^[0-9a-f]{64}$", key__regex="^[0-9a-f]{64}$"),
                name="delivery_piece_done_has_a_hash",
            ),
            models.CheckConstraint(
                condition=Q(first__lte=F("last")), name="delivery_piece_in_order"
            ),
        )

    def __str__(self) -> str:
        return f"{self.delivery} {self.kind} {self.index}"

    @property
    def path(self) -> Path:
        """The piece's file, named by the hash of what it is made from."""
        return self.delivery.folder / "pieces" / f"{self.key}.pdf"
