"""What preflight says of a rule, and what it looks at."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from deliveries.models import Delivery, DossierFile
from deliveries.models.file import LETTER_FILE


class Outcome(models.TextChoices):
    """In the order in which they are shown: what stands in the way first."""

    FAILED = "failed", _("Failed")
    WARNING = "warning", _("Look at this")
    UNKNOWN = "unknown", _("Not checkable")
    NOT_ASKED = "not_asked", _("Not asked for")
    PASSED = "passed", _("Passed")


@dataclass(frozen=True)
class Finding:
    """One rule's outcome: the rule in words, what was found, and what to do about it.

    Only what `failed` keeps a mail from being sent; nothing keeps files from being exported.
    """

    rule: str
    outcome: Outcome
    found: str = ""
    mend: str = ""


Findings = Iterator[Finding]


def facts_of(file: DossierFile) -> dict[str, Any]:
    """What was measured of it: the rules that ask for it judge no file without."""
    return cast(dict[str, Any], file.facts)


@dataclass(frozen=True)
class Dossier:
    """A delivery, the files that go to the office, and the moment at which they are judged."""

    delivery: Delivery
    files: Sequence[DossierFile]
    now: datetime

    @property
    def rules(self) -> dict[str, Any]:
        return dict(self.delivery.rules)

    @property
    def letter(self) -> DossierFile:
        return next(file for file in self.files if file.name == LETTER_FILE)

    @property
    def waived(self) -> Sequence[str]:
        """Rules that do not apply to the letter, as its editors know."""
        return list(self.rules.get("waived", ()))  # older deliveries have none

    @property
    def unread(self) -> Sequence[DossierFile]:
        """The files that could not be read back."""
        return [file for file in self.files if file.facts is None]

    def named(self, wrong: Callable[[dict[str, Any]], object]) -> str:
        """The names of the files whose facts are wrong."""
        return ", ".join(file.name for file in self.files if wrong(facts_of(file)))


def settled(rule: str, wrong: object, found: str, mend: str) -> Finding:
    """Failed with its mend where `wrong` is true, else passed; `found` is said either way."""
    if wrong:
        return Finding(rule, Outcome.FAILED, found, mend)
    return Finding(rule, Outcome.PASSED, found)


def unsaid(dossier: Dossier, rule: str, name: str) -> Finding:
    """What to say of a rule (`name`) without a value: not known, or none for this letter."""
    if name in dossier.waived:
        source = dossier.rules["override_source"]
        return Finding(
            rule, Outcome.NOT_ASKED, gettext("Does not apply to this letter: %s") % source
        )
    return Finding(rule, Outcome.UNKNOWN, gettext("The office does not say."))
