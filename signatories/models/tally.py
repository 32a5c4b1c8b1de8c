from __future__ import annotations

from django.db import models

from letters.models import Letter


class TallyQuerySet(models.QuerySet["Tally"]):
    def of_letter(self, letter: Letter) -> Tally:
        """The letter's counts; all zero where none were made yet."""
        return self.filter(letter=letter).first() or Tally(letter=letter)


class Tally(models.Model):
    """A letter's counts, computed in batches from its signatures, never incremented."""

    letter = models.OneToOneField(Letter, models.CASCADE, primary_key=True, related_name="tally")

    received = models.PositiveIntegerField(default=0)
    unconfirmed = models.PositiveIntegerField(default=0)
    repeated = models.PositiveIntegerField(default=0)
    held = models.PositiveIntegerField(default=0)
    asked = models.PositiveIntegerField(default=0)
    rejected = models.PositiveIntegerField(default=0)
    rejected_by_reason = models.JSONField(default=dict)
    withdrawn = models.PositiveIntegerField(default=0)
    people = models.PositiveIntegerField(default=0)
    organisations = models.PositiveIntegerField(default=0)
    listed = models.PositiveIntegerField(default=0)
    # Counted by hand, so it is in none of the numbers above.
    paper = models.PositiveIntegerField(default=0)
    computed_at = models.DateTimeField(null=True)

    objects = TallyQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "tallies"
        constraints = (
            models.CheckConstraint(
                condition=models.Q(
                    received=models.F("unconfirmed")
                    + models.F("repeated")
                    + models.F("held")
                    + models.F("asked")
                    + models.F("rejected")
                    + models.F("withdrawn")
                    + models.F("people")
                    + models.F("organisations")
                ),
                name="tally_adds_up",
            ),
        )

    def __str__(self) -> str:
        return f"{self.letter}: {self.counted}"

    @property
    def counted(self) -> int:
        return self.people + self.organisations

    @property
    def not_confirmed(self) -> int:
        """Unconfirmed as the public sees it: with the repeated, else strangers could probe."""
        return self.unconfirmed + self.repeated
