"""The sign form and the moderators' forms."""

import re
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from common.canonical import AddressError, clean_email
from common.formfields import AddressField, share_fields
from letters.models import Letter, Version
from signatories.forms import SignatoryForm
from signatories.models import Capacity, Organisation, RejectionReason, Status
from verification.models import Action
from verification.signals import SIGNALS


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


class DomainForm(forms.Form):
    """The mail domain of an organisation on the letter; empty: none."""

    organisation = forms.ModelChoiceField(Organisation.objects.none(), label=_("Organisation"))
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


class QueueFilterForm(forms.Form):
    """Which signatures the moderation list shows."""

    status = forms.ChoiceField(
        label=_("Status"),
        choices=[("", _("All")), *Status.choices],
        required=False,
    )
    signal = forms.ChoiceField(
        label=_("Signal"),
        choices=[
            ("", _("All")),
            ("any", _("Any signal")),
            *((s.code, s.explanation) for s in SIGNALS.values()),
        ],
        required=False,
    )
    q = forms.CharField(label=_("Search"), max_length=100, required=False)


_SEEN = re.compile(r"(\d{1,18})-([0-9a-f]{12})", re.ASCII)


class SeenField(forms.MultipleChoiceField):
    """Signatures as the page showed them, each `id-fingerprint`; cleans to fingerprints by id.

    Which of them exist, and whether they still say the same, is for the service to find out.
    """

    def validate(self, value: list[str]) -> None:
        if not value:
            raise forms.ValidationError(_("Please choose at least one signature."))

    def clean(self, value: Any) -> dict[int, str]:
        found = [_SEEN.fullmatch(text) for text in super().clean(value)]
        return {int(match[1]): match[2] for match in found if match}


class DecisionForm(forms.Form):
    """A moderator's decision about one or more signatures."""

    action = forms.ChoiceField(
        choices=[(a, a.label) for a in Action if a not in (Action.REVISE, Action.ERASE)]
    )
    seen = SeenField()
    reason = forms.ChoiceField(choices=[("", "—"), *RejectionReason.choices], required=False)
    note = forms.CharField(max_length=500, required=False)

    def clean(self) -> dict[str, Any]:
        super().clean()
        if self.cleaned_data.get("action") == "reject" and not self.cleaned_data.get("reason"):
            self.add_error("reason", _("Please choose a reason for the rejection."))
        return self.cleaned_data
