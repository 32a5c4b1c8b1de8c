"""The sign form and the moderators' forms."""

import csv
import re
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from common.canonical import AddressError, clean_email
from common.formfields import AddressField, LineField, share_fields
from common.names import TextError, clean_line
from letters.models import Letter, Version
from signatories.forms import SignatoryForm
from signatories.models import Capacity, Organisation
from verification.models import BlockKind
from verification.services.block_senders import NotBlockable, read_sender


@share_fields
class SignForm(SignatoryForm):
    """What a person or an organisation's representative fills in to sign."""

    capacity = forms.ChoiceField(
        label=_("I sign"),
        choices=Capacity.choices,
        initial=Capacity.PERSONAL,
        required=False,
        widget=forms.RadioSelect,
    )
    email = AddressField(
        label=_("Email"),
        max_length=254,
        help_text=_("Never shown. We send one mail so that you can confirm."),
        error_messages={"required": _("Please write your mail address.")},
        widget=forms.EmailInput(
            attrs={"autocomplete": "email", "inputmode": "email", "dir": "ltr"}
        ),
    )
    version = forms.IntegerField(widget=forms.HiddenInput)
    language = forms.CharField(max_length=12, required=False, widget=forms.HiddenInput)

    field_order = ("capacity", "name", "email", "organisation_name")

    def __init__(self, *args: Any, letter: Letter, version: Version, **kwargs: Any) -> None:
        super().__init__(*args, letter=letter, **kwargs)
        self.current_version = version.number
        if not letter.organisations_may_sign:
            del self.fields["capacity"], self.fields["organisation_name"]

    def clean_capacity(self) -> str:
        return self.cleaned_data["capacity"] or Capacity.PERSONAL

    def for_organisation(self) -> bool:
        return self.cleaned_data.get("capacity") == Capacity.ORGANISATION

    def clean_version(self) -> int:
        number: int = self.cleaned_data["version"]
        if number != self.current_version:
            raise forms.ValidationError(
                _("The letter has a new text. Please read it and send the form again."),
                code="version",
            )
        return number


class InvitedForm(SignForm):
    """The sign form behind a personal invitation: it asks no address, because it has the invited
    one, which thus stands on no page."""

    def __init__(self, *args: Any, email: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.invited_email = email
        del self.fields["email"]

    def clean(self) -> dict[str, Any]:
        return {**super().clean(), "email": self.invited_email}


class DomainForm(forms.Form):
    """The mail domain of an organisation on the letter; empty: none."""

    organisation = forms.ModelChoiceField(
        Organisation.objects.none(),
        label=_("Organisation"),
        empty_label=_("Choose an organisation"),
    )
    domain = forms.CharField(
        label=_("Mail domain"),
        max_length=253,
        required=False,
        help_text=_("What stands after the @ in its people’s addresses, such as guild.example."),
        widget=forms.TextInput(attrs={"dir": "ltr", "autocapitalize": "none"}),
    )

    def __init__(self, *args: Any, letter: Letter, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = cast("forms.ModelChoiceField[Organisation]", self.fields["organisation"])
        field.queryset = Organisation.objects.filter(letter=letter)

    def clean_domain(self) -> str:
        domain = self.cleaned_data["domain"].strip().removeprefix("@").rstrip(".")
        if not domain:
            return ""
        try:
            return clean_email(f"x@{domain}").rpartition("@")[2].lower()
        except AddressError:
            raise forms.ValidationError(
                _("This is no mail domain. Please write it like guild.example.")
            ) from None


class GuildForm(forms.Form):
    name = LineField(
        label=_("Name of the guild"), max_length=160, widget=forms.TextInput(attrs={"dir": "auto"})
    )


class CodesForm(forms.Form):
    """How many codes a guild needs."""

    number = forms.IntegerField(label=_("How many codes"), min_value=1, max_value=2000, initial=100)
    as_file = forms.BooleanField(required=False)


class RepresentativeForm(forms.Form):
    """How many codes a guild's representative may have in all."""

    limit = forms.IntegerField(
        label=_("Codes in all that the representative may have"),
        min_value=1,
        max_value=100_000,
        help_text=_("Those that are made already count, and used ones too."),
    )


MOST_NAMES = 5000


class ProtectedNamesForm(forms.Form):
    """Names to protect, one a line, such as a column pasted out of a table."""

    names = forms.CharField(
        label=_("Names, one a line"),
        help_text=_("People or organisations. Of a table only the first column is read."),
        max_length=200_000,
        widget=forms.Textarea(attrs={"rows": 6, "dir": "auto"}),
    )
    whole_coalition = forms.BooleanField(
        label=_("For all letters of the coalition"), required=False
    )

    def clean_names(self) -> list[str]:
        names = []
        for number, line in enumerate(self.cleaned_data["names"].splitlines(), start=1):
            name = _first_column(line).strip()
            if not name or name.startswith("#"):
                continue
            try:
                name = clean_line(name)
            except TextError:
                name = ""
            if not 1 < len(name) <= 160 or not any(c.isalpha() for c in name):
                raise forms.ValidationError(
                    _("Line %(number)d is no name. Please mend it, or leave it out."),
                    params={"number": number},
                )
            names.append(name)
        if len(names) > MOST_NAMES:
            raise forms.ValidationError(
                _("Please add at most %(most)d names at once."), params={"most": MOST_NAMES}
            )
        return names


def _first_column(line: str) -> str:
    """Columns end at a tab, or at a comma without a space: “Feketar, Ilona” is one name."""
    if line.startswith('"'):
        return next(csv.reader([line]), [""])[0]
    return re.split(r"\t|,(?! )", line, maxsplit=1)[0]


class BlockForm(forms.Form):
    """An address, domain or network to block, and why."""

    sender = forms.CharField(
        label=_("Address, domain or network"),
        help_text=_("Such as name@example.org, example.org, 192.0.2.7 or 2001:db8::/64."),
        max_length=254,
        widget=forms.TextInput(attrs={"dir": "ltr", "autocomplete": "off"}),
    )
    note = forms.CharField(label=_("Why"), max_length=200, required=False)

    def clean_sender(self) -> tuple[BlockKind, str]:
        try:
            return read_sender(self.cleaned_data["sender"])
        except NotBlockable:
            raise forms.ValidationError(
                _("Please write a whole mail address, a domain, or one network address.")
            ) from None
