"""What the workers do for the counts."""

from celery import shared_task

from common.locks import only_one
from signatories.services.refresh_tallies import refresh_tallies as refresh


@shared_task
def refresh_tallies() -> int:
    """Computes every letter's counts; of two calls at once the second does nothing."""
    with only_one("refresh_tallies") as mine:
        return len(refresh()) if mine else 0
