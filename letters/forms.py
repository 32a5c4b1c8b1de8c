"""Forms in which organisers write a letter's text."""

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.text import slugify
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from letters.languages import language_choices
from letters.models import ChangeKind, Draft, Letter
from letters.models.draft import WRITTEN

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
# With a byte limit on forms of 256 KiB; in every script, since this form is sent as multipart.
MAX_TEXT = 60_000


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
    seen = forms.CharField(widget=forms.HiddenInput, required=False)


class DraftForm(forms.Form):
    """The text in one language, which may be unfinished."""

    title = forms.CharField(label=_("Title"), max_length=200, required=False)
    addressee = forms.CharField(
        label=_("Addressed to"),
        help_text=_("One line under the title, such as “To the members of the committee”."),
        max_length=300,
        required=False,
    )
    body_markdown = forms.CharField(
        label=_("Text"),
        help_text=_(
            "Markdown: an empty line between paragraphs, **bold**, *italic*, ## heading, - list, "
            "> quotation, [words](https://…)."
        ),
        max_length=MAX_TEXT,
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 18}),
    )
    summary = forms.CharField(
        label=_("Summary"),
        help_text=_("One or two sentences for lists, search engines and shared links."),
        max_length=400,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    share_text = forms.CharField(
        label=_("Text for sharing"),
        help_text=_("What a message says that somebody sends after signing; the link follows."),
        max_length=280,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    revision = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, data: QueryDict | None, *, draft: Draft) -> None:
        super().__init__(data, initial={**draft.written(), "revision": draft.revision})
        for name in WRITTEN:
            self.fields[name].widget.attrs |= {"lang": draft.language, "dir": draft.direction}

    def clean_body_markdown(self) -> str:
        """Browsers send CRLF; an unchanged text must stay the same bytes, and the same hash."""
        body: str = self.cleaned_data["body_markdown"]
        return body.replace("\r\n", "\n")

    def written(self) -> dict[str, str]:
        return {name: self.cleaned_data[name] for name in WRITTEN}


class LanguageForm(forms.Form):
    """Another language for the letter."""

    language = forms.ChoiceField(label=_("Add a language"))

    def __init__(self, data: QueryDict | None = None, *, without: set[str]) -> None:
        super().__init__(data)
        choices = [("", "—"), *language_choices(without=without)]
        self.fields["language"].choices = choices  # type: ignore[attr-defined]


class NewLetterForm(forms.Form):
    """What a letter begins with."""

    title = forms.CharField(
        label=_("Title"),
        help_text=_("As readers will see it; you can change it until the letter is published."),
        max_length=200,
    )
    slug = forms.SlugField(
        label=_("Address"),
        help_text=_("Small letters, digits and hyphens. It cannot be changed later."),
        max_length=60,
        required=False,
    )
    language = forms.ChoiceField(
        label=_("Language"),
        help_text=_("The authoritative one: translations are added next to it."),
    )

    def __init__(self, data: QueryDict | None, *, language: str) -> None:
        super().__init__(data, initial={"language": language})
        self.fields["language"].choices = language_choices()  # type: ignore[attr-defined]

    def clean_slug(self) -> str:
        slug = slug_of(self.cleaned_data["slug"] or self.cleaned_data.get("title", ""))
        if not slug:  # such as a title in Arabic
            raise ValidationError(_("Please write an address in Latin letters."))
        return slug


def slug_of(title: str) -> str:
    """The address that a title gives; empty where it has no Latin letter or digit."""
    return str(slugify(title))[:60].strip("-")


def slug_taken(slug: str, among: QuerySet[Letter]) -> str:
    """What to say where one of these letters has the address, with one that is free; else empty."""
    if not among.filter(slug=slug).exists():
        return ""
    stem, number = slug[:56].rstrip("-"), 2
    while among.filter(slug=f"{stem}-{number}").exists():
        number += 1
    said = gettext("Another letter has this address. “%(free)s” is free.")
    return said % {"free": f"{stem}-{number}"}
