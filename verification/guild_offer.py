"""The form for a guild's code, offered on the thank-you and manage pages."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from common.formfields import CodeField
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
