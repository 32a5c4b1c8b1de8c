"""The office's private link: counted when it is used, ended when an organiser says so."""

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from deliveries.models import DossierLink
from letters.models import User
from letters.services.record import record


def count_download(*, link: DossierLink) -> None:
    DossierLink.objects.filter(pk=link.pk).update(
        downloads=F("downloads") + 1, downloaded_at=timezone.now()
    )


def revoke_link(*, link: DossierLink, actor: User) -> bool:
    """Ends the link at once; False where it was ended before."""
    with transaction.atomic():
        open_ones = DossierLink.objects.filter(pk=link.pk, revoked_at__isnull=True)
        if not open_ones.update(revoked_at=timezone.now()):
            return False
        delivery = link.dispatch.delivery
        after = {"delivery": delivery.number}
        record(delivery.letter, actor, "revoke_link", after=after, note=str(delivery))
    return True
