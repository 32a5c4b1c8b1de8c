from __future__ import annotations

from collections.abc import Mapping

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from letters.models.letter import Letter
from letters.models.text import Text

# What an organiser writes in each language.
WRITTEN = ("title", "addressee", "body_markdown", "summary", "share_text")


class Draft(Text):
    """A text that is being written: the letter's first one, or its next. Nobody but members sees
    it, and publishing turns all drafts of a letter into a version."""

    letter = models.ForeignKey(Letter, models.CASCADE, related_name="drafts")
    edited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )

    is_authoritative = models.BooleanField(default=False)
    # Who saves says which one was read: two editors cannot overwrite each other unseen.
    revision = models.PositiveIntegerField(default=1)
    edited_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ("-is_authoritative", "language")
        constraints = (
            models.UniqueConstraint(fields=("letter", "language"), name="draft_one_per_language"),
            models.UniqueConstraint(
                fields=("letter",),
                condition=Q(is_authoritative=True),
                name="draft_one_authoritative",
            ),
        )

    def __str__(self) -> str:
        return f"{self.letter} {self.language}, revision {self.revision}"

    def get_absolute_url(self) -> str:
        """Where it is edited."""
        kwargs = {"slug": self.letter.slug}
        if not self.is_authoritative:
            kwargs["language"] = self.language
        return reverse("edit_text", kwargs=kwargs)

    def written(self) -> dict[str, str]:
        return {name: getattr(self, name) for name in WRITTEN}

    def says(self, texts: Mapping[str, str]) -> bool:
        """Whether these are its words already."""
        return all(getattr(self, name) == texts[name] for name in WRITTEN)

    @property
    def is_whole(self) -> bool:
        """Whether it has what a public page cannot do without."""
        return bool(self.title.strip() and self.body_markdown.strip())


class SetAside(Text):
    """A text that lost when two people wrote at the same time. Nothing written is thrown away."""

    letter = models.ForeignKey(Letter, models.CASCADE, related_name="texts_set_aside")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )

    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name_plural = "texts set aside"
        ordering = ("-id",)

    def __str__(self) -> str:
        return f"{self.letter} {self.language}, set aside {self.created_at:%Y-%m-%d %H:%M}"
