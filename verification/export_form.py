"""What organisers take with them as a table."""

from collections.abc import Mapping
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from letters.models import Letter, Role
from signatories.export import PUBLISHED, RECORDED, Export, Purpose

FORMATS = (
    ("csv", _("CSV: for every spreadsheet and program")),
    ("xlsx", _("XLSX: for Excel and LibreOffice")),
    ("json", _("JSON: for programs")),
)
USUAL = ("name", "kind", "role_title", "affiliation", "city", "country")


class ExportForm(forms.Form):
    """Purpose, columns and format; `export` says them as one. Records are the owners' alone."""

    purpose = forms.ChoiceField(label=_("What for"), widget=forms.RadioSelect)
    columns = forms.MultipleChoiceField(
        label=_("Columns"),
        choices=[(name, column.label) for name, column in PUBLISHED.items()],
        initial=USUAL,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Please choose at least one column.")},
    )
    record_columns = forms.MultipleChoiceField(
        label=_("Columns for our own records only"),
        choices=[(name, column.label) for name, column in RECORDED.items()],
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    file_format = forms.ChoiceField(
        label=_("File"), choices=FORMATS, initial="csv", widget=forms.RadioSelect
    )

    def __init__(
        self, *args: Any, letter: Letter, role: Role, numbers: Mapping[str, int], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.letter = letter
        purposes = [p for p in Purpose if role.includes(p.needed)]
        cast(forms.ChoiceField, self.fields["purpose"]).choices = [
            (p.value, f"{p.label} ({numbers[p]:,})") for p in purposes
        ]
        if Purpose.RECORDS not in purposes:
            del self.fields["record_columns"]

    def clean(self) -> dict[str, Any]:
        super().clean()
        data = self.cleaned_data
        if data.get("record_columns") and data.get("purpose") != Purpose.RECORDS:
            self.add_error(
                "record_columns",
                _("These columns are for our own records. Please untick them, or choose that."),
            )
        return data

    @property
    def export(self) -> Export:
        data = self.cleaned_data
        columns = [*data["columns"], *data.get("record_columns", ())]
        return Export(self.letter, Purpose(data["purpose"]), columns)
