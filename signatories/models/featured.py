from __future__ import annotations

from django.db import models

from letters.models import Letter


class FeaturedGroup(models.Model):
    """A heading over some of the featured signatories: those from `first_rank` up to the next
    group's. So a signature carries no more than its rank."""

    letter = models.ForeignKey(
        Letter, models.CASCADE, related_name="featured_groups", db_index=False
    )
    first_rank = models.PositiveIntegerField()
    headings = models.JSONField(default=dict)  # by language

    class Meta:
        ordering = ("first_rank", "id")
        indexes = (models.Index(fields=("letter", "first_rank", "id"), name="featuredgroup_order"),)

    def __str__(self) -> str:
        return self.heading("en", "en")

    def heading(self, language: str, authoritative: str) -> str:
        """In this language, else in that of the authoritative text, else in any."""
        found = self.headings.get(language) or self.headings.get(authoritative)
        return str(found or next(iter(self.headings.values()), ""))
