"""The forms of an import: the file, how it is written, and what its columns are."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from common.csvfile import (
    DELIMITERS,
    ENCODINGS,
    MOST_BLANK,
    MOST_CELLS,
    MOST_CHARACTERS,
    NotATable,
    Shape,
)
from common.uploads import MB
from letters.models import Translation
from verification.import_rows import REQUIRED, fields_of
from verification.models import ImportMethod, ImportRun

MOST_MB = 200
CONSENTS = (
    ("consent_web", _("Their names stand on this website")),
    ("consent_press", _("They are named in press releases")),
    ("consent_government", _("A government office publishes and reuses their entries")),
    ("consent_updates", _("They get updates about this letter by mail")),
)
DELIMITER_NAMES = (_("Comma"), _("Semicolon"), _("Tab"), _("Vertical bar"))
SHOWN_OF_A_CELL = 24


def why_no_table(error: NotATable) -> str:
    """In words, with the line where there is one."""
    words = {
        "empty": gettext("The file is empty. Please choose another one."),
        "workbook": gettext("This is a workbook. Please save it as CSV (UTF-8) and choose that."),
        "binary": gettext("This is no table of text. Please choose a CSV file."),
        "encoding": gettext("The file cannot be read in this encoding. Please choose another."),
        "long": gettext(
            "Line %(line)d: a row has more than %(most)d KB. Perhaps a quotation mark is not "
            "closed."
        ),
        "wide": gettext("Line %(line)d: a row has more than %(most)d columns."),
        "blank": gettext("Line %(line)d: more than %(most)d empty rows. Please delete them."),
    }[error.code]
    most = {"long": MOST_CHARACTERS // 1024, "wide": MOST_CELLS, "blank": MOST_BLANK}
    return words % {"line": error.line, "most": most.get(error.code, 0)}


def why_failed(error: str) -> str:
    """What `ImportRun.error` says, in words; empty where nothing went wrong."""
    code, _colon, line = error.partition(":")
    if line:
        return why_no_table(NotATable(code, int(line)))
    return {
        "": "",
        "too_many": gettext("The file has more than 250,000 rows. Please split it."),
        "role_ended": gettext(
            "It stopped: the member who began it may no longer import. Who is imported already "
            "stays; another member can upload the file again, and nobody is taken twice."
        ),
    }.get(
        code,
        gettext(
            "The import failed several times. Please upload the file again: who is imported "
            "already is not taken twice."
        ),
    )


class UploadForm(forms.Form):
    file = forms.FileField(
        label=_("CSV file"),
        help_text=_("At most 200 MB. One person a row, with name and mail address at least."),
        widget=forms.FileInput(attrs={"accept": ".csv,.tsv,.txt,text/csv"}),
        error_messages={
            "empty": _("The file is empty. Please choose another one."),
            "required": _("Please choose a file."),
        },
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if (file.size or 0) > MOST_MB * MB:
            raise forms.ValidationError(
                _("The file is larger than %(most)d MB. Please split it."), params={"most": MOST_MB}
            )
        return file


class ShapeForm(forms.Form):
    """How the file is written, where the guess was wrong."""

    encoding = forms.ChoiceField(label=_("Encoding"), choices=list(ENCODINGS.items()))
    delimiter = forms.ChoiceField(
        label=_("Between the columns"),
        choices=[(str(n), name) for n, name in enumerate(DELIMITER_NAMES)],
    )

    @property
    def shape(self) -> Shape:
        data = self.cleaned_data
        return Shape(data["encoding"], DELIMITERS[int(data["delimiter"])])


def sent_shape(shape: Shape) -> dict[str, str]:
    """As `ShapeForm` takes it."""
    return {"encoding": shape.encoding, "delimiter": str(DELIMITERS.index(shape.delimiter))}


class ImportForm(ShapeForm):
    """All choices of an import, as `check_import` wants them in `choices`."""

    has_header = forms.BooleanField(label=_("The first row names the columns"), required=False)
    language = forms.ChoiceField(label=_("Language of the mails"))
    consents = forms.MultipleChoiceField(
        label=_("What they agreed to"),
        help_text=_("Without one of the first three they are counted anonymously."),
        choices=CONSENTS,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    method = forms.ChoiceField(
        label=_("How it is known that they agreed"),
        choices=ImportMethod.choices,
        widget=forms.RadioSelect,
    )
    evidence = forms.CharField(
        label=_("Evidence"),
        help_text=_("Such as where and when they signed, and who keeps the sheets."),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2, "dir": "auto"}),
    )

    def __init__(self, *args: Any, run: ImportRun, first_row: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.names = fields_of(run.letter)
        for shape_field in ("encoding", "delimiter"):
            self.fields[shape_field].widget = forms.HiddenInput()
        texts = Translation.objects.filter(version=run.letter.current_version)
        self.fields["language"] = forms.ChoiceField(
            label=_("Language of the mails"),
            choices=[(text.language, text.language_name) for text in texts],
        )
        columns = [("", "—"), *((str(n), _column(n, cell)) for n, cell in enumerate(first_row))]
        for name, label in self.names.items():
            self.fields[f"column_{name}"] = forms.TypedChoiceField(
                label=str(label),
                choices=columns,
                coerce=int,
                empty_value=None,
                required=name in REQUIRED,
                error_messages={"required": _("Please say which column this is.")},
            )

    @property
    def column_fields(self) -> list[forms.BoundField]:
        return [self[f"column_{name}"] for name in self.names]

    def clean(self) -> dict[str, Any]:
        super().clean()
        data = self.cleaned_data
        chosen = self.columns
        for name, at in chosen.items():
            if list(chosen.values()).count(at) > 1:
                self.add_error(f"column_{name}", _("This column is chosen twice."))
        if data.get("method") == ImportMethod.ATTEST and not data.get("evidence", "").strip():
            self.add_error("evidence", _("Please say how it can be shown that they agreed."))
        return data

    @property
    def columns(self) -> dict[str, int]:
        data = self.cleaned_data
        found = {name: data.get(f"column_{name}") for name in self.names}
        return {name: at for name, at in found.items() if at is not None}

    @property
    def choices(self) -> dict[str, Any]:
        names = ("has_header", "language", "consents", "method", "evidence")
        return {
            **{name: self.cleaned_data[name] for name in names},
            "shape": self.shape,
            "columns": self.columns,
        }


def _column(number: int, cell: str) -> str:
    shown = cell if len(cell) <= SHOWN_OF_A_CELL else f"{cell[:SHOWN_OF_A_CELL]}…"
    return gettext("Column %(n)d: %(cell)s") % {"n": number + 1, "cell": shown}


class PaperForm(forms.Form):
    """A number of signatures on paper."""

    number = forms.IntegerField(label=_("How many"), min_value=1, max_value=10_000_000)
    collected_on = forms.DateField(
        label=_("Collected until"), widget=forms.DateInput(attrs={"type": "date"})
    )
    note = forms.CharField(
        label=_("Note"),
        help_text=_("Such as where they were collected, who counted, who keeps the sheets."),
        max_length=300,
        widget=forms.TextInput(attrs={"dir": "auto"}),
    )

    def clean_collected_on(self) -> date:
        day: date = self.cleaned_data["collected_on"]
        if day > timezone.localdate():
            raise forms.ValidationError(_("This day is still to come."))
        return day
