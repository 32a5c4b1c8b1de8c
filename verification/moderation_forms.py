"""What moderators fill in: filters of the list and of the log, decisions, notes, queries."""

import re
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django_countries import countries

from common.formfields import LineField
from letters.models import Letter, Membership, Role
from signatories.forms import CountryField
from signatories.models import Capacity, Mark, RejectionReason, Source, Status
from verification.models import DECISIONS, Action
from verification.signals import SIGNALS

ANYBODY = ("", _("All"))


def deciding_members(letter: Letter) -> list[Membership]:
    """Members of the letter's coalition who may decide, by name."""
    members = Membership.objects.filter(coalition_id=letter.coalition_id).select_related("user")
    able = [member for member in members if Role(member.role).includes(Role.MODERATOR)]
    return sorted(able, key=lambda member: str(member.user).casefold())


class FilterForm(forms.Form):
    """A filter in an address. A value that makes no sense is left out."""

    def asked(self) -> dict[str, Any]:
        """The values that are filled in and make sense."""
        if not self.is_bound:
            return {}
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}

    def as_typed(self) -> dict[str, str]:
        """The same as they stand in an address."""
        return {name: self.data[name] for name in self.asked()}


class TimeInput(forms.DateTimeInput):
    """The browser's own field; without seconds."""

    input_type = "datetime-local"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%dT%H:%M")


