"""Takes a signature at the gate: the hot path. One Redis round trip, one insert, nothing else."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.db import connection

from common.canonical import canonical_email
from common.crypto import email_digest, encrypt, keyed_digest, network_digest
from common.names import sort_key
from common.throttle import Passed, hit
from letters.models import Letter
from signatories.models import Capacity
from verification.challenge import ChallengeNeeded, is_solved
from verification.signals import signals_of

# What makes two submissions of one address the same submission: a double click changes none.
DETAILS = (
    *("capacity", "name", "organisation_name", "role_title", "affiliation"),
    *("country", "city", "comment", "show_name", "language"),
    *("consent_web", "consent_press", "consent_government", "consent_updates"),
)

# A submission that came before asks for its mail again, at most every ten minutes: to confirm, or
# to hear that the address has signed. The sender sees no difference, in the answer or in its time.
_INSERT = """
INSERT INTO signatories_signature (
    letter_id, version_id, language, capacity, source, name, sort_key, role_title, affiliation,
    organisation_name, country, city, comment, show_name, consent_web, consent_press,
    consent_government, consent_updates, email_encrypted, email_digest, details_digest,
    network_digest, status, rejection_reason, withdrawn_from, signals
) VALUES (
    %s, %s, %s, %s, 'web', %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s,
    'unconfirmed', '', '', %s
)
ON CONFLICT (letter_id, email_digest, details_digest) DO UPDATE
    SET confirmation_sent_at = NULL, confirmation_due_at = now(), confirmation_attempts = 0
    WHERE signatories_signature.status <> 'rejected'
      AND signatories_signature.confirmation_sent_at < now() - interval '10 minutes'
"""


def details_digest(details: Mapping[str, Any]) -> bytes:
    """A keyed hash over what the signatory typed and chose (see `DETAILS`)."""
    return keyed_digest("details", "\x1f".join(str(details.get(name, "")) for name in DETAILS))


def confirmed_digest(address_digest: bytes) -> bytes:
    """What stands in for the details once they are confirmed, so that sending them again is a new
    row: else the public figures would tell who knows the details whether the address is right."""
    return keyed_digest("confirmed", address_digest.hex())


def accept_signature(
    *,
    letter: Letter,
    details: Mapping[str, Any],
    roll_language: str,
    network: str,
    solution: str = "",
    unchecked: bool = False,
    invited: bool = False,
) -> bool:
    """Writes the signature as unconfirmed; its row is the outbox of its confirmation mail.

    `details` are the cleaned data of the sign form, `roll_language` is that of the letter's
    authoritative text, in which its roll is sorted, `network` as `client_network` gives it. In
    surge mode `solution` proves the sender's work; one who asks to sign `unchecked` is held, and
    one who is `invited` need prove nothing: the link in the invitation is proof enough.
    Returns whether the mail task may be nudged now (at most once a second).
    Raises common.throttle.Throttled, ChallengeNeeded. When this returns, the signature is safe in
    Postgres.
    """
    email = details["email"]
    canonical = canonical_email(email)
    digest = email_digest(canonical)
    passed = _throttle(letter=letter, digest=digest, network=network, unchecked=unchecked)
    signals = signals_of(details)
    surge = (passed.surge or letter.surge_mode) and not invited
    if surge and not (solution and is_solved(letter, solution)):
        if not unchecked:
            raise ChallengeNeeded
        signals.append("unchecked")
    if passed.hits.get("network", 0) > settings.BURST_PER_MINUTE:
        signals.append("burst")
    capacity = details.get("capacity") or Capacity.PERSONAL.value
    name = details["name"]
    displayed = details["organisation_name"] if capacity == Capacity.ORGANISATION else name
    with connection.cursor() as cursor:
        cursor.execute(
            _INSERT,
            (
                letter.pk,
                letter.current_version_id,
                details["language"],
                capacity,
                name,
                sort_key(displayed, roll_language),
                details.get("role_title", ""),
                details.get("affiliation", ""),
                details.get("organisation_name", ""),
                details.get("country", ""),
                details.get("city", ""),
                details.get("comment", ""),
                details["show_name"],
                details["consent_web"],
                details["consent_press"],
                details["consent_government"],
                details["consent_updates"],
                encrypt(email),
                digest,
                details_digest(details),
                network_digest(network) if network else None,
                signals,
            ),
        )
    return passed.nudge


def _throttle(*, letter: Letter, digest: bytes, network: str, unchecked: bool) -> Passed:
    """By network, by address from this network (a stranger elsewhere cannot lock its owner out; how
    many mails an address gets is limited where mails are sent), and by letter."""
    where = network_digest(network).hex()[:24]
    keys = {
        "network": where,
        "address": f"{letter.pk}:{where}:{digest.hex()[:24]}",
        # One network does not use up what all who have no JavaScript share.
        **({"unchecked_network": where, "unchecked": str(letter.pk)} if unchecked else {}),
        "letter": str(letter.pk),
    }
    return hit(keys, nudge="send_due_mail")
