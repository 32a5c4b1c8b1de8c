"""The page that tells to look for the mail."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from common.languages import speak
from letters.models import Translation
from verification.views.typed_code import TypedCodeForm


def inbox_page(
    request: HttpRequest, translation: Translation, code_url: str | None = None
) -> HttpResponse:
    """The same words for everybody; `code_url` is where its code may be typed."""
    with speak(translation.language):
        return render(
            request,
            "verification/check_inbox.html",
            {
                "letter": translation.version.letter,
                "translation": translation,
                "code_form": TypedCodeForm(),
                "code_url": code_url,
                "mailbox_url": "/mailbox/" if settings.MAILBOX else None,
            },
        )
