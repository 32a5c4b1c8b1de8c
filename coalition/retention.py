"""How long personal data is kept. Each rule of docs/privacy.md is here; one that ends by itself has
a function that ends it, in batches, so that a long list never holds a long transaction."""

from collections.abc import Callable
from datetime import datetime, timedelta

from allauth.account.models import EmailConfirmation
from django.db.models import Q, QuerySet

from letters.models import MemberInvitation, Session
from signatories.models import Signature, Status
from verification.models import (
    BulkAction,
    BulkItem,
    BulkState,
    ImportRun,
    ImportStatus,
    Invitation,
    SentMail,
)
from verification.services.import_people import end_import

UNCONFIRMED = timedelta(days=30)
NETWORK = timedelta(days=90)
INVITATION = timedelta(days=90)
IMPORT = timedelta(days=7)
MAIL = timedelta(days=1)
COUNTED = timedelta(days=1)
BULK = timedelta(days=90)
LINK = timedelta(days=3)
BATCH = 1000

Purge = Callable[[datetime], int]


def _unconfirmed(now: datetime) -> int:
    """Submissions that nobody confirmed after their last mail. What still waits for its mail stays:
    it was answered, so it is never lost, however long the mail server is away."""
    stale = Signature.objects.filter(
        Q(confirmation_sent_at__lt=now - UNCONFIRMED) | Q(confirmation_due_at__isnull=True),
        status__in=(Status.UNCONFIRMED, Status.REPEATED),
        created_at__lt=now - UNCONFIRMED,
    )
    return _in_batches(stale, lambda rows: rows.delete()[0])


def _networks(now: datetime) -> int:
    old = Signature.objects.filter(network_digest__isnull=False, created_at__lt=now - NETWORK)
    return _in_batches(old, lambda rows: rows.update(network_digest=None))


def _mails(now: datetime) -> int:
    return SentMail.objects.filter(sent_at__lt=now - MAIL).delete()[0]


def _invitations(now: datetime) -> int:
    old = {"created_at__lt": now - INVITATION}
    return sum(rows.objects.filter(**old).delete()[0] for rows in (Invitation, MemberInvitation))


def _bulk(now: datetime) -> int:
    """Counts that nobody started; of others, what was searched for and what is left to do."""
    counts = BulkAction.objects.filter(state=BulkState.WAITING, created_at__lt=now - COUNTED)
    ended: int = counts.delete()[0]
    old = BulkAction.objects.filter(created_at__lt=now - BULK).exclude(state=BulkState.RUNNING)
    BulkItem.objects.filter(bulk_action__in=old).delete()
    return ended + old.exclude(filters={}).update(filters={})


def _imports(now: datetime) -> int:
    """Files of imports: those that nobody began, and the lists of faulty rows."""
    ended = 0
    for run in ImportRun.objects.filter(created_at__lt=now - IMPORT):
        if not run.is_over and not run.is_under_way:
            end_import(run, ImportStatus.CANCELLED)
            ended += 1
        if run.is_over:
            run.faults_path.unlink(missing_ok=True)
    return ended


def _sessions(now: datetime) -> int:
    return Session.objects.filter(expire_date__lt=now).delete()[0]


def _links(now: datetime) -> int:
    ended: int = EmailConfirmation.objects.filter(created__lt=now - LINK).delete()[0]
    return ended


# None: kept until somebody ends it (the signatory erases, an organiser shortens the list or
# closes the account).
RULES: dict[str, Purge | None] = {
    "signature": _unconfirmed,
    "network": _networks,
    "invitation": _invitations,
    "import": _imports,
    "mail": _mails,
    "bulk": _bulk,
    "log": None,
    "list": None,
    "delivery": None,
    "account": None,
    "session": _sessions,
    "link": _links,
}


def purge(now: datetime) -> dict[str, int]:
    """Ends what is past its time at this instant; how many rows, by rule."""
    return {rule: end(now) for rule, end in RULES.items() if end is not None}


def _in_batches(rows: QuerySet[Signature], end: Callable[[QuerySet[Signature]], int]) -> int:
    done = 0
    while ids := list(rows.order_by("id").values_list("id", flat=True)[:BATCH]):
        done += end(rows.filter(pk__in=ids))  # asked again: one may have been confirmed meanwhile
        if len(ids) < BATCH:
            break
    return done
