"""Sends updates: begins those whose time has come, mails what their rows wait for, ends them.

Nobody gets an update twice. A row is taken in a transaction of its own before its mail leaves, so
what a worker that dies had in hand (at most a batch) may have gone and is not sent again by itself.
"""

import math
import smtplib
from collections.abc import Iterator
from datetime import timedelta

import structlog
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import connection, transaction
from django.db.models import Exists, F, OuterRef
from django.utils import timezone

from common.bounces import refused_as_gone
from common.locks import wait_for
from common.postbox import MayHaveGone
from signatories.models import Signature, Status
from signatories.models.queryset import SignatureQuerySet
from verification.models import MailState, Update, UpdateMail, UpdateState
from verification.services.build_update_mail import mail_to_signatory
from verification.services.drain_outbox import Outbox, drain_outbox, next_try

log = structlog.get_logger(__name__)

# The pace is kept over this many seconds.
WINDOW = 10
MAX_ATTEMPTS = 4
# How long a taken mail may be on its way; after that its worker is dead.
GRACE = timedelta(minutes=10)


def recipients(letter_id: int) -> SignatureQuerySet:
    """Who counts, asked for updates, and whose address has not turned out to be gone."""
    gone = UpdateMail.objects.bounced().filter(signature=OuterRef("pk"))
    return Signature.objects.of_letter(letter_id).for_updates().filter(~Exists(gone))


def send_updates() -> int:
    """Sends what the pace allows now, and raises, as `drain_outbox` does."""
    begin_due_updates()
    try:
        return drain_outbox(_Updates(), most=_pace())
    finally:
        _end_finished()


def begin_due_updates() -> int:
    """Notes who gets each update whose time has come; how many updates. One transaction each."""
    due = Update.objects.filter(state=UpdateState.SCHEDULED, starts_at__lte=timezone.now())
    begun = 0
    for pk in list(due.values_list("pk", flat=True)):
        with transaction.atomic():
            update = due.select_for_update(skip_locked=True).filter(pk=pk).first()
            if update is None:
                continue
            _note_recipients(update)
            update.state, update.started_at = UpdateState.SENDING, timezone.now()
            update.save(update_fields=["state", "started_at"])
            begun += 1
    return begun


def _note_recipients(update: Update) -> None:
    sql, parameters = (
        recipients(update.letter_id).order_by().values_list("pk").query.sql_with_params()
    )
    table = UpdateMail._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} (update_id, signature_id)"  # noqa: S608  # nosec B608
            f" SELECT %s, found.* FROM ({sql}) AS found"
            " ON CONFLICT (update_id, signature_id) DO NOTHING",
            (update.pk, *parameters),
        )


def _end_finished() -> None:
    under_way = UpdateMail.objects.filter(update=OuterRef("pk"))
    waiting = under_way.filter(state=MailState.WAITING)
    taken = under_way.filter(state=MailState.TAKEN, taken_at__gt=timezone.now() - GRACE)
    Update.objects.filter(~Exists(waiting), ~Exists(taken), state=UpdateState.SENDING).update(
        state=UpdateState.DONE, finished_at=timezone.now()
    )


def _pace() -> int:
    """How many mails may go in a window."""
    return max(1, round(int(settings.UPDATES_PER_MINUTE) * WINDOW / 60))


def _share(most: int) -> list[UpdateMail]:
    """Up to so many due rows, locked; the updates that are being sent take turns."""
    sending = list(
        Update.objects.filter(state=UpdateState.SENDING).order_by("id").values_list("pk", flat=True)
    )
    rows: list[UpdateMail] = []
    for left, pk in zip(range(len(sending), 0, -1), sending, strict=True):
        rows += (
            UpdateMail.objects.due(pk)
            .select_for_update(skip_locked=True)
            .order_by("due_at", "id")[: math.ceil((most - len(rows)) / left)]
        )
    return rows


class _Updates(Outbox[UpdateMail]):
    at_most_once = True

    def lock(self, most: int) -> list[UpdateMail]:
        wait_for("updates' pace")  # two workers together keep it, too
        now = timezone.now()
        gone = UpdateMail.objects.filter(taken_at__gt=now - timedelta(seconds=WINDOW)).count()
        rows = _share(max(0, min(most, _pace() - gone)))
        UpdateMail.objects.filter(pk__in=[row.pk for row in rows]).update(
            state=MailState.TAKEN, taken_at=now, attempts=F("attempts") + 1
        )
        for row in rows:
            row.attempts += 1
        return rows

    def mails(self, rows: list[UpdateMail]) -> Iterator[tuple[UpdateMail, EmailMultiAlternatives]]:
        updates = Update.objects.select_related("letter__coalition", "letter__current_version")
        updates = updates.prefetch_related("texts", "letter__current_version__translations")
        found = updates.in_bulk({row.update_id for row in rows})
        signatures = Signature.objects.in_bulk([row.signature_id for row in rows])
        for row in rows:
            update, signature = found[row.update_id], signatures[row.signature_id]
            if signature.status != Status.COUNTED or not signature.consent_updates:
                self._set(row, state=MailState.LEFT_OUT)
                continue
            yield row, mail_to_signatory(update, signature, row)

    def mark_sent(self, rows: list[UpdateMail]) -> None:
        UpdateMail.objects.filter(pk__in=[row.pk for row in rows]).update(state=MailState.SENT)

    def refuse(self, row: UpdateMail, error: Exception) -> None:
        """A passing refusal is tried again; after a lasting one it is over."""
        again = next_try(row.attempts) if _is_passing(error) else None
        if refused_as_gone(error):
            self._set(row, state=MailState.REFUSED, bounced_at=timezone.now())
        elif again is None or row.attempts >= MAX_ATTEMPTS:
            self._set(row, state=MailState.REFUSED)
        else:
            self._set(row, state=MailState.WAITING, due_at=again)
        log.warning("update_refused", mail=row.pk, attempts=row.attempts)

    def keep(self, row: UpdateMail, error: Exception) -> None:
        if not isinstance(error, MayHaveGone):
            self._set(row, state=MailState.WAITING)

    @staticmethod
    def _set(row: UpdateMail, **values: object) -> None:
        UpdateMail.objects.filter(pk=row.pk).update(**values)


def _is_passing(error: Exception) -> bool:
    """RFC 5321, 4.2.1: a reply of 4yz is about now, one of 5yz is final."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return all(code < 500 for code, _ in error.recipients.values())
    return getattr(error, "smtp_code", 500) < 500
