"""Many signatures at once, for a journey that begins where a crowd has signed already."""

from __future__ import annotations

from tests.journeys.conftest import Site

# Rows as the sign form and the confirmation leave them: one address and one network each way.
CROWD = """
from datetime import datetime, timedelta
from common.crypto import email_digest, encrypt, network_digest
from common.names import sort_key
from letters.models import Letter
from signatories.models import Signature, Status

letter = Letter.objects.get(slug={slug!r})
begun = datetime.fromisoformat({begun!r})
address = encrypt("crowd@crowd.example")
Signature.objects.bulk_create(
    Signature(
        letter=letter, version=letter.current_version, language="en",
        name=f"{name} {{n}}", sort_key=sort_key(f"{name} {{n}}", "en"), consent_web=True,
        email_encrypted=address, email_digest=email_digest(f"{{n}}@{domain}"),
        details_digest=email_digest(f"{{n}}@{domain}"),
        network_digest=network_digest("203.0.113.99"), status=Status.COUNTED,
        created_at=begun + timedelta(seconds=n), confirmed_at=begun + timedelta(seconds=n + 60),
        confirmation_sent_at=begun + timedelta(seconds=n + 5), **{more!r},
    )
    for n in range({number})
)
"""


def insert_crowd(
    site: Site, slug: str, name: str, number: int, *, begun: str, domain: str, **more: object
) -> None:
    """`number` people whose signature counts, named “`name` 0” and so on, one a second from `begun`
    (ISO 8601); `more` are columns of each."""
    site.run(
        CROWD.format(slug=slug, name=name, number=number, begun=begun, domain=domain, more=more)
    )
