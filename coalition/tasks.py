"""What the workers do for the whole installation."""

import structlog
from celery import shared_task
from django.utils import timezone

from coalition.retention import purge

log = structlog.get_logger(__name__)


@shared_task
def purge_personal_data() -> dict[str, int]:
    """Ends what is past its time (docs/privacy.md). Twice at once does no harm."""
    ended = purge(timezone.now())
    log.info("purged", **ended)
    return ended
