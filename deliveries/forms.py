"""Forms of the delivery screens: they clean shape and decide nothing."""

import uuid

from django import forms
from django.utils.translation import gettext_lazy as _

from deliveries.models import Sends
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
    reference = forms.CharField(
        label=_("Tracking or docket number"),
        help_text=_("How it was handed over, so that anybody can find it again."),
        max_length=200,
    )
