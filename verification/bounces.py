"""What a mail provider's webhooks tell of our mails (django-anymail)."""

from typing import Any

import structlog
from anymail.signals import AnymailTrackingEvent, EventType, RejectReason, tracking

from verification.services.note_bounce import note_bounce_of, note_complaint_of

log = structlog.get_logger(__name__)


def listen() -> None:
    tracking.connect(take_event, dispatch_uid="verification.bounces")


def take_event(sender: Any, event: AnymailTrackingEvent, **_: Any) -> None:
    """A mailbox that is gone, or a complaint. Anything else, such as a delay, is left alone."""
    address = str(event.recipient or "")
    if event.event_type == EventType.COMPLAINED:
        done = note_complaint_of(address=address)
    elif event.event_type in (EventType.BOUNCED, EventType.REJECTED) and event.reject_reason in (
        RejectReason.INVALID,
        RejectReason.BOUNCED,
    ):
        done = note_bounce_of(address=address)
    else:
        return
    log.info("mail_event", kind=event.event_type, signatures=done)
