"""What an update looks like in the inbox: as a preview, as a test, and to each signatory."""

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives

from common.mail import build_mail
from letters.models import Translation
from letters.views.versions import text_in
from signatories.models import Signature
from verification.links import manage_url, unsubscribe_url
from verification.models import Update, UpdateMail, UpdateText
from verification.services.note_bounce import bounce_mark

TEMPLATE = "verification/mail/update"


def mail_to_signatory(
    update: Update, signature: Signature, row: UpdateMail
) -> EmailMultiAlternatives:
    """In the language signed in, else the update's first. One click ends these mails (RFC 8058).
    When it comes back, its number and the address it comes back to say whose it was."""
    stop, mark = unsubscribe_url(signature.pk), bounce_mark(row.pk)
    mail = build_mail(
        TEMPLATE,
        to=signature.email,
        language=text_for(update, signature.language).language,
        context=_context(update, signature.language)
        | {"unsubscribe_url": stop, "manage_url": manage_url(signature.pk)},
        headers={
            "List-Unsubscribe": f"<{stop}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
            "Message-ID": f"<{mark}@{urlsplit(settings.SITE_URL).hostname}>",
        },
    )
    if settings.BOUNCE_ADDRESS:
        local, _, domain = settings.BOUNCE_ADDRESS.partition("@")
        mail.extra_headers["From"] = mail.from_email
        mail.from_email = f"{local}+{mark}@{domain}"  # the envelope's
    return mail


def sample_mail(update: Update, *, language: str, to: str) -> EmailMultiAlternatives:
    """The same mail for an organiser: its last lines lead nowhere, because nobody unsubscribes."""
    return build_mail(
        TEMPLATE,
        to=to,
        language=text_for(update, language).language,
        context=_context(update, language),
    )


def text_for(update: Update, language: str) -> UpdateText:
    """The update in this language; where it has none, in the language that was written first."""
    texts = list(update.texts.all())
    return next((text for text in texts if text.language == language), texts[0])


def _context(update: Update, language: str) -> dict[str, Any]:
    return {
        "letter": update.letter,
        "text": text_for(update, language),
        "translation": _title(update, language),
    }


def _title(update: Update, language: str) -> Translation:
    version = update.letter.current_version
    if version is None:
        raise ValueError("An update is about a letter with a text.")
    version.letter = update.letter
    return text_in(version, text_for(update, language).language)
