"""Reads a mail that came back, as a mail server's pipe gives it."""

import email
import email.policy
import sys
from typing import Any

from django.core.management.base import BaseCommand

from common.bounces import says_gone
from verification.services.note_bounce import note_bounce

MOST_BYTES = 1024 * 1024


class Command(BaseCommand):
    help = (
        "Reads a bounce (RFC 3464) from standard input. A mailbox that does not exist gets no "
        "further update. docs/settings.md says how a mail server calls it."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        """Whatever comes is taken, or the mail server would send a bounce of the bounce."""
        raw = sys.stdin.buffer.read(MOST_BYTES)
        message = email.message_from_bytes(raw, policy=email.policy.compat32)
        if not says_gone(message):
            self.stdout.write("No mailbox is gone by what this mail says.")
        elif note_bounce(text=raw.decode(errors="replace")):
            self.stdout.write("Noted. No further update goes there.")
        else:
            self.stdout.write("Not about an update of this site, or known already.")
