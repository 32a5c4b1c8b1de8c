from __future__ import annotations

from django.db import models
from django.db.models.functions import Now

from letters.models import Letter


class SentMail(models.Model):
    """That a mail went to an address; kept for a day, to limit how many go."""

    letter = models.ForeignKey(
        Letter,
        models.CASCADE,
        null=True,  # the answer to “What have I signed?” is about none
        related_name="+",
        db_index=False,
        db_constraint=False,
    )
    email_digest = models.BinaryField(max_length=32)
    sent_at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = (
            models.Index(fields=("email_digest", "letter"), name="sentmail_of_address"),
            models.Index(fields=("sent_at",), name="sentmail_age"),
        )

    def __str__(self) -> str:
        return f"{self.letter_id} {self.sent_at:%Y-%m-%d %H:%M}"
