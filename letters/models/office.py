from __future__ import annotations

from collections.abc import Sequence

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from letters.deadline import Deadline


class Channel(models.TextChoices):
    EMAIL = "email", _("By email")
    UPLOAD = "upload", _("Upload by hand")
    POST = "post", _("By post")


class PageSize(models.TextChoices):
    LETTER = "letter", _("US Letter")
    A4 = "a4", _("A4")


# None of none is not what an office means, but a slip of whoever types it.
AT_LEAST_ONE = (MinValueValidator(1),)
# The letter's own type goes up to the office's least; larger, no page holds a text.
TYPE_PT = (MinValueValidator(4), MaxValueValidator(36))


class Office(models.Model):
    """A recipient with its submission rules. A rule that is null is unknown, not absent;
    `waived` are those that do not apply to a letter (`rule_override.overridden`)."""

    waived: Sequence[str] = ()

    slug = models.SlugField(max_length=80, unique=True)
    name = models.CharField(_("Name"), max_length=200)
    docket = models.CharField(_("Docket"), max_length=200, blank=True)
    email = models.EmailField(_("Mail address"), blank=True)
    postal_address = models.TextField(_("Postal address"), blank=True)

    channel = models.CharField(
        _("How it takes submissions"), max_length=10, choices=Channel, default=Channel.EMAIL
    )
    page_size = models.CharField(
        _("Paper"), max_length=10, choices=PageSize, default=PageSize.LETTER
    )
    deadline_at = models.DateTimeField(_("Deadline"), null=True, blank=True)
    deadline_is_day = models.BooleanField(
        _("Only the day of the deadline is known"),
        default=False,
        help_text=_("The deadline is then taken to be the end of that day."),
    )
    time_zone = models.CharField(_("Time zone"), max_length=50, default="UTC")
    max_pages = models.PositiveSmallIntegerField(
        _("Pages at most"), null=True, blank=True, validators=AT_LEAST_ONE
    )
    annexes_count = models.BooleanField(_("Annexes count toward the pages"), null=True, blank=True)
    min_type_pt = models.DecimalField(
        _("Smallest type, in pt"),
        max_digits=4,
        decimal_places=1,
        null=True,
        blank=True,
        validators=TYPE_PT,
    )
    formats = models.CharField(
        _("File formats"), max_length=100, blank=True, help_text=_("Such as: PDF, DOCX.")
    )
    max_file_bytes = models.PositiveIntegerField(
        _("Bytes of a file at most"), null=True, blank=True, validators=AT_LEAST_ONE
    )
    max_total_bytes = models.PositiveIntegerField(
        _("Bytes of all attachments at most"), null=True, blank=True, validators=AT_LEAST_ONE
    )
    max_files = models.PositiveSmallIntegerField(
        _("Files at most"), null=True, blank=True, validators=AT_LEAST_ONE
    )
    names_submitter = models.BooleanField(
        _("File names have to name the submitter"), null=True, blank=True
    )
    required_statement = models.TextField(_("Statement to include"), blank=True)
    subject_includes = models.CharField(_("The subject includes"), max_length=200, blank=True)

    # Of the form on the office's own site, where submissions are uploaded by hand.
    comment_chars = models.PositiveIntegerField(
        _("Comment field: characters at most"), null=True, blank=True
    )
    comment_bytes = models.PositiveIntegerField(
        _("Comment field: bytes at most"), null=True, blank=True
    )
    comment_emoji = models.BooleanField(_("Comment field: emoji allowed"), null=True, blank=True)
    comment_or_files = models.BooleanField(
        _("Either a comment or a file, not both"), null=True, blank=True
    )
    person_name_chars = models.PositiveSmallIntegerField(
        _("First and last name: characters at most, each"), null=True, blank=True
    )
    organisation_chars = models.PositiveSmallIntegerField(
        _("Organisation: characters at most"), null=True, blank=True
    )
    email_chars = models.PositiveSmallIntegerField(
        _("Mail address: characters at most"), null=True, blank=True
    )
    notes = models.TextField(_("Notes"), blank=True)

    source = models.TextField(_("Source"), help_text=_("Where the rules were found."))
    checked_on = models.DateField(
        _("Checked on"), help_text=_("When the rules were last checked at the source.")
    )

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

    @property
    def deadline(self) -> Deadline | None:
        """In the office's own time; None where none is known."""
        if self.deadline_at is None:
            return None
        return Deadline(self.deadline_at, self.time_zone, self.deadline_is_day, timezone.now())
