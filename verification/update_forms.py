"""Forms in which editors write updates, and say when they go."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from letters.clock import zone_of
from letters.models import Letter, Translation
from letters.setup_forms import LocalTimeField, in_zone
from verification.models import Update
from verification.services.write_update import Words

MAX_TEXT = 20_000


class UpdateTextForm(forms.Form):
    """The update in one of the letter's languages; all but the authoritative may stay empty."""

    subject = forms.CharField(label=_("Subject"), max_length=150)
    body_markdown = forms.CharField(
        label=_("Text"),
        help_text=_(
            "Markdown: an empty line between paragraphs, **bold**, *italic*, ## heading, - list, "
            "> quotation, [words](https://…)."
        ),
        max_length=MAX_TEXT,
        widget=forms.Textarea(attrs={"rows": 12}),
    )

    def __init__(
        self, data: QueryDict | None, *, text: Translation, initial: Mapping[str, Any]
    ) -> None:
        self.text = text
        super().__init__(data, prefix=text.language, initial=dict(initial))
        for field in self.fields.values():
            field.required = text.is_authoritative
            field.widget.attrs |= {"lang": text.language, "dir": text.direction}

    def clean_body_markdown(self) -> str:
        body: str = self.cleaned_data["body_markdown"]
        return body.replace("\r\n", "\n")

    def clean(self) -> dict[str, Any]:
        super().clean()
        for one, other in (("subject", "body_markdown"), ("body_markdown", "subject")):
            if self.cleaned_data.get(one) and self.cleaned_data.get(other) == "":
                self.add_error(other, _("Please fill in both, or leave both empty."))
        return self.cleaned_data

    def words(self) -> Words | None:
        """None where nothing is written in this language."""
        if not self.cleaned_data["subject"]:
            return None
        return Words(
            subject=self.cleaned_data["subject"], body_markdown=self.cleaned_data["body_markdown"]
        )


def text_forms(
    data: QueryDict | None, letter: Letter, update: Update | None
) -> list[UpdateTextForm]:
    """One for each language of the letter's current text, the authoritative first."""
    written = {text.language: text for text in update.texts.all()} if update else {}
    version = letter.current_version
    return [
        UpdateTextForm(
            data,
            text=text,
            initial={
                name: getattr(written[text.language], name) for name in ("subject", "body_markdown")
            }
            if text.language in written
            else {},
        )
        for text in (version.translations.all() if version else ())
    ]


class SendForm(forms.Form):
    """When the update goes: at once, or at a time in the letter's zone."""

    seen = forms.IntegerField(widget=forms.HiddenInput)
    starts_at = LocalTimeField(label=_("Send later, at"), required=False)

    def __init__(self, data: QueryDict | None = None, *, letter: Letter, update: Update) -> None:
        self.letter = letter
        super().__init__(data, initial={"seen": update.revision})
        self.fields["starts_at"].help_text = _("In the time zone %(zone)s.") % {
            "zone": letter.time_zone
        }

    def clean_starts_at(self) -> datetime | None:
        local = self.cleaned_data["starts_at"]
        if local is None:
            return None
        at = in_zone(local, zone_of(self.letter))
        if at <= timezone.now():
            raise forms.ValidationError(_("This time has passed. Please choose a later one."))
        return at
