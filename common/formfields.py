"""Form fields for what signatories type: they clean and say in plain words what is wrong."""

from collections.abc import Callable
from typing import Any, TypeVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from common.canonical import AddressError, clean_email
from common.names import TextError, clean_line, clean_name, clean_text

_PROBLEMS = {
    "control": _("This contains hidden or control characters. Please type it in again."),
    "markup": _("Please leave out signs such as < > { } and write plain words."),
    "url": _("Please leave out web and mail addresses here."),
    "marks": _("There are too many accents on one letter. Please write it plainly."),
    "symbol": _("Please leave out pictures and symbols."),
    "no_letter": _("Please write a name with letters."),
    "not_ascii": _(
        "The part before the @ has letters that many mail servers refuse. "
        "Please use another address."
    ),
    "invalid": _("This is not a complete mail address. Please check it, such as name@example.org."),
}


class _SharedFields(dict[str, forms.Field]):
    def __deepcopy__(self, memo: dict[int, Any]) -> dict[str, forms.Field]:
        return dict(self)


F = TypeVar("F", bound=type[forms.Form])


def share_fields(form_class: F) -> F:
    """Lets the instances of a form share its fields; each may still leave some out.

    Django copies every field for every instance, in case one changes it. Copying was a sixth of
    what a signature costs, and our forms change none.
    """
    form_class.base_fields = _SharedFields(form_class.base_fields)
    return form_class


class CleanedField(forms.CharField):
    """A CharField whose value goes through one of the project's cleaners."""

    cleaner: Callable[[str], str] = staticmethod(clean_line)

    def to_python(self, value: Any) -> str:
        text = super().to_python(value) or ""
        if not text or "\x00" in text or (self.max_length and len(text) > self.max_length):
            return text  # the validators of CharField say what is wrong
        try:
            return type(self).cleaner(text)
        except (TextError, AddressError) as error:
            raise ValidationError(_PROBLEMS[error.code], code=error.code) from None


class LineField(CleanedField):
    """One line of plain words."""


class RepresentativeField(LineField):
    """A line that people may leave empty, and whoever signs for an organisation may not."""

    # Read by templates/django/forms/field.html, which says what is optional.
    organisation_fills_in = True


class NameField(CleanedField):
    """A name in any script."""

    cleaner = staticmethod(clean_name)


class TextField(CleanedField):
    """A few plain sentences."""

    widget = forms.Textarea
    cleaner = staticmethod(clean_text)


class AddressField(CleanedField):
    """A mail address, as `common.canonical.clean_email` gives it."""

    widget = forms.EmailInput
    cleaner = staticmethod(clean_email)


class CodeField(forms.CharField):
    """A short code, copied from a mail or a sheet of paper."""

    def __init__(self, *, autocomplete: str = "off", **kwargs: Any) -> None:
        typed = {"autocapitalize": "characters", "spellcheck": "false", "dir": "ltr"}
        widget = forms.TextInput(attrs={"autocomplete": autocomplete, **typed})
        super().__init__(max_length=20, widget=widget, **kwargs)
