"""How many confirmation mails one worker sends a second: from the rows to the catcher's files."""

import time
from pathlib import Path

from benchmarks.stage import Stage, running, say, value
from verification.tasks import send_due_mail

MAILS = 2_000
WARM_UP_MAILS = 100
_DUE = "SELECT count(*) FROM signatories_signature WHERE confirmation_sent_at IS NULL"


class MailMissing(Exception):
    """Rows were not drained in time, or mails did not arrive."""


def measure_mail(stage: Stage, letter_id: int) -> dict[str, float]:
    """Mails a second of one worker process, of rows that were signed over HTTP before.

    Raises MailMissing.
    """
    # The bare function's rows have no address that can be decrypted.
    value("DELETE FROM signatories_signature WHERE network_digest = %s", bytes(32))
    value("UPDATE signatories_signature SET confirmation_sent_at = now() - interval '2 hours'")
    with running(stage.program("worker-mail", c="1")):
        _drain(stage, letter_id, WARM_UP_MAILS)
        seconds = _drain(stage, letter_id, MAILS)
    say(f"    {MAILS / seconds:,.0f} a second")
    return {"emails_per_s": MAILS / seconds}


def _drain(stage: Stage, letter_id: int, mails: int) -> float:
    """Makes so many rows due, asks the worker once, and returns the seconds until all are sent."""
    box = stage.var / "mailbox"
    before = _recipients(box)
    due = value(
        "UPDATE signatories_signature SET confirmation_sent_at = NULL, confirmation_due_at = now() "
        "WHERE id IN (SELECT id FROM signatories_signature WHERE status = 'unconfirmed' "
        "AND confirmation_sent_at < now() - interval '1 hour' AND letter_id = %s "
        "ORDER BY id DESC LIMIT %s)",
        letter_id,
        mails,
    )
    if due != mails:
        raise MailMissing(f"Only {due} of {mails} rows are there to be mailed.")
    begun = time.monotonic()
    send_due_mail.delay()
    while value(_DUE):
        if time.monotonic() - begun > 120:
            raise MailMissing(f"{value(_DUE)} of {mails} mails are still due after two minutes.")
        time.sleep(0.02)
    seconds = time.monotonic() - begun
    arrived = len(_recipients(box) - before)
    if arrived != mails:
        raise MailMissing(f"{mails} rows say sent, {arrived} people have a mail.")
    return seconds


def _recipients(box: Path) -> set[str]:
    """The distinct envelope recipients in the catcher's files (their first line)."""
    found = set()
    for path in box.glob("*.eml"):
        with path.open("rb") as file:
            found.add(file.readline().decode())
    return found
