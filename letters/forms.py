"""Forms of the authoring screens."""

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from letters.models import ChangeKind, Translation

KINDS = [
    (
        ChangeKind.CORRECTION,
        _("A correction: signatories are told, stay counted and may withdraw."),
    ),
    (
        ChangeKind.MATERIAL,
        _("A material change: signatories are asked to sign again and do not count until they do."),
    ),
]


class ChangeForm(forms.Form):
    """What a new version is: nothing is chosen beforehand, because it decides who still counts."""

    kind = forms.ChoiceField(label=_("This change is"), choices=KINDS, widget=forms.RadioSelect)
    note = forms.CharField(
        label=_("What changed, in a sentence"),
        help_text=_("It stands in the mail to signatories and on the public page of changes."),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    base = forms.IntegerField(widget=forms.HiddenInput)


class TextForm(forms.Form):
    """The text in one language."""

    title = forms.CharField(label=_("Title"), max_length=200)
    addressee = forms.CharField(label=_("Addressed to"), max_length=300, required=False)
    body_markdown = forms.CharField(
        label=_("Text (Markdown)"), max_length=100_000, widget=forms.Textarea(attrs={"rows": 10})
    )

    def __init__(self, data: QueryDict | None, *, text: Translation) -> None:
        initial = {name: getattr(text, name) for name in ("title", "addressee", "body_markdown")}
        super().__init__(data, prefix=text.language, initial=initial)
        self.text = text
        for field in self.fields.values():
            field.widget.attrs |= {"lang": text.language, "dir": text.direction}

    def clean_body_markdown(self) -> str:
        """Browsers send CRLF; an unchanged text must stay the same bytes, and the same hash."""
        body: str = self.cleaned_data["body_markdown"].replace("\r\n", "\n")
        return body + "\n" if self.text.body_markdown.endswith("\n") else body

    def as_it_would_be(self) -> Translation:
        """The text that these fields make, not saved."""
        return Translation(
            version=self.text.version, language=self.text.language, **self.cleaned_data
        )
