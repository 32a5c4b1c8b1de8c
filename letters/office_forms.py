"""Forms about an office's rules: an operator's for all letters, an editor's for one."""

from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.template.defaultfilters import filesizeformat
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from letters.clock import zone_choices
from letters.models import Office, RuleOverride
from letters.models.rule_override import OVERRIDABLE, WAIVABLE
from letters.setup_forms import LocalTimeField, in_zone

# The override form's fieldsets, in the order of OVERRIDABLE.
GROUPS = (
    (gettext_lazy("Where and until when"), OVERRIDABLE[:5]),
    (gettext_lazy("Pages and files"), OVERRIDABLE[5:14]),
    (gettext_lazy("What has to be said"), OVERRIDABLE[14:16]),
    (gettext_lazy("The form on the office’s site"), OVERRIDABLE[16:]),
)


class OfficeForm(forms.ModelForm):  # type: ignore[type-arg]  # generic only for the checker
    """A whole office; the deadline is written in the office's own time zone."""

    deadline_local = LocalTimeField(
        label=gettext_lazy("Deadline"),
        help_text=gettext_lazy("In the office’s time zone. Empty: not known."),
        required=False,
    )
    time_zone = forms.ChoiceField(label=gettext_lazy("Time zone"), choices=zone_choices)

    class Meta:
        model = Office
        fields = (
            *("slug", "name", "time_zone", "deadline_is_day", "notes", "source", "checked_on"),
            *(name for name in OVERRIDABLE if name != "deadline_at"),
        )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        at = self.instance.deadline_at
        if at is not None:
            local = at.astimezone(ZoneInfo(self.instance.time_zone))
            self.initial["deadline_local"] = local.replace(tzinfo=None)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        local, zone = cleaned.get("deadline_local"), cleaned.get("time_zone")
        cleaned["deadline_at"] = None
        if local is not None and zone:
            if cleaned.get("deadline_is_day"):
                local = local.replace(hour=23, minute=59, second=59)
            try:
                cleaned["deadline_at"] = in_zone(local, ZoneInfo(zone))
            except ValidationError as error:
                self.add_error("deadline_local", error)
        return cleaned

    def clean_checked_on(self) -> Any:
        day = self.cleaned_data["checked_on"]
        if day > timezone.localdate():
            raise ValidationError(_("This day has not come yet."))
        return day

    def values(self) -> dict[str, Any]:
        """As letters.services.change_office.add_office takes them."""
        return {name: each for name, each in self.cleaned_data.items() if name != "deadline_local"}

    def changed_values(self) -> dict[str, Any]:
        """What was changed on the page: what somebody else changed meanwhile stays theirs."""
        changed = set(self.changed_data)
        if changed & {"deadline_local", "deadline_is_day", "time_zone"}:
            changed.add("deadline_at")
        return {name: each for name, each in self.values().items() if name in changed}


class OverrideForm(forms.Form):
    """What differs for one letter. Each field says what the office's row says; empty follows it, a
    ticked box says that there is no such rule for the letter."""

    source = forms.CharField(
        label=gettext_lazy("How you know"),
        help_text=gettext_lazy(
            "The notice, an answer of the office, or another source. Needed where anything differs."
        ),
        widget=forms.Textarea(attrs={"rows": 2}),
        max_length=1000,
        required=False,
    )

    def __init__(
        self, data: QueryDict | None, *, office: Office, override: RuleOverride | None
    ) -> None:
        self.office = office
        own = override.values() if override else {}
        waived = override.waived if override else []
        self.zone = ZoneInfo(office.time_zone)
        if own.get("deadline_at"):
            own["deadline_at"] = own["deadline_at"].astimezone(self.zone).replace(tzinfo=None)
        initial = {name: _choice(value) for name, value in own.items()}
        initial |= {_waive(name): True for name in waived}
        initial["source"] = override.source if override else ""
        super().__init__(data, initial=initial)
        for name in OVERRIDABLE:
            self.fields[name] = _optional(name)
            said = _("The office: %s") % in_words(office, name)
            self.fields[name].help_text = said
            if name in WAIVABLE:
                self.fields[_waive(name)] = forms.BooleanField(
                    label=_waive_label(self.fields[name].label), required=False
                )
        self.order_fields([*OVERRIDABLE, "source"])

    def groups(self) -> list[tuple[str, list[list[forms.BoundField]]]]:
        """Each group's title, and its rules: the field, and its box where it can be waived."""
        return [(str(title), [self._rule(name) for name in names]) for title, names in GROUPS]

    def _rule(self, name: str) -> list[forms.BoundField]:
        return [self[each] for each in (name, _waive(name)) if each in self.fields]

    def clean(self) -> dict[str, Any]:
        super().clean()
        if local := self.cleaned_data.get("deadline_at"):
            try:
                self.cleaned_data["deadline_at"] = in_zone(local, self.zone)
            except ValidationError as error:
                self.add_error("deadline_at", error)
        for name in WAIVABLE:
            if self._is_waived(name) and self.cleaned_data.get(name) not in (None, ""):
                self.add_error(name, _("Either write the rule, or tick that it does not apply."))
        for name, value in self.values().items():
            if value is None:
                continue
            try:
                Office._meta.get_field(name).run_validators(value)  # type: ignore[union-attr]
            except ValidationError as error:
                self.add_error(name, error)
        if self.values() and not self.cleaned_data.get("source"):
            self.add_error("source", _("Please say how you know, so that others can check it."))
        return self.cleaned_data

    def values(self) -> dict[str, Any]:
        """What is filled in and differs from the office's own; None where there is no such rule."""
        filled = {name: self.cleaned_data.get(name) for name in OVERRIDABLE}
        return {
            **{
                name: value
                for name, value in filled.items()
                if value not in (None, "") and value != getattr(self.office, name)
            },
            **{name: None for name in WAIVABLE if self._is_waived(name)},
        }

    def _is_waived(self, name: str) -> bool:
        return bool(self.cleaned_data.get(_waive(name)))


def _waive(name: str) -> str:
    """The box that says that there is no such rule."""
    return f"no_{name}"


def _waive_label(rule: Any) -> str:
    """For who hears the page, with the rule; the others see it above."""
    return format_html(
        '<span class="hidden">{}: </span>{}', rule, _("Does not apply to this letter")
    )


def _optional(name: str) -> forms.Field:
    """The field's own form field, which may stay empty."""
    column: Any = Office._meta.get_field(name)
    if name == "deadline_at":
        return LocalTimeField(label=column.verbose_name, required=False)
    if column.choices:
        return forms.ChoiceField(
            label=column.verbose_name,
            choices=[("", _("As the office says")), *column.choices],
            required=False,
        )
    if column.get_internal_type() == "BooleanField":
        return forms.TypedChoiceField(
            label=column.verbose_name,
            choices=[("", _("As the office says")), ("yes", _("yes")), ("no", _("no"))],
            coerce=lambda value: value == "yes",
            empty_value=None,
            required=False,
        )
    field: forms.Field = column.formfield(required=False)
    if isinstance(field.widget, forms.Textarea):
        field.widget.attrs["rows"] = 3
    return field


def _choice(value: Any) -> Any:
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else value


def in_words(office: Office, name: str) -> str:
    """What an office's row says of a rule."""
    value = getattr(office, name)
    if name == "deadline_at" and (closing := office.deadline):
        return closing.words
    if value in (None, ""):
        return _("not known")
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if name in ("max_file_bytes", "max_total_bytes"):
        return f"{value} ({filesizeformat(value)})"
    if name in ("channel", "page_size"):
        return str(getattr(office, f"get_{name}_display")())
    return str(value)
