from __future__ import annotations

from pathlib import Path

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from deliveries.models.delivery import Delivery, Sends

LETTER_FILE = "letter.pdf"
PUBLIC_LETTER_FILE = "letter-public.pdf"
ROLL_FILE = "roll.pdf"
MANIFEST_FILE = "manifest.json"
ADDENDUM_FILE = "addendum.pdf"
SEALS_FILE = "seals.json"
PDF = "application/pdf"


def sealed_name(name: str) -> str:
    """What the sealed copy of a file is called: `letter-sealed.pdf`."""
    return name.removesuffix(".pdf") + "-sealed.pdf"


# How often a file is read back before a person has to look.
MOST_READINGS = 4
# What is kept of that.
READING = ("facts", "readings", "reading_error", "read_again_at")

PUBLIC_FILES = (PUBLIC_LETTER_FILE, sealed_name(PUBLIC_LETTER_FILE))
FILE_NAME = "[a-z0-9][a-z0-9.-]*"


def file_name(delivery: Delivery, name: str) -> str:
    """What a file is called outside: `<coalition>-<letter>-delivery-<number>-<name>`; some offices
    want the submitter named there."""
    letter = delivery.letter
    return f"{letter.coalition.slug}-{letter.slug}-delivery-{delivery.number}-{name}"


class FileQuerySet(models.QuerySet["DossierFile"]):
    def plain(self) -> FileQuerySet:
        """Without sealed copies, and what says what these are."""
        return self.filter(seals__isnull=True).exclude(name=SEALS_FILE)

    def for_office(self) -> FileQuerySet:
        """What goes with the mail: the PDFs with the names, without the whole roll where the
        organisers chose to send the addendum instead."""
        plain = self.plain().filter(media_type=PDF)
        addendum_instead = Q(name__startswith="roll", delivery__layout__sends=Sends.ADDENDUM)
        return plain.exclude(name=PUBLIC_LETTER_FILE).exclude(addendum_instead).order_by("id")

    def sealed_as_delivered(self) -> FileQuerySet:
        """The sealed copies of what goes with the mail, and the rows of those that are deleted."""
        return self.filter(seals__in=self.for_office()).order_by("seals_id")

    def sealed_for_office(self) -> FileQuerySet:
        """The sealed copies of what goes with the mail, as long as there are any."""
        return self.sealed_as_delivered().filter(redacted_at__isnull=True)

    def for_link(self) -> FileQuerySet:
        """What an office finds behind its private link: each file plain, and sealed beside it."""
        either = Q(pk__in=self.for_office()) | Q(pk__in=self.sealed_for_office())
        return self.filter(either).order_by("id")

    def unmeasured(self) -> FileQuerySet:
        return self.for_office().filter(facts__isnull=True)

    def to_measure(self) -> FileQuerySet:
        """The unmeasured whose next reading is due."""
        due = Q(read_again_at__isnull=True) | Q(read_again_at__lte=timezone.now())
        return self.unmeasured().filter(due, readings__lt=MOST_READINGS)


class DossierFile(models.Model):
    """A file of a delivery's dossier. Its hash is public, its content not always.

    `sha256`, `bytes` and `pages` are of the file as it was delivered and never change. Once people
    named in it had their data erased, what is on the disk is a copy without them (`copy_sha256`),
    or nothing (a sealed copy).
    """

    delivery = models.ForeignKey(Delivery, models.CASCADE, related_name="files", db_index=False)
    seals = models.OneToOneField(
        "self",
        models.CASCADE,
        null=True,
        blank=True,
        related_name="sealed_copy",
        help_text=_("The plain file that this is the sealed copy of."),
    )

    name = models.CharField(max_length=100)
    media_type = models.CharField(max_length=60)
    sha256 = models.CharField(max_length=64)
    bytes = models.PositiveBigIntegerField()
    pages = models.PositiveIntegerField(null=True, blank=True)
    facts = models.JSONField(
        null=True, blank=True, help_text=_("What preflight.measure read back from it.")
    )
    readings = models.PositiveSmallIntegerField(
        default=0, help_text=_("How often it was begun to be read back.")
    )
    reading_error = models.TextField(blank=True)
    copy_sha256 = models.CharField(
        max_length=64,
        blank=True,
        help_text=_("Of our copy, where it was made again without erased names."),
    )
    copy_bytes = models.PositiveBigIntegerField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    redacted_at = models.DateTimeField(null=True, blank=True)
    read_again_at = models.DateTimeField(null=True, blank=True)

    objects = FileQuerySet.as_manager()

    class Meta:
        ordering = ("delivery", "id")
        constraints = (
            models.UniqueConstraint(fields=("delivery", "name"), name="dossier_file_name_unique"),
            models.CheckConstraint(
                condition=Q(sha256__regex="^[0-9a-f]{64}$"), name="dossier_file_has_a_hash"
            ),
            models.CheckConstraint(
                condition=Q(redacted_at__isnull=False) | Q(copy_sha256="", copy_bytes__isnull=True),
                name="dossier_file_copy_has_a_time",
            ),
            models.CheckConstraint(
                condition=Q(name__regex=f"^{FILE_NAME}$"), name="dossier_file_name_is_plain"
            ),
        )

    def __str__(self) -> str:
        return f"{self.delivery} {self.name}"

    @property
    def path(self) -> Path:
        return self.delivery.folder / self.name

    @property
    def is_gone(self) -> bool:
        """Whether our copy was deleted, for it named somebody whose data is erased."""
        return self.redacted_at is not None and not self.copy_sha256

    @property
    def is_unread(self) -> bool:
        """Whether reading it back has failed so far."""
        return self.facts is None and self.reading_error != ""

    @property
    def is_given_up(self) -> bool:
        """Whether only a person has it read again."""
        return self.is_unread and self.readings >= MOST_READINGS

    def forget_readings(self) -> None:
        """So that, with `READING` saved, it is read back as if it were new."""
        self.facts, self.readings, self.reading_error, self.read_again_at = None, 0, "", None

    @property
    def is_sealed(self) -> bool:
        return self.seals_id is not None

    @property
    def kind(self) -> str:
        return "sealed" if self.is_sealed else "plain"

    @property
    def outside_name(self) -> str:
        return file_name(self.delivery, self.name)

    @property
    def is_for_public(self) -> bool:
        """Whether it is made for everybody: the letter that names nobody, and its sealed copy.

        Who is named in the other files agreed to that for an office, not for the web, and may
        withdraw later. Their hashes are shown, so that whoever has a file can check it.
        """
        return self.name in PUBLIC_FILES
