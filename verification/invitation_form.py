"""Who is invited: lines of a text field, or a table."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django import forms
from django.core.files.uploadedfile import TemporaryUploadedFile
from django.utils.translation import gettext_lazy as _

from common.csvfile import NotATable, Table, shape_of
from common.formfields import AddressField, NameField
from verification.import_forms import why_no_table
from verification.services.invite import Invitee

MOST_INVITEES = 2000
PROBLEMS_SHOWN = 10


class InvitationForm(forms.Form):
    """Cleans to the `invitees`. Where a line is wrong nobody is invited, and each such is named."""

    people = forms.CharField(
        label=_("Names and addresses"),
        max_length=60_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 6, "dir": "auto"}),
        help_text=_("One person a line: name, comma, mail address."),
    )
    file = forms.FileField(
        label=_("Or a CSV file"),
        required=False,
        help_text=_("A column with names and one with mail addresses; at most 2,000 people."),
        widget=forms.FileInput(attrs={"accept": ".csv,.tsv,.txt,text/csv"}),
        error_messages={"empty": _("The file is empty. Please choose another one.")},
    )

    def clean_people(self) -> list[Invitee]:
        lines = [line.strip() for line in self.cleaned_data["people"].splitlines() if line.strip()]
        parts = (line.rpartition(",") for line in lines)
        return _invitees(enumerate(((name, email) for name, _comma, email in parts), start=1))

    def clean_file(self) -> list[Invitee]:
        file: TemporaryUploadedFile | None = self.cleaned_data["file"]
        if file is None:
            return []
        path = Path(file.temporary_file_path())
        try:
            with Table(path, shape_of(path)) as rows:
                people = (row for n, row in enumerate(rows) if n or "@" in "".join(row[1]))
                return _invitees((line, _pair(cells)) for line, cells in people)
        except NotATable as error:
            raise forms.ValidationError(why_no_table(error)) from None

    def clean(self) -> dict[str, Any]:
        super().clean()
        data = self.cleaned_data
        invitees = [*data.get("people", ()), *data.get("file", ())]
        if not invitees and not self.errors:
            self.add_error("people", _("Please write who is invited, or choose a file."))
        if len(invitees) > MOST_INVITEES:
            self.add_error(None, _("Please invite at most 2,000 people at once."))
        return {**data, "invitees": invitees}


def _pair(cells: list[str]) -> tuple[str, str]:
    """Name and address: the first cell with an @, and the first other one with words in it."""
    email = next((cell for cell in cells if "@" in cell), "")
    name = next((cell for cell in cells if cell and cell != email), "")
    return name, email


def _invitees(rows: Iterable[tuple[int, tuple[str, str]]]) -> list[Invitee]:
    """Raises ValidationError with the first lines that are wrong."""
    found: list[Invitee] = []
    problems: list[forms.ValidationError] = []
    for number, (name, email) in rows:
        try:
            found.append(
                Invitee(NameField(max_length=120).clean(name), AddressField().clean(email))
            )
        except forms.ValidationError as error:
            problems.append(
                forms.ValidationError(
                    _("Line %(number)d: %(problem)s"),
                    params={"number": number, "problem": error.messages[0]},
                )
            )
            if len(problems) == PROBLEMS_SHOWN:
                break
    if problems:
        raise forms.ValidationError(problems)
    return found
