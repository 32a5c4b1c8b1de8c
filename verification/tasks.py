"""What the workers do for the gate."""

import smtplib
from datetime import timedelta

import structlog
from celery import shared_task
from django.utils import timezone

from common.crypto import decrypt
from common.locks import only_one
from verification.models import BulkAction, BulkState
from verification.services import protect_names
from verification.services import refresh_statistics as statistics
from verification.services import send_due_invitations as invitations
from verification.services import send_my_signatures as lists
from verification.services import send_updates as updates
from verification.services import work_on_import as imports
from verification.services.change_text import note_the_asked
from verification.services.collect_views import collect_views as collect
from verification.services.run_bulk_action import run_batch
from verification.services.send_due_mail import MOST
from verification.services.send_due_mail import send_due_mail as send
from verification.services.send_notices import send_notices as send_out

RESUME_SECONDS = 30
log = structlog.get_logger(__name__)


@shared_task
def send_due_mail() -> int:
    """Sends the confirmation mails that are due. Beat calls it every few seconds, so a server that
    cannot be reached is a line in the log and the next call tries again. Where more are due than
    one call sends, it asks for the next itself: waiting for beat would cost seconds each time."""
    try:
        sent = send()
    except (OSError, smtplib.SMTPException) as error:
        log.warning("mail_server_unavailable", error=str(error))
        return 0
    if sent >= MOST:
        send_due_mail.delay()
    return sent


@shared_task
def send_due_invitations() -> int:
    """Sends the invitations that are due; as with confirmations, the next call tries again, and
    where more are due than one call sends it asks for the next itself."""
    try:
        sent = invitations.send_due_invitations()
    except (OSError, smtplib.SMTPException) as error:
        log.warning("mail_server_unavailable", error=str(error))
        return 0
    if sent >= invitations.MOST:
        send_due_invitations.delay()
    return sent


@shared_task(autoretry_for=(OSError, smtplib.SMTPException), retry_backoff=10, max_retries=5)
def send_my_signatures(encrypted_email: str, language: str) -> bool:
    """Answers “What have I signed?”. The address comes encrypted: the broker keeps no plain one.
    Nor does the log: Celery writes there why a task is tried again, and a server that refuses a
    mail says to whom."""
    try:
        return lists.send_my_signatures(email=decrypt(encrypted_email.encode()), language=language)
    except (smtplib.SMTPRecipientsRefused, smtplib.SMTPDataError) as error:
        raise smtplib.SMTPException(f"refused: {type(error).__name__}") from None


@shared_task
def hold_protected(coalition_id: int) -> int:
    """Holds what was signed earlier under names that are protected now."""
    return protect_names.hold_protected(coalition_id=coalition_id)


@shared_task
def send_notices() -> int:
    """Tells signatories of a new text. The rows are the outbox, so any call goes on where the last
    one ended; a server that cannot be reached is a line in the log."""
    note_the_asked()
    try:
        return send_out()
    except (OSError, smtplib.SMTPException) as error:
        log.warning("mail_server_unavailable", error=str(error))
        return 0


@shared_task
def send_updates() -> int:
    """Sends the organisers' updates at the pace of `UPDATES_PER_MINUTE`; beat's next call goes on,
    and tries again where the server was away."""
    try:
        return updates.send_updates()
    except (OSError, smtplib.SMTPException) as error:
        log.warning("mail_server_unavailable", error=str(error))
        return 0


@shared_task
def run_bulk_action(bulk_id: int) -> None:
    """Runs a bulk decision to its end, or until a moderator pauses it."""
    while run_batch(bulk_id=bulk_id):
        pass


@shared_task
def resume_bulk_actions() -> int:
    """Beat's call: takes up bulk decisions whose worker died. Two workers on one take turns."""
    stalled = BulkAction.objects.filter(
        state=BulkState.RUNNING, progressed_at__lt=timezone.now() - timedelta(seconds=30)
    )
    ids = list(stalled.values_list("pk", flat=True))
    for bulk_id in ids:
        run_bulk_action.delay(bulk_id)
    return len(ids)


@shared_task
def resume_imports() -> int:
    """Gives each import that nobody works on to a worker."""
    due = imports.due_imports()
    for run_id in due:
        # Asked for anew with each call, so it must not pile up while the workers are busy.
        work_on_import.apply_async((run_id,), expires=RESUME_SECONDS)
    return len(due)


@shared_task
def work_on_import(run_id: int) -> None:
    """A shift; then others' work has its turn."""
    if imports.work_on_import(run_id=run_id):
        work_on_import.delay(run_id)


@shared_task
def collect_views() -> int:
    """Stores how often pages were opened. Without Redis there is nothing to store."""
    with only_one("collect_views") as mine:
        return collect() if mine else 0


@shared_task
def refresh_statistics() -> int:
    """Computes the pages of statistics; of two calls at once the second does nothing."""
    with only_one("refresh_statistics") as mine:
        return statistics.refresh_statistics() if mine else 0
