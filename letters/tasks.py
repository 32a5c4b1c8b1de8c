"""What the workers do for coalitions."""

import smtplib

import structlog
from celery import shared_task

from letters.services import reveal_letters as embargoes
from letters.services import send_member_invitations as invitations

log = structlog.get_logger(__name__)


@shared_task
def send_member_invitations() -> int:
    """Sends the invitations that are due; where the mail server is away, the next call tries."""
    try:
        return invitations.send_member_invitations()
    except (OSError, smtplib.SMTPException) as error:
        log.warning("mail_server_unavailable", error=str(error))
        return 0


@shared_task
def reveal_letters() -> int:
    """Ends the embargoes whose second has come."""
    return embargoes.reveal_letters()
