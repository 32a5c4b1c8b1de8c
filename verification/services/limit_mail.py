"""How many mails an address gets about a letter, and about all of them, whoever asks for them.

A mail that is held back loses nobody a signature: every confirmation link of an address shows all
that wait for it, so any mail that reached the owner serves them all.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta

from django.db.models import Count, Q
from django.utils import timezone

from signatories.models import Signature
from verification.models import Invitation, SentMail

AN_HOUR = 3
A_DAY = 8
# About all letters of the installation together: else each of them is another mail for who types
# somebody's address everywhere.
EVERYWHERE_A_DAY = 20
_DAY = timedelta(days=1)


def within_limits(rows: list[Signature]) -> list[Signature]:
    """The rows whose mail may go now, newest first for each address.

    Of the others the newest of an address waits for an hour; older ones get no mail of their own,
    so that a flood of submissions is not a flood of mails for months.
    """
    had_hour, had_day, everywhere = _had(rows)
    due: list[Signature] = []
    waiting: dict[tuple[int, bytes], int] = {}
    silent: list[int] = []
    for row in sorted(rows, key=lambda row: row.pk, reverse=True):
        key = _key(row)
        address = key[1]
        if (
            had_hour[key] < AN_HOUR
            and had_day[key] < A_DAY
            and everywhere[address] < EVERYWHERE_A_DAY
        ):
            had_hour[key] += 1
            had_day[key] += 1
            everywhere[address] += 1
            due.append(row)
        elif key in waiting:
            silent.append(row.pk)
        else:
            waiting[key] = row.pk
    later = timezone.now() + timedelta(hours=1)
    Signature.objects.filter(pk__in=waiting.values()).update(confirmation_due_at=later)
    Signature.objects.filter(pk__in=silent).update(confirmation_due_at=None)
    return due


def had_enough(row: Invitation) -> bool:
    """Whether the address had as many mails since yesterday as it may."""
    _hour, day, everywhere = _had([row])
    letter_id, address = _key(row)
    return day[letter_id, address] >= A_DAY or everywhere[address] >= EVERYWHERE_A_DAY


def remember_mails(rows: Sequence[Signature | Invitation]) -> None:
    """Notes that these mails went, and forgets the notes of yesterday."""
    SentMail.objects.filter(sent_at__lt=timezone.now() - _DAY).delete()
    SentMail.objects.bulk_create(
        SentMail(letter_id=row.letter_id, email_digest=row.email_digest) for row in rows
    )


def had_lists(address_digest: bytes) -> int:
    """How often the address has been answered “What have I signed?” in the last day."""
    return SentMail.objects.filter(
        letter=None, email_digest=address_digest, sent_at__gt=timezone.now() - _DAY
    ).count()


def _key(row: Signature | Invitation) -> tuple[int, bytes]:
    return row.letter_id, bytes(row.email_digest)


def _had(
    rows: Sequence[Signature | Invitation],
) -> tuple[Counter[tuple[int, bytes]], Counter[tuple[int, bytes]], Counter[bytes]]:
    """Mails of the last hour and of the last day by letter and address, and of the last day by
    address."""
    now = timezone.now()
    found = (
        SentMail.objects.filter(
            email_digest__in={bytes(row.email_digest) for row in rows},
            sent_at__gt=now - _DAY,
        )
        .values_list("letter_id", "email_digest")
        .annotate(hour=Count("id", filter=Q(sent_at__gt=now - timedelta(hours=1))), day=Count("id"))
    )
    hour: Counter[tuple[int, bytes]] = Counter()
    day: Counter[tuple[int, bytes]] = Counter()
    everywhere: Counter[bytes] = Counter()
    for letter, digest, in_hour, in_day in found:
        hour[letter, bytes(digest)], day[letter, bytes(digest)] = in_hour, in_day
        everywhere[bytes(digest)] += in_day
    return hour, day, everywhere