class QueueFilterForm(FilterForm):
    """Which signatures the moderation list shows."""

    q = forms.CharField(
        label=_("Search"),
        max_length=100,
        required=False,
        widget=forms.TextInput(attrs={"type": "search", "dir": "auto", "autocomplete": "off"}),
    )
    status = forms.ChoiceField(
        label=_("Status"), choices=[ANYBODY, *Status.choices], required=False
    )
    signal = forms.ChoiceField(
        label=_("Signal"),
        choices=[
            ANYBODY,
            ("any", _("Any signal")),
            *((s.code, s.explanation) for s in SIGNALS.values()),
        ],
        required=False,
    )
    evidence = forms.ChoiceField(
        label=_("Evidence"),
        choices=[ANYBODY, ("none", _("None")), *Mark.choices],
        required=False,
    )
    assigned = forms.ChoiceField(label=_("Looked after by"), required=False)
    country = CountryField(label=_("Country"), max_length=2, required=False)
    capacity = forms.ChoiceField(
        label=_("Signs"), choices=[ANYBODY, *Capacity.choices], required=False
    )
    source = forms.ChoiceField(
        label=_("Came by"), choices=[ANYBODY, *Source.choices], required=False
    )
    since = forms.DateTimeField(label=_("Received from"), required=False, widget=TimeInput)
    until = forms.DateTimeField(label=_("Received before"), required=False, widget=TimeInput)
    network = forms.RegexField(
        "^[0-9a-f]{64}$", label=_("Network"), required=False, widget=forms.HiddenInput
    )

    MAIN = ("q", "status", "signal")

    def __init__(self, *args: Any, letter: Letter, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.members = deciding_members(letter)
        self.fields["assigned"].choices = [  # type: ignore[attr-defined]
            ANYBODY,
            ("nobody", _("Nobody")),
            *((str(member.pk), str(member.user)) for member in self.members),
        ]

    def main(self) -> list[forms.BoundField]:
        return [self[name] for name in self.MAIN]

    def more(self) -> list[forms.BoundField]:
        return [field for field in self.visible_fields() if field.name not in self.MAIN]

    def uses_more(self) -> bool:
        """Whether something is filled in beyond the main fields."""
        return not self.asked().keys() <= set(self.MAIN)

    def in_words(self) -> list[tuple[str, str]]:
        """Each filter as (label, value), for people."""
        return [(str(self[name].label), self._word(name)) for name in self.asked()]

    def _word(self, name: str) -> str:
        value, field = self.cleaned_data[name], self.fields[name]
        if name == "network":
            return str(value)[:12]
        if name == "country":
            return str(countries.name(value))
        if isinstance(field, forms.ChoiceField):
            return str(dict(field.choices).get(value, value))  # type: ignore[arg-type]
        if isinstance(field, forms.DateTimeField):
            return f"{value:%Y-%m-%d %H:%M}"
        return str(value)


_SEEN = re.compile(r"(\d{1,18})-([0-9a-f]{12}(?:-[a-z]{1,12})?)", re.ASCII)


class SeenField(forms.MultipleChoiceField):
    """Signatures as the page showed them, each `id-` and `Signature.as_seen`; cleans to what was
    seen by id.

    Which of them exist, and whether they still say the same, is for the service to find out.
    """

    default_error_messages = {"required": _("Please choose at least one signature.")}

    def validate(self, value: list[str]) -> None:
        if not value:
            raise forms.ValidationError(self.error_messages["required"], code="required")

    def clean(self, value: Any) -> dict[int, str]:
        found = [_SEEN.fullmatch(text) for text in super().clean(value)]
        return {int(match[1]): match[2] for match in found if match}


class _ReasonForm(forms.Form):
    """Why: a rejection has a reason, and any decision may have a note."""

    action = forms.ChoiceField(label=_("Decision"))
    reason = forms.ChoiceField(
        label=_("Reason"), choices=[("", "—"), *RejectionReason.choices], required=False
    )
    note = forms.CharField(label=_("Note for the log"), max_length=500, required=False)

    def clean(self) -> dict[str, Any]:
        super().clean()
        data = self.cleaned_data
        if data.get("action") == Action.REJECT:
            if not data.get("reason") and "reason" not in self.errors:
                self.add_error("reason", _("Please choose a reason for the rejection."))
        else:
            data["reason"] = ""
        return data


class DecisionForm(_ReasonForm):
    """A moderator's decision about one or more signatures."""

    seen = SeenField(label=_("Signatures"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["action"].choices = [(a, a.label) for a in DECISIONS]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        super().clean()
        if self.cleaned_data.get("action") == Action.VOUCH and not self.cleaned_data.get("note"):
            self.add_error("note", _("Please note how you know that this is the person named."))
        return self.cleaned_data

    def ticked(self) -> list[str]:
        """What was chosen, to be chosen again on the page that says what is missing."""
        return self.data.getlist("seen") if self.is_bound else []  # type: ignore[attr-defined]


class BulkForm(_ReasonForm):
    """A decision about all that a filter finds."""

    name = forms.CharField(max_length=80, required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["action"].choices = [  # type: ignore[attr-defined]
            (Action.APPROVE, _("Approve")),
            (Action.HOLD, _("Hold")),
            (Action.REJECT, _("Reject")),
        ]


class AssignForm(forms.Form):
    """Who shall look after the chosen ones."""

    seen = SeenField()
    member = forms.ChoiceField(label=_("Assign to"))

    def __init__(self, *args: Any, letter: Letter, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.members = {str(member.pk): member for member in deciding_members(letter)}
        self.fields["member"].choices = [  # type: ignore[attr-defined]
            ("nobody", _("Nobody")),
            *((pk, str(member.user)) for pk, member in self.members.items()),
        ]

    def membership(self) -> Membership | None:
        return self.members.get(self.cleaned_data["member"])


class MergeForm(forms.Form):
    """Which one of several signatures counts."""

    seen = SeenField()
    keep = forms.IntegerField(min_value=1, max_value=2**62)
    note = forms.CharField(max_length=400, required=False)


class RemarkForm(forms.Form):
    text = forms.CharField(
        label=_("Note"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2, "dir": "auto"}),
        help_text=_("Members see it; the signatory gets it with the data held about them."),
    )


class SavedQueryForm(forms.Form):
    name = LineField(
        label=_("Name of the query"), max_length=80, widget=forms.TextInput(attrs={"dir": "auto"})
    )


class LogFilterForm(FilterForm):
    """Which entries of the audit log are shown."""

    action = forms.ChoiceField(label=_("What"), choices=[ANYBODY, *Action.choices], required=False)
    member = forms.ChoiceField(label=_("Who"), required=False)
    reason = forms.ChoiceField(
        label=_("Reason"), choices=[ANYBODY, *RejectionReason.choices], required=False
    )
    since = forms.DateTimeField(label=_("From"), required=False, widget=TimeInput)
    until = forms.DateTimeField(label=_("Before"), required=False, widget=TimeInput)

    def __init__(self, *args: Any, letter: Letter, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        members = Membership.objects.filter(coalition_id=letter.coalition_id).select_related("user")
        self.fields["member"].choices = [  # type: ignore[attr-defined]
            ANYBODY,
            *((str(member.user_id), str(member.user)) for member in members),
            ("nobody", _("The signatory")),
        ]
