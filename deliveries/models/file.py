from __future__ import annotations

from pathlib import Path

from django.db import models
from django.db.models import Q

from deliveries.models.delivery import Delivery

LETTER_FILE = "letter.pdf"
ROLL_FILE = "roll.pdf"


class DossierFile(models.Model):
    """A file of a delivery's dossier. Its hash is public, its content not always."""

    delivery = models.ForeignKey(Delivery, models.CASCADE, related_name="files", db_index=False)

    name = models.CharField(max_length=100)
    media_type = models.CharField(max_length=60)
    sha256 = models.CharField(max_length=64)
    bytes = models.PositiveBigIntegerField()
    pages = models.PositiveIntegerField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("delivery", "id")
        constraints = (
            models.UniqueConstraint(fields=("delivery", "name"), name="dossier_file_name_unique"),
            models.CheckConstraint(
                condition=Q(sha256__regex="^[0-9a-f]{64}$"), name="dossier_file_has_a_hash"
            ),
            models.CheckConstraint(
                condition=Q(name__regex="^[a-z0-9][a-z0-9.-]*$"), name="dossier_file_name_is_plain"
            ),
        )

    def __str__(self) -> str:
        return f"{self.delivery} {self.name}"

    @property
    def path(self) -> Path:
        return self.delivery.folder / self.name

    @property
    def is_public(self) -> bool:
        """Whether a stranger may download it.

        Only the letter: somebody on the roll may withdraw later, and then our page must not go on
        publishing the name. The roll's hash is shown, so that whoever has the file can check it.
        """
        return self.name == LETTER_FILE and self.delivery.offers_letter
