from __future__ import annotations

from django.db import models

from letters.models import Letter


class Statistics(models.Model):
    """What a letter's page of statistics shows, computed in batches from its signatures."""

    letter = models.OneToOneField(
        Letter, models.CASCADE, primary_key=True, related_name="statistics"
    )

    figures = models.JSONField(default=dict)
    # The tally that they belong to: while it stays the same, there is little to count anew.
    counts = models.JSONField(default=list)
    computed_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "statistics"

    def __str__(self) -> str:
        return f"{self.letter_id} at {self.computed_at:%Y-%m-%d %H:%M}"


class PageViews(models.Model):
    """How often a letter's page was opened on a day (UTC) by readers who came from one site."""

    letter = models.ForeignKey(Letter, models.CASCADE, related_name="page_views", db_index=False)

    day = models.DateField()
    # A host, or what stands in its place (`common.pageviews`).
    source = models.CharField(max_length=80, blank=True)
    number = models.PositiveIntegerField()

    class Meta:
        verbose_name_plural = "page views"
        constraints = (
            models.UniqueConstraint(
                fields=("letter", "day", "source"), name="pageviews_one_per_day_and_source"
            ),
        )

    def __str__(self) -> str:
        return f"{self.letter_id} {self.day} {self.source}: {self.number}"
