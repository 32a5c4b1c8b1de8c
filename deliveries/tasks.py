"""What workers do for deliveries. Each task takes an id and may run any number of times."""

from celery import shared_task

from deliveries.models import DeliveryPiece
from deliveries.queue import enqueue
from deliveries.services.cancel_delivery import clear_delivery as clear
from deliveries.services.erase_entries import erase_entries as erase
from deliveries.services.finish_delivery import finish_delivery
from deliveries.services.inspect_delivery import inspect_delivery
from deliveries.services.mail_dispatch import mail_dispatch
from deliveries.services.redact_delivery import due_redactions, redact_delivery
from deliveries.services.render_piece import Outcome
from deliveries.services.render_piece import render_piece as render
from deliveries.services.resume_deliveries import resume_deliveries as resume
from deliveries.services.seal_delivery import seal_delivery


@shared_task
def render_piece(piece_id: int) -> None:
    """Typesets a piece; the last one joins the dossier, the failed one is asked for again."""
    outcome = render(piece_id=piece_id)
    if outcome is Outcome.AGAIN:
        render_piece.apply_async((piece_id,), countdown=2)
    elif outcome is Outcome.DONE:
        delivery_id = DeliveryPiece.objects.values_list("delivery_id", flat=True).get(pk=piece_id)
        render_dossier(delivery_id)


@shared_task
def render_dossier(delivery_id: int) -> None:
    """Joins the pieces, then holds the files against the office's rules."""
    if finish_delivery(delivery_id=delivery_id):
        render_preflight.delay(delivery_id)


@shared_task
def render_preflight(delivery_id: int) -> None:
    inspect_delivery(delivery_id=delivery_id)


@shared_task
def render_seal(delivery_id: int) -> None:
    seal_delivery(delivery_id=delivery_id)


@shared_task
def clear_delivery(delivery_id: int) -> None:
    """After a stop."""
    clear(delivery_id=delivery_id)


@shared_task
def send_dispatch(dispatch_id: int) -> None:
    mail_dispatch(dispatch_id=dispatch_id)


@shared_task
def resume_deliveries() -> None:
    """Beat calls it."""
    resume()


@shared_task
def render_redaction(delivery_id: int) -> None:
    redact_delivery(delivery_id=delivery_id)


@shared_task
def erase_entries() -> None:
    """Beat calls it: entries first, then the files that name whom they stood for."""
    erase()
    enqueue("render_redaction", due_redactions().values_list("pk", flat=True))
