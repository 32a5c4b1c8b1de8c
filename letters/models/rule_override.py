from __future__ import annotations

from copy import copy
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

from letters.models.letter import Letter
from letters.models.office import Office

# What a letter's editors may know better than the office's row.
OVERRIDABLE = (
    *("email", "docket", "postal_address", "channel", "deadline_at"),
    *("max_pages", "annexes_count", "min_type_pt", "page_size", "formats"),
    *("max_file_bytes", "max_total_bytes", "max_files", "names_submitter"),
    *("subject_includes", "required_statement"),
    *("comment_chars", "comment_bytes", "comment_emoji", "comment_or_files"),
    *("person_name_chars", "organisation_chars", "email_chars"),
)

# What always has a value, or says yes or no, is there for each letter; any other may be waived.
_ALWAYS = {
    *("channel", "page_size"),
    *("annexes_count", "names_submitter", "comment_emoji", "comment_or_files"),
}
WAIVABLE = tuple(name for name in OVERRIDABLE if name not in _ALWAYS)


class RuleOverride(models.Model):
    """An office's rules as one letter's editors know them: `rules` has only what differs, and null
    where there is no such rule for the letter."""

    letter = models.ForeignKey(Letter, models.CASCADE, related_name="rule_overrides")
    office = models.ForeignKey(Office, models.CASCADE, related_name="rule_overrides")
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )

    rules = models.JSONField(encoder=DjangoJSONEncoder)
    source = models.TextField()
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("letter", "office"), name="rule_override_unique"),
        )

    def __str__(self) -> str:
        return f"{self.letter}: {self.office}"

    def values(self) -> dict[str, Any]:
        """The rules as the office's fields have them; JSON knows no decimals and no times."""
        return {
            name: _as_field(name, value)
            for name, value in self.rules.items()
            if name in OVERRIDABLE
        }

    @property
    def waived(self) -> list[str]:
        """The rules that do not apply to the letter."""
        return [name for name, value in self.rules.items() if value is None]


def _as_field(name: str, value: Any) -> Any:
    column: Any = Office._meta.get_field(name)
    return column.get_default() if value is None else column.to_python(value)


def plain(value: Any) -> Any:
    """A rule as JSON has it: times in UTC (ISO 8601), decimals as text."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if value is None or isinstance(value, str | int):
        return value
    return DjangoJSONEncoder().default(value)


def effective_offices(letter: Letter) -> list[Office]:
    """The letter's offices with the rules that hold for it; copies that are not to be saved."""
    overrides = {override.office_id: override for override in letter.rule_overrides.all()}
    return [overridden(office, overrides.get(office.pk)) for office in letter.offices.all()]


def overridden(office: Office, override: RuleOverride | None) -> Office:
    """The office with these rules instead of its own; a copy that is not to be saved."""
    effective = copy(office)
    if override is not None:
        values = override.values()
        for name, value in values.items():
            setattr(effective, name, value)
        effective.waived = override.waived
        # Editors who know the deadline know its hour.
        effective.deadline_is_day = office.deadline_is_day and "deadline_at" not in values
    return effective
