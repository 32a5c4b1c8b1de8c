from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q, Sum
from django.db.models.functions import Now

from letters.models import Letter


class PaperCountQuerySet(models.QuerySet["PaperCount"]):
    def sums(self) -> dict[int, int]:
        """How many signatures on paper there are, by letter."""
        rows = self.filter(taken_back_at__isnull=True).order_by().values_list("letter_id")
        return dict(rows.annotate(sum=Sum("number")))


class PaperCount(models.Model):
    """A number of signatures that an organiser counted on paper; never mixed with signatures."""

    letter = models.ForeignKey(Letter, models.CASCADE, related_name="paper_counts")
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )

    number = models.PositiveIntegerField()
    collected_on = models.DateField()
    note = models.CharField(max_length=300)

    created_at = models.DateTimeField(db_default=Now())
    taken_back_at = models.DateTimeField(null=True, blank=True)

    objects = PaperCountQuerySet.as_manager()

    class Meta:
        ordering = ("-id",)
        constraints = (
            models.CheckConstraint(condition=Q(number__gt=0), name="papercount_is_some"),
        )

    def __str__(self) -> str:
        return f"{self.letter_id} {self.number}"
