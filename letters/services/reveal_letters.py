"""Ends the embargoes whose second has come, in the status too.

For readers they ended by themselves (`LetterQuerySet.visible`); this writes down that they did.
"""

from django.db import transaction
from django.utils import timezone

from letters.models import Letter, LetterStatus
from letters.services.current_letter import forget
from letters.services.record import record


def reveal_letters() -> int:
    """Returns how many letters it opened."""
    with transaction.atomic():
        due = list(
            Letter.objects.select_for_update(skip_locked=True, of=("self",)).filter(
                status=LetterStatus.EMBARGOED,
                opens_at__lte=timezone.now(),
                current_version__isnull=False,
            )
        )
        for letter in due:
            letter.status = LetterStatus.OPEN
            letter.save(update_fields=["status"])
            record(
                letter,
                None,
                "reveal",
                before={"letter": str(LetterStatus.EMBARGOED)},
                after={"letter": str(LetterStatus.OPEN)},
            )
    for letter in due:
        forget(letter.slug)
    return len(due)
