"""Forms about how a letter is signed, and when."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common.pictures import IsADrawing, NotAPicture, TooLarge, TooSmall, make_picture
from common.pictures import Picture as Made
from letters.clock import zone_choices, zone_of
from letters.models import Letter, Office, OptionalField, Picture, ReviewPolicy

FIRST_YEAR, LAST_YEAR = 1900, 2199


class SettingsForm(forms.Form):
    """Whom the letter addresses and what its sign form asks."""

    offices = forms.ModelMultipleChoiceField(
        label=_("Offices that it is delivered to"),
        queryset=Office.objects.all(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    goal = forms.IntegerField(
        label=_("Goal"),
        help_text=_("How many signatures you hope for; the letter’s page shows how far it is."),
        required=False,
        min_value=1,
        max_value=100_000_000,
    )
    fields_asked = forms.MultipleChoiceField(
        label=_("What the form asks besides name and address"),
        help_text=_("All of it stays optional for those who sign."),
        choices=OptionalField,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    organisations_may_sign = forms.BooleanField(
        label=_("Organisations may sign, too"), required=False
    )
    review_policy = forms.ChoiceField(
        label=_("When a signature becomes public"),
        choices=ReviewPolicy,
        widget=forms.RadioSelect,
    )
    privacy_contact = forms.EmailField(
        label=_("Privacy contact"),
        help_text=_("Public: who answers signatories’ questions about their data."),
        required=False,
    )

    def __init__(self, data: QueryDict | None, *, letter: Letter) -> None:
        initial = {
            "offices": letter.offices.all(),
            "goal": letter.goal,
            "fields_asked": letter.fields,
            "organisations_may_sign": letter.organisations_may_sign,
            "review_policy": letter.review_policy,
            "privacy_contact": letter.privacy_contact,
        }
        super().__init__(data, initial=initial)

    def values(self) -> dict[str, Any]:
        """As letters.services.set_up_letter.change_settings takes them."""
        values = dict(self.cleaned_data)
        asked = values.pop("fields_asked")
        # In the order of the form, whatever order the browser sent.
        values["fields"] = [str(field) for field in OptionalField if field in asked]
        return values


class PictureForm(forms.Form):
    """The picture above the text."""

    file = forms.FileField(
        label=_("Picture"),
        help_text=_("JPEG, PNG or WebP, at most 8 MB. Place, camera and date are taken out of it."),
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
    )
    alt = forms.CharField(
        label=_("What it shows"),
        help_text=_("A sentence for whoever does not see it."),
        max_length=300,
    )

    def __init__(self, data: QueryDict | None, files: Any, *, picture: Picture | None) -> None:
        super().__init__(data, files, initial={"alt": picture.alt if picture else ""})
        self.fields["file"].required = picture is None

    def clean_file(self) -> Made | None:
        upload = self.cleaned_data["file"]
        if upload is None:
            return None
        try:
            return make_picture(upload)
        except IsADrawing:
            raise ValidationError(
                _("An SVG drawing can carry programs. Please send it as PNG, JPEG or WebP.")
            ) from None
        except NotAPicture:
            raise ValidationError(
                _("This file is no picture that can be read. Please send JPEG, PNG or WebP.")
            ) from None
        except TooLarge:
            raise ValidationError(
                _("This picture is too large. Please send one of at most 8 MB and 30 megapixels.")
            ) from None
        except TooSmall:
            raise ValidationError(
                _("This picture is too small. Please send one at least 320 pixels wide.")
            ) from None


class LocalTimeField(forms.DateTimeField):
    """A time without a zone, as the browser's date field has it; the form's zone makes it one."""

    # Without the step, browsers offer minutes only.
    widget = forms.DateTimeInput(
        attrs={"type": "datetime-local", "step": "1"}, format="%Y-%m-%dT%H:%M:%S"
    )

    def to_python(self, value: Any) -> Any:
        with timezone.override("UTC"):
            at = super().to_python(value)
        return at.replace(tzinfo=None) if at else None


class ScheduleForm(forms.Form):
    """From when to when the letter takes signatures."""

    time_zone = forms.ChoiceField(
        label=_("Time zone"),
        help_text=_("The times below are read in this zone."),
        choices=zone_choices,
    )
    opens_at = LocalTimeField(
        label=_("Opens for signatures"),
        help_text=_("Empty: as soon as it is published."),
        required=False,
    )
    closes_at = LocalTimeField(
        label=_("Closes for signatures"),
        help_text=_("Empty: open until you close it."),
        required=False,
    )

    def __init__(self, data: QueryDict | None, *, letter: Letter) -> None:
        self.letter = letter
        zone = zone_of(letter)
        times = {
            name: at.astimezone(zone).replace(tzinfo=None) if at else None
            for name, at in (("opens_at", letter.opens_at), ("closes_at", letter.closes_at))
        }
        super().__init__(data, initial={"time_zone": letter.time_zone, **times})

    def clean(self) -> dict[str, Any]:
        super().clean()
        if "time_zone" not in self.cleaned_data:
            return self.cleaned_data
        zone = ZoneInfo(self.cleaned_data["time_zone"])
        for name in ("opens_at", "closes_at"):
            local = self.cleaned_data.get(name)
            if local is None:
                continue
            try:
                self.cleaned_data[name] = at = in_zone(local, zone)
            except ValidationError as error:
                self.add_error(name, error)
                continue
            # A time that was saved before may lie in the past by now; a new one may not.
            if at <= timezone.now() and at != getattr(self.letter, name):
                self.add_error(name, _("This time has passed. Please choose a later one."))
        opens, closes = (self.cleaned_data.get(name) for name in ("opens_at", "closes_at"))
        if opens and closes and closes <= opens:
            self.add_error(
                "closes_at", _("It would close before it opens. Please choose a later time.")
            )
        return self.cleaned_data


def in_zone(local: datetime, zone: ZoneInfo) -> datetime:
    """Raises ValidationError for an hour that the clocks of this zone skip, and for a time that
    some other zone has no date for."""
    if not FIRST_YEAR <= local.year <= LAST_YEAR:
        raise ValidationError(
            _("Please choose a year from %(first)d to %(last)d."),
            params={"first": FIRST_YEAR, "last": LAST_YEAR},
        )
    at = local.replace(tzinfo=zone)
    utc = ZoneInfo("UTC")
    if at.astimezone(utc).astimezone(zone).replace(tzinfo=None) != local:
        raise ValidationError(_("The clocks skip this hour in this zone. Please choose another."))
    return at
