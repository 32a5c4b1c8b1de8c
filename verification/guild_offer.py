"""The form for a guild's code, offered on the thank-you and manage pages; and codes as a file."""

from typing import Any

from django import forms
from django.http import HttpResponse
from django.utils.translation import gettext_lazy

from common.formfields import CodeField
from letters.models import Letter
from signatories.models import Mark, Signature
from verification.links import manage_path
from verification.models import Guild


class GuildCodeForm(forms.Form):
    code = CodeField(label=gettext_lazy("Code of your guild"))


def offer(signature: Signature) -> dict[str, Any]:
    """Context of the thank-you and manage pages: the form, where the letter has guilds."""
    if (
        Mark.GUILD_CODE in signature.marks
        or not Guild.objects.of_letter(signature.letter_id).exists()
    ):
        return {}
    return {"guild_form": GuildCodeForm(), "guild_url": f"{manage_path(signature.pk)}guild-code/"}


def codes_file(letter: Letter, codes: list[str]) -> HttpResponse:
    """The codes, one a line."""
    response = HttpResponse("code\r\n" + "\r\n".join(codes) + "\r\n", "text/csv")
    response["Content-Disposition"] = f'attachment; filename="codes-{letter.slug}.csv"'
    return response
