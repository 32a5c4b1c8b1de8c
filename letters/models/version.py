from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from letters.models.letter import Letter
from letters.models.text import Text


class ChangeKind(models.TextChoices):
    FIRST = "first", _("First text")
    CORRECTION = "correction", _("Correction")
    MATERIAL = "material", _("Material change")


class Version(models.Model):
    """A numbered text of a letter; fixed from its publication."""

    letter = models.ForeignKey(Letter, models.CASCADE, related_name="versions")
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )

    number = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=10, choices=ChangeKind, default=ChangeKind.FIRST)
    note = models.CharField(max_length=500, blank=True, help_text=_("What changed; public."))
    text_sha256 = models.CharField(max_length=64, blank=True, editable=False)

    # An organiser stopped the mails that tell signatories of this version.
    notices_paused = models.BooleanField(default=False)
    published_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("letter", "number")
        constraints = (
            models.UniqueConstraint(fields=("letter", "number"), name="version_number_unique"),
            # What the signatures' foreign key over both points at.
            models.UniqueConstraint(fields=("id", "letter"), name="version_of_letter"),
            models.CheckConstraint(
                condition=Q(published_at__isnull=True) | Q(text_sha256__regex="^[0-9a-f]{64}$"),
                name="version_published_has_hash",
            ),
        )

    def __str__(self) -> str:
        return f"{self.letter} v{self.number}"

    @cached_property
    def authoritative(self) -> Translation:
        """The text that holds; its language is the same in all versions of a letter."""
        return self.translations.get(is_authoritative=True)


class Translation(Text):
    """The text of a version in one language; one of them is authoritative."""

    version = models.ForeignKey(Version, models.CASCADE, related_name="translations")

    is_authoritative = models.BooleanField(default=False)

    class Meta:
        ordering = ("-is_authoritative", "language")
        constraints = (
            models.UniqueConstraint(
                fields=("version", "language"), name="translation_one_per_language"
            ),
            models.UniqueConstraint(
                fields=("version",),
                condition=Q(is_authoritative=True),
                name="translation_one_authoritative",
            ),
        )

    def __str__(self) -> str:
        return f"{self.version} {self.language}: {self.title}"

    def get_absolute_url(self) -> str:
        return self.url_of("letter")

    def url_of(self, route: str, **more: str | int) -> str:
        """The path of a public page about the letter (`letter`, `roll`, …) in this language; the
        authoritative language has the short one."""
        kwargs: dict[str, str | int] = {"slug": self.version.letter.slug, **more}
        if not self.is_authoritative:
            kwargs["language"] = self.language
        return reverse(route, kwargs=kwargs)
