"""Puts work on the queue. The rows are the truth: a message that cannot be sent or gets lost costs
only time, for beat calls `resume_deliveries`, which asks again."""

from collections.abc import Iterable
from typing import Any

import structlog
from celery import current_app
from django.db import transaction
from kombu.exceptions import OperationalError

log = structlog.get_logger(__name__)


def enqueue(task: str, ids: Iterable[int], **options: Any) -> None:
    """Sends `deliveries.tasks.<task>` once for each id, after the transaction at hand."""
    wanted = list(ids)
    transaction.on_commit(lambda: _send(task, wanted, options), robust=True)


def _send(task: str, ids: list[int], options: dict[str, Any]) -> None:
    for number in ids:
        try:
            current_app.send_task(f"deliveries.tasks.{task}", [number], **options)
        except OperationalError as error:
            log.warning("broker_unavailable", task=task, error=str(error))
            return
