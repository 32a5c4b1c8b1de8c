from __future__ import annotations

import hashlib
import json
from pathlib import Path

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from common.csvfile import ENCODINGS, Shape
from letters.models import Letter


class ImportStatus(models.TextChoices):
    """Where an import stands. Nothing is imported before an organiser has seen the check."""

    UPLOADED = "uploaded", _("Uploaded")
    CHECKING = "checking", _("Being checked")
    CHECKED = "checked", _("Checked")
    RUNNING = "running", _("Being imported")
    DONE = "done", _("Imported")
    CANCELLED = "cancelled", _("Cancelled")
    FAILED = "failed", _("Failed")


UNDER_WAY = (ImportStatus.CHECKING, ImportStatus.RUNNING)
OVER = (ImportStatus.DONE, ImportStatus.CANCELLED, ImportStatus.FAILED)


class ImportMethod(models.TextChoices):
    """How it is known that these people agreed."""

    MAIL = "mail", _("Each gets a mail and confirms; nobody counts before that")
    ATTEST = "attest", _("I attest that they agreed, and say below how it can be shown")


class ImportRun(models.Model):
    """A table of people who agreed elsewhere, checked and then imported in batches.

    `position` and the counts are of the pass under way, and are written in the transaction of
    their batch: whoever goes on after a worker's death goes on after the last whole batch.
    """

    letter = models.ForeignKey(Letter, models.CASCADE, related_name="imports")
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )

    # In whose name people are imported, and who says that they agreed.
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )

    file_name = models.CharField(max_length=120)
    key = models.CharField(max_length=32, unique=True)
    bytes = models.PositiveBigIntegerField()
    encoding = models.CharField(max_length=12)
    delimiter = models.CharField(max_length=1)
    # What stands where: the column's number by the field's name.
    columns = models.JSONField(default=dict)
    has_header = models.BooleanField(default=True)
    language = models.CharField(max_length=12)
    consents = models.JSONField(default=list)
    method = models.CharField(max_length=10, choices=ImportMethod, default=ImportMethod.MAIL)
    evidence = models.CharField(max_length=500, blank=True)
    # The organiser's language, in which the faulty rows say why.
    spoken = models.CharField(max_length=12, default="en")

    status = models.CharField(max_length=10, choices=ImportStatus, default=ImportStatus.UPLOADED)
    error = models.CharField(max_length=200, blank=True)
    position = models.PositiveIntegerField(default=0)
    bytes_done = models.PositiveBigIntegerField(default=0)
    added = models.PositiveIntegerField(default=0)
    already = models.PositiveIntegerField(default=0)
    faulty = models.PositiveIntegerField(default=0)
    faults_bytes = models.PositiveBigIntegerField(default=0)

    # Whoever works on it; one who has not been heard of for a while is dead.
    worker = models.UUIDField(null=True)
    heard_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)

    created_at = models.DateTimeField(db_default=Now())
    finished_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-id",)
        constraints = (
            models.CheckConstraint(
                condition=Q(status__in=ImportStatus.values), name="importrun_status_known"
            ),
            models.CheckConstraint(
                condition=~Q(method=ImportMethod.ATTEST)
                | Q(status=ImportStatus.UPLOADED)
                | ~Q(evidence=""),
                name="importrun_attested_has_evidence",
            ),
        )

    def __str__(self) -> str:
        return f"{self.letter_id} {self.file_name}"

    @property
    def shape(self) -> Shape:
        return Shape(self.encoding, self.delimiter)

    @property
    def fingerprint(self) -> str:
        """Of what was chosen and found: whoever starts names it, and so starts what they saw."""
        seen = [
            *(self.encoding, self.delimiter, self.columns, self.has_header, self.language),
            *(self.consents, self.method, self.evidence, self.added, self.already, self.faulty),
        ]
        return hashlib.sha256(json.dumps(seen, sort_keys=True).encode()).hexdigest()

    @property
    def encoding_name(self) -> str:
        return ENCODINGS[self.encoding]

    @property
    def is_under_way(self) -> bool:
        return self.status in UNDER_WAY

    @property
    def is_over(self) -> bool:
        return self.status in OVER

    @property
    def path(self) -> Path:
        """The uploaded file; gone once the import is over."""
        return imports_folder() / f"{self.key}.csv"

    @property
    def faults_path(self) -> Path:
        """The rows that cannot be imported, each with why; gone after a week."""
        return imports_folder() / f"{self.key}-faults.csv"


def imports_folder() -> Path:
    return Path(settings.MEDIA_ROOT) / "imports"
