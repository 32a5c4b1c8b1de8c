"""The moderators' pages of a long letter, and one decision about 50,000 signatures
(`benchmarks.scale` runs them).
"""

import time
from datetime import datetime, timedelta
from typing import Any

from benchmarks.roll import LETTER, TRIES, Pages
from benchmarks.stage import HOST, say

BULK = 50_000
PAGES = f"/organise/letters/{LETTER}/"
LIST = f"{PAGES}signatures/"


def member_of(letter: Any) -> Any:
    """The browser of an owner of the letter's coalition."""
    from django.test import Client

    from letters.models import Membership, Role

    client = Client(SERVER_NAME=HOST)
    owner = Membership.objects.filter(coalition_id=letter.coalition_id, role=Role.OWNER)[0]
    client.force_login(owner.user)
    return client


def pages(letter: Any, client: Any) -> Pages:
    """Each kind of page as a moderator gets it; the number varies what is asked."""
    from signatories.models import Signature

    confirmed = Signature.objects.of_letter(letter.pk).filter(confirmed_at__isnull=False)
    some = list(confirmed.exclude(network_digest=None).order_by("email_digest")[: TRIES + 1])

    def page(path: str = LIST, **query: str) -> None:
        response = client.get(path, query)
        if response.status_code != 200 or (response.context or {}).get("too_broad"):
            raise RuntimeError(f"{query}: {response.status_code}")

    def span(n: int, **length: float) -> dict[str, str]:
        since = some[n].created_at
        return {"since": typed(since), "until": typed(since + timedelta(**length))}

    return {
        "dashboard": lambda n: page(PAGES),
        "queue": lambda n: page(),
        "queue, deep": lambda n: page(older=str(some[n].pk)),
        "queue, back from deep": lambda n: page(newer=str(some[n].pk)),
        "held": lambda n: page(status="held"),
        "any signal": lambda n: page(signal="any"),
        "a frequent signal": lambda n: page(signal="burst"),
        "a rare signal": lambda n: page(signal="look_alike"),
        "held with a signal": lambda n: page(status="held", signal="same_name"),
        "evidence": lambda n: page(evidence="vouched"),
        "a country": lambda n: page(country=str(some[n].country)),
        "a network": lambda n: page(network=network(some[n])),
        "an hour": lambda n: page(**span(n, hours=1)),
        "a month": lambda n: page(**span(n, days=30)),
        "a network within a day": lambda n: page(network=network(some[n]), **span(n, days=1)),
        "assigned to nobody": lambda n: page(assigned="nobody"),
        "imported": lambda n: page(source="import"),
        "organisations": lambda n: page(capacity="organisation"),
        "search: a whole name": lambda n: page(q=some[n].name),
        "search: a family name": lambda n: page(q=some[n].name.split()[-1]),
        "search: a given name": lambda n: page(q=some[n].name.split()[0]),
        "search: two letters": lambda n: page(q=some[n].name[:2]),
        "search: an affiliation": lambda n: page(q=some[n].affiliation or some[n].name),
        "search: nobody": lambda n: page(q=f"zzxqj{n}"),
        "search: an address": lambda n: page(q=f"nobody{n}@mail.example"),
        "search and filter": lambda n: page(q=some[n].name.split()[-1], status="held"),
        "decisions": lambda n: page(f"{PAGES}audit-log/"),
        "one signature": lambda n: page(f"{LIST}{some[n].pk}/"),
    }


def bulk(letter: Any, client: Any) -> dict[str, float]:
    """Seconds to find and count, to decide and to undo, as a worker does it."""
    from signatories.models import Signature, Status
    from verification.models import BulkAction
    from verification.services.run_bulk_action import run_batch

    counted = Signature.objects.of_letter(letter.pk).filter(status=Status.COUNTED)
    until = counted.order_by("-created_at").values_list("created_at", flat=True)[BULK]
    query = f"status=counted&since={typed(until)}"
    taken = {}

    def run(name: str, bulk_id: int) -> None:
        begun = time.monotonic()
        while run_batch(bulk_id=bulk_id):
            pass
        taken[name] = time.monotonic() - begun

    begun = time.monotonic()
    client.post(f"{LIST}bulk/new/", {"action": "reject", "reason": "fake", "query": query})
    taken["found and counted"] = time.monotonic() - begun
    action = BulkAction.objects.latest("pk")
    for name, step in (("decided", "start"), ("undone", "undo")):
        client.post(f"{LIST}bulk/{action.pk}/step/", {"step": step})
        run(name, action.pk)
    action.refresh_from_db()
    say(f"{action.counted:,} counted, {action.changed:,} changed, {action.restored:,} undone")
    return taken


def network(signature: Any) -> str:
    """As the link on the signature's page has it."""
    return bytes(signature.network_digest).hex()


def typed(at: datetime) -> str:
    """A time as the browser's field sends it."""
    return f"{at:%Y-%m-%dT%H:%M}"
