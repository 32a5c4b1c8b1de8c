"""Mails from templates: `<name>.subject.txt`, `<name>.txt` and `<name>.html`."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import get_template

from common.languages import speak


def build_mail(
    name: str,
    *,
    to: str,
    language: str,
    context: Mapping[str, Any],
    headers: Mapping[str, str] | None = None,
) -> EmailMultiAlternatives:
    """A mail in the recipient's language with a plain text and an HTML part, no tracking.

    `Auto-Submitted` (RFC 3834) keeps vacation notices from answering.
    """
    with speak(language):
        values = {**context, "language": language, "site_url": settings.SITE_URL}
        subject = get_template(f"{name}.subject.txt").render(values)
        text = get_template(f"{name}.txt").render(values)
        html = get_template(f"{name}.html").render(values)
    message = EmailMultiAlternatives(
        subject=" ".join(subject.split()),
        body=text.strip() + "\n",
        to=[to],
        headers={"Auto-Submitted": "auto-generated", **(headers or {})},
    )
    message.attach_alternative(html, "text/html")
    return message
