"""Whether everybody whom a dossier names is to be named still: the roll goes on while it waits."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from deliveries.models import DeliveryStatus
from deliveries.preflight.findings import Dossier, Finding, Findings, Outcome


def still_named(dossier: Dossier) -> Findings:
    """What has been delivered stays as it is; what has not can still do without them."""
    if dossier.delivery.status == DeliveryStatus.SENT:
        return
    rule = _("Everybody named still agrees to it")
    delivery = dossier.delivery
    gone = delivery.entries.no_longer_named(delivery.letter_id).count()
    if not gone:
        yield Finding(rule, Outcome.PASSED)
        return
    found = ngettext(
        "%(count)s entry was withdrawn, or is not to be named any more, since this was frozen",
        "%(count)s entries were withdrawn, or are not to be named any more, since this was frozen",
        gone,
    )
    mend = _("Freeze a new delivery: it goes without them.")
    yield Finding(rule, Outcome.FAILED, found % {"count": gone}, mend)
