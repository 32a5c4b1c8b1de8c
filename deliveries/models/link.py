from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from common.tokens import make_lasting_token
from deliveries.models.dispatch import Dispatch

PURPOSE = "dossier"
LIFETIME = timedelta(days=60)


def _end() -> object:
    return timezone.now() + LIFETIME


class DossierLink(models.Model):
    """The private way by which an office gets the files that are too large for its mail.

    The address carries the row's number and a signature over it, so that nobody can guess one, and
    a mail that is built again has the same.
    """

    dispatch = models.OneToOneField(Dispatch, models.CASCADE, related_name="link")

    downloads = models.PositiveIntegerField(default=0)
    downloaded_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField(default=_end)
    revoked_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(downloads=0) | Q(downloaded_at__isnull=False),
                name="dossier_link_counts_with_a_time",
            ),
        )

    def __str__(self) -> str:
        return f"{self.dispatch} until {self.expires_at:%Y-%m-%d}"

    @property
    def token(self) -> str:
        return make_lasting_token(PURPOSE, str(self.pk))

    @property
    def url(self) -> str:
        return f"{settings.SITE_URL}{reverse('dossier', args=[self.token])}"

    @property
    def is_open(self) -> bool:
        return self.revoked_at is None and timezone.now() < self.expires_at
