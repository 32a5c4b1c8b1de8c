"""Whether each signature that was answered has a row and a mail."""

import os
import time
from dataclasses import dataclass, field

from django.db import connection

from benchmarks.drills.signers import Signers
from benchmarks.drills.site import Site
from benchmarks.stage import Stage
from common.canonical import canonical_email
from common.crypto import email_digest
from signatories.models import Signature

PATIENCE_SECONDS = 60.0


@dataclass
class Outcome:
    """One drill's figures; `lost` must be 0 and `problems` empty."""

    drill: str
    answered: int = 0
    others: dict[str, int] = field(default_factory=dict)
    rows: int = 0
    mailed: int = 0
    lost: int = 0
    seconds: float = 0.0
    notes: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    @property
    def passed(self) -> bool:
        """Whether the promise held."""
        return not self.lost and not self.problems


def look_for(site: Site, signers: Signers, outcome: Outcome) -> Outcome:
    """Waits until everybody who was answered has a mail, and counts who has a row and who not.

    What ended by itself is started again meanwhile, as `make run` does.
    """
    connection.close()  # it may be one that the drill has ended
    accepted = set(signers.accepted)
    outcome.answered = len(accepted)
    outcome.others = dict(signers.others)
    digests = {email_digest(canonical_email(address)) for address in accepted}
    found = Signature.objects.filter(email_digest__in=digests).values_list("email_digest")
    outcome.rows = len({bytes(digest) for (digest,) in found})
    deadline = time.monotonic() + PATIENCE_SECONDS
    ended = site.start_what_ended()
    while (
        mailed := accepted & _recipients(site.stage)
    ) != accepted and time.monotonic() < deadline:
        time.sleep(0.5)
        ended += site.start_what_ended()
    if ended:
        outcome.notes.append(f"ended, and started again: {', '.join(ended)}")
    outcome.mailed = len(mailed)
    outcome.lost = len(accepted) - min(outcome.rows, outcome.mailed)
    if not accepted:
        outcome.problems.append("nobody was answered")
    if not signers.kept_what_was_typed:
        outcome.problems.append("a 503 came without what was typed")
    return outcome


def _recipients(stage: Stage) -> set[str]:
    """Whom the catcher has mail for: the first line of each file."""
    box = stage.var / "mailbox"
    found = set()
    for name in os.listdir(box):
        if name.endswith(".eml"):
            with (box / name).open() as file:
                found.add(file.readline().partition(": ")[2].strip())
    return found
