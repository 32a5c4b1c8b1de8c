"""“What have I signed?”: the answer goes to the mailbox, to nobody else."""

from itertools import groupby

from common.canonical import canonical_email
from common.crypto import email_digest
from common.locks import only_one
from common.mail import build_mail
from signatories.models import Signature
from verification.links import manage_url
from verification.models import SentMail
from verification.services.limit_mail import had_lists
from verification.views.confirm import translation_of

MOST_A_DAY = 3


def send_my_signatures(*, email: str, language: str) -> bool:
    """Mails what the address has signed and confirmed, with manage links, or that it is none.

    At most three times a day to one address, whoever asks. Each spelling that has signed gets its
    own: at a few providers another spelling may be another mailbox. Says whether a mail went.
    """
    digest = email_digest(canonical_email(email))
    with only_one(f"my signatures {digest.hex()}") as mine:
        if not mine or had_lists(digest) >= MOST_A_DAY:
            return False
        SentMail.objects.create(letter=None, email_digest=digest)
        rows = sorted(Signature.objects.confirmed_of_address(digest), key=lambda row: row.email)
        lists = {to: list(found) for to, found in groupby(rows, key=lambda row: row.email)}
        for to, found in (lists or {email: []}).items():
            context = {
                "signatures": [
                    {"signature": row, "text": translation_of(row), "url": manage_url(row.pk)}
                    for row in found
                ]
            }
            mail = build_mail(
                "verification/mail/my_signatures", to=to, language=language, context=context
            )
            mail.send()
    return True
