"""Reads one row of a table of people who agreed elsewhere."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext, override
from django.utils.translation import gettext_lazy as _
from django_countries import countries

from common.canonical import canonical_email
from common.crypto import email_digest
from common.formfields import AddressField, share_fields
from common.names import name_key
from letters.models import Letter
from signatories.forms import PLACES, SignatoryForm
from signatories.models import Capacity
from verification.models import ImportRun

# What a column may be, in the order of the page.
IMPORT_FIELDS: dict[str, str | Promise] = {
    "name": _("Name"),
    "email": _("Mail address"),
    "role_title": _("Role or title"),
    "affiliation": _("Affiliation"),
    "organisation_name": _("Organisation that they sign for"),
    "country": _("Country"),
    "city": _("City"),
    "comment": _("Comment"),
}
REQUIRED = ("name", "email")
_GUESSES = {
    "name": ("name", "full name", "fullname", "nom", "nombre", "signatory", "الاسم"),
    "email": ("email", "e mail", "mail", "email address", "e mail address", "courriel", "correo"),
    "role_title": ("role", "title", "role title", "function", "position", "job title", "funktion"),
    "affiliation": ("affiliation", "company", "employer", "institution", "firma"),
    "organisation_name": ("organisation", "organization", "organisation name", "on behalf of"),
    "country": ("country", "country code", "land", "pays", "pais", "البلد"),
    "city": ("city", "town", "stadt", "ort", "ville", "ciudad", "المدينة"),
    "comment": ("comment", "why i sign", "message", "kommentar", "commentaire", "comentario"),
}
_FORMULA = ("=", "+", "-", "@", "\t")


class RowFault(ValueError):
    """The row cannot be imported; the message says why."""


def fields_of(letter: Letter) -> dict[str, str | Promise]:
    """What the letter's import may read: the optional fields are those of its sign form."""
    left_out = set(SignatoryForm.base_fields) - set(SignatoryForm(letter=letter).fields)
    if not letter.organisations_may_sign:
        left_out.add("organisation_name")
    return {name: label for name, label in IMPORT_FIELDS.items() if name not in left_out}


def guess_columns(header: Sequence[str], letter: Letter) -> dict[str, int]:
    """Which column is which, by the words of the header."""
    words = [name_key(cell) for cell in header]
    found = {}
    for field in fields_of(letter):
        at = next((n for n, word in enumerate(words) if word in _GUESSES[field]), None)
        if at is not None:
            found[field] = at
    return found


def looks_like_header(cells: Sequence[str]) -> bool:
    return not any("@" in cell for cell in cells)


@share_fields
class RowForm(SignatoryForm):
    """A row under the rules of the sign form."""

    email = AddressField(label=_("Mail address"), max_length=254)

    def for_organisation(self) -> bool:
        return bool(self.cleaned_data.get("organisation_name"))


class RowReader:
    """Turns rows into the details of a signature, by the choices of one import."""

    def __init__(self, run: ImportRun) -> None:
        self.run = run
        self.shown = any(place in run.consents for place in PLACES)

    def details(self, cells: Sequence[str]) -> dict[str, Any]:
        """As the sign form gives them. Raises RowFault."""
        form = RowForm(self._sent(cells), letter=self.run.letter)
        if not form.is_valid():
            raise RowFault(_first_problem(form))
        return {
            **form.cleaned_data,
            "capacity": Capacity.ORGANISATION if form.for_organisation() else Capacity.PERSONAL,
            "language": self.run.language,
        }

    def address_digest(self, cells: Sequence[str]) -> bytes | None:
        """Of the row's address, however it stands with the rest; None where it is none."""
        form = AddressField(required=False)
        at = self.run.columns["email"]
        try:
            address = form.clean(cells[at] if at < len(cells) else "")
        except ValidationError:
            return None
        return email_digest(canonical_email(address)) if address else None

    def _sent(self, cells: Sequence[str]) -> Mapping[str, str]:
        if not cells:
            raise RowFault(gettext("A quotation mark is not closed."))
        if len(cells) <= max(self.run.columns[name] for name in REQUIRED):
            raise RowFault(gettext("The row has too few columns."))
        row = {name: cells[at] if at < len(cells) else "" for name, at in self.run.columns.items()}
        for name, cell in row.items():
            if "\ufffd" in cell:
                raise RowFault(gettext("Some characters cannot be read: the encoding is wrong."))
            if name != "comment" and cell.startswith(_FORMULA):
                raise RowFault(
                    gettext("%(field)s: this looks like a formula.")
                    % {"field": IMPORT_FIELDS[name]}
                )
        if row.get("country"):
            row["country"] = _country_code(row["country"])
        row["show_name"] = "yes" if self.shown else "no"
        return row | dict.fromkeys(self.run.consents, "on")


def _country_code(text: str) -> str:
    """From a code or a name in one of our languages; else the text, which the form refuses."""
    return text.upper() if len(text) == 2 else _countries_by_name().get(name_key(text), "??")


@lru_cache(maxsize=1)
def _countries_by_name() -> dict[str, str]:
    found: dict[str, str] = {}
    for language, _name in settings.LANGUAGES:
        with override(language):
            found |= {name_key(str(name)): code for code, name in countries}
    return found


def _first_problem(form: RowForm) -> str:
    name, errors = next(iter(form.errors.items()))
    label = IMPORT_FIELDS.get(name)
    return f"{label}: {errors[0]}" if label else str(errors[0])
