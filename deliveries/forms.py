"""Forms of the delivery screens: they clean shape and decide nothing."""

import uuid
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from deliveries.models import Delivery, Sends
from letters.models import Office


class NewDeliveryForm(forms.Form):
    office = forms.ModelChoiceField(
        Office.objects.all(), label=_("Office"), empty_label=_("Choose an office")
    )
    sends = forms.ChoiceField(
        label=_("If this office has an earlier delivery of this letter, send it"),
        choices=Sends,
        initial=Sends.ROLL,
        required=False,
        widget=forms.RadioSelect,
        help_text=_("The whole roll is made in any case, and can be downloaded."),
    )
    form_token = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)

    def clean_sends(self) -> str:
        return self.cleaned_data["sends"] or Sends.ROLL


class ByHandForm(forms.Form):
    """How people handed a delivery over; one of the two numbers at least."""

    handed_on = forms.DateField(
        label=_("Handed over on"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    docket = forms.CharField(
        label=_("Docket number"),
        help_text=_("Under which the office keeps submissions; public on the delivery’s page."),
        max_length=200,
        required=False,
    )
    reference = forms.CharField(
        label=_("Tracking number"),
        help_text=_("The receipt’s number, such as that of the upload or of the parcel; public."),
        max_length=200,
        required=False,
    )

    def __init__(self, data: QueryDict | None, *, delivery: Delivery) -> None:
        self.frozen_on = timezone.localdate(delivery.frozen_at)
        initial = {"handed_on": timezone.localdate(), "docket": delivery.rules["docket"]}
        super().__init__(data, initial=initial)

    def clean_handed_on(self) -> Any:
        day = self.cleaned_data["handed_on"]
        if day > timezone.localdate():
            raise forms.ValidationError(gettext("This day has not come yet."))
        if day < self.frozen_on:
            raise forms.ValidationError(gettext("The delivery was frozen later than on this day."))
        return day

    def clean(self) -> dict[str, Any]:
        super().clean()
        given = self.cleaned_data
        if not given.get("docket") and not given.get("reference") and not self.errors:
            self.add_error(
                "reference",
                gettext("Please give one of the two, so that anybody can find it again."),
            )
        return given
