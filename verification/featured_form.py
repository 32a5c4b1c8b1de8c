"""The headings of groups of featured signatories, in each language of the letter."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from common.formfields import LineField
from letters.models import Translation
from signatories.models import FeaturedGroup


class HeadingsForm(forms.Form):
    """A field for each group and language."""

    def __init__(
        self, *args: Any, groups: list[FeaturedGroup], texts: list[Translation], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.groups, self.languages = groups, [text.language for text in texts]
        for group in groups:
            for text in texts:
                self.fields[f"heading-{group.pk}-{text.language}"] = LineField(
                    label=_("Heading in %(language)s") % {"language": text.language_name},
                    max_length=80,
                    required=False,
                    initial=group.headings.get(text.language, ""),
                    widget=forms.TextInput(attrs={"dir": "auto", "lang": text.language}),
                )

    def of_group(self, group: FeaturedGroup) -> list[forms.BoundField]:
        return [self[f"heading-{group.pk}-{language}"] for language in self.languages]

    def headings(self) -> dict[int, dict[str, str]]:
        """What was typed, by group and language."""
        return {
            group.pk: {
                language: heading
                for language in self.languages
                if (heading := self.cleaned_data[f"heading-{group.pk}-{language}"])
            }
            for group in self.groups
        }
