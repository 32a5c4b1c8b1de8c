from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Channel(models.TextChoices):
    EMAIL = "email", _("By email")
    UPLOAD = "upload", _("Upload by hand")
    POST = "post", _("By post")


class PageSize(models.TextChoices):
    LETTER = "letter", _("US Letter")
    A4 = "a4", _("A4")


class Office(models.Model):
    """A recipient with its submission rules. A rule that is null is unknown, not absent."""

    slug = models.SlugField(max_length=80, unique=True)
    name = models.CharField(max_length=200)
    docket = models.CharField(max_length=200, blank=True)
    email = models.EmailField(blank=True)
    postal_address = models.TextField(blank=True)

    channel = models.CharField(max_length=10, choices=Channel, default=Channel.EMAIL)
    page_size = models.CharField(max_length=10, choices=PageSize, default=PageSize.LETTER)
    deadline_at = models.DateTimeField(null=True, blank=True)
    time_zone = models.CharField(max_length=50, default="UTC")
    max_pages = models.PositiveSmallIntegerField(null=True, blank=True)
    min_type_pt = models.DecimalField(max_digits=4, decimal_places=1, null=True, blank=True)
    max_file_bytes = models.PositiveIntegerField(null=True, blank=True)
    max_total_bytes = models.PositiveIntegerField(null=True, blank=True)
    max_files = models.PositiveSmallIntegerField(null=True, blank=True)
    required_statement = models.TextField(blank=True)
    subject_includes = models.CharField(max_length=200, blank=True)
    notes = models.TextField(blank=True)

    source = models.TextField(help_text=_("Where the rules were found."))
    checked_on = models.DateField(help_text=_("When the rules were last checked at the source."))

    class Meta:
        ordering = ("name",)
        constraints = (
            models.CheckConstraint(
                condition=Q(channel__in=Channel.values), name="office_channel_known"
            ),
            models.CheckConstraint(
                condition=Q(page_size__in=PageSize.values), name="office_page_size_known"
            ),
        )

    def __str__(self) -> str:
        return self.name
