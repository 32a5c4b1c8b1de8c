from __future__ import annotations

from django.conf import settings
from django.db import models
from django.urls import reverse

from letters.models.letter import Letter


class Picture(models.Model):
    """The picture above a letter's text; its files lie under the hash of their content."""

    letter = models.OneToOneField(Letter, models.CASCADE, related_name="picture")
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )

    digest = models.CharField(max_length=32)
    width = models.PositiveSmallIntegerField()
    height = models.PositiveSmallIntegerField()
    # For whoever does not see it.
    alt = models.CharField(max_length=300)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(digest__regex="^[0-9a-f]{32}$"), name="picture_digest_is_a_hash"
            ),
            models.CheckConstraint(condition=~models.Q(alt=""), name="picture_has_an_alt_text"),
        )

    def __str__(self) -> str:
        return f"{self.letter}: {self.alt}"

    def url(self, width: int) -> str:
        return reverse("picture_file", args=[self.letter.slug, self.digest, width])

    @property
    def small_url(self) -> str:
        return self.url(480)

    @property
    def large_url(self) -> str:
        return self.url(960)
