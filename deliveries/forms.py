"""Forms of the delivery screens: they clean shape and decide nothing."""

import uuid

from django import forms
from django.utils.translation import gettext_lazy as _

from letters.models import Office


class NewDeliveryForm(forms.Form):
    office = forms.ModelChoiceField(
        Office.objects.all(), label=_("Office"), empty_label=_("Choose an office")
    )
    form_token = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)


class ByHandForm(forms.Form):
    reference = forms.CharField(
        label=_("Tracking or docket number"),
        help_text=_("How it was handed over, so that anybody can find it again."),
        max_length=200,
    )
