from __future__ import annotations

from django.db import models
from django.db.models import Count, Q
from django.db.models.functions import Now
from django.utils import timezone

from letters.models import LetterStatus, Version
from signatories.models import Signature, Status


class VersionNoticeQuerySet(models.QuerySet["VersionNotice"]):
    def due(self) -> VersionNoticeQuerySet:
        """What may go now; an organiser may have paused the run. Of a correction under embargo
        signatories hear once the letter is public: what changed stands on its page of changes.
        Whoever is asked to sign again has a page of their own for it."""
        now = timezone.now()
        letter = "signature__letter__"
        sealed = Q(**{f"{letter}status": LetterStatus.EMBARGOED}) & (
            Q(**{f"{letter}opens_at": None}) | Q(**{f"{letter}opens_at__gt": now})
        )
        return self.filter(
            ~sealed | Q(signature__status=Status.ASKED),
            sent_at__isnull=True,
            due_at__lte=now,
            version__notices_paused=False,
        )

    def progress(self, version: Version) -> dict[str, int]:
        """How far the run about a version is: each of `total` is `sent`, `waiting`, `failed` (its
        server refused every try) or `spared` (nothing to tell by the time it was their turn). And
        what was answered: `resigned`, `asked` still, `withdrew` since."""
        not_sent = Q(sent_at__isnull=True)
        tried = Q(attempts__gt=0)
        return self.filter(version=version).aggregate(
            total=Count("id"),
            sent=Count("id", filter=~not_sent),
            waiting=Count("id", filter=not_sent & Q(due_at__isnull=False)),
            failed=Count("id", filter=not_sent & Q(due_at__isnull=True) & tried),
            spared=Count("id", filter=not_sent & Q(due_at__isnull=True) & ~tried),
            resigned=Count(
                "id", filter=Q(signature__version=version, signature__status=Status.COUNTED)
            ),
            asked=Count("id", filter=Q(signature__status=Status.ASKED)),
            withdrew=Count("id", filter=Q(signature__status=Status.WITHDRAWN)),
        )


class VersionNotice(models.Model):
    """That a signatory is to be told of a new text: the outbox of these mails, and their record."""

    version = models.ForeignKey(Version, models.CASCADE, related_name="+")
    signature = models.ForeignKey(Signature, models.CASCADE, related_name="+")

    attempts = models.PositiveSmallIntegerField(db_default=0)
    due_at = models.DateTimeField(null=True, db_default=Now())
    sent_at = models.DateTimeField(null=True)

    objects = VersionNoticeQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("version", "signature"), name="notice_one_per_version_and_signature"
            ),
        )
        indexes = (
            models.Index(
                fields=("due_at",), name="notice_outbox", condition=Q(sent_at__isnull=True)
            ),
        )

    def __str__(self) -> str:
        return f"{self.signature_id} of version {self.version_id}"
