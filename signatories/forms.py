"""The fields that describe a signatory, shared by the sign form and the manage page."""

from functools import lru_cache
from typing import Any

from django import forms
from django.forms.renderers import BaseRenderer
from django.forms.utils import flatatt
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django_countries import countries

from common.formfields import LineField, NameField, RepresentativeField, TextField
from letters.models import Letter, OptionalField
from signatories.models import Capacity, Mark
from signatories.roll import RollQuery

_OPTIONAL = tuple(OptionalField.values)
PLACES = ("consent_web", "consent_press", "consent_government")


@lru_cache(maxsize=64)
def _country_options(language: str | None, chosen: str) -> SafeString:
    return format_html_join(
        "\n",
        '<option value="{}"{}>{}</option>',
        (
            (code, mark_safe(" selected") if code == chosen else "", name)  # nosec B308 B703
            for code, name in (("", "—"), *countries)
        ),
    )


class CountrySelect(forms.Select):
    """The list of countries, whose options are drawn once for each language: through Django's
    template for each option, they took longer than the 120 people of a page of the roll."""

    def render(
        self,
        name: str,
        value: Any,
        attrs: dict[str, Any] | None = None,
        renderer: BaseRenderer | None = None,
    ) -> SafeString:
        chosen = value if value in countries.countries else ""
        options = _country_options(get_language(), chosen)
        tag_attrs = flatatt({"name": name, **self.build_attrs(self.attrs, attrs)})
        return format_html("<select{}>\n{}\n</select>", tag_attrs, options)


class CountryField(forms.CharField):
    """A country's ISO 3166-1 code. It has no choices, so that a POST, which draws no list, does not
    build one: that was a quarter of its time."""

    widget = CountrySelect(attrs={"autocomplete": "country"})

    def validate(self, value: str) -> None:
        super().validate(value)
        if value and value not in countries.countries:
            raise forms.ValidationError(_("Please choose a country from the list."), code="choice")


class SignatoryForm(forms.Form):
    """What is shown of a signatory, without the optional fields that the letter does not ask."""

    name = NameField(
        label=_("Your name"),
        max_length=120,
        error_messages={"required": _("Please write your name.")},
        widget=forms.TextInput(attrs={"autocomplete": "name", "dir": "auto"}),
    )
    organisation_name = RepresentativeField(
        label=_("Organisation’s name"),
        max_length=160,
        required=False,
        help_text=_(
            "It is listed apart from people, and a moderator looks before it is public. "
            "Give your own role below."
        ),
        widget=forms.TextInput(attrs={"autocomplete": "organization", "dir": "auto"}),
    )
    role_title = RepresentativeField(
        label=_("Role or title"),
        max_length=120,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "organization-title", "dir": "auto"}),
    )
    affiliation = LineField(
        label=_("Affiliation"),
        max_length=160,
        required=False,
        help_text=_("For identification only."),
        widget=forms.TextInput(
            attrs={"autocomplete": "organization", "dir": "auto", "list": "affiliations"}
        ),
    )
    country = CountryField(
        label=_("Country"),
        max_length=2,
        required=False,
    )
    city = LineField(
        label=_("City"),
        max_length=80,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "address-level2", "dir": "auto"}),
    )
    comment = TextField(
        label=_("Why I sign"),
        max_length=500,
        required=False,
        help_text=_("Public, beside your name."),
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
    )
    show_name = forms.ChoiceField(
        label=_("On the public list"),
        choices=(("yes", _("Show my name publicly")), ("no", _("Count me anonymously"))),
        error_messages={"required": _("Please choose one of the two.")},
        widget=forms.RadioSelect,
    )
    # Nothing is ticked beforehand: a box that somebody else ticked is no consent (GDPR recital 32).
    consent_web = forms.BooleanField(label=_("List my name on this website"), required=False)
    consent_press = forms.BooleanField(label=_("Name me in press releases"), required=False)
    consent_government = forms.BooleanField(
        label=_("A government office that receives the letter may publish and reuse my entry"),
        required=False,
    )
    consent_updates = forms.BooleanField(
        label=_("Send me updates about this letter by mail"), required=False
    )

    def __init__(self, *args: Any, letter: Letter, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.letter = letter
        for optional in _OPTIONAL:
            if not letter.asks(optional):
                del self.fields[optional]

    def clean_show_name(self) -> bool:
        return bool(self.cleaned_data["show_name"] == "yes")

    def for_organisation(self) -> bool:
        """Whether these details are an organisation's."""
        raise NotImplementedError

    def clean(self) -> dict[str, Any]:
        super().clean()
        data = self.cleaned_data
        if self.for_organisation():
            for required in ("organisation_name", "role_title"):
                if (
                    required in self.fields
                    and not data.get(required)
                    and required not in self.errors
                ):
                    self.add_error(required, _("Please fill this in to sign for an organisation."))
        else:
            data["organisation_name"] = ""
        if data.get("show_name") is False:
            # Whoever is counted anonymously is named nowhere, whatever is still ticked.
            data.update(dict.fromkeys(PLACES, False))
        elif data.get("show_name") and not any(data.get(place) for place in PLACES):
            self.add_error(
                "consent_web",
                _("Please tick where your name may be shown, or choose to be counted anonymously."),
            )
        return data


class RollForm(forms.Form):
    """What a reader looks for on the roll. A value that makes no sense is left out."""

    q = forms.CharField(
        label=_("Name or affiliation"),
        max_length=100,
        required=False,
        widget=forms.TextInput(
            attrs={"type": "search", "dir": "auto", "autocomplete": "off", "enterkeyhint": "search"}
        ),
    )
    country = CountryField(label=_("Country"), max_length=2, required=False)
    mark = forms.ChoiceField(
        label=_("Verified as"),
        choices=lambda: [("", "—"), *((mark, mark.label) for mark in Mark.offered())],
        required=False,
    )
    sort = forms.ChoiceField(
        label=_("Order"),
        choices=(("", _("By name")), ("time", _("Newest first"))),
        required=False,
    )
    show = forms.ChoiceField(
        choices=((Capacity.ORGANISATION.value, ""),), required=False, widget=forms.HiddenInput
    )

    def asked(self) -> dict[str, str]:
        """What is filled in, as it stands in an address."""
        if not self.is_bound:
            return {}
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}

    def query(self) -> RollQuery:
        asked = self.asked()
        return RollQuery(
            words=asked.get("q", ""),
            country=asked.get("country", ""),
            mark=asked.get("mark", ""),
            newest_first=asked.get("sort") == "time",
            capacity=Capacity(asked.get("show", Capacity.PERSONAL)),
        )
