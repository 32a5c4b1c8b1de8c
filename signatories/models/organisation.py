from __future__ import annotations

from django.db import models

from letters.models import Letter


class Organisation(models.Model):
    """An organisation on a letter, made when a moderator lets it sign."""

    letter = models.ForeignKey(Letter, models.CASCADE, related_name="organisations")
    name = models.CharField(max_length=160)
    name_key = models.CharField(max_length=160, editable=False)
    # Whoever confirms from an address there gets the mark of a work address. Set by an organiser.
    domain = models.CharField(max_length=253, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("name_key",)
        constraints = (
            models.UniqueConstraint(
                fields=("letter", "name_key"), name="organisation_one_per_letter_and_name"
            ),
        )

    def __str__(self) -> str:
        return self.name
